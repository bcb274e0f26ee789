"""Oura's trends CSV: a row a day, columns in any order under names that drift."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table
from dreamjournal.domain.drafts import (
    Draft,
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
from dreamjournal.domain.records import number
from dreamjournal.domain.session import SessionMeasures, Validity
from dreamjournal.importers.oura._values import day, instant, less, minutes, positive

ASLEEP_RULE = "time asleep = light + deep + REM"
IN_BED_RULE = "time in bed = time asleep + awake"
DATE_RULE = "the date is the morning's"
STEP = 200
READ = {
    "total sleep duration", "total bedtime", "light sleep duration", "deep sleep duration", "rem sleep duration",
    "awake duration", "sleep latency", "sleep efficiency", "average resting heart rate", "average hrv", "respiratory rate",
    "temperature deviation",
}  # fmt: skip
KNOWN = READ | {
    "date", "bedtime start", "bedtime end", "previous day activity score", "average met", "restless sleep",
    "training frequency score", "equivalent walking distance", "rem sleep score", "temperature trend deviation",
    "stay active score", "rest duration", "medium activity duration", "meet daily targets score", "sleep latency score",
    "non-wear duration", "steps", "high activity duration", "restfulness score", "total burn", "previous night score",
    "activity burn", "lowest resting heart rate", "hrv balance score", "long periods of inactivity", "sleep score",
    "training volume score", "move every hour score", "sleep efficiency score", "inactive duration", "sleep balance score",
    "total sleep score", "temperature score", "sleep timin score", "sleep timing score", "deep sleep score", "sleep timing",
    "sleep timing (2)", "readiness score", "low activity duration", "recovery index score", "activity score",
    "resting heart rate score", "activity balance score", "spo2 average", "breathing disturbance index", "stress duration",
}  # fmt: skip
"""`sleep timing` is the seconds from bedtime start to mid-sleep, not a clock time; it is computed here from the stages."""
_UNIT = re.compile(r"\s*\([^)]*\)")


def column_name(written: str) -> str:
    """What drifts taken away: spaces, case, the unit; "Time" and "Duration" are one word."""
    plain = " ".join(_UNIT.sub("", written).casefold().split())
    return plain[: -len("time")] + "duration" if plain.endswith(" time") else plain


def read_trends(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """One session a row with a bedtime; there are no naps and no stages."""
    yield from unknown_fields(table.header, KNOWN)
    columns = [c for c in table.header if c in READ]
    rules = SumRules()
    for done, line in enumerate(table.rows):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        where = f"{options.where} line {line.line}"
        try:
            if line.problem:
                raise RowRejected(line.problem)
            row = _numbers(line.cells, columns, table)
            session, doubts = checked_session(_session(line.cells, row), options.now)
            for text in doubts:
                yield FileWarning(text)
            if not doubts:
                _rules(rules, session)
            yield RowDraft(where, line.line, (session,))
        except RowRejected as e:
            said = int(str(e) != NO_SLEEP)
            yield Rejected(where, str(e), line.line, line.text.strip(), sessions=said)
    yield from rules.found()


NO_SLEEP = "no sleep in this row"


def missing(cell: str) -> bool:
    """Whether a cell says nothing: it is empty or `None`."""
    return not cell or cell == "None"


def _numbers(cells: dict[str, str], columns: list[str], table: Table) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for column in columns:
        cell = cells[column]
        if not missing(cell):
            try:
                out[column] = table.number(cell)
            except ValueError as e:
                raise RowRejected(f"{column}: not a number") from e
    return out


def _session(cells: dict[str, str], row: dict[str, Any]) -> SessionDraft:
    if missing(cells["bedtime start"]) or missing(cells["bedtime end"]):
        raise RowRejected(NO_SLEEP)
    start = instant(cells["bedtime start"], "bedtime start")
    end = instant(cells["bedtime end"], "bedtime end")
    tst, awake, sol = (
        minutes(row, "total sleep duration"),
        minutes(row, "awake duration"),
        minutes(row, "sleep latency"),
    )
    measures = SessionMeasures(
        tib_min=minutes(row, "total bedtime"), tst_min=tst, sol_min=sol, waso_min=less(awake, sol), awake_min=awake,
        light_min=minutes(row, "light sleep duration"), deep_min=minutes(row, "deep sleep duration"),
        rem_min=minutes(row, "rem sleep duration"), vendor_se_pct=number(row, "sleep efficiency"),
        hr=positive(number(row, "average resting heart rate")), hrv_rmssd=positive(number(row, "average hrv")),
        resp=positive(number(row, "respiratory rate")), temp=number(row, "temperature deviation"),
    )  # fmt: skip
    validity = Validity.UNSCORED if tst is None else Validity.OK
    return SessionDraft(start, end, validity=validity, measures=measures, vendor_date=day(cells.get("date", "")))


def _rules(rules: SumRules, session: SessionDraft) -> None:
    m, night = session.measures, session.night_date
    if m.tst_min is None:
        return
    if None not in (m.light_min, m.deep_min, m.rem_min):
        parts = (m.light_min or 0) + (m.deep_min or 0) + (m.rem_min or 0)
        rules.check(ASLEEP_RULE, night, abs(m.tst_min - parts) < 0.05)
    if m.tib_min is not None and m.awake_min is not None:
        rules.check(IN_BED_RULE, night, abs(m.tib_min - m.tst_min - m.awake_min) < 0.05)
    if session.vendor_date is not None:
        rules.check(DATE_RULE, night, session.vendor_date == session.end.local.date())
