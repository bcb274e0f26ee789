"""Google Fit in Google Takeout: the merged stream of sleep segments, and the sessions filed as sleep (*_SLEEP.json)."""

from __future__ import annotations

import json
import re
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
from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.records import Obj
from dreamjournal.domain.session import SessionMeasures, Stage, StageCode, Validity

SEGMENT = b"com.google.sleep.segment"
CODES = {
    1: StageCode.W, 2: StageCode.ASLEEP, 3: StageCode.W, 4: StageCode.LIGHT, 5: StageCode.N3, 6: StageCode.REM,
}  # fmt: skip
"""3 is out of bed."""
WORDS = {
    "sleep": StageCode.ASLEEP, "sleep.light": StageCode.LIGHT, "sleep.deep": StageCode.N3, "sleep.rem": StageCode.REM,
    "sleep.awake": StageCode.W, "awake": StageCode.W, "out_of_bed": StageCode.W,
}  # fmt: skip
POINT = {
    "fitValue", "startTimeNanos", "endTimeNanos", "dataTypeName", "originDataSourceId", "modifiedTimeMillis", "rawTimestampNanos",
}  # fmt: skip
SESSION = {
    "fitnessActivity",
    "startTime",
    "endTime",
    "duration",
    "segment",
    "aggregate",
    "name",
    "description",
    "id",
    "application",
}
ASLEEP = (StageCode.ASLEEP, StageCode.LIGHT, StageCode.N3, StageCode.REM)
APART_S = 3600
"""A longer silence between two segments parts two sessions."""
FURTHEST_MIN = 15 * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z", re.ASCII)
_NAMED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d)[:_](\d\d)[:_](\d\d)(?:[.,_]\d+)?([+-])(\d\d)[:_]?(\d\d)_SLEEP", re.ASCII)
Piece = tuple[int, int, StageCode]
"""Start and end in seconds of 1970 UTC, and what was between."""


@dataclass(frozen=True)
class GoogleFit(Importer):
    """Google Fit. Times are UTC; only the name of a session's file tells the local clock."""

    key: str = "google_fit"
    title: str = "Google Fit"
    suffixes: tuple[str, ...] = (".json", ".zip")
    kinds: tuple[str, ...] = ("json",)
    gathers: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 for a stream of sleep segments and for a session filed as sleep."""
        first = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
        if first[:1] != b"{":
            return 0.0
        if b'"Data Points"' in first and SEGMENT in head[:16384]:
            return 1.0
        return 1.0 if b'"fitnessActivity"' in first and re.search(rb'"fitnessActivity"\s*:\s*"sleep', first) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows are data points, or the one session. Raises UserError for other JSON, ZoneNeeded without a local clock."""
        data = read_json(stream)
        top = cast(Obj, data) if isinstance(data, dict) else {}
        points = top.get("Data Points")
        if isinstance(points, list):
            yield from _stream(top, cast(list[Any], points), options, progress)
        elif "fitnessActivity" in top:
            yield from _filed(top, options)
        else:
            raise UserError("The file was not read", "it holds no sleep segments and no session", "export it again")


# ---- the stream of segments ------------------------------------------------------------------------------------------


def _stream(top: Obj, points: list[Any], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    if str(top.get("Data Source", "")).startswith("raw:"):
        yield FileWarning(
            "The file is one app's own copy and is not read: the merged file (derived_com.google.sleep.segment…) holds it too."
        )
        return
    pieces: list[Piece] = []
    found: set[str] = set()
    for i, item in enumerate(points):
        progress.step(i, len(points), options.where)
        try:
            if not isinstance(item, dict):
                raise RowRejected("not an object")
            point = cast(Obj, item)
            found |= point.keys()
            pieces.append(_point(point))
        except RowRejected as e:
            yield Rejected(f"{options.where} point {i + 1}", str(e), i + 1, json.dumps(item)[:300])
    rem = any(code == StageCode.REM for _, _, code in pieces)
    for n, group in enumerate(_sessions(sorted(pieces, key=lambda p: p[:2])), 1):
        where = f"{options.where} session {n}"
        try:
            begun, ended = group[0][0], max(p[1] for p in group)
            start = options.place(_EPOCH + timedelta(seconds=begun))
            end = in_zone(_EPOCH + timedelta(seconds=ended), start.zone or "UTC")
            draft, doubts = checked_session(_draft(start, end, group, begun, rem, supplement=False), options.now)
            yield from (FileWarning(d) for d in doubts)
            yield RowDraft(where, n, (draft,), rows=len(group))
        except (RowRejected, OverflowError) as e:
            reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
            for k in range(len(group)):  # every point of it is a row
                yield Rejected(where, reason, n, sessions=int(k == 0))
    yield from unknown_fields(found, POINT)


def _point(point: Obj) -> Piece:
    first, last = _nanos(point, "startTimeNanos"), _nanos(point, "endTimeNanos")
    if last <= first:
        raise RowRejected("the end is not after the start")
    values: Any = point.get("fitValue")
    try:
        code: Any = values[0]["value"]["intVal"]
    except (TypeError, KeyError, IndexError) as e:
        raise RowRejected("no stage in this point") from e
    if code.__class__ is not int or code not in CODES:
        raise RowRejected("a stage that is not known")
    return first, last, CODES[code]


def _nanos(point: Obj, key: str) -> int:
    value = point.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if value.__class__ is not int or not 0 <= cast(int, value) < 10**19:
        raise RowRejected(f"{key}: not a time")
    return cast(int, value) // 1_000_000_000


def _sessions(pieces: list[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    until = 0
    for piece in pieces:
        if group and piece[0] - until > APART_S:
            yield group
            group = []
        until = max(until, piece[1]) if group else piece[1]
        group.append(piece)
    if group:
        yield group


# ---- a session's own file --------------------------------------------------------------------------------------------


def _filed(top: Obj, options: ReadOptions) -> Iterator[Draft]:
    """One row. It repeats the stream where that has the night: its segments then win."""
    where = f"{options.where} session 1"
    try:
        if not str(top.get("fitnessActivity")).startswith("sleep"):
            raise RowRejected("no sleep in this row")
        if not top.get("startTime") or not top.get("endTime"):
            raise RowRejected("no sleep in this row")
        begun, ended = _zulu(top, "startTime"), _zulu(top, "endTime")
        segments = top.get("segment")
        pieces: list[Piece] = []
        for item in cast(list[Any], segments) if isinstance(segments, list) else []:
            if not isinstance(item, dict):
                raise RowRejected("segment: not an object")
            segment = cast(Obj, item)
            code = WORDS.get(str(segment.get("fitnessActivity", "sleep")), StageCode.UNKNOWN)
            pieces.append((_seconds(_zulu(segment, "startTime")), _seconds(_zulu(segment, "endTime")), code))
        start, end = _lived(begun, ended, options)
        rem = any(code == StageCode.REM for _, _, code in pieces)
        draft, doubts = checked_session(
            _draft(start, end, sorted(pieces, key=lambda p: p[:2]), _seconds(begun), rem, supplement=True), options.now
        )
        yield from (FileWarning(d) for d in doubts)
        yield RowDraft(where, 1, (draft,))
    except (RowRejected, OverflowError) as e:
        reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
        yield Rejected(where, reason, 1, json.dumps({k: v for k, v in top.items() if k != "segment"})[:300], sessions=1)
    yield from unknown_fields(top.keys(), SESSION)


def _lived(begun: datetime, ended: datetime, options: ReadOptions) -> tuple[Instant, Instant]:
    """Placed by the local clock in the file's name (2024-01-15T20:13:00+02_00_SLEEP.json) where it fits, else by the zone."""
    match = _NAMED.search(options.where)
    if match is not None:
        offset = (int(match[5]) * 60 + int(match[6])) * (-1 if match[4] == "-" else 1)
        try:
            named = datetime.fromisoformat(f"{match[1]}:{match[2]}:{match[3]}+00:00") - timedelta(minutes=offset)
        except (ValueError, OverflowError):
            named = None
        if named is not None and abs(offset) <= FURTHEST_MIN and abs(named - begun) < timedelta(minutes=1):
            return at_offset(begun, offset), at_offset(ended, offset)
    start = options.place(begun)
    return start, in_zone(ended, start.zone or "UTC")


def _zulu(record: Obj, key: str) -> datetime:
    value = record.get(key)
    if isinstance(value, str) and _ZULU.fullmatch(value):
        try:
            return datetime.fromisoformat(value[:19] + "+00:00")
        except ValueError:
            pass
    raise RowRejected(f"{key}: not an instant in UTC")


def _seconds(at: datetime) -> int:
    return int((at - _EPOCH).total_seconds())


# ---- both ------------------------------------------------------------------------------------------------------------


def _draft(
    start: Instant, end: Instant, pieces: list[Piece], begun: int, rem: bool, *, supplement: bool
) -> SessionDraft:
    stages = _stages(pieces, begun, _seconds(end.utc) - begun)
    measures = _measures(stages, rem)
    validity = Validity.UNSCORED if measures.tst_min is None else Validity.OK
    return SessionDraft(start, end, validity=validity, measures=measures, stages=stages, supplement=supplement)


def _stages(pieces: list[Piece], begun: int, window: int) -> tuple[Stage, ...]:
    """Stages from the session's start, neighbours of one code joined; an overlap belongs to the earlier one."""
    out: list[Stage] = []
    at = 0
    for first, last, code in pieces:
        begin, finish = max(at, first - begun), min(window, last - begun)
        if finish <= begin:
            continue
        if out and out[-1].code == code and out[-1].offset_s + out[-1].dur_s == begin:
            out[-1] = Stage(out[-1].offset_s, finish - out[-1].offset_s, code)
        else:
            out.append(Stage(begin, finish - begin, code))
        at = finish
    return tuple(out)


def _measures(stages: tuple[Stage, ...], measures_rem: bool) -> SessionMeasures:
    """Minutes of the stages; `measures_rem` is whether the file has REM at all: else its 0 is not a measure."""
    onset = next((s.offset_s for s in stages if s.code in ASLEEP), None)
    if onset is None:
        return SessionMeasures()
    total = dict.fromkeys(StageCode, 0)
    for s in stages:
        total[s.code] += s.dur_s
    staged = bool(total[StageCode.LIGHT] or total[StageCode.N3] or total[StageCode.REM])
    rem = next((s.offset_s for s in stages if s.code == StageCode.REM), None)
    return SessionMeasures(
        tst_min=sum(total[c] for c in ASLEEP) / 60,
        sol_min=onset / 60,
        waso_min=sum(s.dur_s for s in stages if s.code == StageCode.W and s.offset_s > onset) / 60,
        awake_min=total[StageCode.W] / 60,
        light_min=total[StageCode.LIGHT] / 60 if staged else None,
        deep_min=total[StageCode.N3] / 60 if staged else None,
        rem_min=total[StageCode.REM] / 60 if staged and measures_rem else None,
        asleep_unspecified_min=total[StageCode.ASLEEP] / 60 or None,
        rem_latency_min=None if rem is None else (rem - onset) / 60,
    )


PLUGIN = GoogleFit()
