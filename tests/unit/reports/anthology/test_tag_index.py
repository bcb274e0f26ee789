"""The index finds each tag's dreams."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.report import Prose
from dreamjournal.reports.anthology import tag_index
from dreamjournal.reports.anthology.context import Book, Chapter

NOW = datetime(2026, 7, 9, tzinfo=UTC)


def book(*tags: tuple[str, ...]) -> Book:
    chapters = tuple(
        Chapter(
            i,
            Dream(i, 1, date(2026, 7, i), "x", Recall.REPORT, None, None, None, None, None, t, (), NOW, NOW),
            "x",
            "natural night",
        )
        for i, t in enumerate(tags, 1)
    )
    return Book("Dreams", chapters, (), None, None, False, (), False, frozenset(), "me", NOW, "Europe/London", "1")


def lines(made: Book) -> list[str]:
    section = tag_index.build(made)
    assert section is not None
    return [b.text for b in section.blocks if isinstance(b, Prose) and b.role == "item"]


def test_each_tag_has_the_numbers_of_its_dreams_in_the_order_of_the_alphabet() -> None:
    assert lines(book(("sea", "\u00e9cole"), ("Sea", "dark"), (), ("dark",))) == [
        "dark\u20022, 4", "\u00e9cole\u20021", "sea\u20021, 2",
    ]  # fmt: skip


def test_without_tags_there_is_none() -> None:
    assert tag_index.build(book((), ())) is None
