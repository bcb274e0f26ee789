"""One measure over time: every night by its kind, the running middle and its band."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from dreamjournal.charts import legend
from dreamjournal.charts.canvas import PT, Pen
from dreamjournal.charts.over_time import date_axis, value_ticks
from dreamjournal.charts.words import NBSP, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.figures import Middle, Trend

HEIGHT_MM = 66.0
"""The height at which it is drawn on paper."""
LEFT_MM, RIGHT_MM, FOOT_MM = 14.0, 3.0, 7.0
_FEW = 400


def draw(trend: Trend, style: Style, fig: MplFigure) -> None:
    """Draw `trend`, which has nights, over the whole of `fig`."""
    pen = Pen(fig, style)
    k = pen.k
    top = _legend(pen, trend) + 2 * k
    across = (LEFT_MM * k, pen.w - RIGHT_MM * k)
    bottom = pen.h - FOOT_MM * k
    x_of = days(across, trend.first.toordinal(), trend.last.toordinal(), k)
    panel(pen, trend, x_of, across, (top, bottom))
    date_axis(pen, trend.first, trend.last, x_of, bottom)


def days(across: tuple[float, float], first: int, last: int, k: float) -> Callable[[float], float]:
    """Where a date (an ordinal) lies between both ends of an axis."""
    left, right = across
    span = max(1, last - first)
    return lambda day: left + 2 * k + (day - first) / span * (right - left - 4 * k)


def _legend(pen: Pen, trend: Trend) -> float:
    k = pen.k
    items: list[tuple[str, float, Callable[[float, float], None]]] = []
    for kind, word in legend.KINDS:
        n = trend.n(kind)
        if n:
            items.append((
                f"{word}, n {n}", legend.SIGN_MM,
                lambda x, y, kind=kind: legend.sign(pen, [x + 1.4 * k], [y], kind, pen.style.marker_pt),
            ))  # fmt: skip
    if any(trend.line):
        items.append((f"line: {trend.line_words}", 7.0, lambda x, y: _key_line(pen, x, y)))
        if trend.band_words:
            items.append((f"shaded: {trend.band_words}", 7.0, lambda x, y: _key_band(pen, x, y)))
    return legend.keys(pen, items, 0.0)


def _key_line(pen: Pen, x: float, y: float) -> None:
    pen.line((x, x + 5.5 * pen.k), (y, y), width=1.6, colour=pen.style.ink)


def _key_band(pen: Pen, x: float, y: float) -> None:
    k = pen.k
    pen.box(x, y - 1.2 * k, 5.5 * k, 2.4 * k, fill=pen.style.band)
    for edge in (-1.2 * k, 1.2 * k):
        pen.line((x, x + 5.5 * k), (y + edge, y + edge), width=0.6, dash=(2, 1.6))


def panel(
    pen: Pen, trend: Trend, x_of: Callable[[float], float], across: tuple[float, float], down: tuple[float, float],
    *, wanted: int = 5,
) -> None:  # fmt: skip
    """The nights, line and band of one measure between `across` and `down`, with about `wanted` values at the side."""
    style, k = pen.style, pen.k
    left, right = across
    top, bottom = down
    values = [p.value for p in trend.points] + [v for m in trend.line if m is not None for v in (m.low, m.high)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if trend.kind == "rate":
        low, high = 0.0, 1.0
    if high - low < 1e-9:
        low, high = low - 1, high + 1
    pad = 0.07 * (high - low)
    low, high = low - pad, high + pad

    def y_of(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    ticks = value_ticks(low, high, trend.unit, trend.kind, wanted)
    if trend.kind == "rate":
        ticks.insert(1, (0.5, f"50{NBSP}%"))
    elif trend.kind == "ordinal":
        ticks = [(v, number(v)) for v, _ in ticks]
    for value, text in ticks:
        if trend.kind == "count" and value < -1e-9:
            continue
        pen.line((left, right), (y_of(value), y_of(value)), width=0.35, colour=style.line, order=0)
        pen.words(left - 1.5 * k, y_of(value), text, size=7.2, ha="right")
    _band(pen, trend, x_of, y_of)
    # As many marks as there are millimetres for them; thousands become dots that still differ in shape.
    marker = max(1.3, min(style.marker_pt * 0.9, 2.0 * (right - left) / k / max(1, len(trend.points)) / PT))
    for kind, _ in reversed(legend.KINDS):
        some = [p for p in trend.points if p.kind == kind]
        legend.sign(pen, [x_of(p.night_date.toordinal()) for p in some], [y_of(p.value) for p in some], kind, marker)
    for piece in pieces(trend.line):
        xs, ys = [x_of(m.day) for m in piece], [y_of(m.value) for m in piece]
        if len(trend.points) > _FEW:  # on its own ground, so that thousands of marks do not hide it
            pen.ax.plot(xs, ys, color=style.paper, zorder=6, linewidth=3.8 * k)
        pen.ax.plot(xs, ys, color=style.ink, zorder=7, linewidth=1.6 * k, solid_capstyle="round")


def _band(pen: Pen, trend: Trend, x_of: Callable[[float], float], y_of: Callable[[float], float]) -> None:
    if not trend.band_words:
        return
    for piece in pieces(trend.line):
        xs = [x_of(m.day) for m in piece]
        lows, highs = [y_of(m.low) for m in piece], [y_of(m.high) for m in piece]
        pen.ax.fill_between(xs, lows, highs, color=pen.style.band, linewidth=0, zorder=0.5)
        for edge in (lows, highs):  # its edges are seen where the shade is pale
            pen.ax.plot(xs, edge, color=pen.style.muted, linewidth=0.6 * pen.k, linestyle=(0, (2, 1.6)), zorder=1)


def pieces(line: tuple[Middle | None, ...]) -> list[list[Middle]]:
    """The unbroken pieces of a line."""
    return [[m for m in run if m is not None] for whole, run in groupby(line, key=lambda m: m is not None) if whole]
