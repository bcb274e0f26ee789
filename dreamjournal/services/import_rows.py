"""Compares imported rows with the journal, one by one, and writes what is new: the middle of `services.imports`.

Rows are compared one at a time and written many at a time: new rows get their ids here, under the write lock, and go
into the journal when their file is through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta

import msgspec

from dreamjournal.common.clock import Clock
from dreamjournal.common.progress import Progress
from dreamjournal.domain.correction import correct, original
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
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import Instant, from_ms
from dreamjournal.domain.session import Session, SessionEvent, SessionMeasures, Stage, Validity
from dreamjournal.services import enhancers
from dreamjournal.services.import_counts import Counts, NightCounts, Outcome, Tally, together
from dreamjournal.store.columns import clean
from dreamjournal.store.enhancers import Tag
from dreamjournal.store.journal import Journal

COPY_SECONDS = 60
MEASURES = tuple(f.name for f in fields(SessionMeasures))
VITALS = frozenset({"hr", "hrv_rmssd", "hrv_sdnn", "resp", "spo2", "temp"})
STEP_ROWS = 50
NO_SESSION = "the session it belongs to is neither in this export nor in the journal"


@dataclass(frozen=True)
class FileRows:
    """One file's rows; `import_id` only when they are to be written."""

    source: str
    rows: tuple[RowDraft, ...]
    rejected: tuple[Rejected, ...]
    import_id: int | None
    zone_asked: bool = False


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
    rejected: tuple[Rejected, ...] = ()
    """Rows that could only be rejected in the light of the journal."""


@dataclass
class _Tally:
    """A result while it grows."""

    rows: Tally = field(default_factory=Tally)
    sessions: Tally = field(default_factory=Tally)
    dreams: Tally = field(default_factory=Tally)
    exposures: Tally = field(default_factory=Tally)
    nights: set[date] = field(default_factory=set[date])
    changed: set[date] = field(default_factory=set[date])
    tags: dict[str, set[date]] = field(default_factory=dict[str, set[date]])
    rejected: list[Rejected] = field(default_factory=list[Rejected])


@dataclass
class _State:
    """The journal as the rows so far would leave it."""

    journal: Journal
    person_id: int
    now: datetime
    write: bool
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict[tuple[str, str], Session])
    digests: dict[int, str] = field(default_factory=dict[int, str])
    whole: set[int] = field(default_factory=set[int])
    """Ids of sessions that are here with their stages."""
    by_night: dict[date, set[tuple[str, str]]] = field(default_factory=dict[date, set[tuple[str, str]]])
    tags: dict[tuple[date, str, str], Tag] = field(default_factory=dict[tuple[date, str, str], Tag])
    folded: dict[tuple[date, str, str], TagDraft] = field(default_factory=dict[tuple[date, str, str], TagDraft])
    dreams: dict[tuple[str, str], DreamDraft] = field(default_factory=dict[tuple[str, str], DreamDraft])
    exposures: dict[tuple[str, str], ExposureDraft] = field(default_factory=dict[tuple[str, str], ExposureDraft])
    old_exposures: dict[tuple[str, str], Exposure] = field(default_factory=dict[tuple[str, str], Exposure])
    coverages: set[tuple[str, datetime, datetime]] = field(default_factory=set[tuple[str, datetime, datetime]])
    before: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    """Keys of what was in the journal before this run, as far as the rows so far have met it."""
    seen: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    """Keys this run has met."""
    next_session: int = 1
    next_tag: int = 1
    next_exposure: int = 1
    fresh: dict[int, Session] = field(default_factory=dict[int, Session])
    """Sessions of the present file that are not written yet."""
    fresh_tags: dict[int, Tag] = field(default_factory=dict[int, Tag])
    fresh_exposures: list[tuple[Exposure, str]] = field(default_factory=list[tuple[Exposure, str]])
    enhancer_ids: dict[str, int] = field(default_factory=dict[str, int])
    used: set[int] = field(default_factory=set[int])
    """Enhancers that exposures of the present file name."""


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
        state.enhancer_ids.clear()
        for row in sorted(f.rows, key=_supplements):
            _take(state, f, row, tally)
            done += 1
            if done % STEP_ROWS == 0:
                progress.step(done, total)
        copies = _mark_copies(state, f)
        if f.import_id is not None:
            _flush(state, f.import_id)
            if any(r.tags or r.exposures for r in f.rows):
                enhancers.derive(journal, person_id, f.import_id, clock)
        results.append(_result(f, tally, known, copies))
        known |= tally.changed
    return results


def _flush(state: _State, import_id: int) -> None:
    """Write what is new of a file, many rows at a time, and note each row for undoing."""
    journal = state.journal
    journal.sessions.put_all((s, state.digests.get(s.id, "")) for s in state.fresh.values())
    journal.imports.inserted_all(import_id, "sessions", state.fresh)
    journal.tags.put_all(list(state.fresh_tags.values()))
    journal.imports.inserted_all(import_id, "tags", state.fresh_tags)
    journal.exposures.put_all(state.fresh_exposures)
    journal.imports.inserted_all(import_id, "exposures", (e.id for e, _ in state.fresh_exposures))
    for enhancer_id in sorted(state.used):  # so that undoing the import that made an enhancer leaves it to this one
        journal.imports.changing(import_id, "enhancers", enhancer_id)
    for collected in (state.fresh, state.fresh_tags, state.fresh_exposures, state.used):
        collected.clear()


def has_supplement(rows: Iterable[RowDraft]) -> bool:
    """Whether a row repeats a session of another file of the same export: such a file is taken after the others."""
    return any(_supplements(row) for row in rows)


def _supplements(row: RowDraft) -> bool:
    return any(s.supplement for s in row.sessions)


def _result(f: FileRows, tally: _Tally, known: set[date], copies: int) -> FileResult:
    for r in f.rejected:
        tally.rows.add("rejected")
        tally.sessions.add("rejected", r.sessions)
        tally.dreams.add("rejected", r.dreams)
        tally.exposures.add("rejected", r.exposures)
    new = tally.changed - known
    updated = tally.changed & known
    said = "1 session is a copy" if copies == 1 else f"{copies} sessions are copies"
    return FileResult(
        tally.rows.counts(), tally.sessions.counts(), tally.dreams.counts(), tally.exposures.counts(),
        NightCounts(len(new), len(updated), len(tally.nights - tally.changed)),
        tuple((tag, len(nights)) for tag, nights in sorted(tally.tags.items())),
        min(tally.nights, default=None), max(tally.nights, default=None),
        (f"{said} of another source's: listed, and not counted.",) if copies else (), tuple(tally.rejected),
    )  # fmt: skip


def _load(journal: Journal, person_id: int, files: list[FileRows], now: datetime, write: bool) -> _State:
    state = _State(journal, person_id, now, write)
    state.next_session = journal.sessions.next_id()
    state.next_tag = journal.tags.next_id()
    state.next_exposure = journal.exposures.next_id()
    nights = {d for f in files for r in f.rows for d in _nights(r)}
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
        for found in journal.sessions.between(person_id, first, last, stages=False).values():
            for s in found:
                _remember(state, s)
                state.before.add(("session", s.source, s.source_id))
        for of_night in journal.tags.between(person_id, first, last).values():
            for t in of_night:
                state.tags[t.night_date, t.source, t.tag] = t
                state.before.add(("tag", t.night_date.isoformat(), t.source, t.tag))
    for source in dict.fromkeys(f.source for f in files):
        _load_source(state, files, source)
    state.coverages = {(c.source, c.start, c.end) for c in journal.tags.coverages(person_id)}
    return state


def _load_source(state: _State, files: list[FileRows], source: str) -> None:
    """What the journal has of a source under the ids of the files, on whatever night, and the exposures it brought."""
    journal, person_id = state.journal, state.person_id
    known = journal.sessions.known(person_id, source)
    state.digests.update(known.values())
    rows = [r for f in files if f.source == source for r in f.rows]
    for key in {clean(s.key) for r in rows for s in r.sessions} & set(known):
        if (source, key) not in state.sessions:  # it stands on quite another night
            moved = journal.sessions.get(known[key][0])
            if moved is not None:
                _remember(state, moved)
                state.whole.add(moved.id)
                state.before.add(("session", source, key))
    if any(r.exposures for r in rows):
        for source_id, exposure in journal.exposures.of_source(person_id, source).items():
            state.old_exposures[source, source_id] = exposure


def _nights(row: RowDraft) -> Iterable[date]:
    yield from (s.night_date for s in row.sessions)
    yield from (d.draft.night_date for d in row.dreams)
    yield from (e.night_date for e in row.exposures)
    yield from (t.night_date for t in row.tags)


def _remember(state: _State, s: Session) -> None:
    key = (s.source, s.source_id)
    old = state.sessions.get(key)
    if old is not None and old.night_date != s.night_date:
        state.by_night.get(old.night_date, set()).discard(key)
    state.sessions[key] = s
    state.by_night.setdefault(s.night_date, set()).add(key)


def _take(state: _State, f: FileRows, row: RowDraft, tally: _Tally) -> None:
    found: list[Outcome] = []
    main: list[Outcome] = []
    outcome: Outcome
    for session in row.sessions:
        night = session.night_date
        outcome, changed = _session(state, f, row, session, night)
        main.append(outcome)
        if outcome != "rejected":
            tally.sessions.add(outcome)
            _night(tally, night, changed)
    for dream in row.dreams:
        outcome = _dream(state, f, dream)
        tally.dreams.add(outcome)
        found.append(outcome)
        _night(tally, dream.draft.night_date, outcome in ("kept", "updated"))
    for exposure in row.exposures:
        outcome = _exposure(state, f, exposure)
        tally.exposures.add(outcome)
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
    whole = together(main, found)
    tally.rows.add(whole, row.rows)
    if row.merged:
        tally.rows.add("merged", row.merged)
    if whole == "rejected":
        tally.rejected.append(Rejected(row.where, NO_SESSION, row.line))


def _night(tally: _Tally, night: date, changed: bool) -> None:
    tally.nights.add(night)
    if changed:
        tally.changed.add(night)


# ---- sessions -------------------------------------------------------------------------------------------------------


def _session(
    state: _State, f: FileRows, row: RowDraft, draft: SessionDraft, night: date
) -> tuple[Outcome, bool]:  # fmt: skip
    key = (f.source, clean(draft.key))
    mark = ("session", *key)
    old = state.sessions.get(key)
    again, before = mark in state.seen, mark in state.before
    if old is None:
        if draft.joins_only:
            return "rejected", False
        state.seen.add(mark)
        start, end = _stored(draft.start), _stored(draft.end)
        new = Session(
            state.next_session, state.person_id, night, f.source, key[1], draft.kind, draft.validity, start, end,
            draft.measures, clean(draft.device), clean(draft.firmware), draft.stages,
            tuple(map(_stored_event, draft.events)), None, f.import_id, row.where, draft.vendor_date,
            "asked" if f.zone_asked and start.zone else "named" if start.zone else "offset",
        )  # fmt: skip
        state.next_session += 1
        state.fresh[new.id] = new
        state.whole.add(new.id)
        state.digests[new.id] = "" if draft.supplement else digest(draft)
        _remember(state, new)
        return "kept", True
    state.seen.add(mark)
    told = digest(draft) if not (again or draft.supplement) else ""
    if told and state.digests.get(old.id) == told:
        return "unchanged", False
    if old.id not in state.whole:
        state.sessions[key] = old = state.journal.sessions.get(old.id) or old
        state.whole.add(old.id)
    # A supplement fills what the session's own rows leave open; vitals it may also change.
    new = _overlay(old, draft, fill_only=again or (draft.supplement and bool(state.digests.get(old.id))))
    changed = new != old
    if changed or (told and state.write):
        _rewrite(state, f, new, told)
    if not changed:
        return ("unchanged" if before else "merged"), False
    return ("merged" if again or draft.supplement else "updated"), True


def _rewrite(state: _State, f: FileRows, new: Session, told: str) -> None:
    """A session that was in the journal, or came with an earlier row, as it is now."""
    if told:
        state.digests[new.id] = told
    _remember(state, new)
    if new.id in state.fresh:
        state.fresh[new.id] = new
    elif state.write and f.import_id is not None:
        state.journal.imports.changing(f.import_id, "sessions", new.id)
        state.journal.sessions.update(new, digest=told or None)


def digest(draft: SessionDraft) -> str:
    """The same for the same draft: a later import of it need not look further."""
    return hashlib.blake2b(_encode(draft), digest_size=12).hexdigest()


_encode = msgspec.json.Encoder().encode


def _overlay(old: Session, draft: SessionDraft, *, fill_only: bool) -> Session:
    """The stored session with what the row says more, and, unless `fill_only`, with what it says differently.

    A supplement speaks of measures, stages and events only. Events are added, never taken away. Where the person has
    corrected the times, what was recorded changes and the correction stands.
    """
    if old.recorded is not None:
        return correct(_overlay(original(old), draft, fill_only=fill_only), old.start, old.end)
    values = {
        name: value
        for name in MEASURES
        if (value := getattr(draft.measures, name)) is not None
        and not (draft.supplement and name == "tib_min" and old.measures.tib_min is not None)
        and (not fill_only or getattr(old.measures, name) is None or (draft.supplement and name in VITALS))
    }
    events = old.events + tuple(e for e in map(_stored_event, draft.events) if e not in old.events)
    new = replace(old, measures=replace(old.measures, **values), events=events)
    if old.validity == Validity.UNSCORED and draft.validity == Validity.OK:
        new = replace(new, validity=Validity.OK)
    if fill_only or draft.supplement:
        return replace(new, stages=old.stages or _anchored(draft, old.start))
    return replace(
        new, kind=draft.kind, validity=draft.validity, start=_stored(draft.start), end=_stored(draft.end),
        night_date=draft.night_date, device=clean(draft.device) or old.device, firmware=clean(draft.firmware) or old.firmware,
        stages=draft.stages or old.stages, vendor_date=draft.vendor_date or old.vendor_date,
    )  # fmt: skip


def _anchored(draft: SessionDraft, start: Instant) -> tuple[Stage, ...]:
    """The draft's stages counted from `start`."""
    shift = round((draft.start.utc - start.utc).total_seconds())
    if shift == 0:
        return draft.stages
    return tuple(Stage(s.offset_s + shift, s.dur_s, s.code) for s in draft.stages if s.offset_s + shift >= 0)


def _stored(at: Instant) -> Instant:
    """To the millisecond, as the journal keeps it."""
    return from_ms(at.ms, at.offset_min, at.zone)


def _stored_event(e: SessionEvent) -> SessionEvent:
    return SessionEvent(e.kind, _stored(e.at), _stored(e.end) if e.end else None, e.detail)


def _mark_copies(state: _State, f: FileRows) -> int:
    """Mark copies among the sessions this file kept, and say how many there are."""
    if all(key[0] == f.source for key in state.sessions):
        return 0
    count = 0
    for draft in (s for r in f.rows for s in r.sessions):
        own = state.sessions.get((f.source, clean(draft.key)))
        if own is None or own.copy_of is not None:
            continue
        days = [own.night_date + timedelta(days=d) for d in (-1, 0, 1)]
        others = [state.sessions[k] for d in days for k in sorted(state.by_night.get(d, set())) if k[0] != f.source]
        for other in others:
            if other.copy_of is not None or not _same_night(own, other):
                continue
            copy, first = (own, other) if own.id > other.id else (other, own)  # the one that came later is the copy
            _set_copy(state, f, copy, first.id)
            count += 1
            if copy is own:
                break
    return count


def _set_copy(state: _State, f: FileRows, copy: Session, first_id: int) -> None:
    marked = replace(copy, copy_of=first_id)
    if copy.id in state.fresh:
        state.fresh[copy.id] = marked
    elif state.write and f.import_id is not None:
        state.journal.imports.changing(f.import_id, "sessions", copy.id)
        state.journal.sessions.set_copy(copy.id, first_id)
    _remember(state, marked)


def _same_night(a: Session, b: Session) -> bool:
    """Contract §4: the same start within a minute, or deep and REM both non-zero and equal on the same night."""
    if abs((a.start.utc - b.start.utc).total_seconds()) <= COPY_SECONDS:
        return True
    deep, rem = a.measures.deep_min, a.measures.rem_min
    same = deep == b.measures.deep_min and rem == b.measures.rem_min
    return bool(a.night_date == b.night_date and deep and rem and same)


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
    old = state.old_exposures.get(key)
    if old is not None:
        state.before.add(("exposure", *key))
    enhancer_id = old.enhancer_id if old else None
    if state.write and f.import_id is not None and enhancer_id is None:
        enhancer_id = _enhancer(state, f.import_id, clean(draft.name), draft.kind)
    new = Exposure(
        old.id if old else state.next_exposure, state.person_id, draft.night_date, clean(draft.name), draft.kind, f.source,
        clean(draft.dose), clean(draft.mode), clean(draft.programme), draft.intensity,
        _stored(draft.start) if draft.start else None, _stored(draft.end) if draft.end else None, enhancer_id,
        old.import_id if old else f.import_id, None, old.written if old else None,
    )  # fmt: skip
    if old is not None and replace(old, enhancer_id=enhancer_id) == new:
        return "unchanged"
    if old is None:
        state.next_exposure += 1
    if state.write and f.import_id is not None:
        if enhancer_id is not None:
            state.used.add(enhancer_id)
        if old is None:
            state.fresh_exposures.append((new, key[1]))
        else:
            state.journal.imports.changing(f.import_id, "exposures", old.id)
            state.journal.exposures.update(new)
    return "kept" if old is None else "updated"


def _enhancer(state: _State, import_id: int, name: str, kind: EnhancerKind) -> int:
    """The enhancer an exposure names, made where the person has none of that name."""
    known = state.enhancer_ids.get(name)
    if known is None:
        enhancer = state.journal.enhancers.by_name(state.person_id, name)
        if enhancer is None:
            enhancer = state.journal.enhancers.add(state.person_id, name, kind, state.now)
            state.journal.imports.inserted(import_id, "enhancers", enhancer.id)
        known = state.enhancer_ids[name] = enhancer.id
    return known


def _tag(state: _State, f: FileRows, draft: TagDraft) -> Outcome:
    key = (draft.night_date, f.source, clean(draft.tag))
    mark = ("tag", draft.night_date.isoformat(), f.source, key[2])
    again, before = mark in state.seen, mark in state.before
    state.seen.add(mark)
    if again:
        return "unchanged" if before else "merged"
    whole = state.folded[key]
    old = state.tags.get(key)
    if old is not None and old.value == whole.value:
        return "unchanged"
    at = _stored(whole.at) if whole.at else None
    new = Tag(
        old.id if old else state.next_tag,
        state.person_id,
        draft.night_date,
        f.source,
        key[2],
        whole.value,
        at,
        f.import_id,
    )
    state.tags[key] = new
    if old is None:
        state.next_tag += 1
        state.fresh_tags[new.id] = new
    elif state.write and f.import_id is not None:
        state.journal.imports.changing(f.import_id, "tags", old.id)
        state.journal.tags.put(state.person_id, draft.night_date, f.source, key[2], whole.value, at, f.import_id)
    return "kept" if old is None else "updated"


def _coverage(state: _State, f: FileRows, draft: CoverageDraft) -> Outcome:
    start, end = _stored(draft.start).utc, _stored(draft.end).utc
    if (f.source, start, end) in state.coverages:
        return "unchanged"
    state.coverages.add((f.source, start, end))
    if state.write and f.import_id is not None:
        row_id, new = state.journal.tags.put_coverage(
            state.person_id, f.source, clean(draft.name), start, end, f.import_id
        )
        if new:
            state.journal.imports.inserted(f.import_id, "coverages", row_id)
    return "kept"
