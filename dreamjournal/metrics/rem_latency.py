"""REM latency: from falling asleep to the first REM sleep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Minutes; None where the source does not say."""
    return from_sessions(night, "rem_latency_min")


PLUGIN = Metric(
    key="rem_latency",
    title="REM latency",
    unit="min",
    explain="From falling asleep to the first REM sleep.",
    kind="mean",
    words=("later", "sooner"),
    was="REM sleep came {n} min {w} after falling asleep",
    linked="REM sleep {n} min {w} after falling asleep",
    linked_words=("later", "sooner"),
    value=value,
    told_by="device",
)
