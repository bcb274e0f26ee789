"""Recorded sleep sessions with their stages and events."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date, datetime, timedelta

from dreamjournal.domain.instant import from_ms
from dreamjournal.domain.session import Session, SessionEvent, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.store.columns import clean, dump, ms, put_instant, sure_instant
from dreamjournal.store.connect import Db, Row

_MEASURES = tuple(f.name for f in fields(SessionMeasures))
_LIGHT = (
    "id, person_id, night_date, source, source_id, kind, validity, start_ms, start_off, start_zone, end_ms, end_off, end_zone, device, "
    "firmware, events, copy_of, import_id, origin, vendor_date, '' AS stages, " + ", ".join(_MEASURES)
)


class Sessions:
    """The repository of sessions."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def put(self, session: Session, *, digest: str = "") -> int:
        """Keep a session; returns its id. `digest` tells a later import whether the row is unchanged."""
        return self._db.insert("sessions", _columns(session) | {"digest": digest})

    def update(self, session: Session, *, digest: str = "") -> None:
        """Replace a session's row."""
        self._db.update("sessions", session.id, _columns(session) | {"digest": digest})

    def set_copy(self, session_id: int, other: int | None) -> None:
        """Mark a session as a copy of another source's, or take the mark away."""
        self._db.update("sessions", session_id, {"copy_of": other})

    def get(self, session_id: int) -> Session | None:
        row = self._db.row("SELECT * FROM sessions WHERE id = ?", (session_id,))
        return None if row is None else _session(row)

    def of_night(self, person_id: int, night: date) -> list[Session]:
        return self.between(person_id, night, night).get(night, [])

    def between(self, person_id: int, first: date, last: date, *, stages: bool = True) -> dict[date, list[Session]]:
        """Sessions by night in order of start; without `stages` faster, the stages left empty."""
        sql = (
            f"SELECT {'*' if stages else _LIGHT} FROM sessions WHERE person_id = ? AND night_date BETWEEN ? AND ? "
            "ORDER BY night_date, start_ms, id"
        )
        found: dict[date, list[Session]] = {}
        for row in self._db.rows(sql, (person_id, first.isoformat(), last.isoformat())):
            session = _session(row)
            found.setdefault(session.night_date, []).append(session)
        return found

    def sources(self, person_id: int) -> list[tuple[str, int]]:
        """(source, nights) of sessions, most nights first."""
        sql = "SELECT source, count(DISTINCT night_date) AS n FROM sessions WHERE person_id = ? GROUP BY source ORDER BY n DESC, source"
        return [(r["source"], int(r["n"])) for r in self._db.rows(sql, (person_id,))]

    def near(self, person_id: int, start: datetime, seconds: int) -> list[Session]:
        """Sessions of any source that start within `seconds` of `start`."""
        around = timedelta(seconds=seconds)
        sql = "SELECT * FROM sessions WHERE person_id = ? AND start_ms BETWEEN ? AND ? ORDER BY start_ms, id"
        return [_session(r) for r in self._db.rows(sql, (person_id, ms(start - around), ms(start + around)))]

    def known(self, person_id: int, source: str) -> dict[str, tuple[int, str]]:
        """{source_id: (id, digest)} of a source."""
        rows = self._db.rows(
            "SELECT id, source_id, digest FROM sessions WHERE person_id = ? AND source = ?", (person_id, source)
        )
        return {r["source_id"]: (int(r["id"]), r["digest"]) for r in rows}

    def delete(self, session_id: int) -> None:
        self._db.delete("sessions", session_id)


def _columns(s: Session) -> Row:
    return {
        "person_id": s.person_id, "night_date": s.night_date.isoformat(), "source": s.source, "source_id": clean(s.source_id),
        "kind": s.kind.value, "validity": s.validity.value, **put_instant("start", s.start), **put_instant("end", s.end),
        "device": clean(s.device), "firmware": clean(s.firmware), **asdict(s.measures),
        "stages": dump([[x.offset_s, x.dur_s, x.code.value] for x in s.stages]) if s.stages else "",
        "events": dump([_event_row(e) for e in s.events]) if s.events else "",
        "copy_of": s.copy_of, "import_id": s.import_id, "origin": clean(s.where),
        "vendor_date": s.vendor_date.isoformat() if s.vendor_date else None,
    }  # fmt: skip


def _event_row(e: SessionEvent) -> list[object]:
    return [e.kind, e.at.ms, e.at.offset_min, e.at.zone, e.end.ms if e.end else None, e.detail]


def _session(row: Row) -> Session:
    stages = (
        tuple(Stage(int(a), int(b), StageCode(c)) for a, b, c in json.loads(row["stages"])) if row["stages"] else ()
    )
    events: tuple[SessionEvent, ...] = ()
    if row["events"]:
        events = tuple(
            SessionEvent(kind, from_ms(at, off, zone), from_ms(end, off, zone) if end is not None else None, detail)
            for kind, at, off, zone, end, detail in json.loads(row["events"])
        )
    return Session(
        id=row["id"], person_id=row["person_id"], night_date=date.fromisoformat(row["night_date"]), source=row["source"],
        source_id=row["source_id"], kind=SessionKind(row["kind"]), validity=Validity(row["validity"]), start=sure_instant("start", row),
        end=sure_instant("end", row), measures=SessionMeasures(**{name: row[name] for name in _MEASURES}), device=row["device"],
        firmware=row["firmware"], stages=stages, events=events, copy_of=row["copy_of"], import_id=row["import_id"],
        where=row["origin"], vendor_date=date.fromisoformat(row["vendor_date"]) if row["vendor_date"] else None,
    )  # fmt: skip
