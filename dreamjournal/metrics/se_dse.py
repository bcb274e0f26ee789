"""Sleep efficiency of the time spent trying to sleep, SE(DSE); Reed & Sacco 2016, doi 10.5664/jcsm.5498."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_diary

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """From the diary; None where not answered."""
    derived = from_diary(night)
    return None if derived is None else derived.se_dse


PLUGIN = Metric(
    key="se_dse",
    title="Sleep efficiency (of time trying to sleep)",
    unit="points",
    explain="Share of the time spent trying to sleep that was spent asleep, in percent.",
    kind="mean",
    words=("higher", "lower"),
    was="Sleep efficiency (of time trying to sleep) was {n} points {w}",
    linked="a sleep efficiency (of time trying to sleep) {n} points {w}",
    linked_words=("higher", "lower"),
    value=value,
    told_by="diary",
    swd_diary=10,
)
