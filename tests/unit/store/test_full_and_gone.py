"""A disk without room and a file that is gone: all or nothing, and never "saved" into nowhere."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path

import pytest

from dreamjournal.common.errors import DiskFull, KnownError, StoreError
from dreamjournal.services import dreams, room
from dreamjournal.store import ballast
from dreamjournal.store.journal import Journal, create_journal, open_journal


@pytest.fixture
def filed(tmp_path: Path, clock):
    journal = create_journal(tmp_path / "j" / "journal.db", passphrase=None, clock=clock)
    yield journal
    journal.close()


def kept(journal: Journal, text: str, clock) -> None:
    from datetime import date

    room.kept(journal, lambda: dreams.autosave(journal, 1, "night", date(2026, 7, 9), text, clock))


def said(journal: Journal) -> str:
    found = dreams.draft(journal, 1, "night")
    return "" if found is None else found.text


def hold_down(journal: Journal) -> None:
    pages = journal._db.row("PRAGMA page_count")
    assert pages is not None
    journal._db.rows(f"PRAGMA max_page_count = {pages['page_count'] + 1}")


def two_of_which_one_does_not_fit(journal: Journal, clock) -> None:
    with journal.atomic():
        kept(journal, "second", clock)
        kept(journal, "x" * 200_000, clock)


def swallowed(journal: Journal, clock) -> None:
    with journal.atomic():
        with contextlib.suppress(KnownError):
            kept(journal, "x" * 200_000, clock)
        kept(journal, "after", clock)


def swallowed_at_the_end(journal: Journal, clock) -> None:
    with journal.atomic(), contextlib.suppress(KnownError):
        kept(journal, "x" * 200_000, clock)


def swallowed_inside(journal: Journal, clock) -> None:
    with journal.atomic():
        with contextlib.suppress(KnownError), journal.atomic():
            kept(journal, "x" * 200_000, clock)
        kept(journal, "after", clock)


@pytest.mark.parametrize(
    ("unit", "error"),
    [
        (two_of_which_one_does_not_fit, DiskFull),
        (swallowed, StoreError),
        (swallowed_at_the_end, StoreError),
        (swallowed_inside, StoreError),
    ],
)
def test_a_full_disk_rolls_back_the_whole_unit_and_nothing_follows(journal, clock, unit, error):
    kept(journal, "first", clock)
    hold_down(journal)
    with pytest.raises(error):
        unit(journal, clock)
    assert said(journal) == "first"
    assert not journal.in_unit
    kept(journal, "third", clock)
    assert said(journal) == "third"


def test_a_journal_deleted_while_open_is_not_written_into_nowhere(filed, clock):
    kept(filed, "first", clock)
    filed.path.unlink()
    with pytest.raises(StoreError, match="no longer where it was opened"):
        kept(filed, "second", clock)


def test_a_journal_replaced_while_open_is_not_written_into(filed, clock, tmp_path):
    kept(filed, "first", clock)
    shutil.copy(filed.path, tmp_path / "copy")
    os.replace(tmp_path / "copy", filed.path)
    with pytest.raises(StoreError, match="no longer where it was opened"):
        kept(filed, "second", clock)


def test_a_folder_moved_away_and_put_back(filed, clock):
    kept(filed, "first", clock)
    folder = filed.path.parent
    folder.rename(folder.with_name("away"))
    with pytest.raises(StoreError, match="no longer where it was opened"):
        kept(filed, "second", clock)
    folder.with_name("away").rename(folder)
    kept(filed, "third", clock)
    again = open_journal(filed.path)
    assert said(again) == "third"
    again.close()


def test_a_log_taken_away_while_open_is_noticed_and_what_was_saved_is_not_lost(tmp_path, clock):
    path = tmp_path / "journal.db"
    first = create_journal(path, passphrase=None, clock=clock)
    kept(first, "first", clock)
    path.with_name("journal.db-wal").unlink()
    with pytest.raises(StoreError, match="no longer where it was opened"):
        kept(first, "second", clock)
    first.close()
    again = open_journal(path)
    assert said(again) == "first"
    again.close()


def test_other_connections_that_come_and_go_are_no_loss(filed, clock):
    for n in range(3):
        other = open_journal(filed.path)
        kept(other, f"other {n}", clock)
        kept(filed, f"this {n}", clock)
        other.close()
        kept(filed, f"again {n}", clock)
    assert said(filed) == "again 2"


def test_the_ballast_is_real_private_and_given_up(filed):
    assert room.refill(filed.path)
    path = ballast.ballast_path(filed.path)
    found = path.stat()
    assert found.st_size == ballast.BYTES
    assert found.st_blocks * 512 >= ballast.BYTES
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert room.refill(filed.path)
    assert path.stat().st_ino == found.st_ino
    assert ballast.give_up(filed.path)
    assert not path.exists()
    assert not ballast.give_up(filed.path)


def test_a_full_disk_gives_the_ballast_up_and_tries_once_more(filed, clock):
    room.refill(filed.path)
    tried: list[int] = []

    def work() -> str:
        tried.append(1)
        if ballast.ballast_path(filed.path).exists():
            raise DiskFull("Not saved", "the disk is full")
        return "saved"

    assert room.kept(filed, work) == "saved"
    assert len(tried) == 2

    def never() -> None:
        tried.append(1)
        raise DiskFull("Not saved", "the disk is full")

    room.refill(filed.path)
    with pytest.raises(DiskFull):
        room.kept(filed, never)
    assert len(tried) == 4
    with pytest.raises(DiskFull):
        room.kept(filed, never)
    assert len(tried) == 5


def test_other_errors_leave_the_ballast(filed):
    room.refill(filed.path)

    def busy() -> None:
        raise StoreError("Not saved", "something else")

    with pytest.raises(StoreError, match="something else"):
        room.kept(filed, busy)
    assert ballast.ballast_path(filed.path).exists()


def test_no_ballast_in_a_nearly_full_place_or_where_nothing_can_be_written(filed, monkeypatch, tmp_path):
    monkeypatch.setattr(ballast, "SPARE", 1 << 60)
    assert not room.refill(filed.path)
    monkeypatch.undo()
    assert not room.refill(tmp_path / "none" / "journal.db")
    link = ballast.ballast_path(filed.path)
    other = tmp_path / "other"
    other.write_text("mine")
    link.symlink_to(other)
    assert not room.refill(filed.path)
    assert other.read_text() == "mine"
    link.unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not room.refill(filed.path)
    assert not link.exists()
