"""Backups as folders: one copy of the journal with its key slots and a manifest that says what it is.

A folder is there whole and read through, or not at all. Nothing in it but the copy itself holds a word of the journal.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from dreamjournal import __version__
from dreamjournal.common.clock import SystemClock
from dreamjournal.common.errors import (
    DiskFull,
    JournalBusy,
    JournalDamaged,
    KnownError,
    StoreError,
    UserError,
    WrongPassphrase,
)
from dreamjournal.common.files import atomic_folder, atomic_write
from dreamjournal.common.paths import private_dir
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.store import copying
from dreamjournal.store.lock_file import TAKEN, LockFile

FORMAT, VERSION = "dreamjournal-backup", 1
JOURNAL_FILE, MANIFEST = "journal.db", "manifest.json"
KEY_ENDINGS = (".keys", ".keys.copy")
ID = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(?:-\d{1,4})?")
_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")
_LONGEST = 1 << 20
WAIT_S = 60

Reason = Literal[
    "timer", "asked", "migration", "import", "delete", "restore", "rekey", "decrypt", "encrypt", "repair", "unknown"
]
Place = Literal["here", "second"]
REASONS = ("timer", "asked", "migration", "import", "delete", "restore", "rekey", "decrypt", "encrypt", "repair")


@dataclass(frozen=True)
class Backup:
    """One backup. `verified` is when it was last opened and read through; None where something was found wrong."""

    id: str
    folder: Path
    made: datetime
    reason: str
    bytes: int
    counts: dict[str, int]
    uid: str
    schema: int
    encrypted: bool
    verified: datetime | None
    place: Place = "here"
    journal_made: int = 0
    """When the journal itself was made, in milliseconds: what a journal without a name of its own is known by."""
    stamp: str = ""
    """What the file system said of the journal as it was copied; "" where a later write might not have shown."""
    digests: tuple[tuple[str, str], ...] = ()
    """SHA-256 of each of its files."""

    @property
    def file(self) -> Path:
        """The copy of the journal."""
        return self.folder / JOURNAL_FILE


class BackupNotGood(StoreError):
    """A backup that is damaged or not whole. Nothing was changed."""


def folder_of(path: Path) -> Path:
    """Where the backups of the journal at `path` are."""
    return path.parent / "backups" / path.name


def make(path: Path, key: bytes | None, reason: Reason, now: datetime, progress: Progress) -> Backup:
    """Copy the journal at `path` into a new backup, read that through, and only then give it its name.

    The journal may be in use. Raises StoreError (DiskFull, JournalBusy, JournalDamaged) and Cancelled; then there is
    no new backup, and the journal and the older backups are as they were.
    """
    with _told():
        home = _private(folder_of(path))
        with locked(home):
            clear_torn(home)
            name = free_id(home, now)
            with atomic_folder(home / name) as folder:
                known = copying.stamp(path) if copying.settled(path, folder.stat().st_mtime_ns) else ""
                return replace(_filled(path, key, reason, now, folder, known, progress, name), folder=home / name)


def make_before_migration(path: Path, key: bytes | None) -> None:
    """A backup of a journal that is about to be brought up to date, unless a good one holds it as it is.

    Raises StoreError: then the journal must be left as it is.
    """
    if current(path) is not None:
        return
    try:
        make(path, key, "migration", SystemClock().now(), NoProgress())
    except KnownError as error:
        raise StoreError(
            "The journal was not opened",
            f"it must be brought up to date, and no backup could be made before that, {error.why}",
            error.what_now,
        ) from error


def current(path: Path) -> Backup | None:
    """A good backup that holds the journal as it is now. Never wrongly; that there is none may be said wrongly."""
    now = copying.stamp(path)
    if not now:
        return None
    return next((b for b in listed(folder_of(path)) if b.verified is not None and b.stamp == now), None)


def _filled(
    path: Path, key: bytes | None, reason: Reason, now: datetime, folder: Path, known: str, progress: Progress, name: str
) -> Backup:  # fmt: skip
    target = folder / JOURNAL_FILE
    try:
        was = copying.copy(path, key, target, progress)
    except JournalDamaged as error:
        raise JournalDamaged(
            "No backup was made",
            "the journal cannot be read whole",
            "look it over first: Check in Settings, or dreamjournal check",
        ) from error
    for ending in KEY_ENDINGS if key is not None else ():
        with suppress(FileNotFoundError):
            write_synced(folder / (JOURNAL_FILE + ending), path.with_name(path.name + ending).read_bytes())
    if key is not None and not any((folder / (JOURNAL_FILE + e)).exists() for e in KEY_ENDINGS) and has_keys(path):
        raise BackupNotGood("No backup was made", "the key file of the journal cannot be read", "put a copy of it back")
    _same(read_through(target, key, progress), was)
    made = Backup(
        name, folder, now, reason, target.stat().st_size, was.counts, was.uid, was.schema, key is not None, now,
        journal_made=was.made_ms, stamp=known, digests=digests(folder, progress),
    )  # fmt: skip
    write_synced(folder / MANIFEST, manifest(made))
    return made


def has_keys(path: Path) -> bool:
    """Whether a journal file has key slots beside it."""
    return any(path.with_name(path.name + ending).exists() for ending in KEY_ENDINGS)


def read_through(file: Path, key: bytes | None, progress: Progress) -> copying.Held:
    """What a copy holds, every page of it read. Raises BackupNotGood and JournalTooNew."""
    try:
        return copying.read_through(file, key, progress)
    except JournalDamaged as error:
        raise BackupNotGood(
            "The backup is not good", "it cannot be read through", "the journal is as it was; use another backup"
        ) from error


def _same(found: copying.Held, was: copying.Held) -> None:
    if found != was:
        raise BackupNotGood(
            "The backup is not good", "it does not hold what the journal held", "the journal is as it was; try again"
        )


def verify(backup: Backup, key: bytes | None, now: datetime, progress: Progress) -> Backup:
    """Compare every file with its digest, open the copy and read it through; the backup as it is known now.

    What is found wrong is kept in its manifest, so that it no longer counts as good. Raises BackupNotGood;
    WrongPassphrase where it is whole and `key` is that of another time.
    """
    try:
        whole(backup, progress)
        if backup.encrypted and (key is None or not copying.opens(backup.file, key)):
            raise WrongPassphrase(
                "The backup was not opened",
                "it has another key than the journal has now",
                "give the passphrase of its time",
            )
        found = read_through(backup.file, key if backup.encrypted else None, progress)
        _same(found, copying.Held(backup.counts, backup.uid, backup.journal_made, backup.schema))
    except BackupNotGood:
        with suppress(OSError):
            _rewrite(replace(backup, verified=None, stamp=""))
        raise
    known = replace(backup, verified=now)
    with suppress(OSError):  # a stick that can only be read
        _rewrite(known)
    return known


def whole(backup: Backup, progress: Progress) -> None:
    """Compare every file of a backup with its digest. Raises BackupNotGood."""
    try:
        found = dict(digests(backup.folder, progress))
    except OSError as error:
        raise BackupNotGood("The backup is not good", "it cannot be read", "use another backup") from error
    wrong = [name for name, digest in backup.digests if found.get(name) != digest]
    if wrong or not backup.digests:
        what = (
            "its key file has changed" if wrong and JOURNAL_FILE not in wrong else "its copy of the journal has changed"
        )
        raise BackupNotGood("The backup is not good", what + " since it was made", "use another backup")


def good_keys(backup: Backup) -> bytes | None:
    """The slot file of a backup, from whichever of its two copies is as it was made; None where there is none."""
    known = dict(backup.digests)
    for ending in KEY_ENDINGS:
        with suppress(OSError):
            data = (backup.folder / (JOURNAL_FILE + ending)).read_bytes()
            if hashlib.sha256(data).hexdigest() == known.get(JOURNAL_FILE + ending):
                return data
    return None


def copy_to(backup: Backup, home: Path, now: datetime, key: bytes | None, progress: Progress) -> Backup:
    """The same backup in another place, read through there; one of that id that is there already is left. As `make`."""
    with _told():
        _private(home)
        with locked(home):
            clear_torn(home)
            target = home / backup.id
            if (target / MANIFEST).is_file():
                return replace(read(target), place="second")
            with atomic_folder(target) as folder:
                for name, _ in backup.digests:
                    copy_file(backup.folder / name, folder / name, progress)
                there = replace(backup, folder=folder, verified=now, place="second", stamp="")
                whole(there, progress)
                if key is not None or not backup.encrypted:
                    _same(
                        read_through(there.file, key if backup.encrypted else None, progress),
                        copying.Held(backup.counts, backup.uid, backup.journal_made, backup.schema),
                    )
                write_synced(folder / MANIFEST, manifest(there))
            return replace(there, folder=target)


def listed(home: Path, place: Place = "here") -> tuple[Backup, ...]:
    """The backups in a folder, the newest first. One whose manifest cannot be read is listed as not good."""
    try:
        folders = [f for f in home.iterdir() if ID.fullmatch(f.name) and f.is_dir() and not f.is_symlink()]
    except OSError:
        return ()
    found = [replace(read(f), place=place) for f in folders]
    return tuple(sorted(found, key=lambda b: (b.made, b.id), reverse=True))


def read(folder: Path) -> Backup:
    """What a backup's manifest says; without a readable one what its name and size say, and that it is not good."""
    try:
        path = folder / MANIFEST
        if path.stat().st_size > _LONGEST:
            raise ValueError
        return _parsed(folder, json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        made = datetime(1970, 1, 1, tzinfo=UTC)
        with suppress(ValueError):
            made = datetime.strptime(folder.name[:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
        size = 0
        with suppress(OSError):
            size = (folder / JOURNAL_FILE).stat().st_size
        return Backup(folder.name, folder, made, "unknown", size, {}, "", 0, has_keys(folder / JOURNAL_FILE), None)


def remove(backup: Backup) -> None:
    """Take a backup away, its manifest first: what is left of it by a kill is no backup. Raises OSError."""
    torn = backup.folder.with_name(f".{backup.folder.name}.00000000.part")
    backup.folder.rename(torn)
    shutil.rmtree(torn, ignore_errors=True)


def clear_torn(home: Path) -> None:
    """Remove what killed runs left. The folder must be locked: another run's beginning looks the same."""
    for entry in list(home.iterdir()):
        if _PART.fullmatch(entry.name):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                with suppress(OSError):
                    entry.unlink()


def free_id(home: Path, now: datetime) -> str:
    """An id for a backup made now that none in the folder has."""
    name = now.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    number = 1
    while (home / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return name if number == 1 else f"{name}-{number}"


@contextmanager
def locked(home: Path) -> Generator[None]:
    """One maker of backups at a time in a folder; the second waits. Raises JournalBusy after a minute."""
    waited = 0.0
    while True:
        lock = LockFile(home / "lock")
        if lock.state != TAKEN:
            break
        if waited >= WAIT_S:
            raise JournalBusy("No backup was made", "another one is being made", "try again in a moment")
        threading.Event().wait(0.2)
        waited += 0.25
    try:
        yield
    finally:
        lock.remove()


@contextmanager
def _told() -> Generator[None]:
    """Errors of the disk in the words of a backup."""
    try:
        yield
    except DiskFull as error:
        raise _full() from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _full() from error
        raise StoreError(
            "No backup was made", "its folder cannot be written", "make it writable; the journal is as it was"
        ) from error
    except KnownError as error:
        if error.what in ("No backup was made", "The backup is not good") or isinstance(error, WrongPassphrase):
            raise
        kind = UserError if isinstance(error, UserError) else type(error)
        why = f"{error.what[0].lower()}{error.what[1:]}: {error.why}" if error.why else error.what
        raise kind("No backup was made", why, error.what_now) from error


def _full() -> DiskFull:
    return DiskFull(
        "No backup was made", "there is no room for it on the disk", "free some space; the journal is as it was"
    )


def digests(folder: Path, progress: Progress) -> tuple[tuple[str, str], ...]:
    """SHA-256 of the files of a backup. Raises OSError."""
    found: list[tuple[str, str]] = []
    for name in (JOURNAL_FILE, *(JOURNAL_FILE + e for e in KEY_ENDINGS)):
        path = folder / name
        if not path.is_file():
            continue
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
                progress.step(0, 0, "Reading it through")
        found.append((name, digest.hexdigest()))
    return tuple(found)


def manifest(backup: Backup) -> bytes:
    """What stands in a backup's `manifest.json`."""
    said = {
        "format": FORMAT, "version": VERSION, "id": backup.id, "uid": backup.uid, "journal_made": backup.journal_made,
        "schema": backup.schema, "reason": backup.reason, "made": _text(backup.made), "counts": backup.counts,
        "bytes": backup.bytes, "sha256": dict(backup.digests).get(JOURNAL_FILE, ""), "files": dict(backup.digests),
        "encrypted": backup.encrypted, "app": __version__,
        "verified": _text(backup.verified) if backup.verified else None, "stamp": backup.stamp,
    }  # fmt: skip
    return json.dumps(said, indent=1).encode()


def _parsed(folder: Path, document: object) -> Backup:
    if not isinstance(document, dict):
        raise ValueError
    said = cast("dict[str, Any]", document)
    if said["format"] != FORMAT or said["version"] != VERSION:
        raise ValueError
    counts = {str(k): int(v) for k, v in dict(said["counts"]).items()}
    files = tuple((str(k), str(v)) for k, v in dict(said["files"]).items() if "/" not in k and "\\" not in k)
    verified = _instant(said["verified"]) if said["verified"] else None
    if (JOURNAL_FILE, str(said["sha256"])) not in files or not (folder / JOURNAL_FILE).is_file():
        verified = None
    return Backup(
        folder.name, folder, _instant(said["made"]), said["reason"] if said["reason"] in REASONS else "unknown",
        int(said["bytes"]), counts, str(said["uid"]), int(said["schema"]), bool(said["encrypted"]), verified,
        journal_made=int(said["journal_made"]), stamp=str(said.get("stamp") or ""), digests=files,
    )  # fmt: skip


def _rewrite(backup: Backup) -> None:
    atomic_write(backup.folder / MANIFEST, manifest(backup))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(text: object) -> datetime:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC)


def write_synced(path: Path, data: bytes) -> None:
    """A new file, mode 0600, whole on the disk. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def copy_file(source: Path, target: Path, progress: Progress) -> None:
    """Copy a file into a new one, mode 0600, whole on the disk. Raises OSError."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as left, os.fdopen(handle, "wb") as right:
        while chunk := left.read(1 << 20):
            right.write(chunk)
            progress.step(0, 0, "Copying")
        right.flush()
        os.fsync(right.fileno())


def _private(home: Path) -> Path:
    """The folder, 0700, and those above it that are not there yet. Raises OSError."""
    for folder in (home.parent, home):
        private_dir(folder)
    return home
