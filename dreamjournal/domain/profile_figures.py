"""The figures of the sleep profile as plain data: who is asleep by the clock, and the nights one below the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["natural", "enhanced", "other"]
"""What a group of nights is: of one arm, or nights whose kind is not recorded."""


@dataclass(frozen=True)
class AsleepLine:
    """The share of a group's nights asleep every `AsleepPlot.step` minutes from noon, 0 to 1.

    `shares` is empty where there are too few nights for a curve, `low` and `high` where there are too few for a band.
    """

    kind: Kind
    nights: int
    label: str
    shares: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class ClockBar:
    """Where the middle 80 % of nights have a moment, and its median, in minutes after noon."""

    label: str
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class AsleepPlot:
    """The share of nights asleep by clock time, noon to noon."""

    lines: tuple[AsleepLine, ...]
    bars: tuple[ClockBar, ...] = ()
    """Lights out, then got up."""
    naps: str = ""
    nap_at: float | None = None
    """Where naps usually lie, in minutes after noon."""
    step: int = 5


@dataclass(frozen=True)
class StripSpan:
    """A stretch in minutes after noon of the evening, on elapsed time from lights out; `code` is a stage code."""

    start: float
    end: float
    code: str


@dataclass(frozen=True)
class StripRow:
    """One night. Without spans it is a gap, hatched from `gap[0]` to `gap[1]`."""

    night_date: date
    kind: Literal["natural", "enhanced", "unsure", "unrecorded"]
    free: bool
    used: bool
    spans: tuple[StripSpan, ...] = ()
    exposures: tuple[tuple[float, float], ...] = ()
    lights_out: float | None = None
    got_up: float | None = None
    asleep: str = ""
    """The time asleep in words; empty where it is not known."""
    dream: str = ""
    nightmare: bool = False
    reason: str = ""
    gap: tuple[float, float] | None = None


@dataclass(frozen=True)
class NightStrips:
    """Nights one below the other, from `first_min` to `last_min` after noon."""

    rows: tuple[StripRow, ...]
    first_min: int
    last_min: int
