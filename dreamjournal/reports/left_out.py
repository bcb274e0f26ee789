"""Every night that does not count, by date and reason, where page one only has room for the counts."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.report import Column, Section, Table
from dreamjournal.reports import coverage
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """A row for each reason, with its dates."""
    if coverage.fits(ctx):
        return None
    rows: list[tuple[str | None, ...]] = []
    for label, nights in (("missing", ctx.result.missing), ("excluded", ctx.result.excluded)):
        for reason in dict.fromkeys(x.reason for x in nights):
            by_year: dict[int, list[str]] = {}
            dates = [x.night_date for x in nights if x.reason == reason]
            for year in sorted({d.year for d in dates}):
                by_year[year] = [words.days([d for d in dates if d.year == year])]
            said = "; ".join(f"{year}: {', '.join(some)}" for year, some in by_year.items())
            rows.append((reason, label, str(len(dates)), said))
    out = tuple(sorted({x.night_date for x in (*ctx.result.missing, *ctx.result.excluded)}))
    columns = (Column("reason"), Column("kind"), Column("nights", True), Column("dates"))
    return Section("left_out", "Nights that do not count", (Table(columns, tuple(rows), nights_of=out),), "after")


PLUGIN = SectionPlugin("left_out", "Nights that do not count", 90, build)
