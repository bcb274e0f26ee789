"""Heart rate variability (RMSSD) in sleep, as the source gives it."""

from __future__ import annotations

from dreamjournal.metrics._metric import vital

PLUGIN = vital(
    "hrv_rmssd",
    "Heart rate variability (RMSSD)",
    "ms",
    "Root mean square of successive differences; not comparable with SDNN.",
    "Heart rate variability (RMSSD)",
)
