"""What a check finds, what it mends, and what is saved of a damaged journal."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import JournalDamaged, UserError
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.services import backups, checking, dreams, journals, keys
from dreamjournal.services.checking import State
from dreamjournal.store import integrity, salvage
from tests import made_journal
from tests.fakes import FakeClock

WORDS = [None, "four ordinary words"]


def made(path: Path, clock: FakeClock, passphrase: str | None, *, full: bool = False, more: int = 0) -> bytes | None:
    journal = journals.create(path, passphrase=passphrase, clock=clock)
    if full:
        made_journal.fill(journal, 1, 7, clock)
    with journal.atomic():
        for n in range(more):
            draft = DreamDraft(
                date(2026, 3, 1) + timedelta(days=n % 50), f"dream {n} " + "a stair " * 60, Recall.REPORT
            )
            dreams.save(journal, 1, draft, clock)
    key = journal.key
    journal.close()
    return key


def found(path: Path, key: bytes | None, name: str) -> State:
    return next(f.state for f in checking.check(path, key).findings if f.key == name)


def change(path: Path, key: bytes | None, *statements: str) -> None:
    from dreamjournal.store.connect import connect

    db = connect(path, key)
    db.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        db.execute(statement)
    db.conn.close()


def damage(path: Path, *pages: int) -> None:
    with path.open("r+b") as stream:
        for page in pages:
            stream.seek((page - 1) * 4096)
            stream.write(bytes(4096))


def dump(path: Path, key: bytes | None) -> dict[str, list[dict[str, Any]]]:
    with integrity.opened(path, key) as db:
        return {t: db.rows(f"SELECT * FROM {t} ORDER BY id") for t in salvage.order()}


@pytest.mark.parametrize("passphrase", WORDS)
def test_a_well_journal_is_well_and_stays_byte_for_byte(
    tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path = tmp_path / "journal.db"
    key = made(path, clock, passphrase, more=20)
    before = path.read_bytes()
    checked = checking.check(path, key)
    assert checked.is_well, checked.findings
    assert checked.counts["dreams"] == 20
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "key", "state"),
    [
        ("DROP INDEX dreams_night", "schema", State.MENDABLE), ("DROP TRIGGER dreams_au", "schema", State.MENDABLE),
        ("DROP TABLE screenings", "schema", State.DAMAGED), ("DELETE FROM dreams_fts_data WHERE id > 10", "search", State.MENDABLE),
        ("UPDATE dreams_fts_config SET v = 0 WHERE k = 'version'", "search", State.MENDABLE),
        ("UPDATE dreams SET recall = 'vivid' WHERE id = 1", "values", State.DAMAGED),
        ("UPDATE dreams SET night_date = '2026-02-31' WHERE id = 1", "values", State.DAMAGED),
        ("UPDATE dreams SET tags = '[torn' WHERE id = 1", "values", State.DAMAGED),
        ("UPDATE dreams SET person_id = 77 WHERE id = 1", "references", State.DAMAGED),
        ("UPDATE dreams SET import_id = 77 WHERE id = 1", "references", State.DAMAGED),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(tmp_path: Path, clock: FakeClock, statement: str, key: str, state: State) -> None:
    path = tmp_path / "journal.db"
    made(path, clock, None, more=5)
    change(path, None, statement)
    assert found(path, None, key) == state
    if state == State.MENDABLE:
        assert checking.mend(path, None, clock)
        assert checking.check(path, None).is_well
        assert key == "search" or backups.listed(path)[0].reason == "repair"


def test_a_broken_seal_is_found_with_its_page(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    key = made(path, clock, "right", more=60)
    size = path.stat().st_size // 4096
    damage(path, size - 6)
    checked = checking.check(path, key)
    assert checked.damaged
    assert str(size - 6) in next(f.what for f in checked.findings if f.key == "seals")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_files_that_others_may_read_are_closed(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    made(path, clock, None)
    path.chmod(0o644)
    assert found(path, None, "modes") == State.MENDABLE
    checking.mend(path, None, clock)
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_lost_copy_of_the_key_file_is_written_again(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    key = made(path, clock, "right")
    Path(f"{path}.keys").unlink()
    assert found(path, key, "keys") == State.MENDABLE
    checking.mend(path, key, clock)
    assert found(path, key, "keys") == State.WELL


@pytest.mark.parametrize("passphrase", WORDS)
def test_salvage_of_a_whole_journal_loses_nothing(tmp_path: Path, clock: FakeClock, passphrase: str | None) -> None:
    path, target = tmp_path / "journal.db", tmp_path / "saved.db"
    key = made(path, clock, passphrase, full=True, more=10)
    saved = checking.salvage(path, key, target, clock)
    assert saved.is_whole
    assert dump(target, key) == dump(path, key)
    assert checking.check(target, key).findings[:6] == checking.check(path, key).findings[:6]
    if passphrase:
        assert keys.unlock(target, passphrase) == key


@pytest.mark.parametrize("passphrase", WORDS)
def test_salvage_keeps_every_row_off_the_damaged_pages_and_counts_the_rest(
    tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path, target = tmp_path / "journal.db", tmp_path / "saved.db"
    key = made(path, clock, passphrase, more=300)
    truth = dump(path, key)
    size = path.stat().st_size // 4096
    damage(path, size - 10, size - 20, size - 21)
    before = path.read_bytes()
    saved = checking.salvage(path, key, target, clock)
    got = dump(target, key)
    assert path.read_bytes() == before
    for table, rows in got.items():
        assert all(row in truth[table] for row in rows)
        told = saved.tables[table]
        assert told.kept == len(rows)
        assert told.at_least or told.kept + told.lost == len(truth[table])
    assert len(got["dreams"]) >= 250
    assert not saved.is_whole
    opened = journals.open_existing(target, key=key)
    assert opened.dreams.count(1) == len(got["dreams"])
    opened.close()


def test_salvage_never_writes_over_a_file_and_says_when_nothing_can_be_read(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    made(path, clock, None, more=5)
    with pytest.raises(UserError, match="already"):
        checking.salvage(path, None, path, clock)
    damage(path, 1)
    with pytest.raises(JournalDamaged):
        checking.salvage(path, None, tmp_path / "saved.db", clock)
    assert [p.name for p in tmp_path.iterdir()] == ["journal.db"]


def test_nights_whose_person_is_gone_are_kept_under_a_made_up_name(tmp_path: Path, clock: FakeClock) -> None:
    path, target = tmp_path / "journal.db", tmp_path / "saved.db"
    made(path, clock, None, more=5)
    change(path, None, "DELETE FROM persons")
    saved = checking.salvage(path, None, target, clock)
    assert saved.made_up == 1
    opened = journals.open_existing(target)
    assert opened.dreams.count(1) == 5
    opened.close()


@pytest.mark.parametrize("passphrase", WORDS)
def test_what_was_saved_takes_the_place_of_the_damaged_one(
    tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path, target = tmp_path / "journal.db", tmp_path / "elsewhere" / "saved.db"
    key = made(path, clock, passphrase, more=5)
    damaged = path.read_bytes()
    checking.salvage(path, key, target, clock)
    aside = checking.put_in_place(path, target, clock)
    assert aside.read_bytes() == damaged
    opened = journals.open_existing(path, passphrase=passphrase)
    assert opened.dreams.count(1) == 5
    opened.close()
    assert not target.exists()
