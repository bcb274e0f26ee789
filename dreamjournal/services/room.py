"""Saving where there is no room: eight megabytes are kept back beside a journal, and given up for the words that no longer fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dreamjournal.common.errors import DiskFull, StoreError

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

_T = TypeVar("_T")


def kept(journal: Journal, work: Callable[[], _T]) -> _T:
    """Do `work`, one unit of writing; where the disk is full give up the room kept back and do it once more.

    `work` is run again from its beginning, so it must hold nothing of the first run. Raises DiskFull when there is no
    room even then, also where the disk only reported an error for that reason; other errors pass through.
    """
    try:
        return work()
    except StoreError as error:
        full = _as_full(journal.path, error)
        if full is None:
            raise
        from dreamjournal.store import ballast

        # Inside another unit everything before this is rolled back as well: only the whole may be tried again.
        if journal.in_unit or not ballast.give_up(journal.path):
            raise full from error
    try:
        return work()
    except StoreError as error:
        raise (_as_full(journal.path, error) or error) from error


def is_kept_back(path: Path) -> bool:
    """Whether there is room kept back beside the journal."""
    from dreamjournal.store import ballast

    return ballast.is_whole(path)


def refill(path: Path) -> bool:
    """Keep room back again where there is some; whether it is there now. May take a moment: not for the window's thread."""
    from dreamjournal.store import ballast

    return ballast.make(path)


def _as_full(path: Path, error: StoreError) -> DiskFull | None:
    if isinstance(error, DiskFull):
        return error
    # A quota or a limit on the size of files is told by SQLite as an error of the disk.
    name = str(getattr(error.__cause__, "sqlite_errorname", "") or "")
    if name.startswith("SQLITE_IOERR"):
        from dreamjournal.store import ballast

        if ballast.no_room(path):
            return DiskFull("Not saved", "the disk is full", "free some space and save again")
    return None
