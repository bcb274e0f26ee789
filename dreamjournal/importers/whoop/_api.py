"""API v2: sleeps, and the recoveries that name them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

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
    SumRules,
    check_instant,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.instant import at_offset
from dreamjournal.domain.records import Obj, number
from dreamjournal.domain.session import SessionKind, SessionMeasures, Validity
from dreamjournal.importers.whoop._values import NO_SLEEP, OPEN, STEP, UNSEEN, check_sums, offset_min, stamp

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


def read_api(data: Any, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
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
                check_sums(rules, session)
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
    found = [cast(list[Any], top[k]) for k in LISTS if isinstance(top.get(k), list)]
    return [item for part in found for item in part] if found else None


def _score(row: Obj) -> Obj:
    score = row.get("score")
    return cast(Obj, score) if isinstance(score, dict) else {}


def _milli(row: Obj, key: str) -> float | None:
    value = number(row, key)
    return None if value is None else value / 60_000


def _slept(row: Obj) -> SessionDraft:
    if not row.get("start"):
        raise RowRejected(NO_SLEEP)
    if not row.get("end"):
        raise RowRejected(OPEN)
    zone = row.get("timezone_offset")
    offset = offset_min(zone if isinstance(zone, str) else "")
    start, end = stamp(row["start"], "start", offset), stamp(row["end"], "end", offset)
    score = _score(row)
    summary = score.get("stage_summary")
    parts = cast(Obj, summary) if isinstance(summary, dict) and row.get("score_state") == "SCORED" else {}
    light = _milli(parts, "total_light_sleep_time_milli")
    deep = _milli(parts, "total_slow_wave_sleep_time_milli")
    rem = _milli(parts, "total_rem_sleep_time_milli")
    tst = None if light is None or deep is None or rem is None else light + deep + rem
    measures = SessionMeasures(
        tib_min=_milli(parts, "total_in_bed_time_milli"), tst_min=tst, awake_min=_milli(parts, "total_awake_time_milli"),
        light_min=light, deep_min=deep, rem_min=rem, vendor_se_pct=number(score, "sleep_efficiency_percentage"),
        resp=number(score, "respiratory_rate"),
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
    at = stamp(row.get("created_at"), "created_at", 0)
    check_instant(at, options.now, "time")
    score = _score(row)
    measures = SessionMeasures(
        hr=number(score, "resting_heart_rate"), hrv_rmssd=number(score, "hrv_rmssd_milli"),
        spo2=number(score, "spo2_percentage"), temp=number(score, "skin_temp_celsius"),
    )  # fmt: skip
    end = at_offset(at.utc + timedelta(minutes=1), 0)  # its own times stand for nothing
    return SessionDraft(at, end, str(sleep_id)[:64], measures=measures, supplement=True, joins_only=True)
