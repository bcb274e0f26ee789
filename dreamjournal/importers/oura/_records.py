"""Oura's records: API v2 and the account export's sleepmodel.csv share their keys; API v1 has its own; tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast

import msgspec

from dreamjournal.common.errors import UserError
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
    TagDraft,
    check_instant,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.instant import Instant, minutes_between
from dreamjournal.domain.night import night_of
from dreamjournal.domain.records import Obj, number
from dreamjournal.domain.session import SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.importers.oura._trends import ASLEEP_RULE, IN_BED_RULE, NO_SLEEP, missing
from dreamjournal.importers.oura._values import day, instant, less, minutes, positive

STAGES = {"1": StageCode.N3, "2": StageCode.LIGHT, "3": StageCode.REM, "4": StageCode.W}
SLEEP_STAGES = (StageCode.N3, StageCode.LIGHT, StageCode.REM)
KINDS = {
    "long_sleep": SessionKind.MAIN, "sleep": SessionKind.NAP, "late_nap": SessionKind.NAP, "rest": SessionKind.REST,
}  # fmt: skip
"""Oura's `sleep` is one too short for a night of its own; the night model takes the longest whatever it is called."""
NUMBERS = {
    "time_in_bed", "total_sleep_duration", "deep_sleep_duration", "light_sleep_duration", "rem_sleep_duration",
    "awake_time", "latency", "efficiency", "average_heart_rate", "lowest_heart_rate", "average_hrv", "average_breath",
}  # fmt: skip
KNOWN = NUMBERS | {
    "id", "day", "type", "period", "bedtime_start", "bedtime_end", "heart_rate", "hrv", "sleep_phase_5_min",
    "sleep_phase_30_sec", "movement_30_sec", "readiness", "readiness_score_delta", "sleep_score_delta", "restless_periods",
    "low_battery_alert", "sleep_algorithm_version", "sleep_analysis_reason", "segment_state", "average_breath_variation",
    "got_up_count", "wake_ups", "ring_id", "app_sleep_phase_5_min", "meta", "timezone", "bedtime_start_delta",
    "bedtime_end_delta", "midpoint_at_delta", "timestamp",
}  # fmt: skip
V1_KNOWN = {
    "summary_date", "period_id", "is_longest", "timezone", "bedtime_start", "bedtime_end", "bedtime_start_delta",
    "bedtime_end_delta", "midpoint_time", "midpoint_at_delta", "duration", "total", "awake", "rem", "light", "deep",
    "onset_latency", "restless", "efficiency", "hr_lowest", "hr_average", "rmssd", "breath_average", "temperature_delta",
    "temperature_deviation", "temperature_trend_deviation", "hypnogram_5min", "hr_5min", "rmssd_5min", "score",
    "score_total", "score_disturbances", "score_efficiency", "score_latency", "score_rem", "score_deep", "score_alignment",
    "got_up_count", "wake_ups", "id",
}  # fmt: skip
TAG_KNOWN = {
    "id", "tag_type_code", "custom_name", "custom_tag_name", "start_time", "end_time", "start_day", "end_day", "day",
    "comment", "text", "timestamp", "tags", "document_id", "user_id", "created_at", "updated_at",
}  # fmt: skip
LONG_MIN = 180
TAG_NIGHTS = 60
"""A tag over more days than this is taken on its first nights only."""
STEP = 200
_RUNS = {s: re.compile(r"(.)\1*") for s in (30, 300)}
_PREFIX = re.compile(r"^tag_(?:generic_|sleep_|custom_)?")


class _Reading:
    """What is counted while one file is read."""

    def __init__(self, options: ReadOptions) -> None:
        self.options = options
        self.rules = SumRules()
        self.strange: set[str] = set()
        self.spoiled = 0
        self.comments = 0

    def found(self) -> Iterator[Draft]:
        """What is to be said at the file's end."""
        if self.spoiled == 1:
            yield FileWarning(
                "The stages of 1 night are a number instead of a text (a spreadsheet's doing) and are left out."
            )
        elif self.spoiled:
            yield FileWarning(
                f"The stages of {self.spoiled} nights are a number instead of a text (a spreadsheet's doing) and are left out."
            )
        if self.comments:
            said = "1 tag carries a comment" if self.comments == 1 else f"{self.comments} tags carry a comment"
            yield FileWarning(f"{said}; comments stay in the file.")
        yield from unknown_fields(self.strange, ())
        yield from self.rules.found()


# ---- files ----------------------------------------------------------------------------------------------------------


def read_json_records(data: Any, options: ReadOptions, progress: Progress, unseen: FileWarning) -> Iterator[Draft]:
    """Sleeps and tags of a JSON file; readiness, activity and the like are passed over. Raises UserError."""
    records = _records(data)
    if records is None:
        raise UserError("The file was not read", "it is not JSON as Oura gives it", "export it again")
    reading = _Reading(options)
    warned = False
    for i, item in enumerate(records):
        if i % STEP == 0:
            progress.step(i, len(records), options.where)
        kind = _kind_of(item)
        if not kind:
            continue
        if not warned:
            warned = True
            yield unseen
        where = f"{options.where} record {i + 1}"
        try:
            if kind == "broken":
                raise RowRejected("not an object")
            row = cast(Obj, item)
            if kind == "tag":
                yield _tag_row(row, where, i + 1, reading)
            else:
                yield from _sleep_row(row, where, i + 1, reading, v1=kind == "v1")
        except RowRejected as e:
            text = json.dumps(item, ensure_ascii=False)[:300]
            yield Rejected(where, str(e), i + 1, text, sessions=int(kind != "tag" and str(e) != NO_SLEEP))
    yield from reading.found()


def read_sleep_table(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """sleepmodel.csv of the account export: the keys of API v2 as columns, some cells JSON, the stages text."""
    reading = _Reading(options)
    numbers = [c for c in table.header if c in NUMBERS]
    for done, line in enumerate(table.rows):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        where = f"{options.where} line {line.line}"
        try:
            if line.problem:
                raise RowRejected(line.problem)
            row: Obj = {k: None if missing(v) else v for k, v in line.cells.items()}
            for column in numbers:
                if row[column] is not None:
                    row[column] = _number(table, column, row[column])
            row["readiness"] = _json_cell(row.get("readiness"))
            yield from _sleep_row(row, where, line.line, reading, v1=False)
        except RowRejected as e:
            yield Rejected(where, str(e), line.line, line.text.strip(), sessions=int(str(e) != NO_SLEEP))
    yield from reading.found()


def read_tag_table(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """enhancedtag.csv of the account export."""
    reading = _Reading(options)
    for done, line in enumerate(table.rows):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        where = f"{options.where} line {line.line}"
        try:
            if line.problem:
                raise RowRejected(line.problem)
            row: Obj = {k: None if missing(v) else v for k, v in line.cells.items()}
            yield _tag_row(row, where, line.line, reading)
        except RowRejected as e:
            yield Rejected(where, str(e), line.line, line.text.strip())
    yield from reading.found()


def _number(table: Table, column: str, cell: str) -> float | None:
    try:
        return table.number(cell)
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def _json_cell(cell: Any) -> Any:
    if not isinstance(cell, str) or not cell.startswith("{"):
        return None
    try:
        return msgspec.json.decode(cell)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def _records(data: Any) -> list[Any] | None:
    """The records of a list, of {"data": […]}, of {"sleep": […], …}, or of a single one."""
    if isinstance(data, list):
        return cast(list[Any], data)
    if not isinstance(data, dict):
        return None
    top = cast(Obj, data)
    if _kind_of(top) not in ("", "broken") or "contributors" in top:
        return [top]
    out: list[Any] = []
    found = False
    for value in top.values():
        inner: Any = cast(Obj, value).get("data") if isinstance(value, dict) else value
        if isinstance(inner, list):
            found = True
            out += cast(list[Any], inner)
    return out if found else None


def _kind_of(item: Any) -> str:
    """v2, v1, tag, broken, or empty for a record of something else."""
    if not isinstance(item, dict):
        return "broken"
    row = cast(Obj, item)
    if "bedtime_start" in row or "bedtime_end" in row:
        return "v1" if "summary_date" in row or "hypnogram_5min" in row else "v2"
    if "tag_type_code" in row or ("tags" in row and "day" in row):
        return "tag"
    return ""


# ---- sleeps ---------------------------------------------------------------------------------------------------------


def _sleep_row(row: Obj, where: str, line: int, reading: _Reading, *, v1: bool) -> Iterator[Draft]:
    reading.strange |= row.keys() - (V1_KNOWN if v1 else KNOWN)
    draft = _v1(row, reading) if v1 else _v2(row, reading)
    session, doubts = checked_session(draft, reading.options.now)
    for text in doubts:
        yield FileWarning(text)
    m = session.measures
    if not doubts and m.tst_min is not None:
        if None not in (m.light_min, m.deep_min, m.rem_min):
            parts = (m.light_min or 0) + (m.deep_min or 0) + (m.rem_min or 0)
            reading.rules.check(ASLEEP_RULE, session.night_date, abs(m.tst_min - parts) < 0.05)
        if m.tib_min is not None and m.awake_min is not None:
            over = m.tib_min - m.tst_min - m.awake_min
            reading.rules.check(IN_BED_RULE, session.night_date, abs(over) < 0.05)
    yield RowDraft(where, line, (session,))


def _window(row: Obj, offset_min: int | None = None) -> tuple[Instant, Instant]:
    if not row.get("bedtime_start"):
        raise RowRejected(NO_SLEEP)
    start = instant(row["bedtime_start"], "bedtime_start", offset_min)
    if not row.get("bedtime_end"):
        raise RowRejected("still running: it has no end yet")
    return start, instant(row["bedtime_end"], "bedtime_end", offset_min)


def _v2(row: Obj, reading: _Reading) -> SessionDraft:
    kind = row.get("type")
    if isinstance(kind, str) and kind and "deleted".startswith(kind):  # also where the file was cut inside the word
        raise RowRejected("deleted in Oura")
    start, end = _window(row)
    tst, awake, sol = minutes(row, "total_sleep_duration"), minutes(row, "awake_time"), minutes(row, "latency")
    digits, seconds = row.get("sleep_phase_30_sec"), 30
    if not digits:
        digits, seconds = row.get("sleep_phase_5_min"), 300
    stages = _stages(digits, seconds, start, end, reading)
    readiness = row.get("readiness")
    deviation = number(cast(Obj, readiness), "temperature_deviation") if isinstance(readiness, dict) else None
    measures = SessionMeasures(
        tib_min=positive(minutes(row, "time_in_bed")), tst_min=tst, sol_min=sol, waso_min=less(awake, sol), awake_min=awake,
        light_min=minutes(row, "light_sleep_duration"), deep_min=minutes(row, "deep_sleep_duration"),
        rem_min=minutes(row, "rem_sleep_duration"), rem_latency_min=_rem_latency(stages),
        vendor_se_pct=number(row, "efficiency"), hr=positive(number(row, "average_heart_rate")),
        hrv_rmssd=positive(number(row, "average_hrv")), resp=positive(number(row, "average_breath")), temp=deviation,
    )  # fmt: skip
    return SessionDraft(
        start, end, str(row.get("id") or "")[:64], KINDS.get(kind if isinstance(kind, str) else "", SessionKind.MAIN),
        Validity.UNSCORED if tst is None else Validity.OK, measures, stages=stages, vendor_date=day(row.get("day")),
    )  # fmt: skip


def _v1(row: Obj, reading: _Reading) -> SessionDraft:
    """The old keys; `timezone` is the offset in minutes, for times that carry none."""
    zone = number(row, "timezone")
    offset = int(zone) if zone is not None and abs(zone) <= 900 else None
    start, end = _window(row, offset)
    tst, awake, sol = minutes(row, "total"), minutes(row, "awake"), minutes(row, "onset_latency")
    stages = _stages(row.get("hypnogram_5min"), 300, start, end, reading)
    longest = number(row, "is_longest")
    short = longest == 0 and minutes_between(start, end) < LONG_MIN
    deviation = number(row, "temperature_deviation")
    measures = SessionMeasures(
        tib_min=positive(minutes(row, "duration")), tst_min=tst, sol_min=sol, waso_min=less(awake, sol), awake_min=awake,
        light_min=minutes(row, "light"), deep_min=minutes(row, "deep"), rem_min=minutes(row, "rem"),
        rem_latency_min=_rem_latency(stages), vendor_se_pct=number(row, "efficiency"), hr=positive(number(row, "hr_average")),
        hrv_rmssd=positive(number(row, "rmssd")), resp=positive(number(row, "breath_average")),
        temp=number(row, "temperature_delta") if deviation is None else deviation,
    )  # fmt: skip
    return SessionDraft(
        start, end, "", SessionKind.NAP if short else SessionKind.MAIN,
        Validity.UNSCORED if tst is None else Validity.OK, measures, stages=stages,
        vendor_date=day(row.get("summary_date")),
    )  # fmt: skip


def _stages(digits: Any, seconds: int, start: Instant, end: Instant, reading: _Reading) -> tuple[Stage, ...]:
    """One digit an epoch from the start; the last epoch is cut at the end."""
    if not digits:
        return ()
    if not isinstance(digits, str) or digits.strip("1234"):
        reading.spoiled += 1
        return ()
    window = int((end.utc - start.utc).total_seconds())
    out: list[Stage] = []
    for match in _RUNS[seconds].finditer(digits):
        offset = match.start() * seconds
        length = min(match.end() * seconds, window) - offset
        if length > 0:
            out.append(Stage(offset, length, STAGES[match[1]]))
    return tuple(out)


def _rem_latency(stages: tuple[Stage, ...]) -> float | None:
    onset = next((s.offset_s for s in stages if s.code in SLEEP_STAGES), None)
    rem = next((s.offset_s for s in stages if s.code == StageCode.REM), None)
    return None if onset is None or rem is None else (rem - onset) / 60


# ---- tags -----------------------------------------------------------------------------------------------------------


def _tag_row(row: Obj, where: str, line: int, reading: _Reading) -> RowDraft:
    reading.strange |= row.keys() - TAG_KNOWN
    names = _tag_names(row)
    if not names:
        raise RowRejected("a note without a tag; notes stay in the file")
    reading.comments += bool(row.get("comment") or row.get("text"))
    options = reading.options
    nights, at = _tag_nights(row, options)
    return RowDraft(where, line, tags=tuple(TagDraft(night, name, 1.0, at) for name in names for night in nights))


def _tag_names(row: Obj) -> list[str]:
    """The person's own name for a tag, else Oura's code in words: tag_generic_alcohol is "alcohol"."""
    code = row.get("tag_type_code")
    custom = row.get("custom_name") or row.get("custom_tag_name")
    if isinstance(custom, str) and custom.strip():
        return [_short(custom)]
    if isinstance(code, str) and code.strip() and code.strip().casefold() != "custom":
        return [_in_words(code)]
    tags = row.get("tags")
    if isinstance(tags, list):
        return list(dict.fromkeys(_in_words(t) for t in cast(list[Any], tags) if isinstance(t, str) and t.strip()))
    return []


def _in_words(code: str) -> str:
    plain = _PREFIX.sub("", code.strip())
    return _short(plain.replace("_", " ")) or _short(code)


def _short(text: str) -> str:
    return " ".join(text.split())[:100]


def _tag_nights(row: Obj, options: ReadOptions) -> tuple[list[date], Instant | None]:
    """The nights from a tag's start to its end; without a clock time the evening of its day."""
    began = row.get("start_time") or row.get("timestamp")
    on = day(row.get("start_day")) or day(row.get("day"))
    at: Instant | None = None
    if began:
        at = instant(began, "start_time")
        check_instant(at, options.now, "time")
        first = night_of(at)
    elif on is not None:
        first = on
    else:
        raise RowRejected("no date: the tag belongs to no night")
    if first.year < 1970 or first > options.now.date() + timedelta(days=2):
        raise RowRejected("the date is not one of a recorded night")
    last = first
    if row.get("end_time"):
        until_at = instant(row["end_time"], "end_time")
        check_instant(until_at, options.now, "end")
        last = night_of(until_at)
    elif (until := day(row.get("end_day"))) is not None and on is not None:
        last = first + max(until - on, timedelta(0))
    count = min(max((last - first).days, 0) + 1, TAG_NIGHTS)
    return [first + timedelta(days=i) for i in range(count)], at
