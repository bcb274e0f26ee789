"""Any table of nights or dreams, as CSV or as a spreadsheet: the person says once what its columns mean."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.errors import UserError
from dreamjournal.common.loose_tables import find_table, has_dates
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import TableRow
from dreamjournal.common.zip_files import MAGIC
from dreamjournal.domain.column_map import ColumnQuestion, header_key, problem
from dreamjournal.domain.drafts import ColumnsNeeded, Draft, FileWarning, ReadOptions
from dreamjournal.domain.importer import Importer
from dreamjournal.importers.table import _guess, _rows, _sheet

SCORE = 0.05
SNIFFED = 8192
SHOWN_ROWS = 5
SHOWN_CELL = 200
GUESSED_FROM = 200


@dataclass(frozen=True)
class Table(Importer):
    """A table whose columns mean what the person says."""

    key: str = "table"
    title: str = "Table (CSV or XLSX)"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".txt", ".xlsx")
    kinds: tuple[str, ...] = ("text", "xlsx")
    seen: bool = True
    generic: bool = True
    """Whether it reads anything of a shape, so that it is asked where nothing else knows the file."""

    def sniff(self, head: bytes, name: str) -> float:
        """Low, so that every format that is known goes before it."""
        if head.startswith(MAGIC):
            return SCORE if b"xl/" in head or b"[Content_Types].xml" in head else 0.0
        start = head[:SNIFFED].decode("utf-8", "replace")
        if "\r" in start:
            start = start.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
        if start.lstrip()[:7].lower().startswith(("begin:v", "<", "{")):
            return 0.0
        found = find_table(start, 12)
        return SCORE if found is not None and has_dates(found) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows by the map of this header. Raises ColumnsNeeded without one, UserError where there is no table."""
        sheet = _sheet.read_sheet(stream)
        known = options.columns.get(header_key(sheet.header))
        if known is None:
            raise ColumnsNeeded(_question(sheet))
        why = problem(known, sheet.header)
        if why:
            raise UserError("The file was not read", why, "say again what its columns mean")
        if sheet.encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {sheet.encoding}.")
        yield from _rows.read_rows(sheet, known, options, progress)


def _question(sheet: _sheet.Sheet) -> ColumnQuestion:
    rows: list[TableRow] = [r for r in itertools.islice(sheet.rows, GUESSED_FROM) if not r.problem]
    cells = [tuple(r.cells.get(c, "") for c in sheet.header) for r in rows]
    guess = _guess.guess(sheet.header, cells, semicolons=sheet.comma and not sheet.spreadsheet)
    if guess is None:
        raise UserError("The file was not read", "none of its columns holds dates that can be read")
    shown = tuple(tuple(c[:SHOWN_CELL] for c in row) for row in cells[:SHOWN_ROWS])
    return ColumnQuestion(header_key(sheet.header), sheet.header, shown, guess)


PLUGIN = Table()
