"""Garmin Connect: sleepData.json of the account export, the web service's JSON, and FIT files with sleep in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.heads import kind_of
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import Draft, ReadOptions
from dreamjournal.domain.importer import Importer
from dreamjournal.importers.garmin._fit import read_fit
from dreamjournal.importers.garmin._json import read_records

PEEK = 8192


@dataclass(frozen=True)
class Garmin(Importer):
    """Garmin. Sessions carry no id: the minute of their start is the same in all three formats and joins them."""

    key: str = "garmin"
    title: str = "Garmin Connect"
    suffixes: tuple[str, ...] = (".json", ".fit", ".zip")
    kinds: tuple[str, ...] = ("json", "fit")

    def sniff(self, head: bytes, name: str) -> float:
        """1 for a FIT file, for a record of the export and for an answer of the web service."""
        if kind_of(head) == "fit":
            return 1.0
        if head[:400].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"[", b"{"):
            return 0.0
        first = head[:PEEK]
        if b'"dailySleepDTO"' in first:
            return 1.0
        bulk = b'"calendarDate"' in first
        return (
            1.0 if bulk and (b'"sleepWindowConfirmationType"' in first or b'"sleepStartTimestampGMT"' in first) else 0.0
        )

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """One row a record, or the sleep of one FIT file. Raises UserError, and ZoneNeeded where there is no local time."""
        start = stream.read(14)
        if start[8:12] == b".FIT":
            yield from read_fit(start, stream, options, progress)
        else:
            yield from read_records(start, stream, options, progress)


PLUGIN = Garmin()
