"""Draws any figure value at the size it has on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.charts import canvas, coverage, estimation, raster, strip
from dreamjournal.charts.style import PAPER, Style
from dreamjournal.domain.report import CoverageBar, EstimationPlot, NightStrip, Paper, Raster

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MplFigure

_SIZES: dict[type, dict[Paper, tuple[float, float]]] = {
    CoverageBar: {"a4": (180, 5.4), "letter": (180, 5.4)},
    EstimationPlot: {"a4": (116, 74), "letter": (116, 70)},
    NightStrip: {"a4": (180, 34), "letter": (180, 30)},
}
"""Width and height in millimetres: figures are drawn at their final size, so that text keeps its points."""


def size_mm(value: CoverageBar | EstimationPlot | NightStrip | Raster, paper: Paper) -> tuple[float, float]:
    """The size of a drawing on `paper`."""
    return (180, raster.height_mm(value)) if isinstance(value, Raster) else _SIZES[type(value)][paper]


def draw(value: CoverageBar | EstimationPlot | NightStrip | Raster, style: Style, fig: MplFigure) -> None:
    """Draw `value` over the whole of `fig`."""
    if isinstance(value, CoverageBar):
        coverage.draw(value, style, fig)
    elif isinstance(value, EstimationPlot):
        estimation.draw(value, style, fig)
    elif isinstance(value, NightStrip):
        strip.draw(value, style, fig)
    else:
        raster.draw(value, style, fig)


def svg(
    value: CoverageBar | EstimationPlot | NightStrip | Raster, paper: Paper, *, outlines: bool, style: Style = PAPER
) -> bytes:
    """The drawing as SVG at its size on `paper`."""
    fig = canvas.figure(*size_mm(value, paper))
    draw(value, style, fig)
    return canvas.to_svg(fig, outlines=outlines)
