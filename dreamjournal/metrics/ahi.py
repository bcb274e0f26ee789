"""Apnoea-hypopnoea index (AHI) as the CPAP machine scores it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, therapies

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Events an hour of use, of two machines weighed by their time; None where the machine does not say."""
    scored = [(t.ahi, t.minutes) for t in therapies(night) if t.ahi is not None]
    minutes = sum(m for _, m in scored)
    return sum(ahi * m for ahi, m in scored) / minutes if minutes else None


PLUGIN = Metric(
    key="ahi",
    title="Breathing events (AHI)",
    unit="an hour",
    explain="Apnoeas and hypopnoeas an hour of CPAP as the machine scores them, which is not the AHI of a sleep laboratory.",
    kind="mean",
    words=("more", "fewer"),
    was="There were {n} {w} breathing events an hour",
    linked="{n} {w} breathing events an hour",
    linked_words=("more", "fewer"),
    value=value,
    digits=1,
    told_by="device",
    group="evening",
    missing="no events scored",
)
