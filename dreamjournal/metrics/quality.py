"""Sleep quality as rated in the morning, 1 to 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import rating

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """The answer; None where not answered."""
    return None if night.diary is None else night.diary.quality


PLUGIN = rating(
    "quality",
    "Sleep quality",
    "The person's own rating, 1 very poor to 5 very good.",
    "Sleep quality",
    swd=0.5,
    value=value,
)
