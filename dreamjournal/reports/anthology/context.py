"""What the sections of an anthology are made from: the dreams that are in, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dreamjournal.domain.dream import Dream
from dreamjournal.domain.report import Paper

TITLE = "Dreams"
"""What a book is called that was given no title."""


@dataclass(frozen=True)
class Chapter:
    """A dream of the book. Its `number` is its place, from 1; its `text` is what is printed of the person's words."""

    number: int
    dream: Dream
    text: str
    kind: str
    """What its night was, in words: "natural night", or that this is sealed or was not said."""


@dataclass(frozen=True)
class LeftOut:
    """Dreams that were asked for and are not in: how many, and the reason as it follows the number."""

    dreams: int
    reason: str


@dataclass(frozen=True)
class Book:
    """An anthology before it is set. `first` and `last` are the nights that were asked for, None where that is open."""

    title: str
    chapters: tuple[Chapter, ...]
    left_out: tuple[LeftOut, ...]
    first: date | None
    last: date | None
    only_natural: bool
    tags: tuple[str, ...]
    chosen: bool
    """Whether the dreams were picked one by one."""
    parts: frozenset[str]
    person: str
    printed: datetime
    zone: str
    version: str
    paper: Paper = "a4"
