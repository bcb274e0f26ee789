"""Lucidity of the night's most lucid dream, 0 to 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import rating

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Highest rating; None where no dream was rated."""
    rated = [d.lucidity for d in night.dreams if d.lucidity is not None]
    return float(max(rated)) if rated else None


PLUGIN = rating(
    "lucidity",
    "Lucidity",
    "The most lucid dream of the night, 0 none to 4 knew and steered.",
    "Lucidity",
    dream=True,
    value=value,
)
