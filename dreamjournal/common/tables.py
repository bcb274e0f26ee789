"""Tables as text, by column name: whatever the delimiter, the order of columns, the encoding or the spreadsheet between."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, NamedTuple

from dreamjournal.common.csv_rows import MAX_ROW, number, read_text, records
from dreamjournal.common.errors import UserError

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 40
"""Lines within which a header is looked for."""
_COMMA = re.compile(r"-?\d+,\d+")


class TableRow(NamedTuple):
    """A row: its line in the file (from 1), its cells (stripped) by column, or why it has none, and its raw beginning."""

    line: int
    cells: dict[str, str]
    problem: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table with its header as written, stripped."""

    header: tuple[str, ...]
    rows: Iterator[TableRow]
    delimiter: str
    encoding: str
    header_line: int

    def number(self, cell: str) -> float | None:
        """A finite number, None for an empty cell; a decimal comma where the delimiter is none. Raises ValueError."""
        if self.delimiter != "," and _COMMA.fullmatch(cell):
            cell = cell.replace(",", ".")
        return number(cell)


def read_table(
    stream: IO[bytes],
    needed: Iterable[str],
    *,
    name: Callable[[str], str] = str.strip,
    extra_cell: bool = False,
    delimiters: Sequence[str] = DELIMITERS,
) -> Table:
    """The table whose header holds every column of `needed`, wherever it begins within the first lines.

    `name` maps a cell of the header to the column's name (for headers that drift). A second column of a name is called
    "name (2)". `extra_cell` allows rows one empty cell longer than the header. Raises UserError naming what is missing.
    """
    text, encoding = read_text(stream)
    wanted = set(needed)
    best: tuple[int, set[str]] = (-1, wanted)
    lines = _first_lines(text)
    for at, (offset, line) in enumerate(lines):
        for delimiter in delimiters:
            if delimiter not in line and len(wanted) > 1:
                continue
            header = _unique([name(c.strip("\ufeff").strip()) for c in _split(line, delimiter)])
            missing = wanted - set(header)
            if not missing:
                body = text[offset + len(line) :]
                rows = _rows(body, header, delimiter, at + 1, extra_cell)
                return Table(tuple(header), rows, delimiter, encoding, at + 1)
            if len(wanted) - len(missing) > best[0]:
                best = (len(wanted) - len(missing), missing)
    columns = ", ".join(sorted(best[1])[:12])
    raise UserError("The file was not read", f"these columns are missing: {columns}", "export it again")


def _first_lines(text: str) -> list[tuple[int, str]]:
    """(offset, line with its end) of the first lines."""
    found: list[tuple[int, str]] = []
    at = 0
    for _ in range(HEADER_WITHIN):
        if at >= len(text):
            break
        match = re.compile(r"\r\n|\n|\r").search(text, at)
        end = match.end() if match else len(text)
        if end - at > MAX_ROW:
            break
        found.append((at, text[at:end]))
        at = end
    return found


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration):
        return []


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out: list[str] = []
    for column in names:
        seen[column] = n = seen.get(column, 0) + 1
        out.append(column if n == 1 else f"{column} ({n})")
    return out


def _rows(body: str, header: list[str], delimiter: str, before: int, extra_cell: bool) -> Iterator[TableRow]:
    width = len(header)
    plain = '"' not in body and "\r" not in body and "\0" not in body
    if plain:
        for i, raw in enumerate(body.split("\n")):
            if not raw.strip():
                continue
            if len(raw) > MAX_ROW:
                yield TableRow(before + i + 1, {}, "the line is longer than a log's", raw[:300])
                continue
            yield _row(before + i + 1, raw, raw.split(delimiter), header, width, extra_cell)
        return
    for record in records(body, delimiter):
        line = before + record.line
        if not record.closed:
            yield TableRow(line, {}, "a quotation mark is never closed", record.text.strip()[:300])
        else:
            yield _row(line, record.text, record.cells, header, width, extra_cell)


def _row(
    line: int, raw: str, cells: Sequence[str], header: list[str], width: int, extra_cell: bool
) -> TableRow:  # fmt: skip
    n = len(cells)
    if n == width + 1 and extra_cell and not cells[-1].strip():
        cells, n = cells[:-1], width
    if n != width:
        if n > width and not any(c.strip() for c in cells[width:]):  # a spreadsheet pads its rows
            cells = cells[:width]
        else:
            return TableRow(line, {}, f"{n} cells where the header has {width}", raw.strip()[:300])
    return TableRow(line, dict(zip(header, map(str.strip, cells), strict=True)), "", raw[:300])
