"""CSV: every planned night of the contrast, one row each; `contrast --csv` reads it back to the same answer."""

from __future__ import annotations

import csv
import io
import re

from dreamjournal.charts.fonts import without_controls
from dreamjournal.domain.report import Report
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._values import number_cell

_FORMULA = re.compile(r"^[\s\u00a0\ufeff]*[=+\-@\t\r|%\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet would take for a formula at the start of a cell, also behind blanks and as full-width signs."""


def guarded(text: str) -> str:
    """A text cell no spreadsheet runs: one line, and an apostrophe before what looks like a formula."""
    # Nearly all cells are of this kind, and a look at each character would cost more than writing the file.
    line = text if text.isascii() and text.isprintable() else without_controls(text)
    return f"'{line}" if _FORMULA.match(text) or _FORMULA.match(line) else line


def render(report: Report) -> Rendered:
    """UTF-8 with a mark, so that spreadsheets read it as such; numbers are exact and never guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(c.title) for c in report.nights.columns])
    texts: dict[str | None, str] = {None: "", "": ""}
    numbers: dict[str | None, str] = {None: "", "": ""}

    def text(cell: str) -> str:
        found = texts[cell] = guarded(cell)
        return found

    def number(cell: str) -> str:
        value = number_cell(cell)
        exact = cell.lstrip("-") if value == 0 else cell
        found = numbers[cell] = "" if value is None else guarded(cell) if isinstance(value, str) else exact
        return found

    kinds = [(numbers, number) if c.number else (texts, text) for c in report.nights.columns]
    writer.writerows(
        [known[cell] if cell in known else make(cell) for (known, make), cell in zip(kinds, row, strict=True)]  # type: ignore[arg-type]
        for row in report.nights.rows
    )
    return Rendered(("\ufeff" + out.getvalue()).encode(), 1)


PLUGIN = Exporter("csv", "CSV", ".csv", render)
