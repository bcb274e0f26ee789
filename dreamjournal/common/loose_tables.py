"""Finds the table in a text whose columns nobody has named yet: its delimiter, its header, its first rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 40
MAX_COLUMNS = 500
MAX_HEADER_CELL = 80
MAX_HEADER_WORDS = 8
ROWS_LOOKED_AT = 5
ROWS_WITHIN = 40
"""Lines in which those rows stand: a cell may hold line ends, and rows may stand apart."""
_VALUE = re.compile(r"[-+]?[0-9][0-9.,:/\-\sTZ%]*|[-+]?[0-9]+[-/.:][0-9].*")
_SENTENCE = re.compile(r"\S\s+\S+\s+\S+[.!?]$")
_DATE = re.compile(
    r"(?:^|[\s,])(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})(?![0-9.])|[0-9]{4}\s?[年년])"
    r"|^(?:19|20)[0-9]{6}(?:T|$)|^[0-9]{10}(?:[0-9]{3})?(?:\.[0-9]+)?$"
    r"|\b[0-9]{1,2}(?:\.|st|nd|rd|th)?[\s-](?:de\s)?[^\W\d_]{3,12}\.?,?[\s-](?:de\s)?[0-9]{4}\b"
    r"|\b[^\W\d_]{3,12}\.?\s[0-9]{1,2},?\s(?:19|20)[0-9]{2}\b"
)
LONGEST_DATE = 60
_DIGIT_FIRST = re.compile(r"\W{0,2}[0-9]")


class FoundTable(NamedTuple):
    """Header cells as written (stripped), the delimiter, the header's line (from 0), and the next few rows."""

    header: tuple[str, ...]
    delimiter: str
    line: int
    sample: tuple[tuple[str, ...], ...]


def find_table(text: str, within: int = HEADER_WITHIN) -> FoundTable | None:
    """The first line that can be a header and is followed by a row of its width with a figure or date in it."""
    lines = text.split("\n", within + 400)[: within + 400]
    for i, line in enumerate(lines[:within]):
        if len(line) > 64 * 1024 or not line.strip() or not "".join(lines[i + 1 : i + 2]).strip():
            continue  # a row follows its header without a gap
        longest = MAX_HEADER_CELL + 20  # with quotation marks and blanks around it
        counts = [(-n, d) for d in DELIMITERS if (n := line.count(d)) and (n + 1) * longest > len(line)]
        for _, delimiter in sorted(counts, key=itemgetter(0)):
            header = _cells(line, delimiter)
            if not is_header(header):
                continue
            rows = _records("\n".join(lines[i + 1 : i + 1 + ROWS_WITHIN])[: 256 * 1024], delimiter)
            fits = [r for r in rows if _fits(r, len(header))]
            if 2 * len(fits) >= len(rows) and any(_DIGIT_FIRST.match(c) for r in fits for c in r):
                return FoundTable(tuple(header), delimiter, i, tuple(tuple(r[: len(header)]) for r in fits))
    return None


def has_dates(table: FoundTable) -> bool:
    """Whether a cell of its first rows looks like a date: prose with commas seldom has one to itself."""
    return any(len(c) <= LONGEST_DATE and _DATE.search(c) for row in table.sample for c in row)


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row holds at least two names, short ones and no values, and hardly any cell without one."""
    if not 2 <= len(cells) <= MAX_COLUMNS:
        return False
    names = [c for c in cells if c]
    return (
        len(names) >= 2
        and all(len(c) <= MAX_HEADER_CELL and len(c.split()) <= MAX_HEADER_WORDS for c in names)
        and not any(_VALUE.fullmatch(c) or _SENTENCE.search(c) for c in names)
        and all(any(ch.isalpha() for ch in c) or c in ("#", "%") for c in names)
    )


def _fits(row: list[str], width: int) -> bool:
    return len(row) == width or (len(row) > width and not any(row[width:]))


def _cells(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return [c.strip().strip("\ufeff").strip() for c in line.split(delimiter, MAX_COLUMNS + 1)]
    found = _records(line, delimiter)
    return found[0] if found else []


def _records(text: str, delimiter: str) -> list[list[str]]:
    out: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(c.strip() for c in row):
                out.append([c.strip().strip("\ufeff").strip() for c in row])
            if len(out) == ROWS_LOOKED_AT:
                break
    except csv.Error:
        pass
    return out
