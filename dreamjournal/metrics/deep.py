"""Deep sleep in minutes, as the source scores it."""

from __future__ import annotations

from dreamjournal.metrics._metric import stage_minutes

PLUGIN = stage_minutes("deep", "Deep sleep", "Deep sleep as the device scores it; not the same as N3.")
