"""What each dream's night was, where the person wants it in the book."""

from __future__ import annotations

from dreamjournal.domain.report import Caveat
from dreamjournal.reports.anthology.context import Book, Chapter
from dreamjournal.reports.registry import SectionPlugin


def line(c: Chapter) -> Caveat:
    """The kind of the dream's night; of a sealed one only that it is sealed."""
    return Caveat(f"{c.kind[:1].upper()}{c.kind[1:]}.")


def build(book: Book) -> None:
    """Nothing of its own: the line stands with each dream."""


PLUGIN = SectionPlugin("kinds", "Kind of night", 30, build, optional=True, help="Natural or enhanced, under each date")
