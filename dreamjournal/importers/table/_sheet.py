"""A table as it stands in a file of text or a spreadsheet: header, and rows of text."""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from dreamjournal.common import zip_files
from dreamjournal.common.csv_rows import read_text
from dreamjournal.common.errors import UserError
from dreamjournal.common.formulas import GUARD, unguarded
from dreamjournal.common.loose_tables import HEADER_WITHIN, MAX_COLUMNS, find_table, is_header
from dreamjournal.common.moments import clock_of
from dreamjournal.common.tables import TableRow, read_table
from dreamjournal.common.zip_files import MAGIC

MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED = 512 * 1024 * 1024
MAX_SHEET = 128 * 1024 * 1024
MAX_ROWS = 200_000
MAX_CELLS = 4_000_000
MAX_CELL = 1024 * 1024
NO_TABLE = "no table with a header of names and a row of dates or figures was found in it"
_TAG = re.compile(rb"""<(?:[^\s<>/:"']{1,40}:)?(c|row)(?=[\s/>])((?:[^>"']|"[^"]{0,300}"|'[^']{0,300}'){0,400})>""")
_TAG_START = re.compile(rb"<(?:[^\s<>/:\"']{1,40}:)?(?:c|row)(?=[\s/>])")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL_NAME = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True)
class Sheet:
    """A table: its columns' names (each once), its rows, whether commas may be decimal, whether it is a spreadsheet."""

    header: tuple[str, ...]
    rows: Iterator[TableRow]
    comma: bool
    spreadsheet: bool
    encoding: str = "UTF-8"


def read_sheet(stream: IO[bytes]) -> Sheet:
    """The first table in the file. Raises UserError where there is none or the file is damaged or too large."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UserError("The file was not read", f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
    sheet = _spreadsheet(data) if data.startswith(MAGIC) else _text(data)
    return replace(sheet, rows=map(_without_guard, sheet.rows))


def _text(data: bytes) -> Sheet:
    text, encoding = read_text(io.BytesIO(data), limit=MAX_BYTES)
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    found = find_table(text)
    if found is None:
        raise UserError("The file was not read", NO_TABLE)
    header = set(_named(found.header))
    again = io.BytesIO(text.encode("utf-8", "surrogatepass"))
    table = read_table(again, header, name=_column_name, extra_cell=True, delimiters=(found.delimiter,))
    return Sheet(table.header, table.rows, found.delimiter != ",", False, encoding)


def _without_guard(row: TableRow) -> TableRow:
    """A cell that we wrote ourselves says again what it said; see `common.formulas`."""
    if not any(cell[:1] == GUARD for cell in row.cells.values()):
        return row
    return row._replace(cells={name: unguarded(cell) for name, cell in row.cells.items()})


def _column_name(cell: str) -> str:
    return " ".join(unguarded(cell.strip()).split())[:80] or "unnamed"


def _named(header: tuple[str, ...] | list[str]) -> list[str]:
    return [_column_name(c) for c in header]


def _spreadsheet(data: bytes) -> Sheet:
    _check_size(data)
    with _guarded():
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [m.name for m in book.sheets_metadata if "WorkSheet" in str(m.typ)]
    coloured = False
    for name in names[:50]:
        with _guarded():
            rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MAX_ROWS)
        cells = _as_text(rows)
        coloured = coloured or _is_hours(cells)
        sheet = _table_in(cells)
        if sheet is not None:
            return sheet
    if coloured:
        raise UserError(
            "The file was not read",
            "its nights are drawn as coloured cells, and colours are not read",
            "make a table with a column of starts and a column of ends",
        )
    raise UserError("The file was not read", NO_TABLE)


@contextmanager
def _guarded() -> Generator[None]:
    """Whatever the library makes of a damaged file becomes a refusal; its own panics are no Exceptions."""
    try:
        yield
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as e:
        raise _damaged() from e


def _damaged() -> UserError:
    return UserError(
        "The file was not read", "it is not a spreadsheet that can be opened, or it is damaged", "save it again"
    )


def _check_size(data: bytes) -> None:
    """Refuse what would unpack to more than a table of nights, before the library lays it out cell by cell."""
    archive = zip_files.open_zip(io.BytesIO(data))
    found = zip_files.members(archive)
    if sum(i.file_size for i in found) > MAX_UNPACKED:
        raise UserError("The file was not read", f"it would unpack to more than {MAX_UNPACKED // 1024 // 1024} MiB")
    for info in found:
        with zip_files.open_member(archive, info) as member:
            if "worksheets/" in info.filename and info.file_size <= MAX_SHEET:
                widest, deepest = _extent(member.read(MAX_SHEET))
                if widest * deepest > MAX_CELLS or deepest > 2 * MAX_ROWS:
                    raise UserError("The file was not read", "a sheet of it has more cells than a table of nights")
            elif "worksheets/" in info.filename:
                raise UserError("The file was not read", "a sheet of it is larger than a table of nights")
            while member.read(1024 * 1024):
                pass  # inflated to the end: the caps against bombs are in the reading


def _extent(sheet: bytes) -> tuple[int, int]:
    """How many columns and rows the library will lay out. Cells that hold a format alone take no room.

    Raises UserError where a cell's place cannot be told: the library would make room for it all the same.
    """
    widest = deepest = row = column = 0
    for start in _TAG_START.finditer(sheet):
        match = _TAG.match(sheet, start.start())
        if match is None:
            raise _damaged()
        place = _PLACE.search(match[2])
        if match[1] == b"row":
            row, column = row + 1, 0
            if place:
                if not place[1].isdigit() or len(place[1]) > 7:
                    raise _damaged()
                row = int(place[1])
            continue
        column += 1
        if place:
            name = _CELL_NAME.fullmatch(place[1])
            if name is None:
                raise _damaged()
            column, at = _column_number(name[1]), int(name[2])
        else:
            at = row
        if not match[2].endswith(b"/"):
            widest, deepest = max(widest, column), max(deepest, at)
    return widest, deepest


def _column_number(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n


def _as_text(rows: list[list[Any]]) -> list[list[str]]:
    """Cells as text; where a column has times of day beside dates, a bare date is its midnight."""
    timed: set[int] = set()
    for row in rows:
        timed.update(i for i, v in enumerate(row[:MAX_COLUMNS]) if type(v) is datetime)
    return [[_cell(v, i in timed) for i, v in enumerate(row[:MAX_COLUMNS])] for row in rows]


def _cell(value: Any, timed: bool) -> str:
    if isinstance(value, str):
        return value[:MAX_CELL].strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        near = value + timedelta(microseconds=500_000)  # a day's fraction is a float: 23:30 may be 23:29:59.999999
        return near.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00" if timed else value.isoformat()
    if isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + (value.microsecond >= 500_000)
        return _hms(seconds % 86400)
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return _hms(seconds) if seconds >= 0 else f"-{_hms(-seconds)}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _hms(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _is_hours(rows: list[list[str]]) -> bool:
    """Whether the first row is the hours of a day, as in a diary of coloured cells."""
    return bool(rows) and sum(_is_hour(c) for c in rows[0]) >= 12


def _is_hour(cell: str) -> bool:
    try:
        clock_of(cell.replace(" ", ""))
    except ValueError:
        return False
    return True


def _table_in(rows: list[list[str]]) -> Sheet | None:
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        cells = list(row)
        while cells and not cells[-1]:
            cells.pop()
        if not is_header(cells):
            continue
        width = max((n for r in rows[at + 1 :] if (n := _used(r))), default=0)
        header = [*cells, *[""] * (width - len(cells))]
        if not any(c[:1].isdigit() for r in rows[at + 1 : at + 6] for c in r):
            continue
        names: dict[str, int] = {}
        unique: list[str] = []
        for name in _named(header):
            names[name] = n = names.get(name, 0) + 1
            unique.append(name if n == 1 else f"{name} ({n})")
        return Sheet(tuple(unique), _rows(rows, at + 1, unique), True, True)
    return None


def _used(row: list[str]) -> int:
    return next((i for i in range(len(row), 0, -1) if row[i - 1]), 0)


def _rows(rows: list[list[str]], first: int, header: list[str]) -> Iterator[TableRow]:
    for n, row in enumerate(rows[first:], first + 1):
        if any(row):
            cells = dict(zip(header, row, strict=False))
            yield TableRow(n, cells, "", " | ".join(c for c in row if c)[:300])
