"""Words of the Balance page as they stand in a line."""

from __future__ import annotations

import re

_COUNTED = re.compile(r"(?<=\d) (?=(?:min|mg|h|enhanced|natural|nights?|weeks?)\b)")


def unbroken(text: str) -> str:
    """The text with no-break spaces between a number and what it counts, so that no line ends between them."""
    return _COUNTED.sub("\u00a0", text)
