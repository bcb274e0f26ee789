"""Who has a journal open: one window at a time, and for what rewrites the whole journal nobody else at all.

Ordinary writing from the command line goes on beside a window; this keeps out a second window, and `key`, restore,
rekey and repair while there is one.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.common.clock import Clock, SystemClock
from dreamjournal.common.errors import JournalBusy

if TYPE_CHECKING:
    from dreamjournal.store.lock_file import LockFile


@dataclass(frozen=True)
class Holder:
    """Who holds a journal. `pid` is 0 where it cannot be told; `since` None likewise."""

    pid: int
    host: str
    since: datetime | None
    same_host: bool


class HeldElsewhere(JournalBusy):
    """Another window, or a window on another computer, has the journal open."""

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        self.pid, self.host, self.same_host = holder.pid, holder.host, holder.same_host
        if holder.same_host:
            process = f"process {holder.pid} has it" if holder.pid else "another process has it"
            super().__init__("The journal is open in another window", process, "close that window first")
        else:
            since = f", since {holder.since:%Y-%m-%d %H:%M} UTC" if holder.since else ""
            super().__init__(
                "This journal is open on another computer", f"{holder.host}{since}", "close it there first"
            )


class Held:
    """A journal held by this process until `release`."""

    def __init__(self, path: Path, lock: LockFile | None) -> None:
        self.path = path
        self._lock = lock

    def release(self) -> None:
        """Let others have the journal; a second call does nothing."""
        if self._lock is not None:
            self._lock.remove()
            self._lock = None


def hold(path: Path, *, clock: Clock | None = None, anyway: bool = False) -> Held:
    """Hold the journal at `path` for a window. Raises HeldElsewhere.

    What a killed window left is taken over silently. Where the place knows no locks or nothing can be written beside
    the journal nobody is refused. A file left by another computer refuses, since its lock may not reach here;
    `anyway` is for a person who knows better.
    """
    from dreamjournal.store import lock_file

    lock = lock_file.LockFile(lock_file.lock_path(path))
    before = lock.before
    if not anyway and (lock.state == lock_file.TAKEN or (before is not None and not _is_here(before.host))):
        holder = _holder(before)
        if lock.state == lock_file.FREE:
            lock.leave()
        raise HeldElsewhere(holder)
    lock.write(lock_file.Writer(os.getpid(), lock_file.this_host(), (clock or SystemClock()).now()))
    return Held(path, lock)


def holder(path: Path) -> Holder | None:
    """Who holds the journal now, None where nobody does. What a killed window left holds nothing."""
    from dreamjournal.store import lock_file

    where = lock_file.lock_path(path)
    said = lock_file.read(where)
    if said is not None and not _is_here(said.host):
        return _holder(said)
    return _holder(said) if lock_file.is_taken(where) else None


@contextmanager
def alone(path: Path, *, clock: Clock | None = None) -> Generator[None]:
    """Nobody else has the journal open while the block runs. Raises HeldElsewhere.

    A window that holds the journal itself counts as nobody else.
    """
    try:
        held = hold(path, clock=clock)
    except HeldElsewhere as error:
        if not (error.same_host and error.pid == os.getpid()):
            raise
        yield
        return
    try:
        yield
    finally:
        held.release()


def _is_here(host: str) -> bool:
    from dreamjournal.store.lock_file import this_host

    return host == this_host()


def _holder(said: object) -> Holder:
    from dreamjournal.store.lock_file import Writer, this_host

    if not isinstance(said, Writer):
        return Holder(0, this_host(), None, same_host=True)
    return Holder(said.pid, said.host, said.since, _is_here(said.host))
