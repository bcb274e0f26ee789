"""Night by night."""

from __future__ import annotations

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import NightStrip, Prose, Section
from dreamjournal.reports import figures
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """The strip with its key in words; none while a seal keeps every mark from it."""
    figure = None if ctx.sealed else figures.night_strip(ctx)
    if figure is None:
        return None
    assert isinstance(figure.drawing, NightStrip)
    strip = figure.drawing
    key = ["circle: natural", "diamond: enhanced", "shaded: free next day"]
    if any(m.state == "missing" for m in strip.marks):
        key.append("\u00d7 no value")
    if any(m.state == "excluded" and m.value is not None for m in strip.marks):
        key.append("struck: excluded")
    if strip.block_edges:
        key.append("ticks: blocks")
    if strip.looks:
        key.append("dotted: looks fixed beforehand")
    title = "Where the device changed" if strip.breaks else "Night by night"
    return Section("strip", title, (Prose((Words(" \u00b7 ".join(key)),), "note"), figure))


PLUGIN = SectionPlugin("strip", "Night by night", 50, build)
