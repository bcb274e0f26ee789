"""Interdaily stability (IS) of hours asleep; Witting 1990, doi 10.1016/0006-3223(90)90523-5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.regularity import interdaily_stability
from dreamjournal.metrics.regularity._hours import HOURS, of_hours
from dreamjournal.metrics.regularity._period import PeriodMetric, PeriodValue, no_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.night import SourceNight


def value(nights: Sequence[SourceNight]) -> PeriodValue:
    """0 to 1, of 7 days or more with stages."""
    if nights and nights[0].source == "diary":
        return PeriodValue(None, 0, no_stages(nights))
    return of_hours(nights, lambda hours: interdaily_stability(hours, HOURS))


PLUGIN = PeriodMetric(
    key="is",
    title="Interdaily stability (IS)",
    unit="",
    explain="How firmly sleep keeps to the same hours from day to day: 0 not at all, 1 every day alike. From stages, by the hour.",
    value=value,
    counted=("day", "days"),
    digits=2,
    told_by="device",
)
