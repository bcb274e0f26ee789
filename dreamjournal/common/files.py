"""Writes a whole file, or a whole folder, or leaves the old one: never a third state."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import sys
import threading
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def atomic_write(path: Path, data: bytes) -> None:
    """Write `data` to `path` through a synced temporary file in the same folder, mode 0600. Raises OSError.

    QSaveFile is not used: on a full disk it was measured to commit a truncated file (Qt 6.12).
    """
    with atomic_stream(path) as stream:
        stream.write(data)
        stream.flush()
        size = os.fstat(stream.fileno()).st_size
        if size != len(data):
            raise OSError(errno.EIO, f"only {size} of {len(data)} bytes were written")


@contextmanager
def atomic_stream(path: Path) -> Generator[IO[bytes]]:
    """A stream whose bytes become `path`, mode 0600, when the block ends well; else nothing changes. Raises OSError.

    Where `path` is a link, what it leads to is replaced and the link stays. What is write-protected, or is no file,
    is left alone.
    """
    path = _to_replace(path)
    temp = temp_of(path)
    handle = os.open(temp, os.O_RDWR | os.O_CREAT | os.O_EXCL | int(getattr(os, "O_BINARY", 0)), 0o600)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
            stream.flush()
            _sync(stream.fileno())
        _replace(temp, path)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell
            temp.unlink()
        raise
    sync_folder(path.parent)


@contextmanager
def atomic_folder(path: Path) -> Generator[Path]:
    """A folder to fill, mode 0700, that becomes `path` when the block ends well; else nothing changes.

    `path` may be there only as an empty folder. Raises OSError.
    """
    temp = temp_of(path)
    temp.mkdir(mode=0o700)
    try:
        yield temp
        sync_folder(temp)
        if path.is_dir():
            path.rmdir()
        temp.rename(path)
    except BaseException:
        shutil.rmtree(temp, ignore_errors=True)
        raise
    sync_folder(path.parent)


def clear_torn(path: Path) -> None:
    """Remove what a killed writer of `path` left beside it under a hidden name: it may hold private words in the open."""
    path = Path(os.path.realpath(path))
    torn = re.compile(
        re.escape(f".{_short(path.name)}.") + r"[0-9a-f]{8}\.part(?:-wal|-shm|-journal|\.keys|\.keys\.copy)?"
    )
    try:
        found = [p for p in path.parent.iterdir() if torn.fullmatch(p.name)]
    except OSError:  # whoever writes there next says so
        return
    for old in found:
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old, ignore_errors=True)
        else:
            with suppress(OSError):
                old.unlink()


def sync_folder(path: Path) -> None:
    """Make sure that names in a folder are on the disk, where the system can. Raises OSError."""
    if os.name != "posix":
        return
    try:
        folder = os.open(path, os.O_RDONLY)
    except PermissionError:  # it may be written and not read: then it cannot be synced either
        return
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(folder)


_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF}
_LONGEST_NAME = 220
_TRIES, _PAUSE_S = 10, 0.05


def _to_replace(path: Path) -> Path:
    """The file that `path` means. Raises OSError where it must not be replaced."""
    real = Path(os.path.realpath(path))
    try:
        mode = real.lstat().st_mode
    except FileNotFoundError:
        return real
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):  # a device or a pipe would be replaced by a file
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    if not mode & 0o222:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return real


def temp_of(path: Path) -> Path:
    """A hidden name beside `path`, for what is to take its place when it is whole; `clear_torn` finds it after a kill."""
    return path.with_name(f".{_short(path.name)}.{secrets.token_hex(4)}.part")


def _short(name: str) -> str:
    """A name with room for what is put around it: most systems take 255 bytes."""
    if len(os.fsencode(name)) <= _LONGEST_NAME:
        return name
    return f"{os.fsencode(name)[:40].hex()}-{zlib.crc32(os.fsencode(name)):08x}"


def _sync(handle: int) -> None:
    os.fsync(handle)
    if sys.platform == "darwin":  # where fsync stops at the drive's own memory
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)


def _replace(temp: Path, path: Path) -> None:
    for left in reversed(range(_TRIES)):
        try:
            temp.replace(path)
        except PermissionError:
            # On Windows whoever reads the old file, a virus scanner or a backup, is in the way for a moment.
            if os.name == "posix" or not left:
                raise
            threading.Event().wait(_PAUSE_S)
        else:
            return
