"""Sets aside a write-ahead log that is not the journal's own. A log that replays is never touched: it holds what was saved.

Such a log comes from copying a journal or a backup by hand over another one: the log of the old file is then replayed
into the new one. The test is by trial, read-only: does the journal open without it, and not with it?
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dreamjournal.common.errors import JournalDamaged, KnownError, StoreError
from dreamjournal.common.files import sync_folder
from dreamjournal.store.opening import WAYS_OUT, Seen, is_in_use, see
from dreamjournal.store.pages import log_fits, units_after

_EMPTY = 32
"""A log no longer than its header holds nothing."""


@dataclass(frozen=True)
class Aside:
    """A log that was set aside, and how that is said."""

    path: Path
    torn: bool = False
    """A copy of the journal's own log, which was damaged before its end; what could be replayed was."""

    @property
    def words(self) -> str:
        if self.torn:
            return (
                "The log of the last changes was damaged, and what was written last may be missing; look at your newest "
                f"entries. A copy of the log was kept as {self.path.name}."
            )
        return (
            "Beside the journal lay a write-ahead log (-wal) that is not its own; it was set aside as "
            f"{self.path.name}, and nothing was deleted."
        )


def see_without_stray(path: Path, key: bytes | None) -> tuple[Seen, Aside | None]:
    """Look at a journal as `see` does, with a log beside it that is not its own set aside first.

    Raises what `see` raises; JournalDamaged also where journal and log do not fit together and it cannot be
    told which of them is wrong.
    """
    log = path.with_name(path.name + "-wal")
    if not _holds_anything(log) or is_in_use(path):
        return see(path, key), None
    together = _try(path, key, log=True)
    if isinstance(together, KnownError) and not isinstance(together, JournalDamaged):
        raise together
    alone = _try(path, key, log=False)
    if not isinstance(alone, Seen):
        if isinstance(together, Seen):
            # Most of the journal is still in its log: a kill soon after it was made.
            return together, _kept_if_torn(path, log)
        return see(path, key), None  # damaged with its log or without: the log is not to blame
    if isinstance(together, Seen):
        if together.uid == alone.uid or not alone.uid:
            return together, _kept_if_torn(path, log)
    elif not _is_stray(path, log, key):
        raise JournalDamaged(
            "The journal cannot be read", "it and the log of its last changes do not fit together", WAYS_OUT
        )
    return alone, _set_aside(path, log)


def _try(path: Path, key: bytes | None, *, log: bool) -> Seen | KnownError:
    try:
        return see(path, key, log=log, whole=True)
    except KnownError as error:
        return error


def _is_stray(path: Path, log: Path, key: bytes | None) -> bool:
    """Whether a log with which the journal is damaged, and without it whole, is not its own."""
    try:
        see(path, key)
    except KnownError:
        return True  # not even its list of tables can be read
    if key is not None and not log_fits(log, path, key):
        return True
    # A log of the same journal, older than the file: a backup was copied over it. Its own log is always written first.
    return log.stat().st_mtime_ns < path.stat().st_mtime_ns


def _kept_if_torn(path: Path, log: Path) -> Aside | None:
    """Keep a copy of a log whose replay ended before whole units of writing that are still in it: the disk changed them.

    A power cut tears nothing but the last unit, which nobody was told is saved, so that one alone says nothing.
    """
    try:
        if units_after(log, _replayed(path)) < 2:
            return None
        target = _free_name(path, log, "damaged")
        with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
            stream.write(log.read_bytes())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        return None
    return Aside(target, torn=True)


def is_torn(path: Path) -> bool:
    """Whether the journal's log holds units that its replay did not reach. To be asked after it was looked at. Raises OSError."""
    log = path.with_name(path.name + "-wal")
    if not _holds_anything(log) or is_in_use(path):
        return False
    return units_after(log, _replayed(path)) >= 2


def _replayed(path: Path) -> int:
    """How many pages of the log SQLite took, as its index says (https://www.sqlite.org/walformat.html, mxFrame)."""
    with path.with_name(path.name + "-shm").open("rb") as stream:
        head = stream.read(20)
    return struct.unpack("=I", head[16:20])[0] if len(head) == 20 else 0


def _holds_anything(log: Path) -> bool:
    try:
        return log.stat().st_size > _EMPTY
    except OSError:
        return False


def _set_aside(path: Path, log: Path) -> Aside:
    """Give a log a name with its date. Raises StoreError."""
    target = _free_name(path, log, "set-aside")
    try:
        log.rename(target)
        path.with_name(path.name + "-shm").unlink(missing_ok=True)  # an index into the log, made again by whoever opens
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            "The journal was not opened",
            "a write-ahead log that is not its own lies beside it and cannot be set aside",
            "make its folder writable",
        ) from error
    return Aside(target)


def _free_name(path: Path, log: Path, word: str) -> Path:
    made = datetime.fromtimestamp(log.stat().st_mtime, UTC)
    stem = f"{log.name}.{word}-{made:%Y-%m-%dT%H%M%SZ}"
    return next(p for n in range(1, 1000) if not (p := path.with_name(stem if n == 1 else f"{stem}-{n}")).exists())
