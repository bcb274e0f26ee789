"""Intradaily variability (IV) of hours asleep; Van Someren 1999, doi 10.3109/07420529908998724."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.regularity import intradaily_variability
from dreamjournal.metrics.regularity._hours import of_hours
from dreamjournal.metrics.regularity._period import PeriodMetric, PeriodValue, no_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.night import SourceNight


def value(nights: Sequence[SourceNight]) -> PeriodValue:
    """About 0 to 2, of 7 days or more with stages; from a diary it would mean next to nothing."""
    if nights and nights[0].source == "diary":
        return PeriodValue(None, 0, no_stages(nights))
    return of_hours(nights, intradaily_variability)


PLUGIN = PeriodMetric(
    key="iv",
    title="Intradaily variability (IV)",
    unit="",
    explain="How often sleep and waking take turns within a day: near 0 one long sleep, near 2 broken up. From stages, by the hour.",
    value=value,
    counted=("day", "days"),
    digits=2,
    told_by="device",
)
