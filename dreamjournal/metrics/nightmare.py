"""Nightmares: how many in a night, of mornings answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Nightmares of the night; 0 where recall was answered and none was noted, None where it was not asked."""
    if night.recall is None and not night.dreams:
        return None
    return float(sum(1 for d in night.dreams if d.nightmare))


PLUGIN = Metric(
    key="nightmare",
    title="Nightmares",
    unit="nightmares",
    explain="Number of nightmares a night, of mornings answered; how bad they were is another measure.",
    kind="count",
    words=("more", "fewer"),
    was="There were {n} {w} nightmares",
    linked="{n} {w} nightmares",
    linked_words=("more", "fewer"),
    value=value,
    digits=2,
    dream=True,
    told_by="diary",
    group="dreams",
)
