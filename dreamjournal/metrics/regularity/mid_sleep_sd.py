"""How widely mid-sleep is spread over the clock: its circular standard deviation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.regularity import circular
from dreamjournal.metrics.regularity._period import PeriodMetric, PeriodValue, mids, too_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.night import SourceNight

LEAST_NIGHTS = 5


def value(nights: Sequence[SourceNight]) -> PeriodValue:
    """Minutes, of 5 nights or more."""
    found = list(mids(nights).values())
    if len(found) < LEAST_NIGHTS:
        return too_few(LEAST_NIGHTS, len(found), "night with a mid-sleep", "nights with a mid-sleep")
    spread = circular(found)[1]
    if spread == float("inf"):
        return PeriodValue(None, len(found), "the nights lie all round the clock")
    return PeriodValue(spread, len(found))


PLUGIN = PeriodMetric(
    key="mid_sleep_sd",
    title="Spread of mid-sleep (SD)",
    unit="min",
    explain="Standard deviation of mid-sleep on the clock: about two nights in three lie within it of the mean.",
    value=value,
    kind="minutes",
)
