"""Compares imported rows with the journal, one by one, and writes what is new: the middle of `services.imports`.

Rows are compared one at a time and written many at a time: new rows get their ids here, under the write lock, and go
into the journal when their file is through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from dreamjournal.common.clock import Clock
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import CoverageDraft, ExposureDraft, Rejected, RowDraft, SourceDream, TagDraft
from dreamjournal.domain.dream import Dream, DreamDraft, checked
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.services import enhancers
from dreamjournal.services.import_counts import Counts, NightCounts, Outcome, Tally, together
from dreamjournal.services.import_sessions import mark_copies, take_session
from dreamjournal.services.import_state import FileRows, State, load, stored
from dreamjournal.store.columns import clean
from dreamjournal.store.enhancers import Tag
from dreamjournal.store.journal import Journal

STEP_ROWS = 50
NO_SESSION = "the session it belongs to is neither in this export nor in the journal"

__all__ = ["FileResult", "FileRows", "apply", "has_supplement"]


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


def apply(
    journal: Journal, person_id: int, files: list[FileRows], clock: Clock, progress: Progress, *, write: bool
) -> list[FileResult]:
    """One result a file, in order. With `write` the rows are written inside the caller's transaction.

    File after file, and the imports' ids must rise in that order: undoing relies on it. A file with supplements should
    stand behind the others (`has_supplement`).
    """
    state = load(journal, person_id, files, clock.now(), write)
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
        copies = mark_copies(state, f)
        if f.import_id is not None:
            _flush(state, f.import_id)
            if any(r.tags or r.exposures for r in f.rows):
                enhancers.derive(journal, person_id, f.import_id, clock)
        results.append(_result(f, tally, known, copies))
        known |= tally.changed
    return results


def _flush(state: State, import_id: int) -> None:
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


def _take(state: State, f: FileRows, row: RowDraft, tally: _Tally) -> None:
    found: list[Outcome] = []
    main: list[Outcome] = []
    outcome: Outcome
    for session in row.sessions:
        night = session.night_date
        outcome, changed = take_session(state, f, row, session, night)
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


# ---- dreams, exposures, tags, coverage ------------------------------------------------------------------------------


def _dream(state: State, f: FileRows, item: SourceDream) -> Outcome:
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


def _exposure(state: State, f: FileRows, draft: ExposureDraft) -> Outcome:
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
        stored(draft.start) if draft.start else None, stored(draft.end) if draft.end else None, enhancer_id,
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


def _enhancer(state: State, import_id: int, name: str, kind: EnhancerKind) -> int:
    """The enhancer an exposure names, made where the person has none of that name."""
    known = state.enhancer_ids.get(name)
    if known is None:
        enhancer = state.journal.enhancers.by_name(state.person_id, name)
        if enhancer is None:
            enhancer = state.journal.enhancers.add(state.person_id, name, kind, state.now)
            state.journal.imports.inserted(import_id, "enhancers", enhancer.id)
        known = state.enhancer_ids[name] = enhancer.id
    return known


def _tag(state: State, f: FileRows, draft: TagDraft) -> Outcome:
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
    at = stored(whole.at) if whole.at else None
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


def _coverage(state: State, f: FileRows, draft: CoverageDraft) -> Outcome:
    start, end = stored(draft.start).utc, stored(draft.end).utc
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
