"""Number of awakenings (NAWK), the last one not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """From the diary; None where not answered."""
    return None if night.diary is None else night.diary.nawk


PLUGIN = Metric(
    key="nawk",
    title="Awakenings",
    unit="times",
    explain="How often the person woke, the last waking not counted.",
    kind="mean",
    words=("more", "fewer"),
    was="There were {n} {w} awakenings",
    linked="{n} {w} awakenings",
    linked_words=("more", "fewer"),
    value=value,
    told_by="diary",
    digits=1,
)
