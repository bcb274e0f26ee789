"""Figures of invented nights, for tests of the charts."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from dreamjournal.analysis.running import running
from dreamjournal.charts import canvas, draw
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.figures import (
    Calendar,
    CalendarDay,
    HypnogramChart,
    HypnogramSpan,
    Level,
    NightKind,
    NightValue,
    Trend,
)

FIRST = date(2026, 1, 5)
KINDS: tuple[NightKind, ...] = ("natural", "enhanced", "unsure", "neither")
STEPS = ("under 6 h", "6 h to 7 h", "7 h to 8 h", "8 h and more")


def points(nights: int, *, kind: str = "mean", gap: range = range(0), flat: bool = False) -> tuple[NightValue, ...]:
    """Nights of every kind in turn; those in `gap` have no value."""
    dice = random.Random(7)
    found: list[NightValue] = []
    for i in range(nights):
        value = float(dice.random() < 0.5) if kind in ("rate", "count") else 420.0 if flat else 420 + dice.gauss(0, 40)
        if i not in gap:
            found.append(NightValue(FIRST + timedelta(days=i), value, KINDS[i % 4]))
    return tuple(found)


def trend(nights: int = 112, *, title: str = "Sleep time", kind: str = "mean", **more: Any) -> Trend:
    """A measure over time with its running middle."""
    some = points(nights, kind=kind, **more)
    line, window = running(some, kind)
    unit = "min" if kind == "mean" else "points" if kind == "ordinal" else ""
    band = "" if kind == "count" else "middle half"
    return Trend(
        title, unit, kind, "WHOOP", some[0].night_date, some[-1].night_date, some, line, f"{window}-day median", band
    )


def calendar(nights: int = 112) -> Calendar:
    """A calendar in which every eleventh night has no value."""
    days = tuple(
        CalendarDay(
            FIRST + timedelta(days=i), KINDS[i % 4], None if i % 11 == 10 else 400.0 + i % 5, None if i % 11 == 10 else i % len(STEPS)
        )
        for i in range(nights)
    )  # fmt: skip
    return Calendar("Sleep time", "min", "mean", "WHOOP", days, STEPS)


def hypnogram(**more: Any) -> HypnogramChart:
    """A night of all levels, with a bar above it."""
    levels: tuple[Level, ...] = ("W", "LIGHT", "N3", "LIGHT", "REM", "W", "LIGHT", "N3", "REM")
    spans = tuple(HypnogramSpan(660 + 50 * i, 660 + 50 * (i + 1), level) for i, level in enumerate(levels))
    whole: dict[str, Any] = {
        "spans": spans, "exposures": ((655.0, 720.0),), "exposure_words": "SleepSync", "lights_out": 652.0, "got_up": 1130.0,
    }  # fmt: skip
    return HypnogramChart(FIRST, "WHOOP", "enhanced", **(whole | more))


def axes(value: Any, width: float | None = None) -> Any:
    """The one pair of axes of a drawing on paper, or at another width in millimetres."""
    w, h = draw.size_mm(value, "a4")
    fig = canvas.figure(w, h) if width is None else canvas.figure(width, draw.height_mm(value, width))
    draw.draw(value, PAPER, fig)
    return fig.axes[0]


def texts(found: Any) -> list[str]:
    """The words of a drawing."""
    return [t.get_text() for t in found.texts]


def marks(found: Any, shape: str) -> int:
    """How many marks of a shape are drawn, those of the legend included."""
    return sum(len(line.get_xdata()) for line in found.lines if line.get_marker() == shape)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
