"""A place that is not good for a journal is told of once."""

from __future__ import annotations

from pathlib import Path

from dreamjournal.services import journals, once
from tests.fakes import FakeClock


def test_a_copied_folder_is_told_of_once_and_another_one_again(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "Dropbox" / "journal.db"
    journal = journals.create(path, passphrase=None, clock=clock)
    said = once.to_tell(journal)
    assert "Dropbox" in said
    assert "second place" in said
    assert once.to_tell(journal) == ""
    journal.close()
    moved = tmp_path / "Nextcloud" / "journal.db"
    moved.parent.mkdir()
    path.rename(moved)
    journal = journals.open_existing(moved)
    assert "Nextcloud" in once.to_tell(journal)
    journal.close()


def test_a_place_of_its_own_says_nothing(tmp_path: Path, clock: FakeClock) -> None:
    journal = journals.create(tmp_path / "journal.db", passphrase=None, clock=clock)
    assert once.to_tell(journal) == ""
    journal.close()
