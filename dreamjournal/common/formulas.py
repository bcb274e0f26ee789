"""Text that a spreadsheet would run: the apostrophe put before it, and taken off again when our own table comes back."""

from __future__ import annotations

import re

_FORMULA = re.compile(
    r"'*[\s\u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@\t\r|%\uff1d\uff0b\uff0d\uff20]"
)
"""A formula at the start of a cell, also behind blanks, seen or not, and as full-width signs.

Apostrophes before one count too: were `'=1` left as it is, its apostrophe would be taken for the guard.
"""
GUARD = "'"


def is_formula(text: str) -> bool:
    """Whether a cell with this text needs the guard."""
    return _FORMULA.match(text) is not None


def unguarded(text: str) -> str:
    """The text of a cell without the guard; any other apostrophe stays."""
    return text[1:] if text[:1] == GUARD and is_formula(text[1:]) else text
