"""Heart rate variability (SDNN) in sleep, as the source gives it."""

from __future__ import annotations

from dreamjournal.metrics._metric import vital

PLUGIN = vital(
    "hrv_sdnn",
    "Heart rate variability (SDNN)",
    "ms",
    "Standard deviation of beat intervals; not comparable with RMSSD.",
    "Heart rate variability (SDNN)",
)
