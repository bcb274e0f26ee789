"""Opens SQLite through its one driver and turns the driver's errors into ours.

sqlcipher3 serves keyed and plain journals alike: two SQLite libraries in one process were measured to drop each
other's POSIX locks. sqlite-utils tries `pysqlite3` before the standard library, so naming sqlcipher3 that, before its
first import, makes it catch the driver's own exceptions (they are no subclasses of the standard library's).
"""

from __future__ import annotations

import importlib
import os
import secrets
import sys
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3  # pyright: ignore[reportMissingTypeStubs]
from sqlcipher3 import dbapi2 as _dbapi2  # pyright: ignore[reportMissingTypeStubs]

from dreamjournal.common.errors import DiskFull, JournalBusy, JournalDamaged, JournalTooNew, StoreError, UserError
from dreamjournal.common.places import on_network
from dreamjournal.store import heads

sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", _dbapi2)
dbapi2: Any = _dbapi2  # the driver has no types

if TYPE_CHECKING:
    import sqlite_utils

PLAIN_HEADER = b"SQLite format 3\x00"
SCHEMA_VERSION = 4
"""Written to `PRAGMA user_version`; a journal with a higher one is refused, untouched."""
Row = dict[str, Any]


class Db:
    """One connection: plain rows for the repositories, and sqlite-utils for schema, migrations and search."""

    def __init__(self, conn: Any, encrypted: bool) -> None:
        self.conn = conn
        self.encrypted = encrypted
        self.in_unit = False
        """Whether a unit of writing is under way, also when its transaction is rolled back already."""
        self._path = ""
        self._files: dict[str, os.stat_result] = {}

    @cached_property
    def utils(self) -> sqlite_utils.Database:
        """sqlite-utils on this connection, for schema, migrations and search.

        Loaded on first use: with numpy and click it takes about 200 ms, more than opening a journal that needs none of it.
        """
        load_sqlite_utils()
        import sqlite_utils

        return sqlite_utils.Database(self.conn, execute_plugins=False)

    def rows(self, sql: str, params: Sequence[Any] | Row = ()) -> list[Row]:
        """All rows of a query as dicts. Raises StoreError."""
        self._see_unit_stands()
        with mapped():
            cursor = self.conn.execute(sql, params)
            names = [d[0] for d in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def tuples(self, sql: str, params: Sequence[Any] | Row = ()) -> list[tuple[Any, ...]]:
        """As `rows`, each as the values of its columns in order: for the many rows of a whole journal. Raises StoreError."""
        self._see_unit_stands()
        with mapped():
            return self.conn.execute(sql, params).fetchall()

    def row(self, sql: str, params: Sequence[Any] | Row = ()) -> Row | None:
        """The first row of a query, or None. Raises StoreError."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def execute(self, sql: str, params: Sequence[Any] | Row = ()) -> int:
        """Run one statement; returns the id of the last inserted row. Raises StoreError."""
        self._see_it_can_be_written()
        with mapped():
            made = int(self.conn.execute(sql, params).lastrowid or 0)
        self._watch_log()
        return made

    def execute_many(self, sql: str, params: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows of values. Raises StoreError."""
        self._see_it_can_be_written()
        with mapped():
            self.conn.executemany(sql, params)

    def next_id(self, table: str) -> int:
        """The id the next row of a table gets. Ask inside `atomic`, which holds the write lock."""
        row = self.row(f"SELECT coalesce(max(id), 0) + 1 AS n FROM {table}")
        return int(row["n"]) if row else 1

    def insert(self, table: str, values: Row) -> int:
        """Insert one row; returns its id. Table and column names are ours, never the user's."""
        columns = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        return self.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))

    def update(self, table: str, row_id: int, values: Row) -> None:
        """Set columns of one row."""
        sets = ", ".join(f"{name} = ?" for name in values)
        self.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*values.values(), row_id))

    def delete(self, table: str, row_id: int) -> None:
        """Delete one row."""
        self.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))

    @contextmanager
    def atomic(self) -> Generator[None]:
        """All or nothing; nests as savepoints. Takes the write lock at once, since a late upgrade is refused as busy.

        A full disk rolls the whole unit back in the middle; whatever its writer does about that, nothing of it is then
        written any more. Raises StoreError, also where the file is gone from its place: it would be written into nowhere.
        """
        self._see_unit_stands()
        if self.conn.in_transaction:
            with self._savepoint():
                yield
            return
        self._see_files()
        with mapped():
            self.conn.execute("BEGIN IMMEDIATE")
        self.in_unit = True
        try:
            self._watch_log()
            yield
            self._see_unit_stands()
            self._see_files()
            with mapped():
                self.conn.execute("COMMIT")
        except BaseException:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            raise
        finally:
            self.in_unit = False

    def fold(self) -> None:
        """Bring what is in the log into the file itself, before the file is moved: closing does it too, and fails in silence.

        Raises StoreError.
        """
        row = self.row("PRAGMA wal_checkpoint(TRUNCATE)")
        if row is not None and row["busy"]:
            raise JournalBusy("Not saved", "another program is reading the journal", "try again in a moment")

    def watch_file(self, path: Path | str) -> None:
        """Remember which file this is, so that it is seen when another takes its place or none is there."""
        with suppress(OSError, ValueError):
            self._files[str(path)] = Path(path).stat()
            self._path = str(path)

    def _watch_log(self) -> None:
        # Only now is the log sure to be the one we write to: an earlier one may have gone with who had it open.
        name = f"{self._path}-wal"
        if self._path and name not in self._files:
            with suppress(OSError):
                self._files[name] = Path(name).stat()

    def _see_files(self) -> None:
        """Raise StoreError where the file, or its log of what was written last, is not the one that was opened."""
        for name, opened in self._files.items():
            try:
                there = os.path.samestat(Path(name).stat(), opened)
            except OSError:
                there = False
            if not there:
                raise StoreError(
                    "Not saved",
                    "the journal is no longer where it was opened",
                    "put its drive or its folder back, then open it again",
                )

    def _see_it_can_be_written(self) -> None:
        self._see_unit_stands()
        if not self.in_unit:  # one statement by itself
            self._see_files()

    def _see_unit_stands(self) -> None:
        """Raise StoreError where the unit under way was rolled back: what follows would be written by itself."""
        if self.in_unit and not self.conn.in_transaction:
            raise StoreError("Not saved", "an earlier part of it could not be written", "try again")

    @contextmanager
    def _savepoint(self) -> Generator[None]:
        name = f"nested_{secrets.token_hex(8)}"
        with mapped():
            self.conn.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if self.conn.in_transaction:  # a full disk has rolled everything back already, savepoints included
                self.conn.execute(f"ROLLBACK TO {name}")
                self.conn.execute(f"RELEASE {name}")
            raise
        self._see_unit_stands()
        with mapped():
            self.conn.execute(f"RELEASE {name}")


def load_sqlite_utils() -> None:
    """Import sqlite-utils without numpy and pandas, which it takes along where they are installed, for types no row of ours has.

    They are half of its import: 0.2 of the 1.2 s of CPU of a whole 100 MB import into a new journal (measured). They are
    hidden for that moment only, and only while no other thread runs that could want them.
    """
    hidden = [n for n in ("numpy", "pandas") if n not in sys.modules] if threading.active_count() == 1 else []
    sys.modules.update(dict.fromkeys(hidden))  # pyright: ignore[reportArgumentType, reportCallIssue]
    try:
        importlib.import_module("sqlite_utils")
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


# Text that is no UTF-8 is damage too: what is written is made of Python's text. A search index whose own tables are damaged
# fails like a mistake in a statement.
_DAMAGE = ("not a database", "decode to UTF-8", "invalid fts5 file format", "vtable constructor failed")


@contextmanager
def mapped() -> Generator[None]:
    """Turn the driver's environment errors into StoreError; programming errors pass through."""
    try:
        yield
    except (dbapi2.OperationalError, dbapi2.DatabaseError) as error:
        name = str(getattr(error, "sqlite_errorname", "") or "")
        text = str(error)
        found = _said(name, text)
        if found is None:
            raise
        raise found from error


def _said(name: str, text: str) -> Exception | None:
    if name.startswith("SQLITE_FULL"):
        return DiskFull("Not saved", "the disk is full", "free some space and save again")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return JournalBusy("Not saved", "another program is writing to the journal", "try again in a moment")
    if name.startswith("SQLITE_READONLY") or "readonly" in text:
        return UserError(
            "The journal cannot be written",
            "its folder or file is read-only",
            "make it writable or choose another place",
        )
    if name.startswith("SQLITE_CANTOPEN"):
        return UserError("The journal cannot be opened", "its folder cannot be read or written", "choose another place")
    if name.startswith("SQLITE_IOERR"):
        return StoreError(
            "The journal could not be read or written", "the disk reports an error", "check the disk and try again"
        )
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or any(words in text for words in _DAMAGE):
        return JournalDamaged(
            "The journal cannot be read",
            "its file is damaged",
            "restore a backup or save what can still be read; nothing was changed",
        )
    return None


def connect(path: Path | str, key: bytes | None) -> Db:
    """A connection with the journal's pragmas. `key` is the raw 32-byte database key, None for a plain file.

    Raises UserError, JournalTooNew or StoreError.
    """
    with mapped():
        conn = heads.connect(_file_of(path), str(path), isolation_level=None, timeout=5.0)
    try:
        with mapped():
            begin_key(conn, key)
            _tell_head(conn, path, key)
            # Before any pragma that could write: a journal of a newer version is left as it is.
            if int(conn.execute("PRAGMA user_version").fetchone()[0]) > SCHEMA_VERSION:
                raise JournalTooNew(
                    "This journal was made by a newer Dreamjournal", "it was not touched", "update the app to open it"
                )
            # A network drive has no memory to share between computers, which the write-ahead log needs.
            mode = "DELETE" if str(path) != ":memory:" and on_network(Path(path)) else "WAL"
            for pragma in (
                f"journal_mode = {mode}", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON",
                "trusted_schema = OFF", "busy_timeout = 5000", "temp_store = MEMORY",
            ):  # fmt: skip
                conn.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        conn.close()
        raise
    db = Db(conn, key is not None)
    db.watch_file(path)
    return db


def read_only(path: Path, key: bytes | None, *, still: bool) -> Any:
    """A connection that writes nothing. `still`: nobody has the file open and all is in it, so that nothing is made beside it.

    Such a connection takes no locks, and closing it would drop those of another connection of this process. Raises StoreError.
    """
    how = "mode=ro&immutable=1" if still else "mode=ro"
    with mapped():
        conn = heads.connect(path, f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=5.0)
    try:
        with mapped():
            begin_key(conn, key)
            for pragma in ("trusted_schema = OFF", "temp_store = MEMORY"):
                conn.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        conn.close()
        raise
    return conn


def begin_key(conn: Any, key: bytes | None) -> None:
    """Give a fresh connection its key, and make sure that it then reads and writes nothing in the open. Raises StoreError."""
    conn.execute("PRAGMA cipher_log_level = NONE").fetchall()
    if key is None:
        return
    conn.execute(f"PRAGMA key = \"x'{key.hex()}'\"").fetchall()
    version = conn.execute("PRAGMA cipher_version").fetchone()
    conn.execute("PRAGMA user_version").fetchone()
    status = conn.execute("PRAGMA cipher_status").fetchone()
    if not (version and version[0] and status and str(status[0]) == "1"):
        raise StoreError("The journal cannot be opened", "the database library cannot encrypt", "install the app again")


def is_plain(path: Path) -> bool:
    """Whether the file begins as an unencrypted database. Raises OSError."""
    return heads.head(path) == PLAIN_HEADER


def _file_of(path: Path | str) -> Path | None:
    return None if str(path) == ":memory:" else Path(path)


def _tell_head(conn: Any, path: Path | str, key: bytes | None) -> None:
    file = _file_of(path)
    if file is None or len(heads.head(file)) == heads.SIZE:
        return
    salt = conn.execute("PRAGMA cipher_salt").fetchone() if key is not None else None
    heads.tell(file, bytes.fromhex(str(salt[0])) if salt else PLAIN_HEADER)
