"""The second place: its own schedule, an absent stick, what is said."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import backups, dreams, journals, restoring, second_place, settings
from dreamjournal.store import backups as folders
from tests.fakes import FakeClock


@pytest.fixture(params=[None, "stair"], ids=["plain", "keyed"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Any:
    opened = journals.create(tmp_path / "j.db", passphrase=request.param, clock=clock)
    dreams.save(opened, opened.persons.all()[0].id, DreamDraft(date(2026, 7, 8), "A stair."), clock)
    (tmp_path / "stick").mkdir()
    settings.set_value(opened, None, "backup_second_place", str(tmp_path / "stick"))
    yield opened
    opened.close()


def test_it_gets_the_newest_good_one_on_its_own_schedule(kept: Any, clock: FakeClock, tmp_path: Path) -> None:
    assert not second_place.due(kept, clock)  # nothing to copy yet
    first = backups.make(kept, "asked", clock)
    assert second_place.due(kept, clock)
    made = second_place.bring(kept, clock)
    assert made is not None and made.id == first.id and made.place == "second" and made.verified == clock.now()
    assert made.folder.parent == tmp_path / "stick" / "dreamjournal-backups" / f"journal-{kept.uid[:8]}"
    clock.advance(hours=2)
    second = backups.make(kept, "asked", clock)
    assert not second_place.due(kept, clock)
    clock.advance(hours=22)
    assert second_place.due(kept, clock)
    second_place.bring(kept, clock)
    assert [b.id for b in second_place.listed(tmp_path / "stick", kept.uid)] == [second.id, first.id]
    assert not second_place.due(kept, clock)


def test_an_absent_stick_is_mentioned_after_a_week(kept: Any, clock: FakeClock, tmp_path: Path) -> None:
    backups.make(kept, "asked", clock)
    second_place.bring(kept, clock)
    (tmp_path / "stick").rename(tmp_path / "away")
    clock.advance(days=6)
    assert not second_place.due(kept, clock) and second_place.bring(kept, clock) is None
    place = second_place.state(kept, clock)
    assert place is not None and not place.present and not place.missed
    clock.advance(days=2)
    place = second_place.state(kept, clock)
    assert place is not None and place.missed
    assert second_place.line(place, "9 July", kept.encrypted) == "The second place has not been seen since 9 July."
    assert not (tmp_path / "stick").exists()  # where a stick was mounted nothing is made


def test_a_plain_copy_is_said_to_be_readable(kept: Any, clock: FakeClock) -> None:
    place = second_place.state(kept, clock)
    assert place is not None
    assert (second_place.READABLE in second_place.line(place, "today", kept.encrypted)) == (not kept.encrypted)


def test_a_bad_backup_is_never_copied(kept: Any, clock: FakeClock, tmp_path: Path) -> None:
    made = backups.make(kept, "asked", clock)
    data = bytearray(made.file.read_bytes())
    data[-50] ^= 1
    made.file.write_bytes(data)
    with pytest.raises(folders.BackupNotGood):
        second_place.bring(kept, clock)
    assert second_place.listed(tmp_path / "stick", kept.uid) == ()


def test_a_stick_serves_another_machine(kept: Any, clock: FakeClock, tmp_path: Path) -> None:
    backups.make(kept, "asked", clock)
    second_place.bring(kept, clock)
    secret = "stair" if kept.key else ""
    shutil.copytree(tmp_path / "stick", tmp_path / "other")
    (one,) = second_place.found_in(tmp_path / "other")
    assert second_place.found_in(one.folder)[0].id == one.id == second_place.found_in(one.folder.parent)[0].id
    done = restoring.restore_as(one.folder, tmp_path / "machine" / "j.db", clock, secret=secret)
    again = journals.open_existing(done.path, passphrase=secret or None)
    assert [d.text for d in again.dreams.all(1)] == ["A stair."]
    again.close()


def test_what_is_no_folder_is_refused(kept: Any, clock: FakeClock, tmp_path: Path) -> None:
    for bad in ("relative/path", "x\ny", "/" + "x" * 2000):
        with pytest.raises(UserError):
            settings.set_value(kept, None, "backup_second_place", bad)
    made = backups.make(kept, "asked", clock)
    with pytest.raises(UserError):
        second_place.copy_to(made, tmp_path / "nowhere", kept.uid, kept.key, clock)
    assert second_place.found_in(tmp_path / "nowhere") == ()
