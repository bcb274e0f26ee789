"""What the torture has put in and what came of it, told in one line at the end of the run."""

from __future__ import annotations

from collections import Counter

COUNTED: Counter[str] = Counter()
