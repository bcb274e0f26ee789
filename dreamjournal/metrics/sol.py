"""Sleep onset latency (SOL)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Min; None where not answered or not measured."""
    if night.source == "diary":
        return None if night.diary is None else night.diary.sol
    return from_sessions(night, "sol_min")


PLUGIN = Metric(
    key="sol",
    title="Time to fall asleep",
    unit="min",
    explain="From trying to sleep to sleep.",
    kind="mean",
    words=("longer", "less"),
    was="Falling asleep took {n} min {w}",
    linked="{n} min {w} time to fall asleep",
    linked_words=("more", "less"),
    value=value,
    swd_diary=20,
    swd_device=10,
)
