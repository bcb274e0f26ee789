"""Several measures below each other on one time axis, each on a scale of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.charts import legend
from dreamjournal.charts.canvas import Pen
from dreamjournal.charts.over_time import date_axis
from dreamjournal.charts.trend import LEFT_MM, RIGHT_MM, days, panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.figures import Multiples

PANEL_MM, TITLE_MM, FOOT_MM = 20.0, 5.6, 7.0


def height_mm(multiples: Multiples, width: float = 180) -> float:
    """The height its panels need, at scale 1."""
    widths = [legend.width_mm(word) for _, word in _kinds(multiples)]
    return legend.rows(widths, width) * legend.ROW_MM + len(multiples.panels) * (PANEL_MM + TITLE_MM) + FOOT_MM


def _kinds(multiples: Multiples) -> list[tuple[legend.NightKind, str]]:
    return [(kind, word) for kind, word in legend.KINDS if any(p.n(kind) for p in multiples.panels)]


def draw(multiples: Multiples, style: Style, fig: MplFigure) -> None:
    """Draw `multiples` over the whole of `fig`; the panels share the height there is."""
    pen = Pen(fig, style)
    k = pen.k
    items: list[tuple[str, float, Callable[[float, float], None]]] = [
        (word, legend.SIGN_MM, lambda x, y, kind=kind: legend.sign(pen, [x + 1.4 * k], [y], kind, style.marker_pt))
        for kind, word in _kinds(multiples)
    ]
    top = legend.keys(pen, items, 0.0)
    bottom = pen.h - FOOT_MM * k
    each = (bottom - top) / max(1, len(multiples.panels))
    across = (LEFT_MM * k, pen.w - RIGHT_MM * k)
    x_of = days(across, multiples.first.toordinal(), multiples.last.toordinal(), k)
    for i, trend in enumerate(multiples.panels):
        begin = top + i * each
        pen.words(0, begin + 2.6 * k, trend.title, size=7.8, bold=True)
        about = f"{trend.source}, n {len(trend.points)}"
        if any(trend.line):
            about += f" \u00b7 line: {trend.line_words}"
            about += f", shaded: {trend.band_words}" if trend.band_words else ""
        pen.words(across[1], begin + 2.6 * k, about, size=6.8, colour=style.muted, ha="right")
        panel(pen, trend, x_of, across, (begin + TITLE_MM * k, begin + each - 1.2 * k), wanted=3)
        pen.line(across, (begin + each - 1.2 * k, begin + each - 1.2 * k), width=0.5, colour=style.line)
    date_axis(pen, multiples.first, multiples.last, x_of, bottom - 1.2 * k)
