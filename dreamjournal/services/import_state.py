"""The journal as the rows of an import so far would leave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dreamjournal.domain.drafts import ExposureDraft, Rejected, RowDraft, TagDraft
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.exposure import Exposure
from dreamjournal.domain.instant import Instant, from_ms
from dreamjournal.domain.session import Session
from dreamjournal.store.columns import clean
from dreamjournal.store.enhancers import Tag
from dreamjournal.store.journal import Journal


@dataclass(frozen=True)
class FileRows:
    """One file's rows; `import_id` only when they are to be written."""

    source: str
    rows: tuple[RowDraft, ...]
    rejected: tuple[Rejected, ...]
    import_id: int | None
    zone_asked: bool = False


@dataclass
class State:
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
    starts: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict[tuple[str, int], tuple[str, str]])
    """(source, minute of the start) of sessions, and their keys."""
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


def load(journal: Journal, person_id: int, files: list[FileRows], now: datetime, write: bool) -> State:
    """What the journal has of the nights and the ids the files speak of."""
    state = State(journal, person_id, now, write)
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
                remember(state, s)
                state.before.add(("session", s.source, s.source_id))
        for of_night in journal.tags.between(person_id, first, last).values():
            for t in of_night:
                state.tags[t.night_date, t.source, t.tag] = t
                state.before.add(("tag", t.night_date.isoformat(), t.source, t.tag))
    for source in dict.fromkeys(f.source for f in files):
        _load_source(state, files, source)
    state.coverages = {(c.source, c.start, c.end) for c in journal.tags.coverages(person_id)}
    return state


def _load_source(state: State, files: list[FileRows], source: str) -> None:
    """What the journal has of a source under the ids of the files, on whatever night, and the exposures it brought."""
    journal, person_id = state.journal, state.person_id
    known = journal.sessions.known(person_id, source)
    state.digests.update(known.values())
    rows = [r for f in files if f.source == source for r in f.rows]
    for key in {clean(s.key) for r in rows for s in r.sessions} & set(known):
        if (source, key) not in state.sessions:  # it stands on quite another night
            moved = journal.sessions.get(known[key][0])
            if moved is not None:
                remember(state, moved)
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


def remember(state: State, s: Session) -> None:
    """The session stands in the state as `s` from now on."""
    key = (s.source, s.source_id)
    old = state.sessions.get(key)
    if old is not None and old.night_date != s.night_date:
        state.by_night.get(old.night_date, set()).discard(key)
    state.sessions[key] = s
    state.by_night.setdefault(s.night_date, set()).add(key)
    state.starts.setdefault((s.source, s.start.ms // 60_000), key)


def stored(at: Instant) -> Instant:
    """To the millisecond, as the journal keeps it."""
    return from_ms(at.ms, at.offset_min, at.zone) if at.utc.microsecond % 1000 else at
