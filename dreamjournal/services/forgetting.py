"""What the process remembers of a journal beside the open journal itself, and how it is forgotten."""

from __future__ import annotations

import re
import sys
from typing import Any

WITH_CONTENT = (
    ("dreamjournal.charts.draw", "_kept"),
    ("dreamjournal.domain.dream_words", "_ascii_word"),
    ("dreamjournal.domain.dream_words", "_phrase"),
    ("dreamjournal.importers.sleepmeter", "_words"),
)
"""Caches whose keys or values come from a journal. A test holds this list to the caches there are."""


def forget_content() -> None:
    """Empty every cache that may hold a word, a name or a night. Only modules in use are looked at; none is loaded."""
    for module, name in WITH_CONTENT:
        cache: Any = getattr(sys.modules.get(module), name, None)
        if cache is not None:
            cache.cache_clear()
    re.purge()  # the patterns of a person's dream signs
    # Python keeps the last error for a debugger, and with it every variable of the functions it passed through.
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            delattr(sys, name)
