"""The share of nights asleep in numbers, where the person ticks it."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.day_states import DAY_MIN
from dreamjournal.domain.report import Column, Section, Table
from dreamjournal.reports.profile.asleep import plot_of
from dreamjournal.reports.profile.context import ProfileContext
from dreamjournal.reports.registry import SectionPlugin

TITLE = "Share of nights asleep, hour by hour"


def build(ctx: ProfileContext) -> Section | None:
    """What the curves show, with the interval of each share; None without a curve."""
    plot = plot_of(ctx)
    drawn = [line for line in plot.lines if line.shares]
    if not drawn:
        return None
    columns = [Column("clock")]
    for line in drawn:
        columns.append(Column(f"asleep, {line.label}", True))
        if line.low:
            columns.append(Column(f"95{words.NBSP}% interval, {line.kind}", True))
    rows: list[tuple[str | None, ...]] = []
    for minute in range(0, DAY_MIN + 1, 60):
        i = minute // plot.step
        row = [words.clock(minute)]
        for line in drawn:
            row.append(f"{words.number(100 * line.shares[i])}{words.NBSP}%")
            if line.low:
                row.append(f"{words.number(100 * line.low[i])} to {words.number(100 * line.high[i])}{words.NBSP}%")
        rows.append(tuple(row))
    return Section("asleep_hours", TITLE, (Table(tuple(columns), tuple(rows)),), "after")


PLUGIN = SectionPlugin("asleep_hours", TITLE, 100, build, optional=True, help="adds a page")
