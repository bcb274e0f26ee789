"""Writes a whole file, or a whole folder, or leaves the old one: never a third state."""

from __future__ import annotations

import os
import re
import secrets
import shutil
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
        if stream.tell() != len(data):
            raise OSError(f"only {stream.tell()} of {len(data)} bytes were written")


@contextmanager
def atomic_stream(path: Path) -> Generator[IO[bytes]]:
    """A stream whose bytes become `path`, mode 0600, when the block ends well; else nothing changes. Raises OSError."""
    temp = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(temp, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temp, path)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def atomic_folder(path: Path) -> Generator[Path]:
    """A folder to fill, mode 0700, that becomes `path` when the block ends well; else nothing changes.

    `path` may be there only as an empty folder. Raises OSError.
    """
    temp = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
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
    torn = re.compile(re.escape(f".{path.name}.") + r"[0-9a-f]{8}\.part(?:-wal|-shm|\.keys|\.keys\.copy)?")
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
    if os.name == "posix":
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
