"""Insomnia-range nights of the diary: a count of nights, never a diagnosis.

A night counts with SOL or WASO of 31 minutes or more (Lichstein 2003, doi 10.1016/S0005-7967(02)00023-2). A week counts
with 3 such nights among at least 5 known ones; the pattern is two such weeks one after the other (rule of the project).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

RANGE_MIN = 31
"""Minutes from which a wait for sleep, or waking in the night, counts; 30 does not."""
WEEK = 7
NIGHTS_A_WEEK = 3
VALID_A_WEEK = 5
WEEKS_RUNNING = 2
MONTHS = 3
_DAY = timedelta(days=1)


def in_range(sol: float | None, waso: float | None) -> bool | None:
    """Whether a night counts; None where what was answered cannot tell: one low answer says nothing of the other."""
    if any(v is not None and v >= RANGE_MIN for v in (sol, waso)):
        return True
    return None if sol is None or waso is None else False


def week_counts(nights: Sequence[bool | None]) -> bool:
    """Whether seven nights (None = not known) hold 3 of the range among at least 5 known ones."""
    return sum(n is not None for n in nights) >= VALID_A_WEEK and sum(n is True for n in nights) >= NIGHTS_A_WEEK


@dataclass(frozen=True)
class Pattern:
    """Weeks one after the other which all count."""

    first: date
    last: date
    weeks: int
    nights: tuple[date, ...]
    """Those of the range."""
    known: int
    three_months: bool
    """The weeks span three calendar months."""


def pattern(known: Mapping[date, bool], first: date, last: date, since: date | None = None) -> Pattern | None:
    """The longest run of counting weeks from `first` to `last` (the latest of equally long ones); None under two weeks.

    Weeks may begin on any day but follow each other without a gap. `known` holds the nights that can be told; a run that
    ended before `since` is over and left out.
    """
    total = (last - first).days + 1
    values = [known.get(first + n * _DAY) for n in range(max(0, total))]
    runs = [0] * len(values)
    best = -1
    hits, valid = 0, 0
    for end, value in enumerate(values):
        hits += value is True
        valid += value is not None
        if end >= WEEK:
            hits -= values[end - WEEK] is True
            valid -= values[end - WEEK] is not None
        if end >= WEEK - 1 and hits >= NIGHTS_A_WEEK and valid >= VALID_A_WEEK:
            runs[end] = 1 + (runs[end - WEEK] if end >= WEEK else 0)
            lately = since is None or first + end * _DAY >= since
            if lately and (best < 0 or runs[end] >= runs[best]):
                best = end
    if best < 0 or runs[best] < WEEKS_RUNNING:
        return None
    weeks = runs[best]
    begun, ended = first + (best - WEEK * weeks + 1) * _DAY, first + best * _DAY
    inside = [(first + n * _DAY, values[n]) for n in range(best - WEEK * weeks + 1, best + 1)]
    return Pattern(
        begun, ended, weeks, tuple(d for d, v in inside if v), sum(v is not None for _, v in inside),
        months_after(begun, MONTHS) <= ended + _DAY,
    )  # fmt: skip


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the month's last where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    for back in range(4):
        try:
            return date(year, month, day.day - back)
        except ValueError:
            continue
    return date(year, month, 28)
