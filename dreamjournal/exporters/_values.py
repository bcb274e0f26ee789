"""A report as JSON values, with every text made fit for its target."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from dreamjournal.charts import words
from dreamjournal.domain.report import Block, Caveat, Figure, Prose, Report, Table

T = TypeVar("T")
Rows = Sequence[Sequence[str | None]]

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity|none|\d+(\.\d*)?e\+?\d+)\s*", re.IGNORECASE)


def number_in(text: str) -> int | float | None:
    """The number a cell holds, a true minus or not; None for anything else, as "7 h 02", and for what is not finite. Never -0."""
    plain = text.strip().replace("\u2212", "-")
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return None
    if match[3] is None and "." not in plain:
        return int(plain) if len(plain) < 300 else None
    value = float(plain)
    return value + 0.0 if math.isfinite(value) else None


def number_cell(text: str | None) -> int | float | str | None:
    """What a cell of a column of numbers holds: its number; None where nothing was measured; anything else as it is."""
    found = number_in(text or "")
    return found if found is not None else None if not text or _NOT_FINITE.fullmatch(text) else text


def by_column(rows: Rows, fit: Callable[[int, tuple[str | None, ...]], Sequence[str | None]]) -> Rows:
    """`rows` with `fit` made of each column: its number and its cells. The same object where `fit` gives each back as it is.

    A column of ten years is mostly plain, which is told of all its cells at once; looked at one by one they cost more than
    writing the file.
    """
    if not rows:
        return rows
    held = list(zip(*rows, strict=True))
    new = [fit(x, cells) for x, cells in enumerate(held)]
    return rows if all(a is b for a, b in zip(new, held, strict=True)) else list(zip(*new, strict=True))


def shortened(table: Table) -> Table:
    """A table of machine-readable numbers for the eye: two decimals at most, and no −0. CSV, XLSX and JSON have them whole."""

    def fit(column: int, cells: tuple[str | None, ...]) -> Sequence[str | None]:
        if not table.columns[column].number:
            return cells
        short = {c: _short(c) for c in set(cells) if c is not None and len(c.partition(".")[2]) > 2}
        return tuple(short.get(c, c) if c is not None else None for c in cells) if short else cells

    rows = by_column(table.rows, fit)
    return table if rows is table.rows else dataclasses.replace(table, rows=tuple(tuple(row) for row in rows))


def _short(cell: str) -> str:
    value = number_in(cell)
    return cell if value is None else f"{round(value, 2) + 0:.2f}".rstrip("0").rstrip(".")  # + 0 makes 0 of −0


def mapped(value: T, change: Callable[[str], str]) -> T:
    """`value` (a dataclass of plain data) with `change` made to every text in it."""
    return cast("T", _mapped(value, change))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    # Most of what a figure of years holds has no text; what stays as it was is not made anew.
    if value is None or isinstance(value, int | float | date):
        return value
    if isinstance(value, str):
        return change(value) if type(value) is str else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        old = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        parts = {k: new for k, v in old.items() if (new := _mapped(v, change)) is not v and new != v}
        return dataclasses.replace(value, **parts) if parts else value
    if isinstance(value, tuple):
        old_items = cast("tuple[Any, ...]", value)
        items = tuple(_mapped(v, change) for v in old_items)
        return old_items if all(a is b for a, b in zip(items, old_items, strict=True)) else items
    if isinstance(value, dict):
        return {k: _mapped(v, change) for k, v in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_mapped(v, change) for v in cast("list[Any]", value)]
    return value


def page_values(report: Report, picture: Callable[[Figure], dict[str, Any]]) -> dict[str, Any]:
    """What a template needs of `report`; `picture` gives what stands for a figure."""
    return {
        "title": report.title,
        "heading": report.heading,
        "person": report.person,
        "nameless": "" if report.named else "no name on this page",
        "paper": report.paper,
        "facts": [
            {"label": f.label, "words": [{"text": w.text, "strong": w.strong} for w in f.words]} for f in report.facts
        ],
        "sections": [
            {"key": s.key, "title": s.title, "slot": s.slot, "blocks": [_block(b, picture) for b in s.blocks]}
            for s in report.sections
        ],
        "footer": {
            "made": (
                f"Dreamjournal {report.version} \u00b7 {report.layout} \u00b7 data fingerprint {report.fingerprint} \u00b7 "
                f"printed {printed(report)}"
            ),
            "standing": (
                f"{report.standing} {report.left_out}"
                if report.told
                else f"{report.standing} {report.left_out} Every number can be followed in the app to its nights and to the original "
                "export lines."
            ),
        },
    }


def printed(report: Report) -> str:
    """`3 November 2026, 09:40 (Europe/London)`."""
    local: datetime = report.printed.astimezone(ZoneInfo(report.zone))
    return f"{words.long_day(local.date())}, {local:%H:%M} ({report.zone})"


def _block(block: Block, picture: Callable[[Figure], dict[str, Any]]) -> dict[str, Any]:
    if isinstance(block, Prose):
        return {
            "kind": "prose",
            "role": block.role,
            "words": [{"text": w.text, "strong": w.strong} for w in block.words],
        }
    if isinstance(block, Caveat):
        return {"kind": "prose", "role": "note", "words": [{"text": block.text, "strong": False}]}
    if isinstance(block, Table):
        return {
            "kind": "table",
            "columns": [{"title": c.title, "number": c.number} for c in block.columns],
            "rows": [["\u2013" if c is None else c for c in row] for row in block.rows],
            "note": block.note,
        }
    return {"kind": "figure", "alt": block.alt, **picture(block)}


def json_values(value: Any) -> Any:
    """Any dataclass of a report as JSON values. A number that is not finite is null, and none is -0."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [json_values(v) for v in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {str(k): json_values(v) for k, v in cast("dict[Any, Any]", value).items()}
    if isinstance(value, set | frozenset):
        return sorted((json_values(v) for v in cast("set[Any]", value)), key=str)
    return {f.name: json_values(getattr(value, f.name)) for f in dataclasses.fields(value)}
