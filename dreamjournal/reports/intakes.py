"""Medicines, alcohol and caffeine as written down, where the person ticks it."""

from __future__ import annotations

from collections import defaultdict

from dreamjournal.charts import words
from dreamjournal.domain.evening import Intake
from dreamjournal.domain.report import Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """One row for each thing taken: nights, of how many with an evening entry, usual amount and time (middle one)."""
    period = ctx.period
    if period is None:
        return None
    evenings = [
        n.evening for d, n in sorted(ctx.nights.items()) if period[0] <= d <= period[1] and n.evening is not None
    ]
    taken: dict[tuple[str, str], list[Intake]] = defaultdict(list)
    for evening in evenings:
        for intake in evening.intakes:
            if not intake.none_taken:
                taken[str(intake.kind), intake.name].append(intake)
    rows: list[tuple[str | None, ...]] = []
    for (kind, name), some in sorted(taken.items()):
        times = sorted(
            (i.happened.local.hour * 60 + i.happened.local.minute - 720) % 1440 for i in some if i.happened is not None
        )
        amounts = sorted({f"{i.amount:g} {i.unit}".strip() for i in some if i.amount is not None})
        said = ", ".join(amounts[:3]) + (" \u2026" if len(amounts) > 3 else "")
        rows.append((
            name or kind, kind, str(len({i.night_date for i in some})), said or None,
            words.clock(times[len(times) // 2]) if times else None,
        ))  # fmt: skip
    columns = (
        Column("taken"), Column("kind"), Column(f"nights, of {len(evenings)} with an evening entry", True), Column("amounts"),
        Column("middle time", True),
    )  # fmt: skip
    note = "" if rows else "Nothing was written down on these evenings; that is not the same as nothing taken."
    return Section("intakes", "Medicines, alcohol and caffeine", (Table(columns, tuple(rows), note),), "after")


PLUGIN = SectionPlugin("intakes", "Medicines and alcohol", 120, build, optional=True)
