"""The nights in numbers: median, middle half, range and n of each kind; no difference and no verdict."""

from __future__ import annotations

from collections.abc import Callable

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.profile_figures import Kind
from dreamjournal.domain.report import Caveat, Column, Prose, Section, Table
from dreamjournal.reports.profile.context import CURVE_FROM, ProfileContext, ProfileNight, counts_words, kind_label
from dreamjournal.reports.profile.measured import Measured, Spread, measures, spread
from dreamjournal.reports.registry import SectionPlugin

SPLIT = " \u00b7 "
"""What stands between the two levels of a header."""


def build(ctx: ProfileContext) -> Section | None:
    """One row a measure the source gives; words alone where no kind has nights enough."""
    title = f"In numbers, {words.count(len(ctx.used), 'night')}"
    kinds = ctx.described
    if all(len(ctx.of(k)) < CURVE_FROM for k in kinds):  # also without any night
        return Section(
            "numbers",
            title,
            (Prose((Words(f"A median needs {CURVE_FROM} nights of one kind; there are {counts_words(ctx)}."),)),),
        )
    groups: dict[Kind, tuple[ProfileNight, ...]] = {k: ctx.of(k) for k in kinds}
    rows: list[tuple[str | None, ...]] = []
    absent: list[str] = []
    for m in printed(ctx):
        spreads = [spread(m, nights) for nights in groups.values()]
        if all(s.n == 0 for s in spreads):
            absent.append(m.title.split(",")[0].lower().replace("rem", "REM"))
            continue
        cells: list[str | None] = []
        for s in spreads:
            cells += _cells(s, m.words)
        rows.append((m.title, *cells))
    source = "The diary" if ctx.from_diary else ctx.source_title
    columns = [Column(f"{source}, one night")]
    for k, nights in groups.items():
        label = kind_label(k, len(nights))
        columns += [Column(f"{label}{SPLIT}{name}", True) for name in ("median", "middle half", "range", "nights")]
    counted = tuple(sorted(n.night_date for nights in groups.values() for n in nights))
    table = Table(tuple(columns), tuple(rows), nights_of=counted)
    if not absent:
        return Section("numbers", title, (table,))
    return Section("numbers", title, (table, Caveat(f"Not given by this source: {words.listed(absent)}.")))


def printed(ctx: ProfileContext) -> tuple[Measured, ...]:
    """The rows on paper: the last waking where the source tells it, else where its recording ends. The files have all."""
    told = measures(ctx)
    waking = any(n.final_wake is not None for n in ctx.used)
    hidden = {"light", "got_up" if waking else "final_wake"}
    return tuple(m for m in told if m.key not in hidden)


def _cells(s: Spread, told: Callable[[float], str]) -> list[str | None]:
    if s.median is None or s.q1 is None or s.q3 is None or s.low is None or s.high is None:
        return [None, None, None, str(s.n)]
    return [told(s.median), f"{told(s.q1)} \u2013 {told(s.q3)}", f"{told(s.low)} \u2013 {told(s.high)}", str(s.n)]


PLUGIN = SectionPlugin("numbers", "In numbers", 40, build)
