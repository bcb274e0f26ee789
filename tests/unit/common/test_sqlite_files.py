"""SQLite databases of unknown makers."""

from __future__ import annotations

import io
import sqlite3  # noqa: TID251 - makes the databases that are read

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common import sqlite_files
from dreamjournal.common.errors import UserError
from dreamjournal.common.sqlite_files import open_sqlite


def database(*statements: str, page: int = 512) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f"PRAGMA page_size = {page}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        data = connection.serialize()
    connection.close()
    return data


PLAIN = database(
    "CREATE TABLE night (id INTEGER PRIMARY KEY, 'the \"end\"' REAL, note TEXT, twice AS (id * 2))",
    *(f'INSERT INTO night (id, "the ""end""", note) VALUES ({i}, {i}.5, \'n{i}\')' for i in range(1, 60)),
)


def read(data: bytes, table: str = "night", columns=("id",)):
    with open_sqlite(io.BytesIO(data)) as db:
        return list(db.rows(table, columns))


def test_rows_come_by_column_name_and_missing_columns_are_none():
    with open_sqlite(io.BytesIO(PLAIN)) as db:
        assert db.tables == {"night": ("id", 'the "end"', "note")}
        rows = list(db.rows("night", ("note", "absent", 'the "end"', "twice")))
    assert rows[0] == ("n1", None, 1.5, None)
    assert len(rows) == 59
    with pytest.raises(KeyError):
        read(PLAIN, "day")


def test_views_triggers_and_virtual_tables_are_not_tables():
    data = database(
        "CREATE TABLE night (id INTEGER)",
        "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS id FROM c",
        "CREATE VIRTUAL TABLE f USING fts5(text)",
        "CREATE TRIGGER t AFTER INSERT ON night BEGIN DELETE FROM night; END",
    )
    with open_sqlite(io.BytesIO(data)) as db:
        assert "night" in db.tables
        assert not {"v", "f", "sqlite_sequence"} & set(db.tables)
        with pytest.raises(KeyError):
            list(db.rows("v", ("id",)))


def test_functions_of_a_schema_are_never_called():
    data = database(
        "CREATE TABLE night (id INTEGER, big AS (hex(zeroblob(id))))", "INSERT INTO night (id) VALUES (1000000)"
    )
    assert read(data, columns=("id", "big")) == [(1000000, None)]


def test_a_table_that_is_read_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(sqlite_files, "MAX_STEPS", 150_000)
    data = database(
        "CREATE TABLE night (id INTEGER)",
        "INSERT INTO night WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 90000) SELECT x FROM c",
        page=4096,
    )
    with pytest.raises(UserError, match="too long"):
        read(data)


def test_a_database_in_wal_mode_is_read():
    data = PLAIN[:18] + b"\2\2" + PLAIN[20:]
    assert len(read(data)) == 59


def test_text_that_is_not_utf_8_is_replaced():
    data = database("CREATE TABLE night (id TEXT)", "INSERT INTO night VALUES (CAST(x'41ff' AS TEXT))")
    assert read(data) == [("A\ufffd",)]


@pytest.mark.parametrize(
    "data", [b"", b"SQLite", b"SQLite format 3\0", b"SQLite format 3\0" + b"\0" * 200, b"x" * 4096]
)
def test_what_is_no_database_is_refused(data):
    with pytest.raises(UserError, match="not read"):
        read(data)


def test_a_database_cut_anywhere_is_refused():
    for i in range(1, 100):
        with pytest.raises(UserError, match="not read"):
            read(PLAIN[: len(PLAIN) * i // 100])


def test_one_larger_than_the_cap_is_refused(monkeypatch):
    monkeypatch.setattr(sqlite_files, "MAX_BYTES", len(PLAIN) - 1)
    with pytest.raises(UserError, match="larger than"):
        read(PLAIN)


@given(where=st.integers(0, len(PLAIN) - 1), splice=st.binary(max_size=12), drop=st.integers(0, 40))
def test_any_splice_ends_in_rows_or_a_refusal(where, splice, drop):
    try:
        with open_sqlite(io.BytesIO(PLAIN[:where] + splice + PLAIN[where + drop :])) as db:
            for table in db.tables:
                list(db.rows(table, ("id", "note")))
    except UserError:
        pass
