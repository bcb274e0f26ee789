"""Makes, opens and reopens journals."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.common.paths import keys_path
from dreamjournal.domain.person import JournalKind

if TYPE_CHECKING:
    from pathlib import Path

    from dreamjournal.common.clock import Clock
    from dreamjournal.common.kept import Held
    from dreamjournal.store.journal import Journal as Journal  # noqa: PLC0414 - the type, for those who may not see the store

# The store brings sqlite_utils and numpy along (measured: twice a bare window), so it is loaded on the first call.


LONGEST_NAME = 240
"""Bytes: the files beside a journal have its name and a few letters more, and most disks take 255."""


def exists(path: Path) -> bool:
    """Whether a journal is there. A name that no disk holds is no error here: nothing can be there."""
    return os.path.isfile(path)  # noqa: PTH113 - `Path.is_file` raises for such a name


def needs_passphrase(path: Path) -> bool:
    """Whether it takes a passphrase, a recovery code or the keyring to open the journal at `path`."""
    keys = keys_path(path)
    if not any(os.path.lexists(p) for p in (keys, keys.with_name(keys.name + ".copy"))):
        return False
    from dreamjournal.store.journal import needs_passphrase as needs

    return needs(path)


def create(path: Path, *, kind: JournalKind = JournalKind.OWN, passphrase: str | None, clock: Clock) -> Journal:
    """Make a journal, encrypted when `passphrase` is given. One's own holds the person "me"; a nurse's is empty.

    Raises UserError where a file is there already or the folder cannot be written.
    """
    from dreamjournal.services import room
    from dreamjournal.store.journal import create_journal

    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise UserError("No journal was made", "its name is too long for the files beside it", "choose a shorter one")

    try:
        return room.opened(path, lambda: create_journal(path, kind=kind, passphrase=passphrase or None, clock=clock))
    except OSError as error:  # a path that leads through a file, a name the disk cannot hold
        raise UserError("No journal was made", "there can be no file at that place", "choose another") from error


def open_existing(path: Path, *, passphrase: str | None = None, key: bytes | None = None) -> Journal:
    """Open a journal. Raises UserError (missing), WrongPassphrase, JournalTooNew, StoreError."""
    from dreamjournal.services import room
    from dreamjournal.store.journal import open_journal

    return room.opened(path, lambda: open_journal(path, passphrase=passphrase, key=key))


def reopen(journal: Journal, held: Held | None = None) -> Journal:
    """A second connection to the same journal, for a worker thread; close it there.

    With `held`, which `journal.held()` gave on its own thread just before, what is made from it is kept beyond its closing.
    """
    from dreamjournal.store.journal import reopen_journal

    own = reopen_journal(journal)
    if held is not None:
        own.share(held)
    return own


def data_version(journal: Journal) -> int:
    """A number that changes when another connection has written."""
    return journal.data_version()


def scratch(clock: Clock) -> Journal:
    """An empty journal in memory, for a dry run where there is no journal yet."""
    from dreamjournal.store.journal import memory_journal

    return memory_journal(clock=clock)
