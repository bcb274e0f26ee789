"""What opens a journal and how that is changed, through the services."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dreamjournal.common.errors import JournalBusy, StoreError, UserError, WrongPassphrase
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection
from dreamjournal.services import dreams, journals, keys
from dreamjournal.store.connect import PLAIN_HEADER
from tests.fakes import FakeClock

NEEDLE = "the harbour of needles"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def make(path: Path, clock: FakeClock, protection: Protection = Protection.PASSPHRASE, passphrase: str = "moth") -> str:
    made = keys.make_journal(
        path, kind=JournalKind.OWN, protection=protection,
        passphrase=passphrase if protection == Protection.PASSPHRASE else None, clock=clock,
    )  # fmt: skip
    dreams.save(made.journal, 1, DreamDraft(date(2026, 7, 1), NEEDLE), clock)
    made.journal.close()
    return made.recovery_code or ""


def texts(path: Path, key: bytes | None) -> list[str]:
    journal = journals.open_existing(path, key=key)
    try:
        found = [d.dream.text for d in dreams.list_dreams(journal, 1)]
        hits = dreams.list_dreams(journal, 1, dreams.DreamFilter(query="harbour"))
        assert [d.dream.text for d in hits] == found  # the search index came along
        return found
    finally:
        journal.close()


def test_a_new_journal_opens_with_its_passphrase_and_with_its_code(path: Path, clock: FakeClock) -> None:
    code = make(path, clock)
    key = keys.unlock(path, "moth")
    assert keys.unlock(path, code) == keys.unlock(path, code.lower().replace("-", " ")) == key
    assert texts(path, key) == [NEEDLE]
    with pytest.raises(WrongPassphrase, match="passphrase is not"):
        keys.unlock(path, "myth")
    found = keys.status(path)
    assert found.encrypted and found.copies_on_disk == 2 and not found.trouble
    assert [s.kind for s in found.slots] == ["passphrase", "recovery"]
    assert {s.made for s in found.slots} == {clock.now()}


def test_a_slip_in_the_code_is_told_with_its_place(path: Path, clock: FakeClock) -> None:
    code = make(path, clock)
    wrong = code[:14] + ("Z" if code[14] != "Z" else "Y") + code[15:]
    with pytest.raises(WrongPassphrase, match="slip in group 3"):
        keys.unlock(path, wrong)


def test_a_changed_passphrase_and_a_new_code_replace_the_old(path: Path, clock: FakeClock) -> None:
    first = make(path, clock)
    key = keys.unlock(path, "moth")
    keys.change_passphrase(path, key, "lamp", clock)
    second = keys.new_recovery_code(path, key, clock)
    assert keys.unlock(path, "lamp") == keys.unlock(path, second) == key
    with pytest.raises(WrongPassphrase):
        keys.unlock(path, "moth")
    with pytest.raises(WrongPassphrase, match="no longer"):
        keys.unlock(path, first)
    with pytest.raises(UserError, match="missing"):
        keys.change_passphrase(path, key, "", clock)
    with pytest.raises(StoreError, match="changed meanwhile"):
        keys.change_passphrase(path, bytes(32), "thief", clock)


def test_a_new_key_keeps_every_way_in_and_every_word(path: Path, clock: FakeClock) -> None:
    code = make(path, clock)
    old = keys.unlock(path, "moth")
    before = path.read_bytes()
    new = keys.rekey(path, old, clock)
    assert new != old and path.read_bytes()[:16] != before[:16]
    assert keys.unlock(path, "moth") == keys.unlock(path, code) == new
    assert texts(path, new) == [NEEDLE]
    with pytest.raises(StoreError):
        texts(path, old)
    assert keys.rekey(path, new, clock) != new  # and again
    keys.change_passphrase(path, keys.unlock(path, code), "lamp", clock)
    assert texts(path, keys.unlock(path, "lamp")) == [NEEDLE]
    assert not [p.name for p in path.parent.iterdir() if p.name.endswith((".part", "-wal", "-shm"))]


def test_encrypting_and_decrypting_keep_every_word(path: Path, clock: FakeClock) -> None:
    make(path, clock, Protection.NONE)
    assert not keys.status(path).encrypted
    code = keys.encrypt(path, protection=Protection.PASSPHRASE, passphrase="moth", clock=clock)
    assert path.read_bytes()[:16] != PLAIN_HEADER and NEEDLE.encode() not in path.read_bytes()
    assert keys.status(path).encrypted and journals.needs_passphrase(path)
    key = keys.unlock(path, "moth")
    assert keys.unlock(path, code or "") == key
    assert texts(path, key) == [NEEDLE]
    keys.decrypt(path, key, clock)
    assert path.read_bytes()[:16] == PLAIN_HEADER
    assert not Path(f"{path}.keys").exists() and not Path(f"{path}.keys.copy").exists()
    assert texts(path, None) == [NEEDLE]


def test_a_journal_in_use_is_not_rewritten(path: Path, clock: FakeClock) -> None:
    make(path, clock)
    key = keys.unlock(path, "moth")
    journal = journals.open_existing(path, key=key)
    before = path.read_bytes()
    with pytest.raises(JournalBusy, match="another program has the journal open"):
        keys.rekey(path, key, clock)
    journal.close()
    assert path.read_bytes()[:16] == before[:16]
    assert texts(path, keys.unlock(path, "moth")) == [NEEDLE]
