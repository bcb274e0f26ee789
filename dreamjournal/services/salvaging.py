"""Saves what can be read of a damaged journal into a new file, and puts that in its place when asked to."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.common.errors import JournalDamaged, KnownError, StoreError, UserError
from dreamjournal.common.files import atomic_write, clear_torn, sync_folder
from dreamjournal.common.paths import private_dir
from dreamjournal.common.progress import NoProgress, Progress

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.store.salvage import Kept

NOT_SAVED = "Nothing was saved"
ENDINGS = ("", "-wal", "-shm", "-journal", ".keys", ".keys.copy")


@dataclass(frozen=True)
class Salvaged:
    """A new journal made of what could be read. `tables` tells kept and lost by table; `made_up` counts persons without a name."""

    path: Path
    tables: Mapping[str, Kept]
    parentless: Mapping[str, int]
    loosened: Mapping[str, int]
    made_up: int

    @property
    def kept(self) -> int:
        return sum(t.kept for t in self.tables.values())

    @property
    def lost(self) -> int:
        return sum(t.lost for t in self.tables.values())

    @property
    def at_least(self) -> bool:
        """Whether more may be lost than is known."""
        return any(t.at_least for t in self.tables.values())

    @property
    def is_whole(self) -> bool:
        """Whether everything could be read."""
        return not (self.lost or self.loosened or self.made_up)

    @property
    def words(self) -> str:
        """What was kept and lost, in sentences; dreams first."""
        dreams = self.tables.get("dreams")
        if dreams is not None and self.is_whole:
            return f"Everything could be read: {_many(dreams.kept, 'dream')}, and all else."
        parts: list[str] = []
        if dreams is not None:
            lost = f"{_lost(dreams)} lost" if dreams.lost else "none lost"
            parts.append(f"{_many(dreams.kept, 'dream')} kept, {lost}.")
        others = [(name, t) for name, t in self.tables.items() if t.lost and name != "dreams"]
        if others:
            listed = ", ".join(f"{name.replace('_', ' ')} {_lost(t)}" for name, t in others)
            parts.append(f"Also lost: {listed}.")
        elif not self.is_whole:
            parts.append("All else was kept.")
        if self.loosened:
            n = sum(self.loosened.values())
            parts.append(f"{_many(n, 'row')} lost the link to something that is gone.")
        if self.made_up:
            parts.append(f"The name of {_many(self.made_up, 'person')} could not be read; they have a made-up one.")
        return " ".join(parts)


def _lost(table: Kept) -> str:
    return f"at least {table.lost}" if table.at_least else str(table.lost)


def _many(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def salvage(path: Path, key: bytes | None, target: Path, clock: Clock, progress: Progress | None = None) -> Salvaged:
    """Make a new journal at `target` of what can be read of the one at `path`, with the same key and the same key slots.

    The damaged journal is only read. Raises UserError (something is at `target`), JournalDamaged (nothing can be read),
    StoreError (DiskFull), and Cancelled through `progress`; then there is nothing at `target`.
    """
    from dreamjournal.store import dump, integrity, pages
    from dreamjournal.store import salvage as reading

    if any(os.path.lexists(target.with_name(target.name + e)) for e in ENDINGS):
        raise UserError(NOT_SAVED, "a file of that name is there already", "choose another name")
    if not path.is_file():
        raise UserError(NOT_SAVED, "there is no journal to save from", "name another with --journal")
    slots, salt = _slots(path) if key is not None else (None, b"")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            private_dir(target.parent)
            clear_torn(target)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise UserError(NOT_SAVED, "its folder cannot be written", "choose another folder") from error
        try:
            with integrity.opened(path, key) as source:
                counts, notes = reading.read_into(
                    source, part, key + salt if key else None, clock.now(), progress or NoProgress()
                )
        except JournalDamaged as error:
            why = error.why if error.what == NOT_SAVED else "its first page, which says where all else is, is damaged"
            raise JournalDamaged(NOT_SAVED, why, "restore a backup; the damaged journal was not changed") from error
        if slots is not None:
            for ending in (".keys", ".keys.copy"):
                atomic_write(part.with_name(part.name + ending), slots)
        if key is not None and pages.fit(part, key) != pages.Fit.FITS:
            raise StoreError(NOT_SAVED, "the new journal does not open with the old key", "restore a backup")
        dump.settle(part, target)
    except OSError as error:
        raise StoreError(
            NOT_SAVED, "the disk could not be written", "free some space or choose another folder"
        ) from error
    finally:
        for ending in ENDINGS:
            part.with_name(part.name + ending).unlink(missing_ok=True)
    return Salvaged(target, counts, notes.parentless, notes.loosened, notes.made_up)


def _slots(path: Path) -> tuple[bytes, bytes]:
    """The good copy of the slot file as it is, and the salt it belongs to. Raises StoreError."""
    from dreamjournal.store import encryption, slots

    salt = slots.salt_of(path)
    best = slots.look(path, salt).usable()
    if isinstance(best, encryption.SlotFile):
        return encryption.encode(best), salt
    for copy in slots.copies(path):
        with suppress(OSError, encryption.BadSlots):
            data = copy.read_bytes()
            encryption.decode(data)
            return data, salt
    raise StoreError(NOT_SAVED, "the key file cannot be read", "put back a copy of it from a backup")


def put_in_place(path: Path, saved: Path, clock: Clock) -> Path:
    """Put a salvaged journal in the place of the damaged one, which is set aside under a name with its date; that name.

    Nobody may have the journal open. A kill at any point leaves the one or the other in its place. Raises JournalBusy,
    UserError, StoreError.
    """
    from dreamjournal.services import holding

    if not saved.is_file():
        raise UserError("Nothing was changed", "the saved journal is not there", "save what can be read first")
    stamp = f"{clock.now():%Y-%m-%dT%H%M%SZ}"
    with holding.alone(path, clock=clock):
        aside = _free(path, f"{path.name}.damaged-{stamp}")
        try:
            ready = saved
            if saved.parent != path.parent:
                ready = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
                _copy(saved, ready)
            for ending in (".keys", ".keys.copy"):
                with suppress(FileNotFoundError):
                    data = path.with_name(path.name + ending).read_bytes()
                    atomic_write(aside.with_name(aside.name + ending), data)
            _second_name(path, aside)
            for ending in ("-wal", "-journal"):
                with suppress(FileNotFoundError):
                    path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
            path.with_name(path.name + "-shm").unlink(missing_ok=True)
            for ending in (".keys", ".keys.copy"):
                with suppress(FileNotFoundError):
                    atomic_write(path.with_name(path.name + ending), saved.with_name(saved.name + ending).read_bytes())
            os.replace(ready, path)
            sync_folder(path.parent)
        except OSError as error:
            raise StoreError("The journal was not replaced", "the disk could not be written", "try again") from error
        for ending in ENDINGS:
            with suppress(OSError):
                saved.with_name(saved.name + ending).unlink()
    return aside


def _free(path: Path, stem: str) -> Path:
    return next(p for n in range(1, 1000) if not (p := path.with_name(stem if n == 1 else f"{stem}-{n}")).exists())


def _second_name(path: Path, aside: Path) -> None:
    try:
        aside.hardlink_to(path)
    except OSError:  # a file system without hard links
        _copy(path, aside)


def _copy(source: Path, target: Path) -> None:
    handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as stream, source.open("rb") as old:
        shutil.copyfileobj(old, stream, 1 << 20)
        stream.flush()
        os.fsync(stream.fileno())


def restorable(path: Path, error: KnownError) -> bool:
    """Whether salvage may help with an error of opening the journal at `path`."""
    return isinstance(error, JournalDamaged) and path.is_file() and path.stat().st_size > 0
