"""WHOOP: the app's export (sleeps, physiological cycles, journal), API v2 JSON and the privacy export's sleeps.csv."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any, cast

from dreamjournal.common.csv_rows import number
from dreamjournal.common.errors import UserError
from dreamjournal.common.heads import normalised
from dreamjournal.common.json_files import read_json
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table, TableRow, read_table
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
from dreamjournal.domain.instant import Instant, at_offset, from_local_offset
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

GDPR_NEEDED = ("during", "time_in_bed", "light_sleep_duration", "slow_wave_sleep_duration", "rem_sleep_duration")
GDPR_KNOWN = {
    *GDPR_NEEDED, "created_at", "updated_at", "activity_id", "score", "quality_duration", "latency", "max_heart_rate",
    "average_heart_rate", "debt_pre", "debt_post", "need_from_strain", "sleep_need", "habitual_sleep_need", "disturbances",
    "cycles_count", "wake_duration", "arousal_time", "no_data_duration", "in_sleep_efficiency", "credit_from_naps",
    "hr_baseline", "respiratory_rate", "sleep_consistency", "algo_version", "projected_score", "projected_sleep",
    "optimal_sleep_times", "kilojoules", "user_id", "timezone_offset", "survey_response_id", "percent_recorded",
    "auto_detected", "state", "responded", "team_act_id", "source", "is_significant", "is_normal", "is_nap",
}  # fmt: skip

API_KNOWN = {
    "id", "v1_id", "cycle_id", "sleep_id", "user_id", "created_at", "updated_at", "start", "end", "timezone_offset", "nap",
    "score_state", "score",
}  # fmt: skip
SCORE_KNOWN = {
    "stage_summary", "sleep_needed", "respiratory_rate", "sleep_performance_percentage", "sleep_consistency_percentage",
    "sleep_efficiency_percentage", "user_calibrating", "recovery_score", "resting_heart_rate", "hrv_rmssd_milli",
    "spo2_percentage", "skin_temp_celsius",
}  # fmt: skip
LISTS = ("records", "data", "sleep", "sleeps", "recovery", "recoveries")
"""Keys under which a saved answer of the API keeps its records."""

NO_DATA_MIN = 10
"""Time in bed exceeds asleep + awake by the minutes without data: 2 to 7 in recent exports."""
ASLEEP_RULE = "time asleep = light + deep + REM"
IN_BED_RULE = f"time in bed = asleep + awake, or up to {NO_DATA_MIN} min more (without data)"
UNSEEN = "This variant of WHOOP's data has not yet been seen in the wild: check a night you know."
RESAVED = ("it was saved again by a spreadsheet", "import the file as WHOOP gave it")
STEP = 200
_OFFSET = re.compile(r"(?:UTC)?([+-])(\d\d):?(\d\d)")
_RANGE = re.compile(r"""[\[(]\s*['"]?([^'",]*?)['"]?\s*,\s*['"]?([^'",]*?)['"]?\s*[\])]""")
_RESAVED_DATE = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b")
_NO_SLEEP = "no sleep in this row"
Obj = dict[str, Any]


@dataclass(frozen=True)
class Whoop:
    """WHOOP. The app's times are local with one offset a row, which holds for every column of the row."""

    key: str = "whoop"
    title: str = "WHOOP"
    suffixes: tuple[str, ...] = (".csv", ".json", ".zip")
    parser_version: int = 2
    kinds: tuple[str, ...] = ("text", "json")
    seen: bool = True
    gathers: bool = False
    in_archives: bool = True
    companions: tuple[str, ...] = ("workouts.csv",)

    def sniff(self, head: bytes, name: str) -> float:
        """1 when header or keys are WHOOP's, whatever the file is called."""
        if head.lstrip()[:1] in (b"{", b"["):
            first = head[:8192]
            known = b'"score_state"' in first and (
                b'"stage_summary"' in first or b'"nap"' in first or b'"recovery_score"' in first
            )
            return float(known)
        header = head[:4096].lstrip().split(b"\n", 1)[0]
        app = b"Cycle start time" in header and b"Cycle timezone" in header
        return float(app or (b"during" in header and b"slow_wave_sleep_duration" in header))

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows of one of the files. Raises UserError when it is none of WHOOP's or was saved again by a spreadsheet."""
        first = stream.read(4096)
        whole = cast(IO[bytes], _Rest(first, stream))
        head = normalised(first).lstrip()
        if head[:1] in (b"{", b"["):
            yield from _api(read_json(whole), options, progress)
        elif b"slow_wave_sleep_duration" in head:
            yield from _gdpr(read_table(whole, GDPR_NEEDED), options, progress)
        else:
            yield from _app(read_table(whole, (CYCLE[0], CYCLE[2])), options, progress)


class _Rest:
    """A stream of which the first bytes were read already."""

    def __init__(self, first: bytes, stream: IO[bytes]) -> None:
        self._first, self._stream = first, stream

    def read(self, size: int = -1) -> bytes:
        first, self._first = self._first, b""
        return first + self._stream.read(size if size < 0 else max(0, size - len(first)))


# ---- the app's export -----------------------------------------------------------------------------------------------


def _app(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    header = table.header
    if table.delimiter != ",":
        raise UserError("The file was not read", f"{RESAVED[0]}, with {table.delimiter} between the cells", RESAVED[1])
    journal = JOURNAL[0] in header
    missing = [c for c in (CYCLE[0], CYCLE[2], *(JOURNAL[:2] if journal else SLEEP)) if c not in header]
    if missing:
        raise UserError("The file was not read", "these columns are missing: " + ", ".join(missing), "export it again")
    if table.encoding != "UTF-8":
        yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
    yield from unknown_fields(header, KNOWN)
    rules = SumRules()
    notes = 0
    nap, vitals = "Nap" in header, CYCLE_ONLY[1] in header
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
            session, doubts = checked_session(_session(cells, nap, vitals), options.now)
            for text in doubts:
                yield FileWarning(text)
            if not doubts:
                _rules(rules, session)
            yield RowDraft(where, row.line, (session,))
        except RowRejected as e:
            said = int(not journal and str(e) != _NO_SLEEP)
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


def _rules(rules: SumRules, session: SessionDraft) -> None:
    m = session.measures
    if m.tst_min is None:
        return
    parts = (m.light_min, m.deep_min, m.rem_min)
    if None not in parts:
        rules.check(ASLEEP_RULE, session.night_date, abs(m.tst_min - sum(p or 0 for p in parts)) < 0.1)
    if m.tib_min is not None and m.awake_min is not None:
        over = m.tib_min - m.tst_min - m.awake_min
        rules.check(IN_BED_RULE, session.night_date, -0.1 < over <= NO_DATA_MIN)


@lru_cache(maxsize=64)
def _offset_min(zone: str) -> int:
    match = _OFFSET.fullmatch(zone)
    if match is None:
        if zone in ("Z", "UTC", "UTCZ"):
            return 0
        raise RowRejected("the time zone is missing" if not zone else "the time zone is not an offset from UTC")
    offset = (int(match[2]) * 60 + int(match[3])) * (-1 if match[1] == "-" else 1)
    if abs(offset) > 15 * 60:
        raise RowRejected("the offset from UTC is more than 15 hours")
    return offset


def _time(row: dict[str, str], column: str) -> Instant:
    """The offset is the one at the cycle's start and holds for onset, wake and cycle end alike."""
    offset = _offset_min(row[CYCLE[2]])
    text = row[column]
    try:
        if len(text) != 19 or text[4] != "-" or text[10] != " " or not text.isascii():
            raise ValueError
        return from_local_offset(datetime.fromisoformat(text), offset)
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{column}: not a date and time") from e


def _value(row: dict[str, str], column: str) -> float | None:
    try:
        return number(row[column])
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def _session(row: dict[str, str], nap: bool, vitals: bool) -> SessionDraft:
    if not row["Sleep onset"] or not row["Wake onset"]:
        raise RowRejected(_NO_SLEEP)
    kind = SessionKind.MAIN
    if nap:
        said = row["Nap"].lower()
        if said not in ("true", "false", ""):
            raise RowRejected("Nap: neither true nor false")
        kind = SessionKind.NAP if said == "true" else SessionKind.MAIN
    tst = _value(row, "Asleep duration (min)")
    measures = SessionMeasures(
        tib_min=_value(row, "In bed duration (min)"),
        tst_min=tst,
        awake_min=_value(row, "Awake duration (min)"),
        light_min=_value(row, "Light sleep duration (min)"),
        deep_min=_value(row, "Deep (SWS) duration (min)"),
        rem_min=_value(row, "REM duration (min)"),
        vendor_se_pct=_value(row, "Sleep efficiency %"),
        resp=_value(row, "Respiratory rate (rpm)"),
        hr=_value(row, "Resting heart rate (bpm)") if vitals else None,
        hrv_rmssd=_value(row, "Heart rate variability (ms)") if vitals else None,
        temp=_value(row, "Skin temp (celsius)") if vitals else None,
        spo2=_value(row, "Blood oxygen %") if vitals else None,
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


# ---- API v2 ---------------------------------------------------------------------------------------------------------


def _api(data: Any, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """Sleeps, and recoveries, which name the sleep they belong to. Other records are passed over."""
    records = _records(data)
    if records is None:
        raise UserError("The file was not read", "it is not JSON as WHOOP gives it", "export it again")
    yield FileWarning(UNSEEN)
    rules, strange = SumRules(), set[str]()
    for i, item in enumerate(records):
        if i % STEP == 0:
            progress.step(i, len(records), options.where)
        where = f"{options.where} record {i + 1}"
        recovery = isinstance(item, dict) and "sleep_id" in item
        if isinstance(item, dict):
            strange |= cast(Obj, item).keys() - API_KNOWN
            if "nap" not in item and not recovery:
                continue  # a cycle or a workout
        try:
            if not isinstance(item, dict):
                raise RowRejected("not an object")
            row = cast(Obj, item)
            strange |= _score(row).keys() - SCORE_KNOWN
            if recovery:
                yield RowDraft(where, i + 1, (_recovery(row, options),))
                continue
            session, doubts = checked_session(_slept(row), options.now)
            for text in doubts:
                yield FileWarning(text)
            if not doubts:
                _rules(rules, session)
            yield RowDraft(where, i + 1, (session,))
        except RowRejected as e:
            yield Rejected(where, str(e), i + 1, json.dumps(item, ensure_ascii=False)[:300], sessions=int(not recovery))
    yield from unknown_fields(strange, ())
    yield from rules.found()


def _records(data: Any) -> list[Any] | None:
    if isinstance(data, list):
        return cast(list[Any], data)
    if not isinstance(data, dict):
        return None
    top = cast(Obj, data)
    if "score_state" in top:
        return [top]
    found = [v for k in LISTS if isinstance(v := top.get(k), list)]
    return [item for part in found for item in cast(list[Any], part)] if found else None


def _score(row: Obj) -> Obj:
    score = row.get("score")
    return cast(Obj, score) if isinstance(score, dict) else {}


def _num(row: Obj, key: str) -> float | None:
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        raise RowRejected(f"{key}: not a number")
    return float(value)


def _milli(row: Obj, key: str) -> float | None:
    value = _num(row, key)
    return None if value is None else value / 60_000


def _stamp(text: Any, what: str, offset_min: int) -> Instant:
    """An ISO time in UTC (or with its offset), lived at `offset_min`."""
    try:
        if not isinstance(text, str) or not 19 <= len(text) <= 40 or not text.isascii():
            raise ValueError
        at = datetime.fromisoformat(text)
        return at_offset(at if at.tzinfo else at.replace(tzinfo=UTC), offset_min)
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{what}: not a date and time") from e


def _slept(row: Obj) -> SessionDraft:
    if not row.get("start"):
        raise RowRejected(_NO_SLEEP)
    if not row.get("end"):
        raise RowRejected("still running: it has no end yet")
    zone = row.get("timezone_offset")
    offset = _offset_min(zone if isinstance(zone, str) else "")
    start, end = _stamp(row["start"], "start", offset), _stamp(row["end"], "end", offset)
    score = _score(row)
    summary = score.get("stage_summary")
    parts = cast(Obj, summary) if isinstance(summary, dict) and row.get("score_state") == "SCORED" else {}
    light = _milli(parts, "total_light_sleep_time_milli")
    deep = _milli(parts, "total_slow_wave_sleep_time_milli")
    rem = _milli(parts, "total_rem_sleep_time_milli")
    tst = None if light is None or deep is None or rem is None else light + deep + rem
    measures = SessionMeasures(
        tib_min=_milli(parts, "total_in_bed_time_milli"), tst_min=tst, awake_min=_milli(parts, "total_awake_time_milli"),
        light_min=light, deep_min=deep, rem_min=rem, vendor_se_pct=_num(score, "sleep_efficiency_percentage"),
        resp=_num(score, "respiratory_rate"),
    )  # fmt: skip
    return SessionDraft(
        start, end, str(row.get("id") or "")[:64], SessionKind.NAP if row.get("nap") is True else SessionKind.MAIN,
        Validity.UNSCORED if tst is None else Validity.OK, measures, vendor_date=end.local.date(),
    )  # fmt: skip


def _recovery(row: Obj, options: ReadOptions) -> SessionDraft:
    """Vitals of a sleep that another file of the same download holds."""
    sleep_id = row.get("sleep_id")
    if sleep_id is None:
        raise RowRejected("it names no sleep")
    at = _stamp(row.get("created_at"), "created_at", 0)
    check_instant(at, options.now, "time")
    score = _score(row)
    measures = SessionMeasures(
        hr=_num(score, "resting_heart_rate"), hrv_rmssd=_num(score, "hrv_rmssd_milli"),
        spo2=_num(score, "spo2_percentage"), temp=_num(score, "skin_temp_celsius"),
    )  # fmt: skip
    return SessionDraft(at, at, str(sleep_id)[:64], measures=measures, supplement=True, joins_only=True)


# ---- the privacy export ---------------------------------------------------------------------------------------------


def _gdpr(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    yield FileWarning(UNSEEN)
    yield from unknown_fields(table.header, GDPR_KNOWN)
    rules = SumRules()
    for done, row in enumerate(table.rows):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        where = f"{options.where} line {row.line}"
        try:
            if row.problem:
                raise RowRejected(row.problem)
            session, doubts = checked_session(_of_range(row.cells, options), options.now)
            for text in doubts:
                yield FileWarning(text)
            if not doubts:
                _rules(rules, session)
            yield RowDraft(where, row.line, (session,))
        except RowRejected as e:
            said = int(str(e) != _NO_SLEEP)
            yield Rejected(where, str(e), row.line, row.text.strip(), sessions=said)
    yield from rules.found()


def _of_range(row: dict[str, str], options: ReadOptions) -> SessionDraft:
    """Durations are milliseconds; `during` is PostgreSQL's range of two instants in UTC."""
    if not row["during"]:
        raise RowRejected(_NO_SLEEP)
    match = _RANGE.fullmatch(row["during"][:200])
    if match is None:
        raise RowRejected("during: not a range of two times")
    if not match[2]:
        raise RowRejected("still running: it has no end yet")
    zone = row.get("timezone_offset", "")
    offset = _offset_min(zone) if zone else 0
    start, end = _stamp(match[1], "during", offset), _stamp(match[2], "during", offset)
    if not zone:
        start, end = options.place(start.utc), options.place(end.utc)

    def minutes(column: str) -> float | None:
        value = _value(row, column) if column in row else None
        return None if value is None else value / 60_000

    light, deep = minutes("light_sleep_duration"), minutes("slow_wave_sleep_duration")
    rem = minutes("rem_sleep_duration")
    tst = None if light is None or deep is None or rem is None else light + deep + rem
    efficiency = _value(row, "in_sleep_efficiency") if "in_sleep_efficiency" in row else None
    measures = SessionMeasures(
        tib_min=minutes("time_in_bed"), tst_min=tst, awake_min=minutes("wake_duration"), light_min=light, deep_min=deep,
        rem_min=rem, resp=_value(row, "respiratory_rate") if "respiratory_rate" in row else None,
        vendor_se_pct=efficiency * 100 if efficiency is not None and efficiency <= 1 else efficiency,
    )  # fmt: skip
    nap = row.get("is_nap", "").lower() in ("true", "t", "1")
    return SessionDraft(
        start, end, row.get("activity_id", "")[:64], SessionKind.NAP if nap else SessionKind.MAIN,
        Validity.UNSCORED if tst is None else Validity.OK, measures, vendor_date=end.local.date(),
    )  # fmt: skip


PLUGIN = Whoop()
