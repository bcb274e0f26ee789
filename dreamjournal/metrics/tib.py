"""Time in bed (TIB)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_diary, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Min; None where not answered or not measured."""
    if night.source == "diary":
        derived = from_diary(night)
        return None if derived is None else derived.tib
    return from_sessions(night, "tib_min")


PLUGIN = Metric(
    key="tib",
    title="Time in bed",
    unit="min",
    explain="From getting into bed to getting up.",
    kind="mean",
    words=("longer", "shorter"),
    was="Time in bed was {n} min {w}",
    linked="{n} min {w} in bed",
    linked_words=("more", "less"),
    value=value,
)
