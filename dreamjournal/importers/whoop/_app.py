"""The app's export: sleeps.csv, physiological_cycles.csv and journal_entries.csv, English or German."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice

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
    SumRules,
    TagDraft,
    check_instant,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.instant import Instant, from_local_offset
from dreamjournal.domain.night import night_of
from dreamjournal.domain.session import SessionKind, SessionMeasures, Validity
from dreamjournal.importers.whoop._values import NO_SLEEP, STEP, UNSEEN, check_sums, offset_min, value

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
RESAVED = ("it was saved again by a spreadsheet", "import the file as WHOOP gave it")
_RESAVED_DATE = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b")
GERMAN = {
    "Startzeit des Zyklus": CYCLE[0], "Endzeit des Zyklus": CYCLE[1], "Zeitzone des Zyklus": CYCLE[2],
    "Beginn des Schlafs": "Sleep onset", "Beginn des Aufwachens": "Wake onset", "Schlafleistung %": "Sleep performance %",
    "Atemfrequenz (Atemzüge/Min.)": "Respiratory rate (rpm)", "Schlafdauer (Min.)": "Asleep duration (min)",
    "Dauer im Bett (Min.)": "In bed duration (min)", "Dauer des Leichtschlafs (Min.)": "Light sleep duration (min)",
    "Dauer des Tiefschlafs (Min.)": "Deep (SWS) duration (min)", "Dauer des REM-Schlafs (Min.)": "REM duration (min)",
    "Dauer des Aufwachens (Min.)": "Awake duration (min)", "Schlafbedarf (Min.)": "Sleep need (min)",
    "Schlafdefizit (Min.)": "Sleep debt (min)", "Schlafeffizienz %": "Sleep efficiency %",
    "Schlafbeständigkeit %": "Sleep consistency %", "Nickerchen": "Nap", "Erholungswert %": "Recovery score %",
    "Ruheherzfrequenz (Schläge pro Minute)": "Resting heart rate (bpm)",
    "Herzfrequenzvariabilität (ms)": "Heart rate variability (ms)", "Hauttemperatur (Celsius)": "Skin temp (celsius)",
    "Blutsauerstoff %": "Blood oxygen %", "Tagesbelastung": "Day Strain", "Verbrannte Energie (cal)": "Energy burned (cal)",
    "Max HF (Schläge pro Minute)": "Max HR (bpm)", "Durchschnittliche HF (Schläge pro Minute)": "Average HR (bpm)",
}  # fmt: skip
"""WHOOP writes the export in the account's language; these columns are known from a public project that reads them."""
_BY_NAME = {german.casefold(): english for german, english in GERMAN.items()}
YES, NO = ("true", "ja"), ("false", "nein")


def column_name(written: str) -> str:
    """The English name of a column."""
    return _BY_NAME.get(written.strip().casefold(), written.strip())


_CALLED = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_app(table: Table, options: ReadOptions, progress: Progress, *, german: bool) -> Iterator[Draft]:
    """Rows of one of the three files. Raises UserError when it was saved again by a spreadsheet or lacks columns."""
    header = table.header
    if table.delimiter != ",":
        raise UserError(
            "The file was not read", f"{RESAVED[0]}, with {_CALLED[table.delimiter]} between the cells", RESAVED[1]
        )
    journal = JOURNAL[0] in header
    missing = [c for c in (CYCLE[0], CYCLE[2], *(JOURNAL[:2] if journal else SLEEP)) if c not in header]
    if missing:
        raise UserError("The file was not read", "these columns are missing: " + ", ".join(missing), "export it again")
    if table.encoding != "UTF-8":
        yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
    if german:
        yield FileWarning(UNSEEN)
    yield from unknown_fields(header, KNOWN)
    rules = SumRules()
    notes = 0
    nap = "Nap" in header
    for done, row in enumerate(_checked_dates(table.rows)):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        where = f"{options.where} line {row.line}"
        cells = row.cells
        try:
            if row.problem:
                raise RowRejected(row.problem)
            if journal:
                notes += bool(cells.get("Notes"))
                yield RowDraft(where, row.line, tags=(_answer(cells, options),))
                continue
            session, doubts = checked_session(_session(cells, nap), options.now)
            for text in doubts:
                yield FileWarning(text)
            if not doubts:
                check_sums(rules, session)
            yield RowDraft(where, row.line, (session,))
        except RowRejected as e:
            said = int(not journal and str(e) != NO_SLEEP)
            yield Rejected(where, str(e), row.line, row.text.strip(), sessions=said)
    if notes:
        yield FileWarning(f"{notes} answers carry a note; notes stay in the file.")
    yield from rules.found()


def _checked_dates(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """The rows. Raises UserError when the first dates are no longer WHOOP's: 03/04/2026 could be March or April."""
    first = list(islice(rows, 20))
    dates = (r.cells.get(CYCLE[0], "") for r in first if not r.problem)
    if any(_RESAVED_DATE.match(d) for d in dates):
        raise UserError("The file was not read", f"{RESAVED[0]}, which changed its dates", RESAVED[1])
    yield from chain(first, rows)


def _time(row: dict[str, str], column: str) -> Instant:
    """The offset is the one at the cycle's start and holds for onset, wake and cycle end alike."""
    offset = offset_min(row[CYCLE[2]])
    text = row[column]
    try:
        if len(text) != 19 or text[4] != "-" or text[10] != " " or not text.isascii():
            raise ValueError
        return from_local_offset(datetime.fromisoformat(text), offset)
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{column}: not a date and time") from e


def _session(row: dict[str, str], nap: bool) -> SessionDraft:
    if not row["Sleep onset"] or not row["Wake onset"]:
        raise RowRejected(NO_SLEEP)
    kind = SessionKind.MAIN
    if nap:
        said = row["Nap"].lower()
        if said not in (*YES, *NO, ""):
            raise RowRejected("Nap: neither true nor false")
        kind = SessionKind.NAP if said in YES else SessionKind.MAIN
    tst = value(row, "Asleep duration (min)")
    measures = SessionMeasures(
        tib_min=value(row, "In bed duration (min)"),
        tst_min=tst,
        awake_min=value(row, "Awake duration (min)"),
        light_min=value(row, "Light sleep duration (min)"),
        deep_min=value(row, "Deep (SWS) duration (min)"),
        rem_min=value(row, "REM duration (min)"),
        vendor_se_pct=value(row, "Sleep efficiency %"),
        resp=value(row, "Respiratory rate (rpm)"),
        hr=value(row, "Resting heart rate (bpm)"),
        hrv_rmssd=value(row, "Heart rate variability (ms)"),
        temp=value(row, "Skin temp (celsius)"),
        spo2=value(row, "Blood oxygen %"),
    )
    start, end = _time(row, "Sleep onset"), _time(row, "Wake onset")
    return SessionDraft(
        start, end, "", kind, Validity.UNSCORED if tst is None else Validity.OK, measures,
        vendor_date=end.local.date(), supplement=not nap,
    )  # fmt: skip


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
