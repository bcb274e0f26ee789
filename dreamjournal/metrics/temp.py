"""Skin temperature in sleep, as the source gives it."""

from __future__ import annotations

from dreamjournal.metrics._metric import vital

PLUGIN = vital(
    "temp",
    "Skin temperature",
    "°C",
    "Mean skin temperature in sleep, or its deviation where the source gives only that.",
    "Skin temperature",
    digits=2,
)
