"""Total sleep time (TST)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_diary, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Min; None where not answered or not measured."""
    if night.source == "diary":
        derived = from_diary(night)
        return None if derived is None else derived.tst
    return from_sessions(night, "tst_min")


PLUGIN = Metric(
    key="tst",
    title="Sleep time",
    unit="min",
    explain="Time asleep: from the diary, sleep period minus time awake in it; from a device, as it scores it.",
    kind="mean",
    words=("longer", "shorter"),
    was="Sleep was {n} min {w}",
    linked="{n} min {w} sleep",
    linked_words=("more", "less"),
    value=value,
    swd_diary=30,
    swd_device=20,
)
