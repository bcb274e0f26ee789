"""The samples of every importer, and how the app would read a file of these bytes, without a child process."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dreamjournal.common import heads, zip_files
from dreamjournal.common.errors import UserError
from dreamjournal.common.plugins import load_family
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import (
    ColumnsNeeded,
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    SessionDraft,
    StartNeeded,
    SumRule,
    UnknownFields,
    ZoneNeeded,
)
from dreamjournal.domain.instant import minutes_between
from dreamjournal.domain.session import StageCode

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ZONE = "Europe/London"
START = datetime(2026, 3, 12, 23, 0)
PLUGINS: dict[str, Any] = {p.key: p for p in load_family("dreamjournal.importers")}
GENERIC = ("table", "text_journal")
"""Plug-ins for anything of a shape; they stand back behind one that knows the file."""
SLACK_MIN = 5


@dataclass(frozen=True)
class Sample:
    """A made-up file of one format."""

    key: str
    path: Path

    @property
    def data(self) -> bytes:
        return _bytes(self.path)

    def __str__(self) -> str:
        return f"{self.key}/{self.path.relative_to(DATA / self.key).as_posix()}"


@dataclass(frozen=True)
class Reading:
    """What became of some bytes: drafts by plug-in, or in words why not; `asks` is what only the person could say."""

    drafts: tuple[tuple[str, Draft], ...] = ()
    refused: str = ""
    asks: str = ""

    @property
    def rows(self) -> list[RowDraft]:
        return [d for _, d in self.drafts if isinstance(d, RowDraft)]

    @property
    def rejected(self) -> list[Rejected]:
        return [d for _, d in self.drafts if isinstance(d, Rejected)]

    @property
    def sessions(self) -> list[SessionDraft]:
        return [s for r in self.rows for s in r.sessions]

    @property
    def held(self) -> int:
        """How many sessions, dreams, exposures, tags and periods of coverage."""
        return sum(map(len, (p for r in self.rows for p in (r.sessions, r.dreams, r.exposures, r.tags, r.coverages))))


@cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def samples() -> list[Sample]:
    """Every file below tests/data, by plug-in; a plug-in without a folder has none here."""
    found: list[Sample] = []
    for key in PLUGINS:
        files = sorted(p for p in (DATA / key).rglob("*") if p.is_file() and p.name != "README.md")
        found += [Sample(key, p) for p in files]
    return found


def members(data: bytes, name: str) -> list[tuple[str, bytes]]:
    """(name, bytes) of the files a person would see: those of an archive, else the file itself."""
    if not zip_files.is_zip(data):
        return [(name, data)]
    archive = zip_files.open_zip(io.BytesIO(data))
    if zip_files.is_workbook(archive):
        return [(name, data)]
    return [(zip_files.base_name(i), zip_files.open_member(archive, i).read()) for i in zip_files.members(archive)]


def kind_and_head(data: bytes) -> tuple[str, bytes]:
    """As the app sees the first bytes of a file."""
    head = heads.normalised(data[: heads.HEAD_BYTES])
    kind = heads.kind_of(head)
    return ("xlsx" if kind == "zip" else kind), head


def scores(data: bytes, name: str) -> dict[str, float]:
    """How sure each plug-in of the file's kind is, without those that do not know it."""
    kind, head = kind_and_head(data)
    return {k: s for k, p in PLUGINS.items() if kind in p.kinds and (s := p.sniff(head, name)) > 0}


def read(key: str, data: bytes, name: str = "f", **options: Any) -> Reading:
    """What one plug-in makes of the bytes, asked again with its own guess where it asks what columns mean.

    Anything but UserError and the questions is a fault and comes through.
    """
    said = ReadOptions(NOW, where=name, **{"zone": ZONE, "start": START, **options})
    drafts: list[tuple[str, Draft]] = []
    try:
        try:
            drafts += [(key, d) for d in PLUGINS[key].read(io.BytesIO(data), said, NoProgress())]
        except ColumnsNeeded as e:
            said = replace(said, columns={e.question.key: e.question.guess})
            drafts = [(key, d) for d in PLUGINS[key].read(io.BytesIO(data), said, NoProgress())]
    except UserError as e:
        return Reading(refused=e.sentence)
    except ZoneNeeded:
        return Reading(asks="zone")
    except StartNeeded:
        return Reading(asks="start")
    except ColumnsNeeded:
        return Reading(asks="columns")
    return Reading(tuple(drafts))


def read_file(sample: Sample, data: bytes | None = None, **options: Any) -> Reading:
    """As `read`, of each file the archive holds where the sample is one."""
    whole = sample.data if data is None else data
    try:
        files = members(whole, sample.path.name)
    except UserError as e:
        return Reading(refused=e.sentence)
    found: list[tuple[str, Draft]] = []
    for name, inside in files:
        part = read(sample.key, inside, name, **options)
        if part.refused or part.asks:
            return part
        found += part.drafts
    return Reading(tuple(found))


def faults(reading: Reading) -> Iterator[str]:
    """What no reading may hold: sessions that cannot be, drafts of another kind."""
    for _, d in reading.drafts:
        if not isinstance(d, RowDraft | Rejected | FileWarning | SumRule | UnknownFields):
            yield f"a draft of type {type(d).__name__}"
    for r in reading.rejected:
        if not r.reason or len(r.text) > 300 or r.line < 0 or not r.where:
            yield f"a rejection without reason, place or with a whole row: {r}"
    for row in reading.rows:
        if row.rows < 0 or row.merged < 0 or not row.where:
            yield f"a row that counts {row.rows} and {row.merged} at {row.where!r}"
        for s in row.sessions:
            yield from (f"{row.where}: {f}" for f in session_faults(s))


def session_faults(s: SessionDraft) -> Iterator[str]:
    """Why a session cannot be."""
    if s.supplement and s.start.utc == s.end.utc:
        window = None
    else:
        window = minutes_between(s.start, s.end)
        if window <= 0 or window > 24 * 60:
            yield f"it lasts {window} minutes"
    if s.start.utc.year < 1970 or s.end.utc > NOW.replace(day=4):
        yield f"it lies at {s.start.utc}"
    m = s.measures
    for name, value in vars(m).items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            yield f"{name} is {value!r}"
        elif name.endswith("_min") and value < 0:
            yield f"{name} is negative"
    total = sum(getattr(m, n) or 0 for n in ("light_min", "deep_min", "rem_min", "asleep_unspecified_min", "awake_min"))
    if window is not None and not s.supplement and max(total, m.tst_min or 0) > window + SLACK_MIN:
        yield f"totals of {total} and {m.tst_min} minutes in {window}"
    for stage in s.stages:
        if stage.dur_s <= 0 or stage.offset_s < 0:
            yield f"a stage of {stage.dur_s} s at {stage.offset_s} s"
        elif window is not None and not s.supplement and stage.offset_s + stage.dur_s > window * 60 + 60 * SLACK_MIN:
            yield f"a stage beyond the end: {stage} in {window} minutes"
    if {stage.code for stage in s.stages} == {StageCode.INBED} and m.tst_min:
        yield "time in bed counted as sleep"
