"""Which device recorded which nights, where that is why nothing is compared."""

from __future__ import annotations

from dreamjournal.charts.words import NBSP
from dreamjournal.domain.report import Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """Nights of each arm by device model."""
    r = ctx.result
    models = sorted({p.device for p in r.points})
    if r.verdict != "refused" or len(models) < 2:
        return None
    rows = [
        (
            model or "not named",
            *(str(sum(p.device == model and p.arm == arm for p in r.points)) for arm in ("natural", "enhanced")),
        )
        for model in models
    ]
    rows.append(("needed of one", "14", "14"))
    columns = (
        Column("recorded nights"), Column(f"natural n{NBSP}{r.n_natural}", True), Column(f"enhanced n{NBSP}{r.n_enhanced}", True),
    )  # fmt: skip
    return Section("devices", "Nights by device", (Table(columns, tuple(rows)),), "column")


PLUGIN = SectionPlugin("devices", "Nights by device", 55, build)
