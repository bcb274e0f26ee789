"""What a file is, found out before it is opened as a journal: each thing it may be instead is told in a sentence of its own.

Nothing here changes anything on the disk: headers are read, and the database is looked at read-only.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamjournal.common.errors import JournalDamaged, JournalTooNew, KnownError, StoreError, UserError
from dreamjournal.store import heads
from dreamjournal.store.connect import PLAIN_HEADER, SCHEMA_VERSION, mapped, read_only
from dreamjournal.store.pages import PAGE, Fit, fit

UNCHANGED = "the file was not changed"
WAYS_OUT = f"restore a backup or save what can still be read; {UNCHANGED}"


@dataclass(frozen=True)
class Seen:
    """What a read-only look at a database shows. `uid` is empty where the journal has none."""

    version: int
    uid: str


def look(path: Path, *, has_slots: bool, has_key: bool = False) -> None:
    """Raise what is to be said of a file that cannot be a journal with, or without, key slots.

    Who has the key of the database itself needs no slots.
    """
    what = "The journal cannot be opened"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UserError(what, "there is a folder of that name", "name the file inside it")
        if not stat.S_ISREG(status.st_mode):
            raise UserError(what, "that is no ordinary file", "choose another one")
        mine = heads.is_open(path)
        if mine:
            head = heads.head(path)
        else:
            with path.open("rb") as stream:
                head = stream.read(PAGE)
    except FileNotFoundError as error:
        raise UserError(
            "There is no journal here yet",
            "the file does not exist",
            "write something first or name another with --journal",
        ) from error
    except OSError as error:
        raise UserError(what, "the file cannot be read", "check its permissions") from error
    if not head:
        raise JournalDamaged("The journal is empty", "its file has no bytes in it", f"restore a backup; {UNCHANGED}")
    plain = head.startswith(PLAIN_HEADER)
    if plain and has_slots:
        raise StoreError(
            "The journal was not opened",
            "it is not encrypted, but the key file of an encrypted one lies beside it",
            "restore a backup, or, if you put this file here yourself, move the files that end in .keys and .keys.copy away",
        )
    if plain or has_slots or has_key:
        return
    if mine or _looks_encrypted(head):
        raise StoreError(
            "The journal cannot be opened",
            "it is encrypted and its key file is missing",
            f"put back the file that ends in .keys, of which every backup holds a copy; {UNCHANGED}",
        )
    raise UserError("This is no journal", "it is a file of another kind", f"choose another one; {UNCHANGED}")


def _looks_encrypted(head: bytes) -> bool:
    """Whether a first page is random, as encryption makes it, and no beginning of a known kind of file.

    Of 4,096 random bytes all but a few of the 256 values are there; a shorter file is too short to be a journal.
    """
    known = (
        b"PK\x03\x04",
        b"%PDF",
        b"\x1f\x8b",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"BZh",
        b"7z\xbc\xaf",
        b"\xfd7zXZ",
        b"\x28\xb5\x2f\xfd",
    )
    return len(head) == PAGE and len(set(head)) >= 240 and not head.startswith(known)


def see(path: Path, key: bytes | None, *, log: bool = True, whole: bool = False) -> Seen:
    """A read-only look at a journal: its version and name; with `whole` also at how every page hangs together.

    `log` False looks at the file without its write-ahead log, which is not done while this process has it open. Raises
    JournalTooNew, UserError (a database of another program), JournalDamaged or StoreError.
    """
    beside = path.with_name(path.name + "-wal")
    hot = path.with_name(path.name + "-journal")
    # Without a log there is nothing to coordinate, and looking leaves no files behind.
    mine = heads.is_open(path)
    still = not mine and (not log or not (_size(beside) or _size(hot) or is_in_use(path)))
    conn = read_only(path, key, still=still)
    try:
        with mapped():
            return _see(conn, whole=whole)
    finally:
        conn.close()


def _see(conn: Any, *, whole: bool) -> Seen:
    version = int(conn.execute("PRAGMA user_version").fetchone()[0])
    columns = {row[1] for row in conn.execute("PRAGMA table_info(journal)").fetchall()}
    if not {"id", "kind", "made"} <= columns:
        if not conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise JournalDamaged(
                "The journal is empty", "nothing was ever put into it", f"restore a backup; {UNCHANGED}"
            )
        raise UserError(
            "This is no journal", "it is a database of another program", f"choose another file; {UNCHANGED}"
        )
    if version > SCHEMA_VERSION:
        raise JournalTooNew(
            "This journal was made by a newer Dreamjournal", "it was not touched", "update the app to open it"
        )
    name = "uid" if "uid" in columns else "''"
    row = conn.execute(f"SELECT {name} FROM journal").fetchone()
    if whole and conn.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise damaged()
    return Seen(version, str(row[0]) if row else "")


def damaged() -> JournalDamaged:
    """The key is right, or none is needed, and pages cannot be read."""
    return JournalDamaged("The journal cannot be read", "part of its file is damaged", WAYS_OUT)


def why_not(path: Path, key: bytes | None, error: KnownError) -> KnownError:
    """The error to be told instead, where the driver took a key that does not fit for a damaged file."""
    if not isinstance(error, JournalDamaged) or heads.is_open(path):
        return error
    if key is None:
        return damaged() if error.what == "The journal cannot be read" else error
    try:
        fits = fit(path, key)
    except OSError:
        return error
    if fits == Fit.NO:
        return StoreError(
            "The journal was not opened",
            "its key does not fit: the key file is that of another journal, or the first bytes of the journal are damaged",
            f"put back its own key file, of which every backup holds a copy, or restore a backup; {UNCHANGED}",
        )
    return damaged()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def is_in_use(path: Path) -> bool:
    """Whether any process is known to have the journal open. Of others it is Linux alone that tells."""
    if heads.is_open(path):
        return True
    try:
        locks = Path("/proc/locks").read_text("ascii", "replace")
    except OSError:
        return False
    for name in (path.name, path.name + "-shm"):
        try:
            status = path.with_name(name).stat()
        except OSError:
            continue
        if f" {os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino} " in locks:
            return True
    return False
