"""Lets other threads on while work makes and frees very many objects."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


@contextmanager
def no_search_for_cycles() -> Generator[None]:
    """Within, cycles are not searched for; what is no longer referred to is freed at once all the same.

    A search looks at every object there is and holds all threads meanwhile: with the nights of ten years in memory the window
    stood still for a quarter of a second (measured). Nothing those nights are made of refers to itself.

    It is said by the threshold, which the interpreter and the window's own search (`runtime.collecting`) both go by.
    """
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        yield
    finally:
        if before[0]:  # otherwise it is another's to say when
            gc.set_threshold(*before)


def let_go(items: list[Any]) -> None:
    """Empty a long list a few items at a time.

    Freed in one go, the nights of ten years hold all threads for a tenth of a second (measured).
    """
    while items:
        del items[-50:]
