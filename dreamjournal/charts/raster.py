"""The raster of nights on paper: one line a night, noon to noon or the part of it the nights fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.canvas import Pen

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.report import Raster, RasterSpan

ROW_MM = 2.9
HEAD_MM = 7.0
# Heights within a line as (top, height) shares: told apart by height as well as by lightness.
_LIGHT = (0.30, 0.50)
_LEVELS = {"W": (0.05, 0.30), "REM": (0.10, 0.55), "LIGHT": _LIGHT, "N1": _LIGHT, "N2": _LIGHT, "N3": (0.30, 0.70)}


def height_mm(raster: Raster) -> float:
    """The height its lines need."""
    return HEAD_MM + ROW_MM * len(raster.rows) + 1.5


def draw(raster: Raster, style: Style, fig: MplFigure) -> None:
    """Draw `raster` over the whole of `fig`."""
    pen = Pen(fig, style)
    k = pen.k
    left, right = 24 * k, pen.w - 13 * k
    row = (pen.h - HEAD_MM * k - 1.5 * k) / max(1, len(raster.rows))
    top = HEAD_MM * k

    def x_of(minute: float) -> float:
        share = (minute - raster.first_min) / max(1, raster.last_min - raster.first_min)
        return left + max(0.0, min(1.0, share)) * (right - left)

    for minute in range(raster.first_min, raster.last_min + 1, 60):
        third = (minute - raster.first_min) % 180 == 0
        x = x_of(minute)
        begin = top - (1.2 if third else 0) * k
        pen.line((x, x), (begin, pen.h - 1.5 * k), width=0.5 if third else 0.25, colour=style.line, order=0)
        if third:
            pen.words(x, top - 3 * k, words.clock(minute), size=7.0, ha="center", colour=style.muted)
    pen.words(right + 9 * k, top - 3 * k, "dream", size=6.6, ha="center", colour=style.muted)
    for i, night in enumerate(raster.rows):
        y = top + i * row
        middle = y + row / 2
        if night.night_date.weekday() == 0 or i == 0:
            pen.words(0, middle, words.weekday(night.night_date), size=6.8)
        if night.condition == "unrecorded":
            pen.words(left - 3 * k, middle, "\u2013", size=6.8, ha="center", colour=style.muted)
        else:
            pen.marks([left - 3 * k], [middle], night.condition, size=2.8)
        if not night.spans:
            a, b = x_of(raster.first_min + 60), x_of(raster.last_min - 60)
            pen.line((a, b), (middle, middle), width=0.5, dash=(1, 2))
        for span in night.spans:
            _span(pen, span, x_of(span.start), x_of(span.end), y, row)
        for moment, dash in ((night.lights_out, None), (night.got_up, (1.0, 1.0))):
            if moment is not None:
                x = x_of(moment)
                pen.line((x, x), (y + 0.1 * row, y + 0.9 * row), width=0.7, dash=dash, colour=style.ink, order=5)
        if night.dream:
            side = 0.8 * k
            fill = style.ink if night.dream == "report" else style.paper
            pen.box(
                right + 9 * k - side / 2, middle - side / 2, side, side, fill=fill, edge=style.ink, width=0.5, order=4
            )


def _span(pen: Pen, span: RasterSpan, a: float, b: float, y: float, row: float) -> None:
    style = pen.style
    colours = {
        "W": style.stage_w, "REM": style.stage_rem, "LIGHT": style.stage_light, "N1": style.stage_light,
        "N2": style.stage_light, "N3": style.stage_n3,
    }  # fmt: skip
    if span.code == "exposure":
        pen.line((a, b), (y + 0.04 * row, y + 0.04 * row), width=0.8, colour=style.enhanced, order=4)
    elif span.code in _LEVELS:
        share, tall = _LEVELS[span.code]
        pen.box(a, y + share * row, max(0.05, b - a), tall * row, fill=colours[span.code], order=2)
    elif span.code == "ASLEEP":
        pen.box(a, y + 0.3 * row, b - a, 0.5 * row, fill=style.stage_unspecified, order=2)
    else:
        pen.box(a, y + 0.3 * row, b - a, 0.5 * row, edge=style.muted, width=0.4, hatch="/////", order=2)
