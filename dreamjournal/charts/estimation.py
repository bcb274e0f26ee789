"""The estimation plot: every night of both arms, and the difference with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.canvas import PT, Pen, nice_step, swarm

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.report import EstimationPlot


def draw(plot: EstimationPlot, style: Style, fig: MplFigure) -> None:
    """Draw `plot` over the whole of `fig` at the size `fig` has; whatever was on it goes.

    Layout after Gardner & Altman 1986 (doi 10.1136/bmj.292.6522.746); the interval is the one given, not a bootstrap.
    """
    pen = Pen(fig, style)
    k = pen.k
    scale = _Scale(plot, top=13.5 * k, bottom=pen.h - 13 * k)
    wide = plot.estimate is not None and plot.interval is not None and plot.kind != "count"
    left = 13 * k
    arm_w = (pen.w * (0.59 if wide else 0.74) - left) / 2
    starts = {"natural": left + 2 * k, "enhanced": left + arm_w}

    _axis(pen, plot, scale, left)
    for arm, centre in (("natural", 1), ("enhanced", 0)):
        x = starts[arm]
        _arm(pen, plot, scale, arm, x, arm_w)
        if plot.centres is not None:
            y = scale.mm(plot.centres[centre])
            end = x + arm_w * 0.80
            pen.line((x, end), (y, y), width=1.1 if arm == "enhanced" else 1.5, colour=style.arm(arm), order=3)
            label = f"{plot.centre_word}\n{words.value_words(plot.centres[centre], plot.unit, plot.kind)}"
            pen.words(end + 0.9 * k, y, label, size=6.8, colour=style.arm(arm))
    free = [p.weekend for p in plot.points]
    if any(free) or not free:
        pen.words(0, pen.h - 8.4 * k, "next day", size=6.8, colour=style.muted)
    if wide:
        _difference(pen, plot, scale, starts["natural"], left + 2 * arm_w + 4 * k)


class _Scale:
    """Where a value stands, in millimetres from the top."""

    def __init__(self, plot: EstimationPlot, *, top: float, bottom: float) -> None:
        values = [p.value for p in plot.points]
        self.factor = 0.01 if plot.kind == "rate" else 1.0
        """From the unit of the difference to the unit of the nights."""
        self.zero = plot.centres[1] if plot.centres is not None else None
        reach = list(values)
        if self.zero is not None and plot.interval is not None and plot.kind != "count":
            ends = [*plot.interval, 0.0]
            if plot.swd is not None:
                ends += [-plot.swd, plot.swd]
            # An interval many times wider than the nights would press them flat; it is cut at that width and says so in words.
            span = (max(values) - min(values)) if values else 1.0
            reach += [self.zero + max(-3 * span, min(3 * span, e * self.factor)) for e in ends] if span else []
        low, high = (min(reach), max(reach)) if reach else (0.0, 1.0)
        if high - low < 1e-9:
            low, high = low - 1, high + 1
        pad = 0.05 * (high - low)
        self.low, self.high = low - pad, high + pad
        self.top, self.bottom = top, bottom

    def mm(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - max(-0.02, min(1.02, share)) * (self.bottom - self.top)


def _axis(pen: Pen, plot: EstimationPlot, scale: _Scale, left: float) -> None:
    style = pen.style
    pen.line((left, left), (scale.top, scale.bottom))
    if plot.kind == "rate":
        for value, text in ((0.0, "no"), (1.0, "yes")):
            _tick(pen, left, scale.mm(value), text)
        return
    minutes = plot.unit == "min"
    step = nice_step(scale.high - scale.low, 6, unit=plot.unit, kind=plot.kind)
    value = math.ceil(scale.low / step) * step
    while value <= scale.high:
        text = words.value_words(value, plot.unit, plot.kind)
        if minutes and plot.kind != "clock" and step >= 60:
            text = f"{words.number(value / 60)}{words.NBSP}h"
        _tick(pen, left, scale.mm(value), text)
        value += step
    if minutes and step >= 60:
        half = math.ceil(scale.low / (step / 2)) * step / 2
        while half <= scale.high:
            pen.line((left - 0.7 * pen.k, left), (scale.mm(half), scale.mm(half)), colour=style.muted)
            half += step / 2


def _tick(pen: Pen, left: float, y: float, text: str) -> None:
    pen.line((left - 1.2 * pen.k, left), (y, y))
    pen.words(left - 1.9 * pen.k, y, text, size=7.4, ha="right")


def _arm(pen: Pen, plot: EstimationPlot, scale: _Scale, arm: str, x: float, width: float) -> None:
    style, k = pen.style, pen.k
    nights = [p for p in plot.points if p.arm == arm]
    middle = x + width * 0.40
    title = "Natural nights" if arm == "natural" else "Enhanced nights"
    pen.words(middle + 1.2 * k, 4.5 * k, title, size=8.0, bold=True, colour=style.arm(arm), ha="center")
    pen.marks([middle - 11.5 * k], [4.5 * k], arm)
    pen.words(middle, 9.0 * k, f"n {len(nights)}", size=7.0, colour=style.arm(arm), ha="center")
    marker = style.marker_pt * k * PT * 1.12
    for free, share, half in ((False, 0.27, 0.25), (True, 0.64, 0.15)):
        column = [p for p in nights if p.weekend == free]
        ys = [scale.mm(p.value) for p in column]
        shifts = swarm(ys, marker, width * half)
        pen.marks([x + width * share + s for s in shifts], ys, arm)
        if column or free:
            pen.words(
                x + width * share, pen.h - 6.9 * k, f"{'free' if free else 'work'}\nn {len(column)}", size=6.8,
                colour=style.muted, ha="center",
            )  # fmt: skip


def _difference(pen: Pen, plot: EstimationPlot, scale: _Scale, start: float, x: float) -> None:
    assert plot.estimate is not None and plot.interval is not None and scale.zero is not None
    style, k = pen.style, pen.k
    zero = scale.zero
    axis = x + 12.5 * k

    def mm(difference: float) -> float:
        return scale.mm(zero + difference * scale.factor)

    pen.words(x + 7 * k, 4.5 * k, "Difference", size=8.0, bold=True, ha="center")
    pen.words(x + 7 * k, 9.0 * k, plot.difference_unit, size=7.0, colour=style.muted, ha="center")
    if plot.swd is not None:
        top, bottom = mm(plot.swd), mm(-plot.swd)
        pen.box(x, top, axis - x, bottom - top, fill=style.band, order=0)
        for y in (top, bottom):
            pen.line((x, axis), (y, y), width=0.6, dash=(2, 1.6), order=1)
    pen.line((start, axis), (mm(0), mm(0)), width=0.5, order=1)
    low, high = plot.interval
    reach = [low, high, 0.0, *((-plot.swd, plot.swd) if plot.swd is not None else ())]
    limits = [(v - zero) / scale.factor for v in (scale.low, scale.high)]
    step = plot.swd if plot.swd is not None else nice_step(max(reach) - min(reach), 6, unit=plot.unit, kind="")
    step *= max(1, math.ceil((min(max(reach), limits[1]) - max(min(reach), limits[0])) / step / 7))
    first, last = math.floor(min(reach) / step + 1e-9), math.ceil(max(reach) / step - 1e-9)
    ticks = [i * step for i in range(first, last + 1) if limits[0] <= i * step <= limits[1]]
    if ticks:
        pen.line((axis, axis), (mm(ticks[0]), mm(ticks[-1])))
    decimals = 0 if all(abs(t - round(t)) < 1e-9 for t in ticks) else 1
    for t in ticks:
        pen.line((axis, axis + 1.2 * k), (mm(t), mm(t)))
        pen.words(axis + 1.9 * k, mm(t), words.signed(t, decimals), size=7.0)
    centre = x + 6.2 * k
    pen.line((centre, centre), (mm(low), mm(high)), width=1.6, colour=style.ink, order=5)
    for end in (low, high):
        pen.line((centre - 1.3 * k, centre + 1.3 * k), (mm(end), mm(end)), width=1.6, colour=style.ink, order=5)
    side = 4.8 * k * PT
    pen.box(centre - side / 2, mm(plot.estimate) - side / 2, side, side, fill=style.ink, order=6)
    y = max(scale.top + 5 * k, min(scale.bottom - 8 * k, mm(plot.estimate)))
    pen.words(axis + 8.5 * k, y, plot.estimate_words, size=8.2, bold=True, wrap=14)
    pen.words(axis + 8.5 * k, y + 5.6 * k, plot.interval_words, size=7.0, wrap=16)
    if plot.swd is not None:
        lowest = max(mm(-plot.swd), mm(low), mm(ticks[0]) if ticks else 0) + 1.5 * k
        pen.words(
            (x + axis) / 2, min(lowest, scale.bottom - 5 * k), plot.band_words, size=6.6, colour=style.muted, ha="center",
            va="top", wrap=16,
        )  # fmt: skip
