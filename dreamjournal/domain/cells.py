"""Clock times and lengths as tables print them."""

from __future__ import annotations

import re
from datetime import datetime

from dreamjournal.common.csv_rows import number
from dreamjournal.common.errors import UserError
from dreamjournal.domain.drafts import EARLIEST_YEAR, RowRejected

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)
_RESAVED = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./]\d{1,2}[./]\d{1,2})(?:\s.*)?|\d{1,2}:\d\d[.,]\d", re.ASCII
)
_LENGTH = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?", re.ASCII)


def wall(text: str, column: str, vendor: str) -> datetime:
    """The naive date and time of `2026-03-12 23:10:00`, seconds and their fraction optional.

    Raises RowRejected, and UserError for 03/12/2026 and 10:00.0: a spreadsheet has rewritten the dates, and which is the
    month, or the date itself, is lost.
    """
    if _STAMP.fullmatch(text) is None:
        if _RESAVED.fullmatch(text):
            raise UserError(
                "The file was not read",
                "it was saved again by a spreadsheet, which rewrote its dates",
                f"import the file as {vendor} gave it",
            )
        raise RowRejected(f"{column}: not a date and time")
    try:
        at = datetime.fromisoformat(text)
    except ValueError as e:
        raise RowRejected(f"{column}: not a date and time") from e
    if not EARLIEST_YEAR <= at.year < 9999:  # beyond these no offset can be added
        raise RowRejected(
            f"{column}: before {EARLIEST_YEAR}" if at.year < EARLIEST_YEAR else f"{column}: in the future"
        )
    return at


def minutes(text: str, column: str) -> float | None:
    """The minutes of `7:30` or `07:30:00`, None for an empty cell. Raises RowRejected."""
    if not text:
        return None
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise RowRejected(f"{column}: not a length in hours and minutes")
    length = int(match[2]) * 60 + int(match[3]) + int(match[4] or 0) / 60
    return -length if match[1] else length


def value(cells: dict[str, str], column: str) -> float | None:
    """The number in a cell, None where it is empty, a dash or the column is absent. Raises RowRejected."""
    text = cells.get(column, "")
    if text in ("", "—", "-", "--"):
        return None
    try:
        return number(text)
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def measured(cells: dict[str, str], column: str) -> float | None:
    """`value`, with 0 read as not measured."""
    return value(cells, column) or None
