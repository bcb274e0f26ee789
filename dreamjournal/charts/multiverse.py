"""The strip of all ways of counting: one column a rule by estimate with its interval, and below what each rule chose.

Layout after Simonsohn et al. 2020, doi 10.1038/s41562-020-0912-z.
"""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.canvas import PT, Pen, nice_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.multiverse import WaysStrip

ROW_MM = 4.9
_TOP_MM, _PLOT_MM, _BELOW_MM, _FOOT_MM = 5.5, 54.0, 3.0, 5.0


def height_mm(strip: WaysStrip) -> float:
    """The height of the drawing at scale 1."""
    gaps = 2.0 * len({row.choice for row in strip.rows})
    return _TOP_MM + _PLOT_MM + _BELOW_MM + ROW_MM * len(strip.rows) + gaps + _FOOT_MM


def draw(strip: WaysStrip, style: Style, fig: MplFigure) -> None:
    """Draw `strip` over the whole of `fig`. The person's own way is ringed; 0 and the smallest difference that matters are marked."""
    pen = Pen(fig, style)
    k = pen.k
    # Names may take at most a third of the width, whatever the size of the text.
    names = min(pen.w * 0.34, k * (6 + 1.32 * max((len(f"{r.choice}  {r.label}") for r in strip.rows), default=10)))
    left, right = max(names, 15 * k), pen.w - 3 * k
    below = (ROW_MM * len(strip.rows) + 2.0 * len({r.choice for r in strip.rows}) + _BELOW_MM + _FOOT_MM) * k
    top, bottom = _TOP_MM * k, pen.h - below
    pitch = (right - left) / max(1, len(strip.columns))

    def x_of(column: int) -> float:
        return left + (column + 0.5) * pitch

    if strip.own is not None:
        _own_column(pen, left + strip.own * pitch, pitch, top, left, right)
    y_of = _scale(pen, strip, left, right, top, bottom)
    width = max(0.5, min(1.4, 0.35 * pitch / PT / k))
    side = max(0.9 * k, min(2.6 * k * PT * 1.6, 0.62 * pitch))
    # All columns in a few calls: one at a time, sixty of them hold the window for most of a second (measured).
    xs = [x_of(i) for i in range(len(strip.columns))]
    pen.ax.vlines(
        xs, [y_of(low) for _, low, _ in strip.columns], [y_of(high) for _, _, high in strip.columns], colors=style.ink,
        linewidth=width * k, zorder=5,
    )  # fmt: skip
    _squares(pen, xs, [y_of(value) for value, _, _ in strip.columns], side, style.ink, 6)
    if strip.own is not None:
        size = max(side / PT * 2, side / PT + 5 * k)
        pen.ax.plot(
            [x_of(strip.own)], [y_of(strip.columns[strip.own][0])], "o", ms=size, mfc="none", mec=style.enhanced, mew=1.3 * k,
            zorder=7, clip_on=False,
        )  # fmt: skip
    _choices(pen, strip, left, right, bottom + _BELOW_MM * k, pitch)


def _scale(
    pen: Pen, strip: WaysStrip, left: float, right: float, top: float, bottom: float
) -> Callable[[float], float]:
    style, k = pen.style, pen.k
    reach = [v for column in strip.columns for v in column] + [0.0]
    if strip.swd is not None:
        reach += [-strip.swd, strip.swd]
    values = [column[0] for column in strip.columns]
    # One interval many times wider than the spread of all estimates would press the others flat: it is cut at the edge.
    span = max(max(values) - min(values), 2 * (strip.swd or 0.0), 1e-9)
    low, high = max(min(reach), min(values, default=0) - 6 * span), min(max(reach), max(values, default=0) + 6 * span)
    pad = 0.04 * (high - low) or 1.0
    low, high = low - pad, high + pad

    def y_of(value: float) -> float:
        return bottom - (max(low, min(high, value)) - low) / (high - low) * (bottom - top)

    if strip.swd is not None:
        pen.box(left, y_of(strip.swd), right - left, y_of(-strip.swd) - y_of(strip.swd), fill=style.band, order=0)
        for edge in (strip.swd, -strip.swd):
            pen.line((left, right), (y_of(edge), y_of(edge)), width=0.6, dash=(2, 1.6), order=1)
    pen.line((left, right), (y_of(0), y_of(0)), width=0.9, colour=style.ink, order=2)
    step = nice_step(high - low, 7, unit=strip.unit, kind="")
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    pen.line((left, left), (top, bottom))
    tick = math.ceil(low / step) * step
    while tick <= high:
        pen.line((left - 1.2 * k, left), (y_of(tick), y_of(tick)))
        pen.words(left - 1.9 * k, y_of(tick), words.signed(tick, decimals), size=7.2, ha="right")
        tick += step
    pen.words(0, 2.2 * k, f"Difference{f', {strip.unit}' if strip.unit else ''}", size=7.4, bold=True)
    if strip.band_words:
        pen.words(right, 2.2 * k, strip.band_words, size=6.8, colour=style.muted, ha="right")
    return y_of


def _own_column(pen: Pen, x: float, pitch: float, top: float, left: float, right: float) -> None:
    k = pen.k
    bottom = pen.h - _FOOT_MM * k
    pen.box(x, top, pitch, bottom - top, fill=pen.style.wash, order=0)
    for edge in (x, x + pitch):
        pen.line((edge, edge), (top, bottom), width=0.5, colour=pen.style.line, order=1)
    half = 9 * k
    middle = min(max(x + pitch / 2, left + half), right - half)
    pen.words(middle, pen.h - _FOOT_MM * k / 2 + 0.4 * k, "as you asked", size=7.2, ha="center")


def _choices(pen: Pen, strip: WaysStrip, left: float, right: float, y: float, pitch: float) -> None:
    style, k = pen.style, pen.k
    before = ""
    side = max(0.8 * k, min(2.2 * k, 0.6 * pitch))
    for row in strip.rows:
        if row.choice != before:
            y += 2.0 * k
            pen.line((0, right), (y - 1.0 * k, y - 1.0 * k), width=0.4, colour=style.line, order=1)
            pen.words(0, y + ROW_MM * k / 2, row.choice, size=7.0, colour=style.muted)
            before = row.choice
        middle = y + ROW_MM * k / 2
        pen.words(left - 1.9 * k, middle, row.label, size=7.2, ha="right")
        xs = [left + (column + 0.5) * pitch for column in range(len(row.chosen))]
        on = [x for x, chosen in zip(xs, row.chosen, strict=True) if chosen]
        off = [x for x, chosen in zip(xs, row.chosen, strict=True) if not chosen]
        _squares(pen, on, [middle] * len(on), side, style.ink, 4)
        _squares(pen, off, [middle] * len(off), side * 0.32, style.line, 3)
        y += ROW_MM * k


def _squares(pen: Pen, xs: list[float], ys: list[float], side: float, colour: str, order: float) -> None:
    """Filled squares around points, all in millimetres."""
    pen.ax.plot(xs, ys, "s", ms=side / PT, mfc=colour, mec="none", zorder=order, clip_on=False)
