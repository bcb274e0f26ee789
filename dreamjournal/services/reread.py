"""Reads kept originals again with today's readers, and says night by night what would change before anything does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

from dreamjournal.common.clock import Clock
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.correction import original
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.session import Session, SessionMeasures
from dreamjournal.services import backups, imports
from dreamjournal.services.import_reader import ChildReader
from dreamjournal.services.import_reading import Ask, ReadFile, Source, read_bytes
from dreamjournal.store.columns import clean
from dreamjournal.store.imports import ImportRecord
from dreamjournal.store.journal import Journal
from dreamjournal.store.originals import Original

WORDS = {
    "tib_min": "time in bed", "tst_min": "asleep", "sol_min": "time to fall asleep", "waso_min": "awake after onset",
    "awake_min": "awake", "light_min": "light", "deep_min": "deep", "rem_min": "REM", "asleep_unspecified_min": "sleep",
    "rem_latency_min": "time to REM", "vendor_se_pct": "efficiency as printed", "hr": "heart rate", "hrv_rmssd": "HRV (RMSSD)",
    "hrv_sdnn": "HRV (SDNN)", "resp": "breaths", "spo2": "blood oxygen", "temp": "temperature",
}  # fmt: skip


@dataclass(frozen=True)
class NightChange:
    """What reading again would do to one session, or to what else is known of a night: (what, as it is, as it would be)."""

    night_date: date
    source: str
    start: Instant | None
    """Of a session; None where a tag, an exposure or a dream changes."""
    what: str
    """changed, new or gone."""
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Reread:
    """What reading again would change, and what could not be read again, with the reason."""

    person_id: int
    changes: tuple[NightChange, ...]
    unread: tuple[tuple[str, str], ...]
    read: int
    files: tuple[ReadFile, ...] = field(repr=False, default=())


def preview(journal: Journal, person_id: int, clock: Clock, progress: Progress | None = None) -> Reread:
    """Read every kept original again and compare. Nothing stays written. Raises Cancelled through `progress`."""
    progress = progress or NoProgress()
    files, unread = _read(journal, person_id, clock, progress)
    changes: list[NightChange] = []
    if files:
        try:
            with journal.atomic():
                before, notes = _sessions(journal, person_id), _notes(journal, person_id)
                _write(journal, person_id, files, clock, progress)
                changes = [
                    *_differences(before, _sessions(journal, person_id)),
                    *_noted(notes, _notes(journal, person_id)),
                ]
                changes.sort(key=lambda c: c.night_date)
                raise _TakeBackError
        except _TakeBackError:
            pass
    return Reread(person_id, tuple(changes), tuple(unread), len(files), tuple(files))


def apply(
    journal: Journal, reread: Reread, clock: Clock, progress: Progress | None = None
) -> tuple[list[int], Changes]:
    """Write what a preview read: imports of their own, each of which can be undone. All of it or nothing."""
    if not reread.changes:
        return [], Changes.NOTHING
    backups.before(journal, "import", clock, progress)
    with journal.atomic():
        ids = _write(journal, reread.person_id, list(reread.files), clock, progress or NoProgress())
    return ids, Changes.NIGHTS | Changes.IMPORTS | Changes.ENHANCERS


class _TakeBackError(Exception):
    """Ends a trial: the transaction is rolled back."""


def _read(
    journal: Journal, person_id: int, clock: Clock, progress: Progress
) -> tuple[list[ReadFile], list[tuple[str, str]]]:
    records = {r.id: r for r in journal.imports.all(person_id) if r.undone is None}
    kept = _latest(journal.originals.of_person(person_id), records)
    total, done = sum(o.size for o in kept), 0
    files: list[ReadFile] = []
    have = {o.import_id for o in journal.originals.of_person(person_id)}
    unread = [(r.name, "its original is not kept") for r in records.values() if r.id not in have]
    with ChildReader() as child:
        for o in kept:
            progress.step(done, total, o.name)
            record = records[o.import_id]
            data = b"".join(journal.originals.parts(o.id))
            source = Source(Path(o.name), o.name, o.sha256, o.size)
            for found in read_bytes(
                journal, person_id, o.name, data, source, record.format, Ask(), clock, child, progress
            ):
                if found.format != record.format:
                    continue
                if found.error is not None:
                    unread.append((o.name, found.error))
                else:
                    files.append(found)
            done += o.size
    return files, unread


def _latest(kept: list[Original], records: dict[int, ImportRecord]) -> list[Original]:
    """Each original once a format, in the order in which they were first imported."""
    found: dict[tuple[str, str], Original] = {}
    for o in kept:
        record = records.get(o.import_id)
        if record is not None:
            found.setdefault((o.sha256, record.format), o)
    return list(found.values())


def _write(
    journal: Journal, person_id: int, files: list[ReadFile], clock: Clock, progress: Progress
) -> list[int]:  # fmt: skip
    """Import the files anew; sessions that the same originals no longer give are taken out under the last of the imports."""
    receipts = imports.write(journal, person_id, files, clock, progress)
    ids = [r.import_id for r in receipts if r.import_id is not None]
    again = {(f.format or "", s.key) for f in files for r in f.rows for s in r.sessions}
    shas = {s.sha256 for f in files for s in f.sources}
    of_person = journal.originals.of_person(person_id)
    whole = {o.import_id for o in of_person} - {o.import_id for o in of_person if o.sha256 not in shas}
    if ids and whole:
        for session in journal.sessions.of_imports(sorted(whole)):
            if (session.source, session.source_id) not in again:
                journal.imports.changing(ids[-1], "sessions", session.id)
                journal.sessions.delete(session.id)
        journal.sessions.free_copies(person_id)
        _take_out_notes(journal, person_id, files, sorted(whole), ids[-1])
    return ids


def _take_out_notes(journal: Journal, person_id: int, files: list[ReadFile], whole: list[int], import_id: int) -> None:
    """Tags and exposures that the same originals no longer give."""
    tags = {(t.night_date, f.format or "", clean(t.tag)) for f in files for r in f.rows for t in r.tags}
    for tag in (t for each in whole for t in journal.tags.of_import(each)):
        if (tag.night_date, tag.source, tag.tag) not in tags:
            for exposure in journal.exposures.of_tag(tag.id):  # goes with it
                journal.imports.changing(import_id, "exposures", exposure.id)
            journal.imports.changing(import_id, "tags", tag.id)
            journal.tags.delete(tag.id)
    given = {(f.format or "", clean(e.source_id)) for f in files for r in f.rows for e in r.exposures}
    for source in sorted({f.format or "" for f in files}):
        for source_id, exposure in journal.exposures.of_source(person_id, source).items():
            if exposure.import_id in whole and exposure.tag_id is None and (source, source_id) not in given:
                journal.imports.changing(import_id, "exposures", exposure.id)
                journal.exposures.delete(exposure.id)


def _notes(journal: Journal, person_id: int) -> dict[tuple[date, str, str], str]:
    """{(night, source, what it is): as it stands} of imported tags, exposures and dreams; no word of a dream."""
    found: dict[tuple[date, str, str], str] = {}
    for of_night in journal.tags.between(person_id, date.min, date.max).values():
        for t in of_night:
            found[t.night_date, t.source, f"“{t.tag}”"] = "set" if t.value is None else f"{t.value:g}"
    for of_night in journal.exposures.between(person_id, date.min, date.max).values():
        for e in of_night:
            if e.source != "diary":
                key = (e.night_date, e.source, e.name + (f", {_clock(e.start)}" if e.start else ""))
                found[key] = ", ".join(x for x in (e.dose, e.mode, e.programme) if x) or "used"
    for dream in journal.dreams.all(person_id):
        if dream.import_id is not None:
            key = (dream.night_date, dream.source, f"dream {dream.id}")
            found[key] = f"{len(dream.text)} letters, {len(dream.tags)} tags"
    return found


def _noted(
    before: dict[tuple[date, str, str], str], after: dict[tuple[date, str, str], str]
) -> Iterable[NightChange]:  # fmt: skip
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old != new:
            what = "new" if old is None else "gone" if new is None else "changed"
            yield NightChange(key[0], key[1], None, what, ((key[2], old or "not there", new or "not there"),))


def _sessions(journal: Journal, person_id: int) -> dict[tuple[str, str], Session]:
    by_night = journal.sessions.between(person_id, date.min, date.max)
    return {(s.source, s.source_id): s for of_night in by_night.values() for s in of_night}


def _differences(
    before: dict[tuple[str, str], Session], after: dict[tuple[str, str], Session]
) -> Iterable[NightChange]:  # fmt: skip
    keys = sorted({*before, *after}, key=lambda k: ((before.get(k) or after[k]).start.ms, k))
    for key in keys:
        old, new = before.get(key), after.get(key)
        if old is None and new is not None:
            yield NightChange(new.night_date, new.source, new.start, "new")
        elif new is None and old is not None:
            yield NightChange(old.night_date, old.source, old.start, "gone")
        elif old is not None and new is not None:
            changed = tuple(_fields(original(old), original(new)))
            if changed:
                yield NightChange(old.night_date, old.source, old.start, "changed", changed)


def _fields(old: Session, new: Session) -> Iterable[tuple[str, str, str]]:
    for name, a, b in (
        ("start", _clock(old.start), _clock(new.start)),
        ("end", _clock(old.end), _clock(new.end)),
        ("night", old.night_date.isoformat(), new.night_date.isoformat()),
        ("kind", old.kind.value, new.kind.value),
        ("validity", old.validity.value.replace("_", " "), new.validity.value.replace("_", " ")),
        ("copy", "yes" if old.copy_of else "no", "yes" if new.copy_of else "no"),
        ("device", old.device or "not given", new.device or "not given"),
        ("events", f"{len(old.events)}", f"{len(new.events)}"),
    ):
        if a != b:
            yield name, a, b
    for each in fields(SessionMeasures):
        a, b = getattr(old.measures, each.name), getattr(new.measures, each.name)
        if a != b:
            yield WORDS[each.name], _number(a), _number(b)
    if old.stages != new.stages:
        yield "stages", f"{len(old.stages)}", f"{len(new.stages)}"


def _clock(at: Instant) -> str:
    return f"{at.local:%Y-%m-%d %H:%M} {at.zone or f'UTC{at.offset_min / 60:+g}'}"


def _number(value: float | None) -> str:
    return "not given" if value is None else f"{round(value, 2):g}"
