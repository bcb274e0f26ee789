"""Journals of earlier schema versions, made by the steps up to that version and filled by plain SQL: every table holds rows."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from dreamjournal.store.connect import SCHEMA_VERSION, connect, load_sqlite_utils
from dreamjournal.store.fts import ensure_fts
from tests.torture.killing import seal

VERSIONS = tuple(range(1, SCHEMA_VERSION))
"""Every released schema but the present one."""

_WORDS = {
    "recall": "report", "night_date": "2026-02-0{n}", "first": "2026-02-0{n}", "last": "2026-02-0{n}", "tags": '["sea"]',
    "signs": "[]", "events": "[]", "stages": "", "receipt": '{{"rows": {n}}}', "contents": "[]", "answers": "{{}}", "codes": "{{}}",
    "schedule": "ENEN", "metric": "quality", "map": "{{}}", "first_night": "2026-02-0{n}", "nominal_date": "2026-02-0{n}",
    "given_on": "2026-02-0{n}", "answered_on": "2026-02-0{n}", "through": "2026-02-0{n}", "reviewed_on": "2026-02-0{n}",
    "validity": "ok", "outcome": "shown", "value": '"{n}"', "tag": "t{n}", "tbl": "sessions", "blocks": "1 1 1 1",
}  # fmt: skip
_KINDS = {"journal": "own", "sessions": "main", "intakes": "caffeine", "bin": "dream", "ledger": "wind_down"}
_EMPTY = {"vendor_date", "before", "answer", "unit"}


def make(path: Path, key: bytes | None, version: int) -> dict[str, str]:
    """A closed journal of that schema; the digest of every table's rows, as `rows_of` gives them."""
    load_sqlite_utils()
    from dreamjournal.store.migrations import steps

    path.parent.mkdir(parents=True, exist_ok=True)
    db = connect(path, key)
    names = [m.name for m in steps.pending(db.utils)]
    steps.apply(db.utils, stop_before=names[version])
    ensure_fts(db)
    for table in _tables(db):
        for n in range(1, 2 if table == "journal" else 4):
            _row(db, table, n)
    found = rows_of(db, columns_of(db))
    assert all(digest.split()[0] != "0" for digest in found.values()), found
    assert db.row("PRAGMA user_version") == {"user_version": version}
    db.conn.close()
    seal(path, key)
    return found


def columns_of(db: Any) -> dict[str, list[str]]:
    """Tables and their columns."""
    return {t: [c["name"] for c in db.rows(f'PRAGMA table_info("{t}")')] for t in _tables(db)}


def rows_of(db: Any, columns: dict[str, list[str]]) -> dict[str, str]:
    """The number and the digest of the rows of every table, in these columns alone."""
    found: dict[str, str] = {}
    for table, names in columns.items():
        wanted = ", ".join(f'"{c}"' for c in names)
        rows = sorted(map(repr, db.conn.execute(f'SELECT {wanted} FROM "{table}"').fetchall()))
        found[table] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"
    return found


def _tables(db: Any) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rootpage"
    return [r["name"] for r in db.rows(sql) if not re.match("sqlite_|_sqlite|dreams_fts", r["name"])]


def _row(db: Any, table: str, n: int) -> None:
    refers = {r["from"] for r in db.rows(f'PRAGMA foreign_key_list("{table}")')}
    values: dict[str, Any] = {}
    for column in db.rows(f'PRAGMA table_info("{table}")'):
        name, kind = column["name"], column["type"]
        if name == "id":
            values[name] = n
        elif name == "person_id":
            values[name] = 1
        elif name in refers or name in ("import_id", "row_id", "enhancer_id"):
            values[name] = n
        elif name in ("undone", "stopped", "copy_of", "unsealed") or (name in _EMPTY and not column["notnull"]):
            values[name] = None
        elif name == "kind":
            values[name] = _KINDS.get(table, "device")
        elif name.endswith("_zone") or name == "zone":
            values[name] = "Europe/London"
        elif name in _WORDS and kind == "TEXT":
            values[name] = _WORDS[name].format(n=n)
        elif kind == "TEXT":
            values[name] = f"{table} {name} {n}"
        elif kind == "BLOB":
            values[name] = f"{table} {n}".encode()
        elif kind == "REAL":
            values[name] = n + 0.25
        else:
            values[name] = 1_770_000_000_000 + n * 3_600_000 if name.endswith("_ms") else n
    db.insert(table, values)


def read(
    path: Path, key: bytes | None, columns: dict[str, list[str]] | None = None
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """(digests of the rows, columns) of a journal of any schema, as it lies there."""
    db = connect(path, key)
    try:
        wanted = columns or columns_of(db)
        return rows_of(db, wanted), wanted
    finally:
        db.conn.close()
