"""What IS and IV share: the share of each hour asleep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dreamjournal.domain.day_states import DAY_MIN
from dreamjournal.metrics.regularity._period import PeriodValue, no_stages, states_of, too_few

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dreamjournal.domain.day_states import DayStates
    from dreamjournal.domain.night import SourceNight

HOURS = 24
LEAST_DAYS = 7
LEAST_VALID = 2 / 3
_HOUR = (1 << 60) - 1


def of_hours(nights: Sequence[SourceNight], formula: Callable[[Sequence[float | None]], float | None]) -> PeriodValue:
    """`formula` of the share asleep in each hour of days known for two thirds or more, of 7 such days at least."""
    days = {d: s for d, s in states_of(nights).items() if s.valid.bit_count() >= LEAST_VALID * DAY_MIN}
    if not days and nights:
        return PeriodValue(None, 0, no_stages(nights))
    if len(days) < LEAST_DAYS:
        return too_few(LEAST_DAYS, len(days), "day", "days")
    values: list[float | None] = []
    before = None
    for day in sorted(days):
        if before is not None and day != before + timedelta(days=1):
            values += [None] * HOURS  # a gap: the last hour before it and the first after it are no neighbours
        values += _shares(days[day])
        before = day
    value = formula(values)
    return PeriodValue(value, len(days), "" if value is not None else "every hour is alike")


def _shares(day: DayStates) -> list[float | None]:
    found: list[float | None] = []
    for hour in range(HOURS):
        valid = (day.valid >> 60 * hour) & _HOUR
        asleep = (day.asleep >> 60 * hour) & valid
        known = valid.bit_count()
        found.append(asleep.bit_count() / known if known >= LEAST_VALID * 60 else None)
    return found
