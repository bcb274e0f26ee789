"""Wake after sleep onset (WASO), within the sleep period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Min; None where not answered or not measured."""
    if night.source == "diary":
        return None if night.diary is None else night.diary.waso
    return from_sessions(night, "waso_min")


PLUGIN = Metric(
    key="waso",
    title="Time awake at night",
    unit="min",
    explain="Minutes awake between falling asleep and the last waking.",
    kind="mean",
    words=("more", "fewer"),
    was="There were {n} {w} min awake",
    linked="{n} {w} min awake",
    linked_words=("more", "fewer"),
    value=value,
    swd_diary=30,
    swd_device=20,
)
