"""The first bytes of database files: read only from files that this process has not open.

Closing a file drops every POSIX lock that the process has on it, whoever in it took the lock (https://www.sqlite.org/howtocorrupt.html,
2.2). The locks belong to the process, and so does this list of what it has open: of such a file the first bytes are told as
they were when it was opened. They do not change while it is open; a file that takes its place is another file.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as _dbapi2  # pyright: ignore[reportMissingTypeStubs]

SIZE = 16
"""A plain database has its signature there, an encrypted one its salt."""
_File = tuple[int, int]
_driver: Any = _dbapi2


class _Watched(_driver.Connection):
    """A connection that says when it is closed. One that is forgotten is closed by its end, and that is noticed too."""

    done: Any = None

    def close(self) -> None:
        _driver.Connection.close(self)
        if self.done is not None:
            self.done()


@dataclass
class _Open:
    connections: int
    head: bytes


_open: dict[_File, _Open] = {}
_lock = threading.RLock()  # a connection forgotten within a call here is noticed in the middle of it


def connect(path: Path | None, name: str, **how: Any) -> Any:
    """A connection of the driver to `name`, which is the file `path`; None for one in memory."""
    if path is None:
        return _driver.connect(name, factory=_Watched, **how)
    with _lock:
        known = _file(path)
        if known is not None and known not in _open:
            _open[known] = _Open(0, _read(path))
        try:
            conn = _driver.connect(name, factory=_Watched, **how)
            file = known if known is not None else _file(path)
        except BaseException:
            _forget(known)
            raise
        if file is not None:
            _open.setdefault(file, _Open(0, b"")).connections += 1
            conn.done = weakref.finalize(conn, _closed, file)
        return conn


def tell(path: Path, head: bytes) -> None:
    """Say what the first bytes of an open file are to be, where it had none when it was opened."""
    with _lock:
        found = _open.get(_file(path) or (0, 0))
        if found is not None and len(found.head) < SIZE:
            found.head = head


def head(path: Path) -> bytes:
    """The first bytes of a database file, fewer where it is shorter. Raises OSError."""
    with _lock:
        found = _open.get(_file(path) or (0, 0))
        return found.head if found is not None else _read(path)


def is_open(path: Path) -> bool:
    """Whether this process has a connection to the file."""
    with _lock:
        return _file(path) in _open


def _closed(file: _File) -> None:
    with _lock:
        found = _open.get(file)
        if found is not None:
            found.connections -= 1
        _forget(file)


def _forget(file: _File | None) -> None:
    if file is not None and file in _open and _open[file].connections <= 0:
        del _open[file]


def _file(path: Path) -> _File | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(SIZE)
