"""Entries of journals as dreams: which night, which tags, and what is said of lucidity, by the same rules for every journal."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dreamjournal.domain.drafts import (
    EARLIEST_YEAR,
    LATEST_AHEAD,
    FileWarning,
    Rejected,
    RowDraft,
    RowRejected,
    SourceDream,
)
from dreamjournal.domain.dream import DreamDraft, Recall, tidy_tags

LUCID = 3
"""The level of a dream marked lucid: the person knew it; whether they steered it is not said."""
LUCID_WORDS = frozenset(
    {
        "lucid",
        "luciddream",
        "luciddreams",
        "ld",
        "lucide",
        "lucido",
        "lucida",
        "luzid",
        "klartraum",
        "clarivident",
        "осознанный",
        "清明梦",
        "明晰夢",
    }
)
NIGHTMARE_WORDS = frozenset(
    {
        "nightmare",
        "nightmares",
        "albtraum",
        "alptraum",
        "cauchemar",
        "pesadilla",
        "pesadelo",
        "incubo",
        "nachtmerrie",
        "кошмар",
        "噩梦",
        "悪夢",
    }
)
DREAM_WORDS = frozenset({
    "dream", "dreams", "dreaming", "dreamjournal", "dreamlog", "traum", "traume", "traumtagebuch", "reve", "reves", "sueno", "suenos",
    "sogno", "sogni", "sonho", "sonhos", "droom", "dromen", "сон", "сны", "梦", "夢",
})  # fmt: skip
"""Tags and categories by which a journal of everything marks its dreams, as `plain_word` gives them."""
MORNING_AFTER = (
    "Dates without a time are taken as the morning after: an entry dated the 10th belongs to the night of the 9th."
)
"""Said once of a file that has such dates."""
MOST_TAGS = 60

_HASHTAG = re.compile(r"(?<![\w/&#;])#([^\W\d_][\w/-]*)")
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Entry:
    """One entry of a journal as it stands in the file. `text` is the person's words."""

    source_id: str
    text: str
    day: date
    clock: time | None
    where: str
    line: int
    tags: tuple[str, ...] = ()
    lucid: bool | None = None
    """What is written beside the text; None leaves it to the tags."""
    nightmare: bool | None = None


def night_of_entry(day: date, clock: time | None) -> date:
    """With a time, the night running then; with a date alone the night that ended that day. Raises OverflowError."""
    if clock is None:
        return day - timedelta(days=1)
    return (datetime.combine(day, clock) - timedelta(hours=12)).date()


def hashtags(text: str) -> tuple[str, ...]:
    """The #tags in a text, each once, without headings, numbers and parts of addresses."""
    return tuple(dict.fromkeys(m[1].rstrip("-/") for m in _HASHTAG.finditer(text)))[:MOST_TAGS]


def plain_word(tag: str) -> str:
    """A tag in lower case without accents, blanks and hyphens."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", tag.casefold()) if not unicodedata.combining(c))
    return _APART.sub("", bare)


def marks_a_dream(tags: Iterable[str]) -> bool:
    """Whether one of the tags says that this is a dream, as in journals of everything."""
    return any(plain_word(t) in DREAM_WORDS for t in tags)


def partly_marked(marked: int, taken: int) -> Iterator[FileWarning]:
    """A warning where a part of what was taken is marked as dreams: the rest may be of other things."""
    if 0 < marked < taken:
        yield FileWarning(f"All {taken} entries were taken as dreams; {marked} of {taken} say so by a tag.")


def has_words(text: str) -> bool:
    """Whether there is a letter or digit in it."""
    return any(c.isalnum() for c in text)


def line_ends(text: str) -> str:
    """The text with every line end as \\n and without blank lines before and after it; nothing else changes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\A(?:[ \t]*\n)+", "", text)
    return text.rstrip()


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that stand for a title or a file's name in a source id."""
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:8]


def entry_row(entry: Entry, now: datetime) -> RowDraft | Rejected:
    """The entry as a dream report, or why it is none."""
    text = line_ends(entry.text)
    try:
        if not has_words(text):
            raise RowRejected("no words in this entry")
        if entry.day.year < EARLIEST_YEAR:
            raise RowRejected(f"the date is before {EARLIEST_YEAR}")
        if entry.day > (now + LATEST_AHEAD).date():
            raise RowRejected("the date is in the future")
    except RowRejected as e:
        return Rejected(entry.where, str(e), entry.line, text[:300], dreams=1)
    tags = tidy_tags((*entry.tags, *hashtags(text)))[:MOST_TAGS]
    words = {plain_word(t) for t in tags}
    lucid = True if entry.lucid is None and words & LUCID_WORDS else entry.lucid
    bad = True if entry.nightmare is None and words & NIGHTMARE_WORDS else entry.nightmare
    draft = DreamDraft(
        night_of_entry(entry.day, entry.clock),
        text,
        Recall.REPORT,
        lucidity=None if lucid is None else LUCID if lucid else 0,
        nightmare=bad,
        tags=tags,
    )
    return RowDraft(entry.where, entry.line, dreams=(SourceDream(entry.source_id, draft),))
