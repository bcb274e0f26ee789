"""The night strip: the planned nights in order, with gaps, blocks, looks and free days."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.canvas import Pen, nice_step

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.report import NightStrip


def draw(strip: NightStrip, style: Style, fig: MplFigure) -> None:
    """Draw `strip` over the whole of `fig`. Missing nights stand in a lane under the scale, never on it."""
    pen = Pen(fig, style)
    k = pen.k
    left, right = 11 * k, pen.w - 2 * k
    top, bottom = 5.5 * k, pen.h - 11 * k
    total = max(1, (strip.last - strip.first).days + 1)
    day = (right - left) / total
    marker = min(style.marker_pt, max(1.6, 2.2 * day / k))

    def x_of(night: date) -> float:
        return left + ((night - strip.first).days + 0.5) * day

    values = [m.value for m in strip.marks if m.value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if high - low < 1e-9:
        low, high = low - 1, high + 1
    pad = 0.08 * (high - low)
    low, high = low - pad, high + pad

    def y_of(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    if day > 0.5 * k:
        for night in strip.free:
            pen.box(x_of(night) - day / 2, top, day, bottom + 6 * k - top, fill=style.wash, order=0)
    _scale(pen, strip, low, high, left, right, y_of)
    pen.line((left, right), (bottom + 6 * k, bottom + 6 * k), width=0.5, colour=style.line)
    for arm in ("natural", "enhanced"):
        some = [m for m in strip.marks if m.state == "counted" and m.arm == arm and m.value is not None]
        pen.marks([x_of(m.night_date) for m in some], [y_of(m.value or 0.0) for m in some], arm, size=marker)
    for m in strip.marks:
        if m.state != "excluded" or m.value is None:
            continue
        x, y = x_of(m.night_date), y_of(m.value)
        pen.marks([x], [y], m.arm or "", muted=True, size=marker)
        pen.line((x - 1.5 * k, x + 1.5 * k), (y + 1.0 * k, y - 1.0 * k), width=0.8, order=5)
    lane = bottom + 3 * k
    pen.cross(
        [x_of(m.night_date) for m in strip.marks if m.state == "missing"],
        [lane for m in strip.marks if m.state == "missing"],
    )
    _reasons(pen, strip, lane, x_of, right)
    edges = [e for e in strip.block_edges if strip.first <= e <= strip.last]
    if edges and 4 * day > 1.2 * k:
        for edge in (*edges, strip.last + timedelta(days=1)):
            x = x_of(edge) - day / 2
            pen.line((x, x), (bottom + 6 * k, bottom + 7.2 * k), width=0.6)
    _weeks(pen, strip, total, bottom + 9 * k, x_of)
    for night, text in strip.looks:
        if strip.first <= night <= strip.last:
            x = x_of(night) + day / 2
            pen.line((x, x), (2.6 * k, bottom + 6 * k), width=0.8, dash=(1, 1.4), order=3)
            pen.words(x - 0.8 * k, 1.6 * k, text, size=6.6, colour=style.muted, ha="right")
    for night, before, after in strip.breaks:
        x = x_of(night) - day / 2
        pen.line((x, x), (0.6 * k, bottom + 6 * k), width=1.1, colour=style.ink, order=5)
        pen.words(x - 1 * k, 2.2 * k, before, size=6.8, ha="right")
        pen.words(x + 1 * k, 2.2 * k, after, size=6.8)


def _scale(
    pen: Pen, strip: NightStrip, low: float, high: float, left: float, right: float, y_of: Callable[[float], float]
) -> None:
    if strip.kind == "rate":
        ticks = [(0.0, "no"), (1.0, "yes")]
    else:
        minutes = strip.unit == "min"
        step = nice_step(high - low, 4, unit=strip.unit, kind=strip.kind)
        first = math.ceil(low / step)
        ticks = [
            (i * step, words.value_words(i * step, strip.unit, strip.kind))
            for i in range(first, math.floor(high / step) + 1)
        ]
        if minutes and step >= 60 and strip.kind != "clock":
            ticks = [(v, f"{words.number(v / 60)}{words.NBSP}h") for v, _ in ticks]
    for value, text in ticks:
        y = y_of(value)
        pen.line((left, right), (y, y), width=0.35, colour=pen.style.line, order=1)
        pen.words(left - 1.5 * pen.k, y, text, size=7.0, ha="right")


def _weeks(pen: Pen, strip: NightStrip, total: int, y: float, x_of: Callable[[date], float]) -> None:
    # Seven weeks of dates fit side by side; a longer run is labelled every second, fourth … week.
    weeks = max(1, math.ceil(total / 7 * 15 * pen.k / (pen.w - 13 * pen.k)))
    night = strip.first + timedelta(days=-strip.first.weekday() % 7)
    if night > strip.last:
        night = strip.first
    while night <= strip.last:
        x = x_of(night)
        if x <= pen.w - 6 * pen.k:
            pen.words(min(max(x, 8 * pen.k), pen.w - 8 * pen.k), y, words.weekday(night), size=7.0, ha="center")
        pen.line((x, x), (y - 3 * pen.k, y - 2 * pen.k), width=0.6)
        night += timedelta(days=7 * weeks)


def _reasons(pen: Pen, strip: NightStrip, lane: float, x_of: Callable[[date], float], right: float) -> None:
    """Reasons beside their nights, as far as they fit without touching the next mark."""
    marks = [m for m in strip.marks if m.state != "counted"]
    positions = [x_of(m.night_date) for m in marks]
    taken = 0.0
    for i, m in enumerate(marks):
        x = positions[i]
        width = len(m.reason) * 1.02 * pen.k
        begin = x + 1.6 * pen.k if m.state == "missing" else max(taken, x - width / 2)
        later = [p for p, other in zip(positions[i + 1 :], marks[i + 1 :], strict=True) if other.state == "missing"]
        until = min([right + 1.5 * pen.k, *(p - 2 * pen.k for p in later[:1])])
        if m.reason and begin >= taken and begin + width <= until:
            pen.words(begin, lane, m.reason, size=6.6, colour=pen.style.muted)
            taken = begin + width + 1.2 * pen.k
        elif m.state == "missing":
            taken = max(taken, x + 1.6 * pen.k)
