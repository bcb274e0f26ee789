"""Nights of both kinds over the calendar with their running means, and below them the difference stretch by stretch."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from dreamjournal.charts import words
from dreamjournal.charts.canvas import PT, Pen, nice_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.over_time import OverTime, Stretch

_MANY = 400
_WIDTH = {"natural": 1.9, "enhanced": 1.5}
_DASH: dict[str, Any] = {"natural": "-", "enhanced": (0, (4, 1.2))}
_TOP_MM, _NIGHTS_MM, _BETWEEN_MM, _DIFFERENCE_MM, _FOOT_MM = 9.0, 46.0, 9.5, 42.0, 13.0


def height_mm(found: OverTime) -> float:
    """The height of the drawing at scale 1."""
    below = _BETWEEN_MM + _DIFFERENCE_MM if _told(found) else 0.0
    return _TOP_MM + _NIGHTS_MM + below + _FOOT_MM


def _told(found: OverTime) -> list[Stretch]:
    return [s for s in found.stretches if s.value is not None and s.interval is not None]


def draw(found: OverTime, style: Style, fig: MplFigure) -> None:
    """Draw `found`, which has nights, over the whole of `fig`."""
    pen = Pen(fig, style)
    k = pen.k
    left, right = 14 * k, pen.w - 3 * k
    # Both panels share the height that is left, so that the drawing fills whatever place it is given.
    told = _told(found)
    room = pen.h - (_TOP_MM + _FOOT_MM + (_BETWEEN_MM if told else 0)) * k
    nights = room * _NIGHTS_MM / (_NIGHTS_MM + (_DIFFERENCE_MM if told else 0))
    days = [p.night_date for p in found.points]
    first, last = min(days), max(days)
    span = max(1, (last - first).days)

    def x_of(day: float) -> float:
        return left + 2 * k + (day - first.toordinal()) / span * (right - left - 4 * k)

    bottom = _TOP_MM * k + nights
    _nights(pen, found, x_of, (left, right), (_TOP_MM * k, bottom))
    if told:
        top = bottom + _BETWEEN_MM * k
        bottom = pen.h - _FOOT_MM * k
        _differences(pen, found, told, x_of, (left, right), (top, bottom))
    date_axis(pen, first, last, x_of, bottom)


def _nights(
    pen: Pen, found: OverTime, x_of: Callable[[float], float], across: tuple[float, float], down: tuple[float, float]
) -> None:  # fmt: skip
    style, k = pen.style, pen.k
    left, right = across
    top, bottom = down
    values = [p.value for p in found.points]
    low, high = min(values), max(values)
    if high - low < 1e-9:
        low, high = low - 1, high + 1
    pad = 0.06 * (high - low)
    low, high = low - pad, high + pad

    def y_of(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    ticks = value_ticks(low, high, found.unit, found.kind)
    for value, text in ticks:
        pen.line((left, right), (y_of(value), y_of(value)), width=0.35, colour=style.line, order=1)
        pen.words(left - 1.5 * k, y_of(value), text, size=7.2, ha="right")
    marker = max(1.3, min(style.marker_pt * 0.9, 2.0 * (right - left) / k / max(1, len(values)) / PT))
    for arm in ("natural", "enhanced"):
        some = [p for p in found.points if p.arm == arm]
        pen.marks([x_of(p.night_date.toordinal()) for p in some], [y_of(p.value) for p in some], arm, size=marker)
    for running in found.running:
        piece: list[tuple[float, float]] = []
        for point in (*running.line, None):
            if point is not None:
                piece.append((x_of(point[0]), y_of(point[1])))
            elif piece:
                across_and_down = [x for x, _ in piece], [y for _, y in piece]
                # On its own ground, so that thousands of marks do not hide it.
                if len(values) > _MANY:
                    pen.ax.plot(
                        *across_and_down, color=style.paper, zorder=6, linewidth=(_WIDTH[running.arm] + 2.2) * k
                    )
                pen.ax.plot(
                    *across_and_down, color=style.arm(running.arm), zorder=7, linewidth=_WIDTH[running.arm] * k,
                    linestyle=_DASH[running.arm], solid_capstyle="round",
                )  # fmt: skip
                piece = []
    _legend(pen, found)


def value_ticks(low: float, high: float, unit: str, kind: str, wanted: int = 5) -> list[tuple[float, str]]:
    """Round values between `low` and `high` with their words, about `wanted` of them; hours where they are minutes by the hour."""
    if kind == "rate":
        return [(0.0, "no"), (1.0, "yes")]
    step = nice_step(high - low, wanted, unit=unit, kind=kind)
    ticks = [
        (i * step, words.value_words(i * step, unit, kind))
        for i in range(math.ceil(low / step), math.floor(high / step) + 1)
    ]
    if unit == "min" and kind != "clock" and step >= 60:
        ticks = [(v, f"{words.number(v / 60)}{words.NBSP}h") for v, _ in ticks]
    return ticks


def _legend(pen: Pen, found: OverTime) -> None:
    k = pen.k
    x = 0.0
    for arm, word in (("natural", "Natural"), ("enhanced", "Enhanced")):
        pen.marks([x + 1.6 * k], [2.6 * k], arm)
        pen.ax.plot(
            [x + 4 * k, x + 10 * k],
            [2.6 * k, 2.6 * k],
            color=pen.style.arm(arm),
            linewidth=_WIDTH[arm] * k,
            linestyle=_DASH[arm],
        )
        count = found.n_natural if arm == "natural" else found.n_enhanced
        pen.words(x + 11.2 * k, 2.6 * k, f"{word}, n {count}", size=7.4)
        x += 33 * k
    pen.words(
        x, 2.6 * k, f"lines: {found.window_days}-day means", size=7.0, colour=pen.style.muted
    )  # fmt: skip


def _differences(
    pen: Pen, found: OverTime, told: Sequence[Stretch], x_of: Callable[[float], float], across: tuple[float, float],
    down: tuple[float, float],
) -> None:  # fmt: skip
    style, k = pen.style, pen.k
    left, right = across
    top, bottom = down
    ends = [e for s in told if s.interval is not None for e in s.interval] + [0.0]
    if found.swd is not None:
        ends += [found.swd, -found.swd]
    low, high = min(ends), max(ends)
    pad = 0.06 * (high - low) or 1.0
    low, high = low - pad, high + pad

    def y_of(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    unit = f", {found.difference_unit}" if found.difference_unit else ""
    pen.words(0, top - 4.4 * k, f"Difference{unit}, stretch by stretch", size=7.8, bold=True)
    if found.swd is not None:
        pen.box(left, y_of(found.swd), right - left, y_of(-found.swd) - y_of(found.swd), fill=style.band, order=0)
        for edge in (found.swd, -found.swd):
            pen.line((left, right), (y_of(edge), y_of(edge)), width=0.6, dash=(2, 1.6), order=1)
        pen.words(right, top - 4.4 * k, "shaded: too small to matter", size=6.8, colour=style.muted, ha="right")
    pen.line((left, right), (y_of(0), y_of(0)), width=0.9, colour=style.ink, order=2)
    pen.line((left, left), (top, bottom))
    step = nice_step(high - low, 6, unit=found.difference_unit, kind="")
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    for i in range(math.ceil(low / step), math.floor(high / step) + 1):
        pen.line((left - 1.2 * k, left), (y_of(i * step), y_of(i * step)))
        pen.words(left - 1.9 * k, y_of(i * step), words.signed(i * step, decimals), size=7.2, ha="right")
    side = 2.4 * k
    for s in told:
        assert s.value is not None and s.interval is not None
        begin, end = x_of(s.first.toordinal()), x_of(s.last.toordinal())
        middle = (begin + end) / 2
        pen.line((begin, end), (y_of(s.value), y_of(s.value)), width=1.0, colour=style.muted, order=3)
        pen.line((middle, middle), (y_of(s.interval[0]), y_of(s.interval[1])), width=1.6, colour=style.ink, order=5)
        pen.box(middle - side / 2, y_of(s.value) - side / 2, side, side, fill=style.ink, order=6)
        if end - begin > 13 * k:
            pen.words(
                middle,
                bottom + 8.6 * k,
                f"n {s.n_enhanced} and {s.n_natural}",
                size=6.8,
                colour=style.muted,
                ha="center",
            )


def date_axis(pen: Pen, first: date, last: date, x_of: Callable[[float], float], y: float) -> None:
    """Dates under an axis at `y`: both ends of a short time, firsts of months or years of a long one. `x_of` takes an ordinal."""
    k = pen.k
    span = max(1, (last - first).days)
    wanted = max(2, int(pen.w / (24 * k)))
    months = next((m for m in (1, 2, 3, 6, 12, 24, 60, 120) if span / (30.4 * m) <= wanted), 240)
    if span < 45:
        for day in (first, last):
            x = x_of(day.toordinal())
            pen.words(x, y + 3.4 * k, words.day_year(day), size=7.2, ha="left" if day == first else "right")
        return
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        index = year * 12 + month - 1
        if day >= first and index % months == 0:
            x = x_of(day.toordinal())
            pen.line((x, x), (y, y + 1.4 * k), width=0.6)
            if x < pen.w - 8 * k:
                pen.words(
                    x, y + 4.8 * k, words.day(day) if months < 12 else str(year), size=7.2, ha="center", va="baseline"
                )
        year, month = (year + month // 12, month % 12 + 1)
