"""Vividness of the night's dreams, 0 to 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import rating

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Mean rating; None where no dream was rated."""
    rated = [d.vividness for d in night.dreams if d.vividness is not None]
    return sum(rated) / len(rated) if rated else None


PLUGIN = rating(
    "vividness",
    "Dream vividness",
    "Mean vividness of the night's rated dreams, 0 to 4.",
    "Dream vividness",
    dream=True,
    value=value,
)
