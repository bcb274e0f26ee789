"""SleepSync's export, version 1: `resources/schemas/sleepsync-export-1.schema.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, cast
from zoneinfo import ZoneInfoNotFoundError

from dreamjournal.common.errors import UserError
from dreamjournal.common.json_files import read_json
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    CoverageDraft,
    Draft,
    ExposureDraft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    check_instant,
    checked_session,
)
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.records import Obj, number
from dreamjournal.domain.session import SessionEvent, SessionKind, SessionMeasures, Stage, StageCode, Validity

FORMAT = "sleepsync-export"
PEEK = 4096
_FORMAT = re.compile(rb'"format"\s*:\s*"sleepsync-export"')
VERSION = 1
ENHANCER = "SleepSync"
CODES = {
    "W": StageCode.W,
    "1": StageCode.N1,
    "2": StageCode.N2,
    "3": StageCode.N3,
    "R": StageCode.REM,
    "?": StageCode.UNKNOWN,
}
STATES = {"scored": Validity.OK, "unscored": Validity.UNSCORED, "off_head": Validity.OFF_WRIST}
EVENTS = ("glitch", "merge", "abort")
VITALS = ("hr", "hrv_rmssd", "resp", "spo2", "temp")
TOP = {"format", "version", "exported", "device", "covered", "sessions"}
SESSION = {
    "id", "start", "end", "zone", "kind", "state", "mode", "programme", "intensity", "stages", "vitals", "cues", "events",
}  # fmt: skip
_UTC = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z")


@dataclass(frozen=True)
class SleepSync(Importer):
    """SleepSync. Every session is a recorded sleep and an exposure; what is covered and empty was without it."""

    key: str = "sleepsync"
    title: str = "SleepSync"
    suffixes: tuple[str, ...] = (".json", ".zip")
    kinds: tuple[str, ...] = ("json",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the JSON object names the format."""
        return 1.0 if head[:512].lstrip()[:1] == b"{" and _FORMAT.search(head[:PEEK]) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each covered period and each session is a row. Raises UserError for another version or a broken frame."""
        data = read_json(stream, once=True)
        if not isinstance(data, dict) or cast(Obj, data).get("format") != FORMAT:
            raise UserError("The file was not read", "it is not a SleepSync export")
        top = cast(Obj, data)
        if top.get("version") != VERSION:
            raise UserError(
                "The file was not read",
                f"it is version {str(top.get('version'))[:20]} of the SleepSync export and this app reads version {VERSION}",
                "update the app",
            )
        covered, sessions = top.get("covered", []), top.get("sessions", [])
        if not isinstance(covered, list) or not isinstance(sessions, list):
            raise UserError("The file was not read", "covered and sessions must be lists")
        device = top.get("device")
        model = str(cast(Obj, device).get("model", ""))[:80] if isinstance(device, dict) else ""
        firmware = str(cast(Obj, device).get("firmware", ""))[:80] if isinstance(device, dict) else ""
        unknown = set(top) - TOP
        periods, recorded = cast(list[Any], covered), cast(list[Any], sessions)
        for i, item in enumerate(periods):
            yield _covered(item, i, options)
        for i, item in enumerate(recorded):
            progress.step(i, len(recorded), options.where)
            if isinstance(item, dict):
                unknown |= set(cast(Obj, item)) - SESSION
            yield from _session(item, i, options, model, firmware)
        if unknown:
            yield FileWarning("Fields not known, and not read: " + ", ".join(sorted(k[:40] for k in unknown)[:20]))


def _covered(item: Any, i: int, options: ReadOptions) -> Draft:
    where = f"{options.where} covered {i + 1}"
    try:
        if not isinstance(item, dict):
            raise RowRejected("not an object")
        period = cast(Obj, item)
        start, end = at_offset(_utc(period, "start"), 0), at_offset(_utc(period, "end"), 0)
        check_instant(start, options.now, "start")
        check_instant(end, options.now, "end")
        if end.utc <= start.utc:
            raise RowRejected("the end is before the start")
        return RowDraft(where, i + 1, coverages=(CoverageDraft(start, end, ENHANCER),))
    except RowRejected as e:
        return Rejected(where, str(e), i + 1, _shown(item))


def _session(item: Any, i: int, options: ReadOptions, model: str, firmware: str) -> Iterator[Draft]:
    where = f"{options.where} session {i + 1}"
    try:
        if not isinstance(item, dict):
            raise RowRejected("not an object")
        row = cast(Obj, item)
        draft = _draft(row, model, firmware)
        checked, found = checked_session(draft, options.now)
        yield from (FileWarning(text) for text in found)
        exposure = ExposureDraft(
            draft.night_date, ENHANCER, EnhancerKind.DEVICE, draft.key, "", row["mode"], _text(row, "programme"),
            _intensity(row), draft.start, draft.end,
        )  # fmt: skip
        yield RowDraft(where, i + 1, (checked,), exposures=(exposure,))
    except RowRejected as e:
        yield Rejected(where, str(e), i + 1, _shown(item), sessions=1, exposures=1)


def _shown(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False)[:300]


def _draft(row: Obj, model: str, firmware: str) -> SessionDraft:
    if row.get("state") == "deleted":
        raise RowRejected("deleted in SleepSync")
    state = row.get("state", "scored")
    if not isinstance(state, str) or state not in STATES:
        raise RowRejected("state: not one of scored, unscored, off_head, deleted")
    if row.get("mode") not in ("simulated", "realtime"):
        raise RowRejected("mode: neither simulated nor realtime")
    kind = row.get("kind", "main")
    if kind not in ("main", "nap", "rest"):
        raise RowRejected("kind: not one of main, nap, rest")
    if "start" not in row or "end" not in row:
        raise RowRejected("no sleep in this row")
    start, end = _instant(row, "start"), _instant(row, "end")
    if end.utc < start.utc:
        raise RowRejected("the end is before the start")
    stages = _stages(row, (end.utc - start.utc).total_seconds())
    validity = STATES[state]
    if validity == Validity.OK and not stages:
        validity = Validity.UNSCORED
    return SessionDraft(
        start, end, _text(row, "id"), SessionKind(kind), validity, _measures(row, stages), model, firmware, stages,
        (*_marks(row, "cues"), *_marks(row, "events")),
    )  # fmt: skip


def _utc(row: Obj, key: str) -> datetime:
    match = _UTC.fullmatch(row[key]) if isinstance(row.get(key), str) and row[key].isascii() else None
    if match is None:
        raise RowRejected(f"{key}: not an instant in UTC (2026-01-05T22:31:00Z)")
    y, mo, d, h, mi, s = (int(g) for g in match.groups()[:6])
    try:
        return datetime(y, mo, d, h, mi, s, int((match[7] or "0").ljust(6, "0")), tzinfo=UTC)
    except ValueError as e:
        raise RowRejected(f"{key}: not a date and time") from e


def _instant(row: Obj, key: str) -> Instant:
    zone = row.get("zone")
    if not isinstance(zone, str) or not zone:
        raise RowRejected("the time zone is missing")
    try:
        return in_zone(_utc(row, key), zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise RowRejected("the time zone is not known") from e
    except OverflowError as e:
        raise RowRejected(f"{key}: outside the calendar") from e


def _text(row: Obj, key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise RowRejected(f"{key}: not text")
    return value[:200]


def _intensity(row: Obj) -> float | None:
    value = number(row, "intensity")
    if value is not None and not 0 <= value <= 1:
        raise RowRejected("intensity: not from 0 to 1")
    return value


def _stages(row: Obj, seconds: float) -> tuple[Stage, ...]:
    """Runs of equal epochs."""
    block = row.get("stages")
    if block is None:
        return ()
    if not isinstance(block, dict):
        raise RowRejected("stages: not an object")
    epoch = cast(Obj, block).get("epoch_s")
    codes = cast(Obj, block).get("codes")
    if not isinstance(epoch, int) or isinstance(epoch, bool) or not 1 <= epoch <= 300 or not isinstance(codes, str):
        raise RowRejected("stages: epoch_s from 1 to 300 and codes are needed")
    strange = set(codes) - set(CODES)
    if strange:
        raise RowRejected("stages: a code that is none of W 1 2 3 R ?")
    if len(codes) * epoch > seconds + 300:
        raise RowRejected("stages: longer than the session")
    out: list[Stage] = []
    for match in re.finditer(r"(.)\1*", codes):
        out.append(Stage(match.start() * epoch, len(match[0]) * epoch, CODES[match[1]]))
    return tuple(out)


def _measures(row: Obj, stages: tuple[Stage, ...]) -> SessionMeasures:
    block = row.get("vitals")
    if block is not None and not isinstance(block, dict):
        raise RowRejected("vitals: not an object")
    vitals = {k: number(cast(Obj, block or {}), k) for k in VITALS}
    if not stages:
        return SessionMeasures(**vitals)

    def minutes(*codes: StageCode) -> float:
        return sum(s.dur_s for s in stages if s.code in codes) / 60

    asleep = (StageCode.N1, StageCode.N2, StageCode.N3, StageCode.REM)
    onset = next((s.offset_s for s in stages if s.code in asleep), None)
    rem = next((s.offset_s for s in stages if s.code == StageCode.REM), None)
    return SessionMeasures(
        tst_min=minutes(*asleep),
        sol_min=None if onset is None else onset / 60,
        waso_min=None
        if onset is None
        else sum(s.dur_s for s in stages if s.code == StageCode.W and s.offset_s > onset) / 60,
        awake_min=minutes(StageCode.W),
        light_min=minutes(StageCode.N1, StageCode.N2),
        deep_min=minutes(StageCode.N3),
        rem_min=minutes(StageCode.REM),
        rem_latency_min=None if rem is None or onset is None else (rem - onset) / 60,
        **vitals,
    )


def _marks(row: Obj, key: str) -> tuple[SessionEvent, ...]:
    """Cues and events. A merge keeps the other session's pseudonymous id."""
    items = row.get(key, [])
    if not isinstance(items, list):
        raise RowRejected(f"{key}: not a list")
    out: list[SessionEvent] = []
    for item in cast(list[Any], items):
        if not isinstance(item, dict):
            raise RowRejected(f"{key}: not an object")
        mark = cast(Obj, item)
        kind = _text(mark, "kind")
        at = _instant({**mark, "zone": row.get("zone")}, "at")
        if key == "events":
            if kind not in EVENTS:
                raise RowRejected("events: not one of glitch, merge, abort")
            out.append(SessionEvent(kind, at, detail=_text(mark, "other_session") if kind == "merge" else ""))
        else:
            out.append(SessionEvent("cue", at, detail=kind))
    return tuple(out)


PLUGIN = SleepSync()
