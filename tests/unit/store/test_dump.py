"""Every row of every table out and in again, and nothing that can be forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.resources import resource
from dreamjournal.domain.person import JournalKind
from dreamjournal.store.connect import connect
from dreamjournal.store.dump import LEFT_COLUMNS, LEFT_OUT, TABLES, Dump, settle
from dreamjournal.store.journal import create_journal, memory_journal
from tests import made_journal
from tests.fakes import FakeClock


def forgotten(dump: Dump) -> list[str]:
    """Tables that are neither exported nor named as left out."""
    beside = tuple(f"{name}_" for name in LEFT_OUT)
    return [t for t in dump.tables() if t not in TABLES and t not in LEFT_OUT and not t.startswith(beside)]


def schema() -> dict[str, Any]:
    return json.loads(resource("schemas", "journal-1.schema.json").read_text())


def rows_of(journal: Any) -> dict[str, list[dict[str, Any]]]:
    return {table: list(journal.dump.rows(table)) for table in TABLES}


def copied(journal: Any, order: tuple[str, ...], clock: FakeClock) -> Any:
    new = memory_journal(clock=clock, key=journal.key, kind=JournalKind.NURSE)
    with new.atomic():
        new.dump.begin()
        for table in order:
            new.dump.put(table, journal.dump.rows(table))
        new.dump.check()
    return new


def test_no_table_is_forgotten(journal: Any) -> None:
    assert forgotten(journal.dump) == []
    assert set(TABLES) <= set(journal.dump.tables()) and len(set(TABLES)) == len(TABLES)
    assert set(LEFT_OUT) <= set(journal.dump.tables())
    assert not set(LEFT_OUT) & set(TABLES)


def test_a_new_table_would_be_noticed(journal: Any) -> None:
    journal._db.execute("CREATE TABLE moods (id INTEGER PRIMARY KEY) STRICT")
    assert forgotten(journal.dump) == ["moods"]


def test_the_schema_names_every_column_as_the_journal_has_it(journal: Any) -> None:
    document = schema()
    assert list(document["properties"]["tables"]["properties"]) == list(TABLES)
    assert document["properties"]["tables"]["required"] == list(TABLES)
    for table in TABLES:
        told = document["$defs"][table]
        columns = journal.dump.columns(table)
        assert list(told["properties"]) == told["required"] == [c.name for c in columns], table
        assert told["additionalProperties"] is False
        for column in columns:
            assert allows_null(told["properties"][column.name], document) is not column.needed, (table, column)
    everything = {(t, r["name"]) for t in TABLES for r in journal._db.rows(f"PRAGMA table_info({t})")}
    assert set(LEFT_COLUMNS) == everything - {(t, c.name) for t in TABLES for c in journal.dump.columns(t)}


def allows_null(spec: dict[str, Any], document: dict[str, Any]) -> bool:
    if "$ref" in spec:
        spec = document["$defs"][spec["$ref"].removeprefix("#/$defs/")]
    return None in spec["enum"] if "enum" in spec else "null" in spec["type"]


@pytest.mark.parametrize("seed", range(3))
def test_all_rows_out_and_in_in_any_order_are_the_same(journal: Any, clock: FakeClock, seed: int) -> None:
    made_journal.fill(journal, 1, seed, clock)
    before = rows_of(journal)
    assert all(before.values()), [t for t, rows in before.items() if not rows]
    for order in (TABLES, tuple(reversed(TABLES))):
        new = copied(journal, order, clock)
        assert rows_of(new) == before
        new.close()


def test_the_search_finds_what_was_put_in(journal: Any, clock: FakeClock) -> None:
    from dreamjournal.domain.dream import DreamDraft

    journal.dreams.put(1, DreamDraft(clock.now().date(), "A stair that ends in the sea"), clock.now())
    new = copied(journal, TABLES, clock)
    assert [hit.dream.text for hit in new.dreams.search(1, "stair")] == ["A stair that ends in the sea"]
    new.close()


def test_a_row_that_points_nowhere_is_refused(journal: Any, clock: FakeClock) -> None:
    new = memory_journal(clock=clock, kind=JournalKind.NURSE)
    row = {"id": 1, "person_id": 7, "dream_id": 9, "rater": "A", "codes": "{}", "written": 1, "finished": None}

    def put() -> None:
        with new.atomic():
            new.dump.begin()
            new.dump.put("codings", [row])
            new.dump.check()

    with pytest.raises(UserError, match="codings"):
        put()
    assert new.dump.count("codings") == 0 and new.dump.count("journal") == 1
    new.close()


@pytest.mark.parametrize("value", [[1], "\ud800", 2**70, {"a": 1}])
def test_a_value_no_column_holds_is_refused(journal: Any, value: object) -> None:
    with pytest.raises(UserError, match="persons"), journal.atomic():
        journal.dump.put("persons", [{"id": 5, "name": value, "created": value}])
    assert journal.dump.count("persons") == 1


def test_an_id_given_twice_is_refused(journal: Any) -> None:
    rows = [{"id": 5, "name": name, "created": 1} for name in "ab"]
    with pytest.raises(UserError, match="persons"), journal.atomic():
        journal.dump.put("persons", rows)
    assert journal.dump.count("persons") == 1


def test_a_snapshot_does_not_see_what_is_written_meanwhile(tmp_path: Path, clock: FakeClock) -> None:
    made = create_journal(tmp_path / "journal.db", passphrase=None, clock=clock)
    other = connect(tmp_path / "journal.db", None)
    with made.dump.snapshot():
        assert made.dump.count("persons") == 1
        other.execute("INSERT INTO persons (name, created) VALUES ('b', 1)")
        assert [r["name"] for r in made.dump.rows("persons")] == ["me"]
    assert made.dump.count("persons") == 2
    other.conn.close()
    made.close()


def test_a_journal_is_never_put_over_another_file(tmp_path: Path, clock: FakeClock) -> None:
    made = tmp_path / ".made.part"
    create_journal(made, passphrase="a key", clock=clock).close()
    there = tmp_path / "journal.db"
    there.write_text("somebody's")
    with pytest.raises(UserError, match="already"):
        settle(made, there)
    assert there.read_text() == "somebody's"
    assert made.exists() and made.with_name(".made.part.keys").exists()
    settle(made, tmp_path / "new.db")
    assert sorted(p.name for p in tmp_path.iterdir() if "new.db" in p.name) == [
        "new.db",
        "new.db.keys",
        "new.db.keys.copy",
    ]
    assert not made.exists()
