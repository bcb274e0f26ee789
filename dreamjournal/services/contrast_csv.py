"""Reads the nights of a contrast from a CSV file."""

from __future__ import annotations

import csv
import math
from datetime import date, timedelta
from pathlib import Path

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import Excluded, NightPoint
from dreamjournal.domain.night import weekend_evening

MAX_BYTES = 20_000_000
MAX_SPAN_DAYS = 40_000
NEEDED = ("night_date", "enhanced", "value")


def read_nights(path: str | Path) -> tuple[tuple[NightPoint, ...], tuple[Excluded, ...]]:
    """Nights with a value, and nights planned but missing. Raises UserError naming the line."""
    file = Path(path)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise UserError("The file was not read", "it is larger than 20 MB", "give a table of nights")
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(
            "The file could not be read", error.strerror or "the system refused", "check its name"
        ) from error
    except UnicodeDecodeError as error:
        raise UserError("The file is not a CSV table", "it is not UTF-8 text", "save it as CSV in UTF-8") from error
    if "\0" in text:
        raise UserError("The file is not a CSV table", "it holds binary data", "save it as CSV in UTF-8")
    try:
        rows = list(csv.reader(text.splitlines(), strict=True))
    except csv.Error as error:
        raise UserError("The file is not a CSV table", str(error), "save it again as CSV") from error
    header = [name.strip().casefold() for name in rows[0]] if rows else []
    lacking = [name for name in NEEDED if name not in header]
    if lacking:
        raise UserError(
            "The table cannot be used",
            f"it has no column {', '.join(lacking)}",
            "name the columns night_date, enhanced, value",
        )
    at = {name: header.index(name) for name in (*NEEDED, "weekend", "block") if name in header}
    points: dict[date, NightPoint] = {}
    missing: dict[date, Excluded] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[i].strip() if i < len(row) else "" for name, i in at.items()}
        night = _date(cells["night_date"], line)
        if night in points or night in missing:
            raise UserError(
                "The table cannot be used", f"line {line} repeats the night {night}", "give each night one row"
            )
        if not cells["value"]:
            missing[night] = Excluded(night, "no value")
            continue
        weekend = cells.get("weekend", "")
        points[night] = NightPoint(
            night,
            "enhanced" if _flag(cells["enhanced"], "enhanced", line) else "natural",
            _number(cells["value"], "value", line),
            _flag(weekend, "weekend", line) if weekend else weekend_evening(night),
            cells.get("block") or None,
        )
    _fill_gaps(points, missing)
    return tuple(points[d] for d in sorted(points)), tuple(missing[d] for d in sorted(missing))


def _fill_gaps(points: dict[date, NightPoint], missing: dict[date, Excluded]) -> None:
    nights = sorted([*points, *missing])
    if nights:
        if (nights[-1] - nights[0]).days > MAX_SPAN_DAYS:
            raise UserError("The table cannot be used", "its nights lie more than a century apart", "check the dates")
        for offset in range((nights[-1] - nights[0]).days):
            day = nights[0] + timedelta(days=offset)
            if day not in points and day not in missing:
                missing[day] = Excluded(day, "no row")


def _date(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            "The table cannot be used", f"line {line} has no date like 2026-03-02 in night_date", "correct it"
        ) from error


def _number(text: str, column: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(
            "The table cannot be used", f"line {line} has no number in {column}", "correct it or leave it empty"
        )
    return value


def _flag(text: str, column: str, line: int) -> bool:
    value = {"true": 1.0, "false": 0.0}.get(text.casefold())
    value = _number(text, column, line) if value is None else value
    if value not in (0.0, 1.0):
        raise UserError("The table cannot be used", f"line {line} has neither 0 nor 1 in {column}", "correct it")
    return value == 1.0
