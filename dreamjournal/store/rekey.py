"""Writes a whole journal anew: under another database key, encrypted where it was plain, or plain where it was encrypted.

The new database is a copy, compared with the old one row by row and read through before it takes its place. Two files, the
database and the slot file, cannot be swapped in one step; so first the slot file is written that opens the old and the new
database alike (they are told apart by their salts), then the database is swapped, then the old key is dropped. A kill at any
point leaves a journal that opens.

The old database is held exclusively from before the copy until it is gone, and what is left of its file is made unreadable
before it is let go: a program that waited for it then fails instead of writing into a file without a name.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dreamjournal.common.errors import JournalBusy, JournalDamaged, StoreError
from dreamjournal.common.files import clear_torn, sync_folder, temp_of
from dreamjournal.common.progress import Progress
from dreamjournal.store import copying, encryption, slots
from dreamjournal.store.connect import Db, connect, mapped
from dreamjournal.store.encryption import Database, SlotFile

_ROWS = 5_000
_BLOCK = 1 << 20


def rekey(path: Path, key: bytes, progress: Progress) -> bytes:
    """Give an encrypted journal a new database key, which is returned; its slots open it as before.

    Raises JournalBusy, StoreError, DiskFull and Cancelled; then the journal is as it was.
    """
    slots.current(path, key)  # before the long work: is this its key?
    new, salt = encryption.new_key(), encryption.new_salt()
    with _rewritten(path, key, new + salt, progress) as made, slots.locked(path):
        file, database = slots.current(path, key)
        later = Database(database.journal, salt, new)
        # The new key is not sealed to a slot that nobody vouched for: it may be somebody else's.
        ours = [slots.only(s, database.salt) for s in file.slots if encryption.authentic(s, database)]
        slots.write(path, slots.following(file, tuple(encryption.admitting(s, later) for s in ours)))
        both = _as_written(path, later)
        made.swap()
        with contextlib.suppress(OSError, StoreError):  # the old key may stay: what it opens is not here any more
            slots.write(path, slots.following(both, tuple(slots.only(s, salt) for s in both.slots)))
    return new


def encrypt(
    path: Path, passphrase: str | None, code: bytes | None, *, keyring: bool, when: datetime, progress: Progress,
    cost: encryption.Cost | None = None,
) -> bytes:  # fmt: skip
    """Encrypt a plain journal; returns the key. The plain file is overwritten, as far as a program can do that.

    Raises UserError (no keyring), JournalBusy, StoreError, DiskFull and Cancelled; then the journal is as it was.
    """
    new, salt = encryption.new_key(), encryption.new_salt()
    with _rewritten(path, None, new + salt, progress) as made, slots.locked(path):
        database = Database(made.uid, salt, new)
        try:
            slots.begin(path, database, passphrase, code, keyring=keyring, made=when, plain=True, cost=cost)
            file = _as_written(path, database)
            made.swap()
        except BaseException:
            if not made.swapped:
                with contextlib.suppress(OSError):
                    slots.remove(path)
            raise
        with contextlib.suppress(OSError, StoreError):
            slots.write(path, slots.following(file, file.slots))
    return new


def decrypt(path: Path, key: bytes, progress: Progress) -> bytes | None:
    """Take the encryption off; returns the name of what the keyring keeps for it, which is of no use any more.

    Raises JournalBusy, StoreError, DiskFull and Cancelled; then the journal is as it was.
    """
    slots.current(path, key)
    with _rewritten(path, key, None, progress) as made, slots.locked(path):
        file, _ = slots.current(path, key)
        leaving = slots.following(file, file.slots, plain=True)
        slots.write(path, leaving)
        try:
            made.swap()
        except BaseException:
            if not made.swapped:
                with contextlib.suppress(OSError, StoreError):
                    slots.write(path, slots.following(leaving, file.slots))
            raise
        with contextlib.suppress(OSError):
            slots.remove(path)
    kept = file.slot("keyring")
    return kept.salt if kept else None


def _as_written(path: Path, database: Database) -> SlotFile:
    """The slot file as the disk gives it back, which must open the new database. Raises StoreError."""
    found = slots.look(path, database.salt).best
    if isinstance(found, SlotFile) and all(encryption.authentic(s, database) for s in found.slots):
        return found
    raise StoreError("Nothing was changed", "the key file was not kept as it was written", "check the disk")


@dataclass
class _Copy:
    """The new database beside the old one, which is held; `swap` is the one step that changes the journal."""

    path: Path
    part: Path
    old: Db
    uid: str
    swapped: bool = False

    def swap(self) -> None:
        """Put the new database in place of the old one, whose bytes are overwritten. Raises OSError."""
        if os.name != "posix":  # a file in use cannot be replaced there
            self.old.conn.close()
        handle = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            if os.name != "posix":
                os.close(handle)
                handle = -1
            os.replace(self.part, self.path)
            self.swapped = True
            sync_folder(self.path.parent)
            if handle >= 0:
                with contextlib.suppress(OSError):
                    _overwrite(handle)
        finally:
            # In this order: closing the handle would drop the lock on the old file while somebody waits for it.
            self.old.conn.close()
            if handle >= 0:
                os.close(handle)


def _overwrite(handle: int) -> None:
    """Overwrite a file that has no name any more; one that has another name, a copy by link, is left alone."""
    found = os.fstat(handle)
    if found.st_nlink > 0:
        return
    block = os.urandom(4096) * (_BLOCK // 4096)
    os.lseek(handle, 0, os.SEEK_SET)
    left = found.st_size
    while left > 0:
        left -= os.write(handle, block[: min(left, _BLOCK)])
    os.fsync(handle)


@contextmanager
def _rewritten(path: Path, key: bytes | None, new: bytes | None, progress: Progress) -> Generator[_Copy]:
    """A whole and compared copy under the new key, while nobody else can use the journal."""
    real = Path(os.path.realpath(path))
    clear_torn(real)
    part = temp_of(real)
    with slots.changing():
        old = _exclusively(real, key)
        try:
            _export(old, part, new, progress)
            _read_through(part, new, progress)
            columns = [r["name"] for r in old.rows("PRAGMA table_info(journal)")]
            row = old.row("SELECT uid FROM journal") if "uid" in columns else None
            yield _Copy(real, part, old, str(row["uid"]) if row else "")
        finally:
            old.conn.close()
            for name in (part.name, part.name + "-journal"):
                with contextlib.suppress(OSError):
                    part.with_name(name).unlink()


def _exclusively(path: Path, key: bytes | None) -> Db:
    """A connection that nobody else can read or write beside, with everything in the one file. Raises JournalBusy."""
    db = connect(path, key)
    try:
        with mapped():
            db.conn.execute("PRAGMA busy_timeout = 1000").fetchall()
            db.conn.execute("PRAGMA foreign_keys = OFF").fetchall()
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            db.conn.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
            mode = db.conn.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            db.conn.execute("BEGIN EXCLUSIVE")
            db.conn.execute("ROLLBACK")  # the lock stays until the connection is closed
    except BaseException as error:
        db.conn.close()
        if isinstance(error, JournalBusy):
            raise _in_use() from error
        raise
    if mode != "delete":
        db.conn.close()
        raise _in_use()
    return db


def _in_use() -> JournalBusy:
    return JournalBusy("Nothing was changed", "another program has the journal open", "close it there and try again")


def _export(old: Db, part: Path, new: bytes | None, progress: Progress) -> None:
    """Copy everything into `part` and compare it row by row. Raises StoreError and Cancelled."""
    size = max(1, Path(old.conn.execute("PRAGMA database_list").fetchone()[2]).stat().st_size)

    def step() -> None:
        with contextlib.suppress(OSError):
            progress.step(min(part.stat().st_size, size), size, "Copying")

    with copying.written(old, part, new, step):
        _compare(old, progress)


def _compare(old: Db, progress: Progress) -> None:
    schema = "SELECT type, name, tbl_name, sql FROM {}.sqlite_master ORDER BY type, name"
    same = _same(old, schema, progress)
    tables = [
        str(row["name"])
        for row in old.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    ]
    if not same or not all(_same(old, f'SELECT * FROM {{}}."{name}"', progress) for name in tables):
        raise _bad_copy()


def _same(old: Db, sql: str, progress: Progress) -> bool:
    """Whether both databases give the same rows in the same order, read side by side."""
    ours, theirs = old.conn.execute(sql.format("main")), old.conn.execute(sql.format("made"))
    while True:
        progress.step(0, 0, "Comparing")
        left, right = ours.fetchmany(_ROWS), theirs.fetchmany(_ROWS)
        if left != right:
            return False
        if not left:
            return True


def _read_through(part: Path, new: bytes | None, progress: Progress) -> None:
    """Open the copy by itself and read every page. Raises StoreError and Cancelled."""
    try:
        db = copying.opened(part, new)
        try:
            with copying.watched(db, lambda: progress.step(0, 0, "Reading it through")), mapped():
                bad = new is not None and bool(db.conn.execute("PRAGMA cipher_integrity_check").fetchall())
                good = db.conn.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        finally:
            db.conn.close()
    except JournalDamaged as error:
        raise _bad_copy() from error
    if bad or not good:
        raise _bad_copy()


def _bad_copy() -> StoreError:
    return StoreError(
        "Nothing was changed", "the copy is not as the journal is",
        "check the journal first with: dreamjournal check, then the disk",
    )  # fmt: skip
