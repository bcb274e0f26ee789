"""The file `PATH.lock` beside a journal: who has it open, under a lock of the system that ends with the process.

The lock decides, not the file: after a kill the file stays behind and holds nobody up. What stands in it only tells
people who has the journal: the process, the computer's name and since when; nothing of the journal or its owner.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import socket
import stat
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

FREE, TAKEN, NO_LOCKS = "free", "taken", "no locks"
_LONGEST = 4096
_TRIES, _PAUSE_S = 6, 0.01
_BYTE = 0x3FFFFFFF
"""Windows forbids reading what is locked, so one byte far behind the words is locked there."""
_TAKEN_BY_ANOTHER = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@dataclass(frozen=True)
class Writer:
    """What a lock file says of who wrote it. `since` is an aware instant, None where it cannot be read."""

    pid: int
    host: str
    since: datetime | None


def lock_path(journal: Path) -> Path:
    """The lock file of a journal: `PATH.lock`, beside the file itself where the path is a link to it."""
    real = Path(os.path.realpath(journal))
    return real.with_name(real.name + ".lock")


def this_host() -> str:
    """The name of this computer."""
    return socket.gethostname() or "unknown"


def read(path: Path) -> Writer | None:
    """Who wrote a lock file, None where there is none or it says nothing."""
    try:
        handle = os.open(path, os.O_RDONLY | _flags())
        try:
            return _parsed(os.read(handle, _LONGEST)) if stat.S_ISREG(os.fstat(handle).st_mode) else None
        finally:
            os.close(handle)
    except OSError:
        return None


def _parsed(data: bytes) -> Writer | None:
    try:
        found: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    said = cast("dict[str, Any]", found)
    pid, host, since = said.get("pid"), said.get("host"), said.get("since")
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0 or not isinstance(host, str):
        return None
    # A file anybody may have written: one line, no control characters, and short.
    name = "".join(c for c in host if c.isprintable())[:64].strip()
    moment = None
    with contextlib.suppress(ValueError, TypeError):
        moment = datetime.fromisoformat(cast("str", since))
        moment = moment if moment.tzinfo is not None else None
    return Writer(pid, name or "unknown", moment)


def is_taken(path: Path) -> bool:
    """Whether a living process has the lock. A look only: nothing is made and nothing is left."""
    try:
        handle = os.open(path, os.O_RDWR | _flags())
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(handle).st_mode) and _lock(handle) == TAKEN
    finally:
        os.close(handle)  # which gives a lock back that was got


class LockFile:
    """An open lock file. `state` is FREE when the lock was got, TAKEN, or NO_LOCKS where the place knows none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state: str = NO_LOCKS
        self.before: Writer | None = None
        """What the file said when it was opened."""
        self._handle = -1
        for _ in range(_TRIES):
            if self._open():
                break
            # Somebody who only looks has the lock for an instant; a window has it for good.
            threading.Event().wait(_PAUSE_S)

    def _open(self) -> bool:
        """Open and lock; False to try again: the lock is another's, or the file was removed between the two."""
        try:
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | _flags(), 0o600)
        except OSError:
            # No folder, a read-only one, a name too long, a link: nothing can be written there, so nothing is fought over.
            self.before = read(self.path)
            return True
        try:
            if not stat.S_ISREG(os.fstat(self._handle).st_mode):
                self._close()
                return True
            self.state = _lock(self._handle)
            with contextlib.suppress(OSError):
                os.lseek(self._handle, 0, os.SEEK_SET)
                self.before = _parsed(os.read(self._handle, _LONGEST))
            if self.state == TAKEN:
                self._close()
                return False
            if not self._is_still_there():
                self._close()
                self.state = NO_LOCKS
                return False
        except OSError:
            self._close()
        return True

    def _is_still_there(self) -> bool:
        # The one before may have removed the file between our opening and our locking: then we hold a name nobody sees.
        if os.name != "posix":
            return True
        try:
            return os.path.samestat(os.fstat(self._handle), self.path.lstat())
        except OSError:
            return False

    def write(self, writer: Writer) -> None:
        """Say who has it. A full disk keeps the lock and says nothing."""
        if self._handle < 0:
            return
        said = {"pid": writer.pid, "host": writer.host, "since": writer.since.isoformat() if writer.since else None}
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.fchmod(self._handle, 0o600)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.ftruncate(self._handle, 0)
            os.write(self._handle, json.dumps(said).encode())

    def leave(self) -> None:
        """Give the lock back and leave the file as it was found."""
        self._close()

    def remove(self) -> None:
        """Give the lock back and take the file away."""
        if self._handle < 0:
            return
        if os.name == "posix":
            # While it is locked, so that whoever opens it meanwhile sees that it is gone.
            if self._is_still_there():
                with contextlib.suppress(OSError):
                    self.path.unlink()
            self._close()
        else:
            self._close()
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _close(self) -> None:
        if self._handle >= 0:
            if os.name != "posix" and self.state == FREE:
                with contextlib.suppress(OSError):
                    _unlock_windows(self._handle)
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = -1


def _flags() -> int:
    """Follow no link, wait for no pipe, hand nothing to children."""
    names = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT")
    return sum(int(getattr(os, name, 0)) for name in names)


def _lock(handle: int) -> str:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            _lock_windows(handle)
    except OSError as error:
        return TAKEN if error.errno in _TAKEN_BY_ANOTHER else NO_LOCKS
    return FREE


def _lock_windows(handle: int) -> None:
    msvcrt: Any = importlib.import_module("msvcrt")
    os.lseek(handle, _BYTE, os.SEEK_SET)
    msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)


def _unlock_windows(handle: int) -> None:
    msvcrt: Any = importlib.import_module("msvcrt")
    os.lseek(handle, _BYTE, os.SEEK_SET)
    msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
