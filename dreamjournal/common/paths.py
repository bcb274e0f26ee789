"""Where the app keeps its files on this platform."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC


@cache
def _dirs() -> PlatformDirsABC:
    from platformdirs import PlatformDirs  # not before the first paint

    return PlatformDirs("dreamjournal", appauthor=False, roaming=False)


def data_dir() -> Path:
    """The folder of journals; not made here. `XDG_DATA_HOME` and its like are honoured by the platform."""
    return Path(_dirs().user_data_dir)


def state_dir() -> Path:
    """The folder of the log and of window state; not made here."""
    return Path(_dirs().user_state_dir)


def default_journal() -> Path:
    """The journal opened when none is named."""
    return data_dir() / "journal.db"


def sample_journal(journal: Path | None = None) -> Path:
    """The sample journal: under the data folder, or beside a journal that was named."""
    return (journal.parent if journal else data_dir()) / "sample" / "journal.db"


def keys_path(journal: Path) -> Path:
    """The slot file of a journal: `PATH.keys`."""
    return journal.with_name(journal.name + ".keys")


def private_dir(path: Path) -> Path:
    """`path` made with mode 0700 where it is new. Raises OSError."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        if os.name == "posix":
            path.chmod(0o700)
    return path
