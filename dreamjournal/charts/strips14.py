"""Nights one below the other, each as a step line through the stages: the last fourteen of a sleep profile."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.canvas import Pen

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.profile_figures import NightStrips, StripRow
    from dreamjournal.domain.report import Paper

ROW_MM = {"a4": 7.1, "letter": 6.6}
HEAD_MM = 4.6
LEVELS = {"W": 0.24, "REM": 0.44, "LIGHT": 0.64, "N1": 0.64, "N2": 0.64, "N3": 0.84}
"""How far down its row a stage lies."""
THICK = ("REM", "N3")
DREAM = 23
"""Characters of the dream answer in a line; there are two lines."""


def size_mm(strips: NightStrips, paper: Paper) -> tuple[float, float]:
    """The size its rows need on `paper`."""
    return 180, HEAD_MM + ROW_MM[paper] * len(strips.rows)


def draw(strips: NightStrips, style: Style, fig: MplFigure) -> None:
    """Draw `strips` over the whole of `fig`."""
    pen = Pen(fig, style)
    k = pen.k
    left, right = 24 * k, pen.w - 45 * k
    top = HEAD_MM * k
    row = (pen.h - top) / max(1, len(strips.rows))

    def x_of(minute: float) -> float:
        share = (minute - strips.first_min) / max(1, strips.last_min - strips.first_min)
        return left + max(0.0, min(1.0, share)) * (right - left)

    for i, night in enumerate(strips.rows):
        if night.free:
            pen.box(0, top + i * row, pen.w, row, fill=style.wash, order=0)
    for minute in range(-(-strips.first_min // 60) * 60, strips.last_min + 1, 60):
        third = minute % 180 == 0
        x = x_of(minute)
        pen.line((x, x), (top, pen.h), width=0.55 if third else 0.3, colour=style.line, order=0.5)
        if third:
            pen.words(x, top - 2.2 * k, words.clock(minute), size=7, ha="center", colour=style.muted)
    pen.words(0, top - 2.2 * k, "night", size=7, colour=style.muted)
    pen.words(right + 14 * k, top - 2.2 * k, "asleep", size=7, ha="right", colour=style.muted)
    pen.words(right + 17 * k, top - 2.2 * k, "dream, from the diary", size=7, colour=style.muted)
    for i, night in enumerate(strips.rows):
        y = top + i * row
        pen.line((0, pen.w), (y, y), width=0.3, colour=style.line, order=0.6)
        _row(pen, night, y, row, x_of, left, right)


def _row(
    pen: Pen, night: StripRow, y: float, row: float, x_of: Callable[[float], float], left: float, right: float
) -> None:
    style, k = pen.style, pen.k
    middle = y + 0.54 * row
    ink = style.ink if night.used else style.muted
    pen.words(0, middle, words.weekday(night.night_date), size=7.2, colour=ink)
    if night.kind == "unrecorded":
        pen.words(left - 4 * k, middle, "\u2013", size=7, ha="center", colour=style.muted)
    else:
        pen.marks([left - 4 * k], [middle], night.kind, size=3.0)
    pen.words(right + 14 * k, middle, night.asleep or "\u2013", size=7.2, ha="right", colour=ink)
    pen.words(
        right + 17 * k, middle, words.cut(night.dream, 2 * DREAM), size=7 if len(night.dream) <= DREAM else 6.6,
        bold=night.nightmare, wrap=DREAM,
    )  # fmt: skip
    for a, b in night.exposures:
        pen.line((x_of(a), x_of(b)), (y + 0.08 * row, y + 0.08 * row), width=1.8, colour=style.enhanced, order=4)
    for moment, dash in ((night.lights_out, None), (night.got_up, (1.0, 1.2))):
        if moment is not None:
            x = x_of(moment)
            pen.line((x, x), (y + 0.18 * row, y + 0.9 * row), width=0.9, dash=dash, colour=style.ink, order=5)
    if not night.spans:
        _gap(pen, night, y, row, x_of)
        return
    _steps(pen, night, y, row, x_of)
    if not night.used and night.reason:
        text = f"left out: {night.reason}"
        ends = [s.end for s in night.spans] + ([] if night.got_up is None else [night.got_up])
        starts = [s.start for s in night.spans] + ([] if night.lights_out is None else [night.lights_out])
        a, b = x_of(min(starts)) - 1.2 * k, x_of(max(ends)) + 1.2 * k
        # Behind the night where there is room, else before it; cut rather than laid over the line.
        behind = right - b >= a - left or right - b > len(text) * k
        room = max(0, int(((right - b) if behind else (a - left)) / k))
        pen.words(b if behind else a, middle, words.cut(text, max(1, room)) if room > 8 else "", size=6.6,
                  ha="left" if behind else "right", colour=style.muted)  # fmt: skip


def _steps(pen: Pen, night: StripRow, y: float, row: float, x_of: Callable[[float], float]) -> None:
    style, k = pen.style, pen.k
    colours = {"REM": style.natural, "N3": style.stage_light}
    before: tuple[float, float] | None = None
    for span in night.spans:
        a, b = x_of(span.start), x_of(span.end)
        if span.code not in LEVELS:
            fill = style.stage_unspecified if span.code == "ASLEEP" else None
            edge, hatch = (None, "") if fill else (style.muted, "/////")
            pen.box(
                a, y + 0.42 * row, max(0.05, b - a), 0.3 * row, fill=fill, edge=edge, width=0.4, hatch=hatch, order=2
            )
            before = None
            continue
        level = y + LEVELS[span.code] * row
        if before is not None and abs(before[0] - a) < 0.15 * k:
            pen.line((a, a), (before[1], level), width=0.6, colour=style.ink, order=2)
        thick = span.code in THICK
        pen.line((a, b), (level, level), width=1.7 if thick else 0.6, colour=colours.get(span.code, style.ink), order=3)
        before = (b, level)


def _gap(pen: Pen, night: StripRow, y: float, row: float, x_of: Callable[[float], float]) -> None:
    style, k = pen.style, pen.k
    if night.gap is None:
        return
    a, b = x_of(night.gap[0]), x_of(night.gap[1])
    pen.box(a, y + 0.26 * row, b - a, 0.56 * row, edge=style.line, width=0.5, hatch="////", order=1)
    text = words.cut(night.reason, 64)
    half = len(text) * 0.54 * k + 0.6
    pen.box(
        (a + b) / 2 - half, y + 0.3 * row, 2 * half, 0.48 * row, fill=style.wash if night.free else style.paper, order=2
    )
    pen.words((a + b) / 2, y + 0.54 * row, text, size=6.8, ha="center", colour=style.muted)
