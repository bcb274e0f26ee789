"""The five recall answers and nightmares of each kind of night, of mornings answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.night import Night
from dreamjournal.domain.report import Block, Caveat, Column, Prose, Section, Table
from dreamjournal.reports.profile.context import ProfileContext
from dreamjournal.reports.registry import SectionPlugin

ORDER = (Recall.REPORT, Recall.FRAGMENT, Recall.WHITE, Recall.NOTHING, Recall.NOT_TRIED)
_TITLES = {
    Recall.REPORT: "dream", Recall.FRAGMENT: "fragment", Recall.WHITE: "no content", Recall.NOTHING: "nothing",
    Recall.NOT_TRIED: "not tried",
}  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """The mornings answered of one kind of night."""

    label: str
    nights: tuple[Night, ...]

    def count(self, answer: Recall) -> int:
        """Mornings with this answer."""
        return sum(n.recall == answer for n in self.nights)

    @property
    def nightmares(self) -> int:
        """Mornings that told of one or more nightmares."""
        return sum(any(d.nightmare for d in n.dreams) for n in self.nights)


def answers(ctx: ProfileContext) -> tuple[Answers, ...]:
    """Mornings answered of the period by kind of night, whether its sleep counts or not; the third where there are any."""
    arms = [n.arm for n in ctx.nights]
    told = [n.night for n in ctx.nights]

    def of(arm: str | None) -> tuple[Night, ...]:
        return tuple(n for n, a in zip(told, arms, strict=True) if n is not None and n.recall is not None and a == arm)

    rest = of(None)
    both = (Answers("natural", of("natural")), Answers("enhanced", of("enhanced")))
    return (*both, Answers("other", rest)) if rest else both


def build(ctx: ProfileContext) -> Section | None:
    """One row a kind of night; words where no morning was answered."""
    found = answers(ctx)
    title = "Dreams, of mornings answered"
    if not any(a.nights for a in found):
        return Section(
            "recall", title, (Prose((Words("No morning of this time has an answer about dreams."),)),), "column"
        )
    rows: list[tuple[str | None, ...]] = []
    for a in found:
        label = a.label
        if not a.nights:
            rows.append((f"{label}, n{words.NBSP}0", *(None for _ in range(len(ORDER) + 1))))
            continue
        counts = [str(a.count(r)) for r in ORDER]
        rows.append((f"{label}, n{words.NBSP}{len(a.nights)}", *counts, str(a.nightmares)))
    mornings = tuple(sorted(n.night_date for a in found for n in a.nights))
    columns = (Column("kind of night"), *(Column(_TITLES[r], True) for r in ORDER), Column("nightmare", True))
    blocks: list[Block] = [Table(columns, tuple(rows), nights_of=mornings)]
    not_own = _not_own([n for a in found for n in a.nights])
    if not_own:
        which = "dream on a merge night" if not_own == 1 else "dreams on merge nights"
        blocks.append(Caveat(f"{not_own} {which} may not be your own; counted."))
    return Section("recall", title, tuple(blocks), "column")


def _not_own(nights: Sequence[Night]) -> int:
    return sum(d.may_not_be_own for n in nights for d in n.dreams)


PLUGIN = SectionPlugin("recall", "Dreams, of mornings answered", 60, build)
