"""What opens a journal, and changing it: passphrase, recovery code, keyring, a new key for the whole, encrypted or not.

Whoever has the database key, that is, has the journal open, can change what opens it. What rewrites the whole file (`rekey`,
`encrypt`, `decrypt`) does so on a copy that is read through before it takes the journal's place, needs the journal closed
everywhere, and makes a backup before. Backups keep the key file they were made with, and so their old passphrase.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from dreamjournal.common.clock import Clock, SystemClock
from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.domain import recovery_code
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

SlotKind = Literal["passphrase", "recovery", "keyring"]


@dataclass(frozen=True)
class Made:
    """A new journal, open, and the recovery code to be written down now: it is shown once and kept nowhere."""

    journal: Journal
    recovery_code: str | None


@dataclass(frozen=True)
class Slot:
    """One thing that opens a journal, and since when; None where that was not noted."""

    kind: SlotKind
    made: datetime | None


@dataclass(frozen=True)
class KeyStatus:
    """How a journal is kept from other eyes. `encrypted` is read from the file itself."""

    encrypted: bool
    slots: tuple[Slot, ...]
    copies_on_disk: int
    keyring_available: bool
    trouble: str = ""
    """Why the key file cannot be used, as a clause; "" where it can."""


def make_journal(
    path: Path, *, kind: JournalKind, protection: Protection, passphrase: str | None = None, clock: Clock
) -> Made:
    """Make a journal, open. A protected one gets a recovery code beside its passphrase or the keyring.

    Raises UserError (a file is there, no passphrase, no keyring) and StoreError.
    """
    from dreamjournal.store.journal import create_journal

    passphrase = _checked(protection, passphrase)
    code = None if protection == Protection.NONE else secrets.token_bytes(recovery_code.SECRET_BYTES)
    keyring = protection == Protection.COMPUTER
    try:
        made = create_journal(path, kind=kind, passphrase=passphrase, clock=clock, code=code, keyring=keyring)
    except OSError as error:
        raise UserError("No journal was made", "there can be no file at that place", "choose another") from error
    return Made(made, recovery_code.shown(code) if code else None)


def unlock(path: Path, secret: str) -> bytes:
    """The database key by the passphrase or the recovery code. Raises WrongPassphrase and StoreError."""
    from dreamjournal.store import slots

    return slots.unlock(path, secret)


def unlock_from_keyring(path: Path) -> bytes | None:
    """The database key by this computer's keyring; None where that does not open it, for whatever reason."""
    from dreamjournal.store import keyring_slot, slots

    try:
        return slots.unlock_by_keyring(path, keyring_slot.get)
    except (KnownError, OSError):
        return None


def keyring_available() -> bool:
    """Whether this computer has a keyring that is open. Asks the desktop, which may take a moment."""
    from dreamjournal.store import keyring_slot

    return keyring_slot.is_available()


def status(path: Path) -> KeyStatus:
    """What opens the journal, without opening it. Raises UserError where there is none, StoreError."""
    from dreamjournal.store import encryption, keyring_slot, slots
    from dreamjournal.store.connect import is_plain

    if not path.is_file():
        raise UserError("There is no journal yet", "nothing was found there", "name a journal with --journal")
    try:
        plain = is_plain(path)
    except OSError as error:
        raise UserError("The journal cannot be opened", "the file cannot be read", "check its permissions") from error
    if plain:
        return KeyStatus(False, (), 0, keyring_slot.is_available())
    found = slots.look(path, slots.salt_of(path))
    try:
        best = found.usable()
    except KnownError as error:
        return KeyStatus(True, (), 0, keyring_slot.is_available(), error.why)
    if isinstance(best, encryption.OldFile):
        listed: tuple[Slot, ...] = (Slot("passphrase", None),)
    else:
        listed = tuple(Slot(s.kind, _moment(s.made)) for s in best.slots)
    return KeyStatus(True, listed, found.whole, keyring_slot.is_available())


def change_passphrase(path: Path, key: bytes, new: str, clock: Clock | None = None) -> None:
    """Let `new` open the journal in place of the old passphrase, or beside code and keyring where there was none.

    Older backups keep theirs. Raises UserError and StoreError.
    """
    from dreamjournal.store import encryption, slots

    new = cast("str", _checked(Protection.PASSPHRASE, new))
    when = slots.stamp((clock or SystemClock()).now())
    slots.put(path, key, lambda database: encryption.passphrase_slot(database, new, when))


def new_recovery_code(path: Path, key: bytes, clock: Clock) -> str:
    """Make a recovery code; the one before it opens nothing any more. It is shown once. Raises StoreError."""
    from dreamjournal.store import encryption, slots

    code, when = secrets.token_bytes(recovery_code.SECRET_BYTES), slots.stamp(clock.now())
    slots.put(path, key, lambda database: encryption.recovery_slot(database, code, when))
    return recovery_code.shown(code)


def put_in_keyring(path: Path, key: bytes, clock: Clock | None = None) -> None:
    """Let this computer's keyring open the journal without asking. Raises UserError where there is none, StoreError."""
    from dreamjournal.store import slots

    when = slots.stamp((clock or SystemClock()).now())
    replaced = slots.put(path, key, lambda database: slots.in_keyring(database, when))
    _forget(replaced.salt if replaced else None)


def take_out_of_keyring(path: Path) -> None:
    """Let the keyring open the journal no more; no key is needed. Raises StoreError."""
    from dreamjournal.store import slots

    taken = slots.take_out(path, "keyring")
    _forget(taken.salt if taken else None)


def _forget(name: bytes | None) -> None:
    from dreamjournal.store import keyring_slot

    if name is not None:
        keyring_slot.forget(name)  # what stays in a keyring that is away opens nothing any more


def rekey(path: Path, key: bytes, clock: Clock, progress: Progress | None = None) -> bytes:
    """Give the journal a new database key; passphrase, recovery code and keyring open it as before. Returns the key.

    For when a key is known to somebody else. Whoever knows the passphrase still opens it: change that first. Backups
    made before stay as they are and open with what opened them. Close every connection before. Raises JournalBusy,
    StoreError and Cancelled; then the journal is as it was.
    """
    from dreamjournal.services import holding
    from dreamjournal.store import rekey as work

    with holding.alone(path, clock=clock):
        _backup(path, key, "rekey", clock)
        return work.rekey(path, key, progress or NoProgress())


def encrypt(
    path: Path, *, protection: Protection, passphrase: str | None = None, clock: Clock, progress: Progress | None = None
) -> str | None:
    """Encrypt a plain journal; returns the recovery code, which is shown once.

    The plain file is overwritten and removed, its backups are not. Raises UserError, JournalBusy, StoreError and
    Cancelled; then the journal is as it was.
    """
    from dreamjournal.services import holding
    from dreamjournal.store import rekey as work

    if protection == Protection.NONE:
        raise UserError("Nothing was changed", "no protection was chosen", "choose a passphrase or this computer")
    passphrase = _checked(protection, passphrase)
    code = secrets.token_bytes(recovery_code.SECRET_BYTES)
    keyring = protection == Protection.COMPUTER
    with holding.alone(path, clock=clock):
        _backup(path, None, "encrypt", clock)
        work.encrypt(path, passphrase, code, keyring=keyring, when=clock.now(), progress=progress or NoProgress())
    return recovery_code.shown(code)


def decrypt(path: Path, key: bytes, clock: Clock, progress: Progress | None = None) -> None:
    """Take the encryption off: from then on whoever can read the file can read the journal.

    Raises JournalBusy, StoreError and Cancelled; then the journal is as it was.
    """
    from dreamjournal.services import holding
    from dreamjournal.store import rekey as work

    with holding.alone(path, clock=clock):
        _backup(path, key, "decrypt", clock)
        name = work.decrypt(path, key, progress or NoProgress())
    _forget(name)


def _backup(path: Path, key: bytes | None, reason: Literal["rekey", "encrypt", "decrypt"], clock: Clock) -> None:
    from dreamjournal.services import backups, journals

    journal = journals.open_existing(path, key=key)
    try:
        backups.before(journal, reason, clock)
    finally:
        journal.close()


def _checked(protection: Protection, passphrase: str | None) -> str | None:
    if protection != Protection.PASSPHRASE:
        return None
    if not passphrase:
        raise UserError("Nothing was changed", "a passphrase is missing", "type one", field="passphrase")
    return passphrase


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
