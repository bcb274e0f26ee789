"""Single values of Oura's records: instants with their offset, minutes, numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from dreamjournal.domain.drafts import RowRejected
from dreamjournal.domain.instant import Instant, at_offset, from_local_offset
from dreamjournal.domain.records import Obj, number

MAX_OFFSET_MIN = 15 * 60


def instant(text: Any, what: str, offset_min: int | None = None) -> Instant:
    """An ISO time with its offset, else at `offset_min`. Raises RowRejected."""
    try:
        if not isinstance(text, str) or not 16 <= len(text) <= 40 or not text.isascii():
            raise ValueError
        at = datetime.fromisoformat(text)
        offset = at.utcoffset()
        if offset is None:
            if offset_min is None:
                raise RowRejected(f"{what}: the offset from UTC is missing")
            return from_local_offset(at, offset_min)
        minutes = int(offset.total_seconds() // 60)
        if abs(minutes) > MAX_OFFSET_MIN:
            raise RowRejected("the offset from UTC is more than 15 hours")
        return at_offset(at, minutes)
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{what}: not a date and time") from e


def day(text: Any) -> date | None:
    """The date a vendor prints, None where it is none."""
    if not isinstance(text, str) or not text.isascii() or len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def minutes(row: Obj, key: str) -> float | None:
    """Seconds of a record as minutes."""
    value = number(row, key)
    return None if value is None else value / 60


def positive(value: float | None) -> float | None:
    """A rate that was measured: 0 stands for none."""
    return value if value is not None and value > 0 else None


def less(whole: float | None, part: float | None) -> float | None:
    """Wake after onset: what is left of the time awake after falling asleep; None where either is not known."""
    return None if whole is None or part is None or part > whole else whole - part
