"""Feeling in the night's dreams, -2 to +2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import rating

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Mean rating; None where no dream was rated."""
    rated = [d.tone for d in night.dreams if d.tone is not None]
    return sum(rated) / len(rated) if rated else None


PLUGIN = rating(
    "tone",
    "Dream feeling",
    "Mean feeling of the night's rated dreams, −2 unpleasant to +2 pleasant.",
    "The feeling in dreams",
    dream=True,
    value=value,
)
