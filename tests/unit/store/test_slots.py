"""The slot file: what is bound is noticed, the newer whole copy counts, old ones are read, and nothing blocks."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import JournalBusy, StoreError, WrongPassphrase
from dreamjournal.domain import recovery_code
from dreamjournal.store import encryption, slots
from dreamjournal.store.connect import connect
from dreamjournal.store.encryption import BadSlots, Cost, Database, SlotFile
from dreamjournal.store.journal import create_journal, open_journal
from tests.fakes import FakeClock

CHEAP = Cost(64, 1, 1)
CODE = bytes(range(16))
NOW = datetime(2026, 7, 9, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "ARGON", CHEAP)


@pytest.fixture
def path(tmp_path: Path, clock: FakeClock) -> Path:
    made = tmp_path / "journal.db"
    create_journal(made, passphrase="moth", code=CODE, clock=clock).close()
    return made


def both(path: Path) -> tuple[Path, Path]:
    return slots.copies(path)


def state(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def test_two_copies_are_alike_and_hold_no_secret(path: Path) -> None:
    first, second = (p.read_bytes() for p in both(path))
    assert first == second
    key = slots.unlock(path, "moth")
    for secret in (b"moth", key, key.hex().encode(), CODE, recovery_code.shown(CODE).encode()):
        assert secret not in first
    if os.name == "posix":
        assert all(p.stat().st_mode & 0o777 == 0o600 for p in both(path))


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_any_passphrase_opens_and_no_other_does(passphrase: str, other: str) -> None:
    database = Database("uid", encryption.new_salt(), encryption.new_key())
    slot = encryption.passphrase_slot(database, passphrase, "", CHEAP)
    file = SlotFile("uid", 1, (slot,))
    assert encryption.key_by_passphrase(file, slot, database.salt, passphrase) == database.key
    import unicodedata

    same = unicodedata.normalize("NFC", passphrase) == unicodedata.normalize("NFC", other)
    assert (encryption.key_by_passphrase(file, slot, database.salt, other) is not None) == same


@pytest.mark.parametrize("field", ["made", "salt", "public", "nonce", "private", "memory_kib", "time", "opens"])
def test_a_changed_field_of_a_slot_opens_nothing(path: Path, field: str) -> None:
    file = encryption.decode(both(path)[0].read_bytes())
    assert isinstance(file, SlotFile)
    slot = file.slots[0]
    value: Any = getattr(slot, field)
    changed: Any = {
        str: lambda v: v + "x", bytes: lambda v: bytes([v[0] ^ 1]) + v[1:], int: lambda v: v + 1,
        tuple: lambda v: (msgspec.structs.replace(v[0], key=bytes([v[0].key[0] ^ 1]) + v[0].key[1:]),),
    }[type(value)](value)  # fmt: skip
    bad = msgspec.structs.replace(slot, **{field: changed})
    salt = slots.salt_of(path)
    if field == "opens":  # the secret is right, what it opens is damaged: not a wrong passphrase
        with pytest.raises(BadSlots):
            encryption.key_by_passphrase(file, bad, salt, "moth")
    else:
        assert encryption.key_by_passphrase(file, bad, salt, "moth") is None
    assert encryption.key_by_passphrase(file, slot, salt, "moth") is not None
    database = Database(file.journal, salt, slots.unlock(path, "moth"))
    assert encryption.authentic(slot, database) and not encryption.authentic(bad, database)
    assert encryption.key_by_passphrase(msgspec.structs.replace(file, journal="other"), slot, salt, "moth") is None


def test_a_slot_file_of_another_journal_is_told_and_the_right_copy_serves(
    path: Path, tmp_path: Path, clock: FakeClock
) -> None:
    other = tmp_path / "other.db"
    create_journal(other, passphrase="moth", clock=clock).close()
    first, second = both(path)
    whole = first.read_bytes()
    shutil.copy(both(other)[0], first)
    open_journal(path, passphrase="moth").close()
    assert first.read_bytes() == whole  # mended from the right copy
    shutil.copy(both(other)[0], first)
    shutil.copy(both(other)[0], second)
    before = state(tmp_path)
    for secret in ("moth", "wrong", recovery_code.shown(CODE)):
        with pytest.raises(StoreError, match="belongs to another journal") as told:
            open_journal(path, passphrase=secret)
        assert not isinstance(told.value, WrongPassphrase)
    assert state(tmp_path) == before


def test_damage_wrong_passphrase_and_foreign_key_file_are_three_sentences(path: Path) -> None:
    for file in both(path):
        file.write_bytes(file.read_bytes().replace(b'"generation": 1', b'"generation": 2'))
    with pytest.raises(StoreError, match="key file is damaged"):
        slots.unlock(path, "moth")
    for file in both(path):
        file.write_bytes(file.read_bytes().replace(b'"generation": 2', b'"generation": 1'))
    with pytest.raises(WrongPassphrase, match="passphrase is not"):
        slots.unlock(path, "myth")
    assert slots.unlock(path, "moth")


def test_damaged_first_bytes_of_the_journal_are_put_right_from_the_key_file(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(os.urandom(16) + data[16:])
    with pytest.raises(StoreError, match="first bytes are damaged"):
        slots.unlock(path, "wrong")
    open_journal(path, passphrase="moth").close()
    assert path.read_bytes()[:16] == data[:16]


def test_after_a_kill_between_the_copies_the_newer_one_counts_alone(path: Path) -> None:
    first, second = both(path)
    old = first.read_bytes()
    key = slots.unlock(path, "moth")
    slots.put(path, key, lambda d: encryption.passphrase_slot(d, "lamp", ""))
    for stale in (first, second):
        stale.write_bytes(old)
        with pytest.raises(WrongPassphrase):
            slots.unlock(path, "moth")
        assert stale.read_bytes() == old  # nothing opened: nothing is mended
        assert slots.unlock(path, "lamp") == key
        assert first.read_bytes() == second.read_bytes() != old


def test_a_failed_write_leaves_the_old_state(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = slots.unlock(path, "moth")
    before = state(path.parent)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(slots.os, "fsync", full)
    with pytest.raises(StoreError, match="disk is full"):
        slots.put(path, key, lambda d: encryption.passphrase_slot(d, "lamp", ""))
    assert state(path.parent) == before


def old_file(path: Path, key: bytes, passphrase: str) -> bytes:
    """A slot file as version 1 wrote it."""
    import base64

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(encryption._from_passphrase(passphrase, salt, CHEAP)).encrypt(nonce, key, b"dreamjournal-keys")
    slot = {
        "kind": "passphrase", "kdf": "argon2id", "memory_kib": 64, "time": 1, "lanes": 1,
        **{n: base64.b64encode(v).decode() for n, v in (("salt", salt), ("nonce", nonce), ("sealed", sealed))},
    }  # fmt: skip
    return json.dumps({"format": "dreamjournal-keys", "version": 1, "slots": [slot]}, indent=1).encode()


def test_a_slot_file_of_version_1_opens_and_becomes_one_of_version_2(path: Path) -> None:
    key = slots.unlock(path, "moth")
    for file in both(path):
        file.write_bytes(old_file(path, key, "old words"))
    before = state(path.parent)
    with pytest.raises(WrongPassphrase):
        open_journal(path, passphrase="moth")
    assert state(path.parent) == before
    journal = open_journal(path, passphrase="old words")
    uid = journal.uid
    journal.close()
    file = encryption.decode(both(path)[0].read_bytes())
    assert isinstance(file, SlotFile) and file.journal == uid
    assert slots.unlock(path, "old words") == key
    slots.put(path, key, lambda d: encryption.recovery_slot(d, CODE, ""))
    assert slots.unlock(path, recovery_code.shown(CODE)) == key


def test_a_slot_put_in_by_a_stranger_gets_no_later_key(path: Path) -> None:
    from dreamjournal.common.progress import NoProgress
    from dreamjournal.store import rekey

    file = encryption.decode(both(path)[0].read_bytes())
    assert isinstance(file, SlotFile)
    strange = encryption.passphrase_slot(Database(file.journal, slots.salt_of(path), bytes(32)), "thief", "")
    mixed = (strange, *(s for s in file.slots if s.kind != "passphrase"))
    slots.write(path, msgspec.structs.replace(file, generation=9, slots=mixed))
    key = slots.unlock(path, recovery_code.shown(CODE))
    rekey.rekey(path, key, NoProgress())
    with pytest.raises(WrongPassphrase):
        slots.unlock(path, "thief")
    open_journal(path, passphrase=recovery_code.shown(CODE)).close()


def test_the_keyring_is_never_all_that_opens_a_journal(path: Path) -> None:
    file = encryption.decode(both(path)[0].read_bytes())
    assert isinstance(file, SlotFile)
    database = Database(file.journal, slots.salt_of(path), slots.unlock(path, "moth"))
    slot = encryption.keyring_slot(database, bytes(32), "", bytes(16))
    with pytest.raises(StoreError, match="must not be all"):
        slots.following(file, (slot,))


def test_a_passphrase_that_looks_like_a_mistyped_code_is_tried(path: Path) -> None:
    words = "horse plane train apple stone river dream"
    assert isinstance(recovery_code.told(words), recovery_code.Slip)
    key = slots.unlock(path, "moth")
    slots.put(path, key, lambda d: encryption.passphrase_slot(d, words, ""))
    assert slots.unlock(path, words) == key


def test_a_key_file_in_hand_of_another_program_is_waited_for_and_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    key = slots.unlock(path, "moth")
    monkeypatch.setattr(slots, "_TRIES", 2)
    folder = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        with pytest.raises(JournalBusy, match="changing the key file"):
            slots.put(path, key, lambda d: encryption.passphrase_slot(d, "lamp", ""))
    finally:
        os.close(folder)
    assert slots.unlock(path, "moth") == key


def test_a_slot_file_that_opens_a_journal_elsewhere_is_set_aside_not_overwritten(
    path: Path, tmp_path: Path, clock: FakeClock
) -> None:
    whole = both(path)[0].read_bytes()
    path.rename(tmp_path / "elsewhere.db")
    create_journal(path, passphrase="new", clock=clock).close()
    assert Path(f"{both(path)[0]}.aside-1").read_bytes() == whole
    open_journal(path, passphrase="new").close()


def test_an_empty_journal_file_and_a_newer_key_file_are_told(path: Path) -> None:
    newer = json.dumps({"format": "dreamjournal-keys", "version": 3, "slots": "?"}).encode()
    with pytest.raises(BadSlots, match="newer"):
        encryption.decode(newer)
    for file in both(path):
        file.write_bytes(newer)
    with pytest.raises(StoreError, match="newer Dreamjournal"):
        slots.unlock(path, "moth")
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="cut short"):
        slots.unlock(path, "moth")


def test_a_raw_key_still_opens_it(path: Path) -> None:
    db = connect(path, slots.unlock(path, "moth"))
    assert db.row("SELECT count(*) AS n FROM persons") == {"n": 1}
    db.conn.close()
