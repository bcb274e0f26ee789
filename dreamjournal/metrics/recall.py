"""Dream recall: something of a dream was told, of mornings answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.dream import Recall
from dreamjournal.metrics._metric import Metric

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """1 with a fragment or a report, 0 with neither; None where recall was not asked or not tried.

    A morning without an answer is missing, never 0 (Aspy 2015, Conscious Cogn 33:364).
    """
    if night.recall is None or night.recall == Recall.NOT_TRIED:
        return None
    return 1.0 if night.recall.has_content else 0.0


PLUGIN = Metric(
    key="recall",
    title="Dream recall",
    unit="points",
    explain="Mornings with a fragment or a dream, of the mornings on which recall was tried.",
    kind="rate",
    words=("more", "fewer"),
    was="A dream was recalled",
    linked="A dream was recalled",
    linked_words=("more", "fewer"),
    value=value,
    swd_diary=15,
    swd_device=15,
    dream=True,
    told_by="diary",
    group="dreams",
    missing="recall not tried",
)
