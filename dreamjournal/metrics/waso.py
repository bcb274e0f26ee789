"""Wake after sleep onset (WASO): within the sleep period in the diary, as the source counts it from a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Min; None where not answered or not measured. Most devices give all wake after onset as this number."""
    if night.source == "diary":
        return None if night.diary is None else night.diary.waso
    return from_sessions(night, "waso_min")


PLUGIN = Metric(
    key="waso",
    title="Time awake at night",
    unit="min",
    explain=(
        "Wake after sleep onset within the sleep period (WASO): from falling asleep to the last waking; a device may "
        "count on until getting up."
    ),
    kind="mean",
    words=("more", "fewer"),
    was="There were {n} {w} min awake",
    linked="{n} {w} min awake",
    linked_words=("more", "fewer"),
    value=value,
    swd_diary=30,
    swd_device=20,
)
