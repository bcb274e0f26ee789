"""The shape of a measure of a run of nights, and what several of them start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from dreamjournal.domain.regularity import Habit
from dreamjournal.metrics.mid_sleep import value as mid_sleep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from dreamjournal.domain.day_states import DayStates
    from dreamjournal.domain.night import SourceNight
    from dreamjournal.metrics._metric import Teller

PERIOD_KINDS = ("index", "minutes", "clock")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PeriodValue:
    """A number of a run of nights, how many nights, days or pairs it rests on, and why there is none."""

    value: float | None
    n: int
    why: str = ""


@dataclass(frozen=True)
class PeriodMetric:
    """A measure of the nights of one source, in order of date; nights between them may be missing.

    `kind` is an index without a unit, a length in minutes, or a clock time in minutes after midnight. `counted` says of
    what the value's n is, in the singular and the plural.
    """

    key: str
    title: str
    unit: str
    explain: str
    value: Callable[[Sequence[SourceNight]], PeriodValue]
    kind: Literal["index", "minutes", "clock"] = "index"
    counted: tuple[str, str] = ("night", "nights")
    digits: int = 0
    told_by: Teller = "both"


def too_few(need: int, found: int, one: str, many: str) -> PeriodValue:
    """No value, since so many are needed: "needs 5 pairs of nights in a row; there are 3"."""
    there = "there is none" if found == 0 else f"there is {found}" if found == 1 else f"there are {found}"
    return PeriodValue(None, found, f"needs {need} {one if need == 1 else many}; {there}")


def states_of(nights: Sequence[SourceNight]) -> dict[date, DayStates]:
    """The days whose states are known, with the sleep that went on from the day before over noon."""
    known = {n.night_date: n.states for n in nights}
    found: dict[date, DayStates] = {}
    for day, states in known.items():
        if states is None:
            continue
        before = known.get(day - _DAY)
        found[day] = states if before is None else states._replace(asleep=states.asleep | before.over)
    return found


def following(days: Sequence[date]) -> list[tuple[date, date]]:
    """The pairs of days that follow each other."""
    there = set(days)
    return [(d, d + _DAY) for d in sorted(there) if d + _DAY in there]


def no_stages(nights: Sequence[SourceNight]) -> str:
    """Why no day's states are known."""
    if not nights or nights[0].source == "diary":
        return "the diary has no epochs: choose a device"
    return "this source gives no sleep stages" if any(n.sessions for n in nights) else "no recording"


def mids(nights: Sequence[SourceNight]) -> dict[date, float]:
    """Mid-sleep of each night that has one, in minutes after noon."""
    found = ((n.night_date, mid_sleep(n)) for n in nights)
    return {day: m for day, m in found if m is not None}


def habit(nights: Sequence[SourceNight]) -> tuple[Habit | None, int]:
    """Mean onset and length of sleep, and of how many nights; a device's main recording stands for its sleep."""
    spans: list[Habit] = []
    for night in nights:
        middle, length = mid_sleep(night), _length(night)
        if middle is not None and length is not None:
            spans.append(Habit(middle - length / 2, length))
    n = len(spans)
    if n == 0:
        return None, 0
    return Habit(sum(s.onset for s in spans) / n, sum(s.duration for s in spans) / n), n


def _length(night: SourceNight) -> float | None:
    if night.source == "diary":
        return None if night.derived is None else night.derived.spt
    main = night.main
    return None if main is None else (main.end.utc - main.start.utc).total_seconds() / 60
