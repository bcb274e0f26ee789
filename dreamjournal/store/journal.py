"""A journal: one SQLite file, encrypted under a passphrase or plain, with a repository for each thing it holds."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.common.files import sync_folder, temp_of
from dreamjournal.common.kept import Held, Kept
from dreamjournal.common.paths import private_dir
from dreamjournal.domain.person import JournalKind
from dreamjournal.store.bin import Bin
from dreamjournal.store.columns import ms
from dreamjournal.store.connect import SCHEMA_VERSION, Db, connect, load_sqlite_utils, mapped
from dreamjournal.store.dreams import Dreams
from dreamjournal.store.enhancers import Enhancers, Exposures, Tags
from dreamjournal.store.evenings import Evenings
from dreamjournal.store.fts import ensure_fts
from dreamjournal.store.imports import Imports
from dreamjournal.store.mornings import Diaries, Mornings
from dreamjournal.store.nights import Nights
from dreamjournal.store.originals import Originals
from dreamjournal.store.persons import Persons, Reviews
from dreamjournal.store.reading import Reading
from dreamjournal.store.sessions import Sessions
from dreamjournal.store.settings import Reminders, Settings
from dreamjournal.store.studies import Studies

if TYPE_CHECKING:
    from dreamjournal.store.balance import BalanceNotes
    from dreamjournal.store.codings import Codings
    from dreamjournal.store.dump import Dump
    from dreamjournal.store.screenings import Screenings


class Journal:
    """An open journal. Belongs to the thread that opened it; another thread opens its own with `key`."""

    def __init__(
        self, path: Path, db: Db, key: bytes | None, *, own_folder: Path | None = None, notices: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self.notices = notices
        """What is to be said once of how it was opened: sentences."""
        self._own_folder = own_folder
        self.key = key
        self._db = db
        row = db.row("SELECT kind, uid FROM journal")
        self.kind = JournalKind(row["kind"]) if row else JournalKind.OWN
        self.uid = str(row["uid"]) if row else ""
        """A random name of this journal and its backups; no other journal has it."""
        self.encrypted = db.encrypted
        self.persons = Persons(db)
        self.dreams = Dreams(db)
        self.mornings = Mornings(db)
        self.diaries = Diaries(db)
        self.evenings = Evenings(db)
        self.enhancers = Enhancers(db)
        self.exposures = Exposures(db)
        self.tags = Tags(db)
        self.sessions = Sessions(db)
        self.nights = Nights(db)
        self.imports = Imports(db)
        self.originals = Originals(db)
        self.reading = Reading(db)
        self.settings = Settings(db)
        self.reminders = Reminders(db)
        self.bin = Bin(db)
        self.reviews = Reviews(db)
        self.studies = Studies(db)
        self.kept = Kept()
        """What was made from it and is good until it changes; dropped when it is closed."""
        self._given: Held | None = None

    # Made when first asked for: the first page shown needs none of them, and what they are made of takes time to load.

    @cached_property
    def balance(self) -> BalanceNotes:
        """What the Balance page keeps."""
        from dreamjournal.store.balance import BalanceNotes

        return BalanceNotes(self._db)

    @cached_property
    def codings(self) -> Codings:
        """What was counted in dreams."""
        from dreamjournal.store.codings import Codings

        return Codings(self._db)

    @cached_property
    def screenings(self) -> Screenings:
        """Answers to what speaks against an enhancer."""
        from dreamjournal.store.screenings import Screenings

        return Screenings(self._db)

    @cached_property
    def dump(self) -> Dump:
        """All rows of all tables, out and in."""
        from dreamjournal.store.dump import Dump

        return Dump(self._db)

    @property
    def is_passing(self) -> bool:
        """Whether the journal ends with this process: in memory, or in a temporary file of its own."""
        return self._own_folder is not None or str(self.path) == ":memory:"

    def atomic(self) -> AbstractContextManager[None]:
        """All writes inside happen or none; nests."""
        return self._db.atomic()

    @property
    def in_unit(self) -> bool:
        """Whether a unit of writing is under way."""
        return self._db.in_unit

    def fold(self) -> None:
        """Bring everything into the file itself, before it is moved. Raises StoreError."""
        self._db.fold()

    def data_version(self) -> int:
        """A number that changes when another connection has written."""
        row = self._db.row("PRAGMA data_version")
        return int(row["data_version"]) if row else 0

    def state(self) -> tuple[int, int]:
        """What changes with every change of the file, by this connection or another. Told apart by this connection alone."""
        return self.data_version(), int(self._db.conn.total_changes)

    def held(self) -> Held | None:
        """Where what is made from the journal as it stands now is kept; None within a unit of writing, which may be undone."""
        if self._db.in_unit or self._db.conn.in_transaction:
            return None
        return self._given if self._given is not None else self.kept.at(self.state())

    def share(self, held: Held) -> None:
        """Keep what is made in `held`, of another connection to this file. For one that reads alone and is soon closed."""
        self._given = held

    def close(self) -> None:
        """Close the file; the last connection folds the write-ahead log back in."""
        self.kept.close()
        self._db.conn.close()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)


def _bring_up_to_date(db: Db) -> None:
    """Migrate where needed, and see to the search index. Raises StoreError."""
    row = db.row("PRAGMA user_version")
    if row is None or row["user_version"] < SCHEMA_VERSION:
        load_sqlite_utils()  # which a journal up to date does not need
        from dreamjournal.store.migrations import migrate

        with mapped():  # sqlite-utils speaks to the driver itself
            migrate(db)
    with mapped():
        ensure_fts(db)


def needs_passphrase(path: Path) -> bool:
    """Whether the journal at `path` is encrypted and has key slots."""
    from dreamjournal.store import slots

    return slots.needs_secret(path)


def create_journal(
    path: Path, *, kind: JournalKind = JournalKind.OWN, passphrase: str | None, clock: Clock, code: bytes | None = None,
    keyring: bool = False,
) -> Journal:  # fmt: skip
    """Make a new journal. With a passphrase, a recovery code or the keyring its database key is random and sealed for them.

    It is made under a hidden name and takes its own when it is whole. Raises UserError when a file is there already, the
    folder cannot be written or the keyring keeps nothing, StoreError when the disk fails.
    """
    if os.path.lexists(path):
        raise UserError("No journal was made", "a file of that name is there already", "open it or choose another name")
    part = temp_of(path)
    made = Making(secrets.token_hex(16), kind, passphrase or None, code, keyring)
    try:
        try:
            private_dir(path.parent)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise UserError("No journal was made", "its folder cannot be written", "choose another folder") from error
        key = _fill(part, path, made, clock)
        _publish(part, path)
    except BaseException:
        for name in (part.name, part.name + "-wal", part.name + "-shm", part.name + "-journal"):
            part.with_name(name).unlink(missing_ok=True)
        raise
    return Journal(path, connect(path, key), key)


@dataclass(frozen=True)
class Making:
    """What a new journal is to be."""

    uid: str
    kind: JournalKind
    passphrase: str | None
    code: bytes | None
    keyring: bool


def _fill(part: Path, path: Path, making: Making, clock: Clock) -> bytes | None:
    """Make the database at `part` and the slot file of `path`; returns the key."""
    key = salt = None
    if making.passphrase or making.code or making.keyring:
        from dreamjournal.store import encryption

        key, salt = encryption.new_key(), encryption.new_salt()
    db = connect(part, key + salt if key and salt else None)
    try:
        _bring_up_to_date(db)
        with db.atomic():
            db.execute(
                "INSERT INTO journal (id, kind, made, uid) VALUES (1, ?, ?, ?)",
                (making.kind.value, ms(clock.now()), making.uid),
            )
            if making.kind == JournalKind.OWN:
                Persons(db).add("me", clock.now())
        db.fold()
    finally:
        db.conn.close()
    if key and salt:
        from dreamjournal.store import encryption, slots

        database = encryption.Database(making.uid, salt, key)
        slots.begin(path, database, making.passphrase, making.code, keyring=making.keyring, made=clock.now())
    return key


def _publish(part: Path, path: Path) -> None:
    """Give a whole new journal its name, which nobody else may have taken meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError as error:
        raise UserError(
            "No journal was made", "a file of that name is there already", "open it or choose another name"
        ) from error
    except OSError:  # a disk without hard links, a stick for instance
        part.rename(path)
    else:
        part.unlink()
    sync_folder(path.parent)


def open_journal(path: Path, *, passphrase: str | None = None, key: bytes | None = None) -> Journal:
    """Open a journal with its passphrase or recovery code, or with the database key of one already open.

    One of an older version is brought up to date, after a backup; where none can be made it is left as it is. Raises
    UserError (missing, read-only, no journal), WrongPassphrase, JournalTooNew, StoreError (damaged, no backup).
    """
    from dreamjournal.store import opening, quarantine

    keyed = key is not None or _has_slots(path)  # with the key in hand nothing of the slots is asked, nor loaded: 15 ms
    opening.look(path, has_slots=keyed, has_key=key is not None)
    if key is None and keyed:
        from dreamjournal.store import slots

        if not passphrase:
            raise UserError(
                "The journal is locked", "it has a passphrase", "set DREAMJOURNAL_PASSPHRASE or type the passphrase"
            )
        key = slots.unlock(path, passphrase)
    try:
        seen, aside = quarantine.see_without_stray(path, key)
        if 0 < seen.version < SCHEMA_VERSION:
            from dreamjournal.store import backups  # which a journal up to date does not need: 10 ms

            backups.make_before_migration(path, key)
        db = connect(path, key)
    except KnownError as error:
        told = opening.why_not(path, key, error)
        if told is error:  # raised "from" itself it would lose what it came from
            raise
        raise told from error
    try:
        _bring_up_to_date(db)
        return Journal(path, db, key, notices=(aside.words,) if aside else ())
    except BaseException:
        db.conn.close()
        raise


def _has_slots(path: Path) -> bool:
    from dreamjournal.store import slots

    return slots.has_slots(path)


def reopen_journal(journal: Journal) -> Journal:
    """A second connection to an open journal, for another thread. Raises UserError where the file is gone, StoreError.

    The file is not looked at by any other way: closing it would drop the locks that this process has on it.
    """
    if not journal.path.is_file():
        raise UserError("There is no journal here yet", "the file does not exist", "put its drive or its folder back")
    return Journal(journal.path, connect(journal.path, journal.key), journal.key)


def memory_journal(*, clock: Clock, key: bytes | None = None, kind: JournalKind = JournalKind.OWN) -> Journal:
    """A journal for tests and trials: in memory, or, with a key, in a temporary file of its own."""
    folder = Path(tempfile.mkdtemp(prefix="dreamjournal-")) if key else None
    path = folder / "journal.db" if folder else Path(":memory:")
    db = connect(path if key else ":memory:", key)
    _bring_up_to_date(db)
    with db.atomic():
        db.execute(
            "INSERT INTO journal (id, kind, made, uid) VALUES (1, ?, ?, ?)",
            (kind.value, ms(clock.now()), secrets.token_hex(16)),
        )
        if kind == JournalKind.OWN:
            Persons(db).add("me", clock.now())
    return Journal(path, db, key, own_folder=folder)
