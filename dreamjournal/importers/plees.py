"""Plees Tracker's CSV: the moments of two presses of a button, and a rating."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import read_table
from dreamjournal.domain.cells import value
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
from dreamjournal.domain.instant import Instant, minutes_between
from dreamjournal.domain.session import SessionEvent, SessionMeasures

NEEDED = ("sid", "start", "stop", "rating")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True)
class Plees(Importer):
    """Plees Tracker. Milliseconds of UTC without a place; the length is the person's own account of the sleep."""

    key: str = "plees"
    title: str = "Plees Tracker"
    suffixes: tuple[str, ...] = (".csv",)
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the header begins as the app's."""
        return 1.0 if head[:40].replace(b'"', b"").startswith(b"sid,start,stop,rating") else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each line is a sleep. Raises UserError when the columns are not the app's, ZoneNeeded without a zone."""
        table = read_table(stream, NEEDED)
        if table.encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
        yield from unknown_fields((c for c in table.header if c), (*NEEDED, "comment"))
        for done, row in enumerate(table.rows):
            if done % 256 == 0:
                progress.step(0, 0, options.where)
            where = f"{options.where} line {row.line}"
            try:
                if row.problem:
                    raise RowRejected(row.problem)
                draft, doubts = checked_session(_session(row.cells, options), options.now)
                yield from (FileWarning(d) for d in doubts)
                yield RowDraft(where, row.line, (draft,))
            except RowRejected as e:
                yield Rejected(where, str(e), row.line, row.text.strip(), sessions=int(str(e) != _NO_SLEEP))


_NO_SLEEP = "no sleep in this row"


def _session(c: dict[str, str], options: ReadOptions) -> SessionDraft:
    if not c["start"] or not c["stop"]:
        raise RowRejected(_NO_SLEEP)
    start, end = _instant(c["start"], "start", options), _instant(c["stop"], "stop", options)
    asleep = minutes_between(start, end)
    events: list[SessionEvent] = []
    rating = value(c, "rating")
    if rating:  # 0 is "not rated"
        events.append(SessionEvent("rating", end, detail=f"{rating:g} of 5"))
    if c.get("comment"):
        events.append(SessionEvent("note", end, detail=c["comment"]))
    measures = SessionMeasures(tst_min=asleep, asleep_unspecified_min=asleep)
    # Not `sid`: it counts from 1 again on a new phone, while two sleeps can begin within one minute.
    return SessionDraft(start, end, f"ms:{int(c['start'])}", measures=measures, events=tuple(events))


def _instant(text: str, column: str, options: ReadOptions) -> Instant:
    if _MS.fullmatch(text) is None:
        raise RowRejected(f"{column}: not a time in milliseconds")
    try:
        return options.place(_EPOCH + timedelta(milliseconds=int(text)))
    except OverflowError as e:
        raise RowRejected(f"the {column} is after the year 9999") from e


PLUGIN = Plees()
