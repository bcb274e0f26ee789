"""Puts a backup in the place of the journal, or makes a new journal of it.

Only the last step changes the journal, and it is one renaming of one file: a kill at any point leaves the journal that was
there or the restored one. So the restored words are put under the protection the journal has now, wherever that can be
read: its key and its slots stay, and the passphrase with them. What was there is backed up before, and a file that cannot
be read is set aside under a name with its date.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dreamjournal.common.errors import (
    DiskFull,
    JournalBusy,
    JournalDamaged,
    JournalTooNew,
    KnownError,
    StoreError,
    UserError,
    WrongPassphrase,
)
from dreamjournal.common.files import atomic_write, clear_torn, sync_folder
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.services import backups as the_backups
from dreamjournal.services import holding

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.store.backups import Backup
    from dreamjournal.store.copying import Held

NOT_RESTORED = "Nothing was restored"


@dataclass(frozen=True)
class Restored:
    """What was done. `before` is the backup of what was there, `aside` where a file that could not be read is now."""

    path: Path
    backup: Backup
    before: Backup | None
    aside: Path | None
    opens_with: Literal["now", "then", "nothing"]
    """Which passphrase opens it: the one the journal had just now, that of the backup's time, or none is needed."""

    @property
    def words(self) -> str:
        """What was done, in a few sentences; backups go by their ids."""
        return self.told(lambda backup: backup.id)

    def told(self, named: Callable[[Backup], str]) -> str:
        """What was done, in a few sentences, with a name for each backup: its id, or when it was made."""
        counts = the_backups.counts_words(self.backup.counts)
        parts = [f"The journal is as it was at {named(self.backup)}: {counts}."]
        if self.before is not None:
            parts.append(f"What was there before is kept as the backup of {named(self.before)}.")
        if self.aside is not None:
            parts.append(
                f"The file that could not be read was set aside as {self.aside.name}; nothing of it was deleted."
            )
        if self.opens_with == "now":
            parts.append("It opens as before.")
        elif self.opens_with == "then":
            parts.append("It opens with the passphrase or the recovery code it had when the backup was made.")
        return " ".join(parts)


@dataclass(frozen=True)
class _There:
    """What is in the journal's place now."""

    state: Literal["missing", "good", "unreadable"]
    key: bytes | None = None
    held: Held | None = None


def restore(
    path: Path, backup: Backup | str, key: bytes | None, clock: Clock, *, secret: str = "", progress: Progress | None = None
) -> Restored:  # fmt: skip
    """Put a backup in the place of the journal at `path`, which nobody may have open.

    `key` is the journal's key where it is known; `secret` (a passphrase or the recovery code) is tried on the journal
    and on the backup. Raises UserError (no such backup, one of another journal), WrongPassphrase, StoreError (it is
    damaged or newer, the journal is open elsewhere, no room), Cancelled; then nothing was changed.
    """
    watched = progress or NoProgress()
    one = the_backups.found(path, backup) if isinstance(backup, str) else backup
    with holding.alone(path, clock=clock), _told(), _staged(path, one, key, secret, watched) as (file, file_key):
        there = _look(path, key, secret)
        _of_this_journal(path, one, there)
        before, there = _before(path, there, clock, watched)
        if there.state == "good":
            file = _under(path, there.key, file, file_key, watched)
            _close_log(path, there.key)
            _replace(file, path)
            return Restored(path, one, before, None, "now" if there.key is not None else "nothing")
        keeps_slots = one.encrypted and _same_key(path, there.key, file, file_key)
        aside = _set_aside(path, clock) if there.state == "unreadable" else None
        if not keeps_slots:
            _put_keys(path, file if one.encrypted else None)
        _replace(file, path)
        return Restored(path, one, None, aside, "now" if keeps_slots else "then" if one.encrypted else "nothing")


def restore_as(
    folder: Path, new_path: Path, clock: Clock, *, key: bytes | None = None, secret: str = "", progress: Progress | None = None
) -> Restored:  # fmt: skip
    """Make a new journal of a backup that lies anywhere, as on a fresh machine. As `restore`.

    It opens with what opened the journal when the backup was made.
    """
    from dreamjournal.common.paths import private_dir
    from dreamjournal.store import backups
    from dreamjournal.store.dump import settle

    del clock
    one = backups.read(folder)
    if not one.digests:
        raise UserError("That is no backup", "its manifest is missing or damaged", "name the folder of one backup")
    with _told():
        private_dir(new_path.parent)
        if new_path.exists():
            raise UserError("No journal was made", "a file of that name is there already", "choose another name")
        with _staged(new_path, one, key, secret, progress or NoProgress()) as (file, _):
            settle(file, new_path)
    return Restored(new_path, one, None, None, "then" if one.encrypted else "nothing")


def opens(backup: Backup, key: bytes | None) -> bool:
    """Whether the journal's key of now opens a backup; where not, the passphrase of its time must be asked for."""
    from dreamjournal.store import copying

    if not backup.encrypted:
        return True
    return key is not None and backup.file.is_file() and copying.opens(backup.file, key)


def key_of(backup: Backup, key: bytes | None, secret: str) -> bytes | None:
    """The key of a backup: `key` where that opens it, else by a passphrase or the recovery code of its time.

    None where it needs none. Raises WrongPassphrase and StoreError.
    """
    from dreamjournal.store import backups, slots

    if opens(backup, key):
        return key if backup.encrypted else None
    keys = backups.good_keys(backup)
    if keys is None:
        raise backups.BackupNotGood("The backup was not opened", "its key file is damaged", "use another backup")
    # In a place of its own: opening a key file mends it, and a backup stays as it was made.
    with tempfile.TemporaryDirectory(prefix="dreamjournal-") as folder:
        file = Path(folder) / backups.JOURNAL_FILE
        backups.copy_file(backup.file, file, NoProgress())
        backups.write_synced(file.with_name(file.name + ".keys"), keys)
        if not secret:
            raise WrongPassphrase(
                "The backup was not opened", "it needs the passphrase or the recovery code of its time", "give one"
            )
        return slots.unlock(file, secret)


@contextmanager
def _staged(
    path: Path, one: Backup, key: bytes | None, secret: str, progress: Progress
) -> Generator[tuple[Path, bytes | None]]:  # fmt: skip
    """The backup copied beside the journal and read through there; the copy and its key. It is gone after the block."""
    from dreamjournal.store import backups, copying, slots

    clear_torn(path)
    backups.whole(replace(one, digests=tuple(d for d in one.digests if d[0] == backups.JOURNAL_FILE)), progress)
    keys = backups.good_keys(one)
    if one.encrypted and keys is None and key is None:
        raise backups.BackupNotGood(NOT_RESTORED, "the key file of the backup is damaged", "use another backup")
    stage = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    stage.mkdir(mode=0o700)
    try:
        file = stage / path.name
        backups.copy_file(one.file, file, progress)
        if one.encrypted and keys is not None:
            for ending in backups.KEY_ENDINGS:
                backups.write_synced(file.with_name(file.name + ending), keys)
        file_key: bytes | None = None
        if one.encrypted:
            file_key = key if key is not None and copying.opens(file, key) else None
            if file_key is None and secret and keys is not None:
                file_key = slots.unlock(file, secret)
            if file_key is None:
                raise WrongPassphrase(
                    NOT_RESTORED, "this backup needs the passphrase or the recovery code of its time",
                    "set DREAMJOURNAL_PASSPHRASE or type it",
                )  # fmt: skip
        found = backups.read_through(file, file_key, progress)
        if found.counts != one.counts:
            raise backups.BackupNotGood(NOT_RESTORED, "the backup does not hold what it should", "use another backup")
        yield file, file_key
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _look(path: Path, key: bytes | None, secret: str) -> _There:
    """What is in the journal's place. One that no known key opens counts as unreadable: it is set aside, never replaced."""
    from dreamjournal.store import backups, copying, opening, slots
    from dreamjournal.store.connect import is_plain

    if not path.exists():
        return _There("missing")
    sealed = backups.has_keys(path)
    candidates: list[bytes | None] = [key] if key is not None else []
    if sealed and secret:
        with suppress(KnownError, OSError):
            # Slots of another salt: the first bytes are damaged, and trying what opens it would write.
            if slots.look(path, slots.salt_of(path)).best is not None:
                candidates.append(slots.unlock(path, secret))
    with suppress(OSError):
        if path.stat().st_size and is_plain(path):
            candidates = [None]
    for candidate in candidates:
        try:
            # Read-only, and all of it: to open a damaged file for writing could cost it its log.
            opening.see(path, candidate, whole=True)
            return _There("good", candidate, copying.held(path, candidate))
        except JournalTooNew:
            raise
        except (StoreError, UserError) as error:
            if isinstance(error, JournalBusy):
                raise
    return _There("unreadable")


def _of_this_journal(path: Path, one: Backup, there: _There) -> None:
    """Raises UserError where the backup is one of another journal."""
    if there.held is not None:
        known = {(there.held.uid, there.held.made_ms)}
    elif there.state == "unreadable":
        known = {(b.uid, b.journal_made) for b in the_backups.listed(path) if b.counts}
    else:
        return
    same = any(
        one.uid == uid if one.uid and uid else one.journal_made == made or not made or not one.journal_made
        for uid, made in known
    )
    if known and not same:
        raise UserError(
            NOT_RESTORED,
            "that is a backup of another journal",
            "make a new journal of it with --as and a name of its own",
        )


def _before(path: Path, there: _There, clock: Clock, progress: Progress) -> tuple[Backup | None, _There]:
    """The backup that holds what is there now, and what is there: unreadable where no good backup can be made of it."""
    from dreamjournal.store import backups, copying

    if there.state != "good":
        return None, there
    known = backups.current(path)
    if known is not None:
        return known, there
    try:
        if not copying.holds_anything(path, there.key):
            return None, there
        return backups.make(path, there.key, "restore", clock.now(), progress), there
    except (JournalDamaged, backups.BackupNotGood):
        return None, _There("unreadable", there.key)
    except KnownError as error:
        why = f"what is there now could not be backed up, {error.why}"
        raise StoreError(NOT_RESTORED, why, error.what_now) from error


def _same_key(path: Path, key: bytes | None, file: Path, file_key: bytes | None) -> bool:
    """Whether what opens the journal now opens the copy as it is."""
    from dreamjournal.store import slots

    try:
        return key is not None and key == file_key and slots.salt_of(path) == slots.salt_of(file)
    except KnownError:
        return False


def _under(path: Path, key: bytes | None, file: Path, file_key: bytes | None, progress: Progress) -> Path:
    """The staged copy under the key and the salt that the journal has now."""
    from dreamjournal.store import backups, copying, slots

    salt = slots.salt_of(path) if key is not None else b""
    if key == file_key and (key is None or salt == slots.salt_of(file)):
        return file
    made = file.with_name("converted.db")
    copying.convert(file, file_key, made, None if key is None else key[:32] + salt, progress)
    was, now = (backups.read_through(f, k, progress) for f, k in ((file, file_key), (made, key)))
    if was != now:
        raise backups.BackupNotGood(NOT_RESTORED, "the copy does not hold what the backup holds", "try again")
    return made


def _close_log(path: Path, key: bytes | None) -> None:
    """Fold the write-ahead log in and let it go: beside another file it would be replayed into that."""
    from dreamjournal.store import copying

    copying.fold(path, key)
    log = path.with_name(path.name + "-wal")
    with suppress(FileNotFoundError):
        if log.stat().st_size:
            raise JournalBusy(NOT_RESTORED, "another program has the journal open", "close it and try again")
        log.unlink()
    path.with_name(path.name + "-shm").unlink(missing_ok=True)


def _set_aside(path: Path, clock: Clock) -> Path:
    """Give what is there a second name with the date, its log and its key files with it; the log goes with it."""
    stem = f"{path.name}.set-aside-{clock.now():%Y-%m-%dT%H%M%SZ}"
    aside = next(a for n in range(1, 1000) if not (a := path.with_name(stem if n == 1 else f"{stem}-{n}")).exists())
    try:
        aside.hardlink_to(path)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, aside)
        aside.chmod(0o600)
    for ending in (".keys", ".keys.copy"):
        with suppress(FileNotFoundError):
            atomic_write(aside.with_name(aside.name + ending), path.with_name(path.name + ending).read_bytes())
    for ending in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    sync_folder(path.parent)
    return aside


def _put_keys(path: Path, file: Path | None) -> None:
    """The key files of the staged copy, before the copy itself: what is there cannot be opened anyway."""
    for ending in (".keys", ".keys.copy"):
        target = path.with_name(path.name + ending)
        source = file.with_name(file.name + ending) if file is not None else None
        if source is not None and source.exists():
            atomic_write(target, source.read_bytes())
        elif file is None:
            target.unlink(missing_ok=True)
    with suppress(FileNotFoundError):  # of a journal that is gone: it would be replayed into the new file
        log = path.with_name(path.name + "-wal")
        if not path.exists():
            log.rename(path.with_name(f"{log.name}.set-aside"))


def _replace(file: Path, path: Path) -> None:
    os.replace(file, path)
    sync_folder(path.parent)


@contextmanager
def _told() -> Generator[None]:
    """Errors of the disk in the words of restoring."""
    import errno

    try:
        yield
    except DiskFull as error:
        raise DiskFull(NOT_RESTORED, "there is no room for it on the disk", "free some space and try again") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(
                NOT_RESTORED, "there is no room for it on the disk", "free some space and try again"
            ) from error
        raise StoreError(NOT_RESTORED, "a file could not be read or written", "check the disk and try again") from error
