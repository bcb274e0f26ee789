"""How bad the night's nightmares were, 0 to 4: apart from how many there were (Schredl 2018, PMC6932850)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import rating

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Mean distress of the night's rated nightmares; None on a night without one, which is not a 0."""
    rated = [d.distress for d in night.dreams if d.nightmare and d.distress is not None]
    return sum(rated) / len(rated) if rated else None


PLUGIN = rating(
    "distress",
    "Nightmare distress",
    "How bad the night's nightmares were, 0 none to 4 as bad as it gets, of nights with a rated nightmare.",
    "The distress of nightmares",
    dream=True,
    missing="no rated nightmare",
    value=value,
)
