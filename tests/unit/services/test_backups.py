"""Backups: when one is made, what it holds, how a bad one is told, and which go."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import Cancelled, KnownError, StoreError, UserError, WrongPassphrase
from dreamjournal.common.progress import CallProgress, NoProgress
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import backups, dreams, journals
from dreamjournal.services import bin as the_bin
from dreamjournal.store import backups as folders
from dreamjournal.store import copying
from dreamjournal.store.connect import connect
from tests.fakes import FakeClock

NEEDLE = "zq-needle-in-a-dream"


@pytest.fixture(params=["plain", "keyed"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Any]:
    """A journal on the disk, plain and keyed."""
    passphrase = "stair" if request.param == "keyed" else None
    opened = journals.create(tmp_path / "j.db", passphrase=passphrase, clock=clock)
    yield opened
    opened.close()


def dream(journal: Any, clock: FakeClock, text: str = NEEDLE) -> None:
    dreams.save(journal, journal.persons.all()[0].id, DreamDraft(date(2026, 7, 8), text), clock)
    settle(journal.path)


def settle(path: Path) -> None:
    """Make the last write look older than the disk's clock can tell apart, without waiting for it."""
    for name in (path.name, path.name + "-wal", path.name + ".keys"):
        beside = path.with_name(name)
        if beside.exists():
            at = beside.stat().st_mtime_ns - 60_000_000_001
            os.utime(beside, ns=(at, at))


def test_an_empty_journal_and_one_in_memory_need_none(kept: Any, journal: Any, clock: FakeClock) -> None:
    assert backups.before(kept, "import", clock) is None and not backups.due(kept, clock)
    assert backups.before(journal, "import", clock) is None and not backups.due(journal, clock)
    with pytest.raises(UserError):
        backups.make(journal, "asked", clock)


def test_one_is_made_when_something_changed_and_not_again(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    made = backups.before(kept, "import", clock)
    assert (
        made is not None
        and made.reason == "import"
        and made.verified == clock.now()
        and made.encrypted == kept.encrypted
    )
    assert made.counts["dreams"] == 1 and made.counts["nights"] == 1 and made.uid == kept.uid
    assert backups.before(kept, "import", clock) is None
    dream(kept, clock, "another")
    again = backups.before(kept, "import", clock)
    assert again is not None and again.id != made.id
    assert [b.id for b in backups.listed(kept.path)] == [again.id, made.id]


def test_a_write_in_the_same_instant_never_counts_as_unchanged(kept: Any, clock: FakeClock) -> None:
    for n in range(6):
        dreams.save(kept, kept.persons.all()[0].id, DreamDraft(date(2026, 7, 1), f"word {n}"), clock)
        made = backups.before(kept, "import", clock)
        found = made or folders.current(kept.path)
        assert found is not None
        assert copying.read_through(found.file, kept.key, NoProgress()).counts["dreams"] == n + 1
        dreams.save(kept, kept.persons.all()[0].id, DreamDraft(date(2026, 7, 1), "at once"), clock)
        assert folders.current(kept.path) is None
        dreams.delete(kept, kept.dreams.all(kept.persons.all()[0].id)[-1].id, clock)


def test_a_change_of_an_old_row_counts(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    backups.before(kept, "import", clock)
    person = kept.persons.all()[0].id
    first = kept.dreams.all(person)[0]
    dreams.save(kept, person, DreamDraft(first.night_date, NEEDLE.upper()), clock, dream_id=first.id)
    assert backups.before(kept, "import", clock) is not None


def test_it_is_due_half_an_hour_after_the_last(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    assert backups.due(kept, clock)
    backups.make(kept, "timer", clock)
    dream(kept, clock, "another")
    clock.advance(minutes=29)
    assert not backups.due(kept, clock)
    clock.advance(minutes=1)
    assert backups.due(kept, clock)
    backups.make(kept, "timer", clock)
    clock.advance(hours=9)
    assert not backups.due(kept, clock)  # nothing changed
    dream(kept, clock, "third")
    clock.advance(days=-4000)  # a clock that was wrong must not keep backups away for years
    assert backups.due(kept, clock)


def test_the_folder_is_private_and_names_nothing(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    made = backups.make(kept, "asked", clock)
    assert made.id == "2026-07-09T200000Z" and made.folder == kept.path.parent / "backups" / "j.db" / made.id
    names = {p.name for p in made.folder.iterdir()}
    assert names == {"journal.db", "manifest.json"} | (
        {"journal.db.keys", "journal.db.keys.copy"} if kept.key else set()
    )
    for path in (made.folder.parent.parent, made.folder.parent, made.folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in made.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = json.loads((made.folder / "manifest.json").read_text())
    assert said["format"] == "dreamjournal-backup" and said["counts"]["dreams"] == 1 and NEEDLE not in json.dumps(said)
    if kept.key:
        assert NEEDLE.encode() not in made.file.read_bytes()
    assert backups.make(kept, "asked", clock).id == "2026-07-09T200000Z-2"


def test_a_person_can_open_the_copy_directly(kept: Any, clock: FakeClock, tmp_path: Path) -> None:
    dream(kept, clock)
    made = backups.make(kept, "asked", clock)
    opened = journals.open_existing(made.file, passphrase="stair" if kept.key else None)
    try:
        assert opened.dreams.all(opened.persons.all()[0].id)[0].text == NEEDLE and opened.uid == kept.uid
    finally:
        opened.close()


def test_the_copy_and_its_counts_are_of_one_moment(kept: Any, clock: FakeClock) -> None:
    # Somebody writes in the middle of it, again and again.
    dream(kept, clock)
    busy = connect(kept.path, kept.key)
    with busy.atomic():
        busy.execute_many(
            "INSERT INTO settings (person_id, key, value) VALUES (0, ?, '1')", ((f"a{n}",) for n in range(8000))
        )
    written = [0]

    def write(_done: int, _total: int, text: str) -> None:
        if text == "Copying":
            busy.execute("UPDATE dreams SET text = text || 'x' WHERE id = 1")
            busy.insert("settings", {"person_id": 0, "key": f"k{written[0]}", "value": "1"})
            written[0] += 1

    try:
        made = backups.make(kept, "asked", clock, CallProgress(write))
    finally:
        busy.conn.close()
    assert written[0] > 0
    assert copying.read_through(made.file, kept.key, NoProgress()).counts == made.counts


def test_it_can_be_stopped_and_leaves_nothing(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)

    def stop(_done: int, _total: int, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        backups.make(kept, "asked", clock, CallProgress(stop))
    assert backups.listed(kept.path) == () and not list(folders.folder_of(kept.path).iterdir())


def test_what_a_killed_run_left_is_cleared(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    home = folders.folder_of(kept.path)
    torn = home / ".2026-07-01T000000Z.0011aabb.part"
    torn.mkdir(parents=True)
    (torn / "journal.db").write_bytes(b"half")
    backups.make(kept, "asked", clock)
    assert not torn.exists()


def test_a_damaged_journal_gets_no_backup_and_the_old_ones_stay(kept: Any, clock: FakeClock) -> None:
    for n in range(4):
        dreams.save(kept, kept.persons.all()[0].id, DreamDraft(date(2026, 7, 8), f"{n} " + "word " * 40_000), clock)
    made = backups.make(kept, "asked", clock)
    kept.close()
    data = bytearray(kept.path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 8192] = bytes(8192)
    kept.path.write_bytes(data)
    with pytest.raises(KnownError) as told:
        folders.make(kept.path, kept.key, "asked", clock.now(), NoProgress())
    assert told.value.what in ("No backup was made", "The backup is not good")
    assert [b.id for b in backups.listed(kept.path)] == [made.id]


def test_every_flipped_bit_is_found(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    made = backups.make(kept, "asked", clock)
    assert backups.verify(kept.path, made.id, kept.key, clock).verified == clock.now()
    for name in sorted(p.name for p in made.folder.iterdir() if p.name != "manifest.json"):
        path = made.folder / name
        good = path.read_bytes()
        for at in range(0, len(good), max(1, len(good) // 9)):
            bad = bytearray(good)
            bad[at] ^= 4
            path.write_bytes(bad)
            with pytest.raises(folders.BackupNotGood):
                backups.verify(kept.path, made, kept.key, clock)
            assert backups.last_verified(kept.path) is None
        path.write_bytes(good)
    assert backups.verify(kept.path, made, kept.key, clock).verified == clock.now()
    assert backups.last_verified(kept.path) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}', "9" * 5000, "[" * 100_000])
def test_a_backup_without_a_readable_manifest_is_listed_as_not_good(kept: Any, clock: FakeClock, text: str) -> None:
    dream(kept, clock)
    made = backups.make(kept, "asked", clock)
    (made.folder / "manifest.json").write_text(text)
    (found,) = backups.listed(kept.path)
    assert found.verified is None and found.made == made.made and found.reason == "unknown"
    assert backups.wanted(kept)
    with pytest.raises(folders.BackupNotGood):
        backups.verify(kept.path, found, kept.key, clock)


def test_another_key_is_told_from_damage(tmp_path: Path, clock: FakeClock) -> None:
    keyed = journals.create(tmp_path / "k.db", passphrase="stair", clock=clock)
    dream(keyed, clock)
    made = backups.make(keyed, "asked", clock)
    with pytest.raises(WrongPassphrase):
        backups.verify(keyed.path, made, bytes(32), clock)
    assert backups.last_verified(keyed.path) is not None
    keyed.close()


def test_thinning_keeps_the_newest_good_one(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    for _ in range(6):
        backups.make(kept, "timer", clock)
        clock.advance(hours=4)
    clock.advance(days=5)
    newest = backups.make(kept, "timer", clock)
    gone = backups.thin(kept.path, clock)
    left = [b.id for b in backups.listed(kept.path)]
    assert left[0] == newest.id and len(left) == 2 + (1 if len(gone) == 4 else 0) and len(left) + len(gone) == 7
    assert backups.thin(kept.path, clock) == ()


def test_the_old_bin_is_emptied_after_a_backup(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    the_bin.discard_dream(kept, 1, clock)
    clock.advance(days=31)
    assert the_bin.purge_old(kept, clock) == 1
    (made,) = backups.listed(kept.path)
    assert made.reason == "delete" and made.counts["bin"] == 1
    assert the_bin.purge_old(kept, clock) == 0 and len(backups.listed(kept.path)) == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="a folder that cannot be written")
def test_nothing_risky_begins_without_its_backup(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    kept.path.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError) as told:
            backups.before(kept, "import", clock)
        assert "no backup could be made" in told.value.why
    finally:
        kept.path.parent.chmod(0o700)


def test_a_file_where_the_folder_should_be_is_said(kept: Any, clock: FakeClock) -> None:
    dream(kept, clock)
    (kept.path.parent / "backups").write_text("x")
    with pytest.raises(StoreError) as told:
        backups.before(kept, "import", clock)
    assert told.value.sentence.startswith("Nothing was done: no backup could be made before it, ")


def test_words() -> None:
    assert backups.counts_words({"nights": 1204, "dreams": 312}) == "1,204 nights, 312 dreams"
    assert backups.counts_words({"nights": 1}) == "1 night, 0 dreams"
    assert backups.newer_words({"nights": 4, "dreams": 2}, {"nights": 1, "dreams": 2}) == "3 nights came in since"
    assert backups.newer_words({"nights": 1}, {"nights": 1}) == ""
    assert set(backups.WHY) == {*folders.REASONS, "unknown"}


def test_an_older_journal_is_backed_up_before_it_is_brought_up_to_date(tmp_path: Path) -> None:
    from tests.torture import old_journals

    path = tmp_path / "old.db"
    old_journals.make(path, None, 3)
    journals.open_existing(path).close()
    (found,) = backups.listed(path)
    assert found.reason == "migration" and found.schema == 3 and found.verified is not None
    journals.open_existing(path).close()
    assert len(backups.listed(path)) == 1


def test_a_migration_is_refused_without_its_backup(tmp_path: Path) -> None:
    from tests.torture import old_journals

    path = tmp_path / "old.db"
    old_journals.make(path, None, 3)
    (tmp_path / "backups").write_text("in the way")
    with pytest.raises(StoreError) as told:
        journals.open_existing(path)
    assert told.value.what == "The journal was not opened" and "no backup could be made" in told.value.why
    db = connect(path, None)
    try:
        assert db.row("PRAGMA user_version") == {"user_version": 3}
    finally:
        db.conn.close()
