"""Eight Sleep's account export: sleep_nights.json.

The export tells how warm the bed was, not what the Pod was set to, and a body warms a bed by itself. So a night makes no
exposure: whoever wants to compare nights with and without heating or cooling writes those nights down as such.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.records import Obj
from dreamjournal.domain.session import SessionMeasures, Stage, StageCode, Validity

CODES = {
    "awake": StageCode.W, "light": StageCode.LIGHT, "deep": StageCode.N3, "rem": StageCode.REM, "out": StageCode.W,
}  # fmt: skip
ASLEEP = (StageCode.LIGHT, StageCode.N3, StageCode.REM)
LISTS = ("sessions", "sleep_nights", "sleepNights", "nights", "data")
KNOWN = {"ts", "stages", "timeseries"}
SERIES_KNOWN = {"tnt", "tempRoomC", "tempBedC", "respiratoryRate", "heartRate", "hrv"}
LIMITS = {"heartRate": (20, 250), "hrv": (1, 500), "respiratoryRate": (3, 60)}
"""What a value of a night can be; 0 and absurd ones are gaps."""
STEP = 50
Run = tuple[int, str]


@dataclass(frozen=True)
class EightSleep(Importer):
    """Eight Sleep. Times are UTC without an offset: the person's zone places them. HRV is RMSSD."""

    key: str = "eight_sleep"
    title: str = "Eight Sleep"
    suffixes: tuple[str, ...] = (".json", ".zip")
    kinds: tuple[str, ...] = ("json",)
    companions: tuple[str, ...] = ("user_profile.json", "README.md")

    def sniff(self, head: bytes, name: str) -> float:
        """1 when sessions have `ts` and stages with `stage` and `duration`."""
        first = head[:4096]
        return float(all(k in first for k in (b'"ts"', b'"stages"', b'"stage"', b'"duration"')))

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """One row a session. Raises UserError when the frame is not Eight Sleep's, ZoneNeeded."""
        records = _records(read_json(stream))
        if records is None:
            raise UserError("The file was not read", "it is not JSON as Eight Sleep gives it", "export it again")
        strange: set[str] = set()
        for i, item in enumerate(records):
            if i % STEP == 0:
                progress.step(i, len(records), options.where)
            where = f"{options.where} record {i + 1}"
            try:
                if not isinstance(item, dict):
                    raise RowRejected("not an object")
                row = cast(Obj, item)
                strange |= row.keys() - KNOWN
                session, doubts = checked_session(_session(row, options, strange), options.now)
                for text in doubts:
                    yield FileWarning(text)
                yield RowDraft(where, i + 1, (session,))
            except RowRejected as e:
                said = int(str(e) != NO_SLEEP)
                yield Rejected(where, str(e), i + 1, json.dumps(item, ensure_ascii=False)[:300], sessions=said)
        yield from unknown_fields(strange, ())


NO_SLEEP = "no sleep in this row"


def _records(data: Any) -> list[Any] | None:
    if isinstance(data, list):
        return cast(list[Any], data)
    if not isinstance(data, dict):
        return None
    top = cast(Obj, data)
    if "ts" in top:
        return [top]
    found = [cast(list[Any], top[k]) for k in LISTS if isinstance(top.get(k), list)]
    return [item for part in found for item in part] if found else None


def _session(row: Obj, options: ReadOptions, strange: set[str]) -> SessionDraft:
    """From getting into bed to getting up: time out of bed at the ends is not part of it, in between it is wake."""
    runs = _runs(row)
    begin = _number(row.get("ts"), "ts")
    while runs and runs[0][1] == "out":
        begin += runs.pop(0)[0]
    while runs and runs[-1][1] == "out":
        runs.pop()
    if not runs:
        raise RowRejected(NO_SLEEP)
    length = sum(seconds for seconds, _ in runs)
    try:
        began = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=begin)
        start, end = options.place(began), options.place(began + timedelta(seconds=length))
    except (ValueError, OverflowError) as e:
        raise RowRejected("ts: outside the calendar") from e
    stages = _stages(runs)
    series = row.get("timeseries")
    measured = cast(Obj, series) if isinstance(series, dict) else {}
    strange.update(f"timeseries.{k}" for k in measured.keys() - SERIES_KNOWN)
    return SessionDraft(
        start, end, validity=Validity.OK if any(s.code in ASLEEP for s in stages) else Validity.UNSCORED,
        measures=_measures(stages, measured), stages=stages,
    )  # fmt: skip


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e11:
        raise RowRejected(f"{key}: not a number")
    return float(value)


def _runs(row: Obj) -> list[Run]:
    items = row.get("stages")
    if not isinstance(items, list):
        raise RowRejected(NO_SLEEP)
    out: list[Run] = []
    for item in cast(list[Any], items):
        if not isinstance(item, dict):
            raise RowRejected("stages: not an object")
        stage = cast(Obj, item)
        seconds = _number(stage.get("duration"), "duration")
        if not 0 <= seconds <= 24 * 3600:
            raise RowRejected("duration: not one of a night's stage")
        name = stage.get("stage")
        if seconds:
            out.append((round(seconds), name if isinstance(name, str) else ""))
    return out


def _stages(runs: list[Run]) -> tuple[Stage, ...]:
    out: list[Stage] = []
    at = 0
    for seconds, name in runs:
        code = CODES.get(name.casefold(), StageCode.UNKNOWN)
        if out and out[-1].code == code:
            out[-1] = Stage(out[-1].offset_s, out[-1].dur_s + seconds, code)
        else:
            out.append(Stage(at, seconds, code))
        at += seconds
    return tuple(out)


def _measures(stages: tuple[Stage, ...], series: Obj) -> SessionMeasures:
    vitals = SessionMeasures(
        hr=_mean(series, "heartRate"), hrv_rmssd=_mean(series, "hrv"), resp=_mean(series, "respiratoryRate")
    )
    onset = next((s.offset_s for s in stages if s.code in ASLEEP), None)
    if onset is None:
        return vitals
    rem = next((s.offset_s for s in stages if s.code == StageCode.REM), None)

    def minutes(*codes: StageCode) -> float:
        return sum(s.dur_s for s in stages if s.code in codes) / 60

    return SessionMeasures(
        tst_min=minutes(*ASLEEP),
        sol_min=onset / 60,
        waso_min=sum(s.dur_s for s in stages if s.code == StageCode.W and s.offset_s > onset) / 60,
        awake_min=minutes(StageCode.W),
        light_min=minutes(StageCode.LIGHT),
        deep_min=minutes(StageCode.N3),
        rem_min=minutes(StageCode.REM),
        rem_latency_min=None if rem is None else (rem - onset) / 60,
        hr=vitals.hr,
        hrv_rmssd=vitals.hrv_rmssd,
        resp=vitals.resp,
    )


def _mean(series: Obj, key: str) -> float | None:
    """Mean of [[time, value], …], gaps left out."""
    points = series.get(key)
    if not isinstance(points, list):
        return None
    low, high = LIMITS[key]
    values: list[float] = []
    for point in cast(list[Any], points):
        pair = cast(list[Any], point) if isinstance(point, list) else []
        value = pair[1] if len(pair) == 2 else None
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            values.append(float(value))
    return round(sum(values) / len(values), 2) if values else None


PLUGIN = EightSleep()
