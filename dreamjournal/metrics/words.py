"""How much was told of the night's dreams, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Words of all dreams of the night; None where nothing was told. How often something is told is `recall`."""
    return float(night.words) if night.words else None


PLUGIN = Metric(
    key="words",
    title="Words told of dreams",
    unit="words",
    explain=(
        "Words of the night's dreams, of nights with a dream told. What is marked as a comment in [square brackets] is not "
        "counted; with repeats and remarks marked this is the total recall count (TRC). Scripts without spaces are counted by characters."
    ),
    kind="mean",
    words=("longer", "shorter"),
    was="Dream reports were {n} words {w}",
    linked="dream reports {n} words {w}",
    linked_words=("longer", "shorter"),
    value=value,
    dream=True,
    told_by="diary",
    group="dreams",
    missing="no dream told",
)
