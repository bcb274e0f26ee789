"""CPAP use: hours the mask was on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, therapies

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Hours; None on a night without therapy."""
    found = therapies(night)
    return sum(t.minutes for t in found) / 60 if found else None


PLUGIN = Metric(
    key="cpap_hours",
    title="CPAP use",
    unit="h",
    explain="Hours the mask was on, of nights with CPAP; a night without it is not counted as 0.",
    kind="mean",
    words=("longer", "shorter"),
    was="CPAP was used {n} h {w}",
    linked="{n} h {w} of CPAP",
    linked_words=("more", "less"),
    value=value,
    digits=1,
    told_by="device",
    group="evening",
    missing="no CPAP recorded",
)
