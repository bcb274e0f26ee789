"""Light sleep in minutes, as the source scores it."""

from __future__ import annotations

from dreamjournal.metrics._metric import stage_minutes

PLUGIN = stage_minutes("light", "Light sleep", "Light sleep as the device scores it; not the same as N1 and N2.")
