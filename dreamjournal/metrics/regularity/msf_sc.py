"""Chronotype: mid-sleep on free days, corrected for sleep made up (MSFsc); Roenneberg 2004, doi 10.1016/j.cub.2004.11.039."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.regularity import CLOCK_MIN
from dreamjournal.metrics.regularity._period import PeriodMetric
from dreamjournal.metrics.regularity._week import of_week

if TYPE_CHECKING:
    from dreamjournal.domain.regularity import Mctq


def _clock(week: Mctq) -> float | None:
    return None if week.msf_sc is None else (week.msf_sc + CLOCK_MIN / 2) % CLOCK_MIN


PLUGIN = PeriodMetric(
    key="msf_sc",
    title="Mid-sleep on free days (MSFsc)",
    unit="",
    explain="Mid-sleep before the days marked as free, less half of the sleep made up then; it holds if no alarm rings on them.",
    value=lambda nights: of_week(nights, _clock),
    kind="clock",
)
