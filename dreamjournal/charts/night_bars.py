"""The bar column of a table of nights: one image beside rows of the same height."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.canvas import Pen

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.night_bars import NightBar, NightBars
    from dreamjournal.domain.report import Paper

WIDTH_MM = 42.0
HEAD_MM = 3.4
"""The clock times above the first row."""
ROW_MM: dict[Paper, float] = {"a4": 7.2, "letter": 6.5}
WEEK = 7


def size_mm(bars: NightBars, paper: Paper) -> tuple[float, float]:
    """Width and height in millimetres: the head, and as many rows as there are nights."""
    return WIDTH_MM, HEAD_MM + ROW_MM[paper] * max(1, len(bars.rows))


def draw(bars: NightBars, style: Style, fig: MplFigure) -> None:
    """Draw `bars` over the whole of `fig`."""
    pen = Pen(fig, style)
    k = pen.k
    top = HEAD_MM * k
    row = (pen.h - top) / max(1, len(bars.rows))
    left, right = (9.5 if bars.dated else 1.5) * k, pen.w - 1.5 * k
    span = max(1, bars.last_min - bars.first_min)

    def x_of(minute: float) -> float:
        return left + max(0.0, min(1.0, (minute - bars.first_min) / span)) * (right - left)

    for i, night in enumerate(bars.rows):
        if night.free:
            pen.box(0, top + i * row, pen.w, row, fill=style.wash, order=0)
    # Labels want 9 mm each, so a long axis has fewer of them.
    each = next((h for h in (180, 360, 720) if h / span * (right - left) >= 9 * k), 720)
    begin = -(-bars.first_min // 60) * 60
    for minute in range(begin, bars.last_min + 1, 60):
        labelled = minute % each == 0
        x = x_of(minute)
        pen.line((x, x), (top, pen.h), width=0.55 if labelled else 0.3, colour=style.line, order=0.5)
        if labelled and 3.5 * k <= x <= pen.w - 3.5 * k:
            pen.words(x, top - 1.7 * k, words.clock(minute), size=6.8, ha="center", colour=style.muted)
    for i, night in enumerate(bars.rows):
        middle = top + (i + 0.5) * row
        if bars.dated:
            pen.words(0, middle, words.day(night.night_date), size=6.8)
        if night.words:
            width = (len(night.words) + 3) * 1.25 * k
            fill = style.wash if night.free else style.paper
            centre = (left + right) / 2
            pen.box(centre - width / 2, middle - 1.5 * k, width, 3 * k, fill=fill, order=3)
            pen.words(centre, middle, night.words, size=7.0, ha="center", colour=style.muted)
        else:
            _bar(pen, night, middle, x_of)
        if (i + 1) % WEEK == 0 and i + 1 < len(bars.rows):
            y = top + (i + 1) * row
            pen.line((0, pen.w), (y, y), width=0.6, colour=style.line, order=5)


def _bar(pen: Pen, night: NightBar, middle: float, x_of: Callable[[float], float]) -> None:
    style, k = pen.style, pen.k
    if len(night.times) > 1:
        a, b = x_of(min(night.times)), x_of(max(night.times))
        pen.line((a, b), (middle, middle), width=0.7, order=2)
    for moment in (night.into_bed, night.try_sleep, night.last_waking, night.out_of_bed):
        if moment is not None:
            x = x_of(moment)
            pen.line((x, x), (middle - 1.1 * k, middle + 1.1 * k), width=0.7, order=2)
    onset, tried = night.onset, night.try_sleep
    if tried is not None and onset is not None and onset > tried:
        a, b = x_of(tried), x_of(onset)
        pen.box(a, middle - 1.0 * k, b - a, 2.0 * k, fill=style.paper, edge=style.muted, width=0.6, order=3)
    if onset is None or night.last_waking is None or night.last_waking <= onset:
        return
    a, b = x_of(onset), x_of(night.last_waking)
    y, tall = middle - 1.2 * k, 2.4 * k
    if night.kind == "enhanced":
        pen.box(a, y, b - a, tall, fill=style.enhanced, edge=style.enhanced, width=0.7, order=4)
    elif night.kind == "natural":
        pen.box(a, y, b - a, tall, fill=style.paper, edge=style.natural, width=1.3, order=4)
    elif night.kind == "unsure":
        pen.box(a, y, b - a, tall, fill=style.paper, edge=style.muted, width=0.8, hatch="/////", order=4)
    else:
        pen.box(a, y, b - a, tall, fill=style.paper, edge=style.muted, width=0.8, dash=(2, 1.2), order=4)
