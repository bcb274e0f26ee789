"""Draws any figure value at the size it has on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dreamjournal.charts import (
    asleep,
    calendar,
    canvas,
    coverage,
    estimation,
    hypnogram,
    multiples,
    night_bars,
    raster,
    strip,
    strips14,
    trend,
)
from dreamjournal.charts.style import PAPER, Style
from dreamjournal.domain.figures import Calendar, HypnogramChart, Multiples, Trend
from dreamjournal.domain.night_bars import NightBars
from dreamjournal.domain.profile_figures import AsleepPlot, NightStrips
from dreamjournal.domain.report import CoverageBar, Drawing, EstimationPlot, NightStrip, Paper, Raster

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MplFigure

_SIZES: dict[type, dict[Paper, tuple[float, float]]] = {
    CoverageBar: {"a4": (180, 5.4), "letter": (180, 5.4)},
    EstimationPlot: {"a4": (116, 74), "letter": (116, 70)},
    NightStrip: {"a4": (180, 34), "letter": (180, 30)},
    AsleepPlot: {"a4": (180, 46), "letter": (180, 42)},
    Trend: {"a4": (180, trend.HEIGHT_MM), "letter": (180, trend.HEIGHT_MM - 4)},
    HypnogramChart: {"a4": (180, hypnogram.HEIGHT_MM), "letter": (180, hypnogram.HEIGHT_MM - 4)},
}
"""Width and height in millimetres: figures are drawn at their final size, so that text keeps its points."""
_GROWING: dict[type, Callable[[Any, Paper], tuple[float, float]]] = {
    Raster: lambda value, _paper: (180, raster.height_mm(value)),
    NightBars: night_bars.size_mm,
    NightStrips: strips14.size_mm,
    Calendar: lambda value, _paper: (180, calendar.height_mm(value)),
    Multiples: lambda value, _paper: (180, multiples.height_mm(value)),
}
"""The size of figures that grow with what they show."""
_DRAWN: dict[type, Callable[[Any, Style, MplFigure], None]] = {
    CoverageBar: coverage.draw,
    EstimationPlot: estimation.draw,
    NightStrip: strip.draw,
    Raster: raster.draw,
    NightBars: night_bars.draw,
    AsleepPlot: asleep.draw,
    NightStrips: strips14.draw,
    Calendar: calendar.draw,
    Trend: trend.draw,
    Multiples: multiples.draw,
    HypnogramChart: hypnogram.draw,
}


def size_mm(value: Drawing, paper: Paper) -> tuple[float, float]:
    """The size of a drawing on `paper`."""
    grown = _GROWING.get(type(value))
    return _SIZES[type(value)][paper] if grown is None else grown(value, paper)


def height_mm(value: Drawing, width: float) -> float:
    """The height that suits a width on screen, in mm at scale 1: some drawings flow into the width they are given."""
    if isinstance(value, Calendar):
        return calendar.height_mm(value, width)
    if isinstance(value, Multiples):
        return multiples.height_mm(value, width)
    return size_mm(value, "a4")[1]


def alone(value: Drawing) -> Drawing:
    """The drawing as it is looked at by itself, without the table that a page sets beside it."""
    return replace(value, dated=True) if isinstance(value, NightBars) else value


def draw(value: Drawing, style: Style, fig: MplFigure) -> None:
    """Draw `value` over the whole of `fig`."""
    _DRAWN[type(value)](value, style, fig)


def svg(value: Drawing, paper: Paper, *, outlines: bool, style: Style = PAPER) -> bytes:
    """The drawing as SVG at its size on `paper`.

    The last few are kept: a page looked at again with another part ticked, printed after its preview, or set on another paper
    on which a drawing has the same size, draws nothing anew.
    """
    return _kept(value, size_mm(value, paper), outlines, style)


def svg_anew(value: Drawing, paper: Paper, *, outlines: bool, style: Style = PAPER) -> bytes:
    """As `svg`, drawn whatever was drawn before."""
    return _drawn(value, size_mm(value, paper), outlines, style)


def _drawn(value: Drawing, size: tuple[float, float], outlines: bool, style: Style) -> bytes:
    fig = canvas.figure(*size)
    draw(alone(value) if outlines else value, style, fig)
    return canvas.to_svg(fig, outlines=outlines)


@lru_cache(maxsize=16)
def _kept(value: Drawing, size: tuple[float, float], outlines: bool, style: Style) -> bytes:
    return _drawn(value, size, outlines, style)
