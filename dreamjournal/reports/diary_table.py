"""The diary night by night, where the person ticks it."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.diary import measure
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.report import Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

MOST = 180
"""Rows printed: a tagged table costs time and bytes by the cell (2,000 cells are the limit); older nights go to the CSV file."""


def build(ctx: Context) -> Section | None:
    """A row for each night of the period with a diary; an answer not given is a dash, never 0."""
    period = ctx.period
    if period is None:
        return None
    nights = [n for d, n in sorted(ctx.nights.items()) if period[0] <= d <= period[1] and n.diary is not None]
    rows: list[tuple[str | None, ...]] = []
    for n in nights[-MOST:]:
        d = n.diary
        assert d is not None
        m = measure(d)
        rows.append((
            words.weekday(n.night_date), str(n.condition), _clock(d.into_bed), _clock(d.try_sleep), _whole(d.sol), _whole(d.waso),
            _clock(d.final_wake), _clock(d.out_of_bed), None if m.tst is None else words.duration(m.tst),
            None if m.se_tib is None else words.number(m.se_tib), _whole(d.quality),
        ))  # fmt: skip
    columns = (
        Column("night of"), Column("kind"), Column("into bed", True), Column("tried to sleep", True), Column("SOL min", True),
        Column("WASO min", True), Column("last waking", True), Column("out of bed", True), Column("TST", True), Column("SE (TIB) %", True),
        Column("quality 1\u20135", True),
    )  # fmt: skip
    note = "" if len(nights) <= MOST else f"The last {MOST} of {len(nights)} nights; all are in the CSV file."
    if not rows:
        note = "No diary was written on these nights."
    return Section("diary_table", "Diary, night by night", (Table(columns, tuple(rows), note),), "after")


def _clock(at: Instant | None) -> str | None:
    return None if at is None else at.local.strftime("%H:%M")


def _whole(value: float | None) -> str | None:
    return None if value is None else words.number(value)


PLUGIN = SectionPlugin("diary_table", "Diary table, night by night", 110, build, optional=True, help="adds pages")
