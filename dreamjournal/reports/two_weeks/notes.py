"""The person's own remarks on the nights, where they ticked them for printing."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.registry import SectionPlugin
from dreamjournal.reports.two_weeks.context import TwoWeeks, cut, tidy

MOST = 5
"""Remarks printed: the latest."""


def build(ctx: TwoWeeks) -> Section | None:
    """Each remark of the diary with its night; None where there is none."""
    written = [(n.night_date, n.diary.comments) for n in ctx.answered if n.diary is not None and tidy(n.diary.comments)]
    if not written:
        return None
    lines = [Prose((Words(f"{words.weekday(d)}: \u201c{cut(text)}\u201d"),)) for d, text in written[-MOST:]]
    if len(written) > MOST:
        lines.append(Prose((Words(f"{len(written) - MOST} earlier ones stand in the app."),), "note"))
    return Section("notes", "Notes the person chose to print", tuple(lines))


PLUGIN = SectionPlugin(
    "notes", "Your notes on the nights", 50, build, optional=True, help="the diary's remarks, two lines each"
)
