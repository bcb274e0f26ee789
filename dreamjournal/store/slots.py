"""The slot file of a journal on the disk: two copies, written as one, read whichever is whole, mended after an unlock.

Of two whole copies the newer one counts alone, so that an old passphrase dies with the change even where a kill came between
the two. Both are written under a lock, since a copy put back by one program must not undo what another has just written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from dreamjournal.common.errors import DiskFull, JournalBusy, JournalDamaged, StoreError, UserError, WrongPassphrase
from dreamjournal.common.files import atomic_stream, clear_torn, sync_folder
from dreamjournal.common.paths import keys_path
from dreamjournal.domain import recovery_code
from dreamjournal.store import encryption, heads, keyring_slot
from dreamjournal.store.connect import connect, is_plain
from dreamjournal.store.encryption import BadSlots, Database, OldFile, Slot, SlotFile

_WAIT_S, _TRIES = 0.05, 100


def copies(journal: Path) -> tuple[Path, Path]:
    """Where the two copies of the slot file are."""
    path = keys_path(journal)
    return path, path.with_name(path.name + ".copy")


def has_slots(journal: Path) -> bool:
    """Whether the journal has a slot file. What a killed `encrypt` or `decrypt` left beside a plain journal is none."""
    if not any(os.path.lexists(path) for path in copies(journal)):
        return False
    with contextlib.suppress(OSError):
        return not (is_plain(journal) and _is_converting(journal))
    return True


def needs_secret(journal: Path) -> bool:
    """Whether it takes a passphrase, a code or the keyring to open the journal."""
    with contextlib.suppress(OSError):
        return has_slots(journal) and not is_plain(journal)
    return False


def _is_converting(journal: Path) -> bool:
    found = look(journal, b"").foreign
    return bool(found) and found[0].plain


def remove(journal: Path) -> None:
    """Take both copies away. Raises OSError."""
    for path in copies(journal):
        path.unlink(missing_ok=True)


def set_aside(journal: Path) -> None:
    """Rename a slot file that belongs to something else: it may be all that opens a journal kept elsewhere. Raises OSError."""
    if journal.exists() and not has_slots(journal):
        remove(journal)  # what a killed `encrypt` or `decrypt` left opens nothing
    for path in copies(journal):
        if os.path.lexists(path):
            number = next(n for n in range(1, 10_000) if not os.path.lexists(f"{path}.aside-{n}"))
            os.replace(path, f"{path}.aside-{number}")


def salt_of(journal: Path) -> bytes:
    """The salt of a database: its first 16 bytes. Raises StoreError."""
    try:
        salt = heads.head(journal)
    except OSError as error:
        raise StoreError("The journal was not opened", "its file cannot be read", "check its permissions") from error
    if len(salt) < 16:
        raise JournalDamaged(
            "The journal cannot be read", "the file is cut short", "restore a backup; the file was not changed"
        )
    return salt


# Reading


@dataclass(frozen=True)
class Found:
    """What the copies on the disk are."""

    fitting: tuple[SlotFile, ...]
    """Whole copies that open the database, the newest first."""
    foreign: tuple[SlotFile, ...]
    """Whole copies that open another one."""
    old: tuple[OldFile, ...]
    """Copies of version 1, which do not say what they open."""
    reasons: tuple[str, ...]
    """Why the others cannot be used, as clauses."""

    @property
    def best(self) -> SlotFile | OldFile | None:
        """The copy that counts."""
        return self.fitting[0] if self.fitting else self.old[0] if self.old else None

    @property
    def whole(self) -> int:
        """How many copies are the one that counts."""
        return sum(f == self.best for f in (*self.fitting, *self.old))

    def usable(self) -> SlotFile | OldFile:
        """The copy that counts. Raises StoreError with the reason where there is none."""
        if self.best is not None:
            return self.best
        if self.foreign:
            raise StoreError(
                "The journal was not opened",
                "the key file beside it belongs to another journal, or the journal's first bytes are damaged",
                "put back the file that ends in .keys and was made with it, or restore a backup",
            )
        raise _unusable(self.reasons[0] if self.reasons else "its key file is missing")


def _unusable(why: str) -> StoreError:
    return StoreError(
        "The journal was not opened", why, "put back a copy of the file that ends in .keys, from a backup for instance"
    )


def look(journal: Path, salt: bytes) -> Found:
    """Read both copies, for the database with this salt."""
    files: list[SlotFile | OldFile] = []
    reasons: list[str] = []
    for path in copies(journal):
        try:
            files.append(encryption.decode(_bytes(path)))
        except FileNotFoundError:
            continue
        except BadSlots as error:
            reasons.append(str(error))
        except OSError:
            reasons.append("its key file cannot be read")
    new = sorted((f for f in files if isinstance(f, SlotFile)), key=lambda f: -f.generation)
    return Found(
        tuple(f for f in new if f.fits(salt)), tuple(f for f in new if not f.fits(salt)),
        tuple(f for f in files if isinstance(f, OldFile)), tuple(reasons),
    )  # fmt: skip


def _bytes(path: Path) -> bytes:
    """What is in a copy, one byte more than is allowed at most. Raises OSError and BadSlots."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BadSlots("its key file is no file")
        return stream.read(encryption.MOST_BYTES + 1)


# Unlocking


def unlock(journal: Path, secret: str) -> bytes:
    """The database key, by the passphrase or the recovery code; the copies of the slot file are mended.

    Raises WrongPassphrase, and StoreError where no copy of the slot file can be used.
    """
    salt = salt_of(journal)
    found = look(journal, salt)
    if found.best is None and found.foreign:
        return _with_lost_salt(journal, found, secret)
    if isinstance(found.usable(), OldFile):
        return _unlock_old(journal, salt, found.old, secret)
    refused: WrongPassphrase | None = None
    for file in found.fitting:
        if refused is not None and file.generation < found.fitting[0].generation:
            break  # an older copy would let a passphrase in that was changed
        try:
            key = _key(file, salt, secret)
        except WrongPassphrase as error:
            refused = error
        except BadSlots:
            continue  # the secret is right, what it should open is damaged
        else:
            mend(journal, found, file)
            return key
    raise refused or _unusable("its key file is damaged")


def unlock_by_keyring(journal: Path, ask: Callable[[bytes], bytes | None]) -> bytes | None:
    """The database key by what `ask` finds in the keyring under a slot's name, None where that opens nothing."""
    salt = salt_of(journal)
    found = look(journal, salt)
    file = found.fitting[0] if found.fitting else None
    slot = file.slot("keyring") if file else None
    if file is None or slot is None:
        return None
    secret = ask(slot.salt)
    try:
        key = encryption.key_by_keyring(file, slot, salt, secret) if secret else None
    except BadSlots:
        return None
    if key is not None:
        mend(journal, found, file)
    return key


def _key(file: SlotFile, salt: bytes, secret: str) -> bytes:
    """Raises WrongPassphrase, with the place of the slip where a recovery code was mistyped."""
    told = recovery_code.told(secret)
    recovery, passphrase = file.slot("recovery"), file.slot("passphrase")
    key = None
    if recovery is not None and isinstance(told, bytes):
        key = encryption.key_by_code(file, recovery, salt, told)
    if key is None and passphrase is not None:
        # Also where it looks like a code: a passphrase of seven short words must not lock anybody out.
        key = encryption.key_by_passphrase(file, passphrase, salt, secret)
    if key is not None:
        return key
    if isinstance(told, recovery_code.Slip) and recovery is not None:
        raise WrongPassphrase("That did not open it", told.why, "compare it with the paper and try again")
    if isinstance(told, bytes):
        raise WrongPassphrase(
            "That did not open it", "this recovery code is not, or no longer, the one of this journal",
            "nothing is lost; look for the newest one",
        )  # fmt: skip
    why = "the passphrase is not the one of this journal" if passphrase else "this journal opens with its recovery code"
    raise WrongPassphrase("That did not open it", why, "nothing is lost; try again")


def _with_lost_salt(journal: Path, found: Found, secret: str) -> bytes:
    """A key file of another database, or of this one before its first bytes were damaged: the salt is in the key file too."""
    file = found.foreign[0]
    for salt in {o.salt for s in file.slots for o in s.opens}:
        try:
            key = _key(file, salt, secret)
            connect(journal, key + salt).conn.close()
        except (WrongPassphrase, StoreError, BadSlots):
            continue
        with journal.open("r+b") as stream:
            stream.write(salt)
            stream.flush()
            os.fsync(stream.fileno())
        return key
    return found.usable() and b""  # raises


def _unlock_old(journal: Path, salt: bytes, files: tuple[OldFile, ...], secret: str) -> bytes:
    """By a slot file of version 1, which then becomes one of this version."""
    for file in files:
        slot = file.slots[0]
        key = encryption.old_key(slot, secret)
        if key is None:
            continue
        db = connect(journal, key)
        try:
            columns = [r["name"] for r in db.rows("PRAGMA table_info(journal)")]
            row = db.row("SELECT uid FROM journal") if "uid" in columns else None
        finally:
            db.conn.close()
        database = Database(str(row["uid"]) if row else "", salt, key)
        cost = encryption.Cost(slot.memory_kib, slot.time, slot.lanes)
        with contextlib.suppress(OSError, StoreError), locked(journal):
            if isinstance(look(journal, salt).best, OldFile):
                made = encryption.passphrase_slot(database, secret, "", cost)
                write(journal, SlotFile(database.journal, 1, (made,)))
        return key
    raise WrongPassphrase(
        "That did not open it", "the passphrase is not the one of this journal", "nothing is lost; try again"
    )


# Writing


def write(journal: Path, file: SlotFile) -> None:
    """Write both copies: after a kill at any point the newer whole copy is the old or the new state. Raises OSError.

    Hold `locked` around reading and writing.
    """
    data = encryption.encode(file)
    path, copy = copies(journal)
    clear_torn(path)
    clear_torn(copy)
    with atomic_stream(path) as first, atomic_stream(copy) as second:
        for stream in (first, second):
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())  # a full disk is noticed before either name points to the new state
    sync_folder(path.parent)


def begin(
    journal: Path, database: Database, passphrase: str | None, code: bytes | None, *, keyring: bool, made: datetime,
    plain: bool = False, cost: encryption.Cost | None = None,
) -> None:  # fmt: skip
    """Write the first slot file of a database; one of something else is set aside. Raises UserError, OSError."""
    when = stamp(made)
    found: list[Slot] = []
    if passphrase:
        found.append(encryption.passphrase_slot(database, passphrase, when, cost))
    if code is not None:
        found.append(encryption.recovery_slot(database, code, when))
    if keyring:
        found.append(in_keyring(database, when))
    with locked(journal):
        set_aside(journal)
        write(journal, SlotFile(database.journal, 1, tuple(found), plain=plain))


def in_keyring(database: Database, made: str) -> Slot:
    """A slot whose secret the keyring has taken. Raises UserError where it did not."""
    name, secret = secrets.token_bytes(16), secrets.token_bytes(32)
    if not keyring_slot.put(name, secret):
        raise UserError(
            "The key was not put into the keyring", "this computer has no keyring that is open and keeps it",
            "choose a passphrase, or unlock the keyring and try again",
        )  # fmt: skip
    return encryption.keyring_slot(database, secret, made, name)


def stamp(moment: datetime) -> str:
    """When a slot was made, as it is written."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def put(journal: Path, key: bytes, make: Callable[[Database], Slot]) -> Slot | None:
    """Put a slot in the place of the one of its kind, which is returned. Raises StoreError; then nothing was changed."""
    with changing(), locked(journal):
        file, database = current(journal, key)
        slot = make(database)
        write(journal, following(file, (*(s for s in file.slots if s.kind != slot.kind), slot)))
        return file.slot(slot.kind)


def take_out(journal: Path, kind: str) -> Slot | None:
    """Remove the slot of a kind, which is returned. Raises StoreError; then nothing was changed."""
    with changing(), locked(journal):
        file = look(journal, salt_of(journal)).usable()
        slot = file.slot(kind) if isinstance(file, SlotFile) else None
        if slot is None or not isinstance(file, SlotFile):
            return None
        write(journal, following(file, tuple(s for s in file.slots if s.kind != kind)))
        return slot


def following(file: SlotFile, slots: tuple[Slot, ...], *, plain: bool = False) -> SlotFile:
    """The slot file that comes after `file`. Raises StoreError where it would leave nothing but the keyring."""
    if not any(s.kind != "keyring" for s in slots):
        raise StoreError(
            "Nothing was changed", "the keyring must not be all that opens the journal", "make a recovery code first"
        )
    return msgspec.structs.replace(file, generation=file.generation + 1, slots=slots, plain=plain)


def only(slot: Slot, salt: bytes) -> Slot:
    """The slot, opening the database with this salt alone."""
    return msgspec.structs.replace(slot, opens=tuple(o for o in slot.opens if o.salt == salt))


@contextmanager
def changing() -> Generator[None]:
    """Turn what the disk says while a key file is written into a sentence. Raises DiskFull, StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull("Nothing was changed", "the disk is full", "free some space and try again") from error
        raise StoreError(
            "Nothing was changed", "the key file cannot be written", "make its folder writable and try again"
        ) from error


def current(journal: Path, key: bytes) -> tuple[SlotFile, Database]:
    """The slot file and the database as they are now. Raises StoreError where `key` is not this database's key."""
    salt = salt_of(journal)
    best = look(journal, salt).usable()
    if isinstance(best, SlotFile):
        database = Database(best.journal, salt, key)
        if any(encryption.authentic(s, database) for s in best.slots):
            return best, database
    raise StoreError(
        "Nothing was changed", "the key file was changed meanwhile", "close the journal, open it again and try again"
    )


def mend(journal: Path, found: Found, file: SlotFile) -> None:
    """Make the other copy equal to the one that has just opened the journal, and end what a killed `encrypt` began."""
    if found.fitting == (file, file) and not file.plain:
        return
    with contextlib.suppress(OSError, StoreError), locked(journal):
        again = look(journal, salt_of(journal)).fitting
        if file not in again or any(f.generation > file.generation for f in again):
            return  # it was changed, or decrypted, meanwhile
        if file.plain:
            write(journal, following(file, file.slots))
        elif again != (file, file):
            write(journal, file)


_mine = threading.local()


@contextmanager
def locked(journal: Path) -> Generator[None]:
    """Only this thread of this program changes slot files of the journal's folder. Raises JournalBusy and OSError."""
    if os.name != "posix" or getattr(_mine, "folder", None) == journal.parent:
        yield
        return
    import fcntl

    folder = os.open(journal.parent, os.O_RDONLY)
    try:
        _take(fcntl.flock, folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _mine.folder = journal.parent
        yield
    finally:
        _mine.folder = None
        os.close(folder)


def _take(flock: Callable[[int, int], None], folder: int, how: int) -> None:
    wait = threading.Event()
    for _ in range(_TRIES):
        try:
            flock(folder, how)
        except BlockingIOError:
            wait.wait(_WAIT_S)
        except OSError:
            return  # a place that knows no locks
        else:
            return
    raise JournalBusy("Nothing was changed", "another program is changing the key file", "try again in a moment")
