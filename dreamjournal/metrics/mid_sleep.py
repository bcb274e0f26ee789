"""Mid-sleep: the middle between falling asleep and the last waking, by the local clock."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_diary

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Minutes after noon of the night's date, by the wall clock.

    A night runs from noon, so its clock times lie on a line and never wrap at midnight.
    """
    if night.source == "diary":
        derived = from_diary(night)
        middle = None if derived is None or derived.mid_sleep is None else derived.mid_sleep.local
    else:
        main = night.main
        middle = None if main is None else main.start.local + (main.end.utc - main.start.utc) / 2
    if middle is None:
        return None
    noon = datetime.combine(night.night_date, time(12))
    return (middle - noon).total_seconds() / 60


PLUGIN = Metric(
    key="mid_sleep",
    title="Mid-sleep",
    unit="min",
    explain="The middle of the night's sleep, by the clock.",
    kind="clock",
    words=("later", "earlier"),
    was="Mid-sleep was {n} min {w}",
    linked="a mid-sleep {n} min {w}",
    linked_words=("later", "earlier"),
    value=value,
)
