"""One night's hypnogram: four levels, awake at the top, and above them when something enhanced the night."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from dreamjournal.charts import legend, words
from dreamjournal.charts.canvas import Pen

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.figures import HypnogramChart

HEIGHT_MM = 44.0
"""The height at which it is drawn on paper."""
LEVELS = {"W": 0.0, "REM": 1.0, "LIGHT": 2.0, "N3": 3.0}
_WORDS = {"W": "awake", "REM": "REM", "LIGHT": "light", "N3": "deep"}
_THICK_PT = {"W": 2.6, "REM": 3.6, "LIGHT": 2.6, "N3": 3.6}
"""REM and deep sleep are thicker: told apart by height and thickness, not by colour alone."""


def reach(chart: HypnogramChart) -> tuple[float, float]:
    """First and last minute after noon of the axis, on quarters of an hour."""
    moments = [m for s in chart.spans for m in (s.start, s.end)] + [m for e in chart.exposures for m in e]
    moments += [m for m in (chart.lights_out, chart.got_up) if m is not None]
    low, high = (min(moments), max(moments)) if moments else (660.0, 1140.0)
    return math.floor(low / 15) * 15.0, max(math.ceil(high / 15) * 15.0, math.floor(low / 15) * 15.0 + 60)


def draw(chart: HypnogramChart, style: Style, fig: MplFigure) -> None:
    """Draw `chart` over the whole of `fig`."""
    pen = Pen(fig, style)
    k = pen.k
    left, right = 13 * k, pen.w - 4 * k
    low, high = reach(chart)
    top = _heads(pen, chart) + (4.0 if chart.exposures else 1.5) * k
    bottom = pen.h - 7.5 * k
    colours = {"W": style.stage_w, "REM": style.stage_rem, "LIGHT": style.stage_light, "N3": style.stage_n3}

    def x_of(minute: float) -> float:
        return left + (minute - low) / (high - low) * (right - left)

    def y_of(level: float) -> float:
        return top + 1.5 * k + level / 3 * (bottom - top - 3.5 * k)

    for code, level in LEVELS.items():
        y = y_of(level)
        pen.line((left, right), (y, y), width=0.35, colour=style.line, order=0)
        pen.words(left - 1.6 * k, y, _WORDS[code], size=7.0, ha="right")
    _clock(pen, low, high, (left, right), bottom)
    for before, after in pairwise(chart.spans):
        if abs(before.end - after.start) < 1 and "UNSPECIFIED" not in (before.level, after.level):
            x = x_of(after.start)
            pen.line((x, x), (y_of(LEVELS[before.level]), y_of(LEVELS[after.level])), width=0.6, order=2)
    for span in chart.spans:
        a, b = x_of(span.start), max(x_of(span.end), x_of(span.start) + 0.2 * k)
        if span.level == "UNSPECIFIED":
            y, tall = y_of(1.0), y_of(2.0) - y_of(1.0)
            pen.box(a, y, b - a, tall, edge=style.stage_unspecified, width=0.6, hatch="/////", order=2)
        else:
            y = y_of(LEVELS[span.level])
            pen.line((a, b), (y, y), width=_THICK_PT[span.level], colour=colours[span.level], order=3)
    for begin, end in chart.exposures:
        a, b = x_of(begin), x_of(end)
        y = top - 1.6 * k
        pen.line((a, max(b, a + 0.8 * k)), (y, y), width=2.2, colour=style.enhanced, order=4)
    for moment, dash in ((chart.lights_out, None), (chart.got_up, (1.0, 1.0))):
        if moment is not None:
            pen.line((x_of(moment), x_of(moment)), (top, bottom), width=0.9, dash=dash, colour=style.ink, order=5)


def _heads(pen: Pen, chart: HypnogramChart) -> float:
    k = pen.k
    night = words.weekday(chart.night_date) + words.NBSP + str(chart.night_date.year)
    pen.words(0, 2.4 * k, f"{night}, {chart.source}", size=7.8, bold=True)
    keys = [f"bar above: {chart.exposure_words}"] if chart.exposures and chart.exposure_words else []
    keys += ["solid line: lights out"] if chart.lights_out is not None else []
    keys += ["dotted line: got up"] if chart.got_up is not None else []
    if any(s.level == "UNSPECIFIED" for s in chart.spans):
        keys.append("hatched: asleep, stage not given")
    lines = [""]
    room = pen.w / k
    for key in keys:
        if lines[-1] and (len(lines[-1]) + 3 + len(key)) * 1.2 > room:
            lines.append("")
        lines[-1] += f" \u00b7 {key}" if lines[-1] else key
    y = 2.4 * k
    if chart.kind != "neither":
        word = dict(legend.KINDS)[chart.kind]
        x = pen.w - len(word) * 1.3 * k - 1 * k
        legend.sign(pen, [x - 2 * k], [y], chart.kind, pen.style.marker_pt)
        pen.words(x, y, word, size=7.4)
    for line in lines if keys else ():
        y += 3.9 * k
        pen.words(0, y, words.cut(line, max(20, int(room / 1.1))), size=6.8, colour=pen.style.muted)
    return y + 2.2 * k


def _clock(pen: Pen, low: float, high: float, across: tuple[float, float], bottom: float) -> None:
    k = pen.k
    left, right = across
    hours = (high - low) / 60
    fits = max(2, int((right - left) / k / 13))
    step = next((s for s in (1, 2, 3, 4, 6, 12) if hours / s <= fits), 24) * 60
    minute = math.ceil(low / step) * step
    while minute <= high:
        x = left + (minute - low) / (high - low) * (right - left)
        pen.line((x, x), (bottom, bottom + 1.2 * k), width=0.6)
        pen.words(x, bottom + 4.0 * k, words.clock(minute), size=7.0, ha="center", colour=pen.style.muted)
        minute += step
    pen.line((left, right), (bottom, bottom), width=0.6)
