"""Which nights count in a contrast, in which arm, and why the others do not."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec, Excluded, NightPoint
from dreamjournal.domain.diary import is_late
from dreamjournal.domain.night import Condition, Night, NightFlag, weekend_evening
from dreamjournal.domain.session import Validity, main_sleep
from dreamjournal.domain.study import planned_arms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set

    from dreamjournal.domain.contrast import Arm
    from dreamjournal.domain.exposure import Enhancer
    from dreamjournal.domain.night import SourceNight
    from dreamjournal.domain.session import Session
    from dreamjournal.domain.study import Study
    from dreamjournal.metrics._metric import Metric

RUN_IN = 14
"""Mornings answered before diary and dream measures count: people learn to answer."""
_NAP_FIELDS = {"tst": "tst_min", "light": "light_min", "deep": "deep_min", "rem": "rem_min"}
"""Measures that are minutes asleep: sleep outside the main sleep can be added to them, and to no others."""
BOUNDARIES = (6, 18)
"""The earliest and the latest hour at which a new night can begin."""
SEALED = "sealed until the study ends"
_FLAGS = {
    NightFlag.DST: "the clocks changed",
    NightFlag.ZONE_CHANGE: "the time zone changed",
    NightFlag.ILLNESS: "ill",
    NightFlag.TRAVEL: "travel",
}
_VALIDITY = {
    Validity.UNSCORED: "sleep not scored",
    Validity.UNCONFIRMED: "sleep not confirmed",
    Validity.OFF_WRIST: "device not worn",
}


@dataclass(frozen=True)
class Sorted:
    """The nights of a question: those that count, and the others with their reasons."""

    points: tuple[NightPoint, ...]
    excluded: tuple[Excluded, ...]
    missing: tuple[Excluded, ...]
    used: tuple[date, ...]
    """Every night with the enhancer, counted or not."""
    labelled: tuple[tuple[date, Arm], ...]
    """Every night known to be of one kind, with a value or without."""
    planned: int
    followed: float | None
    """Share of drawn nights that were followed; None where none were drawn, or where nights count as they were used."""


class SortNights(Protocol):
    """`sort_nights`, or a function that gives what it would."""

    def __call__(
        self, nights: Sequence[Night], metric: Metric, source: str, enhancer: str, study: Study | None, spec: ContrastSpec
    ) -> Sorted: ...  # fmt: skip


def sources_of(nights: Sequence[Night]) -> list[str]:
    """Device sources with any session that counts, those with most nights first."""
    # As `Session.counts` says, without a call for each of the sessions of ten years.
    ok = Validity.OK
    seen = Counter(
        s for n in nights for s in {x.source for x in n.sessions if x.copy_of is None and x.validity == ok}
    )  # fmt: skip
    return [s for s, _ in sorted(seen.items(), key=lambda kv: (-kv[1], kv[0]))]


def enhancer_asked(enhancers: Sequence[Enhancer], name: str | None) -> Enhancer | None:
    """The enhancer meant: the one named, else the only one; None where there is none. Raises UserError naming them."""
    by_name = {e.name.casefold(): e for e in enhancers}
    names = ", ".join(e.name for e in enhancers)
    if name is not None:
        found = by_name.get(name.strip().casefold())
        if found is None:
            raise UserError(
                "This enhancer is not in the journal", f"the journal has: {names or 'none yet'}", "use one of these names",
                field="enhancer",
            )  # fmt: skip
        return found
    if len(enhancers) > 1:
        raise UserError(
            "It is not clear which enhancer is meant", f"the journal has {names}", "name one with --enhancer", field="enhancer"
        )  # fmt: skip
    return next(iter(enhancers), None)


def check_source(source: str | None, known: Sequence[str]) -> None:
    """Raises UserError naming the sources there are where `source` is none of them; None is no source asked for."""
    if source is not None and source not in known:
        raise UserError(
            f"There is no source {source}", f"the journal has {', '.join(known)}", "use one of these", field="source"
        )  # fmt: skip


def busiest(nights: Sequence[Night], metric: Metric, known: Sequence[str]) -> str:
    """Of `known` sources the one with most nights of `metric`, the diary on a tie."""
    return max(known, key=lambda s: (sum(value_of(n, metric, s) is not None for n in nights), s == "diary"))


def value_of(night: Night, metric: Metric, source: str) -> float | None:
    """The night's value as `source` gives it; None where there is none, or while its device numbers are closed."""
    if source != "diary" and night.sealed:
        return None
    value = metric.value(night.seen_by(source))
    return value if value is not None and math.isfinite(value) else None


def naps_count(metric: Metric, source: str) -> bool:
    """Whether sleep outside the main sleep can be added: to sleep time, and to a device's minutes of a stage."""
    return metric.key == "tst" or (metric.key in _NAP_FIELDS and source != "diary")


def with_naps(night: Night, metric: Metric, source: str) -> float | None:
    """The night's value with the day's other sleep added, in minutes; as `value_of` where `naps_count` says no.

    From the diary that is the time slept in naps, from a device every other episode that counts. None where the main sleep
    was not measured, where the diary does not say whether there were naps, or where the device does not score a nap.
    """
    value = value_of(night, metric, source)
    if value is None or not naps_count(metric, source):
        return value
    seen = night.seen_by(source)
    more = _diary_naps(seen) if source == "diary" else _other_sleep(seen.sessions, _NAP_FIELDS[metric.key])
    return None if more is None else value + more


def _diary_naps(night: SourceNight) -> float | None:
    if night.diary is None:
        return None
    return night.diary.nap_min if night.diary.nap_min is not None else 0.0 if night.diary.naps == 0 else None


def _other_sleep(sessions: Sequence[Session], field: str) -> float | None:
    """Minutes of `field` in every episode but the longest; what was recorded twice counts once."""
    total, first, rest = 0.0, True, tuple(sessions)
    while (main := main_sleep(rest)) is not None:
        if not first:
            minutes = getattr(main.measures, field)
            if minutes is None:
                return None
            total += minutes
        first = False
        inside = {s.id for s in main.sessions}
        rest = tuple(
            s for s in rest if s.id not in inside and (s.end.utc <= main.start.utc or s.start.utc >= main.end.utc)
        )
    return total


def with_boundary(nights: Sequence[Night], hour: int) -> list[Night]:
    """The nights, in order, when a new one begins at `hour` of the local clock rather than at noon.

    Only recordings move: with 18, those that begin between noon and 18:00 belong to the evening before. What the person
    said of a night stays with its date. Raises UserError for an hour outside `BOUNDARIES`.
    """
    if not BOUNDARIES[0] <= hour <= BOUNDARIES[1]:
        raise UserError(
            "Nothing was compared", f"a night cannot begin at {hour}:00",
            f"give an hour from {BOUNDARIES[0]} to {BOUNDARIES[1]} with --boundary", field="boundary",
        )  # fmt: skip
    back = timedelta(hours=hour)
    moved: dict[date, list[Session]] = {}
    changed: set[date] = set()
    for night in nights:
        for session in night.sessions:
            day = (session.start.local - back).date()
            if day == night.night_date:
                continue
            changed |= {day, night.night_date}
            if not night.sealed:
                moved.setdefault(day, []).append(replace(session, night_date=day))
    if not changed:
        return list(nights)
    by_date = {n.night_date: n for n in nights}
    person = nights[0].person_id
    for day in changed:
        night = by_date.get(day) or Night(person, day, Condition.UNRECORDED)
        own = [s for s in night.sessions if (s.start.local - back).date() == day]
        slept = tuple(sorted([*own, *moved.get(day, ())], key=lambda s: s.start.ms))
        by_date[day] = replace(night, sessions=slept)
    return [by_date[day] for day in sorted(by_date)]


def study_of(studies: Sequence[Study], enhancer: str, metric: str, spec: ContrastSpec | None = None) -> Study | None:
    """The latest drawn schedule of this enhancer with a night that `spec` asks about, one of this metric before others."""
    first, last = (None, None) if spec is None else (spec.first, spec.last)
    found = [
        s for s in studies
        if s.enhancer.casefold() == enhancer.casefold()
        and (first is None or s.last_night >= first) and (last is None or s.first_night <= last)
    ]  # fmt: skip
    return max(found, key=lambda s: (s.metric == metric, s.first_night), default=None)


def arm_of(night: Night, enhancer: str) -> tuple[Arm | None, str]:
    """The arm a night belongs to by what was done, or None and why it belongs to neither."""
    if night.study_sealed:
        return None, SEALED
    if night.condition == Condition.NATURAL:
        return "natural", ""
    if night.condition == Condition.UNSURE:
        return None, "not sure what the night was"
    if night.condition == Condition.UNRECORDED:
        return None, "not recorded whether natural or enhanced"
    names = {e.name.casefold(): e.name for e in night.exposures}
    if enhancer.casefold() not in names:
        return None, f"enhanced by {', '.join(sorted(names.values()))}" if names else "enhanced, not said by what"
    others = sorted(n for key, n in names.items() if key != enhancer.casefold())
    return ("enhanced", "") if not others else (None, f"also {', '.join(others)}")


def plan_of(study: Study | None, spec: ContrastSpec) -> dict[date, tuple[Arm, str]]:
    """The arm and block drawn for each night the question asks about; empty without a study."""
    if study is None:
        return {}
    plan = planned_arms(study)
    if spec.look is None:
        return plan
    last = study.first_night + timedelta(days=spec.look - 1)
    return {d: p for d, p in plan.items() if d <= last}


def sort_nights(
    nights: Sequence[Night], metric: Metric, source: str, enhancer: str, study: Study | None, spec: ContrastSpec, *,
    value: Callable[[Night], float | None] | None = None,
) -> Sorted:  # fmt: skip
    """Every night of the period as counted, left out or missing, with its reason. Raises UserError for an impossible boundary.

    `value` gives the night's value where it is known already.
    """
    if value is None:
        told = with_naps if spec.naps else value_of
        value = lambda night: told(night, metric, source)
    if spec.boundary != ContrastSpec.boundary:
        nights = with_boundary(nights, spec.boundary)
    by_date = {n.night_date: n for n in nights}
    plan = plan_of(study, spec)
    as_used = spec.labels == "used"
    used = tuple(n.night_date for n in nights if any(e.name.casefold() == enhancer.casefold() for e in n.exposures))

    bearing = _bearing(by_date, enhancer, spec, plan, set(used))
    if not bearing:
        return Sorted((), (), (), used, (), 0, None)
    run_in = {n.night_date for n in [n for n in nights if n.diary is not None or n.recall is not None][:RUN_IN]}
    points: list[NightPoint] = []
    excluded: list[Excluded] = []
    missing: list[Excluded] = []
    labelled: list[tuple[date, Arm]] = []
    kept = known = 0
    first = min(bearing)
    for offset in range((max(bearing) - first).days + 1):
        day = first + timedelta(days=offset)
        night = by_date.get(day)
        if night is None or night.study_sealed:  # of a sealed night not even the kind that was drawn may be seen
            (missing if night is None else excluded).append(
                Excluded(day, "nothing recorded" if night is None else SEALED)
            )
            continue
        arm, why = arm_of(night, enhancer)
        block: str | None = None
        if plan:
            if arm is not None and day in plan:
                known, kept = known + 1, kept + (arm == plan[day][0])
            if not as_used or day not in plan:
                arm, block = plan.get(day, (None, None))
                why = "" if arm else "outside the drawn nights"
        if arm is not None:
            labelled.append((day, arm))
        number = value(night)
        if number is None:
            reason, left_out = _why_no_value(night, metric, source, spec.naps)
            (excluded if left_out else missing).append(Excluded(day, why or reason))
            continue
        why = why or _why_left_out(night, metric, source, day in run_in)
        if why or arm is None:
            excluded.append(Excluded(day, why))
            continue
        weekend = weekend_evening(day)
        if night.diary is not None and night.diary.free_next_day is not None:
            weekend = night.diary.free_next_day
        device = next((s.device for s in night.seen_by(source).sessions if s.device), "")
        points.append(NightPoint(day, arm, number, weekend, block, device))
    planned = len(points) + len(excluded) + len(missing)
    followed = kept / known if plan and known and not as_used else None
    return Sorted(tuple(points), tuple(excluded), tuple(missing), used, tuple(labelled), planned, followed)


def _bearing(
    by_date: Mapping[date, Night], enhancer: str, spec: ContrastSpec, plan: Mapping[date, object], used: Set[date]
) -> list[date]:
    """The nights asked about that bear on the question: the drawn ones, or those known to be of one kind."""
    latest = max(by_date, default=date.min)
    days = (
        [d for d in plan if d <= latest or d in by_date] if plan
        else [d for d, n in by_date.items() if d in used or arm_of(n, enhancer)[0] is not None]
    )  # fmt: skip
    return [d for d in days if (spec.first is None or d >= spec.first) and (spec.last is None or d <= spec.last)]


def _why_no_value(night: Night, metric: Metric, source: str, naps: bool) -> tuple[str, bool]:
    """Why a night has no value, and whether it was left out (a record is there) rather than missing."""
    if source == "diary":
        if naps and naps_count(metric, source) and value_of(night, metric, source) is not None:
            return "naps not answered", False
        if metric.dream:
            known = night.recall is not None or night.dreams
            return (metric.missing or "dream not rated") if known else "no morning entry", False
        if metric.missing:
            return metric.missing, False
        return ("not answered" if night.diary is not None else "no diary"), False
    own = [s for s in night.sessions if s.source == source]
    if night.sealed and own:
        return "closed until the diary is saved", True
    if not own:
        return "no recording", False
    if not any(s.counts for s in own):
        bad = next((s for s in own if s.validity != Validity.OK), None)
        return ("a copy of another source's recording" if bad is None else _VALIDITY[bad.validity]), True
    return (metric.missing or "not measured") if value_of(
        night, metric, source
    ) is None else "a nap was not scored", False


def _why_left_out(night: Night, metric: Metric, source: str, in_run_in: bool) -> str:
    for flag, words in _FLAGS.items():
        if flag in night.flags:
            return words
    if source == "diary" or metric.dream:
        if in_run_in:
            return f"run-in: one of the first {RUN_IN} mornings answered"
        if night.diary is not None and is_late(night.diary):
            return "diary more than 24 h late"
    return ""
