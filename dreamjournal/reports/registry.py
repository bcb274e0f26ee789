"""The shape of a section plug-in, and the family of them: one new file adds a section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dreamjournal.common.plugins import load_family
from dreamjournal.domain.report import Section
from dreamjournal.reports.context import Context


@dataclass(frozen=True)
class SectionPlugin:
    """A section of the contrast report. `build` gives None when it has nothing to say of these nights."""

    key: str
    title: str
    order: int
    build: Callable[[Context], Section | None]
    optional: bool = False
    """Left out unless the person ticks it."""
    help: str = ""


@cache
def sections() -> tuple[SectionPlugin, ...]:
    """All sections in the order of the page."""
    return tuple(sorted(load_family("dreamjournal.reports"), key=lambda s: (s.order, s.key)))
