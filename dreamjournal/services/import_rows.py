"""Compares imported rows with the journal, one by one, and writes what is new: the middle of `services.imports`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta

from dreamjournal.common.clock import Clock
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    CoverageDraft,
    ExposureDraft,
    Rejected,
    RowDraft,
    SessionDraft,
    SourceDream,
    TagDraft,
)
from dreamjournal.domain.dream import Dream, DreamDraft, checked
from dreamjournal.domain.exposure import Exposure
from dreamjournal.domain.instant import Instant, from_ms
from dreamjournal.domain.session import Session, SessionEvent, SessionMeasures, Validity
from dreamjournal.services import enhancers
from dreamjournal.services.import_counts import Counts, NightCounts, Outcome, together
from dreamjournal.store.columns import clean
from dreamjournal.store.journal import Journal

COPY_SECONDS = 60
MEASURES = tuple(f.name for f in fields(SessionMeasures))
STEP_ROWS = 50


@dataclass(frozen=True)
class FileRows:
    """One file's rows; `import_id` only when they are to be written."""

    source: str
    rows: tuple[RowDraft, ...]
    rejected: tuple[Rejected, ...]
    import_id: int | None


@dataclass(frozen=True)
class FileResult:
    """What became of one file's rows."""

    rows: Counts = field(default_factory=Counts)
    sessions: Counts = field(default_factory=Counts)
    dreams: Counts = field(default_factory=Counts)
    exposures: Counts = field(default_factory=Counts)
    nights: NightCounts = field(default_factory=NightCounts)
    tags: tuple[tuple[str, int], ...] = ()
    first_night: date | None = None
    last_night: date | None = None
    warnings: tuple[str, ...] = ()


@dataclass
class _Tally:
    """A result while it grows."""

    rows: Counts = field(default_factory=Counts)
    sessions: Counts = field(default_factory=Counts)
    dreams: Counts = field(default_factory=Counts)
    exposures: Counts = field(default_factory=Counts)
    nights: set[date] = field(default_factory=set[date])
    changed: set[date] = field(default_factory=set[date])
    tags: dict[str, set[date]] = field(default_factory=dict[str, set[date]])


@dataclass
class _State:
    """The journal as the rows so far would leave it. Ids of rows not yet written are negative."""

    journal: Journal
    person_id: int
    now: datetime
    write: bool
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict[tuple[str, str], Session])
    by_night: dict[date, set[tuple[str, str]]] = field(default_factory=dict[date, set[tuple[str, str]]])
    tags: dict[tuple[date, str, str], float | None] = field(default_factory=dict[tuple[date, str, str], float | None])
    folded: dict[tuple[date, str, str], TagDraft] = field(default_factory=dict[tuple[date, str, str], TagDraft])
    dreams: dict[tuple[str, str], DreamDraft] = field(default_factory=dict[tuple[str, str], DreamDraft])
    exposures: dict[tuple[str, str], ExposureDraft] = field(default_factory=dict[tuple[str, str], ExposureDraft])
    coverages: set[tuple[str, datetime, datetime]] = field(default_factory=set[tuple[str, datetime, datetime]])
    before: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    """Keys of what was in the journal before this run, as far as the rows so far have met it."""
    seen: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    """Keys this run has met."""
    written: list[int] = field(default_factory=list[int])
    """Ids of the exposures the present file wrote."""
    next_id: int = -1


def apply(
    journal: Journal, person_id: int, files: list[FileRows], clock: Clock, progress: Progress, *, write: bool
) -> list[FileResult]:
    """One result a file, in order. With `write` the rows are written inside the caller's transaction.

    File after file, and the imports' ids must rise in that order: undoing relies on it. A file with supplements should
    stand behind the others (`has_supplement`).
    """
    state = _load(journal, person_id, files, clock.now(), write)
    known = set(journal.nights.dates(person_id))
    total, done = sum(len(f.rows) for f in files), 0
    results: list[FileResult] = []
    for f in files:
        tally = _Tally()
        progress.step(done, total)
        for row in sorted(f.rows, key=_supplements):
            _take(state, f, row, tally)
            done += 1
            if done % STEP_ROWS == 0:
                progress.step(done, total)
        copies = _mark_copies(state, f)
        if f.import_id is not None and any(r.tags or r.exposures for r in f.rows):
            enhancers.derive(journal, person_id, f.import_id, clock)
            _lean_on_enhancers(state, f.import_id)
        results.append(_result(f, tally, known, copies))
        known |= tally.changed
    return results


def _lean_on_enhancers(state: _State, import_id: int) -> None:
    """Note the enhancers of the exposures written, so that undoing the import that made one leaves it to this import."""
    for exposure_id in state.written:
        exposure = state.journal.exposures.get(exposure_id)
        if exposure is not None and exposure.enhancer_id is not None:
            state.journal.imports.changing(import_id, "enhancers", exposure.enhancer_id)
    state.written.clear()


def has_supplement(rows: Iterable[RowDraft]) -> bool:
    """Whether a row repeats a session of another file of the same export: such a file is taken after the others."""
    return any(_supplements(row) for row in rows)


def _supplements(row: RowDraft) -> bool:
    return any(s.supplement for s in row.sessions)


def _result(f: FileRows, tally: _Tally, known: set[date], copies: int) -> FileResult:
    for r in f.rejected:
        tally.rows = tally.rows.plus("rejected")
        tally.sessions = tally.sessions.plus("rejected", r.sessions)
        tally.dreams = tally.dreams.plus("rejected", r.dreams)
        tally.exposures = tally.exposures.plus("rejected", r.exposures)
    new = tally.changed - known
    updated = tally.changed & known
    said = "1 session is a copy" if copies == 1 else f"{copies} sessions are copies"
    return FileResult(
        tally.rows, tally.sessions, tally.dreams, tally.exposures,
        NightCounts(len(new), len(updated), len(tally.nights - tally.changed)),
        tuple((tag, len(nights)) for tag, nights in sorted(tally.tags.items())),
        min(tally.nights, default=None), max(tally.nights, default=None),
        (f"{said} of another source's: listed, and not counted.",) if copies else (),
    )  # fmt: skip


def _load(journal: Journal, person_id: int, files: list[FileRows], now: datetime, write: bool) -> _State:
    state = _State(journal, person_id, now, write)
    nights = [d for f in files for r in f.rows for d in _nights(r)]
    for f in files:
        for r in f.rows:
            for t in r.tags:
                key = (t.night_date, f.source, clean(t.tag))
                old = state.folded.get(key)
                if old is None or t.value > old.value:  # asked twice of one night: yes wins, and the greater number
                    state.folded[key] = t
    if nights:
        day = timedelta(days=1)
        first, last = min(nights) - day, max(nights) + day
        for found in journal.sessions.between(person_id, first, last).values():
            for s in found:
                _remember(state, s)
                state.before.add(("session", s.source, s.source_id))
        _load_moved(state, files)
        for of_night in journal.tags.between(person_id, first, last).values():
            for t in of_night:
                state.tags[t.night_date, t.source, t.tag] = t.value
                state.before.add(("tag", t.night_date.isoformat(), t.source, t.tag))
    state.coverages = {(c.source, c.start, c.end) for c in journal.tags.coverages(person_id)}
    return state


def _load_moved(state: _State, files: list[FileRows]) -> None:
    """Sessions the journal has under an id of the files, but on quite another night."""
    for f in files:
        known = state.journal.sessions.known(state.person_id, f.source)
        for key in {clean(s.key) for r in f.rows for s in r.sessions} & set(known):
            if (f.source, key) not in state.sessions:
                moved = state.journal.sessions.get(known[key][0])
                if moved is not None:
                    _remember(state, moved)
                    state.before.add(("session", f.source, key))


def _nights(row: RowDraft) -> Iterable[date]:
    yield from (s.night_date for s in row.sessions)
    yield from (d.draft.night_date for d in row.dreams)
    yield from (e.night_date for e in row.exposures)
    yield from (t.night_date for t in row.tags)


def _remember(state: _State, s: Session) -> None:
    key = (s.source, s.source_id)
    old = state.sessions.get(key)
    if old is not None:
        state.by_night.get(old.night_date, set()).discard(key)
    state.sessions[key] = s
    state.by_night.setdefault(s.night_date, set()).add(key)


def _take(state: _State, f: FileRows, row: RowDraft, tally: _Tally) -> None:
    found: list[Outcome] = []
    main: list[Outcome] = []
    outcome: Outcome
    for session in row.sessions:
        outcome, changed = _session(state, f, row, session)
        tally.sessions = tally.sessions.plus(outcome)
        main.append(outcome)
        _night(tally, session.night_date, changed)
    for dream in row.dreams:
        outcome = _dream(state, f, dream)
        tally.dreams = tally.dreams.plus(outcome)
        found.append(outcome)
        _night(tally, dream.draft.night_date, outcome in ("kept", "updated"))
    for exposure in row.exposures:
        outcome = _exposure(state, f, exposure)
        tally.exposures = tally.exposures.plus(outcome)
        found.append(outcome)
        _night(tally, exposure.night_date, outcome in ("kept", "updated"))
    for tag in row.tags:
        outcome = _tag(state, f, tag)
        found.append(outcome)
        _night(tally, tag.night_date, outcome in ("kept", "updated"))
        nights = tally.tags.setdefault(tag.tag, set())
        if tag.value:
            nights.add(tag.night_date)
    for coverage in row.coverages:
        found.append(_coverage(state, f, coverage))
    tally.rows = tally.rows.plus(together(main, found))


def _night(tally: _Tally, night: date, changed: bool) -> None:
    tally.nights.add(night)
    if changed:
        tally.changed.add(night)


# ---- sessions -------------------------------------------------------------------------------------------------------


def _session(state: _State, f: FileRows, row: RowDraft, draft: SessionDraft) -> tuple[Outcome, bool]:
    key = (f.source, clean(draft.key))
    mark = ("session", *key)
    old = state.sessions.get(key)
    again, before = mark in state.seen, mark in state.before
    state.seen.add(mark)
    if old is None:
        new = Session(
            state.next_id, state.person_id, draft.night_date, f.source, key[1], draft.kind, draft.validity,
            _stored(draft.start), _stored(draft.end), draft.measures, clean(draft.device), clean(draft.firmware),
            draft.stages, tuple(map(_stored_event, draft.events)), None, f.import_id, row.where, draft.vendor_date,
        )  # fmt: skip
        state.next_id -= 1
        if state.write and f.import_id is not None:
            new = replace(new, id=state.journal.sessions.put(new))
            state.journal.imports.inserted(f.import_id, "sessions", new.id)
        _remember(state, new)
        return "kept", True
    new = _overlay(old, draft, fill_only=again)
    changed = new != old
    if changed:
        if state.write and f.import_id is not None:
            state.journal.imports.changing(f.import_id, "sessions", old.id)
            state.journal.sessions.update(new)
        _remember(state, new)
    if not changed:
        return ("unchanged" if before else "merged"), False
    return ("merged" if again or draft.supplement else "updated"), True


def _overlay(old: Session, draft: SessionDraft, *, fill_only: bool) -> Session:
    """The stored session with what the row says more, and, unless `fill_only`, with what it says differently.

    A supplement speaks of measures only. Notes and other events are added, never taken away.
    """
    values = {
        name: value
        for name in MEASURES
        if (value := getattr(draft.measures, name)) is not None
        and (not fill_only or getattr(old.measures, name) is None)
    }
    events = old.events + tuple(e for e in map(_stored_event, draft.events) if e not in old.events)
    new = replace(old, measures=replace(old.measures, **values), events=events)
    if old.validity == Validity.UNSCORED and draft.validity == Validity.OK:
        new = replace(new, validity=Validity.OK)
    if fill_only or draft.supplement:
        return replace(new, stages=old.stages or draft.stages)
    return replace(
        new, kind=draft.kind, validity=draft.validity, start=_stored(draft.start), end=_stored(draft.end),
        night_date=draft.night_date, device=clean(draft.device) or old.device, firmware=clean(draft.firmware) or old.firmware,
        stages=draft.stages or old.stages, vendor_date=draft.vendor_date or old.vendor_date,
    )  # fmt: skip


def _stored(at: Instant) -> Instant:
    """To the millisecond, as the journal keeps it."""
    return from_ms(at.ms, at.offset_min, at.zone)


def _stored_event(e: SessionEvent) -> SessionEvent:
    return SessionEvent(e.kind, _stored(e.at), _stored(e.end) if e.end else None, e.detail)


def _mark_copies(state: _State, f: FileRows) -> int:
    """Mark copies among the sessions this file kept, and say how many there are."""
    count = 0
    for draft in (s for r in f.rows for s in r.sessions):
        key = (f.source, clean(draft.key))
        own = state.sessions.get(key)
        if own is None or own.copy_of is not None:
            continue
        days = [own.night_date + timedelta(days=d) for d in (-1, 0, 1)]
        others = [state.sessions[k] for d in days for k in sorted(state.by_night.get(d, set())) if k[0] != f.source]
        for other in others:
            if other.copy_of is not None or not _same_night(own, other):
                continue
            copy, first = _which(own, other)
            marked = replace(copy, copy_of=first.id)
            if state.write and f.import_id is not None:
                state.journal.imports.changing(f.import_id, "sessions", copy.id)
                state.journal.sessions.set_copy(copy.id, first.id)
            _remember(state, marked)
            count += 1
            if copy is own:
                break
    return count


def _same_night(a: Session, b: Session) -> bool:
    """Contract §4: the same start within a minute, or deep and REM both non-zero and equal on the same night."""
    if abs((a.start.utc - b.start.utc).total_seconds()) <= COPY_SECONDS:
        return True
    deep, rem = a.measures.deep_min, a.measures.rem_min
    same = deep == b.measures.deep_min and rem == b.measures.rem_min
    return bool(a.night_date == b.night_date and deep and rem and same)


def _which(own: Session, other: Session) -> tuple[Session, Session]:
    """(copy, original): the one that came later is the copy."""
    later = abs(own.id) > abs(other.id) if (own.id < 0) == (other.id < 0) else own.id < 0
    return (own, other) if later else (other, own)


# ---- dreams, exposures, tags, coverage ------------------------------------------------------------------------------


def _dream(state: _State, f: FileRows, item: SourceDream) -> Outcome:
    """The person's own changes to an imported dream win over the file."""
    draft = checked(item.draft)
    draft = replace(draft, text=clean(draft.text), tags=tuple(map(clean, draft.tags)))
    source_id, n = clean(item.source_id), 1
    while (f.source, source_id) in state.dreams:  # another row of this run brought this id
        if state.dreams[f.source, source_id] == draft:
            return "unchanged" if ("dream", f.source, source_id) in state.before else "merged"
        n += 1
        source_id = f"{clean(item.source_id)}~{n}"
    state.dreams[f.source, source_id] = draft
    old = state.journal.dreams.by_source_id(state.person_id, f.source, source_id)
    if old is None:
        if state.write and f.import_id is not None:
            dream = state.journal.dreams.put(
                state.person_id, draft, state.now, source=f.source, source_id=source_id, import_id=f.import_id
            )
            state.journal.imports.inserted(f.import_id, "dreams", dream.id)
        return "kept"
    state.before.add(("dream", f.source, source_id))
    if old.changed != old.written or _as_draft(old) == draft:
        return "unchanged"
    if state.write and f.import_id is not None:
        state.journal.imports.changing(f.import_id, "dreams", old.id)
        state.journal.dreams.update(old.id, draft, old.written)
    return "updated"


def _as_draft(d: Dream) -> DreamDraft:
    return DreamDraft(
        d.night_date,
        d.text,
        d.recall,
        d.vividness,
        d.lucidity,
        d.tone,
        d.nightmare,
        d.distress,
        d.tags,
        d.signs,
        d.woke,
    )


def _exposure(state: _State, f: FileRows, draft: ExposureDraft) -> Outcome:
    key = (f.source, clean(draft.source_id))
    if key in state.exposures:
        return "unchanged" if ("exposure", *key) in state.before else "merged"
    state.exposures[key] = draft
    old = state.journal.exposures.by_source_id(state.person_id, *key)
    if old is not None:
        state.before.add(("exposure", *key))
    new = Exposure(
        old.id if old else 0, state.person_id, draft.night_date, clean(draft.name), draft.kind, f.source, clean(draft.dose),
        clean(draft.mode), clean(draft.programme), draft.intensity, _stored(draft.start) if draft.start else None,
        _stored(draft.end) if draft.end else None, old.enhancer_id if old else None, old.import_id if old else f.import_id,
        None, old.written if old else None,
    )  # fmt: skip
    if old == new:
        return "unchanged"
    if state.write and f.import_id is not None:
        if old is None:
            made = state.journal.exposures.add(new, source_id=key[1])
            state.journal.imports.inserted(f.import_id, "exposures", made.id)
            state.written.append(made.id)
        else:
            state.journal.imports.changing(f.import_id, "exposures", old.id)
            state.journal.exposures.update(new)
            state.written.append(old.id)
    return "kept" if old is None else "updated"


def _tag(state: _State, f: FileRows, draft: TagDraft) -> Outcome:
    key = (draft.night_date, f.source, clean(draft.tag))
    mark = ("tag", draft.night_date.isoformat(), f.source, key[2])
    again, before = mark in state.seen, mark in state.before
    state.seen.add(mark)
    if again:
        return "unchanged" if before else "merged"
    whole = state.folded[key]
    if before and state.tags[key] == whole.value:
        return "unchanged"
    if state.write and f.import_id is not None:
        old = state.journal.tags.find(state.person_id, *key) if before else None
        if old is not None:
            state.journal.imports.changing(f.import_id, "tags", old.id)
        row_id = state.journal.tags.put(
            state.person_id, draft.night_date, f.source, key[2], whole.value, whole.at, f.import_id
        )
        if old is None:
            state.journal.imports.inserted(f.import_id, "tags", row_id)
    state.tags[key] = whole.value
    return "updated" if before else "kept"


def _coverage(state: _State, f: FileRows, draft: CoverageDraft) -> Outcome:
    start, end = _stored(draft.start).utc, _stored(draft.end).utc
    if (f.source, start, end) in state.coverages:
        return "unchanged"
    state.coverages.add((f.source, start, end))
    if state.write and f.import_id is not None:
        row_id, new = state.journal.tags.put_coverage(state.person_id, f.source, _log_of(f), start, end, f.import_id)
        if new:
            state.journal.imports.inserted(f.import_id, "coverages", row_id)
    return "kept"


def _log_of(f: FileRows) -> str:
    """The enhancer whose log this is: named by its exposures, else by the source."""
    return next((e.name for r in f.rows for e in r.exposures), {"sleepsync": "SleepSync"}.get(f.source, f.source))
