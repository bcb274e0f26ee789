"""The way back from a night to what it was made of: each row of the journal, its import, and the line of the kept original."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import IO

import msgspec

from dreamjournal.common import heads, zip_files
from dreamjournal.common.clock import Clock
from dreamjournal.common.csv_rows import MAX_BYTES, physical_lines, read_text, records
from dreamjournal.common.errors import KnownError
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.exposure import Exposure
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Night
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.services import nights as nights_service
from dreamjournal.services.reread import WORDS
from dreamjournal.store.enhancers import Tag
from dreamjournal.store.imports import ImportRecord
from dreamjournal.store.journal import Journal
from dreamjournal.store.originals import Original

LONGEST = 20_000
"""Characters of a line that are shown: a record with a night's stages has a few thousand."""
_PLACE = re.compile(
    r"(?P<file>.+) (?P<word>line|row|record|sleep session|session|sleep|entry|covered) (?P<n>[0-9]{1,9})"
)
_LISTS = frozenset({"records", "data", "sleep", "sleeps", "recovery", "recoveries", "entries", "sessions", "covered"})
"""Keys under which the files that are known keep their records."""
_PROSE = frozenset({"text_journal", "rednotebook"})
"""Formats of running text, where a quotation mark does not hold a row of several lines together."""
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
NO_PLACE = "The journal knows the import, not the line."


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
    reader = _Originals(journal, person_id)
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


def _own(night: Night, reader: _Originals) -> list[TrailRow]:
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


def _diary(diary: Diary, reader: _Originals) -> TrailRow:
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


def _session(session: Session, reader: _Originals) -> TrailRow:
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
    return _filed(
        row, session.import_id, session.where, reader, reader.later("sessions", session.id, session.import_id)
    )


def _tag(tag: Tag, reader: _Originals) -> TrailRow:
    said = {None: "set", 0.0: "no", 1.0: "yes"}.get(tag.value) or f"{tag.value:g}"
    return _filed(TrailRow(tag.source, "tag or answer", ((tag.tag, said),)), tag.import_id, "", reader)


def _exposures(journal: Journal, night: Night, reader: _Originals) -> list[TrailRow]:
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
    row: TrailRow, import_id: int | None, where: str, reader: _Originals, later: tuple[str, ...] = ()
) -> TrailRow:
    """`row` with its import and its line, or why there is none."""
    if import_id is None:
        return replace(row, why=OWN)
    record = reader.records.get(import_id)
    if record is None:
        return replace(row, why="The import it came with is no longer listed.")
    line, header, why = reader.line(record, where)
    notes = row.notes + tuple(f"Values were added or changed later by the import of {name}." for name in later)
    return replace(
        row, import_name=record.name, imported=record.imported, line=line, header=header, why=why, notes=notes
    )


def _clock(at: Instant) -> str:
    return f"{at.local:%Y-%m-%d %H:%M:%S} {at.zone or f'UTC{at.offset_min / 60:+g}'}"


def _number(value: float) -> str:
    return f"{round(value, 2):g}" if abs(value) < 1e6 else f"{value:.0f}"


# ---- the lines


class _Originals:
    """Kept originals of a person, each unpacked once while a night is followed."""

    def __init__(self, journal: Journal, person_id: int) -> None:
        self._journal = journal
        self._person_id = person_id
        self.records: dict[int, ImportRecord] = {r.id: r for r in journal.imports.all(person_id)}
        self._kept: dict[int, list[Original]] = {}
        for original in journal.originals.of_person(person_id):
            self._kept.setdefault(original.import_id, []).append(original)
        self._data: dict[int, bytes] = {}

    def later(self, table: str, row_id: int, import_id: int | None) -> tuple[str, ...]:
        """Names of the imports after `import_id` that touched a row."""
        touched = self._journal.imports.touching(table, row_id)
        return tuple(
            self.records[i].name for i in touched if import_id is not None and i > import_id and i in self.records
        )

    def line(self, record: ImportRecord, where: str) -> tuple[str | None, str | None, str]:
        """(the text at `where`, the header of its table, why there is no text)."""
        if not where:
            return None, None, NO_PLACE
        place = _PLACE.fullmatch(where)
        kept = self._kept.get(record.id, [])
        if not kept:
            return None, None, _not_kept(record)
        if place is None:
            return None, None, "The journal does not know the place in the file."
        file = place["file"]
        found = {o.sha256: o for o in kept if file == o.name or file.startswith(o.name + "/")}
        if not found:
            return None, None, "The file with this row is not among the kept originals."
        if len(found) > 1:
            return None, None, "Several kept files have this name, so which of them holds the row is not known."
        original = next(iter(found.values()))
        if original.size > MAX_BYTES:
            return (
                None,
                None,
                f"The file is larger than {MAX_BYTES // 1024 // 1024} MiB, too large to be searched here.",
            )
        try:
            return self._text(original, file, place["word"], int(place["n"]), record.format)
        except KnownError as e:
            return None, None, f"The kept file could not be read: {e.why or e.what}."
        except (msgspec.DecodeError, RecursionError, ValueError, OSError):
            return None, None, "The kept file could not be read."

    def _text(
        self, original: Original, file: str, word: str, number: int, format_key: str
    ) -> tuple[str | None, str | None, str]:
        data = self._data.get(original.id)
        if data is None:
            data = self._data[original.id] = b"".join(self._journal.originals.parts(original.id))
        stream: IO[bytes] = io.BytesIO(data)
        head = data[: heads.HEAD_BYTES]
        if heads.kind_of(heads.normalised(head)) == "zip":
            archive = zip_files.open_zip(stream)
            if zip_files.is_workbook(archive):
                return None, None, "The file is a workbook, which has no lines of text; open it in a spreadsheet."
            member = file.removeprefix(original.name + "/")
            named = [i for i in zip_files.members(archive) if zip_files.base_name(i) == member]
            if not named:
                return None, None, "The archive is kept; a file of this name is not in it."
            if len(named) > 1:
                return (
                    None,
                    None,
                    "Several files in the archive have this name, so which of them holds the row is not known.",
                )
            head = zip_files.head_of(archive, named[0], heads.HEAD_BYTES)
            stream = zip_files.open_member(archive, named[0])
        kind = heads.kind_of(heads.normalised(head))
        if kind not in ("text", "json", "xml"):
            return None, None, "The file is kept; it is of a binary kind, so there is no line of text to show."
        text, _ = read_text(stream)
        if word == "line":
            return line_of(text, number, joined=format_key not in _PROSE)
        if kind != "json":
            return (
                None,
                None,
                "The file is kept; its records have no lines of their own that could be told for certain.",
            )
        return _entry(text, word, number)


def _not_kept(record: ImportRecord) -> str:
    why = {
        "too_large": "it was larger than the size up to which files are kept",
        "changed": "it was changed or taken away while it was read",
    }.get(str(record.receipt.get("original") or ""), "")
    return f"The original is not kept{': ' + why if why else ''}. Import the file again to keep it."


def line_of(text: str, number: int, *, joined: bool) -> tuple[str | None, str | None, str]:
    """Line `number` (from 1), with the lines a quoted cell goes on in, and the header where it has the same columns."""
    lines = physical_lines(text)
    if not 1 <= number <= len(lines) or not lines[number - 1].strip():
        return None, None, f"The kept file has no text at line {number}."
    raw = lines[number - 1]
    if joined and raw.count('"') % 2:
        raw = next(iter(records("".join(lines[number - 1 :])))).text
    raw = raw.rstrip("\r\n")
    first = next((each.rstrip("\r\n") for each in lines if each.strip()), "")
    alike = any(0 < first.count(d) == raw.count(d) for d in ",;\t")
    return _cut(raw), (_cut(first) if alike and number > 1 and first != raw else None), ""


def _entry(text: str, word: str, number: int) -> tuple[str | None, str | None, str]:
    """Entry `number` (from 1) of the JSON file's one list, as it is written there."""
    unsure = "The file is kept; it holds more than one part, so which text the row was read from is not known."
    items: list[msgspec.Raw]
    if text.lstrip()[:1] == "[":
        items = msgspec.json.decode(text, type=list[msgspec.Raw])
    else:
        top = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        lists = {k: v for k, v in top.items() if bytes(v).lstrip()[:1] == b"["}
        own = {"session": "sessions", "covered": "covered"}.get(word, "")
        only = next(iter(lists)) if len(lists) == 1 else ""
        if own in lists:
            items = msgspec.json.decode(lists[own], type=list[msgspec.Raw])
        elif only in _LISTS:
            items = msgspec.json.decode(lists[only], type=list[msgspec.Raw])
        elif not lists and number == 1:
            return _cut(text.strip()), None, ""
        else:
            return None, None, unsure
    if not 1 <= number <= len(items):
        return None, None, f"The kept file has no {word} {number}."
    return _cut(bytes(items[number - 1]).decode(errors="replace").strip()), None, ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"
