"""Oura: trends CSV, the account export's CSVs, API v2 and v1 JSON, and tags. Durations are seconds, HRV is RMSSD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.errors import UserError
from dreamjournal.common.heads import normalised, peeked
from dreamjournal.common.json_files import read_json
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table, read_table
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions
from dreamjournal.domain.importer import Importer
from dreamjournal.importers.oura._records import read_json_records, read_sleep_table, read_tag_table
from dreamjournal.importers.oura._trends import column_name, read_trends

UNSEEN = "This variant of Oura's data has not yet been seen in the wild: check a night you know."
PEEK = 16384
SNIFFED = 6144
OTHER_TABLES = (
    (b"contributors", b"day"), (b"spo2_percentage", b"day"), (b"optimal_bedtime", b"day"), (b"skin_temp", b"timestamp"),
    (b"bpm", b"source", b"timestamp"), (b"breathing_disturbance_index", b"day"), (b"stress_high", b"day"),
    (b"vascular_age", b"day"),
)  # fmt: skip
"""Columns that together tell the account export's tables without a sleep in them, the rarest first."""
_NAMES = (
    "dailyactivity", "dailycardiovascularage", "dailyreadiness", "dailyresilience", "dailysleep", "dailyspo2", "dailystress",
    "daytimestress", "heartrate", "ringbatterylevel", "ringconfiguration", "session", "sleeptime", "temperature", "vo2max",
    "workout",
)  # fmt: skip
_PASCAL = (
    "DailyActivity", "DailyCardiovascularAge", "DailyReadiness", "DailyResilience", "DailySleep", "DailySpO2", "DailySpo2",
    "DailyStress", "DaytimeStress", "HeartRate", "RingBatteryLevel", "RingConfiguration", "Session", "SleepTime",
    "Temperature", "Vo2Max", "VO2Max", "Workout",
)  # fmt: skip
_OLD_TAG = (b'"tags"', b'"text"', b'"timestamp"', b'"day"')


@dataclass(frozen=True)
class Oura(Importer):
    """Oura. Times carry their offset; several sleeps of a day are kept, and the longest is the night's."""

    key: str = "oura"
    title: str = "Oura"
    suffixes: tuple[str, ...] = (".csv", ".json", ".zip")
    kinds: tuple[str, ...] = ("text", "json")
    seen: bool = True
    companions: tuple[str, ...] = tuple(f"{n}.csv" for n in (*_NAMES, *_PASCAL))

    def sniff(self, head: bytes, name: str) -> float:
        """1 when columns or keys are Oura's, in whatever order."""
        if head[:512].lstrip()[:1] in (b"{", b"["):
            first = head[:SNIFFED]
            own = (
                (b'"bedtime_start"' in first and (b'"total_sleep_duration"' in first or b'"summary_date"' in first))
                or b'"sleep_phase_5_min"' in first
                or b'"hypnogram_5min"' in first
                or b'"tag_type_code"' in first
                or (b'"contributors"' in first and b'"day"' in first)
                or b'"summary_date"' in first
                or all(k in first for k in _OLD_TAG)
            )
            return float(own)
        return float(_table_of(head) != "")

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows of one file. Raises UserError when it is none of Oura's."""
        first = stream.read(PEEK)
        whole = peeked(first, stream)
        head = normalised(first)
        if head[:512].lstrip()[:1] in (b"{", b"["):
            yield from read_json_records(read_json(whole), options, progress, FileWarning(UNSEEN))
            return
        kind = _table_of(head)
        if kind == "other":
            return
        if kind == "sleep":
            table = read_table(whole, ("bedtime_start", "total_sleep_duration"), name=_plain)
            yield FileWarning(UNSEEN)
            yield from _encoding(table)
            yield from read_sleep_table(table, options, progress)
        elif kind == "tags":
            table = read_table(whole, ("tag_type_code",), name=_plain)
            yield FileWarning(UNSEEN)
            yield from _encoding(table)
            yield from read_tag_table(table, options, progress)
        else:
            table = read_table(whole, ("bedtime start", "bedtime end"), name=column_name)
            if "total sleep duration" not in table.header and "total bedtime" not in table.header:
                raise UserError(
                    "The file was not read", "these columns are missing: Total Sleep Duration", "export it again"
                )
            yield from _encoding(table)
            yield from read_trends(table, options, progress)


def _plain(column: str) -> str:
    return column.strip().casefold()


def _encoding(table: Table) -> Iterator[Draft]:
    if table.encoding != "UTF-8":
        yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")


def _table_of(head: bytes) -> str:
    """trends, sleep, tags, other, or empty for no table of Oura's."""
    header = head[:4096].lstrip().split(b"\n", 1)[0].lower()
    if b"bedtime start" in header and b"bedtime end" in header:
        return "trends" if b"total" in header or b"sleep score" in header else ""
    if b"bedtime_start" in header and b"total_sleep_duration" in header:
        return "sleep"
    if b"tag_type_code" in header:
        return "tags"
    if not any(known[0] in header for known in OTHER_TABLES):
        return ""
    cells = {c.strip(b'" \r') for c in re.split(rb"[;,]", header)}
    return "other" if any(cells.issuperset(known) for known in OTHER_TABLES) else ""


PLUGIN = Oura()
