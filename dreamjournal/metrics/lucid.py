"""Lucid nights: at least one dream was lucid to some degree, of mornings on which that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.dream import Recall
from dreamjournal.metrics._metric import share_of_mornings

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight

FROM = 1
"""The least rating, of 0 none to 4 knew and steered, that makes a dream lucid."""


def value(night: SourceNight) -> float | None:
    """1 with a dream rated lucid, 0 where every dream was rated and none was, or recall was tried and nothing came.

    None where recall was not asked or not tried, and where a dream that was told was not rated: it may have been lucid.
    """
    rated = [d.lucidity for d in night.dreams if d.recall.has_content]
    if any(r is not None and r >= FROM for r in rated):
        return 1.0
    if rated:
        return None if None in rated else 0.0
    return 0.0 if night.recall in (Recall.NOTHING, Recall.WHITE) else None


PLUGIN = share_of_mornings(
    "lucid",
    "Lucid dreams",
    "Mornings with a dream rated lucid (1 or more of 4), of the mornings on which recall was tried and each dream was rated.",
    "A dream was lucid",
    "recall not tried, or a dream not rated",
    value,
)
