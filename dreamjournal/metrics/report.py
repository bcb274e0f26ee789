"""Full dream reports: a whole dream was told, of mornings on which recall was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.dream import Recall
from dreamjournal.metrics._metric import share_of_mornings

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """1 with a report, 0 with a fragment or less; None where recall was not asked or not tried."""
    if night.recall is None or night.recall == Recall.NOT_TRIED:
        return None
    return 1.0 if night.recall == Recall.REPORT else 0.0


PLUGIN = share_of_mornings(
    "report",
    "Full dream reports",
    "Mornings with a whole dream, of the mornings on which recall was tried; a fragment does not count.",
    "A whole dream was told",
    "recall not tried",
    value,
)
