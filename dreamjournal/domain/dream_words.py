"""The words of a dream text: which it holds, where they stand, and the sentence around one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han. Their words are pairs of characters."""
_RUN = re.compile(f"[{_UNSPACED}]+")
_IN_UNSPACED = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ONLY_HIRAGANA = re.compile("[\u3040-\u309f]+")
_ASCII_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_BRACKET = re.compile(r"[\[\]]")
_END = re.compile("[.!?…][\"'”’)\\]]*(?=\\s|$)|[。！？]|\n")
LONGEST = 40
"""Letters of a word at most; what is longer is no word but a key held down."""
REACH = 240
"""Characters of a sentence shown on each side of its word, at most: some dreams have no full stop."""

_COMMON = """a about after again all also am an and any are around as at away back be because been before being but by came can
    come could did do does doing don't didn't wasn't couldn't can't down each even felt for from get go going got had has have
    having he he'd her here hers him his how i i'd i'm i've if in into is it it's its itself just know knew like looked
    made make me more most much my myself no not now of off on one only or other our out over own really said same saw
    see seemed she she'd should so some something still such than that that's the their them then there there's these they
    they're thing things this those though through to told too two under until up upon us very was we we'd went were what
    when where which while who why will with would you your dream dreamed dreamt dreaming dreams woke wake remember"""
COMMON = frozenset(_COMMON.split())
"""English words that say nothing about one dream rather than another; for other languages the share of dreams does it."""


class Token(NamedTuple):
    """A word as it is counted, and where it stands in the text."""

    word: str
    start: int
    end: int


def comments(text: str) -> list[tuple[int, int]]:
    """Where the person's own comments in [square brackets] stand, outer ones only; a lone bracket is text."""
    waiting: list[int] = []
    pairs: list[tuple[int, int]] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "[":
            waiting.append(match.start())
        elif waiting:
            pairs.append((waiting.pop(), match.end()))
    found: list[tuple[int, int]] = []
    for start, end in sorted(pairs):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def without_comments(text: str) -> str:
    """The text with the person's own comments blanked out; as long as before."""
    if "[" not in text:
        return text
    pieces: list[str] = []
    at = 0
    for start, end in comments(text):
        pieces += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order: letters of any script, case-folded; pairs of characters where a script has no spaces.

    Digits, symbols and single letters are no words; comments in square brackets are passed over.
    """
    told = without_comments(text)
    for match in (_ASCII_WORD if told.isascii() else _any_word()).finditer(told):
        found, at = match[0], match.start()
        if not found.isascii() and _RUN.search(found):
            yield from _parts(found, at)
        elif 1 < len(found) <= LONGEST:
            word = _folded(found)
            if len(word) > 1:
                yield Token(word, at, match.end())


def words_of(text: str) -> frozenset[str]:
    """The different words of a text, common English ones left out."""
    if text.isascii():  # most texts are, and a set of them needs no places
        found = set(_ASCII_WORD.findall(without_comments(text).lower()))
        return frozenset(w for w in (f.removesuffix("'s") for f in found if len(f) <= LONGEST) if len(w) > 1) - COMMON
    return frozenset(t.word for t in tokens(text)) - COMMON


def is_one_word(sign: str) -> bool:
    """Whether a folded sign is a word as `tokens` gives it; else it is a phrase, or has digits or symbols in it."""
    return [t.word for t in tokens(sign)] == [sign]


def place_of(text: str, sign: str) -> tuple[int, int] | None:
    """Where a folded word or phrase first stands in a text, outside comments; None where it does not."""
    if text.isascii() and sign.isascii():
        match = (_ascii_word(sign) if sign.isalpha() else _phrase(sign)).search(without_comments(text))
        return None if match is None else match.span()
    if is_one_word(sign):
        found = next((t for t in tokens(text) if t.word == sign), None)
        return None if found is None else (found.start, found.end)
    match = _phrase(sign).search(without_comments(text))
    return None if match is None else match.span()


def folded(word: str) -> str:
    """A word or phrase as it is compared: composed, case-folded, one blank between its parts."""
    return " ".join(unicodedata.normalize("NFC", word).casefold().replace("’", "'").split())


def sentence_at(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The sentence around text[start:end] on one line, and where the word stands in it; long ones are cut with an ellipsis."""
    low, high = max(0, start - REACH), min(len(text), end + REACH)
    before = [m.end() for m in _END.finditer(text, low, start)]
    after = _END.search(text, end, high)
    left = before[-1] if before else low
    right = (after.end() if after[0] != "\n" else after.start()) if after is not None else high
    if not before and low > 0:
        left = max(left, text.find(" ", left, start) + 1)
    if after is None and high < len(text):
        blank = text.rfind(" ", end, right)
        right = blank if blank > end else right
    head = _one_line(text[left:start]).lstrip()
    head = ("… " if not before and low > 0 else "") + head
    word = _one_line(text[start:end])
    tail = _one_line(text[end:right]).rstrip() + (" …" if after is None and high < len(text) else "")
    return head + word + tail, len(head), len(head) + len(word)


def first_words(text: str, width: int = 160) -> str:
    """How a text begins, on one line, cut at a word."""
    piece = " ".join(_one_line(text[: width * 2]).split())
    return piece if len(piece) <= width else piece[:width].rsplit(" ", 1)[0] + " …"


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    # Joiners and direction marks belong to the words of some scripts; controls do not.
    return "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")
    )


def _folded(found: str) -> str:
    word = found.lower() if found.isascii() else unicodedata.normalize("NFC", found.casefold()).replace("’", "'")
    return word.removesuffix("'s")


def _parts(found: str, at: int) -> Iterator[Token]:
    for piece in _IN_UNSPACED.finditer(found):
        run, start = piece[0], at + piece.start()
        if not _RUN.match(run):
            for match in _any_word().finditer(run):
                word = _folded(match[0])
                if len(word) > 1 and len(match[0]) <= LONGEST:
                    yield Token(word, start + match.start(), start + match.end())
        elif len(run) == 1:
            if _HAN.match(run):
                yield Token(run, start, start + 1)
        else:
            for i in range(len(run) - 1):
                pair = run[i : i + 2]
                if not _ONLY_HIRAGANA.fullmatch(pair):  # mostly endings and particles
                    yield Token(pair, start + i, start + i + 2)


@lru_cache(maxsize=256)
def _ascii_word(sign: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?<![A-Za-z]'){re.escape(sign)}(?:'s)?(?!'?[A-Za-z])", re.IGNORECASE)


@lru_cache(maxsize=256)
def _phrase(sign: str) -> re.Pattern[str]:
    parts = r"\s+".join(re.escape(part).replace("'", "['’]") for part in sign.split())
    if _RUN.search(sign):  # nothing parts words there
        return re.compile(parts, re.IGNORECASE)
    return re.compile(rf"(?<!\w){parts}(?!\w)", re.IGNORECASE)


@cache
def _any_word() -> re.Pattern[str]:
    """Letters with the marks that belong to them (vowel signs, points): Python's \\w does not take marks."""
    marks = "".join(chr(c) for c in range(0x300, 0x10000) if unicodedata.category(chr(c)) in ("Mn", "Mc"))
    part = rf"[^\W\d_]+(?:[{re.escape(marks)}]+[^\W\d_]*)*"
    return re.compile(rf"{part}(?:['’]{part})*")
