"""Fitbit: sleep-*.json of Google Takeout and of the account export, sleep_score.csv, and the web site's CSV."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.errors import UserError
from dreamjournal.common.heads import normalised
from dreamjournal.common.json_files import MAX_BYTES, read_json
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import read_table
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions
from dreamjournal.domain.importer import Importer
from dreamjournal.importers.fitbit._logs import read_logs
from dreamjournal.importers.fitbit._tables import WEB, read_scores, read_web

DAILY = (
    b"timestamp,rmssd,", b"timestamp,daily_respiratory_rate", b"timestamp,full_sleep_breathing_rate",
    b"timestamp,average_value,lower_bound", b"type,sleep_start,sleep_end,temperature_samples",
    b"recorded_time,temperature,sensor_type", b"sleep_id,",
)  # fmt: skip
"""Figures of a day or a minute that name no sleep log, and what hangs on the other ids of UserSleeps."""
_WEB = (b"Sleep", b"Start Time", b'"Start Time', b"Body", b"Food", b"Activities")
_WEB_SLEEP = re.compile(rb"Start Time\"?[,;\t]\"?End Time\"?[,;\t]\"?Minutes Asleep")
"""The web site's table: its sections begin with a name and a header of their own."""
REPEATED = (b"sleep_id,sleep_type",)
"""Begins UserSleeps: the same sleeps under other ids (19 digits), so they cannot join the logs."""


@dataclass(frozen=True)
class Fitbit(Importer):
    """Fitbit. Times have no zone; the offset of a log's start holds for all of it, also in a night of a clock change."""

    key: str = "fitbit"
    title: str = "Fitbit"
    suffixes: tuple[str, ...] = (".json", ".csv", ".zip")
    kinds: tuple[str, ...] = ("json", "text")
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 for a sleep log, a score table, the web site's table, or a table that tells of no sleep of its own."""
        first = head[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
        if first[:1] in (b"[", b"{"):
            return 1.0 if b'"dateOfSleep"' in head[:8192] and b'"logId"' in head[:32768] else 0.0
        if b"sleep_log_entry_id" in first and b"overall_score" in first:
            return 1.0
        if first.startswith(_WEB) and _WEB_SLEEP.search(head):
            return 1.0
        return 1.0 if first.startswith((*REPEATED, *DAILY)) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows of one of the files. Raises UserError for another file, ZoneNeeded without a zone."""
        data = stream.read(65536)
        head = normalised(data).lstrip()
        if head.startswith(REPEATED):
            yield FileWarning(
                "The file repeats the sleeps of sleep-….json (folder Global Export Data) and is not read: import those."
            )
        if head.startswith((*REPEATED, *DAILY)):
            return
        data += stream.read(MAX_BYTES + 1 - len(data))
        if len(data) > MAX_BYTES:
            raise UserError("The file was not read", f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
        if head[:1] in (b"[", b"{"):
            yield from read_logs(read_json(io.BytesIO(data)), options, progress)
        elif b"sleep_log_entry_id" in head[:400]:
            table = read_table(io.BytesIO(data), ("sleep_log_entry_id", "timestamp", "overall_score"))
            yield from read_scores(table, options, progress)
        else:
            yield from read_web(read_table(io.BytesIO(data), WEB[:6]), options, progress)


PLUGIN = Fitbit()
