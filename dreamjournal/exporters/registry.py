"""The family of exporters: one new file adds a format."""

from __future__ import annotations

from functools import cache

from dreamjournal.common.plugins import load_family
from dreamjournal.exporters._exporter import Exporter


@cache
def exporters() -> tuple[Exporter, ...]:
    """All exporters, by key."""
    return tuple(sorted(load_family("dreamjournal.exporters"), key=lambda e: e.key))
