"""The estimation plot."""

from __future__ import annotations

from dreamjournal.domain.report import EstimationPlot, Section
from dreamjournal.reports import figures
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """Every night and the difference; nothing where the nights cannot be compared or none counts."""
    r = ctx.result
    if r.verdict == "refused" or not r.points:
        return None
    figure = figures.estimation_plot(r, ctx.better)
    assert isinstance(figure.drawing, EstimationPlot)
    difference = figure.drawing.estimate is not None and r.kind != "count"
    ending = (
        "every night, and the difference"
        if difference
        else "every night so far"
        if r.verdict == "too_few"
        else "every night"
    )
    return Section("estimation", f"{r.title}: {ending}", (figure,), "plot")


PLUGIN = SectionPlugin("estimation", "Estimation plot", 30, build)
