"""SleepChart 1.0: records of twelve bytes in a .tim file.

The program documents nothing. The layout was worked out by the sleepdiary project (a record is two 32-bit floats, little
endian, days since 31 December 1999; then a byte that is 0 after a forced awakening, a byte that is 0 after a delayed
bedtime, and two bytes of no known use) and holds for all of its 32 example files that have records. Sure: the lengths, the
clock times (to the minute or so that a float of days allows) and the flags of the files that are named after them. Not
quite sure: the day, which in 15 of 25 dated examples is one later than the file's name says, and in two is another
altogether; and the flags of files in which nobody ever set them, since the other bits are whatever was in memory.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

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
    TagDraft,
    checked_session,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import minutes_between
from dreamjournal.domain.session import SessionMeasures

RECORD = struct.Struct("<ffBBxx")
EPOCH = datetime(1999, 12, 31)
FIRST_DAY = 1.0
LAST_DAY = 36525.0
"""The year 2100."""
HEAD_BYTES = 65536
MAX_BYTES = 12 * 200_000
FORCED = "Forced awakening"
DELAYED = "Delayed retirement"


@dataclass(frozen=True)
class SleepChart(Importer):
    """SleepChart 1.0. Wall clocks without a zone, drawn by the person; a file has no mark of its own."""

    key: str = "sleepchart"
    title: str = "SleepChart"
    suffixes: tuple[str, ...] = (".tim",)
    kinds: tuple[str, ...] = ("binary", "text")
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """0.5 when every record is a sleep after the one before, of at most a day, in this century.

        Every record, since nothing else tells such a file from others; never for plain ASCII.
        """
        if len(head) < RECORD.size or (len(head) < HEAD_BYTES and len(head) % RECORD.size) or head[:512].isascii():
            return 0.0
        before = FIRST_DAY
        for start, end, _, _ in RECORD.iter_unpack(head[: len(head) // RECORD.size * RECORD.size]):
            if not (before <= start < end <= min(LAST_DAY, start + 1)):
                return 0.0
            before = end
        return 0.5

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each record is a sleep. Raises ZoneNeeded without a zone, UserError when it is larger than any chart."""
        data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise UserError("The file was not read", "it is larger than a SleepChart file")
        whole = len(data) // RECORD.size * RECORD.size
        records = list(RECORD.iter_unpack(data[:whole]))
        if records:
            yield FileWarning(
                "SleepChart counts days and its files do not print them; in some of its example files the day is one later "
                "than expected: check a night you know."
            )
        before = FIRST_DAY
        for n, (start, end, natural, willing) in enumerate(records, 1):
            if n % 256 == 0:
                progress.step(0, 0, options.where)
            where = f"{options.where} record {n}"
            try:
                draft, doubts = checked_session(_session(start, end, before, options), options.now)
                before = end
                yield from (FileWarning(d) for d in doubts)
                said = ((FORCED, natural), (DELAYED, willing))
                tags = tuple(TagDraft(draft.night_date, t, 1.0, draft.start) for t, unset in said if not unset)
                yield RowDraft(where, n, (draft,), tags=tags)
            except RowRejected as e:
                yield Rejected(where, str(e), n, data[(n - 1) * 12 : n * 12].hex(" "), sessions=1)
        if whole < len(data):
            n = len(records) + 1
            yield Rejected(f"{options.where} record {n}", "the record is cut off", n, data[whole:].hex(" "), sessions=1)


def _session(start: float, end: float, before: float, options: ReadOptions) -> SessionDraft:
    if not (math.isfinite(start) and math.isfinite(end)) or not FIRST_DAY <= start <= LAST_DAY:
        raise RowRejected("the start is not a day of this century")
    if end <= start:
        raise RowRejected(
            "the end is before the start" if end < start else "the end is the start: no time between them"
        )
    if end - start > 1:
        raise RowRejected("longer than 24 hours")
    if start < before:
        raise RowRejected("it begins before the record above it ends")
    # A float of days is exact to 42 seconds by now; the program draws whole minutes.
    first, last = (round(day * 24 * 60) for day in (start, end))
    if first == last:
        raise RowRejected("the end is the start: no time between them")
    begins, ends = (options.localise(EPOCH + timedelta(minutes=m)) for m in (first, last))
    if ends.utc <= begins.utc:
        ends = options.localise(EPOCH + timedelta(minutes=last), later=True)
    asleep = minutes_between(begins, ends)
    return SessionDraft(begins, ends, measures=SessionMeasures(tst_min=asleep, asleep_unspecified_min=asleep))


PLUGIN = SleepChart()
