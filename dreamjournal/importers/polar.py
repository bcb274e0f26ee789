"""Polar: the account export's sleep_result and nightly_recovery JSON, and AccessLink v3 and v4 JSON.

Every night has one record a date, which all of Polar's files name; that date is the session's id, so that the night's
recovery finds its sleep. Light sleep is kept as light: Polar's two levels of it are not N1 and N2. Flow's web pages use
another table of stage numbers and are not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any, cast

from dreamjournal.common.errors import UserError
from dreamjournal.common.json_files import read_json
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
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, at_offset, minutes_between
from dreamjournal.domain.records import Obj, number
from dreamjournal.domain.session import SessionMeasures, Stage, StageCode, Validity

CODES = {
    0: StageCode.W, 1: StageCode.REM, 2: StageCode.LIGHT, 3: StageCode.LIGHT, 4: StageCode.N3, 5: StageCode.UNKNOWN,
}  # fmt: skip
"""AccessLink v3; any other number is unknown."""
STATES = {
    "WAKE": StageCode.W, "REM": StageCode.REM, "NONREM1": StageCode.LIGHT, "NONREM2": StageCode.LIGHT,
    "NONREM12": StageCode.LIGHT, "NONREM3": StageCode.N3,
}  # fmt: skip
"""The account export and v4, which may put a prefix before the name; any other name is unknown."""
LISTS = ("nights", "nightSleeps", "sleeps", "recharges", "nightlyRechargeResults", "data")
SCORES_ONLY = ("sleepScoreResult", "sleepWake", "hrvData", "breathingRateData")
RESULT_KNOWN = {
    "night", "sleepDate", "evaluation", "sleepEvaluation", "sleepResult", "sleepScore", "sleepScoreResult", "sleepType",
    "sleepSkinTemperatureResult", "sleepCycles", "sleepStartTime", "sleepEndTime",
}  # fmt: skip
V3_KNOWN = {
    "polar_user", "date", "sleep_start_time", "sleep_end_time", "device_id", "continuity", "continuity_class", "light_sleep",
    "deep_sleep", "rem_sleep", "unrecognized_sleep_stage", "sleep_score", "total_interruption_duration", "sleep_charge",
    "sleep_goal", "sleep_rating", "short_interruption_duration", "long_interruption_duration", "sleep_cycles",
    "group_duration_score", "group_solidity_score", "group_regeneration_score", "hypnogram", "heart_rate_samples",
}  # fmt: skip
SPAN_RULE = "asleep + interruptions = the sleep span"
PHASE_RULE = "asleep = light + deep + REM + unrecognised"
SLACK_MIN = 1.5
"""Polar rounds its parts to half minutes."""
NO_SLEEP = "no sleep in this row"
STEP = 100
_ISO_DURATION = re.compile(r"P(?:(\d{1,3})D)?T?(?:(\d{1,3})H)?(?:(\d{1,5})M)?(?:(\d{1,7}(?:\.\d{1,6})?)S)?")
_SECONDS = re.compile(r"(\d{1,7}(?:\.\d{1,9})?)s")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


@dataclass(frozen=True)
class Polar(Importer):
    """Polar. Sleep starts at falling asleep and ends at waking: there is no time to fall asleep in it."""

    key: str = "polar"
    title: str = "Polar"
    suffixes: tuple[str, ...] = (".json", ".zip")
    kinds: tuple[str, ...] = ("json",)

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the keys are Polar's."""
        first = head[:4096]
        known = (
            (b'"sleepResult"' in first and (b'"hypnogram"' in first or b'"evaluation"' in first))
            or b'"sleepStateChanges"' in first
            or b'"meanNightlyRecoveryRmssd"' in first
            or b'"meanNightlyRecoveryRri"' in first
            or b'"sleepScoreResult"' in first
            or b'"sleepWakeStateChangeModels"' in first
            or (b'"sleep_start_time"' in first and (b'"hypnogram"' in first or b'"sleep_charge"' in first))
            or (b'"recharges"' in first and b'"ans_charge"' in first)
            or (b'"heart_rate_variability_avg"' in first and b'"ans_charge"' in first)
            or (b'"hrvData"' in first and b'"breathingRateData"' in first)
        )
        return float(known)

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """One row a night. Raises UserError when the frame is not Polar's."""
        records = _records(read_json(stream))
        if records is None:
            raise UserError("The file was not read", "it is not JSON as Polar gives it", "export it again")
        rules, strange = SumRules(), set[str]()
        for i, item in enumerate(records):
            if i % STEP == 0:
                progress.step(i, len(records), options.where)
            if isinstance(item, dict) and any(k in item for k in SCORES_ONLY) and "sleepResult" not in item:
                continue  # scores, or wake times without a night's stages
            where = f"{options.where} record {i + 1}"
            recovery = isinstance(item, dict) and _is_recovery(cast(Obj, item))
            try:
                if not isinstance(item, dict):
                    raise RowRejected("not an object")
                row = cast(Obj, item)
                if recovery:
                    yield RowDraft(where, i + 1, (_recovery(row, options),))
                    continue
                v3 = "sleep_start_time" in row
                strange |= row.keys() - (V3_KNOWN if v3 else RESULT_KNOWN)
                session, doubts = checked_session(_v3(row, options) if v3 else _result(row, options), options.now)
                for text in doubts:
                    yield FileWarning(text)
                if not doubts:
                    _rules(rules, session)
                yield RowDraft(where, i + 1, (session,))
            except RowRejected as e:
                said = int(not recovery and str(e) != NO_SLEEP)
                yield Rejected(where, str(e), i + 1, json.dumps(item, ensure_ascii=False)[:300], sessions=said)
        yield from unknown_fields(strange, ())
        yield from rules.found()


def _records(data: Any) -> list[Any] | None:
    if isinstance(data, list):
        return cast(list[Any], data)
    if not isinstance(data, dict):
        return None
    top = cast(Obj, data)
    found = [cast(list[Any], top[k]) for k in LISTS if isinstance(top.get(k), list)]
    return [item for part in found for item in part] if found else [top]


def _is_recovery(row: Obj) -> bool:
    return any(
        k in row for k in ("meanNightlyRecoveryRmssd", "meanNightlyRecoveryRri", "ans_charge", "recoveryIndicator")
    )


def _rules(rules: SumRules, session: SessionDraft) -> None:
    m, night = session.measures, session.night_date
    if m.tst_min is None:
        return
    parts = [m.light_min, m.deep_min, m.rem_min, m.asleep_unspecified_min or 0]
    if None not in parts:
        rules.check(PHASE_RULE, night, abs(m.tst_min - sum(p or 0 for p in parts)) <= SLACK_MIN)
    if m.awake_min is not None and m.tib_min is not None:
        rules.check(SPAN_RULE, night, abs(m.tib_min - m.tst_min - m.awake_min) <= SLACK_MIN)


# ---- values ---------------------------------------------------------------------------------------------------------


def _obj(row: Obj, key: str) -> Obj:
    value = row.get(key)
    return cast(Obj, value) if isinstance(value, dict) else {}


def _seconds(value: Any, key: str) -> float | None:
    """A length as "PT7H30M" (account export), "27000s" (v4) or a number of seconds (v3)."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return float(value)
    text = value if isinstance(value, str) and value.isascii() and len(value) < 40 else ""
    plain = _SECONDS.fullmatch(text)
    if plain:
        return float(plain[1])
    match = _ISO_DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise RowRejected(f"{key}: not a length of time")
    d, h, m, s = (float(g or 0) for g in match.groups())
    return d * 86400 + h * 3600 + m * 60 + s


def _length_min(row: Obj, key: str) -> float | None:
    value = _seconds(row.get(key), key)
    return None if value is None else value / 60


def _instant(text: Any, what: str, options: ReadOptions) -> Instant:
    try:
        if not isinstance(text, str) or not 16 <= len(text) <= 40 or not text.isascii():
            raise ValueError
        at = datetime.fromisoformat(text)
        offset = at.utcoffset()
        if offset is None:
            return options.localise(at)
        if abs(offset) > timedelta(hours=15):
            raise RowRejected("the offset from UTC is more than 15 hours")
        return at_offset(at, int(offset.total_seconds() // 60))
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{what}: not a date and time") from e


def _night(row: Obj) -> date:
    for key in ("night", "sleepDate", "sleepResultDate", "date"):
        text = row.get(key)
        if isinstance(text, str) and len(text) >= 10 and text.isascii():
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                break
    raise RowRejected("no date: the record belongs to no night")


# ---- account export and v4 ------------------------------------------------------------------------------------------


def _result(row: Obj, options: ReadOptions) -> SessionDraft:
    night = _night(row)
    evaluation = _obj(row, "evaluation") or _obj(row, "sleepEvaluation")
    result = _obj(row, "sleepResult")
    hypnogram = _obj(result, "hypnogram")
    begins, ends = (
        hypnogram.get("sleepStart") or row.get("sleepStartTime"),
        hypnogram.get("sleepEnd") or row.get("sleepEndTime"),
    )
    if not begins or not ends:
        raise RowRejected(NO_SLEEP)
    start, end = _instant(begins, "sleepStart", options), _instant(ends, "sleepEnd", options)
    phases, breaks = _obj(evaluation, "phaseDurations"), _obj(evaluation, "interruptions")
    tst = _length_min(evaluation, "asleepDuration")
    awake = _length_min(breaks, "totalDuration")
    awake = _length_min(phases, "wake") if awake is None else awake
    unknown = _length_min(phases, "unknown")
    measures = SessionMeasures(
        tib_min=_length_min(evaluation, "sleepSpan"), tst_min=tst, waso_min=awake, awake_min=awake,
        light_min=_length_min(phases, "light"), deep_min=_length_min(phases, "deep"), rem_min=_length_min(phases, "rem"),
        asleep_unspecified_min=(unknown or None) if phases else tst,
        vendor_se_pct=number(_obj(evaluation, "analysis"), "efficiencyPercent"),
    )  # fmt: skip
    return SessionDraft(
        start, end, f"night:{night.isoformat()}", validity=Validity.UNSCORED if tst is None else Validity.OK,
        measures=measures, stages=_changes(hypnogram.get("sleepStateChanges"), start, end), vendor_date=night,
    )  # fmt: skip


def _changes(items: Any, start: Instant, end: Instant) -> tuple[Stage, ...]:
    """State changes as stretches. A last change after the end marks the waking and is no stage."""
    if not isinstance(items, list):
        return ()
    marks: list[tuple[float, StageCode]] = []
    for item in cast(list[Any], items):
        if not isinstance(item, dict):
            raise RowRejected("sleepStateChanges: not an object")
        change = cast(Obj, item)
        at = _seconds(change.get("offsetFromStart"), "offsetFromStart") or 0.0
        state = change.get("state")
        name = state.upper() if isinstance(state, str) else ""
        name = name.removeprefix("SLEEP_STATE_").removeprefix("PB_").removeprefix("WS_")
        marks.append((at, STATES.get(name, StageCode.UNKNOWN)))
    return _stretches(marks, minutes_between(start, end) * 60)


def _stretches(marks: list[tuple[float, StageCode]], window: float) -> tuple[Stage, ...]:
    out: list[Stage] = []
    marks.sort(key=lambda m: m[0])
    for i, (at, code) in enumerate(marks):
        until = min(marks[i + 1][0] if i + 1 < len(marks) else window, window)
        offset, length = round(at), round(until) - round(at)
        if length <= 0:
            continue
        last = out[-1] if out else None
        if last and last.code == code and last.offset_s + last.dur_s == offset:
            out[-1] = Stage(last.offset_s, last.dur_s + length, code)
        else:
            out.append(Stage(offset, length, code))
    return tuple(out)


# ---- AccessLink v3 --------------------------------------------------------------------------------------------------


def _v3(row: Obj, options: ReadOptions) -> SessionDraft:
    night = _night(row)
    if not row.get("sleep_start_time") or not row.get("sleep_end_time"):
        raise RowRejected(NO_SLEEP)
    start = _instant(row["sleep_start_time"], "sleep_start_time", options)
    end = _instant(row["sleep_end_time"], "sleep_end_time", options)
    light, deep, rem = (_length_min(row, k) for k in ("light_sleep", "deep_sleep", "rem_sleep"))
    unknown = _length_min(row, "unrecognized_sleep_stage")
    awake = _length_min(row, "total_interruption_duration")
    tst = None if light is None or deep is None or rem is None else light + deep + rem + (unknown or 0)
    measures = SessionMeasures(
        tst_min=tst, waso_min=awake, awake_min=awake, light_min=light, deep_min=deep, rem_min=rem,
        asleep_unspecified_min=unknown or None, hr=_mean(_obj(row, "heart_rate_samples")),
    )  # fmt: skip
    return SessionDraft(
        start, end, f"night:{night.isoformat()}", validity=Validity.UNSCORED if tst is None else Validity.OK,
        measures=measures, stages=_by_clock(_obj(row, "hypnogram"), start, end), vendor_date=night,
    )  # fmt: skip


def _by_clock(items: Obj, start: Instant, end: Instant) -> tuple[Stage, ...]:
    """{"23:30": 2, …}: wall clocks, in the order of the time since the start, past midnight."""
    local = start.local
    begin = local.hour * 3600 + local.minute * 60 + local.second
    marks: list[tuple[float, StageCode]] = []
    for clock, code in items.items():
        match = _CLOCK.fullmatch(clock) if clock.isascii() and len(clock) <= 8 else None
        if match is None:
            raise RowRejected("hypnogram: not a clock time")
        at = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
        since = (at - begin) % 86400
        if since > 86400 - 60:  # the minute of the start, whose seconds are not written
            since = 0
        number = code if isinstance(code, int) and not isinstance(code, bool) else -1
        marks.append((since, CODES.get(number, StageCode.UNKNOWN)))
    return _stretches(marks, minutes_between(start, end) * 60)


def _mean(samples: Obj) -> float | None:
    values = [v for v in samples.values() if isinstance(v, int | float) and not isinstance(v, bool) and 20 <= v <= 250]
    return sum(values) / len(values) if values else None


# ---- the night's recovery -------------------------------------------------------------------------------------------


def _recovery(row: Obj, options: ReadOptions) -> SessionDraft:
    """Vitals of the hours after falling asleep; they join the night's sleep. Intervals are milliseconds."""
    night = _night(row)
    try:
        at = at_offset(datetime(night.year, night.month, night.day, tzinfo=UTC), 0)
    except (ValueError, OverflowError) as e:
        raise RowRejected("no date: the record belongs to no night") from e
    check_instant(at, options.now, "night")
    rate = number(row, "heart_rate_avg") or _per_minute(row, "meanNightlyRecoveryRri")
    breath = number(row, "breathing_rate_avg") or _per_minute(row, "meanNightlyRecoveryRespirationInterval")
    rmssd = number(row, "meanNightlyRecoveryRmssd") or number(row, "heart_rate_variability_avg")
    measures = SessionMeasures(hr=rate or None, hrv_rmssd=rmssd or None, resp=breath or None)
    end = at_offset(at.utc + timedelta(minutes=1), 0)  # its own times stand for nothing
    return SessionDraft(at, end, f"night:{night.isoformat()}", measures=measures, supplement=True, joins_only=True)


def _per_minute(row: Obj, key: str) -> float | None:
    interval = number(row, key)
    return round(60_000 / interval, 2) if interval and interval > 0 else None


PLUGIN = Polar()
