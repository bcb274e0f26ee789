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
_SAID = "the person's answers and imported logs"
_DIARY = "the sleep diary"
_SOURCE = "the source of the report"
_CLOCK = "local clock, hour:minute, or local date and time with its offset from UTC"
_NO_ANSWER = "not answered; never 0"
_UNMEASURED = "not measured, or not answered; never 0"

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
        "value", "The measure of the report, where the night counts.", "that of the measure", _SOURCE,
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
        "exposures", "What was used that night, names parted by a semicolon.", "words", _SAID,
        "nothing is recorded",
    ),
    _entry("device", "The model that recorded the night.", "words", "the source's own file", "the source does not say"),
    _entry(
        "kind", "What the night was: natural, enhanced, unsure or unrecorded.", "word", _SAID,
        "closed until a sealed study ends, or not told",
    ),
    _entry("state", "Whether the night is used, left out or not recorded.", "word", _PAGE, "never empty"),
    _entry(
        "free_next_day", "Whether the next day was free (1) or not (0): as the person said, else by the day of the week.", "1 or 0",
        _JOURNAL,
    ),
    _entry("source", "Who recorded the measures.", "key of the source", _JOURNAL, "never empty"),
    _entry("into_bed", "When the person got into bed.", _CLOCK, _DIARY, _NO_ANSWER),
    _entry("try_sleep", "When the person tried to fall asleep.", _CLOCK, _DIARY, _NO_ANSWER),
    _entry("final_wake", "When the person last woke.", _CLOCK, _SOURCE, _UNMEASURED),
    _entry("out_of_bed", "When the person got up.", _CLOCK, _DIARY, _NO_ANSWER),
    _entry("lights_out", "When the lights went out, or the person tried to fall asleep.", _CLOCK, _SOURCE, _UNMEASURED),
    _entry("got_up", "When the person got up.", _CLOCK, _SOURCE, _UNMEASURED),
    _entry("recording_start", "When the recording began; it need not be when the lights went out.", _CLOCK, _SOURCE, _UNMEASURED),
    _entry("recording_end", "When the recording ended; it need not be when the person got up.", _CLOCK, _SOURCE, _UNMEASURED),
    _entry("mid_sleep", "The middle of the sleep.", _CLOCK, _SOURCE, _UNMEASURED),
    _entry("tib_min", "Time in bed (TIB).", "min", _SOURCE, _UNMEASURED),
    _entry("tst_min", "Total sleep time (TST).", "min", _SOURCE, _UNMEASURED),
    _entry("sol_min", "Time to fall asleep (SOL).", "min", _SOURCE, _UNMEASURED),
    _entry("waso_min", "Time awake after falling asleep (WASO).", "min", _SOURCE, _UNMEASURED),
    _entry("nawk", "How often the person woke, the last waking not counted.", "times", _SOURCE, _UNMEASURED),
    _entry("se_tib_pct", "Sleep efficiency: sleep as a share of the time in bed, SE(TIB).", "percent", _SOURCE, _UNMEASURED),
    _entry(
        "se_dse_pct", "Sleep efficiency: sleep as a share of the time trying to sleep, SE(DSE).", "percent", _SOURCE,
        "not known; it needs the time awake before getting up",
    ),
    _entry("light_min", "Light sleep as the device scores it; not the same as N1 and N2.", "min", _SOURCE, _UNMEASURED),
    _entry("deep_min", "Deep sleep as the device scores it; not the same as N3.", "min", _SOURCE, _UNMEASURED),
    _entry("rem_min", "REM sleep as the device scores it.", "min", _SOURCE, _UNMEASURED),
    _entry("nap_count", "How many naps the source recorded.", "number of naps", _SOURCE, "no sleep was recorded"),
    _entry("quality", "How well the person slept, by their own rating.", "1 very poor to 5 very good", _DIARY, _NO_ANSWER),
    _entry(
        "recall", "The answer about dreams: report, fragment, white (dreamt, no content), nothing or not_tried.", "word",
        "the morning entry",
        "not asked or not answered; that is not \u201cnothing\u201d",
    ),
    _entry("dreams", "How many dreams were written down.", "number of dreams", _JOURNAL, "no morning entry"),
    _entry("nightmare", "How many of the dreams were nightmares.", "number of dreams", _JOURNAL, "no morning entry"),
    _entry("distress", "How bad the worst nightmare was.", "0 none to 4 as bad as it gets", _JOURNAL, "no nightmare was rated"),
    _entry("late_entry", "Whether the diary was written more than a day late (1) or not (0).", "1 or 0", _PAGE, "no diary"),
    _entry("noted", "What was taken, used or noted, parted by a semicolon.", "words", _SAID, "nothing is recorded"),
    _entry("number", "The number of the dream in this book.", "number", _PAGE, "never empty"),
    _entry(
        "may_not_be_own", "Whether the dream may not be the person's own, after a merge.", "yes or empty", "imported logs",
        "nothing says so",
    ),
    _entry("tags", "Tags of the dream.", "words", "the person's own words", "none"),
    _entry("text", "The dream as it was written.", "words", "the person's own words", "nothing was written"),
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
    return Entry(name, f"{metric.title}. {metric.explain}", metric.unit or "number", _SOURCE)


@cache
def _metrics() -> dict[str, Metric]:
    return {m.key: m for m in load_family("dreamjournal.metrics")}


def _printed(section: str, column: Column) -> Entry:
    words = set(re.findall(r"[A-Za-z]+", column.title))
    told = [text for short, text in _SHORT if short in words]
    meaning = f"As it is printed under \u201c{section}\u201d." + (f" {'; '.join(told)}." if told else "")
    unit = _UNIT.search(column.title)
    return Entry(column.title, meaning, unit[1] if unit else ("as printed" if column.number else "words"), _PAGE)
