"""Blood oxygen in sleep, as the source gives it."""

from __future__ import annotations

from dreamjournal.metrics._metric import vital

PLUGIN = vital(
    "spo2", "Blood oxygen", "points", "Mean oxygen saturation in sleep, in percent.", "Blood oxygen", digits=1
)
