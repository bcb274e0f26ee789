"""The estimation plot."""

from __future__ import annotations

from dreamjournal.domain.report import Section
from dreamjournal.reports import figures
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """Every night and the difference; nothing where the nights cannot be compared or none counts."""
    r = ctx.result
    if r.verdict == "refused" or not r.points:
        return None
    ending = "every night so far" if r.verdict == "too_few" else "every night, and the difference"
    return Section("estimation", f"{r.title}: {ending}", (figures.estimation_plot(r, ctx.better),), "plot")


PLUGIN = SectionPlugin("estimation", "Estimation plot", 30, build)
