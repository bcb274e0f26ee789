"""Lets one call of the system fail, the N-th: for writers that must leave the old file or the new one, whatever happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

CALLS = ("open", "fdopen", "fsync", "replace", "rename", "mkdir", "rmdir", "fstat", "close")
"""The calls of the system a writer makes by name; what the stream itself writes is failed by the preloaded library."""


@contextmanager
def failing(at: int, fault: int, name: str = "") -> Iterator[Callable[[], int]]:
    """The call number `at` (of those called `name`, or of all) raises `fault`; the block is given a count of the calls."""
    seen = 0
    real: dict[str, Any] = {}

    def wrap(call: str) -> Any:
        inner = real[call]

        def called(*args: Any, **more: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == at:
                if call == "close":  # the system closes all the same
                    inner(*args, **more)
                if fault < 0:
                    raise KeyboardInterrupt
                raise OSError(fault, os.strerror(fault))
            return inner(*args, **more)

        return called

    for call in CALLS if not name else (name,):
        real[call] = getattr(os, call)
        setattr(os, call, wrap(call))
    try:
        yield lambda: seen
    finally:
        for call, inner in real.items():
            setattr(os, call, inner)
