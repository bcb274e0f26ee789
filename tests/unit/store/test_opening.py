"""Each thing that may lie where a journal should is told apart in a sentence, and nothing on the disk changes."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import JournalDamaged, JournalTooNew, KnownError, StoreError, UserError, WrongPassphrase
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.services import dreams
from dreamjournal.store import quarantine
from dreamjournal.store.connect import connect, dbapi2
from dreamjournal.store.journal import create_journal, open_journal, reopen_journal
from tests.fakes import FakeClock

WORDS = [None, "four ordinary words"]


def made(
    path: Path, clock: FakeClock, passphrase: str | None, texts: tuple[str, ...] = ("a stair into the sea",)
) -> Path:
    """A closed journal with these dreams."""
    journal = create_journal(path, passphrase=passphrase, clock=clock)
    for text in texts:
        dreams.save(journal, 1, DreamDraft(date(2026, 7, 1), text, Recall.REPORT), clock)
    journal.close()
    return path


def hot(path: Path, passphrase: str | None, clock: FakeClock, text: str) -> None:
    """Add a dream that stays in the log, as after a kill: the files are copied while the journal is open."""
    journal = open_journal(path, passphrase=passphrase)
    dreams.save(journal, 1, DreamDraft(date(2026, 7, 2), text, Recall.REPORT), clock)
    kept = {e: Path(f"{path}{e}").read_bytes() for e in ("", "-wal")}
    journal.close()
    Path(f"{path}-shm").unlink(missing_ok=True)
    for ending, data in kept.items():
        Path(f"{path}{ending}").write_bytes(data)


def told(path: Path, passphrase: str | None = None) -> KnownError:
    """The error of opening; the folder must be byte for byte as it was."""
    before = folder(path.parent)
    with pytest.raises(KnownError) as caught:
        open_journal(path, passphrase=passphrase)
    assert folder(path.parent) == before
    assert caught.value.what_now, "every refusal names a way out"
    return caught.value


def folder(path: Path) -> dict[str, str]:
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in path.iterdir()
        if p.is_file() and not p.name.endswith("-shm")
    }


def texts(path: Path, passphrase: str | None) -> list[str]:
    journal = open_journal(path, passphrase=passphrase)
    try:
        return sorted(d.text for d in journal.dreams.all(1))
    finally:
        journal.close()


def test_what_is_no_journal_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    cases: list[tuple[bytes, type[KnownError], str]] = [
        (b"", JournalDamaged, "empty"),
        (b"Dear diary,\n" * 1000, UserError, "another kind"),
        (b"PK\x03\x04" + os.urandom(8000), UserError, "another kind"),
        (os.urandom(8192), StoreError, "key file is missing"),
        (os.urandom(60), UserError, "another kind"),
    ]
    for data, kind, words in cases:
        path.write_bytes(data)
        assert isinstance(error := told(path), kind)
        assert words in error.sentence
    path.unlink()
    path.mkdir()
    with pytest.raises(UserError, match="folder of that name"):
        open_journal(path)


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    conn = dbapi2.connect(str(path))
    conn.execute("CREATE TABLE photos (id INTEGER, journal TEXT)")
    conn.execute("PRAGMA user_version = 4711")
    conn.commit()
    conn.close()
    error = told(path)
    assert isinstance(error, UserError)
    assert "another program" in error.sentence


@pytest.mark.parametrize("passphrase", WORDS)
def test_a_newer_journal_with_a_full_log_is_byte_for_byte_the_same(
    tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path = made(tmp_path / "journal.db", clock, passphrase)
    journal = open_journal(path, passphrase=passphrase)
    db = connect(path, journal.key)
    db.execute("PRAGMA user_version = 999")
    kept = {e: Path(f"{path}{e}").read_bytes() for e in ("", "-wal")}
    assert len(kept["-wal"]) > 32
    db.conn.close()
    journal.close()
    for ending, data in kept.items():
        Path(f"{path}{ending}").write_bytes(data)
    assert isinstance(told(path, passphrase), JournalTooNew)


def test_a_wrong_passphrase_a_damaged_page_and_a_foreign_key_file_are_three_things(
    tmp_path: Path, clock: FakeClock
) -> None:
    path = made(tmp_path / "a" / "journal.db", clock, "right")
    other = made(tmp_path / "b" / "journal.db", clock, "other")
    assert isinstance(told(path, "wrong"), WrongPassphrase)
    good = path.read_bytes()
    path.write_bytes(good[:200] + bytes(100) + good[300:])
    error = told(path, "right")
    assert isinstance(error, JournalDamaged)
    assert "backup" in error.what_now
    path.write_bytes(good)
    for ending in (".keys", ".keys.copy"):
        shutil.copy(f"{other}{ending}", f"{path}{ending}")
    error = told(path, "other")
    assert not isinstance(error, WrongPassphrase)
    assert "another journal" in error.sentence


def test_a_plain_file_beside_key_files_is_not_taken_for_the_journal(tmp_path: Path, clock: FakeClock) -> None:
    path = made(tmp_path / "a" / "journal.db", clock, "right")
    plain = made(tmp_path / "b" / "journal.db", clock, None)
    shutil.copy(plain, path)
    assert "not encrypted" in told(path, "right").sentence


def test_an_encrypted_file_without_its_key_file_says_where_another_is(tmp_path: Path, clock: FakeClock) -> None:
    path = made(tmp_path / "journal.db", clock, "right")
    for ending in (".keys", ".keys.copy"):
        Path(f"{path}{ending}").unlink()
    assert "every backup" in told(path).sentence


@pytest.mark.parametrize("passphrase", WORDS)
def test_a_file_that_was_cut_short_is_damaged(tmp_path: Path, clock: FakeClock, passphrase: str | None) -> None:
    path = made(tmp_path / "journal.db", clock, passphrase)
    with path.open("r+b") as stream:
        stream.truncate(4096 * 3)
    with pytest.raises(JournalDamaged):
        open_journal(path, passphrase=passphrase)


@pytest.mark.parametrize("passphrase", WORDS)
def test_a_log_of_its_own_is_replayed(tmp_path: Path, clock: FakeClock, passphrase: str | None) -> None:
    path = made(tmp_path / "journal.db", clock, passphrase)
    hot(path, passphrase, clock, "kept in the log")
    journal = open_journal(path, passphrase=passphrase)
    assert journal.notices == ()
    journal.close()
    assert texts(path, passphrase) == ["a stair into the sea", "kept in the log"]
    assert not list(tmp_path.glob("*set-aside*"))


@pytest.mark.parametrize("passphrase", WORDS)
def test_a_journal_that_is_nearly_all_in_its_log_is_replayed(
    tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path = tmp_path / "journal.db"
    journal = create_journal(path, passphrase=passphrase, clock=clock)
    dreams.save(journal, 1, DreamDraft(date(2026, 7, 2), "soon after", Recall.REPORT), clock)
    kept = {e: Path(f"{path}{e}").read_bytes() for e in ("", "-wal")}
    journal.close()
    for ending, data in kept.items():
        Path(f"{path}{ending}").write_bytes(data)
    assert texts(path, passphrase) == ["soon after"]


@pytest.mark.parametrize("passphrase", WORDS)
def test_the_log_of_another_journal_is_set_aside_and_said_once(
    tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path = made(tmp_path / "a" / "journal.db", clock, passphrase, tuple(f"mine {n}" for n in range(30)))
    other = tmp_path / "b" / "journal.db"
    journal = create_journal(other, passphrase="other" if passphrase else None, clock=clock)
    with journal.atomic():
        journal._db.execute("UPDATE journal SET made = made + 1")
    for n in range(5):
        dreams.save(journal, 1, DreamDraft(date(2026, 7, 3), f"theirs {n}" * 300, Recall.REPORT), clock)
    log = Path(f"{other}-wal").read_bytes()
    journal.close()
    Path(f"{path}-wal").write_bytes(log)
    before = path.read_bytes()
    opened = open_journal(path, passphrase=passphrase)
    assert len(opened.notices) == 1
    assert "nothing was deleted" in opened.notices[0]
    opened.close()
    assert path.read_bytes() == before
    (aside,) = path.parent.glob("*.set-aside-*")
    assert aside.read_bytes() == log
    assert texts(path, passphrase) == sorted(f"mine {n}" for n in range(30))
    again = open_journal(path, passphrase=passphrase)
    assert again.notices == ()
    again.close()


@pytest.mark.parametrize("passphrase", WORDS)
def test_the_old_log_under_a_backup_copied_over_the_journal_is_set_aside(
    tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path = made(tmp_path / "journal.db", clock, passphrase, ("first",))
    backup = path.read_bytes()
    journal = open_journal(path, passphrase=passphrase)
    with journal.atomic():
        for n in range(60):
            dreams.save(journal, 1, DreamDraft(date(2026, 7, 1), f"later {n} " * 200, Recall.REPORT), clock)
    journal.close()
    hot(path, passphrase, clock, "in the log")
    path.write_bytes(backup)
    os.utime(path, ns=(path.stat().st_atime_ns, Path(f"{path}-wal").stat().st_mtime_ns + 1_000_000))
    journal = open_journal(path, passphrase=passphrase)
    assert len(journal.notices) == 1
    assert [d.text for d in journal.dreams.all(1)] == ["first"]
    journal.close()


def test_a_log_in_use_is_not_looked_into(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "journal.db", clock, None)
    first = open_journal(path)
    dreams.save(first, 1, DreamDraft(date(2026, 7, 2), "open", Recall.REPORT), clock)
    tried: list[Any] = []
    monkeypatch.setattr(quarantine, "_try", lambda *a, **k: tried.append(a))
    if Path("/proc/locks").exists():
        open_journal(path).close()
        assert tried == []
    first.close()


def test_a_second_connection_of_this_process_opens_no_file_by_itself(tmp_path: Path, clock: FakeClock) -> None:
    path = made(tmp_path / "journal.db", clock, "right")
    first = open_journal(path, passphrase="right")
    second = reopen_journal(first)
    assert [d.text for d in second.dreams.all(1)] == ["a stair into the sea"]
    second.close()
    first.close()


@pytest.mark.parametrize("passphrase", WORDS)
def test_a_log_damaged_in_its_middle_is_said(tmp_path: Path, clock: FakeClock, passphrase: str | None) -> None:
    path = made(tmp_path / "journal.db", clock, passphrase)
    journal = open_journal(path, passphrase=passphrase)
    for n in range(6):
        dreams.save(journal, 1, DreamDraft(date(2026, 7, 2), f"in the log {n}", Recall.REPORT), clock)
    kept = {e: bytearray(Path(f"{path}{e}").read_bytes()) for e in ("", "-wal")}
    journal.close()
    kept["-wal"][32 + 24 + 4120 + 300] ^= 1
    for ending, data in kept.items():
        Path(f"{path}{ending}").write_bytes(data)
    journal = open_journal(path, passphrase=passphrase)
    assert len(journal.notices) == 1
    assert "may be missing" in journal.notices[0]
    journal.close()
    (copy,) = tmp_path.glob("*-wal.damaged-*")
    assert copy.read_bytes() == kept["-wal"]


def test_the_key_in_hand_opens_also_without_the_key_file(tmp_path: Path, clock: FakeClock) -> None:
    path = made(tmp_path / "journal.db", clock, WORDS[1])
    journal = open_journal(path, passphrase=WORDS[1])
    key = journal.key
    journal.close()
    for ending in (".keys", ".keys.copy"):
        Path(f"{path}{ending}").unlink()
    assert "key file is missing" in told(path).sentence
    again = open_journal(path, key=key)
    assert len(again.dreams.all(1)) == 1
    again.close()
