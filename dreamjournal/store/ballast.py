"""The file `PATH.ballast` beside a journal: room kept back, to be given up when the disk is full and words must be saved."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import Any

BYTES = 8 * 1024 * 1024
SPARE = 4 * BYTES
"""What must stay free beside the ballast: on a disk that is nearly full it would itself be what is in the way."""
_STEP = 64 * 1024
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def ballast_path(journal: Path) -> Path:
    """The ballast of a journal, beside the file itself where the path is a link to it."""
    real = Path(os.path.realpath(journal))
    return real.with_name(real.name + ".ballast")


def make(journal: Path) -> bool:
    """Keep room back; whether it is there now. Nothing is made in a read-only or nearly full place."""
    path = ballast_path(journal)
    try:
        if is_whole(journal):
            return True
        if shutil.disk_usage(path.parent).free < BYTES + SPARE:
            return False
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | int(getattr(os, "O_NOFOLLOW", 0)), 0o600)
    except OSError:
        return False
    try:
        try:
            _allocate(handle)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError:
        give_up(journal)
        return False
    return True


def give_up(journal: Path) -> bool:
    """Give the room back to the disk; whether there was any."""
    try:
        ballast_path(journal).unlink()
    except OSError:
        return False
    return True


def no_room(journal: Path) -> bool:
    """Whether nothing more can be written beside the journal: a full disk, a quota, a limit on the size of a file."""
    real = Path(os.path.realpath(journal))
    return _is_at_limit(real) or _refuses(real.parent)


def is_whole(journal: Path) -> bool:
    """Whether the ballast is there with all its room."""
    try:
        found = ballast_path(journal).lstat()
    except OSError:
        return False
    blocks = getattr(found, "st_blocks", None)
    return stat.S_ISREG(found.st_mode) and found.st_size >= BYTES and (blocks is None or blocks * 512 >= BYTES)


def _allocate(handle: int) -> None:
    """Take the room for real: a file of holes would hold none."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, BYTES)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise
        else:
            return
    os.lseek(handle, 0, os.SEEK_SET)
    for _ in range(BYTES // _STEP):  # random, since some disks compress
        if os.write(handle, secrets.token_bytes(_STEP)) != _STEP:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _is_at_limit(journal: Path) -> bool:
    if os.name != "posix":
        return False
    resource: Any = importlib.import_module("resource")
    limit = int(resource.getrlimit(resource.RLIMIT_FSIZE)[0])
    if limit == resource.RLIM_INFINITY:
        return False
    sizes = [0]
    for name in (journal.name, journal.name + "-wal", journal.name + "-shm"):
        with contextlib.suppress(OSError):
            sizes.append(journal.with_name(name).stat().st_size)
    return max(sizes) + _STEP > limit


def _refuses(folder: Path) -> bool:
    probe = folder / f".{secrets.token_hex(8)}.part"
    try:
        handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        return error.errno in _NO_ROOM
    try:
        if os.write(handle, secrets.token_bytes(_STEP)) != _STEP:
            return True
        os.fsync(handle)
    except OSError as error:
        return error.errno in _NO_ROOM
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)
        with contextlib.suppress(OSError):
            probe.unlink()
    return False
