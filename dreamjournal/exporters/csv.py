"""CSV: every planned night of the contrast, one row each; `contrast --csv` reads it back to the same answer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from dreamjournal.charts.fonts import without_controls
from dreamjournal.common.formulas import GUARD, is_formula
from dreamjournal.domain.report import Report
from dreamjournal.exporters import _dictionary
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._values import by_column, number_cell

_PLAIN = re.compile(r"(?:[0-9A-Za-z][ -~]*(?:\n|\Z))*")
_NUMBERS = re.compile(r"(?:-?[1-9]\d*(?:\.\d+)?(?:\n|\Z)|0(?:\.\d+)?(?:\n|\Z))*", re.ASCII)
"""Lines that need no second look: what is neither of these is looked at by itself."""


def guarded(text: str) -> str:
    """A text cell no spreadsheet runs: one line, and an apostrophe before what looks like a formula."""
    line = without_controls(text)
    return GUARD + line if is_formula(text) or is_formula(line) else line


def render(report: Report) -> Rendered:
    """UTF-8 with a mark, so that spreadsheets read it as such; numbers are exact and never guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = report.nights.columns
    writer.writerow([guarded(c.title) for c in columns])
    writer.writerows(by_column(report.nights.rows, lambda x, cells: _fit(cells, number=columns[x].number)))
    return Rendered(("\ufeff" + out.getvalue()).encode(), 1)


def _fit(cells: tuple[str | None, ...], *, number: bool) -> Sequence[str | None]:
    """The cells of a column as they may be written; the same object where all may stay as they are."""
    said = {cell for cell in cells if cell}
    lines = "\n".join(said)
    if not said or (lines.count("\n") == len(said) - 1 and (_NUMBERS if number else _PLAIN).fullmatch(lines)):
        return cells
    make = _number if number else guarded
    known: dict[str | None, str | None] = {cell: make(cell) for cell in said}
    return [known.get(cell) for cell in cells]


def _number(cell: str) -> str:
    value = number_cell(cell)
    if isinstance(value, str):
        return guarded(cell)
    return "" if value is None else cell.lstrip("-") if value == 0 else cell


DICTIONARY = ".dictionary.csv"
"""How the name of the data dictionary beside a CSV file ends."""


def dictionary(report: Report) -> bytes:
    """What each column of `render` means: a row a column, in their order."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["column", "meaning", "unit", "comes_from", "empty_means"])
    for e in _dictionary.nights_entries(report):
        writer.writerow([guarded(cell) for cell in (e.column, e.meaning, e.unit, e.origin, e.empty)])
    return ("\ufeff" + out.getvalue()).encode()


PLUGIN = Exporter("csv", "CSV", ".csv", render)
