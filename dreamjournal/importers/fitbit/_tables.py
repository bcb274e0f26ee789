"""Fitbit's tables: sleep_score.csv, which joins the logs (988 real rows seen), and the CSV of the web site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table, TableRow
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    check_instant,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.instant import Instant, in_zone
from dreamjournal.domain.session import SessionEvent, SessionKind, SessionMeasures, Validity
from dreamjournal.importers.fitbit._logs import clock

SCORE = {
    "sleep_log_entry_id", "timestamp", "overall_score", "composition_score", "revitalization_score", "duration_score",
    "deep_sleep_in_minutes", "resting_heart_rate", "restlessness",
}  # fmt: skip
WEB = (
    "Start Time", "End Time", "Minutes Asleep", "Minutes Awake", "Number of Awakenings", "Time in Bed",
    "Minutes REM Sleep", "Minutes Light Sleep", "Minutes Deep Sleep",
)  # fmt: skip
SECTIONS = ("Body", "Foods", "Activities", "Sleep", "Food Log")
"""Titles between the tables of one CSV of the web site."""
_WEB_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d{1,2}):(\d\d) ?([AP])M", re.ASCII | re.IGNORECASE)
_RESAVED = re.compile(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}\b.*|\d+[.,]\d+E\+?\d+", re.ASCII)


# ---- sleep_score.csv -------------------------------------------------------------------------------------------------


def read_scores(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """Scores, each of the log its id names.

    The timestamp ends in Z and is local all the same: it is the log's endTime in 987 of 988 rows. The resting heart rate is a
    figure of the day, so it stands beside the session as a note and is never the session's heart rate.
    """
    yield from _encoding(table)
    for done, row in enumerate(table.rows):
        progress.step(done, 0, options.where)
        where = f"{options.where} line {row.line}"
        try:
            yield RowDraft(where, row.line, (_score(row, table, options),))
        except (RowRejected, OverflowError) as e:
            reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
            yield Rejected(where, reason, row.line, row.text.strip(), sessions=1)
    yield from unknown_fields(table.header, SCORE)


def _score(row: TableRow, table: Table, options: ReadOptions) -> SessionDraft:
    if row.problem:
        raise RowRejected(row.problem)
    log_id, text = row.cells["sleep_log_entry_id"], row.cells["timestamp"]
    if _RESAVED.fullmatch(text) or _RESAVED.fullmatch(log_id):
        raise _resaved()
    if not (log_id.isascii() and log_id.isdigit() and len(log_id) <= 20):
        raise RowRejected("sleep_log_entry_id: not a number")
    end = options.localise(clock({"timestamp": text.removesuffix("Z")}, "timestamp"))
    check_instant(end, options.now, "timestamp")
    events: list[SessionEvent] = []
    for column, kind in (("overall_score", "score"), ("resting_heart_rate", "resting_hr")):
        value = _cell(table, row, column)
        if value:
            events.append(SessionEvent(kind, end, detail=f"{value:g}"))
    # its own times are never kept: the row joins a log or is rejected
    return SessionDraft(
        _minute_before(end), end, log_id, events=tuple(events), supplement=True, joins_only=True
    )  # fmt: skip


def _minute_before(end: Instant) -> Instant:
    return in_zone(end.utc - timedelta(minutes=1), end.zone or "UTC")


def _cell(table: Table, row: TableRow, column: str) -> float | None:
    """A number of a cell, with thousands commas; None where it is empty, "N/A" or not there."""
    text = row.cells.get(column, "")
    if text in ("", "N/A", "NaN", "null"):
        return None
    try:
        return table.number(text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+", text, re.ASCII) else text)
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def _encoding(table: Table) -> Iterator[Draft]:
    if table.encoding != "UTF-8":
        yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")


def _resaved() -> UserError:
    return UserError(
        "The file was not read", "it was saved again by a spreadsheet", "import the file as Fitbit gave it"
    )


# ---- the web site's CSV ----------------------------------------------------------------------------------------------


def read_web(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    yield FileWarning("This variant, the web site's table, has not yet been seen in the wild: check a night you know.")
    yield from _encoding(table)
    for done, row in enumerate(table.rows):
        progress.step(done, 0, options.where)
        if row.problem and row.text.strip().strip('"').startswith(SECTIONS):
            break
        where = f"{options.where} line {row.line}"
        try:
            session, doubts = checked_session(_web_session(row, table, options), options.now)
            yield from (FileWarning(d) for d in doubts)
            yield RowDraft(where, row.line, (session,))
        except (RowRejected, OverflowError) as e:
            reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
            yield Rejected(where, reason, row.line, row.text.strip(), sessions=1)
    yield from unknown_fields(table.header, WEB)


def _web_session(row: TableRow, table: Table, options: ReadOptions) -> SessionDraft:
    if row.problem:
        raise RowRejected(row.problem)
    if not row.cells["Start Time"] or not row.cells["End Time"]:
        raise RowRejected("no sleep in this row")
    begun, ended = _web_clock(row, "Start Time"), _web_clock(row, "End Time")
    start = options.localise(begun)
    for column in WEB[6:]:
        if row.cells.get(column) == "":  # a log without stages says N/A; an empty cell is where a file was cut off
            raise RowRejected(f"{column}: empty")
    light, deep, rem = (_cell(table, row, f"Minutes {k} Sleep") for k in ("Light", "Deep", "REM"))
    if not (light or deep or rem):  # a log without stages
        light = deep = rem = None
    asleep = _cell(table, row, "Minutes Asleep")
    measures = SessionMeasures(
        tib_min=_cell(table, row, "Time in Bed"),
        tst_min=asleep,
        awake_min=_cell(table, row, "Minutes Awake"),
        light_min=light,
        deep_min=deep,
        rem_min=rem,
        asleep_unspecified_min=asleep if light is None else None,
    )
    validity = Validity.UNSCORED if asleep is None else Validity.OK
    end = in_zone(start.utc + (ended - begun), start.zone or "UTC")
    return SessionDraft(start, end, "", SessionKind.MAIN, validity, measures)


def _web_clock(row: TableRow, column: str) -> datetime:
    text = row.cells[column]
    match = _WEB_TIME.fullmatch(text)
    if match is None:
        if _RESAVED.fullmatch(text):
            raise _resaved()
        raise RowRejected(f"{column}: not a date and time")
    year, month, day, hour, minute = (int(g) for g in match.groups()[:5])
    if not 1 <= hour <= 12:
        raise RowRejected(f"{column}: not a date and time")
    try:
        return datetime(year, month, day, hour % 12 + (12 if match[6] in "Pp" else 0), minute)
    except ValueError as e:
        raise RowRejected(f"{column}: not a date and time") from e
