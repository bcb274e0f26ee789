"""How this process begins: nothing it makes is for others to read, and a crash leaves no image of its memory on the disk."""

from __future__ import annotations

import contextlib
import os


def begin_private() -> None:
    """Make new files readable by their owner alone, and no core dumps: both would hold words of the journal in the open.

    The process stays "dumpable": else the desktop's portals, which tell of a locked screen, refuse to answer it.
    """
    os.umask(0o077)
    if os.name != "posix":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):  # forbidden by what started us, which then rules it
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
