"""The tables that hold what a figure shows, for whoever has no picture."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.profile_figures import AsleepPlot, NightStrips
from dreamjournal.domain.report import Column, CoverageBar, Drawing, Table

_COVERAGE = {
    "natural": "natural, counted",
    "enhanced": "enhanced, counted",
    "other": "of no known kind, counted",
    "to_come": "to come",
}
_HOUR = 60


def twin(drawing: Drawing) -> Table | None:
    """The drawing's own data as a table; None where a table of its page, or that of every night, holds it already."""
    if isinstance(drawing, CoverageBar):
        rows = tuple((_COVERAGE.get(p.kind, p.kind), str(p.nights)) for p in drawing.parts if p.nights)
        return Table((Column("What became of the night"), Column("nights", True)), rows)
    if isinstance(drawing, AsleepPlot):
        return _asleep(drawing)
    if isinstance(drawing, NightStrips):
        return _strips(drawing)
    return None


def _asleep(plot: AsleepPlot) -> Table | None:
    """The shares on the hour, from the first hour on which anyone is asleep to the last."""
    lines = [line for line in plot.lines if line.shares]
    hours = list(range(0, min((len(x.shares) for x in lines), default=0), max(1, _HOUR // plot.step)))
    asleep = [i for i in hours if any(line.shares[i] for line in lines)]
    if not asleep:
        return None
    columns, cells = [Column("clock time")], [[words.clock(i * plot.step) for i in hours]]
    for line in lines:
        columns.append(Column(f"{line.kind}, n {line.nights}: asleep", True))
        cells.append([_percent(line.shares[i]) for i in hours])
        if line.low:
            columns.append(Column(f"{line.kind}: 95{words.NBSP}% interval", True))
            cells.append([f"{_percent(line.low[i])} to {_percent(line.high[i])}" for i in hours])
    rows = tuple(row for i, row in zip(hours, zip(*cells, strict=True), strict=True) if asleep[0] <= i <= asleep[-1])
    return Table(tuple(columns), rows)


def _strips(strips: NightStrips) -> Table | None:
    columns = (Column("night"), Column("kind"), Column("asleep", True), Column("dream"), Column("remarks"))
    rows: list[tuple[str | None, ...]] = []
    for row in strips.rows:
        remarks = ["a free day follows"] * row.free + ([row.reason] if row.reason else [])
        dream = row.dream or None
        rows.append((words.weekday(row.night_date), row.kind, row.asleep or None, dream, ", ".join(remarks)))
    return Table(columns, tuple(rows)) if rows else None


def _percent(share: float) -> str:
    return f"{words.number(100 * share)}{words.NBSP}%"
