"""The shape of an exporter, and where it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dreamjournal.common.errors import UserError
from dreamjournal.common.files import atomic_write
from dreamjournal.domain.report import Report

STANDARDS = ["ua-1", "a-2a"]
"""What every PDF of ours is: tagged for readers (PDF/UA-1), and complete in itself for the archive (PDF/A-2a)."""


@dataclass(frozen=True)
class Rendered:
    """A report as a file: its bytes and its pages (1 for a format without pages)."""

    data: bytes
    pages: int


@dataclass(frozen=True)
class Exporter:
    """One target format. `render` gives the same bytes for the same report."""

    key: str
    title: str
    suffix: str
    render: Callable[[Report], Rendered]

    def write(self, report: Report, path: Path) -> int:
        """Write `report` to `path`, whole or not at all; the number of pages. Raises UserError when it cannot be written."""
        rendered = self.render(report)
        try:
            atomic_write(path, rendered.data)
        except OSError as error:
            why = "the folder does not exist" if not path.parent.is_dir() else error.strerror or "the system refused"
            raise UserError("Could not write to this folder", why.lower(), "choose another", field="out") from error
        return rendered.pages
