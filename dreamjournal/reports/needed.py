"""What is still needed for an estimate and a verdict."""

from __future__ import annotations

from dreamjournal.charts.words import NBSP
from dreamjournal.domain.report import Block, Caveat, Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

ESTIMATE = 7
VERDICT = 14


def build(ctx: Context) -> Section | None:
    """Nights to go in each arm; nothing once the verdict's number is reached, or while a seal keeps the arms."""
    r = ctx.result
    if ctx.sealed or r.verdict not in ("too_few", "early"):
        return None
    rows = [
        (
            f"{label}, {n} of each",
            *(f"{max(0, n - have)} more" if have < n else "reached" for have in (r.n_natural, r.n_enhanced)),
        )
        for label, n in (("Estimate", ESTIMATE), ("Verdict", VERDICT))
    ]
    columns = (
        Column("to reach"), Column(f"natural n{NBSP}{r.n_natural}", True), Column(f"enhanced n{NBSP}{r.n_enhanced}", True),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, tuple(rows))]
    if r.next_look is not None:
        blocks.append(Caveat(f"Looks are fixed beforehand; the next is after night {r.next_look} of the plan."))
    return Section("needed", "What is still needed", tuple(blocks), "beside")


PLUGIN = SectionPlugin("needed", "What is still needed", 45, build)
