"""Means of each week and of both, each with its own n, and the range of the nights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dreamjournal.charts import words
from dreamjournal.domain.report import Column, Section, Table
from dreamjournal.reports.registry import SectionPlugin
from dreamjournal.reports.two_weeks.context import DAY_MIN, Mean, Own, TwoWeeks, clock_mean, evening_minute, mean_of


@dataclass(frozen=True)
class Row:
    """One line: what it is called, how it is printed, and a night's value."""

    key: str
    title: str
    unit: Literal["min", "duration", "percent", "rating", "clock"]
    value: Callable[[Own], float | None]


def _clock_at(field: str) -> Callable[[Own], float | None]:
    def value(night: Own) -> float | None:
        at = getattr(night.diary, field, None)
        return None if at is None else evening_minute(night.night_date, at)

    return value


def _answer(field: str) -> Callable[[Own], float | None]:
    return lambda night: getattr(night.diary, field, None)


def _derived(field: str) -> Callable[[Own], float | None]:
    return lambda night: getattr(night.measures, field, None)


ROWS = (
    Row("try_sleep_min_after_noon", "Tried to sleep, clock time", "clock", _clock_at("try_sleep")),
    Row("out_of_bed_min_after_noon", "Out of bed, clock time", "clock", _clock_at("out_of_bed")),
    Row("sol_min", "Time to fall asleep (SOL), min", "min", _answer("sol")),
    Row("waso_min", "Awake in the night (WASO), min", "min", _answer("waso")),
    Row("tst_min", "Total sleep time (TST)", "duration", _derived("tst")),
    Row("se_dse_pct", "Sleep efficiency of time trying to sleep (DSE), %", "percent", _derived("se_dse")),
    Row("se_tib_pct", "Sleep efficiency of time in bed (TIB), %", "percent", _derived("se_tib")),
    Row("quality", "Quality, 1 very poor to 5 very good", "rating", _answer("quality")),
)


def values(row: Row, nights: tuple[Own, ...]) -> list[float]:
    """What was measured, night by night."""
    found = (row.value(n) for n in nights)
    return [v for v in found if v is not None]


def mean(row: Row, nights: tuple[Own, ...]) -> Mean:
    """The mean of some nights; of clock times the circular one."""
    found = values(row, nights)
    return clock_mean(found) if row.unit == "clock" else mean_of(found)


def build(ctx: TwoWeeks) -> Section | None:
    """One line a measure; None without a diary. The two sleep efficiencies stand in lines of their own, never mixed."""
    if not ctx.answered:
        return None
    one, two = ctx.weeks
    spans = (one, two, ctx.nights) if two else (one,)
    heads = (("week 1", "n, week 1"), ("week 2", "n, week 2"), ("both", "n, both")) if two else (("these nights", "n"),)
    columns = [
        Column("Diary"),
        *(Column(title, True) for pair in heads for title in pair),
        Column("range of nights", True),
    ]
    told = tuple(n.night_date for n in ctx.nights if n.diary is not None)
    rows: list[tuple[str | None, ...]] = []
    for row in ROWS:
        cells: list[str | None] = [row.title]
        for nights in spans:
            found = mean(row, nights)
            cells += [None if found.value is None else _shown(found.value, row.unit, 1), str(found.n)]
        rows.append((*cells, _range(row, ctx.nights)))
    return Section("weekly", "Weekly means" if two else "Means", (Table(tuple(columns), tuple(rows), nights_of=told),))


def _range(row: Row, nights: tuple[Own, ...]) -> str | None:
    found = values(row, nights)
    if not found:
        return None
    if row.unit == "clock":
        # Round the mean, so that midnight and noon divide nothing.
        centre = clock_mean(found).value or 0.0
        found = [centre + (v - centre + DAY_MIN / 2) % DAY_MIN - DAY_MIN / 2 for v in found]
    low, high = _shown(min(found), row.unit, 0), _shown(max(found), row.unit, 0)
    return low if low == high else f"{low} \u2013 {high}"


def _shown(value: float, unit: str, decimals: int) -> str:
    if unit == "clock":
        return words.clock(value % DAY_MIN)
    if unit == "duration":
        return words.duration(value)
    return words.number(value, decimals if unit == "rating" else 0)


PLUGIN = SectionPlugin("weekly", "Weekly means", 30, build)
