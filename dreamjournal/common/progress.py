"""How a long task tells how far it is and learns that it was cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """Called by long tasks about ten times a second."""

    def step(self, done: int, total: int, text: str = "") -> None:
        """Tell progress (total 0 = unknown). Raises `Cancelled` when the person has cancelled."""
        ...


class NoProgress:
    """For callers that do not watch."""

    def step(self, done: int, total: int, text: str = "") -> None:
        return None


class CallProgress:
    """Progress that calls a plain function."""

    def __init__(self, call: Callable[[int, int, str], None]) -> None:
        self._call = call

    def step(self, done: int, total: int, text: str = "") -> None:
        self._call(done, total, text)
