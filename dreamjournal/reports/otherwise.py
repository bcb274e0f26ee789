"""The same nights, counted otherwise: what all ways of counting say together, and the usual ones by name."""

from __future__ import annotations

from dreamjournal.analysis.multiverse import told, told_interval
from dreamjournal.analysis.words import no_break
from dreamjournal.charts.words import NBSP
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Block, Caveat, Column, Prose, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

TITLE = "The same nights, counted otherwise"


def build(ctx: Context) -> Section | None:
    """The sentence, a row for each usual look with its n and interval, and what became of the other ways."""
    m = ctx.otherwise
    if m is None or not m.ways:
        return Section("otherwise", TITLE, (Caveat("No way of counting these nights gives a difference."),), "after")
    rows = tuple(
        (
            f"{n.name} (as asked)" if n.own else n.name, f"{n.n_natural}", f"{n.n_enhanced}",
            no_break(told(m, n.value) if n.value is not None else n.note),
            no_break(told_interval(m, n.interval)) if n.interval is not None else None,
        )
        for n in m.named
    )  # fmt: skip
    columns = (
        Column("counted"), Column(f"natural{NBSP}n", True), Column(f"enhanced{NBSP}n", True), Column("difference"),
        Column(f"95{NBSP}% interval"),
    )  # fmt: skip
    blocks: list[Block] = [Prose(tuple(Words(no_break(w.text), w.strong) for w in m.words))]
    if rows:
        blocks.append(Table(columns, rows))
    left = f" {len(m.left_out)} more give no difference." if m.left_out else ""
    blocks.append(Caveat(
        f"{m.considered} ways of counting were looked at: {len(m.ways)} differ in their nights or values and give a difference, "
        f"{m.joined} count the same as another.{left} None is picked as the best, and none has a verdict of its own."
    ))  # fmt: skip
    return Section("otherwise", TITLE, tuple(blocks), "after")


PLUGIN = SectionPlugin(
    "otherwise", "Counted otherwise", 81, build, optional=True,
    help="as planned, as used, other washouts and sources; adds a page",
)  # fmt: skip
