"""Recorded sleep sessions with their stages and events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from dreamjournal.common.frozen import made
from dreamjournal.domain.instant import Instant, from_ms
from dreamjournal.domain.session import (
    Recorded,
    Session,
    SessionEvent,
    SessionKind,
    SessionMeasures,
    Stage,
    StageCode,
    Validity,
)
from dreamjournal.store.columns import clean, dump, ms
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound

_MEASURES = tuple(f.name for f in fields(SessionMeasures))
_FIELDS = tuple(f.name for f in fields(Session))
_WHOLE = (
    "id, person_id, night_date, source, source_id, kind, validity, start_ms, start_off, start_zone, end_ms, end_off, end_zone, device, "
    "firmware, stages, events, copy_of, import_id, origin, vendor_date, zone_sure, recorded, " + ", ".join(_MEASURES)
)
"""What `_session` reads, in its order."""
_LIGHT = _WHOLE.replace(" stages,", " '' AS stages,")


class Sessions:
    """The repository of sessions."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def put(self, session: Session, *, digest: str = "") -> int:
        """Keep a session; returns its id. `digest` tells a later import whether the row is unchanged."""
        return self._db.insert("sessions", _columns(session) | {"digest": digest})

    def next_id(self) -> int:
        """The id the next session gets; ask inside the transaction that puts it."""
        return self._db.next_id("sessions")

    def put_all(self, sessions: Iterable[tuple[Session, str]]) -> None:
        """Keep many (session, digest) under the ids they bring."""
        rows = [(s.id, *_columns(s).values(), digest) for s, digest in sessions]
        if rows:
            names = "id, " + ", ".join(_COLUMNS) + ", digest"
            marks = ", ".join("?" * len(rows[0]))
            self._db.execute_many(f"INSERT INTO sessions ({names}) VALUES ({marks})", rows)

    def update(self, session: Session, *, digest: str | None = None) -> None:
        """Replace a session's row; the digest stays as it was where none is given."""
        more: Row = {} if digest is None else {"digest": digest}
        self._db.update("sessions", session.id, _columns(session) | more)

    def set_copy(self, session_id: int, other: int | None) -> None:
        """Mark a session as a copy of another source's, or take the mark away."""
        self._db.update("sessions", session_id, {"copy_of": other})

    def free_copies(self, person_id: int) -> None:
        """Copies whose original is gone count again."""
        self._db.execute(
            "UPDATE sessions SET copy_of = NULL WHERE person_id = ? AND copy_of IS NOT NULL "
            "AND copy_of NOT IN (SELECT id FROM sessions)",
            (person_id,),
        )

    @sound
    def get(self, session_id: int) -> Session | None:
        found = self._db.tuples(f"SELECT {_WHOLE} FROM sessions WHERE id = ?", (session_id,))
        return _session(found[0]) if found else None

    def of_night(self, person_id: int, night: date) -> list[Session]:
        return self.between(person_id, night, night).get(night, [])

    @sound
    def between(self, person_id: int, first: date, last: date, *, stages: bool = True) -> dict[date, list[Session]]:
        """Sessions by night in order of start; without `stages` faster, the stages left empty."""
        sql = (
            f"SELECT {_WHOLE if stages else _LIGHT} FROM sessions WHERE person_id = ? AND night_date BETWEEN ? AND ? "
            "ORDER BY night_date, start_ms, id"
        )
        found: dict[date, list[Session]] = {}
        for row in self._db.tuples(sql, (person_id, first.isoformat(), last.isoformat())):
            session = _session(row)
            found.setdefault(session.night_date, []).append(session)
        return found

    def sources(self, person_id: int) -> list[tuple[str, int]]:
        """(source, nights) of sessions, most nights first."""
        sql = "SELECT source, count(DISTINCT night_date) AS n FROM sessions WHERE person_id = ? GROUP BY source ORDER BY n DESC, source"
        return [(r["source"], int(r["n"])) for r in self._db.rows(sql, (person_id,))]

    def marks(self, person_id: int, first: date, last: date) -> dict[int, str]:
        """{id: digest} of sessions of these nights."""
        rows = self._db.rows(
            "SELECT id, digest FROM sessions WHERE person_id = ? AND night_date BETWEEN ? AND ?",
            (person_id, first.isoformat(), last.isoformat()),
        )
        return {int(r["id"]): str(r["digest"]) for r in rows}

    @sound
    def of_imports(self, import_ids: Sequence[int]) -> list[Session]:
        """Sessions these imports brought, without stages, in order of start."""
        marks = ", ".join("?" * len(import_ids))
        sql = f"SELECT {_LIGHT} FROM sessions WHERE import_id IN ({marks}) ORDER BY start_ms, id"
        return [_session(r) for r in self._db.tuples(sql, tuple(import_ids))]

    @sound
    def near(self, person_id: int, start: datetime, seconds: int) -> list[Session]:
        """Sessions of any source that start within `seconds` of `start`."""
        around = timedelta(seconds=seconds)
        sql = f"SELECT {_WHOLE} FROM sessions WHERE person_id = ? AND start_ms BETWEEN ? AND ? ORDER BY start_ms, id"
        return [_session(r) for r in self._db.tuples(sql, (person_id, ms(start - around), ms(start + around)))]

    def known(self, person_id: int, source: str) -> dict[str, tuple[int, str]]:
        """{source_id: (id, digest)} of a source."""
        rows = self._db.rows(
            "SELECT id, source_id, digest FROM sessions WHERE person_id = ? AND source = ?", (person_id, source)
        )
        return {r["source_id"]: (int(r["id"]), r["digest"]) for r in rows}

    def delete(self, session_id: int) -> None:
        self._db.delete("sessions", session_id)


def _columns(s: Session) -> Row:
    start, end, m = s.start, s.end, s.measures
    return {
        "person_id": s.person_id, "night_date": s.night_date.isoformat(), "source": s.source, "source_id": clean(s.source_id),
        "kind": s.kind.value, "validity": s.validity.value, "start_ms": start.ms, "start_off": start.offset_min,
        "start_zone": start.zone, "end_ms": end.ms, "end_off": end.offset_min, "end_zone": end.zone, "device": clean(s.device),
        "firmware": clean(s.firmware), **vars(m), "stages": _stage_text(s.stages),
        "events": dump([_event_row(e) for e in s.events]) if s.events else "", "copy_of": s.copy_of, "import_id": s.import_id,
        "origin": clean(s.where), "vendor_date": s.vendor_date.isoformat() if s.vendor_date else None,
        "zone_sure": s.zone_confidence, "recorded": _recorded_text(s.recorded),
    }  # fmt: skip


_COLUMNS = (
    "person_id", "night_date", "source", "source_id", "kind", "validity", "start_ms", "start_off", "start_zone", "end_ms", "end_off",
    "end_zone", "device", "firmware", *_MEASURES, "stages", "events", "copy_of", "import_id", "origin", "vendor_date", "zone_sure",
    "recorded",
)  # fmt: skip
"""The columns in the order `_columns` gives them."""


def _stage_text(stages: tuple[Stage, ...]) -> str:
    return dump([[x.offset_s, x.dur_s, x.code.value] for x in stages]) if stages else ""


def _stages(text: str) -> tuple[Stage, ...]:
    return tuple(Stage(int(a), int(b), _CODES[c]) for a, b, c in json.loads(text)) if text else ()


_CODES = {c.value: c for c in StageCode}
_KINDS = {k.value: k for k in SessionKind}
_VALIDITIES = {v.value: v for v in Validity}


def _recorded_text(r: Recorded | None) -> str:
    if r is None:
        return ""
    measures = {name: getattr(r.measures, name) for name in _MEASURES}
    return dump([_place(r.start), _place(r.end), measures, _stage_text(r.stages)])


def _place(at: Instant) -> list[Any]:
    return [at.ms, at.offset_min, at.zone]


def _recorded(text: str) -> Recorded | None:
    if not text:
        return None
    start, end, measures, stages = json.loads(text)
    return Recorded(from_ms(*start), from_ms(*end), SessionMeasures(**measures), _stages(stages))


def _event_row(e: SessionEvent) -> list[object]:
    return [e.kind, e.at.ms, e.at.offset_min, e.at.zone, e.end.ms if e.end else None, e.detail]


def _session(row: tuple[Any, ...]) -> Session:
    (
        session_id, person_id, night, source, source_id, kind, validity, start_ms, start_off, start_zone, end_ms, end_off, end_zone,
        device, firmware, stages, noted, copy_of, import_id, origin, vendor_date, zone_sure, recorded, *measures,
    ) = row  # fmt: skip
    events: tuple[SessionEvent, ...] = ()
    if noted:
        events = tuple(
            SessionEvent(kind, from_ms(at, off, zone), from_ms(end, off, zone) if end is not None else None, detail)
            for kind, at, off, zone, end, detail in json.loads(noted)
        )
    values = (
        session_id, person_id, date.fromisoformat(night), source, source_id, _KINDS.get(kind) or SessionKind(kind),
        _VALIDITIES.get(validity) or Validity(validity), from_ms(start_ms, start_off, start_zone), from_ms(end_ms, end_off, end_zone),
        made(SessionMeasures, zip(_MEASURES, measures, strict=True)), device, firmware, _stages(stages), events, copy_of, import_id, origin,
        date.fromisoformat(vendor_date) if vendor_date else None, zone_sure, _recorded(recorded),
    )  # fmt: skip
    return made(Session, zip(_FIELDS, values, strict=True))
