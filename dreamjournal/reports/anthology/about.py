"""What a reader of the book must know before its first dream: what it holds, and what was left out and why."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.report import Block, Caveat, Section
from dreamjournal.reports.anthology.context import Book, LeftOut
from dreamjournal.reports.registry import SectionPlugin


def build(book: Book) -> Section:
    """The sentences of the title page."""
    said: list[Block] = []
    if not book.chapters:
        said.append(Caveat("No dream with words is among the nights that were asked for, so there is none to print."))
    if book.left_out:
        said.append(Caveat(_left_out(book.left_out)))
    if "without_comments" in book.parts:
        said.append(Caveat("The writer\u2019s own comments in [square brackets] are left out; the rest is whole."))
    unowned = sum(c.dream.may_not_be_own for c in book.chapters)
    if unowned:
        what = "1 dream is marked: it" if unowned == 1 else f"{unowned} dreams are marked: they"
        said.append(
            Caveat(f"{what} may not be the person\u2019s own, as a session of the night merged with another\u2019s.")
        )
    return Section("about", "", tuple(said))


def _left_out(found: tuple[LeftOut, ...]) -> str:
    total = words.count(sum(x.dreams for x in found), "dream")
    if len(found) == 1:
        return f"Left out: {total} {found[0].reason}."
    return f"Left out: {total}, {words.listed([f'{x.dreams} {x.reason}' for x in found])}."


PLUGIN = SectionPlugin("about", "Title page", 10, build)
