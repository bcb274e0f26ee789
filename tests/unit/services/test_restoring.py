"""Restoring: the journal of then under the protection of now, or, where nothing else is left, that of then."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import Cancelled, JournalTooNew, KnownError, UserError, WrongPassphrase
from dreamjournal.common.progress import CallProgress
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import backups, dreams, holding, journals, restoring
from dreamjournal.store import backups as folders
from dreamjournal.store import slots
from dreamjournal.store.connect import SCHEMA_VERSION, connect
from tests.fakes import FakeClock

THEN, NOW = "the words of then", "the words of now"


def write(path: Path, clock: FakeClock, text: str, secret: str | None) -> None:
    opened = journals.open_existing(path, passphrase=secret)
    dreams.save(opened, opened.persons.all()[0].id, DreamDraft(date(2026, 7, 8), text), clock)
    opened.close()


def texts(path: Path, secret: str | None) -> list[str]:
    opened = journals.open_existing(path, passphrase=secret)
    try:
        return sorted(d.text for d in opened.dreams.all(opened.persons.all()[0].id))
    finally:
        opened.close()


def begun(path: Path, clock: FakeClock, secret: str | None) -> Any:
    """A closed journal with a backup that holds THEN; the journal holds NOW as well."""
    made = journals.create(path, passphrase=secret, clock=clock)
    dreams.save(made, made.persons.all()[0].id, DreamDraft(date(2026, 7, 7), THEN), clock)
    backup = backups.make(made, "asked", clock)
    made.close()
    clock.advance(hours=1)
    write(path, clock, NOW, secret)
    return backup


@pytest.fixture(params=[None, "stair"], ids=["plain", "keyed"])
def secret(request: pytest.FixtureRequest) -> str | None:
    return request.param


def no_stage_left(path: Path) -> None:
    assert [p.name for p in path.parent.iterdir() if p.name.endswith(".part")] == []


def test_there_and_back_again(tmp_path: Path, clock: FakeClock, secret: str | None) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, secret)
    done = restoring.restore(path, backup.id, None, clock, secret=secret or "")
    assert texts(path, secret) == [THEN]
    assert done.before is not None and done.before.reason == "restore" and done.aside is None
    assert done.opens_with == ("now" if secret else "nothing")
    back = restoring.restore(path, done.before.id, None, clock, secret=secret or "")
    assert texts(path, secret) == [NOW, THEN] and "kept as the backup" in back.words
    assert {b.id for b in backups.listed(path)} >= {backup.id, done.before.id}
    no_stage_left(path)


def test_a_changed_passphrase_stays(tmp_path: Path, clock: FakeClock) -> None:
    from dreamjournal.services import keys

    path = tmp_path / "j.db"
    backup = begun(path, clock, "stair")
    keys.change_passphrase(path, keys.unlock(path, "stair"), "another one")
    done = restoring.restore(path, backup, keys.unlock(path, "another one"), clock)
    assert done.opens_with == "now" and texts(path, "another one") == [THEN]
    with pytest.raises(WrongPassphrase):
        texts(path, "stair")


def test_a_journal_with_a_new_key_keeps_it(tmp_path: Path, clock: FakeClock) -> None:
    from dreamjournal.services import keys

    path = tmp_path / "j.db"
    backup = begun(path, clock, "stair")
    key = keys.rekey(path, keys.unlock(path, "stair"), clock)
    with pytest.raises(WrongPassphrase):
        restoring.restore(path, backup, key, clock)  # the old key is wanted as well
    assert not restoring.opens(backup, key)
    done = restoring.restore(path, backup, key, clock, secret="stair")
    assert done.opens_with == "now" and texts(path, "stair") == [THEN] and keys.unlock(path, "stair") == key
    assert restoring.restore(path, done.before.id, key, clock).opens_with == "now"
    assert texts(path, "stair") == [NOW, THEN]


def test_a_plain_backup_never_takes_the_encryption_away(tmp_path: Path, clock: FakeClock) -> None:
    from dreamjournal.domain.protection import Protection
    from dreamjournal.services import keys

    path = tmp_path / "j.db"
    backup = begun(path, clock, None)
    keys.encrypt(path, protection=Protection.PASSPHRASE, passphrase="stair", clock=clock)
    done = restoring.restore(path, backup, None, clock, secret="stair")
    assert done.opens_with == "now" and texts(path, "stair") == [THEN] and THEN.encode() not in path.read_bytes()


def test_an_encrypted_backup_over_a_plain_journal_is_plain(tmp_path: Path, clock: FakeClock) -> None:
    from dreamjournal.services import keys

    path = tmp_path / "j.db"
    backup = begun(path, clock, "stair")
    keys.decrypt(path, keys.unlock(path, "stair"), clock)
    done = restoring.restore(path, backup, None, clock, secret="stair")
    assert done.opens_with == "nothing" and texts(path, None) == [THEN]


@pytest.mark.parametrize("damage", ["head", "middle", "cut", "empty", "other"])
def test_what_cannot_be_read_is_set_aside_whole(
    tmp_path: Path, clock: FakeClock, secret: str | None, damage: str
) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, secret)
    data = bytearray(path.read_bytes())
    if damage == "head":
        data[:4096] = os.urandom(4096)
    elif damage == "middle":
        data[4096:] = os.urandom(len(data) - 4096)
    elif damage == "cut":
        del data[5000:]
    elif damage == "empty":
        data.clear()
    else:
        data[:] = b"PK\x03\x04 not a journal" * 500
    path.write_bytes(data)
    path.with_name("j.db-wal").write_bytes(b"stray")
    done = restoring.restore(path, backup, None, clock, secret=secret or "")
    assert texts(path, secret) == [THEN]
    assert done.aside is not None and done.aside.read_bytes() == data and done.before is None
    assert (tmp_path / f"{done.aside.name}-wal").read_bytes() == b"stray"
    assert not path.with_name("j.db-wal").exists() or path.with_name("j.db-wal").stat().st_size == 0
    assert (tmp_path / f"{done.aside.name}.keys").exists() == bool(secret)
    no_stage_left(path)


def test_a_lost_journal_comes_back(tmp_path: Path, clock: FakeClock, secret: str | None) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, secret)
    for old in tmp_path.glob("j.db*"):
        old.unlink()
    restoring.restore(path, backup.id, None, clock, secret=secret or "")
    assert texts(path, secret) == [THEN]


def test_a_forgotten_new_passphrase_does_not_lock_the_old_backup(tmp_path: Path, clock: FakeClock) -> None:
    from dreamjournal.services import keys

    path = tmp_path / "j.db"
    backup = begun(path, clock, "stair")
    key = keys.unlock(path, "stair")
    keys.change_passphrase(path, keys.rekey(path, key, clock), "forgotten")
    done = restoring.restore(path, backup, None, clock, secret="stair")
    assert done.opens_with == "then" and texts(path, "stair") == [THEN]
    assert done.aside is not None and texts(done.aside, "forgotten") == [NOW, THEN]


def test_of_another_journal_it_is_refused(tmp_path: Path, clock: FakeClock, secret: str | None) -> None:
    path, other = tmp_path / "j.db", tmp_path / "other" / "j.db"
    begun(path, clock, secret)
    foreign = begun(other, clock, secret)
    before = path.read_bytes()
    with pytest.raises(UserError) as told:
        restoring.restore(path, foreign, None, clock, secret=secret or "")
    assert "another journal" in told.value.sentence and path.read_bytes() == before
    path.write_bytes(b"x" * 9000)  # nor over a damaged one, whose own backups are known
    with pytest.raises(UserError):
        restoring.restore(path, foreign, None, clock, secret=secret or "")
    done = restoring.restore_as(foreign.folder, tmp_path / "new" / "n.db", clock, secret=secret or "")
    assert texts(done.path, secret) == [THEN]
    with pytest.raises(UserError):
        restoring.restore_as(foreign.folder, done.path, clock, secret=secret or "")


def test_a_flipped_bit_is_refused(tmp_path: Path, clock: FakeClock, secret: str | None) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, secret)
    data = bytearray(backup.file.read_bytes())
    data[len(data) // 2] ^= 1
    backup.file.write_bytes(data)
    before = path.read_bytes()
    with pytest.raises(folders.BackupNotGood):
        restoring.restore(path, backup, None, clock, secret=secret or "")
    assert path.read_bytes() == before and texts(path, secret) == [NOW, THEN]
    no_stage_left(path)


def test_one_damaged_copy_of_the_slots_is_no_matter(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, "stair")
    (backup.folder / "journal.db.keys").write_bytes(b"{")
    for old in tmp_path.glob("j.db*"):
        old.unlink()
    restoring.restore(path, backup, None, clock, secret="stair")
    assert texts(path, "stair") == [THEN]


def test_the_wrong_passphrase_changes_nothing(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, "stair")
    for given in ("", "wrong"):
        with pytest.raises(WrongPassphrase):
            restoring.restore(path, backup, None, clock, secret=given)
    assert texts(path, "stair") == [NOW, THEN]


def test_a_newer_backup_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, None)
    db = connect(backup.file, None)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.conn.close()
    from dataclasses import replace

    from dreamjournal.common.progress import NoProgress

    (backup.folder / "manifest.json").write_bytes(
        folders.manifest(replace(backup, digests=folders.digests(backup.folder, NoProgress())))
    )
    with pytest.raises(JournalTooNew):
        restoring.restore(path, backup.id, None, clock)
    assert texts(path, None) == [NOW, THEN]


def test_not_while_a_window_has_it(tmp_path: Path, clock: FakeClock) -> None:
    import subprocess
    import sys

    path = tmp_path / "j.db"
    backup = begun(path, clock, None)
    held = (
        "from pathlib import Path; import sys; from dreamjournal.services.holding import hold; "
        f"h = hold(Path({str(path)!r})); print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None and child.stdout.readline().strip() == b"held"
        with pytest.raises(holding.HeldElsewhere):
            restoring.restore(path, backup, None, clock)
    finally:
        child.communicate(b"")
    restoring.restore(path, backup, None, clock)
    assert texts(path, None) == [THEN]


def test_not_while_a_program_reads_it(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, None)
    other = journals.open_existing(path)
    write(path, clock, "third", None)
    other.dump.count("dreams")
    with other.dump.snapshot():
        other.dump.count("dreams")
        with pytest.raises(KnownError) as told:
            restoring.restore(path, backup, None, clock)
    other.close()
    assert "close it and try again" in told.value.sentence
    assert texts(path, None) == sorted([NOW, THEN, "third"])


def test_stopping_changes_nothing(tmp_path: Path, clock: FakeClock, secret: str | None) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, secret)

    def stop(_done: int, _total: int, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        restoring.restore(path, backup, None, clock, secret=secret or "", progress=CallProgress(stop))
    assert texts(path, secret) == [NOW, THEN]
    no_stage_left(path)


def test_an_older_schema_comes_up_to_date_after_another_backup(tmp_path: Path, clock: FakeClock) -> None:
    from tests.torture import old_journals

    path = tmp_path / "old.db"
    old_journals.make(path, None, 2)
    journals.open_existing(path).close()
    (backup,) = backups.listed(path)
    restoring.restore(path, backup, None, clock)
    opened = journals.open_existing(path)
    assert opened.uid
    opened.close()
    assert [b.reason for b in backups.listed(path)].count("migration") == 2


def test_the_slots_of_a_backup_stay_as_they_were(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "j.db"
    backup = begun(path, clock, "stair")
    key = slots.unlock(path, "stair")
    assert restoring.key_of(backup, None, "stair") == key
    backups.verify(path, backup, key, clock)
    shutil.copytree(backup.folder, tmp_path / "stick")
    restoring.restore_as(tmp_path / "stick", tmp_path / "n.db", clock, secret="stair")
    assert folders.read(tmp_path / "stick").digests == backup.digests
