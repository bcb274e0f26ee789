"""WHOOP's account export: sleeps.csv, physiological_cycles.csv and journal_entries.csv, or the zip of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

from dreamjournal.common.csv_rows import Record, head_text, number, read_text, records, wall_clock
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    TagDraft,
    check_instant,
    checked_session,
)
from dreamjournal.domain.instant import Instant, from_local_offset
from dreamjournal.domain.night import night_of
from dreamjournal.domain.session import SessionKind, SessionMeasures, Validity

CYCLE = ("Cycle start time", "Cycle end time", "Cycle timezone")
SLEEP = (
    "Sleep onset", "Wake onset", "Sleep performance %", "Respiratory rate (rpm)", "Asleep duration (min)",
    "In bed duration (min)", "Light sleep duration (min)", "Deep (SWS) duration (min)", "REM duration (min)",
    "Awake duration (min)", "Sleep need (min)", "Sleep debt (min)", "Sleep efficiency %", "Sleep consistency %",
)  # fmt: skip
CYCLE_ONLY = (
    "Recovery score %", "Resting heart rate (bpm)", "Heart rate variability (ms)", "Skin temp (celsius)", "Blood oxygen %",
    "Day Strain", "Energy burned (cal)", "Max HR (bpm)", "Average HR (bpm)",
)  # fmt: skip
JOURNAL = ("Question text", "Answered yes", "Notes")
KNOWN = {*CYCLE, *SLEEP, *CYCLE_ONLY, *JOURNAL, "Nap"}
_OFFSET = re.compile(r"UTC([+-])(\d\d):?(\d\d)")
_NO_SLEEP = "no sleep in this row"


@dataclass(frozen=True)
class Whoop:
    """WHOOP. Times are local with one offset a row, which holds for every column of the row."""

    key: str = "whoop"
    title: str = "WHOOP"
    suffixes: tuple[str, ...] = (".csv", ".zip")
    parser_version: int = 1
    needs_zone: bool = False
    companions: tuple[str, ...] = ("workouts.csv",)

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the header is WHOOP's, whatever the file is called."""
        header = head_text(head).split("\n", 1)[0]
        return 1.0 if CYCLE[0] in header and CYCLE[2] in header else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows of one of the three files. Raises UserError when the columns are not WHOOP's."""
        text, encoding = read_text(stream)
        if encoding == "Windows-1252":
            yield FileWarning("The file is not UTF-8; it was read as Windows-1252.")
        rows = records(text)
        first = next(rows, None)
        header = [c.strip() for c in first.cells] if first else []
        if len(header) == 1 and ";" in header[0]:
            raise UserError(
                "The file was not read",
                "it was saved again by a spreadsheet, with ; between the cells",
                "import the file as WHOOP gave it",
            )
        missing = [c for c in (CYCLE[0], CYCLE[2]) if c not in header]
        journal = JOURNAL[0] in header
        wanted = JOURNAL[:2] if journal else SLEEP
        missing += [c for c in wanted if c not in header]
        if missing:
            raise UserError(
                "The file was not read", "these columns are missing: " + ", ".join(missing), "export it again"
            )
        unknown = [c for c in header if c not in KNOWN]
        if unknown:
            yield FileWarning("Columns not known, and not read: " + ", ".join(unknown))
        notes = 0
        for done, record in enumerate(rows):
            progress.step(done, 0, options.where)
            where = f"{options.where} line {record.line}"
            try:
                row = _row(record, header)
                notes += bool(row.get("Notes"))
                if journal:
                    yield RowDraft(where, record.line, tags=(_answer(row, options),))
                else:
                    session, doubts = checked_session(_session(row, "Nap" in header), options.now)
                    yield from (FileWarning(d) for d in doubts)
                    yield RowDraft(where, record.line, (session,))
            except RowRejected as e:
                yield Rejected(
                    where,
                    str(e),
                    record.line,
                    record.text.strip()[:300],
                    sessions=int(not journal and str(e) != _NO_SLEEP),
                )
        if notes:
            yield FileWarning(f"{notes} answers carry a note; notes stay in the file.")


def _row(record: Record, header: list[str]) -> dict[str, str]:
    if not record.closed:
        raise RowRejected("a quotation mark is never closed")
    if len(record.cells) != len(header):
        raise RowRejected(f"{len(record.cells)} cells where the header has {len(header)}")
    return dict(zip(header, (c.strip() for c in record.cells), strict=True))


def _time(row: dict[str, str], column: str) -> Instant:
    zone = row[CYCLE[2]]
    match = _OFFSET.fullmatch(zone)
    if match is None and zone not in ("Z", "UTC", "UTCZ"):
        raise RowRejected("the time zone is missing" if not zone else "the time zone is not an offset from UTC")
    offset = 0
    if match:
        offset = (int(match[2]) * 60 + int(match[3])) * (-1 if match[1] == "-" else 1)
    if abs(offset) > 15 * 60:
        raise RowRejected("the offset from UTC is more than 15 hours")
    try:
        return from_local_offset(wall_clock(row[column], "%Y-%m-%d %H:%M:%S"), offset)
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{column}: not a date and time") from e


def _session(row: dict[str, str], sleeps: bool) -> SessionDraft:
    if not row["Sleep onset"] or not row["Wake onset"]:
        raise RowRejected(_NO_SLEEP)
    kind = SessionKind.MAIN
    if sleeps:
        nap = row["Nap"].lower()
        if nap not in ("true", "false", ""):
            raise RowRejected("Nap: neither true nor false")
        kind = SessionKind.NAP if nap == "true" else SessionKind.MAIN
    values: dict[str, float | None] = {}
    for column in (*SLEEP[2:], *CYCLE_ONLY):
        try:
            values[column] = number(row.get(column, ""))
        except ValueError as e:
            raise RowRejected(f"{column}: not a number") from e
    measures = SessionMeasures(
        tib_min=values["In bed duration (min)"],
        tst_min=values["Asleep duration (min)"],
        awake_min=values["Awake duration (min)"],
        light_min=values["Light sleep duration (min)"],
        deep_min=values["Deep (SWS) duration (min)"],
        rem_min=values["REM duration (min)"],
        vendor_se_pct=values["Sleep efficiency %"],
        resp=values["Respiratory rate (rpm)"],
    )
    if not sleeps:
        measures = replace(
            measures,
            hr=values["Resting heart rate (bpm)"],
            hrv_rmssd=values["Heart rate variability (ms)"],
            temp=values["Skin temp (celsius)"],
            spo2=values["Blood oxygen %"],
        )
    validity = Validity.UNSCORED if measures.tst_min is None else Validity.OK
    start, end = _time(row, "Sleep onset"), _time(row, "Wake onset")
    return SessionDraft(start, end, "", kind, validity, measures, vendor_date=end.local.date(), supplement=not sleeps)


def _answer(row: dict[str, str], options: ReadOptions) -> TagDraft:
    if not row[CYCLE[0]]:
        raise RowRejected("no cycle: the answer belongs to no night")
    at = _time(row, CYCLE[0])
    check_instant(at, options.now, "cycle")
    question = " ".join(row["Question text"].split())
    answer = row["Answered yes"].lower()
    if not question:
        raise RowRejected("no question")
    if answer not in ("true", "false"):
        raise RowRejected("the answer is neither true nor false")
    return TagDraft(night_of(at), question, 1.0 if answer == "true" else 0.0, at)


PLUGIN = Whoop()
