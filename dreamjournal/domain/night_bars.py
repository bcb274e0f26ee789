"""The nights of a sleep diary as bars, one below the other: a figure value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

BarKind = Literal["natural", "enhanced", "unsure", "unrecorded", "sealed"]

FIRST_MIN = 570
LAST_MIN = 1290
"""The axis where the nights fit into it: 21:30 to 09:30, in minutes after noon of the evening."""
LONGEST_MIN = 2160
"""Where the axis ends at the latest: midnight of the next day. What lies beyond is cut off."""


@dataclass(frozen=True)
class NightBar:
    """One night. Times are in minutes after noon of the evening, on elapsed time from getting into bed."""

    night_date: date
    kind: BarKind
    free: bool
    """A free day follows."""
    into_bed: float | None = None
    try_sleep: float | None = None
    onset: float | None = None
    last_waking: float | None = None
    out_of_bed: float | None = None
    words: str = ""
    """Stands in place of the bar: "no entry"."""

    @property
    def times(self) -> tuple[float, ...]:
        """The times that were answered."""
        found = (self.into_bed, self.try_sleep, self.onset, self.last_waking, self.out_of_bed)
        return tuple(t for t in found if t is not None)


@dataclass(frozen=True)
class NightBars:
    """Nights in order, on an axis from `first_min` to `last_min` after noon; a rule stands after every seventh."""

    rows: tuple[NightBar, ...]
    first_min: int = FIRST_MIN
    last_min: int = LAST_MIN
    dated: bool = False
    """Each night's date stands at the left: where the drawing is looked at without its table."""


def axis(rows: tuple[NightBar, ...]) -> tuple[int, int]:
    """(first, last) minute after noon: the usual twelve hours, shifted in whole hours to hold every night, wider where that fails."""
    times = [t for row in rows for t in row.times]
    first, last = FIRST_MIN, LAST_MIN
    if not times:
        return first, last
    low, high = max(-720.0, min(times)), min(float(LONGEST_MIN), max(times))
    while first > low:
        first, last = first - 60, last - 60
    while last < high:
        shift = 60 if first + 60 <= low else 0
        first, last = first + shift, last + 60
    return first, last
