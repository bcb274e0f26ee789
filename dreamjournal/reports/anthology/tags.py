"""The tags of each dream, where the person wants them in the book."""

from __future__ import annotations

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose
from dreamjournal.reports.anthology.context import Book, Chapter
from dreamjournal.reports.registry import SectionPlugin


def line(c: Chapter) -> Prose:
    """The tags of a dream in one line."""
    return Prose((Words("Tags: " + ", ".join(c.dream.tags)),), "note")


def build(book: Book) -> None:
    """Nothing of its own: the line stands with each dream."""


PLUGIN = SectionPlugin("tags", "Tags", 40, build, optional=True, help="Under each dream")
