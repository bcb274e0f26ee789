"""Garmin's two kinds of JSON: records of the account export (GMT only, totals only) and answers of the web service.

Two people's published notes agree on the names; what they mean was checked against one trimmed answer of the service.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any, cast

from dreamjournal.common.errors import UserError
from dreamjournal.common.json_files import MAX_BYTES, read_json
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
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.records import Obj, number
from dreamjournal.domain.session import SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.importers.garmin._stages import Piece, laid, staged

RECORD = {
    "sleepStartTimestampGMT", "sleepEndTimestampGMT", "sleepStartTimestampLocal", "sleepEndTimestampLocal", "calendarDate",
    "sleepWindowConfirmationType", "sleepWindowConfirmed", "deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds",
    "awakeSleepSeconds", "unmeasurableSeconds", "unmeasurableSleepSeconds", "sleepTimeSeconds", "napTimeSeconds", "napList",
    "retro", "sleepScores", "spo2SleepSummary", "averageRespiration", "lowestRespiration", "highestRespiration",
    "averageRespirationValue", "lowestRespirationValue", "highestRespirationValue", "averageSpO2Value", "lowestSpO2Value",
    "highestSpO2Value", "averageSpO2HRSleep", "avgSleepStress", "awakeCount", "restlessMomentCount", "sleepResultType",
    "id", "userProfilePK", "userProfilePk", "deviceRemCapable", "sleepFromDevice", "sleepVersion", "respirationVersion",
    "autoSleepStartTimestampGMT", "autoSleepEndTimestampGMT", "sleepQualityTypePK", "sleepResultTypePK", "ageGroup",
    "sleepScoreFeedback", "sleepScoreInsight", "sleepScorePersonalizedInsight", "sleepNeed", "nextSleepNeed", "sleepAlignment",
    "breathingDisruptionSeverity", "avgHeartRate", "spO2Version", "sleepSource", "deviceId",
}  # fmt: skip
"""Keys of a record of the export and of `dailySleepDTO`."""
ANSWER = {
    "dailySleepDTO", "dailyNapDTOS", "sleepMovement", "remSleepData", "sleepLevels", "sleepRestlessMoments", "sleepHeartRate",
    "sleepStress", "sleepBodyBattery", "hrvData", "avgOvernightHrv", "hrvStatus", "bodyBatteryChange", "restingHeartRate",
    "restlessMomentsCount", "avgSkinTempDeviationC", "avgSkinTempDeviationF", "skinTempDataExists", "skinTempCalibrationDays",
    "wellnessSpO2SleepSummaryDTO", "wellnessEpochSPO2DataDTOList", "wellnessEpochRespirationDataDTOList",
    "wellnessEpochRespirationAveragesList", "breathingDisruptionData", "respirationVersion",
}  # fmt: skip
KNOWN = RECORD | ANSWER
LEVELS_REM = {0: StageCode.N3, 1: StageCode.LIGHT, 2: StageCode.REM, 3: StageCode.W, -1: StageCode.UNKNOWN}
LEVELS_OLD = {0: StageCode.N3, 1: StageCode.LIGHT, 2: StageCode.W, 3: StageCode.W, -1: StageCode.UNKNOWN}
"""Without REM data code 2 is awake, with it REM (GarminDB, import_monitoring.py)."""
CONFIRMED = ("CONFIRMED", "CORRECTED", "MANUAL", "AUTO")
FURTHEST_MIN = 15 * 60


def read_records(start: bytes, rest: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """One row a record. `start` is what was already read of the file. Raises UserError when it is no Garmin JSON."""
    data = read_json(io.BytesIO(start + rest.read(MAX_BYTES + 1 - len(start))))
    items = cast(list[Any], data) if isinstance(data, list) else [data]
    if items and not any(isinstance(i, dict) and cast(Obj, i).keys() & KNOWN for i in items):
        raise UserError("The file was not read", "it holds no sleep records of Garmin", "export it again")
    found: set[str] = set()
    strange: set[str] = set()
    rules = SumRules()
    for i, item in enumerate(items):
        progress.step(i, len(items), options.where)
        where = f"{options.where} record {i + 1}"
        try:
            if not isinstance(item, dict):
                raise RowRejected("not an object")
            top = cast(Obj, item)
            record = cast(Obj, top["dailySleepDTO"]) if isinstance(top.get("dailySleepDTO"), dict) else top
            found |= top.keys() | record.keys()
            sessions, doubts = _row(top, record, options, rules, strange)
            yield from (FileWarning(d) for d in doubts)
            yield RowDraft(where, i + 1, sessions)
        except (RowRejected, OverflowError) as e:
            reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
            yield Rejected(where, reason, i + 1, _shown(item), sessions=1)
    if strange:
        yield FileWarning("Kinds of confirmation not known, taken as confirmed: " + ", ".join(sorted(strange)[:20]))
    yield from unknown_fields(found, KNOWN)
    yield from rules.found()


def _shown(item: Any) -> str:
    if isinstance(item, dict):
        item = {k: v for k, v in cast(Obj, item).items() if not isinstance(v, list)}
    return json.dumps(item, ensure_ascii=False)[:300]


def _row(
    top: Obj, record: Obj, options: ReadOptions, rules: SumRules, strange: set[str]
) -> tuple[tuple[SessionDraft, ...], list[str]]:  # fmt: skip
    """The night and its naps, and what is doubtful of them. Raises RowRejected when there is neither."""
    found: list[SessionDraft] = []
    doubts: list[str] = []
    if record.get("sleepStartTimestampGMT") and record.get("sleepEndTimestampGMT"):
        night, of_stages = _night(top, record, options, rules, strange)
        night, words = checked_session(night, options.now)
        found.append(night)
        doubts += (*of_stages, *words)
    naps = 0
    for item in _objects(record, "napList") or _objects(top, "dailyNapDTOS"):
        if not item.get("napStartTimestampGMT") or not item.get("napEndTimestampGMT"):
            continue
        start, end = _times(item, "nap", options, found[0].start if found else None)
        asleep = _minutes(item, "napTimeSec")
        validity = Validity.UNSCORED if asleep is None else Validity.OK
        measures = SessionMeasures(tst_min=asleep, asleep_unspecified_min=asleep)
        nap, words = checked_session(SessionDraft(start, end, "", SessionKind.NAP, validity, measures), options.now)
        found.append(nap)
        doubts += words
        naps += 1
    alone = _minutes(record, "napTimeSeconds")
    if alone and not naps:
        doubts.append(
            f"{alone:.0f} minutes of naps on {str(record.get('calendarDate'))[:10]} have no times and are not taken."
        )
    if not found:
        raise RowRejected("no sleep in this row")
    return tuple(found), doubts


def _night(
    top: Obj, record: Obj, options: ReadOptions, rules: SumRules, strange: set[str]
) -> tuple[SessionDraft, list[str]]:  # fmt: skip
    start, end = _times(record, "sleep", options, None)
    seconds = (end.utc - start.utc).total_seconds()
    doubts: list[str] = []
    stages: tuple[Stage, ...] = ()
    capable = _rem_capable(top, record)
    pieces = _levels(top, LEVELS_REM if capable else LEVELS_OLD)
    if pieces:
        stages, outside = laid(pieces, start.utc, seconds)
        if outside:
            doubts.append(f"Stages of {start.local:%Y-%m-%d} outside the night are left out.")
    light, deep, rem, awake = (
        _minutes(record, f"{k}SleepSeconds") for k in ("light", "deep", "rem", "awake")
    )  # fmt: skip
    if not capable and not rem:
        rem = None  # an old watch has no REM; its 0 is not a measure
    asleep = _minutes(record, "sleepTimeSeconds")
    summed = None if light is None and deep is None and rem is None else (light or 0) + (deep or 0) + (rem or 0)
    validity = _validity(record, strange)
    day = _day(record)
    if summed is not None:
        of = start.local - timedelta(hours=12)
        if asleep is not None:
            rules.check("time asleep = light + deep + REM", of.date(), abs(asleep - summed) <= 1)
        else:
            blank = _minutes(record, "unmeasurableSeconds") or 0
            whole = summed + (awake or 0) + blank
            rules.check(
                "light + deep + REM + awake + unmeasurable = end - start", of.date(), abs(whole - seconds / 60) <= 1
            )
    tst = asleep or summed or None
    if tst is None:  # 0 seconds of everything is how a night without measurement is written
        light = deep = rem = None
    if tst is None and validity == Validity.OK:
        validity = Validity.UNSCORED
    spo2 = record.get("spo2SleepSummary") or top.get("wellnessSpO2SleepSummaryDTO")
    oxygen = cast(Obj, spo2) if isinstance(spo2, dict) else {}
    sol, waso, rem_latency = staged(stages, seconds) if tst is not None else (None, None, None)
    measures = SessionMeasures(
        tst_min=tst, sol_min=sol, waso_min=waso, awake_min=awake, light_min=light, deep_min=deep, rem_min=rem,
        rem_latency_min=rem_latency,
        hr=_vital(oxygen, "averageHR") or _vital(record, "avgHeartRate") or _mean_hr(top, start, end),
        hrv_rmssd=_vital(top, "avgOvernightHrv"),
        resp=_vital(record, "averageRespiration") or _vital(record, "averageRespirationValue"),
        spo2=_vital(oxygen, "averageSPO2") or _vital(record, "averageSpO2Value"),
        temp=number(top, "avgSkinTempDeviationC"),
    )  # fmt: skip
    return SessionDraft(start, end, "", SessionKind.MAIN, validity, measures, stages=stages, vendor_date=day), doubts


def _validity(record: Obj, strange: set[str]) -> Validity:
    """By pattern: the names changed in December 2020 and are lower case in the web service (GarminDB issue 91)."""
    value = record.get("sleepWindowConfirmationType")
    if not isinstance(value, str) or not value:
        return Validity.OK
    word = value.upper().replace(" ", "_")
    if "OFF_WRIST" in word:
        return Validity.OFF_WRIST
    if "UNCONFIRMED" in word:
        return Validity.UNCONFIRMED
    if not any(k in word for k in CONFIRMED):
        strange.add(value[:40])
    return Validity.OK


def _rem_capable(top: Obj, record: Obj) -> bool:
    for value in (top.get("remSleepData"), record.get("deviceRemCapable")):
        if isinstance(value, bool):
            return value
    return bool(number(record, "remSleepSeconds")) or ("remSleepSeconds" in record and top is record)


# ---- times -----------------------------------------------------------------------------------------------------------


def _times(record: Obj, prefix: str, options: ReadOptions, night: Instant | None) -> tuple[Instant, Instant]:
    """Start and end. The local times are wall clocks written as if they were GMT, so that Local - GMT is the offset."""
    found: list[Instant] = []
    for edge in ("Start", "End"):
        utc = _utc(record, f"{prefix}{edge}TimestampGMT")
        if record.get(f"{prefix}{edge}TimestampLocal"):
            lead = (_utc(record, f"{prefix}{edge}TimestampLocal") - utc).total_seconds() / 60
            if abs(lead) > FURTHEST_MIN:
                raise RowRejected("the offset from UTC is more than 15 hours")
            found.append(at_offset(utc, round(lead)))
        elif found:
            first = found[0]
            found.append(in_zone(utc, first.zone) if first.zone else at_offset(utc, first.offset_min))
        elif night is not None and night.zone is None:
            found.append(at_offset(utc, night.offset_min))
        else:
            found.append(options.place(utc))
    return found[0], found[1]


def _utc(record: Obj, key: str) -> datetime:
    value = record.get(key)
    if isinstance(value, str) and value.isascii() and 16 <= len(value) <= 30:
        try:
            at = datetime.fromisoformat(value[:19])
        except ValueError as e:
            raise RowRejected(f"{key}: not a date and time") from e
        if value[19:].strip(".0123456789Z") == "":
            return at.replace(tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e14:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
    raise RowRejected(f"{key}: not a date and time")


def _day(record: Obj) -> date | None:
    value = record.get("calendarDate")
    if isinstance(value, str) and value.isascii() and len(value) >= 10:
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            pass
    return None


# ---- values ----------------------------------------------------------------------------------------------------------


def _minutes(record: Obj, key: str) -> float | None:
    value = number(record, key)
    return None if value is None else value / 60


def _vital(record: Obj, key: str) -> float | None:
    """Above 0, else None: 0 and -1 stand for nothing measured."""
    value = number(record, key)
    return value if value is not None and value > 0 else None


def _objects(record: Obj, key: str) -> list[Obj]:
    value = record.get(key)
    if not isinstance(value, list):
        return []
    return [cast(Obj, v) for v in cast(list[Any], value) if isinstance(v, dict)]


def _levels(top: Obj, codes: dict[int, StageCode]) -> list[Piece]:
    out: list[Piece] = []
    for item in _objects(top, "sleepLevels"):
        level = item.get("activityLevel")
        if not isinstance(level, int | float) or isinstance(level, bool) or level not in codes:
            raise RowRejected("sleepLevels: a level that is not known")
        out.append((_utc(item, "startGMT"), _utc(item, "endGMT"), codes[int(level)]))
    return out


def _mean_hr(top: Obj, start: Instant, end: Instant) -> float | None:
    """Mean of the heart rates of the night; those measured outside it do not count."""
    values: list[float] = []
    for item in _objects(top, "sleepHeartRate"):
        value = _vital(item, "value")
        if value is not None and start.utc <= _utc(item, "startGMT") <= end.utc:
            values.append(value)
    return round(sum(values) / len(values), 2) if values else None
