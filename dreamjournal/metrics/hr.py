"""Heart rate in sleep, as the source gives it."""

from __future__ import annotations

from dreamjournal.metrics._metric import vital

PLUGIN = vital("hr", "Heart rate", "beats a minute", "Mean heart rate in sleep.", "Heart rate", digits=1)
