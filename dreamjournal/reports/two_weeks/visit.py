"""For the visit: the person's own questions; on paper, room to write."""

from __future__ import annotations

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.registry import SectionPlugin
from dreamjournal.reports.two_weeks.context import TwoWeeks


def build(ctx: TwoWeeks) -> Section:
    """The questions as they were written."""
    lines = tuple(Prose((Words(f"\u201c{q}\u201d"),)) for q in ctx.questions)
    if not lines:
        lines = (Prose((Words("No questions were written down beforehand."),), "note"),)
    return Section("visit", "For the visit", lines)


PLUGIN = SectionPlugin("visit", "For the visit", 70, build)
