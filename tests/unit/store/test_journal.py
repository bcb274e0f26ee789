"""Making, opening, refusing and locking journals."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dreamjournal.common.errors import JournalTooNew, StoreError, UserError, WrongPassphrase
from dreamjournal.domain.person import JournalKind
from dreamjournal.store.connect import PLAIN_HEADER, connect
from dreamjournal.store.journal import create_journal, memory_journal, needs_passphrase, open_journal
from tests.fakes import FakeClock


def test_a_journal_with_a_passphrase_is_ciphertext_and_opens_again(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "mine" / "journal.db"
    made = create_journal(path, passphrase="correct horse", clock=clock)
    made.settings.set("journal_name", "needle-in-the-file")
    assert made.encrypted
    made.close()
    assert needs_passphrase(path)
    for file in path.parent.iterdir():
        assert b"needle-in-the-file" not in file.read_bytes()
    assert path.read_bytes()[:16] != PLAIN_HEADER
    again = open_journal(path, passphrase="correct horse")
    assert again.settings.get("journal_name") == "needle-in-the-file"
    second = open_journal(path, key=again.key)
    before = again.data_version()
    second.settings.set("journal_name", "other")
    assert again.data_version() != before
    second.close()
    again.close()


def test_a_composed_and_a_decomposed_passphrase_are_one(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    create_journal(path, passphrase="caf\u00e9", clock=clock).close()
    open_journal(path, passphrase="cafe\u0301").close()


def test_a_wrong_passphrase_is_told_from_damage(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    create_journal(path, passphrase="right", clock=clock).close()
    with pytest.raises(WrongPassphrase):
        open_journal(path, passphrase="wrong")
    with pytest.raises(UserError):
        open_journal(path)
    data = bytearray(path.read_bytes())
    data[100:200] = os.urandom(100)
    path.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="damaged"):
        open_journal(path, passphrase="right")


def test_the_second_copy_of_the_key_file_saves_the_diary(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    create_journal(path, passphrase="right", clock=clock).close()
    first, second = Path(f"{path}.keys"), Path(f"{path}.keys.copy")
    whole = first.read_bytes()
    first.write_text("{torn")
    open_journal(path, passphrase="right").close()
    assert first.read_bytes() == second.read_bytes() == whole  # mended
    first.unlink()
    open_journal(path, passphrase="right").close()
    assert first.read_bytes() == whole
    first.unlink()
    second.unlink()
    with pytest.raises(StoreError, match=r"\.keys"):
        open_journal(path, passphrase="right")


@pytest.mark.parametrize("passphrase", [None, "pass"])
def test_a_newer_journal_is_refused_untouched(tmp_path: Path, clock: FakeClock, passphrase: str | None) -> None:
    path = tmp_path / "journal.db"
    made = create_journal(path, passphrase=passphrase, clock=clock)
    key = made.key
    made.close()
    db = connect(path, key)
    db.execute("PRAGMA user_version = 999")
    db.conn.close()
    before = path.read_bytes()
    with pytest.raises(JournalTooNew, match="newer"):
        open_journal(path, passphrase=passphrase)
    assert path.read_bytes() == before


def test_what_is_no_journal_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    with pytest.raises(UserError, match="does not exist"):
        open_journal(path)
    path.write_text("<html>not a journal, but long enough to be mistaken for one</html>" * 100)
    with pytest.raises(UserError, match="another kind"):
        open_journal(path)
    with pytest.raises(UserError, match="already"):
        create_journal(path, passphrase=None, clock=clock)


def test_a_nurses_journal_starts_without_persons(clock: FakeClock) -> None:
    caseload = memory_journal(clock=clock, kind=JournalKind.NURSE)
    assert caseload.kind == JournalKind.NURSE
    assert caseload.persons.all() == []
    own = memory_journal(clock=clock)
    assert [p.name for p in own.persons.all()] == ["me"]
    own.close()
    caseload.close()


def test_pragmas_keep_what_was_acknowledged(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    create_journal(path, passphrase=None, clock=clock).close()
    db = connect(path, None)
    assert db.row("PRAGMA journal_mode") == {"journal_mode": "wal"}
    assert db.row("PRAGMA synchronous") == {"synchronous": 2}
    assert db.row("PRAGMA foreign_keys") == {"foreign_keys": 1}
    tables = db.rows("PRAGMA table_list")
    ours = [
        t for t in tables if t["type"] == "table" and not t["name"].startswith(("sqlite_", "_sqlite", "dreams_fts"))
    ]
    assert len(ours) > 20
    assert all(t["strict"] == 1 for t in ours)
    db.conn.close()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_sqlite_utils_catches_the_drivers_own_errors(clock: FakeClock) -> None:
    # sqlite-utils binds its exception class at import; without the alias in store/connect.py this insert fails.
    db = connect(":memory:", None)
    table = db.utils["t"]
    table.insert({"a": 1})
    table.insert({"a": 2, "b": "new column"}, alter=True)
    assert db.rows("SELECT a, b FROM t") == [{"a": 1, "b": None}, {"a": 2, "b": "new column"}]
    db.conn.close()


def test_a_second_writer_is_told_in_words(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    first = create_journal(path, passphrase=None, clock=clock)
    db = connect(path, None)
    db.execute("PRAGMA busy_timeout = 10")
    with first.atomic(), pytest.raises(StoreError, match="another program"):
        db.execute("INSERT INTO settings (key, value) VALUES ('a', '1')")
    db.conn.close()
    first.close()
