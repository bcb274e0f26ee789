"""The nights as a raster, where the person ticks it."""

from __future__ import annotations

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Raster, Section
from dreamjournal.reports import figures
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """The last six weeks of the period; words alone where nothing was recorded."""
    figure = figures.raster(ctx)
    if figure is None:
        return Section(
            "raster", "The nights, as a raster", (Prose((Words("No source recorded any of these nights."),)),), "after"
        )
    assert isinstance(figure.drawing, Raster)
    weeks = len(figure.drawing.rows) / 7
    span = f"{weeks:.0f} weeks" if weeks >= 2 else "all nights"
    if len(figure.drawing.rows) >= figures.RASTER_NIGHTS:
        span = "last six weeks"
    stages = any(s.code in ("REM", "N3", "LIGHT", "N1", "N2") for row in figure.drawing.rows for s in row.spans)
    bars = "highest bar: awake, thick: REM, middle: light, lowest: deep" if stages else "bar: asleep"
    key = (
        f"circle: natural \u00b7 diamond: enhanced \u00b7 ? not sure \u00b7 \u2013 not recorded \u00b7 {bars}, by "
        f"{ctx.source_title or ctx.result.source} \u00b7 line above: exposure \u00b7 ticks: lights out and, dotted, got up \u00b7 "
        "square: a dream told, hollow: nothing told \u00b7 dotted line: nothing recorded"
    )
    return Section("raster", f"The nights, as a raster ({span})", (Prose((Words(key),), "note"), figure), "after")


PLUGIN = SectionPlugin("raster", "The nights, as a raster", 100, build, optional=True, help="adds a page")
