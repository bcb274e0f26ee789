"""The person's own comments in [square brackets], where they are to be left out of the book."""

from __future__ import annotations

import re

from dreamjournal.domain.dream_words import comments
from dreamjournal.reports.anthology.context import Book
from dreamjournal.reports.registry import SectionPlugin

_GAP = re.compile(r"[ \t\u00a0]+")


def without(text: str) -> str:
    """`text` without its comments; where one stood, one blank at most, and no line that held nothing else."""
    spans = comments(text)
    if not spans:
        return text
    out = text[: spans[0][0]]
    for (_, end), (start, _) in zip(spans, [*spans[1:], (len(text), len(text))], strict=True):
        after = text[end:start]
        at_start = not out or out[-1] == "\n"
        rest = after.lstrip(" \t\u00a0")
        if at_start:
            # A line that was a comment alone goes with its end, so that it parts no paragraph.
            after = rest[1:] if rest.startswith("\n") and out else rest
        elif rest[:1] in ("", "\n", ".", ",", ";", ":", "!", "?", "\u2026", ")"):
            out, after = out.rstrip(" \t\u00a0"), rest
        elif _GAP.search(out[-1]) and after != rest:
            after = rest
        out += after
    return out


def build(book: Book) -> None:
    """Nothing of its own: the words are missing from each dream, and the title page says so."""


PLUGIN = SectionPlugin(
    "without_comments", "Leave out comments", 50, build, optional=True,
    help="Your own remarks in [square brackets] stay out of the book",
)  # fmt: skip
