"""Nights by level of dose, or by mode: every night as a mark, each level's centre and interval beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.canvas import PT, Pen, nice_step, swarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.secondary import LevelsPlot

HEIGHT_MM = 62.0
"""The height at which it is drawn on paper."""
TITLE_CHARS = 18


def draw(plot: LevelsPlot, style: Style, fig: MplFigure) -> None:
    """Draw `plot` over the whole of `fig` at the size `fig` has; whatever was on it goes."""
    pen = Pen(fig, style)
    k = pen.k
    left, top, bottom = 13 * k, 3 * k, pen.h - 11 * k
    low, high = _reach(plot)

    def mm(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    pen.line((left, left), (top, bottom))
    _axis(pen, plot, low, high, left, mm)
    width = (pen.w - left) / max(1, len(plot.levels))
    marker = style.marker_pt * k * PT * 1.12
    for i, level in enumerate(plot.levels):
        arm = "natural" if level.natural else "enhanced"
        x = left + i * width
        middle = x + 0.40 * width
        ys = [mm(p.value) for p in level.points]
        shifts = swarm(ys, marker, 0.22 * width)
        pen.marks([middle + s for s in shifts], ys, arm)
        if level.centre is not None:
            beside = x + 0.80 * width
            half = min(2.6 * k, 0.09 * width)
            y = mm(level.centre)
            pen.line((beside - half, beside + half), (y, y), width=2.4, colour=style.ink, order=5)
            if level.interval is not None:
                ends = [mm(v) for v in level.interval]
                pen.line((beside, beside), (ends[0], ends[1]), width=1.4, colour=style.ink, order=5)
        # A long name takes a second line; a longer one is cut there, the table has it whole.
        room = max(8, int(width / k / 1.35))
        pen.words(
            x + width / 2,
            pen.h - 7.4 * k,
            words.cut(level.title, min(room, TITLE_CHARS)),
            size=7.6,
            bold=True,
            ha="center",
        )
        pen.words(x + width / 2, pen.h - 3.4 * k, f"n {len(level.points)}", size=7.0, colour=style.muted, ha="center")


def _reach(plot: LevelsPlot) -> tuple[float, float]:
    values = [p.value for level in plot.levels for p in level.points]
    # An interval far wider than the nights would press them flat; it is cut there, and the table has its ends.
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span = high - low
    for level in plot.levels:
        if level.interval is not None:
            low = min(low, max(level.interval[0], min(values) - span))
            high = max(high, min(level.interval[1], max(values) + span))
    if high - low < 1e-9:
        low, high = low - 1, high + 1
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def _axis(pen: Pen, plot: LevelsPlot, low: float, high: float, left: float, mm: Callable[[float], float]) -> None:
    ticks: list[tuple[float, str]] = []
    if plot.kind == "rate":
        ticks = [(0.0, "no"), (0.5, f"50{words.NBSP}%"), (1.0, "yes")]
    else:
        step = nice_step(high - low, 6, unit=plot.unit, kind=plot.kind)
        for i in range(math.ceil(low / step), math.floor(high / step) + 1):
            value = i * step
            text = words.value_words(value, plot.unit, plot.kind)
            if plot.unit == "min" and plot.kind != "clock" and step >= 60:
                text = f"{words.number(value / 60)}{words.NBSP}h"
            ticks.append((value, text))
    for value, text in ticks:
        pen.line((left - 1.2 * pen.k, left), (mm(value), mm(value)))
        pen.words(left - 1.9 * pen.k, mm(value), text, size=7.2, ha="right")
