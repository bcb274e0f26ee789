"""A journal: one SQLite file, encrypted under a passphrase or plain, with a repository for each thing it holds."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import StoreError, UserError
from dreamjournal.common.paths import private_dir
from dreamjournal.domain.person import JournalKind
from dreamjournal.store import encryption
from dreamjournal.store.bin import Bin
from dreamjournal.store.columns import ms
from dreamjournal.store.connect import SCHEMA_VERSION, Db, connect, is_plain, load_sqlite_utils
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

    def __init__(self, path: Path, db: Db, key: bytes | None, *, own_folder: Path | None = None) -> None:
        self.path = path
        self._own_folder = own_folder
        self.key = key
        self._db = db
        row = db.row("SELECT kind, uid FROM journal")
        self.kind = JournalKind(row["kind"]) if row else JournalKind.OWN
        self.uid = str(row["uid"]) if row else ""
        """A random name of this journal and its backups; no other journal has it."""
        self.encrypted = db.encrypted and not (path.exists() and is_plain(path))
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

    def data_version(self) -> int:
        """A number that changes when another connection has written."""
        row = self._db.row("PRAGMA data_version")
        return int(row["data_version"]) if row else 0

    def close(self) -> None:
        """Close the file; the last connection folds the write-ahead log back in."""
        self._db.conn.close()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)


def _bring_up_to_date(db: Db) -> None:
    """Migrate where needed, and see to the search index. Raises StoreError."""
    row = db.row("PRAGMA user_version")
    if row is None or row["user_version"] < SCHEMA_VERSION:
        load_sqlite_utils()  # which a journal up to date does not need
        from dreamjournal.store.migrations import migrate

        migrate(db)
    ensure_fts(db)


def needs_passphrase(path: Path) -> bool:
    """Whether the journal at `path` has key slots."""
    return encryption.has_slots(path)


def create_journal(path: Path, *, kind: JournalKind = JournalKind.OWN, passphrase: str | None, clock: Clock) -> Journal:
    """Make a new journal; with a passphrase its database key is random and sealed in `PATH.keys`.

    Raises UserError when a file is there already or the folder cannot be written, StoreError when the disk fails.
    """
    if path.exists():
        raise UserError("No journal was made", "a file of that name is there already", "open it or choose another name")
    key = encryption.new_key() if passphrase else None
    try:
        private_dir(path.parent)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.close(handle)
        if key is not None and passphrase:
            encryption.write_slots(path, [encryption.passphrase_slot(key, passphrase)])
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise UserError("No journal was made", "its folder cannot be written", "choose another folder") from error
    try:
        db = connect(path, key)
        _bring_up_to_date(db)
        with db.atomic():
            db.execute(
                "INSERT INTO journal (id, kind, made, uid) VALUES (1, ?, ?, ?)",
                (kind.value, ms(clock.now()), secrets.token_hex(16)),
            )
            if kind == JournalKind.OWN:
                Persons(db).add("me", clock.now())
    except BaseException:
        for name in (path.name, path.name + "-wal", path.name + "-shm"):
            path.with_name(name).unlink(missing_ok=True)
        encryption.remove_slots(path)
        raise
    return Journal(path, db, key)


def open_journal(path: Path, *, passphrase: str | None = None, key: bytes | None = None) -> Journal:
    """Open a journal with its passphrase, or with the database key of one already open.

    Raises UserError (missing, read-only), WrongPassphrase, JournalTooNew, StoreError (damaged).
    """
    if not path.is_file():
        raise UserError(
            "There is no journal here yet",
            "the file does not exist",
            "write something first or name another with --journal",
        )
    if key is None and encryption.has_slots(path):
        if not passphrase:
            raise UserError(
                "The journal is locked", "it has a passphrase", "set DREAMJOURNAL_PASSPHRASE or type the passphrase"
            )
        key = encryption.unlock(path, passphrase)
    try:
        if key is None and path.stat().st_size > 0 and not is_plain(path):
            raise StoreError(
                "The journal cannot be read",
                "its key file is missing or it is no journal",
                "put back the file that ends in .keys",
            )
    except OSError as error:
        raise UserError("The journal cannot be opened", "the file cannot be read", "check its permissions") from error
    db = connect(path, key)
    try:
        _bring_up_to_date(db)
        return Journal(path, db, key)
    except BaseException:
        db.conn.close()
        raise


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
