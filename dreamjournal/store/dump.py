"""All rows of a journal out and in again, by table and column as the schema has them."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dreamjournal.common.errors import UserError
from dreamjournal.common.files import sync_folder
from dreamjournal.store.connect import SCHEMA_VERSION as SCHEMA_VERSION  # noqa: PLC0414 - what an export says of itself
from dreamjournal.store.connect import Db, Row, dbapi2, mapped

TABLES: tuple[str, ...] = (
    "journal", "persons", "settings", "enhancers", "rules", "only_periods", "imports", "import_rows", "originals", "import_originals",
    "source_zones", "travels", "column_maps", "dreams", "drafts", "mornings", "diaries", "evenings", "steps", "ticks", "intakes", "tags",
    "exposures", "coverages", "sessions", "ledger", "bin", "reviews", "queries", "studies", "screenings", "codings", "check_ins",
    "instructions", "cards", "hand_overs",
)  # fmt: skip
"""Every table with the person's own things in it, in the order an export has them."""

LEFT_OUT: dict[str, str] = {
    "original_parts": "the kept files go out whole, as they were read",
    "dreams_fts": "the search index is made again from the dreams",
    "_sqlite_migrations": "which steps of the schema were taken; the new journal has its own",
}
"""Tables that are not exported, and why. A table that begins with one of these names and `_` belongs to it."""

LEFT_COLUMNS: dict[tuple[str, str], str] = {
    ("originals", "packed"): "bytes the file takes inside the journal, counted anew",
    ("journal", "uid"): "a journal made of an export is another one than that it came from",
}
"""Columns that are not exported, and why."""

INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}
"""JSON has no number for these; NaN cannot be in a journal, SQLite keeps it as NULL."""

BATCH = 500


@dataclass(frozen=True)
class Column:
    """A column as the schema has it; `needed` where it may not be null."""

    name: str
    kind: Literal["INTEGER", "REAL", "TEXT"]
    needed: bool


class Dump:
    """Reads and writes whole tables. Values are the columns' own: nothing is worded or rounded."""

    def __init__(self, db: Db) -> None:
        self._db = db

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """All reads inside see the journal as it is now, whatever others write meanwhile; nobody is kept waiting."""
        if self._db.conn.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            if self._db.conn.in_transaction:
                self._db.execute("ROLLBACK")

    def tables(self) -> list[str]:
        """Every table there is, exported or not."""
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        return [str(r["name"]) for r in self._db.rows(sql)]

    def columns(self, table: str) -> tuple[Column, ...]:
        """The exported columns of a table, in its own order."""
        found = self._db.rows(f"PRAGMA table_info({table})")
        return tuple(
            Column(r["name"], r["type"], bool(r["notnull"] or r["pk"]))
            for r in found
            if (table, r["name"]) not in LEFT_COLUMNS
        )

    def count(self, table: str) -> int:
        """How many rows a table has."""
        row = self._db.row(f"SELECT count(*) AS n FROM {table}")
        return int(row["n"]) if row else 0

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table by id, read one after the other."""
        columns = self.columns(table)
        names = [c.name for c in columns]
        real = [c.name for c in columns if c.kind == "REAL"]
        with mapped():
            for values in self._db.conn.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id"):
                row: Row = dict(zip(names, values, strict=True))
                for name in real:
                    if row[name] is not None and math.isinf(row[name]):
                        row[name] = "Infinity" if row[name] > 0 else "-Infinity"
                yield row

    # ---- in

    def begin(self) -> None:
        """Empty a new journal for the rows of another. Call inside a transaction; its rows may then come in any order."""
        self._db.execute("PRAGMA defer_foreign_keys = ON")
        for table in ("journal", "persons", "settings"):
            self._db.execute(f"DELETE FROM {table}")

    def put(self, table: str, rows: Iterable[Row]) -> int:
        """Insert rows with the ids they have; returns how many. All have the same columns.

        Raises UserError where the journal's own rules refuse a row: an id given twice, a value of another kind.
        """
        count = 0
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            count += 1
            if len(batch) == BATCH:
                self._insert(table, batch)
                batch = []
        if batch:
            self._insert(table, batch)
        return count

    def _insert(self, table: str, batch: list[Row]) -> None:
        names = list(batch[0])
        for name in [c.name for c in self.columns(table) if c.kind == "REAL" and c.name in batch[0]]:
            for row in batch:
                row[name] = INFINITE.get(row[name], row[name]) if isinstance(row[name], str) else row[name]
        more = {name: 0 for left, name in LEFT_COLUMNS if left == table}
        marks = ", ".join("?" for _ in [*names, *more])
        sql = f"INSERT INTO {table} ({', '.join([*names, *more])}) VALUES ({marks})"
        try:
            self._db.execute_many(sql, [(*(row[name] for name in names), *more.values()) for row in batch])
        except (dbapi2.IntegrityError, dbapi2.InterfaceError, dbapi2.ProgrammingError, OverflowError) as error:
            raise _refused(table) from error
        except UnicodeEncodeError as error:  # half of a pair of UTF-16, which JSON can spell and no text can hold
            raise _refused(table) from error

    def check(self) -> None:
        """Look whether what was put in holds together: references, the search index. Raises UserError naming a table."""
        broken = self._db.row("PRAGMA foreign_key_check")
        if broken is not None:
            raise _refused(str(broken["table"]))
        try:
            self._db.execute("INSERT INTO dreams_fts(dreams_fts) VALUES ('rebuild')")
            self._db.execute("INSERT INTO dreams_fts(dreams_fts) VALUES ('integrity-check')")
        except dbapi2.DatabaseError as error:
            raise _refused("dreams") from error


def _refused(table: str) -> UserError:
    return UserError(
        "The export was not taken in",
        f"a row of its table {table} does not fit a journal",
        "take an export that nobody has changed",
    )


def settle(made: Path, path: Path) -> None:
    """Give a finished, closed journal its name, with its key files; what has that name already is never replaced.

    The keys go first: a journal is there only once it can be opened. Raises UserError, or OSError when the disk fails.
    """
    pairs = [
        (made.with_name(made.name + ending), path.with_name(path.name + ending)) for ending in (".keys", ".keys.copy")
    ]
    taken = UserError("No journal was made", "a file of that name is there already", "choose another name")
    if path.exists() or any(new.exists() for _, new in pairs):
        raise taken
    moved = [(old, new) for old, new in pairs if old.exists()]
    for old, new in moved:
        old.rename(new)
    try:
        path.hardlink_to(made)
    except OSError as error:  # somebody was faster, or a file system without hard links
        if path.exists():
            for old, new in moved:
                new.rename(old)
            raise taken from error
        made.rename(path)
    else:
        made.unlink()
    sync_folder(path.parent)
