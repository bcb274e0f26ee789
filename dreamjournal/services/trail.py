"""The way back from a night to what it was made of: each row of the journal, its import, and the line of the kept original."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from dreamjournal.common.clock import Clock
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.exposure import Exposure
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Night
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.services import nights as nights_service
from dreamjournal.services.reread import WORDS
from dreamjournal.services.trail_lines import Originals, Span
from dreamjournal.store.enhancers import Tag
from dreamjournal.store.journal import Journal

_UNITS = {
    "vendor_se_pct": " %",
    "hr": " a minute",
    "hrv_rmssd": " ms",
    "hrv_sdnn": " ms",
    "resp": " a minute",
    "spo2": " %",
    "temp": " °C",
}
_VALIDITY = {
    Validity.UNCONFIRMED: "not confirmed, so it never counts", Validity.UNSCORED: "not scored, so it never counts",
    Validity.OFF_WRIST: "not worn, so it never counts",
}  # fmt: skip
_RECALL = {
    "not_tried": "did not try", "nothing": "nothing recalled", "white": "dreamt, no content", "fragment": "a fragment", "report": "a dream",
}  # fmt: skip
SEALED = "Device numbers of this night are closed until its diary is saved or passed over; so is what they came from."
STUDY_SEALED = "A study keeps this night closed: what it was and what devices measured open when it ends."
OWN = "You wrote this in the app; there is no file behind it."


@dataclass(frozen=True)
class TrailRow:
    """One row of a night. `line` is the original's text as it stands in the file, else None with the reason in `why`."""

    source: str
    what: str
    values: tuple[tuple[str, str], ...]
    """(what, the value as the journal has it)."""
    import_name: str = ""
    """The file that was imported; empty for what was written in the app."""
    imported: datetime | None = None
    where: str = ""
    """File and place in it."""
    line: str | None = None
    header: str | None = None
    """The first line of a table, with its column names."""
    why: str = ""
    notes: tuple[str, ...] = ()
    """What must be known to compare the line with the values."""


@dataclass(frozen=True)
class Trail:
    """What a night was made of. `closed` says what of it may not be seen yet; empty where all may."""

    night_date: date
    rows: tuple[TrailRow, ...]
    closed: str = ""


def of_night(journal: Journal, person_id: int, night_date: date, clock: Clock) -> Trail:
    """Every row behind a night, the person's own words first, then each source's.

    What is sealed is left out with its reason. Kept originals are read, so call it where waiting is allowed.
    """
    found = nights_service.nights(journal, person_id, night_date, night_date, clock, stages=False)
    night = next((n for n in found if n.night_date == night_date), None)
    if night is None:
        return Trail(night_date, ())
    reader = Originals(journal, person_id)
    rows = list(_own(night, reader))
    shut = night.study_sealed or night.sealed
    if not shut:
        rows += [_session(s, reader) for s in sorted(night.sessions, key=lambda s: (s.source, s.start.utc))]
        tags = journal.tags.between(person_id, night_date, night_date).get(night_date, [])
        rows += [_tag(t, reader) for t in tags]
        rows += _exposures(journal, night, reader)
    closed = STUDY_SEALED if night.study_sealed else SEALED if night.sealed and night.sessions else ""
    return Trail(night_date, tuple(rows), closed)


# ---- the rows


def _own(night: Night, reader: Originals) -> list[TrailRow]:
    rows: list[TrailRow] = []
    if night.diary is not None:
        rows.append(_diary(night.diary, reader))
    if night.recall is not None:
        rows.append(TrailRow("diary", "morning answer", (("dream", _RECALL[night.recall.value]),), why=OWN))
    for dream in night.dreams:
        values = (("letters", f"{len(dream.text)}"), ("tags", f"{len(dream.tags)}"))
        rows.append(_filed(TrailRow(dream.source, "dream", values), dream.import_id, "", reader))
    if night.answer is not None:
        rows.append(TrailRow("diary", "what the night was", (("answer", night.answer.value),), why=OWN))
    return rows


def _diary(diary: Diary, reader: Originals) -> TrailRow:
    times = (
        ("into bed", diary.into_bed), ("tried to sleep", diary.try_sleep), ("last waking", diary.final_wake),
        ("out of bed", diary.out_of_bed),
    )  # fmt: skip
    numbers = (
        ("to fall asleep", diary.sol, " min"), ("awakenings", diary.nawk, ""), ("awake in the night", diary.waso, " min"),
        ("awake before rising", diary.tasafa, " min"), ("earlier than meant", diary.ema, " min"), ("quality", diary.quality, " of 5"),
        ("rested", diary.rested, " of 5"),
    )  # fmt: skip
    values = [(label, _clock(at)) for label, at in times if at is not None]
    values += [(label, _number(v) + unit) for label, v, unit in numbers if v is not None]
    return _filed(TrailRow("diary", "sleep diary", tuple(values)), diary.import_id, "", reader)


def _session(session: Session, reader: Originals) -> TrailRow:
    kind = {SessionKind.MAIN: "recording", SessionKind.NAP: "nap", SessionKind.REST: "rest, not sleep"}[session.kind]
    values = [("start", _clock(session.start)), ("end", _clock(session.end)), *_measures(session.measures)]
    notes: list[str] = []
    if session.copy_of is not None:
        notes.append("A copy of another source's recording: listed, never counted.")
    if session.validity in _VALIDITY:
        notes.append(f"{_VALIDITY[session.validity][0].upper()}{_VALIDITY[session.validity][1:]}.")
    if session.recorded is not None:
        was = session.recorded
        notes.append(
            f"You corrected the times; the line has what was recorded: {_clock(was.start)} to {_clock(was.end)}."
        )
    if session.vendor_date is not None and session.vendor_date != session.night_date:
        notes.append(f"The source files it under {session.vendor_date}.")
    row = TrailRow(session.source, kind, tuple(values), where=session.where, notes=tuple(notes))
    recorded = session.recorded or session
    span = (recorded.start.utc, recorded.end.utc)
    later = reader.later("sessions", session.id, session.import_id)
    return _filed(row, session.import_id, session.where, reader, later, span)


def _tag(tag: Tag, reader: Originals) -> TrailRow:
    said = {None: "set", 0.0: "no", 1.0: "yes"}.get(tag.value) or f"{tag.value:g}"
    return _filed(TrailRow(tag.source, "tag or answer", ((tag.tag, said),)), tag.import_id, "", reader)


def _exposures(journal: Journal, night: Night, reader: Originals) -> list[TrailRow]:
    """What was used. One that came in the very row of a recording shares its line: both bear the source's own id."""
    by_key = {(s.source, s.source_id, s.import_id): s.where for s in night.sessions}
    ids: dict[int, str] = {}
    for source in {e.source for e in night.exposures if e.import_id is not None}:
        ids |= {e.id: key for key, e in journal.exposures.of_source(night.person_id, source).items()}
    rows: list[TrailRow] = []
    for e in night.exposures:
        if e.source == "diary" and e.import_id is None:
            rows.append(TrailRow("diary", "what was used", _used(e), why=OWN))
            continue
        where = by_key.get((e.source, ids.get(e.id, ""), e.import_id), "")
        rows.append(_filed(TrailRow(e.source, "what was used", _used(e), where=where), e.import_id, where, reader))
    return rows


def _used(e: Exposure) -> tuple[tuple[str, str], ...]:
    said = (("name", e.name), ("dose", e.dose), ("mode", e.mode), ("programme", e.programme))
    values = [(label, text) for label, text in said if text]
    values += [("intensity", f"{e.intensity:g}")] if e.intensity is not None else []
    values += [(label, _clock(at)) for label, at in (("start", e.start), ("end", e.end)) if at is not None]
    return tuple(values)


def _measures(m: SessionMeasures) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for each in fields(SessionMeasures):
        value = getattr(m, each.name)
        if value is not None:
            found.append((WORDS[each.name], _number(value) + _UNITS.get(each.name, " min")))
    return found


def _filed(
    row: TrailRow,
    import_id: int | None,
    where: str,
    reader: Originals,
    later: tuple[str, ...] = (),
    span: Span | None = None,
) -> TrailRow:
    """`row` with its import and its line, or why there is none."""
    if import_id is None:
        return replace(row, why=OWN)
    record = reader.records.get(import_id)
    if record is None:
        return replace(row, why="The import it came with is no longer listed.")
    found = reader.line(record, where, span)
    notes = (
        row.notes
        + ((found.note,) if found.note else ())
        + tuple(f"Values were added or changed later by the import of {name}." for name in later)
    )
    return replace(
        row,
        import_name=record.name,
        imported=record.imported,
        line=found.line,
        header=found.header,
        why=found.why,
        notes=notes,
    )


def _clock(at: Instant) -> str:
    return f"{at.local:%Y-%m-%d %H:%M:%S} {at.zone or f'UTC{at.offset_min / 60:+g}'}"


def _number(value: float) -> str:
    return f"{round(value, 2):g}" if abs(value) < 1e6 else f"{value:.0f}"
