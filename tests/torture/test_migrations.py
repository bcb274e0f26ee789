"""A journal of every released schema, killed at every statement of its migration: it resumes, and every row is kept."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from dreamjournal.common.errors import JournalTooNew
from dreamjournal.services import journals
from dreamjournal.store.connect import SCHEMA_VERSION, connect
from tests.torture import killing, old_journals, wellness
from tests.torture.counted import COUNTED, FULL, TOLD, size

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork a process"),
]
EACH = size(10, 10_000)
"""Kills of each fixture; more than there are statements means all of them."""
KEYS = {"plain": None, "keyed": killing.KEY}


def open_and_close(path: Path, key: bytes | None) -> None:
    journals.open_existing(path, key=key).close()


def kept(path: Path, key: bytes | None, columns: dict[str, list[str]]) -> dict[str, str]:
    """The rows of the old tables, as they are now."""
    db = connect(path, key)
    try:
        return old_journals.rows_of(db, columns)
    finally:
        db.conn.close()


@pytest.mark.parametrize("named", KEYS)
@pytest.mark.parametrize("version", old_journals.VERSIONS)
def test_a_migration_killed_before_any_statement_resumes_with_every_row(version, named):
    key = KEYS[named]
    with killing.quick_folder() as folder:
        source = folder / "old" / "journal.db"
        before = old_journals.make(source, key, version)
        db = connect(source, key)
        columns = old_journals.columns_of(db)
        db.conn.close()

        def migrate(path: Path, number: int) -> int:
            counted = killing.Statements(number)
            killing.watch(counted)
            counted.begin()
            open_and_close(path, key)
            return counted.end()

        whole = killing.copy_journal(source, folder / "whole")
        statements = killing.in_child(lambda: migrate(whole, 0))
        said, after = wellness.faults_of(whole, key)
        assert not said
        assert kept(whole, key, columns) == before
        numbers = range(1, statements + 2)
        problems: list[str] = []
        chosen = random.Random(version).sample(numbers, EACH) if len(numbers) > EACH else numbers
        for number in chosen:
            path = killing.copy_journal(source, folder / "run")
            COUNTED["faults"] += 1
            ended, _ = killing.Child(lambda path=path, number=number: migrate(path, number)).result()
            assert ended
            wrong, found = wellness.faults_of(path, key)
            if not wrong and kept(path, key, columns) != before:
                wrong.append("rows are lost")
            if not wrong and found != after:
                wrong.append(f"it ended up otherwise: {[t for t in after if found.get(t) != after[t]]}")
            if not wrong and indexes(path, key) != indexes(whole, key):
                wrong.append(f"indexes differ: {indexes(path, key) ^ indexes(whole, key)}")
            COUNTED["acknowledged"] += len(before)
            COUNTED["lost"] += bool(wrong)
            problems += [f"before statement {number} of {statements}: {w}" for w in wrong]
        TOLD.append(
            f"migration from {version}, {named}: {len(chosen)} of {len(numbers)} places, {len(problems)} violations"
        )
        assert not problems, "\n".join(problems[:30])


def indexes(path: Path, key: bytes | None) -> set[tuple[str, str, str]]:
    """The whole schema, as it was written."""
    db = connect(path, key)
    try:
        return {(r["type"], r["name"], r["sql"] or "") for r in db.rows("SELECT type, name, sql FROM sqlite_master")}
    finally:
        db.conn.close()


@pytest.mark.parametrize("named", KEYS)
@pytest.mark.parametrize("above", [1, 7, 1_000_000])
def test_a_journal_of_a_newer_schema_is_refused_and_left_byte_for_byte(tmp_path, named, above):
    key = KEYS[named]
    path = tmp_path / "journal.db"
    old_journals.make(path, key, SCHEMA_VERSION - 1)
    open_and_close(path, key)
    db = connect(path, key)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + above}")
    db.conn.close()
    COUNTED["inputs"] += 1

    def state() -> dict[str, str]:
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(tmp_path.rglob("*")) if p.is_file()}

    before = state()
    with pytest.raises(JournalTooNew):
        journals.open_existing(path, key=key)
    assert state() == before


def test_the_fixtures_are_of_every_released_schema():
    assert tuple(range(1, SCHEMA_VERSION)) == old_journals.VERSIONS
    assert not FULL or len(old_journals.VERSIONS) >= 3
