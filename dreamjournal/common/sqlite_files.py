"""Reads SQLite databases of unknown makers: from memory, read-only, real tables only, with caps.

This is the one module that uses the `sqlite3` of the standard library. It runs in the import child, which never opens a
journal, and it reads bytes, never a file: so the two SQLite libraries of the project cannot meet on one file and drop each
other's locks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import IO, Any

from dreamjournal.common.errors import UserError

MAGIC = b"SQLite format 3\0"
MAX_BYTES = 512 * 1024 * 1024
MAX_TABLES = 2000
MAX_STEPS = 1_000_000_000
"""Steps of SQLite's machine over all queries: ten years of heart rates are about 200 million."""
STEPS_A_CALL = 100_000
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 16 * 1024 * 1024,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 2,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 8,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_MEMORY = "it needs more memory than an import may use"
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)


class SqliteFile:
    """An open database: `tables` names its real tables with their columns.

    Views, virtual tables and computed columns are not there.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._steps = 0
        connection.set_progress_handler(self._count, STEPS_A_CALL)
        self.tables: dict[str, tuple[str, ...]] = {}
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        for (name,) in self._all(f"{sql} LIMIT {MAX_TABLES + 1}"):
            if len(self.tables) == MAX_TABLES:
                raise _refused(f"it has more than {MAX_TABLES} tables")
            if isinstance(name, str):
                found = self._all(f"SELECT name FROM pragma_table_info({_text(name)})")
                self.tables[name] = tuple(str(column) for (column,) in found)
        connection.set_authorizer(_authorise)

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Rows of a real table one after another, values as stored; a column the table lacks is None in every row.

        Raises KeyError for a table that is not there, UserError when the database is damaged or reading takes too long.
        """
        there = self.tables[table]
        wanted = ", ".join(_quoted(c) if c in there else "NULL" for c in columns)
        yield from self._all(f"SELECT {wanted} FROM {_quoted(table)}")

    def _all(self, sql: str) -> Iterator[tuple[Any, ...]]:
        try:
            with closing(self._connection.execute(sql)) as cursor:
                yield from cursor
        except (
            sqlite3.Error,
            OverflowError,
            ValueError,
            MemoryError,
        ) as e:  # ValueError: its words of the error are no UTF-8
            raise self._said(e) from e

    def _said(self, error: Exception) -> UserError:
        if self._steps > MAX_STEPS:
            return _refused("reading it takes too long")
        if isinstance(error, MemoryError):
            return _refused(_MEMORY)
        return _refused("it is cut off or damaged")

    def _count(self) -> int:
        self._steps += STEPS_A_CALL
        return int(self._steps > MAX_STEPS)


@contextmanager
def open_sqlite(stream: IO[bytes]) -> Generator[SqliteFile]:
    """The database in `stream`, in memory and read-only. Raises UserError when it is none, too large, cut off or damaged."""
    try:
        data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _refused(f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
        data = _checked(data)
    except MemoryError as e:
        raise _refused(_MEMORY) from e
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.deserialize(data)
            del data
            for limit, value in LIMITS.items():
                connection.setlimit(limit, value)
            for pragma in (
                "trusted_schema = OFF",
                "cell_size_check = ON",
                "query_only = ON",
                "mmap_size = 0",
                "temp_store = MEMORY",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except MemoryError as e:
            raise _refused(_MEMORY) from e
        except (sqlite3.Error, OverflowError, ValueError) as e:
            raise _refused("it is cut off or damaged") from e
        connection.text_factory = _decoded
        yield SqliteFile(connection)


def _checked(data: bytes) -> bytes:
    """The bytes as they can be opened from memory. Raises UserError when the header does not fit the size."""
    if len(data) < 100 or not data.startswith(MAGIC):
        raise _refused("it is cut off" if MAGIC.startswith(data[:16]) else "it is no SQLite database")
    page = int.from_bytes(data[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(data[28:32], "big")
    if page < 512 or page & (page - 1):
        raise _refused("it is damaged")
    # the count of pages holds where the last writer kept it (file format 3.7.0)
    if data[24:28] == data[92:96] and pages * page > len(data):
        raise _refused("it is cut off")
    if (
        data[18:20] != b"\1\1"
    ):  # a write-ahead log cannot be opened from memory; what it still held is not in these bytes
        data = data[:18] + b"\1\1" + data[20:]
    return data


def _authorise(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _refused(why: str) -> UserError:
    return UserError("The database was not read", why, "export or copy it again")
