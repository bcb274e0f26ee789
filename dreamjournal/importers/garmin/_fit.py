"""The sleep of a Garmin FIT file: messages 275 (sleep_level) between the events that start and stop it.

A level holds from its message to the next; its numbering is again another one than in the JSON (tcgoetz/Fit,
field_enums). FIT times are UTC seconds from 1989-12-31; a correlation message may tell the local clock.
"""
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from dreamjournal.common.errors import Cancelled, UserError
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
)
from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.session import SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.importers.garmin._stages import Piece, laid, staged

MAX_BYTES = 2 * 1024 * 1024
"""A night is some 20 kB, and the library reads 400 kB a second (measured)."""
MAX_MESSAGES = 200_000
EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
FILE_ID, EVENT, INFO, CORRELATION, LEVEL = 0, 21, 103, 162, 275
TIME, TYPE, PRODUCT = 253, 0, 2
OTHER_FILES = frozenset({1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 14, 34})
"""File types without sleep in them: device, settings, sport, activity, workout, course …"""
CODES = {0: StageCode.UNKNOWN, 1: StageCode.W, 2: StageCode.LIGHT, 3: StageCode.N3, 4: StageCode.REM}
START, STOPS = 0, (1, 4, 9)
APART = timedelta(hours=4)
"""A longer silence between two levels parts two sleeps of one file."""
LEAD = timedelta(hours=6)


@dataclass
class _Found:
    levels: list[tuple[datetime, StageCode]] = field(default_factory=list[tuple[datetime, StageCode]])
    starts: list[datetime] = field(default_factory=list[datetime])
    stops: list[datetime] = field(default_factory=list[datetime])
    offset_min: int | None = None
    device: str = ""
    other: bool = False
    strange: int = 0


def read_fit(start: bytes, rest: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """One row a sleep, made of its level messages. Raises UserError for a file that is cut off, damaged or too large."""
    data = start + rest.read(MAX_BYTES + 1)
    found = _messages(data, options, progress)
    if found.other:
        yield FileWarning("This FIT file is an activity or settings; it holds no sleep.")
        return
    for n in range(1, found.strange + 1):
        yield Rejected(f"{options.where} level {n}", "a level without a time or of an unknown kind", n)
    for n, levels in enumerate(_nights(sorted(found.levels, key=lambda m: m[0])), 1):
        where = f"{options.where} sleep {n}"
        try:
            session, doubts = checked_session(_session(levels, found, options), options.now)
            yield from (FileWarning(d) for d in doubts)
            yield RowDraft(where, n, (session,), rows=len(levels))
        except (RowRejected, OverflowError) as e:
            reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
            yield Rejected(where, reason, n, sessions=1)


def _messages(data: bytes, options: ReadOptions, progress: Progress) -> _Found:
    import fitdecode

    found = _Found()
    try:
        reader = fitdecode.FitReader(
            io.BytesIO(data), processor=None, check_crc=fitdecode.CrcCheck.RAISE,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        )  # fmt: skip
        for n, frame in enumerate(reader):
            if n % 500 == 0:
                progress.step(0, 0, options.where)
            if n > MAX_MESSAGES:
                raise _refused("it holds more messages than a night has")
            if isinstance(frame, fitdecode.FitDataMessage):
                _take(frame, found)
                if found.other:
                    return found
            if n > 2 and len(data) > MAX_BYTES:  # behind the file's header and its kind
                raise _refused(f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
    except (UserError, Cancelled):
        raise
    except Exception as e:  # whatever the library raises on a damaged file is the file's fault
        raise _refused("it is cut off or damaged") from e
    return found


def _refused(why: str) -> UserError:
    return UserError("This FIT file cannot be read", why, "export it again")


def _take(frame: Any, found: _Found) -> None:
    number = frame.global_mesg_num
    if number == FILE_ID:
        found.other = _raw(frame, TYPE) in OTHER_FILES
        product = frame.get_value(PRODUCT, fallback=None)
        found.device = product.replace("_", " ")[:80] if isinstance(product, str) else ""
        return
    if number not in (EVENT, INFO, CORRELATION, LEVEL):
        return
    at = _raw(frame, TIME)
    if number == LEVEL:
        code = CODES.get(_raw(frame, 0) or 0)
        if at is None or code is None:
            found.strange += 1
        else:
            found.levels.append((EPOCH + timedelta(seconds=at), code))
    elif at is not None and number == EVENT:
        kind = _raw(frame, 1)
        if kind == START:
            found.starts.append(EPOCH + timedelta(seconds=at))
        elif kind in STOPS:
            found.stops.append(EPOCH + timedelta(seconds=at))
    elif at is not None:
        local = _raw(frame, 0 if number == INFO else 3)
        if local is not None and abs(local - at) <= 15 * 3600:
            found.offset_min = round((local - at) / 900) * 15


def _raw(frame: Any, number: int) -> int | None:
    value = frame.get_raw_value(number, fallback=None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _nights(levels: list[tuple[datetime, StageCode]]) -> Iterator[list[tuple[datetime, StageCode]]]:
    begin = 0
    for i in range(1, len(levels) + 1):
        if i == len(levels) or levels[i][0] - levels[i - 1][0] > APART:
            yield levels[begin:i]
            begin = i


def _session(levels: list[tuple[datetime, StageCode]], found: _Found, options: ReadOptions) -> SessionDraft:
    first, last = levels[0][0], levels[-1][0]
    start = max((t for t in found.starts if first - LEAD <= t <= first), default=first)
    end = min((t for t in found.stops if last <= t <= last + LEAD), default=last)
    edges = [t for t, _ in levels] + [end]
    pieces: list[Piece] = [(edges[i], edges[i + 1], code) for i, (_, code) in enumerate(levels)]
    window = (end - start).total_seconds()
    stages, _ = laid(pieces, start, window)
    begin, finish = _placed(start, end, found.offset_min, options)
    return SessionDraft(
        begin, finish, "", SessionKind.MAIN, Validity.OK if stages else Validity.UNSCORED, _measures(stages, window),
        device=found.device, stages=stages,
    )  # fmt: skip


def _placed(start: datetime, end: datetime, offset_min: int | None, options: ReadOptions) -> tuple[Instant, Instant]:
    if offset_min is not None:
        return at_offset(start, offset_min), at_offset(end, offset_min)
    begin = options.place(start)
    return begin, in_zone(end, begin.zone or "UTC")


def _measures(stages: tuple[Stage, ...], window: float) -> SessionMeasures:
    if not stages:
        return SessionMeasures()
    total = dict.fromkeys(StageCode, 0)
    for s in stages:
        total[s.code] += s.dur_s
    light, deep, rem = (total[c] / 60 for c in (StageCode.LIGHT, StageCode.N3, StageCode.REM))
    sol, waso, latency = staged(stages, window)
    return SessionMeasures(
        tst_min=light + deep + rem, sol_min=sol, waso_min=waso, awake_min=total[StageCode.W] / 60,
        light_min=light, deep_min=deep, rem_min=rem or None,  # whether this watch has REM is not said
        rem_latency_min=latency,
    )  # fmt: skip
