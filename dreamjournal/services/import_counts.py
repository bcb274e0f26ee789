"""How the rows of an import are counted: every row ends in exactly one way."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Outcome = Literal["kept", "updated", "unchanged", "merged", "rejected"]


@dataclass(frozen=True)
class Counts:
    """read = kept + updated + unchanged + merged + rejected."""

    read: int = 0
    kept: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: int = 0

    def to_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Tally:
    """`Counts` while they grow: a frozen copy for each row would be a tenth of an import's time."""

    kept: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: int = 0

    def add(self, outcome: Outcome, n: int = 1) -> None:
        setattr(self, outcome, getattr(self, outcome) + n)

    def counts(self) -> Counts:
        read = self.kept + self.updated + self.unchanged + self.merged + self.rejected
        return Counts(read, self.kept, self.updated, self.unchanged, self.merged, self.rejected)


@dataclass(frozen=True)
class NightCounts:
    """Nights a file speaks of: not known before, changed by it, and left as they were."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def to_json(self) -> dict[str, int]:
        return asdict(self)


def together(main: list[Outcome], rest: list[Outcome]) -> Outcome:
    """What became of a row: of its session where it has one, else of what else it holds."""
    if main:
        if main[0] == "unchanged" and any(o in ("kept", "updated") for o in rest):
            return "updated"
        return main[0]
    order: tuple[Outcome, ...] = ("kept", "updated", "merged", "rejected")
    for outcome in order:
        if outcome in rest:
            return outcome
    return "unchanged"
