"""How a difference changes over nights with the enhancer and over the calendar, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from dreamjournal.domain.contrast import Arm, Design, NightPoint, Words


@dataclass(frozen=True)
class Change:
    """By how much the difference changes for every so many nights with the enhancer, or days, with its 95 % interval."""

    every: int
    value: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Stretch:
    """A stretch of time and its own difference; None where `reason` says why."""

    first: date
    last: date
    exposures: tuple[int, int]
    """Which nights with the enhancer these are, from the first on; (0, 0) without one."""
    n_enhanced: int
    n_natural: int
    value: float | None
    interval: tuple[float, float] | None
    reason: str = ""


@dataclass(frozen=True)
class Running:
    """Running means of one kind of night: (middle date as an ordinal, mean), a break as None."""

    arm: Arm
    line: tuple[tuple[float, float] | None, ...]


@dataclass(frozen=True)
class OverTime:
    """The sentence first. Differences are in the unit of the difference, nights in that of the measure."""

    title: str
    unit: str
    """Of the nights."""
    difference_unit: str
    kind: str
    digits: int
    direction: tuple[str, str]
    enhancer: str | None
    swd: float | None
    design: Design
    n_enhanced: int
    n_natural: int
    exposures: int
    """Nights with the enhancer up to the last night that counts."""
    change: Change | None
    """For every 10 nights with the enhancer, or 100 where there are hundreds."""
    by_date: Change | None
    """For every 28 days, or 365 where there are years."""
    stretches: tuple[Stretch, ...]
    points: tuple[NightPoint, ...]
    running: tuple[Running, ...]
    window_days: int
    method: str
    words: tuple[Words, ...]
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What can be said of the change."""
        return "".join(w.text for w in self.words)


def to_json(found: OverTime) -> dict[str, Any]:
    """The change over time as JSON values; numbers are not rounded."""
    return {
        "sentence": found.sentence,
        "design": found.design,
        "n_enhanced": found.n_enhanced,
        "n_natural": found.n_natural,
        "exposures": found.exposures,
        "unit": found.difference_unit,
        "per_exposures": _change(found.change),
        "per_days": _change(found.by_date),
        "method": found.method,
        "stretches": [
            {
                "first": s.first.isoformat(), "last": s.last.isoformat(), "exposures": list(s.exposures),
                "n_enhanced": s.n_enhanced, "n_natural": s.n_natural, "estimate": s.value,
                "interval": None if s.interval is None else list(s.interval), "reason": s.reason or None,
            }
            for s in found.stretches
        ],
        "notes": list(found.notes),
    }  # fmt: skip


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {"every": change.every, "estimate": change.value, "interval": list(change.interval)}
