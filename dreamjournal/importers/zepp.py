"""Zepp and Zepp Life (Mi Fit): SLEEP.csv of the account export."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import IO, Any, cast

from dreamjournal.common.csv_rows import MAX_BYTES
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import read_table
from dreamjournal.domain.cells import value, wall
from dreamjournal.domain.drafts import (
    MOST_NAMED,
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
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, at_offset, minutes_between
from dreamjournal.domain.session import SessionKind, SessionMeasures, Validity

TITLE = "Zepp"
MINUTES = ("deepSleepTime", "shallowSleepTime", "wakeTime")
NEEDED = ("date", *MINUTES, "start", "stop")
KNOWN = {*NEEDED, "REMTime", "naps", "lastSyncTime"}
OTHERS = (
    b"date,steps,calories,distance,runDistance", b"date,start,stop,steps,distance,calories,runDistance", b"date,time,heartRate",
    b"type,startTime,sportTime(s)", b"date,lastSyncTime,steps,", b"date,lastSyncTime,heartRate,",
)  # fmt: skip
"""How the export's tables without sleep begin."""
RULE = "start to stop = deep + light + awake + REM"
SLACK_MIN = 1
_STAMP = re.compile(r"(\S+[ T]\S+?) ?(?:Z|([+-])(\d\d):?(\d\d))", re.ASCII)
_NO_SLEEP = "no sleep in this row"


@dataclass(frozen=True)
class Zepp(Importer):
    """Zepp. Stamps are UTC, the date is local; equal stamps are a day without sleep; bands print a REM of 0 always."""

    key: str = "zepp"
    title: str = TITLE
    suffixes: tuple[str, ...] = (".csv", ".zip")
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 for the table of sleep, 0.9 for the other tables of the export, which hold none."""
        start = head[:200].replace(b'"', b"")
        if start.startswith(
            (b"date,deepSleepTime,shallowSleepTime", b"date,lastSyncTime,deepSleepTime,shallowSleepTime")
        ):
            return 1.0
        return 0.9 if start.startswith(OTHERS) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each line is a day: its sleep and its naps. Raises UserError when the columns are not Zepp's, ZoneNeeded."""
        head = stream.read(200)
        if head.removeprefix(b"\xef\xbb\xbf").replace(b'"', b"").startswith(OTHERS):
            return
        table = read_table(io.BytesIO(head + stream.read(MAX_BYTES + 1 - len(head))), NEEDED)
        if table.encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
        yield from unknown_fields((c for c in table.header if c), KNOWN)
        rules = SumRules()
        napped = False
        strange: list[str] = []
        for done, row in enumerate(table.rows):
            if done % 256 == 0:
                progress.step(0, 0, options.where)
            where = f"{options.where} line {row.line}"
            try:
                if row.problem:
                    raise RowRejected(row.problem)
                naps, unread = _naps(row.cells.get("naps", ""), options)
                if naps and not napped:
                    napped = True
                    yield FileWarning("Naps of this format have not yet been seen in the wild: check a nap you know.")
                if unread:
                    strange.append(row.cells["date"][:10])
                try:
                    sessions = (_night(row.cells, options, rules), *naps)
                except RowRejected as e:
                    if str(e) != _NO_SLEEP or not naps:
                        raise
                    sessions = naps
                found: list[SessionDraft] = []
                for session in sessions:
                    draft, doubts = checked_session(session, options.now)
                    found.append(draft)
                    yield from (FileWarning(d) for d in doubts)
                yield RowDraft(where, row.line, tuple(found))
            except RowRejected as e:
                yield Rejected(where, str(e), row.line, row.text.strip(), sessions=int(str(e) != _NO_SLEEP))
        if strange:
            more = f" and {len(strange) - MOST_NAMED} more days" if len(strange) > MOST_NAMED else ""
            days = ", ".join(strange[:MOST_NAMED])
            yield FileWarning(f"Naps that are not written as expected were not read: {days}{more}.")
        yield from rules.found()


def _night(c: dict[str, str], options: ReadOptions, rules: SumRules) -> SessionDraft:
    if not c["start"] or not c["stop"]:
        raise RowRejected(_NO_SLEEP)
    start, end = _instant(c["start"], "start", options), _instant(c["stop"], "stop", options)
    if start.utc == end.utc:
        raise RowRejected(_NO_SLEEP)
    deep, light, awake = (value(c, name) for name in MINUTES)
    rem = value(c, "REMTime")
    if not deep and not light and not rem:
        deep = light = rem = awake = None
    parts = [v for v in (deep, light, rem) if v is not None]
    measures = SessionMeasures(
        tst_min=sum(parts) if parts else None,
        awake_min=awake,
        light_min=light,
        deep_min=deep,
        rem_min=rem or None,  # measured over 708 rows of a band: always 0, which says that it has no REM
    )
    draft = SessionDraft(
        start,
        end,
        validity=Validity.OK if parts else Validity.UNSCORED,
        measures=measures,
        vendor_date=_date(c["date"]),
    )
    if parts:
        whole = sum(parts) + (awake or 0)
        rules.check(RULE, draft.night_date, abs(whole - minutes_between(start, end)) <= SLACK_MIN)
    return draft


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        return None


def _instant(text: str, column: str, options: ReadOptions) -> Instant:
    """UTC lived in the person's zone; a stamp with another offset would be local, and keeps it."""
    match = _STAMP.fullmatch(text)
    if match is None:
        wall(text, column, TITLE)  # says so where a spreadsheet has rewritten it
        raise RowRejected(f"{column}: the time has no offset")
    local = wall(match[1], column, TITLE)
    shift = (int(match[3]) * 60 + int(match[4])) * (-1 if match[2] == "-" else 1) if match[2] else 0
    if abs(shift) > 15 * 60:
        raise RowRejected(f"{column}: the offset from UTC is more than 15 hours")
    utc = local.replace(tzinfo=UTC) - timedelta(minutes=shift)
    return at_offset(utc, shift) if shift else options.place(utc)


def _naps(text: str, options: ReadOptions) -> tuple[tuple[SessionDraft, ...], bool]:
    """The naps of a day, and whether some could not be read. The list was empty in every file seen."""
    if text in ("", "[]", "null"):
        return (), False
    try:
        items: Any = json.loads(text) if len(text) <= 20_000 else None
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list):
        return (), True
    found: list[SessionDraft] = []
    unread = False
    for item in cast(list[Any], items):
        nap = _nap(cast(dict[str, Any], item), options) if isinstance(item, dict) else None
        if nap is None:
            unread = True
        else:
            found.append(nap)
    return tuple(found), unread


def _nap(item: dict[str, Any], options: ReadOptions) -> SessionDraft | None:
    begin, until = item.get("start"), item.get("stop", item.get("end"))
    if not isinstance(begin, str) or not isinstance(until, str):
        return None
    try:
        start, end = _instant(begin, "start", options), _instant(until, "stop", options)
    except RowRejected:
        return None
    if not timedelta(0) < end.utc - start.utc <= timedelta(hours=24):
        return None
    return SessionDraft(start, end, kind=SessionKind.NAP, validity=Validity.UNSCORED)


PLUGIN = Zepp()
