"""OSCAR's CSV: the summary (a row a day), and the sessions. Details are known and not needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table, TableRow, read_table
from dreamjournal.domain.drafts import (
    Draft,
    ExposureDraft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    SumRules,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.hypnogram_session import later
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.session import SessionKind
from dreamjournal.domain.therapy import ENHANCER, therapy_words

SUMMARY = ("Date", "Session Count", "Start", "End", "Total Time")
SESSIONS = ("Date", "Session", "Start", "End", "Total Time")
BY_SESSION = ("Date", "Start", "Hours_Used")
DETAILS = b"datetime,session,event"
KNOWN = {
    *SUMMARY, *SESSIONS, *BY_SESSION, "AHI", "RDI", "OA", "UA", "H", "CA", "RERA", "Pressure_Avg", "Pressure_Min", "Pressure_Max",
    "Pressure_95th", "Leak_Avg", "Leak_Max", "Leak_95th", "SpO2_Avg", "SpO2_Min", "Pulse_Avg", "Hours", "Machine",
}  # fmt: skip
NO_TIME = "no therapy time in this row"
_MANY = re.compile(r"(?:Median|\d+(?:\.\d+)?%) .+|\w{1,5} Count")
"""Columns that depend on the machine: counts of events, and percentiles."""
_LENGTH = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)", re.ASCII)
_SERIAL = re.compile(r"\b\d{6,}\b")
_RESAVED = re.compile(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}", re.ASCII)


@dataclass(frozen=True)
class _Use:
    """One row: a therapy day, or a mask time of it. Minutes, events an hour, litres a second."""

    day: date
    session: SessionDraft
    minutes: float
    ahi: float | None
    leak: float | None


@dataclass(frozen=True)
class Oscar(Importer):
    """OSCAR. Dates are evenings; times are local, of the machine's clock, without a zone."""

    key: str = "oscar"
    title: str = "OSCAR"
    suffixes: tuple[str, ...] = (".csv", ".zip")
    kinds: tuple[str, ...] = ("text",)

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the first line begins as one of OSCAR's tables does."""
        return 1.0 if _first_line(head).startswith(_STARTS) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each row is mask time and therapy; the rows of a day make one exposure. Raises UserError for other columns."""
        table = read_table(stream, ("Date",), name=_column)
        header = set(table.header)
        if {"Session", "Event"} <= header:
            yield FileWarning("The details of OSCAR hold no sleep: export the summary.")
            return
        wanted = next((w for w in (SUMMARY, SESSIONS, BY_SESSION) if set(w) <= header), None)
        if wanted is None:
            nearest = min((SUMMARY, SESSIONS, BY_SESSION), key=lambda w: len(set(w) - header))
            missing = ", ".join(c for c in nearest if c not in header)
            raise UserError("The file was not read", f"these columns are missing: {missing}", "export it again")
        if table.encoding not in ("UTF-8", "UTF-16"):
            yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
        yield from unknown_fields((c for c in table.header if c and not _MANY.fullmatch(c)), KNOWN)
        rules = SumRules()
        used: dict[date, list[tuple[TableRow, _Use]]] = {}
        for row in table.rows:
            progress.step(0, 0, options.where)
            try:
                if row.problem:
                    raise RowRejected(row.problem)
                if _RESAVED.fullmatch(row.cells["Date"]):
                    raise UserError(
                        "The file was not read",
                        "it was saved again by a spreadsheet",
                        "import the file as OSCAR gave it",
                    )
                use, doubts = _use(table, row.cells, wanted, options, rules)
                yield from (FileWarning(d) for d in doubts)
                used.setdefault(use.session.night_date, []).append((row, use))
            except (RowRejected, OverflowError) as e:
                reason = str(e) if isinstance(e, RowRejected) else "the date is outside the calendar"
                n = int(reason != NO_TIME)
                yield Rejected(f"{options.where} line {row.line}", reason, row.line, row.text, sessions=n, exposures=n)
        for night, rows in used.items():
            exposure = _exposure(night, [use for _, use in rows])
            for i, (row, use) in enumerate(rows):
                yield RowDraft(
                    f"{options.where} line {row.line}", row.line, (use.session,), exposures=() if i else (exposure,)
                )
        yield from rules.found()


_STARTS = (
    b"date,session count,start,end,total time", b"date,session,start,end,total time", b"date,start,ahi,rdi", DETAILS,
)  # fmt: skip


def _column(cell: str) -> str:
    """The details call their first column "DateTime"."""
    return "Date" if cell.strip() == "DateTime" else cell.strip()


def _first_line(head: bytes) -> bytes:
    line = head[:400].removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
    return line.replace(b'"', b"").replace(b";", b",").replace(b"\t", b",").lower()


def _use(
    table: Table, row: dict[str, str], wanted: tuple[str, ...], options: ReadOptions, rules: SumRules
) -> tuple[_Use, tuple[str, ...]]:
    day = _date(row["Date"])
    numbers: dict[str, float | None] = {}
    for column in ("AHI", "Leak_95th", "95% Leak Rate", "Hours", "Hours_Used"):
        try:
            numbers[column] = table.number(row.get(column, ""))
        except ValueError as e:
            raise RowRejected(f"{column}: not a number") from e
    if any(v is not None and v < 0 for v in numbers.values()):
        raise RowRejected("negative therapy values")
    leak = numbers["Leak_95th"] if numbers["Leak_95th"] is not None else numbers["95% Leak Rate"]
    if wanted is BY_SESSION:
        minutes = 60 * (numbers["Hours_Used"] or 0)
        if not minutes:
            raise RowRejected(NO_TIME)
        clock = _clock(row["Start"])
        # The date is the evening's: a start before noon is on the morning after it.
        start = datetime.combine(day + timedelta(days=int(clock.hour < 12)), clock)
        seconds = 3600 * max(numbers["Hours"] or 0, minutes / 60)
    else:
        if not row["Start"] or not row["End"]:
            raise RowRejected(NO_TIME)
        start, end = _moment(row["Start"], "Start"), _moment(row["End"], "End")
        seconds = (end - start).total_seconds()
        minutes = _length(row["Total Time"])
        if not minutes:
            raise RowRejected(NO_TIME)
        rules.check("Total Time lies within Start and End", day, minutes * 60 <= seconds + 60)
    begin = options.localise(start)
    # A machine's clock does not change in the night: what follows its start is elapsed time.
    draft = SessionDraft(
        begin, later(begin, seconds), f"day:{day.isoformat()}" if wanted is SUMMARY else "", SessionKind.REST,
        device=_SERIAL.sub("", row.get("Machine", "")).strip()[:80], vendor_date=day,
    )  # fmt: skip
    session, doubts = checked_session(draft, options.now)
    return _Use(day, session, minutes, numbers["AHI"], None if leak is None else leak / 60), doubts


def _exposure(night: date, uses: list[_Use]) -> ExposureDraft:
    """All mask times of a night: events an hour of their common time, and the leak where one number tells it."""
    minutes = sum(u.minutes for u in uses)
    scored = [u for u in uses if u.ahi is not None]
    hours = sum(u.minutes for u in scored)
    ahi = sum((u.ahi or 0) * u.minutes for u in scored) / hours if hours else None
    return ExposureDraft(
        night, ENHANCER, EnhancerKind.THERAPY, f"night:{night.isoformat()}",
        dose=therapy_words(minutes, ahi, uses[0].leak if len(uses) == 1 else None),
        start=min(u.session.start for u in uses), end=max(u.session.end for u in uses),
    )  # fmt: skip


def _date(cell: str) -> date:
    try:
        if not cell.isascii() or len(cell) != 10:
            raise ValueError
        return date.fromisoformat(cell)
    except ValueError as e:
        raise RowRejected("Date: not a date") from e


def _moment(cell: str, column: str) -> datetime:
    try:
        if not cell.isascii() or not 16 <= len(cell) <= 26:
            raise ValueError
        return datetime.fromisoformat(cell).replace(tzinfo=None)
    except ValueError as e:
        raise RowRejected(f"{column}: not a date and time") from e


def _clock(cell: str) -> time:
    match = _LENGTH.fullmatch(cell)
    if match is None or int(match[1]) > 23:
        raise RowRejected("Start: not a time")
    return time(int(match[1]), int(match[2]), int(match[3]))


def _length(cell: str) -> float:
    match = _LENGTH.fullmatch(cell)
    if match is None:
        raise RowRejected("Total Time: not hours, minutes and seconds")
    return int(match[1]) * 60 + int(match[2]) + int(match[3]) / 60


PLUGIN = Oscar()
