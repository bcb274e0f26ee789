"""The locks on an open journal stay, whatever else this process asks about the file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from dreamjournal.common.errors import KnownError
from dreamjournal.services import backups, checking, imports, keys
from dreamjournal.store import connect, copying, heads, opening, quarantine, slots
from dreamjournal.store.journal import Journal, create_journal, needs_passphrase, open_journal, reopen_journal
from tests.fakes import FakeClock

WORDS = "four ordinary words"
OTHER = """
import sys
from sqlcipher3 import dbapi2
conn = dbapi2.connect(sys.argv[1], isolation_level=None, timeout=0)
if sys.argv[2]:
    conn.execute("PRAGMA key = \\"x'" + sys.argv[2] + "'\\"")
try:
    conn.execute("BEGIN IMMEDIATE")
except dbapi2.OperationalError:
    print("refused")
else:
    print("got it")
"""


def other_writer(journal: Journal) -> str:
    """Whether another process gets the write lock now."""
    found = subprocess.run(
        [sys.executable, "-c", OTHER, str(journal.path), journal.key.hex() if journal.key else ""],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    return found.stdout.strip()


def _opened_again(journal: Journal) -> None:
    open_journal(journal.path, key=journal.key).close()


ASKED: dict[str, Callable[[Journal], object]] = {
    "status": lambda j: keys.status(j.path),
    "needs passphrase": lambda j: needs_passphrase(j.path),
    "salt": lambda j: slots.salt_of(j.path),
    "is plain": lambda j: connect.is_plain(j.path),
    "unlock": lambda j: keys.unlock(j.path, WORDS),
    "keyring": lambda j: keys.unlock_from_keyring(j.path),
    "change the passphrase": lambda j: j.key and keys.change_passphrase(j.path, j.key, "five ordinary words"),
    "new code": lambda j: j.key and keys.new_recovery_code(j.path, j.key, FakeClock()),
    "out of the keyring": lambda j: keys.take_out_of_keyring(j.path),
    "look": lambda j: opening.look(j.path, has_slots=j.key is not None),
    "see": lambda j: opening.see(j.path, j.key),
    "see without the log": lambda j: opening.see(j.path, j.key, log=False),
    "see without stray": lambda j: quarantine.see_without_stray(j.path, j.key),
    "open again": _opened_again,
    "reopen": lambda j: reopen_journal(j).close(),
    "opens": lambda j: copying.opens(j.path, j.key),
    "check": lambda j: checking.check(j.path, j.key),
    "due": lambda j: backups.due(j, FakeClock()),
    "import it": lambda j: imports.preview(j, 1, [j.path], clock=FakeClock()),
    "import its folder": lambda j: imports.preview(j, 1, [j.path.parent], clock=FakeClock()),
}


@pytest.fixture(params=[None, WORDS], ids=["plain", "encrypted"])
def ours(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Journal:
    monkeypatch.setattr(
        connect, "on_network", lambda _path: True
    )  # the mode in which the file's own locks are all there is
    return create_journal(tmp_path / "a" / "journal.db", passphrase=request.param, clock=clock)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
@pytest.mark.parametrize("asked", ASKED)
def test_the_write_lock_outlives_every_question(ours: Journal, asked: str) -> None:
    with ours.atomic():
        with suppress(KnownError):  # some wait for the lock, or are refused: that is another matter
            ASKED[asked](ours)
        assert other_writer(ours) == "refused"
    ours.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_opening_and_closing_the_file_would_drop_the_lock(ours: Journal) -> None:
    with ours.atomic():
        assert other_writer(ours) == "refused"
        ours.path.read_bytes()
        assert other_writer(ours) == "got it", "what the test above guards against"
    ours.close()


def test_the_head_of_an_open_file_is_that_of_the_file(ours: Journal) -> None:
    path = ours.path
    assert heads.is_open(path)
    told = heads.head(path)
    second = reopen_journal(ours)
    ours.close()
    assert heads.is_open(path)
    second.close()
    assert not heads.is_open(path)
    assert told == path.read_bytes()[: heads.SIZE] == heads.head(path)


def test_a_file_that_takes_its_place_is_another_one(ours: Journal, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"another file of some kind")
    path = ours.path
    path.rename(tmp_path / "moved")
    other.rename(path)
    assert heads.head(path) == b"another file of "
    ours.close()
    assert not heads.is_open(tmp_path / "moved")


def test_a_connection_that_is_forgotten_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    conn = heads.connect(path, str(path))
    assert heads.is_open(path)
    del conn
    assert not heads.is_open(path)
