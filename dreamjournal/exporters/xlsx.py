"""XLSX: one tidy table a sheet, what the report says of itself, and a dictionary of every column."""
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import Any

from dreamjournal.charts.fonts import without_controls
from dreamjournal.domain.report import Caveat, Column, Paper, Prose, Report, Section, Table
from dreamjournal.exporters._dictionary import nights_entries, table_entries
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._values import number_cell, printed
from dreamjournal.exporters.csv import guarded

MOST = 32_767
"""UTF-16 units a cell can hold (Excel's limit)."""
CUT = "\u2026 (in the app)"
WIDEST = 60
WRAPPED = 600
"""Characters of the longest text whose column is broken into lines; a longer one would make rows of a page's height."""
LINE_PT = 15
"""Height of a line of a cell (what spreadsheets take for 11 pt)."""
SHEET_NAME = 31
"""Characters of a sheet's name, at most (Excel's limit)."""
LEAST_YEAR = 1901
"""Spreadsheets disagree about the days before March 1900: such a date stays a text."""

EXACT = 2**53
"""A larger whole number would lose its last digits in a cell: it stays a text."""

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def cell_text(text: str) -> str:
    """`text` as a cell can hold it: one line, guarded against formulas, cut where a cell ends."""
    found = guarded(text)
    if found.startswith("<r>"):  # XlsxWriter takes such a text for its own markup
        found = f"'{found}"
    if len(found) * 2 <= MOST:
        return found
    units = found.encode("utf-16-le")
    if len(units) <= 2 * MOST:
        return found
    return units[: 2 * (MOST - len(CUT))].decode("utf-16-le", "ignore") + CUT


def render(report: Report) -> Rendered:
    """The workbook; the same bytes for the same report. Texts are texts, numbers numbers, dates dates, and nothing is a formula."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    })  # fmt: skip
    book.set_properties({
        "title": without_controls(report.title)[:255], "created": report.printed.astimezone(UTC).replace(tzinfo=None),
    })  # fmt: skip
    sheets = _Sheets(book, report.paper)
    nights = sheets.add("Nights", report.nights)
    dictionary = [(nights, e) for e in nights_entries(report)]
    for title, table in _tables(report.sections):
        name = sheets.add(title, table)
        dictionary += [(name, e) for e in table_entries(title, table)]
    sheets.add("About", Table((Column("item"), Column("text")), tuple(_about(report))))
    sheets.add(
        "Dictionary",
        Table(
            tuple(Column(t) for t in ("sheet", "column", "meaning", "unit", "where from", "an empty cell means")),
            tuple((name, e.column, e.meaning, e.unit, e.origin, e.empty) for name, e in dictionary),
        ),
    )
    book.close()
    return Rendered(out.getvalue(), 1)


def _tables(sections: Sequence[Section]) -> Iterator[tuple[str, Table]]:
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Table) and block.rows:
                yield section.title or section.key.replace("_", " ").capitalize(), block


def _about(report: Report) -> Iterator[tuple[str, str]]:
    """What must be known with the numbers: the question, the answer, notes to the tables, and what made the file."""
    yield "Title", report.title
    yield "Kind", report.heading
    yield "Person", report.person
    for fact in report.facts:
        yield fact.label, fact.text
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Prose) and block.role in ("answer", "collecting", "refused"):
                yield "Answer", block.text
            elif isinstance(block, Caveat):
                yield f"Note to {section.title or section.key}", block.text
            elif isinstance(block, Table) and block.note:
                yield f"Note to {section.title or section.key}", block.note
    yield "Left out", report.left_out
    yield "Printed", printed(report)
    yield "Made by", f"Dreamjournal {report.version}, {report.layout}"
    yield "Data fingerprint", report.fingerprint
    yield "Not a diagnosis", "A record for you and your clinician, not a diagnosis."


class _Sheets:
    """Writes tables into a workbook, each on a sheet of its own name."""

    def __init__(self, book: Any, paper: Paper) -> None:
        self._book = book
        self._paper = {"letter": 1, "a4": 9}[paper]
        self._names: set[str] = set()
        self._texts: dict[str, str] = {}
        right = {"align": "right", "indent": 1}
        self._head = {
            False: book.add_format({"bold": True, "bottom": 1}),
            True: book.add_format({"bold": True, "bottom": 1, **right}),
        }
        self._number = book.add_format(right)
        self._date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._top = book.add_format({"valign": "top"})

    def add(self, title: str, table: Table) -> str:
        """A sheet with `table`; the name it was given."""
        name = self._name(title)
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_paper(self._paper)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        lines = [1] * len(table.rows)
        for x, column in enumerate(table.columns):
            cells = [row[x] for row in table.rows]
            longest = max((len(c) for c in cells if c), default=0)
            wrapped = WIDEST < longest <= WRAPPED and not column.number
            if wrapped:
                lines = [max(n, -(-len(c or "") // (WIDEST - 3))) for n, c in zip(lines, cells, strict=True)]
            sheet.write_string(0, x, self._text(column.title), self._head[column.number])
            self._column(sheet, x, column, cells, self._wrapped if wrapped else None)
            sheet.set_column(x, x, min(WIDEST, max(len(column.title), longest) + 2 + column.number))
        for y, n in enumerate(lines, start=1):
            if n > 1:  # LibreOffice leaves a row without a height at one line
                sheet.set_row(y, n * LINE_PT, self._top)
        return name

    def _column(self, sheet: Any, x: int, column: Column, cells: Sequence[str | None], look: Any) -> None:
        """Write a column below its header, its texts with the format `look`."""
        dates = not column.number and _all_dates(cells)
        for y, cell in enumerate(cells, start=1):
            value = number_cell(cell) if column.number else cell
            if not cell or value is None:
                continue  # not measured: an empty cell, never 0
            day = _day(cell) if dates else None
            if not isinstance(value, str) and abs(value) < EXACT:
                sheet.write_number(y, x, value, self._number)
            elif day is not None:
                sheet.write_datetime(y, x, day, self._date)
            else:
                sheet.write_string(y, x, self._text(cell), self._number if column.number else look)

    def _text(self, text: str) -> str:
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = cell_text(text)
        return found

    def _name(self, title: str) -> str:
        """A name a sheet can have, different from all others in any case of letters."""
        clean = _NOT_IN_NAMES.sub(" ", without_controls(title))
        clean = " ".join(_basic(clean).split()).strip("' ") or "Table"
        number = 1
        while True:
            tail = "" if number == 1 else f" {number}"
            name = clean[: SHEET_NAME - len(tail)].rstrip("' ") + tail
            if name.casefold() not in self._names and name.casefold() != "history":
                self._names.add(name.casefold())
                return name
            number += 1


def _basic(text: str) -> str:
    """Without characters that count as two in a sheet's name."""
    return "".join(c for c in text if ord(c) < 0x10000)


def _all_dates(cells: Sequence[str | None]) -> bool:
    said = [c for c in cells if c]
    return bool(said) and all(_day(c) is not None for c in said)


def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None or int(match[1]) < LEAST_YEAR:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


PLUGIN = Exporter("xlsx", "XLSX", ".xlsx", render)
