"""Values read from the file that cannot be: one place that turns them into words.

An encrypted journal has a seal on every page; a plain one has none, and one bit of the disk makes 2026-07-01 a 2026-17-01.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from dreamjournal.common.errors import JournalDamaged

IMPOSSIBLE = (ValueError, TypeError, LookupError, OverflowError, AttributeError, RecursionError)
"""What Python raises where a row holds no such value, day, moment or JSON."""
_P = ParamSpec("_P")
_R = TypeVar("_R")


def damaged() -> JournalDamaged:
    """What is said of it. It names nothing that was read."""
    return JournalDamaged(
        "Part of the journal cannot be read",
        "the journal is damaged: something in it is no value that can be",
        "restore a backup or save what can still be read; nothing was changed",
    )


def sound(make: Callable[_P, _R]) -> Callable[_P, _R]:
    """For what makes a value of a row, or values of many rows: what cannot be made raises JournalDamaged."""

    @wraps(make)
    def made(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return make(*args, **kwargs)
        except IMPOSSIBLE as error:
            raise damaged() from error

    return made
