"""Reads text and CSV of unknown makers: encodings, quotation marks that never close, one bad row among good ones."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from dreamjournal.common.errors import UserError

MAX_BYTES = 128 * 1024 * 1024
MAX_ROW = 1024 * 1024
MAX_ROW_LINES = 400
GUESS_FROM = 400
GUESS_WITHIN = 65536
GUESSES = {
    "cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1253": "Windows-1253", "cp1254": "Windows-1254",
    "gb18030": "GB18030", "big5": "Big5", "cp932": "Shift JIS", "euc_kr": "EUC-KR",
}  # fmt: skip
"""Encodings of text that is neither UTF-8 nor UTF-16: Python's name -> what it is called."""


@dataclass(frozen=True)
class Record:
    """One logical row: its first line in the file (from 1), its raw text, and its cells.

    `closed` is False when a quotation mark of the line is never closed; then the cells are not to be relied on.
    """

    line: int
    text: str
    cells: tuple[str, ...]
    closed: bool = True


def decode(data: bytes) -> tuple[str, str]:
    """The text and the encoding's name: by byte order mark, else UTF-8, else the likeliest. Raises UserError for binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            return data[: len(data) // 2 * 2].decode("utf-16", errors="replace"), "UTF-16"
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as e:
        if e.reason == "unexpected end of data" and e.start >= len(data) - 4:  # cut inside a letter
            return data[: e.start].decode("utf-8"), "UTF-8"
    if b"\0" in data:
        raise UserError("The file was not read", "it holds bytes that no text has")
    return _likeliest(data)


def _likeliest(data: bytes) -> tuple[str, str]:
    """By the letters it would hold. Short texts are too little to go by and are read as Windows-1252."""
    if len(data) >= GUESS_FROM:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:GUESS_WITHIN], cp_isolation=list(GUESSES)).best()
        if best is not None:
            try:
                return data.decode(best.encoding), GUESSES[best.encoding]
            except (UnicodeDecodeError, KeyError):
                pass
    return data.decode("cp1252", errors="replace"), "Windows-1252"


def read_text(stream: IO[bytes], *, limit: int = MAX_BYTES) -> tuple[str, str]:
    """All of `stream` as text, and its encoding. Raises UserError above `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise UserError("The file was not read", f"it is larger than {limit // 1024 // 1024} MiB")
    return decode(data)


def head_text(head: bytes) -> str:
    """The first bytes of a file as text for sniffing; never raises."""
    try:
        return decode(head)[0]
    except UserError:
        return ""


_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def physical_lines(text: str) -> list[str]:
    """Lines with their ends; only CR, LF and CRLF end a line, since notes may hold other separators."""
    # Not by io.StringIO, which holds four bytes for each letter: 200 MB for a cell of 50 MB.
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LINE.findall(text)


def records(text: str, delimiter: str = ",") -> Iterator[Record]:
    """The rows of a CSV text, blank lines passed over.

    A quotation mark that never closes spoils its own line only: the row comes back with `closed` False and reading goes
    on at the next line.
    """
    csv.field_size_limit(MAX_ROW)
    lines = physical_lines(text)
    at = 0
    while at < len(lines):
        first, raw, closed, after = at, lines[at], True, at + 1
        if raw.count('"') % 2:
            after = _closing(lines, at)
            closed = after > 0
            after = after if closed else at + 1
            raw = "".join(lines[first:after])
        at = after
        if not raw.strip():
            continue
        if len(raw) > MAX_ROW:
            yield Record(first + 1, raw[:300], (), closed=False)
            continue
        yield Record(first + 1, raw, _cells(raw, delimiter), closed)


def _closing(lines: list[str], at: int) -> int:
    quotes = size = 0
    for i in range(at, min(len(lines), at + MAX_ROW_LINES)):
        quotes += lines[i].count('"')
        size += len(lines[i])
        if size > MAX_ROW:
            return 0
        if quotes % 2 == 0:
            return i + 1
    return 0


def _cells(raw: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader(io.StringIO(raw.rstrip("\r\n"), newline=""), delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return ()


def number(cell: str) -> float | None:
    """A finite number, or None for an empty cell. Raises ValueError for anything else."""
    text = cell.strip()
    if not text:
        return None
    if not text.isascii():
        raise ValueError(text[:40])
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text[:40])
    return value


def wall_clock(text: str, form: str) -> datetime:
    """A naive date and time of form `form` (strptime). Raises ValueError, also for digits that are not ASCII."""
    if not text.isascii() or len(text) > 40:
        raise ValueError("not a date")
    return datetime.strptime(text.strip(), form)
