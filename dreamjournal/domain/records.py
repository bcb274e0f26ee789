"""Values of JSON records of unknown makers."""

from __future__ import annotations

from typing import Any

from dreamjournal.domain.drafts import RowRejected

Obj = dict[str, Any]
"""One record."""
LARGEST = 1e9
"""No length, rate or share of a night is beyond it, in whatever unit down to milliseconds."""


def number(row: Obj, key: str) -> float | None:
    """A number of a record, None where it is null or missing; true and false are none. Raises RowRejected."""
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RowRejected(f"{key}: not a number")
    if not abs(value) <= LARGEST:
        raise RowRejected(f"{key}: out of range")
    return float(value)
