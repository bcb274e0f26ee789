"""The dreams, each under its number and night: words whole, paragraphs and lines as they were written."""

from __future__ import annotations

import re

from dreamjournal.charts import words
from dreamjournal.charts.fonts import without_controls
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Block, Caveat, Prose, Section
from dreamjournal.reports.anthology import kinds, tags
from dreamjournal.reports.anthology.context import Book
from dreamjournal.reports.registry import SectionPlugin

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LINE = re.compile("\r\n|[\n\r\x85\u2028]")
_PARAGRAPH = re.compile("[\f\v\x1c\x1d\x1e\u2029]")
NOT_OWN = "May not be the person\u2019s own: a session of this night merged with another\u2019s."


def build(book: Book) -> Section:
    """The one dream of `book`, with what was chosen to stand beside it: each dream is asked for by itself."""
    (c,), parts = book.chapters, book.parts
    blocks: list[Block] = []
    if kinds.PLUGIN.key in parts:
        blocks.append(kinds.line(c))
    if c.dream.may_not_be_own:
        blocks.append(Caveat(NOT_OWN))
    blocks += paragraphs(c.text)
    if tags.PLUGIN.key in parts and c.dream.tags:
        blocks.append(tags.line(c))
    night = c.dream.night_date
    title = f"{c.number}{words.NBSP}\u00b7 {_DAYS[night.weekday()]} {words.long_day(night)}"
    return Section(f"dream_{c.number}", title, tuple(blocks))


def paragraphs(text: str) -> list[Prose]:
    """The words of a dream: a paragraph where a blank line parts them, in it one `Words` for each line."""
    found: list[Prose] = []
    lines: list[str] = []
    for line in [*_LINE.split(_PARAGRAPH.sub("\n\n", text)), ""]:
        if without_controls(line).strip():
            lines.append(line.strip())
        elif lines:
            found.append(Prose(tuple(Words(x) for x in lines), "dream"))
            lines = []
    return found


PLUGIN = SectionPlugin("dreams", "Dreams", 20, build)
