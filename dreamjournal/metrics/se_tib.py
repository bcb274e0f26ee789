"""Sleep efficiency of time in bed, SE(TIB)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_diary, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Percent; None where an input is missing."""
    if night.source == "diary":
        derived = from_diary(night)
        return None if derived is None else derived.se_tib
    tst, tib = from_sessions(night, "tst_min"), from_sessions(night, "tib_min")
    return None if tst is None or not tib else 100 * tst / tib


PLUGIN = Metric(
    key="se_tib",
    title="Sleep efficiency (of time in bed)",
    unit="points",
    explain="Share of the time in bed that was spent asleep, in percent.",
    kind="mean",
    words=("higher", "lower"),
    was="Sleep efficiency (of time in bed) was {n} points {w}",
    linked="a sleep efficiency (of time in bed) {n} points {w}",
    linked_words=("higher", "lower"),
    value=value,
    swd_diary=10,
    swd_device=5,
)
