"""What every importer says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import Draft, ReadOptions


@dataclass(frozen=True)
class Importer:
    """One foreign format. A module of `importers` offers one as its `PLUGIN`."""

    key: str = ""
    """Also the source of what it brings."""
    title: str = ""
    suffixes: tuple[str, ...] = ()
    """For the file dialog; a file is known by its content."""
    kinds: tuple[str, ...] = ()
    """The kinds of `common.heads.kind_of` it is asked about, and "xlsx" for workbooks."""
    parser_version: int = 1
    """Rises when the same file gives other results."""
    seen: bool = False
    """Whether a real export was compared; where not, the receipt says so."""
    gathers: bool = False
    """Whether the files of a folder become one import: journals of many small files."""
    in_archives: bool = True
    """Whether members of a zip may be this."""
    generic: bool = False
    """Whether it takes any table or text, and is asked after all others."""
    companions: tuple[str, ...] = ()
    """Names or patterns of files in the same zip that are known and not needed."""

    def sniff(self, head: bytes, name: str) -> float:
        """How surely this is its format, 0 to 1, by the first 64 KiB without byte order mark; the name may only help."""
        raise NotImplementedError

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Every row of the file as a draft. The stream may not be seekable. Raises UserError, and what drafts.py names."""
        raise NotImplementedError
