"""EDF and EDF+ files, read from streams: the header is checked before it is believed, and only what is wanted is kept.

A header that promises more records or signals than the file holds would cost memory and time, so it is refused first.
Annotations are read by edfio, from a small file made of the annotation signals alone: vendors' other header fields are
often outside the standard. Patient, recording and serial numbers are never kept.
Format: Kemp & Olivan 2003, doi 10.1016/S1388-2457(03)00123-8.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from dreamjournal.common.errors import UserError

MAX_BYTES = 2_000_000_000
MAX_KEPT = 256 * 1024**2
"""Memory for the wanted signals, with what a record costs by itself."""
RECORD_COST = 100
MAX_RECORD = 64 * 1024**2
MAX_RECORDS = 4_000_000
MAX_SIGNALS = 512
MAX_SECONDS = 7 * 86_400
"""Longest record, and the latest end of an annotation."""
MAX_DAYS = 40_000
"""Longest file: CPAP summaries hold one record a day for years."""
ANNOTATIONS = "EDF Annotations"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
BLOCK = 1024**2

_STARTDATE = re.compile(r"Startdate\s+(\d{1,2})-([A-Za-z]{3})-(\d{4})\b", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})[.:/ -](\d{1,2})[.:/ -](\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class Signal:
    """One signal of the header; `at` and `samples` are its place in a record, in samples of two bytes."""

    label: str
    unit: str
    at: int
    samples: int
    low: int
    high: int
    """The range of the stored numbers; what lies outside stands for no value."""
    scale: float | None
    """Physical units per stored number; None where the header gives no range."""
    base: float

    def value(self, stored: int) -> float | None:
        """The stored number in the signal's unit, None where it lies outside the signal's range (-1 in CPAP summaries)."""
        if self.scale is None or not self.low <= stored <= self.high:
            return None
        value = (stored - self.low) * self.scale + self.base
        return value if math.isfinite(value) else None


@dataclass(frozen=True)
class EdfHeader:
    """What an EDF header says, once checked against itself. Durations are in seconds."""

    kind: str
    """"EDF", "EDF+C" or "EDF+D"."""
    start: datetime | None
    """Naive wall clock; None where the header has none or it was made anonymous."""
    records: int
    """-1 in a recording that was never closed."""
    record_s: float
    signals: tuple[Signal, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(s.label for s in self.signals)

    @property
    def record_bytes(self) -> int:
        return 2 * sum(s.samples for s in self.signals)


@dataclass(frozen=True)
class Annotation:
    """One annotation: seconds from the start of the file, its length in seconds (0 where not given), its text."""

    onset_s: float
    duration_s: float
    text: str


@dataclass(frozen=True)
class Annotations:
    """The annotations of a file in order of onset, and how many records of it are missing at the end."""

    header: EdfHeader
    found: tuple[Annotation, ...]
    missing: int = 0


@dataclass(frozen=True)
class Records:
    """Wanted signals, record by record: label -> values in the signal's unit, None where a value is outside its range."""

    header: EdfHeader
    rows: tuple[dict[str, tuple[float | None, ...]], ...]
    missing: int = 0
    """How many records the header promises and the file does not hold."""


def looks_like_edf(head: bytes) -> bool:
    """Whether the first bytes are those of an EDF file."""
    return head[:8] == b"0       "


def labels_of(head: bytes) -> tuple[str, ...]:
    """The signals' labels in the first bytes of a file, for sniffing; never raises."""
    number = head[252:256].strip()
    if not looks_like_edf(head) or not number.isdigit() or int(number) > MAX_SIGNALS:
        return ()
    labels = head[256 : 256 + 16 * int(number)]
    return tuple(_text(labels[i : i + 16]) for i in range(0, len(labels), 16))


def read_header(stream: IO[bytes]) -> EdfHeader:
    """The checked header; `stream` then stands at the first record. Raises UserError when it contradicts itself."""
    fixed = stream.read(256)
    if not looks_like_edf(fixed):
        raise _refused("it does not begin as an EDF file does")
    if len(fixed) < 256:
        raise _refused("it ends inside its header")
    count = _count(fixed[252:256], "number of signals")
    if not 1 <= count <= MAX_SIGNALS:
        raise _refused(f"its header names {count} signals")
    if _count(fixed[184:192], "header size") != 256 * (count + 1):
        raise _refused("its header gives a wrong size for itself")
    records, record_s = _count(fixed[236:244], "number of records"), _float(fixed[244:252])
    if records < -1:
        raise _refused(f"its header promises {records} records")
    if record_s is None or not 0 <= record_s <= MAX_SECONDS:
        raise _refused("its header gives no possible length of a record")
    rest = stream.read(256 * count)
    if len(rest) < 256 * count:
        raise _refused("it ends inside its header")
    header = EdfHeader(_kind(fixed[192:236]), _start(fixed), records, record_s, _signals(rest, count))
    if not 0 < header.record_bytes <= MAX_RECORD:
        raise _refused("its header promises records of an impossible size")
    if records > MAX_RECORDS:
        raise _refused(f"its header promises {records} records")
    if records * record_s > MAX_DAYS * 86_400:
        raise _refused("its header promises more than a century")
    return header


def read_annotations(stream: IO[bytes], *, salvage: bool = False) -> Annotations:
    """The annotations of an EDF+ file; none where it has no annotation signal.

    Raises UserError for a header that `read_header` refuses, for annotations that cannot be read or that lie outside a
    week, and for a file that is cut off: with `salvage`, its complete records are read instead.
    """
    header = read_header(stream)
    wanted = tuple(s for s in header.signals if s.label == ANNOTATIONS)
    if not wanted:
        return Annotations(header, ())
    kept, missing = _kept(stream, header, wanted, salvage)
    if not kept:
        return Annotations(header, (), missing)
    import edfio

    try:
        found = edfio.read_edf(_annotations_only(kept)).annotations
        out = [Annotation(float(a.onset), float(a.duration or 0.0), str(a.text).strip()) for a in found]
    except Exception as error:  # whatever edfio raises on a damaged file is the file's fault
        raise _refused("its annotations are damaged") from error
    for a in out:
        if not (math.isfinite(a.onset_s) and math.isfinite(a.duration_s)) or a.duration_s < 0:
            raise _refused("an annotation has no usable time")
        if a.onset_s < 0 or a.onset_s + a.duration_s > MAX_SECONDS:
            raise _refused("an annotation lies outside the recording")
    return Annotations(header, tuple(sorted(out, key=lambda a: a.onset_s)), missing)


def read_signals(stream: IO[bytes], labels: Collection[str], *, salvage: bool = False) -> Records:
    """The signals named in `labels`, as far as the file has them, of every record; of equal labels the first counts.

    Meant for small files; a file without any of them is not read on. Raises UserError for a header that `read_header`
    refuses or without a range for one of them, and for a file that is cut off: with `salvage`, its complete records are
    read instead.
    """
    header = read_header(stream)
    wanted: dict[str, Signal] = {}
    for s in header.signals:
        if s.label in labels:
            wanted.setdefault(s.label, s)
    for s in wanted.values():
        if s.scale is None:
            raise _refused(f"its header gives no range for {s.label}")
    if not wanted:
        return Records(header, ())
    signals = tuple(wanted.values())
    kept, missing = _kept(stream, header, signals, salvage)
    rows: list[dict[str, tuple[float | None, ...]]] = []
    for parts in kept:
        row: dict[str, tuple[float | None, ...]] = {}
        for s, raw in zip(signals, parts, strict=True):
            row[s.label] = tuple(s.value(n) for n in struct.unpack(f"<{s.samples}h", raw))
        rows.append(row)
    return Records(header, tuple(rows), missing)


def _kept(
    stream: IO[bytes], header: EdfHeader, wanted: Sequence[Signal], salvage: bool
) -> tuple[list[tuple[bytes, ...]], int]:
    """The bytes of the wanted signals of each complete record, and how many promised records are missing."""
    kept: list[tuple[bytes, ...]] = []
    places = [(2 * s.at, 2 * (s.at + s.samples)) for s in wanted]
    size = RECORD_COST + sum(end - begin for begin, end in places)
    for block in _blocks(stream, header):
        for at in range(0, len(block), header.record_bytes):
            kept.append(tuple(block[at + begin : at + end] for begin, end in places))
        if size * len(kept) > MAX_KEPT:
            raise _refused("it holds more than such a file should")
    missing = max(0, header.records - len(kept))
    if missing and not salvage:
        raise _refused(f"it is cut off: its header promises {header.records} records and the file holds {len(kept)}")
    return kept, missing


def _blocks(stream: IO[bytes], header: EdfHeader) -> Iterator[bytes]:
    """The file's complete records, several at a time; bytes after the last promised record are no part of it."""
    each = header.record_bytes
    many = max(1, BLOCK // each)
    left = header.records if header.records >= 0 else MAX_RECORDS + 1
    read = 0
    while left > 0:
        block = stream.read(each * min(many, left))
        read += len(block)
        if read > MAX_BYTES:
            raise _refused("it is larger than 2 GB")
        whole = len(block) // each
        if whole:
            yield block[: whole * each]
        if len(block) < each * min(many, left):
            return
        left -= whole


def _annotations_only(kept: Sequence[tuple[bytes, ...]]) -> bytes:
    """An EDF+ file of the annotation signals alone, as UTF-8 whatever the writer used."""
    columns = [[_utf8(part) for part in column] for column in zip(*kept, strict=True)]
    widths = [(max(len(part) for part in column) + 1) // 2 * 2 for column in columns]
    n = len(columns)
    fields = [
        ("0", 8), ("X X X X", 80), ("Startdate X X X X", 80), ("01.01.85", 8), ("00.00.00", 8), (str(256 * (n + 1)), 8),
        ("EDF+C", 44), (str(len(kept)), 8), ("0", 8), (str(n), 4), *[(ANNOTATIONS, 16)] * n, *[("", 80)] * n, *[("", 8)] * n,
        *[("-1", 8)] * n, *[("1", 8)] * n, *[("-32768", 8)] * n, *[("32767", 8)] * n, *[("", 80)] * n,
        *[(str(w // 2), 8) for w in widths], *[("", 32)] * n,
    ]  # fmt: skip
    head = b"".join(text.encode().ljust(width) for text, width in fields)
    body = [
        part.ljust(w, b"\0") for record in zip(*columns, strict=True) for part, w in zip(record, widths, strict=True)
    ]
    return head + b"".join(body)


def _utf8(raw: bytes) -> bytes:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return raw.rstrip(b"\0").decode("latin-1").encode() + b"\0"
    return raw


def _signals(rest: bytes, count: int) -> tuple[Signal, ...]:
    def field(i: int, before: int, width: int) -> bytes:
        return rest[before * count + width * i : before * count + width * (i + 1)]

    found: list[Signal] = []
    at = 0
    for i in range(count):
        samples = _count(field(i, 216, 8), "samples in a record")
        if samples < 0:
            raise _refused("its header holds a negative length")
        least, most = _float(field(i, 104, 8)), _float(field(i, 112, 8))
        low, high = _whole(field(i, 120, 8)), _whole(field(i, 128, 8))
        scale = None
        if least is not None and most is not None and low is not None and high is not None and low < high:
            scale = (most - least) / (high - low) if most != least else None
        found.append(
            Signal(
                _text(field(i, 0, 16)), _text(field(i, 96, 8)), at, samples, low or 0, high or 0, scale, least or 0.0
            )
        )
        at += samples
    return tuple(found)


def _kind(reserved: bytes) -> str:
    kind = _text(reserved)[:5]
    return kind if kind in ("EDF+C", "EDF+D") else "EDF"


def _start(fixed: bytes) -> datetime | None:
    """EDF+ repeats the date with four digits of the year; the short one is clipped: 85 to 99 are 1985 to 1999."""
    clock, short = _PARTS.fullmatch(_text(fixed[176:184])), _PARTS.fullmatch(_text(fixed[168:176]))
    recording = _text(fixed[88:168])
    full = _STARTDATE.match(recording)
    try:
        if clock is None:
            return None
        if full is not None and full[2].upper() in MONTHS:
            year, month, day = int(full[3]), MONTHS.index(full[2].upper()) + 1, int(full[1])
        elif short is None:
            return None
        else:
            day, month, year = (int(p) for p in short.groups())
            year += 1900 if year >= 85 else 2000
            if recording.startswith("Startdate X") and (day, month, year) == (1, 1, 1985):
                return None  # EDF+ writes this date where the true one was taken away
        return datetime(year, month, day, int(clock[1]), int(clock[2]), int(clock[3]))
    except ValueError:
        return None


def _refused(why: str) -> UserError:
    return UserError("This EDF file cannot be read", why, "export it again")


def _text(raw: bytes) -> str:
    """Header text is ASCII by the standard; ResMed writes its degree sign in UTF-8."""
    try:
        return raw.decode().strip(" \0")
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip(" \0")


def _whole(raw: bytes) -> int | None:
    value = _float(raw)
    return None if value is None or value != int(value) else int(value)


def _count(raw: bytes, what: str) -> int:
    text = _text(raw)
    if not re.fullmatch(r"[+-]?\d{1,8}", text, re.ASCII):
        raise _refused(f"its header has no {what}")
    return int(text)


def _float(raw: bytes) -> float | None:
    """A finite number; some writers put a decimal comma."""
    text = _text(raw).replace(",", ".")
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None
