"""Design class of a series of nights: R drawn at random, S self-chosen, P before and after."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dreamjournal.domain.contrast import Arm, Design

FOLLOWED = 0.80
SWITCHES_S = 3


def switches(arms: Sequence[Arm]) -> int:
    """How often the kind of night changes, nights in order."""
    return sum(1 for a, b in pairwise(arms) if a != b)


def classify(arms: Sequence[Arm], *, drawn: bool = False, followed: float = 1.0) -> Design:
    """R when blocks were drawn and at least 80 % of nights followed; S with three changes or more; else P."""
    if drawn and followed >= FOLLOWED:
        return "R"
    return "S" if switches(arms) >= SWITCHES_S else "P"


def washed_out(nights: Sequence[tuple[date, Arm]], enhanced: Sequence[date], washout: int) -> set[date]:
    """Natural nights within `washout` nights after any enhanced one (of `enhanced`, analysed or not)."""
    if washout <= 0:
        return set()
    used = {d.toordinal() for d in enhanced}
    return {
        d for d, arm in nights if arm == "natural" and any(d.toordinal() - k in used for k in range(1, washout + 1))
    }
