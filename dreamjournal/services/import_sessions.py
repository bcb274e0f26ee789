"""Compares the sessions of an import with the journal's: new, changed, joined, or a copy of another source's."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import date, timedelta

import msgspec

from dreamjournal.domain.correction import correct, original
from dreamjournal.domain.drafts import RowDraft, SessionDraft
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.session import Session, SessionEvent, SessionMeasures, Stage, Validity
from dreamjournal.services.import_counts import Outcome
from dreamjournal.services.import_state import FileRows, State, remember, stored
from dreamjournal.store.columns import clean

COPY_SECONDS = 60
COLLECTORS = frozenset({"withings", "apple_health", "health_connect", "google_fit", "samsung"})
"""Sources that take in other apps' nights: of two equal ones theirs is the copy, else the one that came later."""
MEASURES = tuple(f.name for f in fields(SessionMeasures))
VITALS = frozenset({"hr", "hrv_rmssd", "hrv_sdnn", "resp", "spo2", "temp"})


def take_session(
    state: State, f: FileRows, row: RowDraft, draft: SessionDraft, night: date
) -> tuple[Outcome, bool]:  # fmt: skip
    """What becomes of a session of a row of night `night`, and whether the journal changes by it."""
    key = (f.source, clean(draft.key))
    mark = ("session", *key)
    old = state.sessions.get(key)
    again, before = mark in state.seen, mark in state.before
    if old is None and (twin := _twin(state, f.source, draft)) is not None:
        key = (twin.source, twin.source_id)  # the same night under another id: another kind of export of the source
        mark = ("session", *key)
        old, again, before = twin, True, mark in state.before
    if old is None:
        if draft.joins_only:
            return "rejected", False
        state.seen.add(mark)
        start, end = stored(draft.start), stored(draft.end)
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
        remember(state, new)
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


def _twin(state: State, source: str, draft: SessionDraft) -> Session | None:
    """A session of the same source and start minute of which one kind of export has an id and the other has none."""
    minute = draft.start.ms // 60_000
    found = state.sessions.get(state.starts.get((source, minute), ("", "")))
    if found is None or found.start.ms // 60_000 != minute:
        return None
    if draft.source_id and not found.source_id.startswith("start:"):
        return None  # two ids of their own are two sessions
    return found if not (found.device and draft.device) or found.device == clean(draft.device) else None


def _rewrite(state: State, f: FileRows, new: Session, told: str) -> None:
    """A session that was in the journal, or came with an earlier row, as it is now."""
    if told:
        state.digests[new.id] = told
    remember(state, new)
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

    A supplement speaks of measures, stages and events only. Where the person has
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
    events = _events(old, draft, anew=not (fill_only or draft.supplement))
    new = replace(old, measures=replace(old.measures, **values), events=events)
    if old.validity == Validity.UNSCORED and draft.validity == Validity.OK:
        new = replace(new, validity=Validity.OK)
    if fill_only or draft.supplement:
        return replace(new, stages=old.stages or _anchored(draft, old.start))
    return replace(
        new, kind=draft.kind, validity=draft.validity, start=stored(draft.start), end=stored(draft.end),
        night_date=draft.night_date, device=clean(draft.device) or old.device, firmware=clean(draft.firmware) or old.firmware,
        stages=draft.stages or old.stages, vendor_date=draft.vendor_date or old.vendor_date,
    )  # fmt: skip


def _events(old: Session, draft: SessionDraft, *, anew: bool) -> tuple[SessionEvent, ...]:
    """With `anew` the draft's events stand for those of their kinds, else what is new of them is added.

    The same event in another zone is the same: else a file read again in the right zone would tell it twice.
    """
    told = tuple(map(_stored_event, draft.events))
    if anew:
        kinds = {e.kind for e in told}
        return (*(e for e in old.events if e.kind not in kinds), *told)
    known = {(e.kind, e.at.ms, e.detail) for e in old.events}
    return old.events + tuple(e for e in told if (e.kind, e.at.ms, e.detail) not in known)


def _anchored(draft: SessionDraft, start: Instant) -> tuple[Stage, ...]:
    """The draft's stages counted from `start`."""
    shift = round((draft.start.utc - start.utc).total_seconds())
    if shift == 0:
        return draft.stages
    return tuple(Stage(s.offset_s + shift, s.dur_s, s.code) for s in draft.stages if s.offset_s + shift >= 0)


def _stored_event(e: SessionEvent) -> SessionEvent:
    return SessionEvent(e.kind, stored(e.at), stored(e.end) if e.end else None, e.detail)


def mark_copies(state: State, f: FileRows) -> int:
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
            first, copy = sorted((own, other), key=lambda s: (s.source in COLLECTORS, s.id))
            _set_copy(state, f, copy, first.id)
            count += 1
            if copy is own:
                break
    return count


def _set_copy(state: State, f: FileRows, copy: Session, first_id: int) -> None:
    marked = replace(copy, copy_of=first_id)
    if copy.id in state.fresh:
        state.fresh[copy.id] = marked
    elif state.write and f.import_id is not None:
        state.journal.imports.changing(f.import_id, "sessions", copy.id)
        state.journal.sessions.set_copy(copy.id, first_id)
    remember(state, marked)


def _same_night(a: Session, b: Session) -> bool:
    """Contract §4: the same start within a minute, or deep and REM both non-zero and equal on the same night."""
    if abs((a.start.utc - b.start.utc).total_seconds()) <= COPY_SECONDS:
        return True
    deep, rem = a.measures.deep_min, a.measures.rem_min
    same = deep == b.measures.deep_min and rem == b.measures.rem_min
    return bool(a.night_date == b.night_date and deep and rem and same)
