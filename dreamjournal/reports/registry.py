"""The shape of a section plug-in, and the family of them: one new file adds a section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from dreamjournal.common.plugins import load_family
from dreamjournal.domain.report import Section


@dataclass(frozen=True)
class SectionPlugin:
    """A section of a report. `build` takes the context of its kind and gives None when it has nothing to say of these nights."""

    key: str
    title: str
    order: int
    build: Callable[[Any], Section | None]
    optional: bool = False
    """Left out unless the person ticks it."""
    help: str = ""


FAMILIES = {
    "contrast": "dreamjournal.reports",
    "profile": "dreamjournal.reports.profile",
    "anthology": "dreamjournal.reports.anthology",
    "two-weeks": "dreamjournal.reports.two_weeks",
}
"""The package of each kind's sections; a kind of its own has a package of its own below `reports`."""


@cache
def sections(kind: str = "contrast") -> tuple[SectionPlugin, ...]:
    """All sections of a kind of report in the order of the page."""
    return tuple(sorted(load_family(FAMILIES[kind]), key=lambda s: (s.order, s.key)))
