"""Numbers as they are printed: whole minutes, hours from sixty minutes on, true minus signs, no-break spaces."""

from __future__ import annotations

import math
from datetime import date

NBSP = "\u00a0"
MINUS = "\u2212"
NOON = 12 * 60

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def number(value: float, decimals: int = 0) -> str:
    """A rounded number (half away from zero) with a true minus and never a minus zero."""
    step = 10**decimals
    whole = math.floor(abs(value) * step + 0.5 + 1e-9)
    text = f"{whole // step}" if decimals == 0 else f"{whole / step:.{decimals}f}"
    return (MINUS if value < 0 and whole else "") + text


def decimals_of(unit: str, kind: str) -> int:
    """How many decimals a value in `unit` is printed with."""
    if unit == "points":
        return 1 if kind == "ordinal" else 0
    return 0 if unit in ("min", "ms", "bpm") or kind in ("rate", "clock") else 1


def duration(minutes: float) -> str:
    """Minutes, from 60 on as `7 h 02`."""
    whole = math.floor(abs(minutes) + 0.5 + 1e-9)
    sign = MINUS if minutes < 0 and whole else ""
    if whole < 60:
        return f"{sign}{whole}{NBSP}min"
    return f"{sign}{whole // 60}{NBSP}h{NBSP}{whole % 60:02d}"


def clock(minutes_after_noon: float) -> str:
    """A wall clock from minutes after noon of the evening."""
    whole = math.floor(minutes_after_noon + 0.5 + 1e-9) + NOON
    return f"{whole // 60 % 24:02d}:{whole % 60:02d}"


def value_words(value: float, unit: str, kind: str) -> str:
    """A value of a metric as printed. A rate is a share, a clock time is in minutes after noon of the evening."""
    if kind == "clock":
        return clock(value)
    if kind == "rate":
        return f"{number(100 * value)}{NBSP}%"
    if unit == "min":
        return duration(value)
    if kind == "count":
        return number(value)
    text = number(value, decimals_of(unit, kind))
    if unit == "points":
        return f"{text}{NBSP}%" if kind == "mean" else text
    return f"{text}{NBSP}{unit}" if unit else text


def difference_words(value: float, unit: str, kind: str) -> str:
    """The size of a difference, without direction: `23 min`."""
    text = number(abs(value), decimals_of(unit, kind))
    return f"{text}{NBSP}{unit}" if unit else text


def signed(value: float, decimals: int = 0) -> str:
    """A number with its sign; 0 has none."""
    text = number(value, decimals)
    return text if text.startswith(MINUS) or float(text) == 0 else "+" + text


def day(value: date) -> str:
    """`7 Sep`."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]}"


def weekday(value: date) -> str:
    """`Mon 7 Sep`."""
    return f"{_DAYS[value.weekday()]}{NBSP}{day(value)}"


def long_day(value: date) -> str:
    """`7 September 2026`."""
    return f"{value.day}{NBSP}{_LONG[value.month - 1]}{NBSP}{value.year}"


def day_year(value: date) -> str:
    """`7 Sep 2026`."""
    return f"{day(value)}{NBSP}{value.year}"


def period(first: date, last: date) -> str:
    """`7 Sep – 1 Nov 2026`, the year once where both share it."""
    if first == last:
        return day_year(first)
    return f"{day(first) if first.year == last.year else day_year(first)} \u2013 {day_year(last)}"


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def days(dates: list[date]) -> str:
    """Dates in order, the month once: `17 Sep, 10 and 28 Oct`; runs of three and more as `3 – 9 Oct`."""
    runs: list[list[date]] = []
    for d in sorted(set(dates)):
        if runs and (d - runs[-1][-1]).days == 1:
            runs[-1].append(d)
        else:
            runs.append([d])
    # A run of two is shorter as two days; a run is said in the month of its last day.
    parts: list[tuple[str, tuple[int, int], str]] = []
    for run in runs:
        if len(run) >= 3:
            a, b = run[0], run[-1]
            head = f"{a.day}" if a.month == b.month else day(a)
            parts.append((f"{head} \u2013 {b.day}", (b.year, b.month), _MONTHS[b.month - 1]))
        else:
            parts += [(str(d.day), (d.year, d.month), _MONTHS[d.month - 1]) for d in run]
    months: list[tuple[tuple[int, int], str, list[str]]] = []
    for text, key, name in parts:
        if months and months[-1][0] == key:
            months[-1][2].append(text)
        else:
            months.append((key, name, [text]))
    said = [f"{listed(texts)}{NBSP}{name}" for _, name, texts in months]
    return ", ".join(said)


def cut(text: str, most: int) -> str:
    """`text` in at most `most` characters, the last one an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "\u2026"


def count(n: int, one: str, many: str | None = None) -> str:
    """`1 night`, `3 nights`."""
    return f"{n} {one if n == 1 else (many or one + 's')}"
