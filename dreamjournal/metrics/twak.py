"""Terminal wake (TWAK): from the last waking to getting up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_diary

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """From the diary; None where not answered."""
    derived = from_diary(night)
    return None if derived is None else derived.twak


PLUGIN = Metric(
    key="twak",
    title="In bed after the last waking",
    unit="min",
    explain="From the last waking to getting up.",
    kind="mean",
    words=("longer", "shorter"),
    was="The time in bed after the last waking was {n} min {w}",
    linked="{n} min {w} in bed after the last waking",
    linked_words=("more", "less"),
    value=value,
    told_by="diary",
)
