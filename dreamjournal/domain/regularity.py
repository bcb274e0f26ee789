"""Formulas of how regular sleep is: SRI, IS, IV, social jetlag, CPD and circular statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dreamjournal.domain.day_states import DayStates

CLOCK_MIN = 1440


def sri(pairs: Iterable[tuple[DayStates, DayStates]]) -> tuple[float | None, int]:
    """The Sleep Regularity Index and how many minutes of one day and the next it compares; None without any.

    SRI = -100 + 200 mean[s(t) = s(t + 24 h)] over the pairs with both sides known: 100 identical, 0 random, -100
    reversed (Phillips 2017, doi 10.1038/s41598-017-03171-4).
    """
    same = known = 0
    for a, b in pairs:
        both = a.valid & b.valid
        known += both.bit_count()
        same += (both & ~(a.asleep ^ b.asleep)).bit_count()
    return (None, 0) if known == 0 else (-100 + 200 * same / known, known)


def interdaily_stability(values: Sequence[float | None], period: int) -> float | None:
    """IS of values in order, `period` of them a day: N sum_h(mean_h - mean)^2 / (p sum_i(x_i - mean)^2), 0 to 1.

    None where nothing varies. Missing values are passed over (Witting 1990, doi 10.1016/0006-3223(90)90523-5).
    """
    known = [(i % period, v) for i, v in enumerate(values) if v is not None]
    if not known:
        return None
    mean = math.fsum(v for _, v in known) / len(known)
    spread = math.fsum((v - mean) ** 2 for _, v in known)
    of_hour: dict[int, list[float]] = {}
    for hour, v in known:
        of_hour.setdefault(hour, []).append(v)
    between = math.fsum((math.fsum(vs) / len(vs) - mean) ** 2 for vs in of_hour.values())
    return len(known) * between / (period * spread) if spread > 0 else None


def intradaily_variability(values: Sequence[float | None]) -> float | None:
    """IV of values in order: N sum(x_i - x_(i-1))^2 / ((N - 1) sum(x_i - mean)^2); about 0 smooth, about 2 noise.

    With gaps, the mean square of the steps between neighbours over the variance. None where nothing varies
    (Van Someren 1999, doi 10.3109/07420529908998724).
    """
    known = [v for v in values if v is not None]
    steps = [(b - a) ** 2 for a, b in pairwise(values) if a is not None and b is not None]
    if not known or not steps:
        return None
    mean = math.fsum(known) / len(known)
    spread = math.fsum((v - mean) ** 2 for v in known)
    return len(known) * math.fsum(steps) / (len(steps) * spread) if spread > 0 else None


class Habit(NamedTuple):
    """Sleep on one kind of days: onset in minutes on a line (noon is 0 and midnight 720), and its length."""

    onset: float
    duration: float

    @property
    def middle(self) -> float:
        """Mid-sleep."""
        return self.onset + self.duration / 2


@dataclass(frozen=True)
class Mctq:
    """What follows from work and free days, in minutes; clock times on the line of `Habit`."""

    sd_week: float
    msf_sc: float | None
    """Mid-sleep on free days, corrected for sleep made up; None where an alarm rings on free days."""
    sjl_relative: float
    sjl: float
    sjl_sc: float
    loss_week: float


def mctq(work: Habit, free: Habit, work_days: float, free_days: float, *, alarm_free: bool = False) -> Mctq:
    """Measures of the Munich ChronoType Questionnaire; `work_days` and `free_days` of a week.

    Roenneberg 2004 and 2012; SJLsc after Jankowski 2017, doi 10.1080/07420528.2017.1299162.
    """
    week = (work.duration * work_days + free.duration * free_days) / (work_days + free_days)
    corrected = free.middle if free.duration <= work.duration else free.middle - (free.duration - week) / 2
    ends = (work.onset + work.duration, free.onset + free.duration)
    return Mctq(
        week,
        None if alarm_free else corrected,
        free.middle - work.middle,
        abs(free.middle - work.middle),
        abs(free.onset - work.onset) if work.duration <= free.duration else abs(ends[1] - ends[0]),
        (week - work.duration) * work_days if week > work.duration else (week - free.duration) * free_days,
    )


def phase_deviation(before: float, middle: float, reference: float) -> float:
    """A day's composite phase deviation in minutes: off the reference, and off the day before.

    sqrt((mid - ref)^2 + (mid - mid before)^2), after Fischer 2016, doi 10.3109/07420528.2016.1156122.
    """
    return math.hypot(middle - reference, middle - before)


def circular(minutes: Sequence[float]) -> tuple[float, float]:
    """Mean clock time and standard deviation of at least one clock time, all in minutes of a day of 1,440.

    Mean by the mean vector, SD = sqrt(-2 ln R) 1440 / 2 pi (Mardia 1972). Times all round the clock have an infinite SD.
    """
    angles = [2 * math.pi * m / CLOCK_MIN for m in minutes]
    sine = math.fsum(map(math.sin, angles)) / len(angles)
    cosine = math.fsum(map(math.cos, angles)) / len(angles)
    length = min(1.0, math.hypot(sine, cosine))
    mean = math.atan2(sine, cosine) * CLOCK_MIN / (2 * math.pi) % CLOCK_MIN
    spread = math.inf if length == 0 else math.sqrt(max(0.0, -2 * math.log(length))) * CLOCK_MIN / (2 * math.pi)
    return mean, spread


@dataclass(frozen=True)
class Shortfall:
    """Sleep held against the person's own goal, in minutes: `mean` and `net` may be below 0, more than was wanted."""

    nights: int
    net: float
    capped: float
    """Only what was missing; what was slept more than wanted makes nothing good."""

    @property
    def mean(self) -> float:
        """A night."""
        return self.net / self.nights


def shortfall(tst: Sequence[float | None], need: float) -> Shortfall | None:
    """What was slept less than `need` on nights with a sleep time; a missing night is not made up. None without any."""
    short = [need - t for t in tst if t is not None]
    return Shortfall(len(short), math.fsum(short), math.fsum(max(0.0, s) for s in short)) if short else None
