"""Writes a whole file or leaves the old one: never a third state."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def atomic_write(path: Path, data: bytes) -> None:
    """Write `data` to `path` through a synced temporary file in the same folder, mode 0600. Raises OSError.

    QSaveFile is not used: on a full disk it was measured to commit a truncated file (Qt 6.12).
    """
    temp = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            if stream.tell() != len(data):
                raise OSError(f"only {stream.tell()} of {len(data)} bytes were written")
        os.replace(temp, path)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
