"""What the person once said the columns of a table mean."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["min", "s", "h"]

ROLES: dict[str, str] = {
    "start": "fell asleep or went to bed (date and time)",
    "end": "woke or got up (date and time)",
    "date": "date of the evening",
    "wake_date": "date of the morning",
    "start_time": "fell asleep or went to bed (time only)",
    "end_time": "woke or got up (time only)",
    "written": "when the dream was written down (date and time)",
    "offset": "offset from UTC, or time zone",
    "duration": "length of the sleep period",
    "tib": "time in bed",
    "tst": "time asleep",
    "sol": "time to fall asleep",
    "waso": "awake after sleep onset",
    "awake": "awake",
    "light": "light sleep",
    "deep": "deep sleep",
    "rem": "REM sleep",
    "se": "sleep efficiency in %",
    "hr": "heart rate",
    "hrv_rmssd": "heart rate variability, RMSSD",
    "hrv_sdnn": "heart rate variability, SDNN",
    "resp": "breaths a minute",
    "spo2": "blood oxygen in %",
    "temp": "temperature in °C",
    "quality": "how good the sleep was, on a scale of its own",
    "nap": "whether it was a nap",
    "note": "a note",
    "tag": "a question of its own: yes, no or a number",
    "tags": "tags, separated by commas",
    "dream": "dream text",
    "title": "dream title",
    "lucid": "whether the dream was lucid",
    "nightmare": "whether it was a nightmare",
}
"""Role of a column -> what it is called on screen."""

MANY = frozenset({"tag"})
"""Roles that several columns may have."""
UNITS: dict[str, Unit] = {
    "min": "min", "minute": "min", "minutes": "min", "m": "min", "h": "h", "hour": "h", "hours": "h",
    "s": "s", "second": "s", "seconds": "s", "sec": "s",
}  # fmt: skip
_UNIT_WORDS: dict[Unit, str] = {"min": "minutes", "h": "hours", "s": "seconds"}
_TRUE, _FALSE = ("yes", "true", "1", "on"), ("no", "false", "0", "off")


@dataclass(frozen=True)
class ColumnMap:
    """(column, role) of each column that is read."""

    columns: tuple[tuple[str, str], ...]
    unit: Unit = "min"
    """Of lengths written as plain numbers in a column whose name has no unit; "7:30" is always hours and minutes."""
    day_first: bool = False
    """Whether 03/04/2026 is the 3rd of April."""
    zone: str | None = None
    """The zone of this table's clock times; None: the one given at import."""

    def column(self, role: str) -> str | None:
        """The column of a role, None where no column has it."""
        return next((c for c, r in self.columns if r == role), None)


@dataclass(frozen=True)
class ColumnQuestion:
    """A table as it stands, for the person to say what its columns mean: header, first rows, and a guess."""

    key: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    guess: ColumnMap


def header_key(header: Sequence[str]) -> str:
    """The same for tables of the same columns in the same order, whatever their case and spacing."""
    plain = "\x1f".join(" ".join(c.casefold().split()) for c in header)
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:32]


def problem(columns: ColumnMap, header: Sequence[str]) -> str | None:
    """Why a map cannot be used, in words, or None."""
    found = [r for _, r in columns.columns]
    names = [c for c, _ in columns.columns]
    for column, role in columns.columns:
        if column not in header:
            return f"there is no column {column[:40]!r}"
        if role not in ROLES:
            return f"there is no meaning {role[:40]!r}"
        if names.count(column) > 1:
            return f"the column {column[:40]!r} is given two meanings"
        if found.count(role) > 1 and role not in MANY:
            return f"two columns are said to be {ROLES[role]}"
    if columns.zone is not None and not zone_exists(columns.zone):
        return f"there is no time zone {columns.zone[:40]!r}"
    roles = set(found)
    dated = bool({"date", "wake_date"} & roles)
    if {"date", "wake_date"} <= roles:
        return "one date is enough: that of the evening or that of the morning"
    begins = "start" in roles or (dated and "start_time" in roles)
    ends = "end" in roles or (dated and "end_time" in roles)
    if (begins and ({"end", "end_time", "duration"} & roles)) or (ends and ({"start_time", "duration"} & roles)):
        return None
    placed = dated or bool({"start", "end", "written"} & roles)
    if placed and {"dream", "tag", "tags"} & roles:
        return None
    if {"dream", "tag", "tags"} & roles:
        return "it is not said which column holds the date"
    return "it is not said when a sleep begins and when it ends"


def zone_exists(name: str) -> bool:
    """Whether `name` is a time zone of the IANA list."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        return False
    except KeyError:
        return False
    return True


def parse_map(text: str, header: Sequence[str]) -> ColumnMap:
    """The map in `Start=start,End=end,Deep=deep,unit=h,day_first=yes,zone=Europe/Berlin`.

    Columns are found whatever their case and spacing; a part with a comma in it stands in quotation marks.
    Raises ValueError in words.
    """
    pairs: list[tuple[str, str]] = []
    unit: Unit = "min"
    day_first = False
    zone: str | None = None
    parts: list[str] = next(csv.reader([text], skipinitialspace=True), [""])
    for part in parts:
        left, equals, right = (p.strip() for p in part.rpartition("="))
        if not part.strip():
            continue
        if not equals or not left:
            raise ValueError(f"{part.strip()[:40]!r} is not of the form column=meaning")
        name, value = left.casefold(), right.casefold()
        if name == "unit" and value not in ROLES:
            if value not in UNITS:
                raise ValueError(f"the unit {right[:20]!r} is none of min, h, s")
            unit = UNITS[value]
        elif name == "day_first" and value not in ROLES:
            if value not in (*_TRUE, *_FALSE):
                raise ValueError("day_first is neither yes nor no")
            day_first = value in _TRUE
        elif name == "zone" and value not in ROLES:
            zone = right
        else:
            pairs.append((_column(left, header), value))
    found = ColumnMap(tuple(pairs), unit, day_first, zone)
    why = problem(found, header)
    if why:
        raise ValueError(why if not why.startswith("there is no meaning") else f"{why}; meanings: {', '.join(ROLES)}")
    return found


def _column(name: str, header: Sequence[str]) -> str:
    if name in header:
        return name
    folded = " ".join(name.casefold().split())
    same = [c for c in header if " ".join(c.casefold().split()) == folded]
    if len(same) != 1:
        raise ValueError(f"there is no column {name[:40]!r}; columns: {', '.join(c[:40] for c in header[:40])}")
    return same[0]


def describe(columns: ColumnMap) -> str:
    """The map in words, in one line."""
    parts = [f"{column}: {ROLES.get(role, role)}" for column, role in columns.columns]
    parts.append(f"plain lengths in {_UNIT_WORDS[columns.unit]}")
    parts.append(f"03/04 is the {'3rd of April' if columns.day_first else '4th of March'}")
    if columns.zone:
        parts.append(f"time zone {columns.zone}")
    return "; ".join(parts)
