"""Breathing rate in sleep, as the source gives it."""

from __future__ import annotations

from dreamjournal.metrics._metric import vital

PLUGIN = vital(
    "resp", "Breathing rate", "breaths a minute", "Mean breathing rate in sleep.", "Breathing rate", digits=1
)
