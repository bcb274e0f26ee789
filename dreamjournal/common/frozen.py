"""Frozen dataclasses made by the thousand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

T = TypeVar("T")

_new = object.__new__


def made(kind: type[T], fields: Iterable[tuple[str, Any]]) -> T:
    """A frozen dataclass from all its fields as (name, value): what its own `__init__` makes, three times as fast (measured).

    That one sets each field by a call past the freezing; the sessions of ten years have half a million. For classes without
    slots and without a `__post_init__`.
    """
    new = _new(kind)
    new.__dict__.update(fields)
    return new
