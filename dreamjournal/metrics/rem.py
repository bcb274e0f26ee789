"""REM sleep in minutes, as the source scores it."""

from __future__ import annotations

from dreamjournal.metrics._metric import stage_minutes

PLUGIN = stage_minutes("rem", "REM sleep", "REM sleep as the device scores it.")
