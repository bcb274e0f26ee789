"""Nights as they are known: every source's own numbers, and what each night was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from dreamjournal.common.clock import SystemClock
from dreamjournal.domain.diary import Diary, is_late, measure
from dreamjournal.domain.instant import Instant, from_local, in_zone
from dreamjournal.domain.night import (
    Condition,
    Night,
    NightFlag,
    condition_of,
    has_clock_change,
    last_night,
    tonight,
)
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.study import planned_arms
from dreamjournal.services import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.evening import Evening
    from dreamjournal.domain.exposure import Exposure, OnlyPeriod
    from dreamjournal.domain.session import Session
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.enhancers import Tag

_DAY = timedelta(days=1)
_MARGIN = timedelta(days=9)
_YEAR = timedelta(days=365)
ZONE_NIGHTS = 2
"""Nights flagged on each side of a change of zone (rule of the project, after jet lag of a day or two)."""


def nights(
    journal: Journal, person_id: int, first: date | None = None, last: date | None = None, clock: Clock | None = None, *,
    stages: bool = True, step: Callable[[], None] | None = None,
) -> list[Night]:  # fmt: skip
    """Every night something is known of, in order, with its condition and flags. `stages` False is faster.

    `step` is called many times a second; what it raises ends the reading.

    Nights of a study that is still sealed are masked (`study_sealed`): what they were, what was used and what devices
    measured stay closed; the person's own words do not. Each of them that has passed is listed, whatever is known of
    it: a night that is there only where something was used would tell what it was.
    """
    sealed = sealed_nights(journal, person_id, clock)
    found = as_recorded(journal, person_id, first, last, clock, stages=stages, step=step)
    if not sealed:
        return found
    present = clock or SystemClock()
    now = tonight(present.now(), settings.zone_of(journal, person_id, present))
    passed = {day for day in sealed if day < now and (first or date.min) <= day <= (last or date.max)}
    known = {day: Night(person_id, day, Condition.UNRECORDED) for day in passed}
    known |= {
        n.night_date: n for n in found if n.night_date not in sealed or n.night_date in passed or _has_own_words(n)
    }
    return [_masked(known[day]) if day in sealed else known[day] for day in sorted(known)]


def _has_own_words(night: Night) -> bool:
    evening = night.evening
    said = evening is not None and bool(evening.intention or evening.lights_out or evening.intakes or evening.ticks)
    return said or night.diary is not None or night.recall is not None or bool(night.dreams)


def _on() -> None:
    """Read on: nobody asks to stop."""


def sealed_nights(journal: Journal, person_id: int, clock: Clock | None = None) -> frozenset[date]:
    """Planned nights of studies whose seal holds now. None in a caseload: there it is not the diarist who looks."""
    if journal.kind == JournalKind.NURSE:
        return frozenset()
    sealing = [s for s in journal.studies.all(person_id) if s.sealed]
    if not sealing:
        return frozenset()
    present = clock or SystemClock()
    now = tonight(present.now(), settings.zone_of(journal, person_id, present))
    return frozenset(day for study in sealing if study.hides(now) for day in planned_arms(study))


_OWN_FLAGS = frozenset({NightFlag.ILLNESS, NightFlag.TRAVEL, NightFlag.ON_CALL})


def _masked(night: Night) -> Night:
    """The night as its diarist may see it. A session's mere presence can tell what the night was, so none is listed."""
    own = tuple(replace(d, may_not_be_own=False) if d.may_not_be_own else d for d in night.dreams)
    evening = None if night.evening is None else replace(night.evening, answer=None, answered=None)
    return replace(
        night, condition=Condition.UNRECORDED, answer=None, exposures=(), dreams=own, evening=evening, sessions=(), covered_by=(),
        only_enhancer=None, sealed=True, study_sealed=True, tags=(), flags=night.flags & _OWN_FLAGS,
    )  # fmt: skip


def as_recorded(
    journal: Journal, person_id: int, first: date | None = None, last: date | None = None, clock: Clock | None = None, *,
    stages: bool = True, step: Callable[[], None] | None = None,
) -> list[Night]:  # fmt: skip
    """`nights` without the mask of a sealed study: for the study's own record, never for a page.

    One query a table, for sessions one a year. Sessions stand in the person's order of sources, then by start; nothing is blended.
    """
    present = clock or SystemClock()
    zone = settings.zone_of(journal, person_id, present)
    span = _span(journal, person_id, first, last, zone)
    if span is None:
        return []
    first, last = span
    # A night that a complete log covers is known even where nothing else is: the log was empty.
    logged = _logged(journal, person_id, first, last, zone)
    dates = sorted({*journal.nights.dates(person_id, first, last), *logged})
    if not dates:
        return []
    on = step or _on
    on()
    diaries = journal.diaries.between(person_id, first - _MARGIN, last + _MARGIN)
    sessions: dict[date, list[Session]] = {}
    begin = first - _MARGIN
    while begin <= last + _MARGIN:
        on()
        end = min(begin + _YEAR, last + _MARGIN)
        sessions |= journal.sessions.between(person_id, begin, end, stages=stages)
        begin = end + _DAY
    on()
    recalls = journal.mornings.recalls(person_id, first, last)
    passed = journal.mornings.passed_over(person_id, first, last)
    evenings = journal.evenings.between(person_id, first, last)
    exposures = journal.exposures.between(person_id, first, last)
    dreams = journal.dreams.between(person_id, first, last)
    tags = journal.tags.between(person_id, first, last)
    covered = _covered(journal, person_id, first, last, logged, tags, sessions)
    only = _Only(journal, person_id)
    priority = {source: i for i, source in enumerate(settings.get(journal, person_id, "source_priority"))}
    moved = _zone_changes(sessions, diaries, zone)
    seal_from = last_night(present.now(), zone) if journal.kind != JournalKind.NURSE and clock is not None else None
    found: list[Night] = []
    for number, day in enumerate(dates):
        if number % 100 == 0:
            on()
        slept = tuple(sessions.get(day, ()))  # in order of start
        if priority and len(slept) > 1:
            slept = tuple(sorted(slept, key=lambda s: priority.get(s.source, len(priority))))
        diary, evening, named = diaries.get(day), evenings.get(day), tuple(exposures.get(day, ()))
        lived = _zone(slept, diary, evening)
        told = tuple(dreams.get(day, ()))
        if any(e.kind == "merge" for s in slept for e in s.events):
            told = tuple(replace(d, may_not_be_own=True) for d in told)
        answer = evening.answer if evening else None
        one, by = only.on(day), tuple(sorted(covered.get(day, ())))
        found.append(
            Night(
                person_id, day,
                condition=condition_of(answer, tuple(e.name for e in named), only=one, covered_by=by),
                answer=answer, exposures=named, recall=recalls.get(day), dreams=told, diary=diary, evening=evening, sessions=slept,
                flags=_flags(day, slept, diary, lived or zone, day in moved),
                covered_by=by, only_enhancer=one,
                sealed=seal_from is not None and day >= seal_from and diary is None and day not in passed,
                passed_over=day in passed, zone=lived,
                tags=tuple(t.tag for t in tags.get(day, ()) if t.value is None or t.value != 0),
            )
        )  # fmt: skip
    return found


def night(journal: Journal, person_id: int, day: date, clock: Clock) -> Night:
    """One night, `unrecorded` and empty where nothing is known of it."""
    found = nights(journal, person_id, day, day, clock)
    return found[0] if found else Night(person_id, day, Condition.UNRECORDED)


def first_last(journal: Journal, person_id: int) -> tuple[date, date] | None:
    """The first and the last night something is known of."""
    return journal.nights.first_last(person_id)


def conditions(
    journal: Journal, person_id: int, first: date | None = None, last: date | None = None, clock: Clock | None = None
) -> dict[date, Condition]:
    """The condition of each night that is not `unrecorded`, without reading sessions."""
    zone = settings.zone_of(journal, person_id, clock or SystemClock())
    span = _span(journal, person_id, first, last, zone)
    if span is None:
        return {}
    first, last = span
    evenings = journal.evenings.between(person_id, first, last)
    exposures = journal.exposures.between(person_id, first, last)
    slept = journal.sessions.between(person_id, first, last, stages=False) if journal.tags.coverages(person_id) else {}
    covered = _covered(journal, person_id, first, last, _logged(journal, person_id, first, last, zone), None, slept)
    only = _Only(journal, person_id)
    found: dict[date, Condition] = {}
    for day in {*evenings, *exposures, *covered}:
        evening = evenings.get(day)
        condition = condition_of(
            evening.answer if evening else None, tuple(e.name for e in exposures.get(day, ())), only=only.on(day),
            covered_by=tuple(covered.get(day, ())),
        )  # fmt: skip
        if condition != Condition.UNRECORDED:
            found[day] = condition
    for day in sealed_nights(journal, person_id, clock):
        found.pop(day, None)
    return found


def merged_nights(
    journal: Journal, person_id: int, first: date, last: date, clock: Clock | None = None
) -> frozenset[date]:
    """Nights with a session that merged with another person's: their dreams may not be the person's own.

    With a clock, as for a page, nights that a study seals are not told: only an enhanced night can merge.
    """
    if all(source != "sleepsync" for source, _ in journal.sessions.sources(person_id)):
        return frozenset()  # only SleepSync records merges; the sessions of ten years need not be read
    by_night = journal.sessions.between(person_id, first, last, stages=False)
    merged = frozenset(
        day for day, slept in by_night.items() if any(e.kind == "merge" for s in slept for e in s.events)
    )
    return merged - sealed_nights(journal, person_id, clock) if merged and clock is not None else merged


def _span(
    journal: Journal, person_id: int, first: date | None, last: date | None, zone: str
) -> tuple[date, date] | None:
    if first is None or last is None:
        ends = [*(journal.nights.first_last(person_id) or ())]
        for coverage in journal.tags.coverages(person_id):
            ends += [in_zone(t, zone).local.date() for t in (coverage.start, coverage.end)]
        if not ends:
            return None
        first, last = first or min(ends), last or max(ends)
    if first > last:
        return None
    # The widest dates a journal can hold, with room for the margin.
    return max(first, date(1, 2, 1)), min(last, date(9999, 11, 1))


class _Only:
    """Which enhancer the person uses alone, by date; of overlapping words the last said counts."""

    def __init__(self, journal: Journal, person_id: int) -> None:
        self._periods: list[OnlyPeriod] = sorted(journal.enhancers.only(person_id), key=lambda p: p.id)
        self._names: dict[int, str] = {}
        for period in self._periods:
            enhancer = journal.enhancers.get(period.enhancer_id)
            self._names[period.enhancer_id] = enhancer.name if enhancer else ""

    def on(self, day: date) -> str | None:
        for period in reversed(self._periods):
            if (period.first is None or period.first <= day) and (period.last is None or day <= period.last):
                return self._names[period.enhancer_id]
        return None


def _logged(journal: Journal, person_id: int, first: date, last: date, zone: str) -> dict[date, set[tuple[str, str]]]:
    """(source, enhancer) of each log that covers a night from noon to noon."""
    found: dict[date, set[tuple[str, str]]] = {}
    for coverage in journal.tags.coverages(person_id):
        name = coverage.name or coverage.source
        known = journal.enhancers.by_name(person_id, name)
        day = max(first, in_zone(coverage.start, zone).local.date() - _DAY)
        noon = _noon(day, zone)
        while day <= last:
            next_noon = _noon(day + _DAY, zone)
            if next_noon > coverage.end:
                break
            if noon >= coverage.start:
                found.setdefault(day, set()).add((coverage.source, known.name if known else name))
            day, noon = day + _DAY, next_noon
    return found


def _covered(
    journal: Journal, person_id: int, first: date, last: date, logged: dict[date, set[tuple[str, str]]],
    tags: dict[date, list[Tag]] | None, sessions: dict[date, list[Session]],
) -> dict[date, set[str]]:  # fmt: skip
    """Names of enhancers a night was without: their log covers it and is empty, or a mapped question was answered no."""
    found: dict[date, set[str]] = {}
    for day, logs in logged.items():
        recorded = {s.source for s in sessions.get(day, ())}
        empty = {name for source, name in logs if source not in recorded}
        if empty:
            found[day] = empty
    for rule in journal.enhancers.rules(person_id):
        enhancer = journal.enhancers.get(rule.enhancer_id)
        if enhancer is None:
            continue
        folded = rule.tag.strip().casefold()
        if tags is None:
            answers: Iterable[Tag] = journal.tags.of(person_id, rule.source, rule.tag)
        else:
            answers = (
                t
                for of_day in tags.values()
                for t in of_day
                if t.source == rule.source and t.tag.strip().casefold() == folded
            )
        for tag in answers:
            if tag.value == 0 and first <= tag.night_date <= last:
                found.setdefault(tag.night_date, set()).add(enhancer.name)
    return found


def _noon(day: date, zone: str) -> datetime:
    return from_local(datetime.combine(day, time(12)), zone).utc


def _zone(slept: Sequence[Session], diary: Diary | None, evening: Evening | None) -> str | None:
    """The zone a night was lived in: the sessions', else the diary's, else that of lights out."""
    for session in slept:
        if session.start.zone:
            return session.start.zone
    if slept:
        return None
    for instant in _diary_times(diary):
        if instant.zone:
            return instant.zone
    return evening.lights_out.zone if evening and evening.lights_out else None


def _diary_times(diary: Diary | None) -> tuple[Instant, ...]:
    if diary is None:
        return ()
    return tuple(t for t in (diary.into_bed, diary.try_sleep, diary.final_wake, diary.out_of_bed) if t is not None)


def _flags(day: date, slept: Sequence[Session], diary: Diary | None, zone: str, moved: bool) -> frozenset[NightFlag]:
    found: set[NightFlag] = set()
    by_offset = [s for s in slept if s.start.zone is None]
    changes = (bool(slept) or diary is not None) and has_clock_change(day, zone)
    if (changes and len(by_offset) < max(1, len(slept))) or any(_offset_only_dst(s, zone, changes) for s in by_offset):
        found.add(NightFlag.DST)
    if moved:
        found.add(NightFlag.ZONE_CHANGE)
    if diary is not None:
        for name, flag in (
            ("illness", NightFlag.ILLNESS),
            ("travel", NightFlag.TRAVEL),
            ("on_call", NightFlag.ON_CALL),
        ):
            if getattr(diary, name):
                found.add(flag)
    return frozenset(found)


def _offset_only_dst(session: Session, zone: str, changes: bool) -> bool:
    """A session known by offset alone changed its offset, or its offset is the home zone's on a night of clock change."""
    if session.start.offset_min != session.end.offset_min:
        return True
    return changes and in_zone(session.start.utc, zone).offset_min == session.start.offset_min


def _zone_changes(sessions: dict[date, list[Session]], diaries: dict[date, Diary], home: str) -> frozenset[date]:
    """Nights within two of a change of zone.

    Each source is held against itself, since two sources may name one place differently. Zones that agree on the time
    are no change. An offset without a name stands for the home zone where that had it then, else for itself.
    """
    seen: dict[str, list[tuple[date, Instant, Instant]]] = {}
    for day, slept in sessions.items():
        for session in slept:
            seen.setdefault(session.source, []).append((day, session.start, session.end))
    for day, diary in diaries.items():
        times = _diary_times(diary)
        if times:
            seen.setdefault("diary", []).append((day, times[0], times[-1]))
    changed: set[date] = set()
    for spans in seen.values():
        spans.sort(key=lambda x: x[1].utc)
        previous: Instant | None = None
        for day, start, end in spans:
            # Most nights name the zone of the night before: asked of every one of ten years, more than that is felt.
            here = start.zone
            if (previous is not None and not (here and previous.zone == here) and _moved(previous, start, home)) or (
                end.zone and end.zone != here and _moved(start, end, home)
            ):
                changed |= {day + _DAY * n for n in range(-ZONE_NIGHTS, ZONE_NIGHTS + 1)}
            previous = start  # not its end: exports give one offset for a whole night, also across a clock change
    return frozenset(changed)


def _moved(before: Instant, after: Instant, home: str) -> bool:
    if before.zone == after.zone and (before.zone or before.offset_min == after.offset_min):
        return False
    a, b = _place(before, home), _place(after, home)
    if a is None or b is None:
        return before.offset_min != after.offset_min
    return a != b and in_zone(after.utc, a).offset_min != after.offset_min


def _place(instant: Instant, home: str) -> str | None:
    if instant.zone:
        return instant.zone
    return home if in_zone(instant.utc, home).offset_min == instant.offset_min else None


# The shape of `nights --json`


def to_json(found: Sequence[Night]) -> dict[str, Any]:
    """The document of the command `nights`: minutes with 2 decimals, null where a source does not say."""
    return {"nights": [_night_json(n) for n in found]}


def _night_json(n: Night) -> dict[str, Any]:
    return {
        "night_date": n.night_date.isoformat(),
        "condition": n.condition.value,
        "answer": n.answer.value if n.answer else None,
        "exposures": [_exposure_json(e) for e in n.exposures],
        "recall": n.recall.value if n.recall else None,
        "dreams": len(n.dreams),
        "diary": diary_json(n.diary) if n.diary else None,
        "sessions": [_session_json(s) for s in n.sessions],
        "flags": sorted(f.value for f in n.flags),
        "tags": list(n.tags),
        "passed_over": n.passed_over,
        "study_sealed": n.study_sealed,
    }


def _exposure_json(e: Exposure) -> dict[str, Any]:
    return {
        "name": e.name, "kind": e.kind.value, "source": e.source, "id": e.id, "dose": e.dose or None, "mode": e.mode or None,
        "intensity": e.intensity, "start": _z(e.start), "end": _z(e.end),
    }  # fmt: skip


def diary_json(d: Diary) -> dict[str, Any]:
    """A diary by the field names of the Consensus Sleep Diary, with what is computed from it."""
    m = measure(d)
    zone = next((t.zone for t in _diary_times(d) if t.zone), None)
    return {
        "into_bed": _z(d.into_bed), "try_sleep": _z(d.try_sleep), "sol": _two(d.sol), "nawk": d.nawk, "waso": _two(d.waso),
        "final_wake": _z(d.final_wake), "out_of_bed": _z(d.out_of_bed), "quality": d.quality, "comments": d.comments or None,
        "tasafa": _two(d.tasafa), "ema": _two(d.ema), "rested": d.rested, "own_tst": _two(d.own_tst), "naps": d.naps,
        "nap_min": _two(d.nap_min), "free_next_day": d.free_next_day, "illness": d.illness, "travel": d.travel,
        "on_call": d.on_call, "events": list(d.events) if d.events_asked else None, "zone": zone, "late": is_late(d),
        "tib_min": _two(m.tib), "tst_min": _two(m.tst), "se_tib_pct": _two(m.se_tib), "se_dse_pct": _two(m.se_dse),
    }  # fmt: skip


def _session_json(s: Session) -> dict[str, Any]:
    m = s.measures
    return {
        "id": s.id, "source": s.source, "kind": s.kind.value, "validity": s.validity.value, "start": s.start.iso_z, "end": s.end.iso_z,
        "zone": s.start.zone, "offset_min": s.start.offset_min, "tib_min": _two(m.tib_min), "tst_min": _two(m.tst_min),
        "sol_min": _two(m.sol_min), "waso_min": _two(m.waso_min), "awake_min": _two(m.awake_min), "light_min": _two(m.light_min),
        "deep_min": _two(m.deep_min), "rem_min": _two(m.rem_min), "asleep_unspecified_min": _two(m.asleep_unspecified_min),
        "se_pct": _two(s.se_pct), "vendor_se_pct": _two(m.vendor_se_pct), "copy_of": s.copy_of, "import_id": s.import_id,
        "vendor_date": s.vendor_date.isoformat() if s.vendor_date else None, "zone_confidence": s.zone_confidence or None,
        "recorded": {"start": s.recorded.start.iso_z, "end": s.recorded.end.iso_z} if s.recorded else None,
        "device": s.device or None, "where": s.where or None,
    }  # fmt: skip


def _z(instant: Instant | None) -> str | None:
    return instant.iso_z if instant else None


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
