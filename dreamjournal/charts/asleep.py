"""The share of nights asleep by clock time, noon to noon."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dreamjournal.charts import words
from dreamjournal.charts.canvas import Pen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.profile_figures import AsleepLine, AsleepPlot

DAY_MIN = 1440
QUIET = 0.5
"""Words may stand over a stretch of clock time where no line or band reaches this share."""
MARK_MIN = 60


def draw(plot: AsleepPlot, style: Style, fig: MplFigure) -> None:
    """Draw `plot` over the whole of `fig`: natural thick with a filled band, enhanced thinner with dashed band edges."""
    pen = Pen(fig, style)
    k = pen.k
    left, right = 12 * k, pen.w - 5 * k
    top, bottom = 8.5 * k, pen.h - 5.5 * k

    def x_of(minute: float) -> float:
        return left + minute / DAY_MIN * (right - left)

    def y_of(share: float) -> float:
        return bottom - share * (bottom - top)

    for percent in (0, 25, 50, 75, 100):
        y = y_of(percent / 100)
        pen.line((left, right), (y, y), width=0.6 if percent == 0 else 0.3, colour=style.line, order=0)
        pen.words(left - 1.5 * k, y, f"{percent}{words.NBSP}%" if percent == 100 else str(percent), size=7, ha="right")
    for minute in range(0, DAY_MIN + 1, 180):
        x = x_of(minute)
        pen.line((x, x), (bottom, bottom + 1.0 * k), width=0.5, colour=style.muted)
        pen.words(x, bottom + 3.2 * k, words.clock(minute), size=7, ha="center")
    for i, line in enumerate(plot.lines):
        _line(pen, plot, line, 0 if len(plot.lines) == 1 else i * MARK_MIN // 2, x_of, y_of)
    _bars(pen, plot, x_of, right)
    _legend(pen, plot, x_of, top)
    if plot.naps and plot.nap_at is not None:
        _naps(pen, plot, plot.nap_at, x_of, y_of)


def _naps(
    pen: Pen, plot: AsleepPlot, at: float, x_of: Callable[[float], float], y_of: Callable[[float], float]
) -> None:
    """The words of the naps beside their rise, low over the axis: behind it where there is room, else before it."""
    k = pen.k
    steps = DAY_MIN // plot.step
    asleep = [any(line.shares and line.shares[i] > 0 for line in plot.lines) for i in range(steps + 1)]
    a = b = min(round(at / plot.step), steps)
    while a > 0 and asleep[a - 1]:
        a -= 1
    while b < steps and asleep[b + 1]:
        b += 1
    wide = (len(plot.naps) * 1.05 + 3) * k
    needed = round(wide / (x_of(plot.step) - x_of(0)))
    behind = b + needed <= steps and not any(asleep[b + 1 : b + needed + 1])
    before = a >= needed and not any(asleep[a - needed : a])
    x, ha = (x_of(a * plot.step) - 2 * k, "right") if before and not behind else (x_of(b * plot.step) + 2 * k, "left")
    pen.words(x, y_of(0.1), plot.naps, size=6.8, ha=ha, colour=pen.style.muted)


def _line(pen: Pen, plot: AsleepPlot, line: AsleepLine, shift: int, x_of: Callable[[float], float],
          y_of: Callable[[float], float]) -> None:  # fmt: skip
    style, k = pen.style, pen.k
    colour = style.arm(line.kind)
    width = {"natural": 1.5, "enhanced": 1.0}.get(line.kind, 1.2)
    for first, last in stretches(line.shares):
        xs = [x_of(i * plot.step) for i in range(first, last)]
        if line.low:
            low = [y_of(v) for v in line.low[first:last]]
            high = [y_of(v) for v in line.high[first:last]]
            if line.kind == "enhanced":
                for edge in (low, high):
                    pen.ax.plot(xs, edge, color=colour, linewidth=0.6 * k, linestyle=(0, (2, 1.6)), zorder=2)
            else:
                pen.ax.fill_between(xs, low, high, color=colour, alpha=0.2, linewidth=0, zorder=1)
        dash: dict[str, Any] = {} if line.kind != "other" else {"linestyle": (0, (4, 1))}
        pen.ax.plot(
            xs, [y_of(v) for v in line.shares[first:last]], color=colour, linewidth=width * k, zorder=3,
            solid_joinstyle="round", **dash,
        )  # fmt: skip
        if line.kind == "other":
            continue
        marked = [i for i in range(first, last) if (i * plot.step - shift) % MARK_MIN == 0 and line.shares[i] > 0.02]
        pen.marks([x_of(i * plot.step) for i in marked], [y_of(line.shares[i]) for i in marked], line.kind, size=3.0)


def stretches(shares: Sequence[float]) -> list[tuple[int, int]]:
    """Where the share is above 0, as (first, behind the last): a line stops where nobody sleeps."""
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for i, share in enumerate(shares):
        if share > 0 and begun is None:
            begun = i
        elif share <= 0 and begun is not None:
            found.append((begun, i))
            begun = None
    if begun is not None:
        found.append((begun, len(shares)))
    return found


def _bars(pen: Pen, plot: AsleepPlot, x_of: Callable[[float], float], right: float) -> None:
    style, k = pen.style, pen.k
    y = 4.2 * k
    for i, bar in enumerate(plot.bars):
        a, b, m = (min(max(x_of(v), x_of(0)), right) for v in (bar.low, bar.high, bar.median))
        pen.line((a, b), (y, y), width=2.2, colour=style.line, order=2)
        pen.line((m, m), (y - 1.1 * k, y + 1.1 * k), width=1.0, colour=style.ink, order=3)
        text = f"{bar.label}, median {words.clock(bar.median)}"
        # The first to its left, the last to its right, so that the two never meet; turned where the page ends.
        room = len(text) * 1.15 * k
        if i == 0:
            x, ha = (a - 1.5 * k, "right") if a - room > 0 else (a, "left")
        else:
            x, ha = (b + 1.5 * k, "left") if b + room < pen.w else (pen.w, "right")
        over = y if (ha == "right") == (i == 0) else y - 2.6 * k
        pen.words(x, over, text, size=6.8, ha=ha, colour=style.muted)


def _legend(pen: Pen, plot: AsleepPlot, x_of: Callable[[float], float], top: float) -> None:
    """The words of the lines, where the day is empty of them."""
    k = pen.k
    first, last = _quiet(plot)
    at_end = last < DAY_MIN
    x = x_of(last) - 3 * k if at_end else x_of(first) + 3 * k
    ha = "right" if at_end else "left"
    y = top + 2.2 * k
    for line in plot.lines:
        colour = pen.style.arm(line.kind)
        texts = [line.label]
        if line.shares:
            texts.append({
                "natural": "hollow circles, thick line" + (", shaded band" if line.low else ""),
                "enhanced": "filled diamonds, thin line" + (", dashed band edges" if line.low else ""),
                "other": "dashed line" + (", shaded band" if line.low else ""),
            }[line.kind])  # fmt: skip
        for text in texts:
            wide = len(text) * 1.05 * k  # no line of the scale runs through the words
            pen.box(x - wide if at_end else x, y - 1.4 * k, wide, 2.8 * k, fill=pen.style.paper, order=0.5)
            pen.words(x, y, text, size=7.2, colour=colour, ha=ha)
            y += 3.1 * k
        y += 1.4 * k


def _quiet(plot: AsleepPlot) -> tuple[float, float]:
    """The longest stretch of the day, in minutes after noon, whose upper part is free of lines."""
    steps = DAY_MIN // plot.step + 1
    best, begun = (0, 0), 0
    for i in range(steps + 1):
        if i == steps or _highest(plot, i * plot.step, i * plot.step) >= QUIET:
            if i - begun > best[1] - best[0]:
                best = (begun, i)
            begun = i + 1
    return best[0] * plot.step, DAY_MIN if best[1] == steps else best[1] * plot.step


def _highest(plot: AsleepPlot, first: float, last: float) -> float:
    """The highest share or band edge from `first` to `last` minutes after noon."""
    a, b = max(0, round(first / plot.step)), round(last / plot.step)
    values = [v for line in plot.lines for v in (line.high or line.shares)[a : b + 1]]
    return max(values, default=0.0)
