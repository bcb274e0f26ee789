"""Other measures of the same nights: at most six, as background, without a verdict."""

from __future__ import annotations

from dreamjournal.charts.words import NBSP
from dreamjournal.domain.report import Caveat, Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

TITLE = "Other measures: background only, no verdict drawn from them"


def build(ctx: Context) -> Section | None:
    """A row for each measure the person chose to have said in words, or for those with most nights."""
    if not ctx.others:
        return Section("other_measures", TITLE, (Caveat("No other measure has a value on these nights."),), "after")
    rows: list[tuple[str | None, ...]] = []
    for row in ctx.others:
        r = row.result
        enhanced, natural = row.centres if row.centres is not None else (None, None)
        measure = f"{r.title} ({row.source_title})"
        said = (row.difference or row.note, row.interval or None)
        rows.append((measure, f"{r.n_natural}", natural, f"{r.n_enhanced}", enhanced, *said))
    columns = (
        Column("measure and source"), Column(f"natural{NBSP}n", True), Column("natural nights", True), Column(f"enhanced{NBSP}n", True),
        Column("enhanced nights", True), Column("difference"), Column(f"95{NBSP}% interval"),
    )  # fmt: skip
    counted = tuple(sorted({p.night_date for row in ctx.others for p in row.result.points}))
    care = "" if ctx.result.design == "R" else " Nights were not randomised; other things may explain any difference."
    return Section(
        "other_measures",
        TITLE,
        (
            Table(columns, tuple(rows), nights_of=counted),
            Caveat(f"About 1 in 20 such lines would stand out by chance. Intervals are each line's own.{care}"),
        ),
        "after",
    )


PLUGIN = SectionPlugin(
    "other_measures", "Other measures", 82, build, optional=True,
    help="at most six, without a verdict; adds a page",
)  # fmt: skip
