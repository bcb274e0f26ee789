"""Early morning awakening (EMA): how much earlier than wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """From the diary; None where not answered."""
    return None if night.diary is None else night.diary.ema


PLUGIN = Metric(
    key="ema",
    title="Waking too early",
    unit="min",
    explain="How much earlier than wanted the last waking came.",
    kind="mean",
    words=("more", "less"),
    was="Waking too early came to {n} min {w}",
    linked="{n} min {w} of waking too early",
    linked_words=("more", "less"),
    value=value,
    told_by="diary",
)
