"""A measure as a calendar: weeks as columns, values by lightness, a night without a value as a dashed cell."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from dreamjournal.charts import legend, words
from dreamjournal.charts.canvas import PT, Pen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.figures import Calendar, CalendarDay

LEFT_MM, HEAD_MM, BELOW_MM, LEGEND_MM = 9.0, 4.6, 3.0, 1.5
SMALLEST_MM, LARGEST_MM = 3.2, 6.0
"""Sides of a cell."""
_SWATCH_MM, _KEY_MM = 5.2, 3.6
_ROWS = ((0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun"))
_LIGHTEST, _DARKEST, _STEP = 0.06, 0.86, 0.27


def shades(style: Style, steps: int) -> tuple[str, ...]:
    """A ground for each class, each further from the paper towards the ink: told apart by lightness alone, in any theme."""
    # Few classes need no near-black: each stands a fixed step from the next as long as there is room.
    darkest = min(_DARKEST, _LIGHTEST + _STEP * (steps - 1))
    spread = (darkest - _LIGHTEST) / max(1, steps - 1)
    return tuple(_mixed(style.paper, style.ink, _LIGHTEST + i * spread) for i in range(steps))


def _mixed(a: str, b: str, share: float) -> str:
    parts = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(p + (q - p) * share):02x}" for p, q in parts)


def height_mm(calendar: Calendar, width: float = 180) -> float:
    """The height it needs at that width, at scale 1: a calendar of years goes on in further rows of weeks."""
    blocks, _, side = _layout(calendar, width)
    lines = legend.rows([legend.width_mm(text, sign) for text, sign in _texts(calendar)], width)
    return blocks * (HEAD_MM + 7 * side + BELOW_MM) + LEGEND_MM + lines * legend.ROW_MM


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _layout(calendar: Calendar, width: float) -> tuple[int, int, float]:
    """Rows of weeks, weeks in each, and the side of a cell, in mm at scale 1."""
    weeks = (_monday(calendar.days[-1].night_date) - _monday(calendar.days[0].night_date)).days // 7 + 1
    room = width - LEFT_MM - 0.5
    most = max(1, int(room / SMALLEST_MM))
    blocks = math.ceil(weeks / most)
    each = weeks if blocks == 1 else most
    return blocks, each, min(LARGEST_MM, room / each)


def _texts(calendar: Calendar) -> list[tuple[str, float]]:
    found = [(text, _SWATCH_MM) for text in calendar.steps]
    if any(d.step is None for d in calendar.days):
        found.append(("no value", _SWATCH_MM))
    kinds = {d.kind for d in calendar.days}
    return found + [(word, legend.SIGN_MM) for kind, word in legend.KINDS[:3] if kind in kinds]


def draw(calendar: Calendar, style: Style, fig: MplFigure) -> None:
    """Draw `calendar`, which has days, over the whole of `fig`."""
    pen = Pen(fig, style)
    k = pen.k
    blocks, each, side = _layout(calendar, pen.w / k)
    side *= k
    start = _monday(calendar.days[0].night_date)

    def place(day: date) -> tuple[float, float]:
        week = (day - start).days // 7
        block, column = divmod(week, each)
        top = block * (HEAD_MM * k + 7 * side + BELOW_MM * k) + HEAD_MM * k
        return LEFT_MM * k + column * side, top + day.weekday() * side

    fills = shades(style, len(calendar.steps))
    gap = 0.06 * side
    for step, fill in enumerate(fills):
        _cells(pen, [place(d.night_date) for d in calendar.days if d.step == step], side, gap, fill)
    _cells(pen, [place(d.night_date) for d in calendar.days if d.step is None], side, gap, None)
    for kind, _ in legend.KINDS[:3]:
        _signs(pen, [place(d.night_date) for d in calendar.days if d.kind == kind], side, kind)
    for block in range(blocks):
        top = block * (HEAD_MM * k + 7 * side + BELOW_MM * k) + HEAD_MM * k
        for row, text in _ROWS:
            pen.words(LEFT_MM * k - 1.4 * k, top + (row + 0.5) * side, text, size=6.6, ha="right", colour=style.muted)
        first = max(calendar.days[0].night_date, start + timedelta(days=7 * each * block))
        pen.words(LEFT_MM * k - 1.4 * k, top - 2.2 * k, str(first.year), size=6.8, ha="right", bold=True)
    _months(pen, calendar.days, place)
    _legend(pen, calendar, fills, blocks * (HEAD_MM * k + 7 * side + BELOW_MM * k) + LEGEND_MM * k)


def _cells(pen: Pen, corners: Sequence[tuple[float, float]], side: float, gap: float, fill: str | None) -> None:
    """Cells from their top left corners in one go, dashed and empty where `fill` is None."""
    from matplotlib.collections import PolyCollection

    if not corners:
        return
    a, b = gap, side - gap
    squares = [[(x + a, y + a), (x + b, y + a), (x + b, y + b), (x + a, y + b)] for x, y in corners]
    pen.ax.add_collection(
        PolyCollection(
            squares, facecolors="none" if fill is None else fill, edgecolors=pen.style.muted,
            linewidths=(0.5 if fill is None else 0.35) * pen.k, linestyles=[(0, (1.6, 1.4))] if fill is None else "solid",
            zorder=1,
        ),
        autolim=False,
    )  # fmt: skip


def _signs(pen: Pen, corners: Sequence[tuple[float, float]], side: float, kind: legend.NightKind) -> None:
    """The sign of a kind in the middle of its cells, on its own paper, so that it is seen on any ground."""
    if not corners:
        return
    style = pen.style
    xs, ys = [x + side / 2 for x, _ in corners], [y + side / 2 for _, y in corners]
    size = 0.38 * side / PT
    edge = 0.07 * side / PT
    if kind == "natural":
        pen.ax.plot(xs, ys, "o", ms=size, mfc=style.paper, mec=style.ink, mew=edge, zorder=4)
    elif kind == "enhanced":
        pen.ax.plot(xs, ys, "D", ms=size * 0.86 + edge, mfc=style.paper, mec=style.paper, mew=edge, zorder=3)
        pen.ax.plot(xs, ys, "D", ms=size * 0.8, mfc=style.ink, mec=style.ink, mew=0, zorder=4)
    else:
        pen.ax.plot(xs, ys, "o", ms=size * 1.5, mfc=style.paper, mec=style.paper, mew=0, zorder=3)
        pen.ax.plot(
            xs,
            ys,
            linestyle="none",
            marker=legend.question(),
            ms=size * 1.3,
            mfc=style.ink,
            mec=style.ink,
            mew=0,
            zorder=4,
        )


def _months(pen: Pen, days: Sequence[CalendarDay], place: Callable[[date], tuple[float, float]]) -> None:
    """Above each first of a month its name, with the year in January; a name that does not fit is left out."""
    k = pen.k
    taken: dict[float, float] = {}
    for index, day in enumerate(d.night_date for d in days):
        if index and day.day != 1:
            continue
        x, y = place(day)
        y -= day.weekday() * (place(day)[1] - place(_monday(day))[1]) / max(1, day.weekday())
        year = day.month == 1 or index == 0
        text = (
            f"{words.day(day).split(words.NBSP)[1]}{words.NBSP}{day.year}"
            if year
            else words.day(day).split(words.NBSP)[1]
        )
        width = len(text) * 1.25 * k + 1.2 * k
        following = days[index + 1 :]
        if index == 0 and any(d.night_date.day == 1 and place(d.night_date)[0] < x + width for d in following[:31]):
            continue  # the next month's name stands where this one would
        if x >= taken.get(y, 0.0) and x + width <= pen.w + 1.2 * k:
            pen.words(x, y - 2.2 * k, text, size=6.8, colour=pen.style.muted)
            taken[y] = x + width


def _legend(pen: Pen, calendar: Calendar, fills: Sequence[str], top: float) -> None:
    grounds = [*fills, None]
    items: list[tuple[str, float, Callable[[float, float], None]]] = []
    for text, sign in _texts(calendar):
        if sign == _SWATCH_MM:
            items.append((text, sign, _swatch(pen, grounds[len(items)])))
        else:
            items.append((text, sign, _small_sign(pen, next(kind for kind, word in legend.KINDS if word == text))))
    legend.keys(pen, items, top)


def _swatch(pen: Pen, fill: str | None) -> Callable[[float, float], None]:
    side = _KEY_MM * pen.k
    return lambda x, y: _cells(pen, [(x, y - side / 2)], side, 0.06 * side, fill)


def _small_sign(pen: Pen, kind: legend.NightKind) -> Callable[[float, float], None]:
    side = _KEY_MM * pen.k
    return lambda x, y: _signs(pen, [(x - 0.4 * pen.k, y - side / 2)], side, kind)
