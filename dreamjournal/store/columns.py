"""How values become columns and columns values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from dreamjournal.domain.instant import Instant, from_ms
from dreamjournal.store.connect import Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ms(value: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return round((value - _EPOCH) / timedelta(milliseconds=1))


def ms_or_none(value: datetime | None) -> int | None:
    """`ms`, None for None."""
    return None if value is None else ms(value)


def moment(value: int) -> datetime:
    """The aware UTC datetime of milliseconds."""
    return _EPOCH + timedelta(milliseconds=value)


def moment_or_none(value: int | None) -> datetime | None:
    """`moment`, None for None."""
    return None if value is None else moment(value)


def put_instant(name: str, value: Instant | None) -> Row:
    """The three columns of an instant."""
    if value is None:
        return {f"{name}_ms": None, f"{name}_off": None, f"{name}_zone": None}
    return {f"{name}_ms": value.ms, f"{name}_off": value.offset_min, f"{name}_zone": value.zone}


def get_instant(name: str, row: Row) -> Instant | None:
    """The instant of three columns."""
    if row[f"{name}_ms"] is None:
        return None
    return from_ms(row[f"{name}_ms"], row[f"{name}_off"], row[f"{name}_zone"])


def sure_instant(name: str, row: Row) -> Instant:
    """The instant of three columns that are always there."""
    return from_ms(row[f"{name}_ms"], row[f"{name}_off"], row[f"{name}_zone"])


def flag(value: int | None) -> bool | None:
    """A yes/no column: None is "not asked"."""
    return None if value is None else bool(value)


def words(value: tuple[str, ...]) -> str:
    """A tuple of words as JSON text."""
    return json.dumps(list(value), ensure_ascii=False)


def read_words(value: str) -> tuple[str, ...]:
    """The words of JSON text."""
    if value == "[]":  # most of them by far
        return ()
    return tuple(str(w) for w in json.loads(value))


def dump(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def clean(text: str) -> str:
    """Text SQLite can hold: lone surrogates and NUL (which cuts length()) become the replacement character."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
