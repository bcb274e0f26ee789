"""What a journal looks like from inside: pages, references, search index, schema, and values that cannot be.

Each function looks at one thing and says what it found in plain data; nothing is changed but by `mend_…`. All of them
go on where pages are damaged: what cannot be read is a finding, not an error.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from dreamjournal.common.errors import JournalDamaged, StoreError
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.session import SessionKind, Validity
from dreamjournal.store.connect import Db, connect, dbapi2, load_sqlite_utils, mapped, read_only
from dreamjournal.store.fts import ensure_fts
from dreamjournal.store.opening import is_in_use

FTS = "dreams_fts"
UNREAD = "part of the file cannot be read"
MOST = 100
"""Findings of one kind that are listed; more are as good as none."""

ENUMS: tuple[tuple[str, str, type[StrEnum]], ...] = (
    ("journal", "kind", JournalKind), ("dreams", "recall", Recall), ("mornings", "recall", Recall), ("intakes", "kind", IntakeKind),
    ("enhancers", "kind", EnhancerKind), ("exposures", "kind", EnhancerKind), ("sessions", "kind", SessionKind),
    ("sessions", "validity", Validity),
)  # fmt: skip
JSON_COLUMNS: tuple[tuple[str, str], ...] = (
    ("dreams", "tags"), ("dreams", "signs"), ("diaries", "events"), ("sessions", "stages"), ("sessions", "events"),
    ("sessions", "recorded"), ("imports", "receipt"),
    ("import_rows", "before"), ("settings", "value"), ("bin", "contents"), ("column_maps", "map"),
    ("screenings", "answers"), ("codings", "codes"), ("check_ins", "answers"), ("instructions", "words"),
)  # fmt: skip
DAYS: tuple[tuple[str, str], ...] = (
    *((t, "night_date") for t in ("dreams", "drafts", "mornings", "diaries", "evenings", "ticks", "intakes", "tags", "exposures",
                                  "sessions", "queries", "bin")),
    ("only_periods", "first"), ("only_periods", "last"), ("travels", "first"), ("travels", "last"), ("ledger", "nominal_date"),
    ("studies", "first_night"), ("reviews", "through"), ("check_ins", "answered_on"),
)  # fmt: skip
LOOSE: tuple[tuple[str, str, str], ...] = (
    *((t, "import_id", "imports") for t in ("dreams", "diaries", "tags", "exposures", "coverages", "sessions")),
    ("sessions", "copy_of", "sessions"),
)
"""Columns that name a row of another table without the database watching over it."""


class Eye(Db):
    """A connection for looking only. It writes nothing, and it brings nothing up to date.

    SQLCipher gives nothing more after one page whose seal is broken; `renew` begins anew, so that the rest can be read.
    """

    def __init__(self, path: Path, key: bytes | None) -> None:
        self._place, self._key = path, key
        super().__init__(self._open(), key is not None)

    def _open(self) -> Any:
        log = self._place.with_name(self._place.name + "-wal")
        still = not (log.exists() and log.stat().st_size) and not is_in_use(self._place)
        return read_only(self._place, self._key, still=still)

    def renew(self) -> None:
        """Begin anew after a page that could not be read. Raises StoreError."""
        self.conn.close()
        self.conn = self._open()


@contextmanager
def opened(path: Path, key: bytes | None) -> Generator[Eye]:
    """An `Eye` on the journal at `path`. Raises StoreError."""
    eye = Eye(path, key)
    try:
        yield eye
    finally:
        eye.conn.close()


def version(db: Eye) -> int:
    """The version of the schema; 0 where it cannot be read."""
    try:
        row = db.row("PRAGMA user_version")
    except JournalDamaged:
        db.renew()
        return 0
    return int(row["user_version"]) if row else 0


def counts(db: Eye) -> dict[str, int]:
    """{"nights", "dreams", "imports"}: how much the journal holds, as far as it can be read."""
    return {
        "nights": _distinct_nights(db),
        "dreams": _count(db, "dreams"),
        "imports": _count(db, "imports WHERE undone IS NULL"),
    }


def _distinct_nights(db: Eye) -> int:
    parts = " UNION ".join(
        f"SELECT person_id, night_date FROM {t}" for t in ("dreams", "mornings", "diaries", "sessions")
    )
    return _count(db, f"({parts})")


def pages(db: Eye) -> list[str]:
    """What `integrity_check` has to say, in its own words; empty where all is well. The search index is another matter."""
    lines = _told(db, f"PRAGMA integrity_check({MOST})")
    if UNREAD in lines and (tables := _plain_tables(db)):
        # A search index that cannot even be opened ends the look at everything else: so each table by itself.
        lines = [line for table in tables for line in _told(db, f'PRAGMA integrity_check("{table}")')]
    return [line for line in lines if line != "ok" and "fts5" not in line.lower()][:MOST]


def _plain_tables(db: Eye) -> list[str]:
    """Every table but the search index itself, whose own tables are among them; none where the list cannot be read."""
    try:
        return [
            str(row["name"])
            for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
            if row["name"] != FTS
        ]
    except JournalDamaged:
        db.renew()
        return []


def cipher_pages(db: Eye) -> list[str]:
    """Pages whose seal is broken, in the library's own words; empty for a plain journal and for a whole one."""
    return _told(db, "PRAGMA cipher_integrity_check") if db.encrypted else []


def _told(db: Eye, sql: str) -> list[str]:
    lines: list[str] = []
    try:
        with mapped():
            for row in db.conn.execute(sql):
                lines.extend(str(row[0]).splitlines())
                if len(lines) >= MOST:
                    break
    except JournalDamaged:
        lines.append(UNREAD)
        db.renew()
    return lines[:MOST]


def references(db: Eye) -> dict[str, int]:
    """{table: rows that name a row which is not there}."""
    found: dict[str, int] = {}
    try:
        with mapped():
            for row in db.conn.execute("PRAGMA foreign_key_check"):
                found[str(row[0])] = found.get(str(row[0]), 0) + 1
    except JournalDamaged:
        db.renew()  # the pages say it already
    for table, column, other in LOOSE:
        n = _count(db, f"{table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {other})")
        if n:
            found[table] = found.get(table, 0) + n
    return found


def torn_originals(db: Eye) -> int:
    """Kept files of which parts are missing."""
    return _count(
        db,
        "originals o WHERE packed != (SELECT coalesce(sum(length(data)), 0) FROM original_parts p WHERE p.original_id = o.id)",
    )


def strange_notes(db: Eye) -> int:
    """Notes of imports that name a table which imports do not write to."""
    from dreamjournal.store.imports import TABLES

    names = ", ".join(f"'{t}'" for t in TABLES)
    return _count(db, f"import_rows WHERE tbl NOT IN ({names})")


def _count(db: Eye, rest: str) -> int:
    try:
        row = db.row(f"SELECT count(*) AS n FROM {rest}")
    except (StoreError, dbapi2.OperationalError):  # a damaged page, or no such table: told elsewhere
        db.renew()
        return 0
    return int(row["n"]) if row else 0


def index_agrees(path: Path, key: bytes | None) -> bool:
    """Whether the search index holds what the dreams hold. Looking needs the right to write, though nothing is written."""
    db = connect(path, key)
    try:
        db.execute(f"INSERT INTO {FTS}({FTS}, rank) VALUES ('integrity-check', 1)")
    except (JournalDamaged, dbapi2.DatabaseError):
        return False
    finally:
        db.conn.close()
    return True


def schema_misses(db: Eye) -> list[str]:
    """What the schema of this version has and the journal has not: tables, columns, indexes, triggers, by kind and name.

    Empty for a journal of an earlier version: opening it brings it up to date.
    """
    ours = _released()
    theirs = _things(db)
    return sorted(ours - theirs)


def _things(db: Db) -> set[str]:
    found: set[str] = set()
    for row in db.rows("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"):
        found.add(f"{row['type']} {row['name']}")
        if row["type"] == "table" and not row["name"].startswith((FTS, "_sqlite")):
            found |= {f"column {row['name']}.{c['name']}" for c in db.rows(f"PRAGMA table_info({row['name']})")}
    return found


def _released() -> set[str]:
    load_sqlite_utils()
    from dreamjournal.store.migrations import migrate

    fresh = connect(":memory:", None)
    try:
        migrate(fresh)
        ensure_fts(fresh)
        return _things(fresh)
    finally:
        fresh.conn.close()


def strange_values(db: Eye) -> dict[str, int]:
    """{"table.column": rows whose value cannot be}: no number, no night, no known word, no JSON."""
    found: dict[str, int] = {}

    def note(where: str, n: int) -> None:
        if n:
            found[where] = found.get(where, 0) + n

    for table, column, kinds in ENUMS:
        words = ", ".join(f"'{k.value}'" for k in kinds)
        note(f"{table}.{column}", _count(db, f"{table} WHERE {column} IS NOT NULL AND {column} NOT IN ({words})"))
    for table, column in DAYS:
        note(
            f"{table}.{column}",
            _count(db, f"{table} WHERE {column} IS NOT NULL AND date({column}, '+0 days') IS NOT {column}"),
        )
    for table, columns in _numbers(db).items():
        for column in columns:
            note(f"{table}.{column}", _count(db, f"{table} WHERE abs({column}) > 1.7e308"))
    for table, column in JSON_COLUMNS:
        note(f"{table}.{column}", sum(1 for text in _doubtful(db, table, column) if not _parses(text)))
    return found


def _numbers(db: Eye) -> dict[str, list[str]]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    tables = [r["name"] for r in db.rows(sql) if not r["name"].startswith((FTS, "_sqlite"))]
    return {t: [c["name"] for c in db.rows(f"PRAGMA table_info({t})") if c["type"] == "REAL"] for t in tables}


def _doubtful(db: Eye, table: str, column: str) -> Iterator[Any]:
    """Values SQLite does not take for JSON; Python's own reader knows a few more numbers and has the last word."""
    sql = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL AND {column} != '' AND NOT json_valid({column})"
    try:
        with mapped():
            for row in db.conn.execute(sql):
                yield row[0]
    except (StoreError, dbapi2.OperationalError):
        db.renew()


def _parses(text: object) -> bool:
    try:
        json.loads(str(text))
    except (ValueError, RecursionError):
        return False
    return True


def is_json(text: object) -> bool:
    """Whether a column of JSON holds some, or nothing."""
    return text is None or text == "" or _parses(text)


def is_day(text: object) -> bool:
    """Whether a column of nights holds one, or nothing."""
    if text is None:
        return True
    try:
        return date.fromisoformat(str(text)).isoformat() == text
    except ValueError:
        return False


# Mending what can be mended without loss


def mended(
    path: Path, key: bytes | None, *, index: bool = False, schema: bool = False, indexes: bool = False
) -> list[str]:
    """Make what is asked for again from what is there; what was done, in sentences. Raises StoreError."""
    done: list[str] = []
    db = connect(path, key)
    try:
        if schema:
            with opened(path, key) as eye:
                missing = schema_misses(eye)
            if _make(db, missing):
                done.append("What was missing of the journal's structure was made again.")
        if index or schema:
            try:
                _index_anew(db)
            except JournalDamaged:
                _index_anew(db, format_too=True)
            done.append("The search index was made again from the dreams.")
        if indexes:
            with db.atomic():
                db.execute("REINDEX")
            done.append("Every index was made again from its table.")
    finally:
        db.conn.close()
    return done


def _index_anew(db: Db, *, format_too: bool = False) -> None:
    """Fill the search index from the dreams; `format_too`: for one that refuses to be rebuilt, since its format's number is damaged."""
    with db.atomic():
        if format_too:
            db.execute(f"INSERT OR REPLACE INTO {FTS}_config (k, v) VALUES ('version', 4)")
        ensure_fts(db)
        db.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('rebuild')")


def _make(db: Db, missing: list[str]) -> list[str]:
    """Make missing indexes and triggers again; what of the list was made. A table or column is never made up."""
    fresh = connect(":memory:", None)
    try:
        load_sqlite_utils()
        from dreamjournal.store.migrations import migrate

        migrate(fresh)
        ensure_fts(fresh)
        made: list[str] = []
        with db.atomic():
            for thing in missing:
                kind, name = thing.split(" ", 1)
                row = fresh.row("SELECT sql FROM sqlite_master WHERE type = ? AND name = ?", (kind, name))
                if kind in ("index", "trigger") and row and row["sql"]:
                    db.execute(row["sql"])
                    made.append(thing)
        return made
    finally:
        fresh.conn.close()
