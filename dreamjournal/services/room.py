"""Saving where there is no room: eight megabytes are kept back beside a journal, and given up for the words that no longer fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dreamjournal.common.errors import DiskFull, StoreError

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

_T = TypeVar("_T")
FULL = "the disk is full"


def _not_saved() -> DiskFull:
    return DiskFull("Not saved", FULL, "free some space and save again")


def _not_opened() -> DiskFull:
    return DiskFull("The journal cannot be opened", FULL, "free some space and open it again; nothing in it is lost")


def kept(journal: Journal, work: Callable[[], _T]) -> _T:
    """Do `work`, one unit of writing; where the disk is full give up the room kept back and do it once more.

    `work` is run again from its beginning, so it must hold nothing of the first run. Raises DiskFull when there is no
    room even then, also where the disk only reported an error for that reason; other errors pass through.
    """
    # Inside another unit everything before this is rolled back as well: only the whole may be tried again.
    return _twice(journal.path, work, _not_saved, again=not journal.in_unit)


def opened(path: Path, work: Callable[[], _T]) -> _T:
    """Do `work`, which opens the journal at `path`: that needs a little room as well. Raises DiskFull and what `work` does."""
    return _twice(path, work, _not_opened, again=True)


def _twice(path: Path, work: Callable[[], _T], full: Callable[[], DiskFull], *, again: bool) -> _T:
    try:
        return work()
    except StoreError as error:
        if not _is_full(path, error):
            raise
        from dreamjournal.store import ballast

        if not again or not ballast.give_up(path):
            raise full() from error
    try:
        return work()
    except StoreError as error:
        if _is_full(path, error):
            raise full() from error
        raise


def is_kept_back(path: Path) -> bool:
    """Whether there is room kept back beside the journal."""
    from dreamjournal.store import ballast

    return ballast.is_whole(path)


def give_up(path: Path) -> bool:
    """Give the room kept back beside the journal to the disk; whether there was any."""
    from dreamjournal.store import ballast

    return ballast.give_up(path)


def refill(path: Path) -> bool:
    """Keep room back again where there is some; whether it is there now. May take a moment: not for the window's thread."""
    from dreamjournal.store import ballast

    return ballast.make(path)


def _is_full(path: Path, error: StoreError) -> bool:
    if isinstance(error, DiskFull):
        return True
    # A quota or a limit on the size of files is told by SQLite as an error of the disk.
    cause: BaseException | None = error
    seen: set[int] = set()  # an error raised again "from" itself is its own cause
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        name = str(getattr(cause, "sqlite_errorname", "") or "")
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")):
            from dreamjournal.store import ballast

            return ballast.no_room(path)
        cause = cause.__cause__
    return False
