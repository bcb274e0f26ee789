"""Series of nights made by chance, in every way people come to enhanced nights, and how often a rule sees a difference in them.

Residuals are a stationary AR(1) process of standard deviation 1 (`phi` from night to night); weekends and a drift may be
added. The rule under test is the one that is shipped: `shipped` asks `analysis.answer` as the services do.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dreamjournal.analysis import contrast, schedule
from dreamjournal.analysis.answer import Question, answer
from dreamjournal.domain.contrast import NightPoint
from dreamjournal.services.contrasts import metrics

MONDAY = date(2026, 3, 2)
EACH = 7
"""Nights of each kind from which an interval is shown."""


@dataclass(frozen=True)
class Cell:
    """One way nights come about. `drift` and `weekend` are in night-SDs, the drift over the whole series."""

    nights: int
    chosen: str
    phi: float
    drift: float = 0.0
    weekend: float = 0.5
    effect: float = 0.0
    missing: float = 0.0

    @property
    def drawn(self) -> bool:
        """Whether the nights were drawn at random in blocks (class R)."""
        return self.chosen == "blocks of four"

    @property
    def words(self) -> str:
        """The cell as a line of a table."""
        more = [f"phi {self.phi:+.1f}"]
        more += [f"drift {self.drift:g} SD"] if self.drift else []
        more += [f"weekend {self.weekend:+g} SD"] if self.weekend != 0.5 else []
        more += [f"{self.missing:.0%} missing"] if self.missing else []
        return f"{self.nights:3d} {self.chosen}, {', '.join(more)}"


@dataclass(frozen=True)
class Series:
    """One series of nights: days from the first, values, and what each night was."""

    first: date
    days: np.ndarray
    values: np.ndarray
    enhanced: np.ndarray
    weekend: np.ndarray
    blocks: np.ndarray


Rule = Callable[[Series, bool], tuple[float, float] | None]
"""A series, and whether it was drawn in blocks, to a 95 % interval of the difference (None: no interval is shown)."""


def shipped(series: Series, drawn: bool) -> tuple[float, float] | None:
    """The interval Dreamjournal shows."""
    points = tuple(
        NightPoint(
            series.first + timedelta(days=int(d)), "enhanced" if e else "natural", float(v), bool(w), str(b) if drawn else None
        )
        for d, v, e, w, b in zip(
            series.days, series.values, series.enhanced, series.weekend, series.blocks, strict=True
        )
    )  # fmt: skip
    question = Question(_TST, "csv", None, "R" if drawn else "S", points, planned=len(points))
    return answer(question).estimate.interval


_TST = metrics()["tst"]


def welch(series: Series, drawn: bool) -> tuple[float, float] | None:
    """The interval of Welch's t-test, which takes nights for independent (Welch 1947, doi 10.2307/2332510)."""
    from scipy.special import stdtrit

    a, b = series.values[series.enhanced], series.values[~series.enhanced]
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = float(stdtrit(df, 0.975)) * math.sqrt(va + vb)
    gap = float(a.mean() - b.mean())
    return gap - half, gap + half


def seen(cell: Cell, series: int, seed: int, rule: Rule = shipped) -> int:
    """In how many of `series` series the interval of `rule` leaves 0 out."""
    own = zlib.crc32(repr(cell).encode())
    rng = np.random.default_rng([seed, own])
    found = 0
    for _ in range(series):
        interval = rule(make(cell, rng), cell.drawn)
        found += interval is not None and (interval[0] > 0 or interval[1] < 0)
    return found


def make(cell: Cell, rng: np.random.Generator) -> Series:
    """One series. Labels that the app would refuse or find too few are drawn again: they are never given an interval."""
    n = cell.nights
    while True:
        first = MONDAY + timedelta(days=int(rng.integers(7)))
        weekend = np.array([(first.weekday() + i) % 7 in (4, 5) for i in range(n)])
        enhanced = _labels(cell, weekend, rng)
        kept = rng.random(n) >= cell.missing
        least = min(int((enhanced & kept).sum()), int((~enhanced & kept).sum()))
        if least >= EACH and not contrast.collinear(list(enhanced[kept]), list(weekend[kept])):
            break
    noise = np.empty(n)
    noise[0] = rng.normal()
    shocks = rng.normal(0, math.sqrt(1 - cell.phi**2), n)
    for i in range(1, n):
        noise[i] = cell.phi * noise[i - 1] + shocks[i]
    values = noise + cell.weekend * weekend + cell.drift * np.arange(n) / (n - 1) + cell.effect * enhanced
    days = np.arange(n)
    return Series(first, days[kept], values[kept], enhanced[kept], weekend[kept], (days // 4)[kept])


def _labels(cell: Cell, weekend: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    n = cell.nights
    if cell.chosen == "blocks of four":
        plan = schedule.draw(MONDAY, n, seed=int(rng.integers(2**31)))
        return np.array([night.enhanced for night in plan])
    if cell.chosen == "random pairs":
        first = rng.random(n // 2) < 0.5
        return np.column_stack([first, ~first]).ravel()
    if cell.chosen == "alternate weeks":
        return (np.arange(n) // 7 + int(rng.integers(2))) % 2 == 0
    if cell.chosen == "before and after":
        return np.arange(n) >= n // 2
    if cell.chosen == "weekend users":
        return rng.random(n) < np.where(weekend, 0.85, 0.15)
    # Clumps: a run of one kind goes on from night to night with 3 chances in 4.
    stays = rng.random(n) < 0.75
    out = np.empty(n, dtype=bool)
    out[0] = rng.random() < 0.5
    for i in range(1, n):
        out[i] = out[i - 1] if stays[i] else ~out[i - 1]
    return out


def null_cells() -> list[Cell]:
    """Every way of choosing nights at every length: self-chosen and before/after first, then drawn in blocks."""
    cells: list[Cell] = []
    for n in (14, 20, 28, 42, 56, 84):
        cells += [Cell(n, "random pairs", phi) for phi in (0.3, -0.3)]
        cells += [Cell(n, "alternate weeks", 0.3), Cell(n, "clumps", 0.3), Cell(n, "clumps", 0.5)]
        cells += [Cell(n, "before and after", 0.3), Cell(n, "before and after", 0.5)]
        cells += [Cell(n, "before and after", 0.3, drift=1.0)]
        if n > 14:  # in two weeks the weekends hold no 7 nights
            cells.append(Cell(n, "weekend users", 0.3, weekend=1.0))
    for n in (16, 20, 28, 40, 56, 84):
        cells += [Cell(n, "blocks of four", phi) for phi in (0.3, -0.3, 0.5)]
        if n > 16:
            cells.append(Cell(n, "blocks of four", 0.3, missing=0.15))
    return cells
