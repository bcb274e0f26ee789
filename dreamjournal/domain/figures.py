"""Figures of a measure over time and of one night, as plain data that screen, page and file draw alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

NightKind = Literal["natural", "enhanced", "unsure", "neither"]
"""What a night was; `neither` is not recorded, closed, or enhanced by something that was not asked about."""
Level = Literal["W", "REM", "LIGHT", "N3", "UNSPECIFIED"]
"""A line of the hypnogram from the top; the last is sleep whose stage was not given."""


@dataclass(frozen=True)
class NightValue:
    """A night and its value in the measure's unit: 0 or 1 for a rate, minutes after noon for a clock time."""

    night_date: date
    value: float
    kind: NightKind


@dataclass(frozen=True)
class Middle:
    """The middle of the nights around `day` (an ordinal) and its band; without a band both ends are the middle."""

    day: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Trend:
    """One measure by one source over time. `line` is broken by None where too few nights lie around."""

    title: str
    unit: str
    kind: str
    source: str
    first: date
    last: date
    points: tuple[NightValue, ...]
    line: tuple[Middle | None, ...]
    line_words: str
    """What the line is: "28-day median"."""
    band_words: str
    """What the band is: "middle half"; empty without one."""

    def n(self, kind: NightKind) -> int:
        """How many nights of a kind have a value."""
        return sum(p.kind == kind for p in self.points)


@dataclass(frozen=True)
class Multiples:
    """Several measures below each other on one time axis."""

    panels: tuple[Trend, ...]
    first: date
    last: date


@dataclass(frozen=True)
class CalendarDay:
    """A night of the calendar; `step` is the class of its value, None where it has none."""

    night_date: date
    kind: NightKind
    value: float | None
    step: int | None


@dataclass(frozen=True)
class Calendar:
    """Every date from the first night to the last, weeks as columns. Classes rise with the value; `steps` are their words."""

    title: str
    unit: str
    kind: str
    source: str
    days: tuple[CalendarDay, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class HypnogramSpan:
    """A stretch at one level, in minutes after the evening's noon on the wall clock the night began with."""

    start: float
    end: float
    level: Level


@dataclass(frozen=True)
class HypnogramChart:
    """One night by one source. Sleep is drawn on elapsed time, so a change of the clocks bends nothing."""

    night_date: date
    source: str
    kind: NightKind
    spans: tuple[HypnogramSpan, ...]
    exposures: tuple[tuple[float, float], ...] = ()
    exposure_words: str = ""
    lights_out: float | None = None
    got_up: float | None = None
