"""The index: every tag with the numbers of its dreams."""

from __future__ import annotations

import unicodedata

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.anthology.context import Book
from dreamjournal.reports.registry import SectionPlugin


def build(book: Book) -> Section | None:
    """Tags in the order of the alphabet; None where no dream has one."""
    names: dict[str, str] = {}
    places: dict[str, list[int]] = {}
    for c in book.chapters:
        for tag in c.dream.tags:
            names.setdefault(tag.casefold(), tag)
            places.setdefault(tag.casefold(), []).append(c.number)
    if not places:
        return None
    items = tuple(
        Prose((Words(names[key], True), Words("\u2002" + ", ".join(str(n) for n in places[key]))), "item")
        for key in sorted(places, key=_place)
    )
    said = Prose((Words("Each tag with the numbers of its dreams."),), "note")
    return Section("tag_index", "Index of tags", (said, *items), "after")


def _place(tag: str) -> tuple[str, str]:
    """Accents do not part words that begin alike."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", tag) if not unicodedata.combining(c))
    return plain.casefold(), tag


PLUGIN = SectionPlugin(
    "tag_index", "Index of tags", 90, build, optional=True, help="At the end, with the numbers of the dreams"
)
