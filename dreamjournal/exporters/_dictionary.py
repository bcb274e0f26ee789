"""The data dictionary of a report: what each column of its tables means, in which unit, and where it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dreamjournal.common.plugins import load_family
from dreamjournal.domain.report import Column, Report, Table

if TYPE_CHECKING:
    from dreamjournal.metrics._metric import Metric

EMPTY = "not known or not measured; never 0"
"""What an empty cell means where nothing else is said."""


@dataclass(frozen=True)
class Entry:
    """One column of a table."""

    column: str
    meaning: str
    unit: str = ""
    origin: str = ""
    empty: str = EMPTY


def _entry(column: str, meaning: str, unit: str = "", origin: str = "", empty: str = EMPTY) -> tuple[str, Entry]:
    return column, Entry(column, meaning, unit, origin, empty)


_JOURNAL = "the journal"
_PAGE = "worked out for this report"

NIGHTS: dict[str, Entry] = dict((
    _entry(
        "night_date", "The night, by the date of its evening: from noon of this date to noon of the next.", "date, year-month-day",
        _JOURNAL, "never empty",
    ),
    _entry(
        "enhanced", "Whether the night counts as enhanced (1) or natural (0): as it was drawn in a study, else as it was.", "1 or 0",
        "the study's plan, the person's answers and imported logs", "not known what the night was; silence is never natural",
    ),
    _entry(
        "value", "The measure of the report, where the night counts.", "that of the measure", "the source of the report",
        "the night does not count; the column counted says why",
    ),
    _entry(
        "weekend", "Whether the next day was free (1) or not (0): as the person said, else Friday and Saturday evenings are free.",
        "1 or 0", _JOURNAL, "the night does not count",
    ),
    _entry(
        "block", "The block of the study's plan that the night belongs to.", "number of the block", "the study's plan",
        "no study, or no block",
    ),
    _entry("counted", "Whether the night counts: yes, excluded or missing.", "word", _PAGE, "never empty"),
    _entry("reason", "Why the night does not count.", "words", _PAGE, "the night counts"),
    _entry(
        "left_out_value", "What was measured on a night that does not count; it is in no mean and no difference.", "that of the measure",
        "the source of the report", "the night counts, or nothing was measured",
    ),
    _entry(
        "exposures", "What was used that night, names parted by a semicolon.", "words", "the person's answers and imported logs",
        "nothing is recorded",
    ),
    _entry("device", "The model that recorded the night.", "words", "the source's own file", "the source does not say"),
))  # fmt: skip
"""Columns of the nights of any kind of report, by name. The published schema says the same (`resources/schemas`)."""

_SHORT = (
    ("TST", "TST is the total sleep time"),
    ("SOL", "SOL is the time to fall asleep"),
    ("WASO", "WASO is the time awake after falling asleep"),
    ("SE", "SE is the sleep efficiency, sleep as a share of the time in brackets"),
    ("TIB", "TIB is the time in bed"),
    ("DSE", "DSE is the time from trying to sleep to getting up"),
    ("SWD", "SWD is the smallest worthwhile difference"),
    ("SRI", "SRI is the sleep regularity index"),
    ("SD", "SD is the standard deviation"),
    ("IQR", "IQR is the middle half"),
    ("REM", "REM is rapid eye movement sleep"),
    ("HRV", "HRV is the heart rate variability"),
    ("n", "n is the number of nights"),
)
_UNIT = re.compile(r"[ \u00a0(](min|h|%|ms|bpm|points|\u00b0C|1\u20135|0\u20134)\)?$")


def nights_entries(report: Report) -> tuple[Entry, ...]:
    """An entry for each column of the report's nights, in their order."""
    return tuple(_of_night(c, report) for c in report.nights.columns)


def table_entries(section: str, table: Table) -> tuple[Entry, ...]:
    """An entry for each column of a table of the section called `section`: its cells stand as they are printed."""
    return tuple(_printed(section, c) for c in table.columns)


def _of_night(column: Column, report: Report) -> Entry:
    known = NIGHTS.get(column.title) or _measure(column.title)
    if known is None:
        return Entry(
            column.title, f"\u201c{column.title}\u201d of each night.", "number" if column.number else "words", _JOURNAL
        )
    if column.title in ("value", "left_out_value") and report.result.get("metric"):
        metric, unit, source = (str(report.result.get(k) or "") for k in ("metric", "unit", "source"))
        measure = _measure(metric)
        meaning = f"{known.meaning} Here it is {metric}" + (f": {measure.meaning}" if measure is not None else ".")
        return Entry(known.column, meaning, unit or "number", source or known.origin, known.empty)
    return known


def _measure(name: str) -> Entry | None:
    """The entry of a column named after a measure: `tst`, `tst_min`, `se_tib_pct`."""
    metric = _metrics().get(re.sub(r"_(min|pct)$", "", name))
    if metric is None:
        return None
    return Entry(name, f"{metric.title}. {metric.explain}", metric.unit or "number", "the source of the report")


@cache
def _metrics() -> dict[str, Metric]:
    return {m.key: m for m in load_family("dreamjournal.metrics")}


def _printed(section: str, column: Column) -> Entry:
    words = set(re.findall(r"[A-Za-z]+", column.title))
    told = [text for short, text in _SHORT if short in words]
    meaning = f"As it is printed under \u201c{section}\u201d." + (f" {'; '.join(told)}." if told else "")
    unit = _UNIT.search(column.title)
    return Entry(column.title, meaning, unit[1] if unit else ("as printed" if column.number else "words"), _PAGE)
