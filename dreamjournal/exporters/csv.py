"""CSV: every planned night of the contrast, one row each; `contrast --csv` reads it back to the same answer."""

from __future__ import annotations

import csv
import io
import re

from dreamjournal.charts.fonts import without_controls
from dreamjournal.domain.report import Report
from dreamjournal.exporters._exporter import Exporter, Rendered

_FORMULA = re.compile(r"^[\s\u00a0\ufeff]*[=+\-@\t\r|%\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet would take for a formula at the start of a cell, also behind blanks and as full-width signs."""


def guarded(text: str) -> str:
    """A text cell no spreadsheet runs: one line, and an apostrophe before what looks like a formula."""
    line = without_controls(text)
    return f"'{line}" if _FORMULA.match(text) or _FORMULA.match(line) else line


def render(report: Report) -> Rendered:
    """UTF-8 with a mark, so that spreadsheets read it as such; numbers are exact and never guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = report.nights.columns
    writer.writerow([c.title for c in columns])
    for row in report.nights.rows:
        writer.writerow(
            [(cell or "") if c.number else guarded(cell or "") for c, cell in zip(columns, row, strict=True)]
        )
    return Rendered(("\ufeff" + out.getvalue()).encode(), 1)


PLUGIN = Exporter("csv", "CSV", ".csv", render)
