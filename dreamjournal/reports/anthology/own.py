"""Dreams that may not be the person's own, where they are to be left out of the book."""

from __future__ import annotations

from dreamjournal.reports.anthology.context import Book
from dreamjournal.reports.registry import SectionPlugin


def build(book: Book) -> None:
    """Nothing of its own: the title page says how many were left out."""


PLUGIN = SectionPlugin(
    "only_own", "Leave out what may not be yours", 60, build, optional=True,
    help="Dreams of nights on which a session merged with another\u2019s",
)  # fmt: skip
