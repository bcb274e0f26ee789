"""How long a dream was told: its words, without what the person marked as a comment."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
"""A word: letters and digits, joined inside by an apostrophe or a hyphen."""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U00020000-\U0003ffff]"
)
"""Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana and Chinese characters."""
OPEN, CLOSE = "[", "]"


def told(text: str) -> str:
    """The text without its comments in [square brackets], inner ones too; a bracket without its partner is text."""
    waiting: list[int] = []
    comments: list[tuple[int, int]] = []
    for i, c in enumerate(text):
        if c == OPEN:
            waiting.append(i)
        elif c == CLOSE and waiting:
            comments.append((waiting.pop(), i + 1))
    kept: list[str] = []
    at = 0
    for start, end in sorted(comments):
        if start >= at:  # else it lies inside the comment before it
            kept.append(text[at:start])
            at = end
    return " ".join([*kept, text[at:]])


def tokens(text: str) -> list[str]:
    """The words of a text, comments and all."""
    return TOKEN.findall(text)


def word_count(text: str) -> int:
    """Words outside comments; where a script has no spaces between words, its characters.

    With repeats, corrections and comments marked this is the total recall count (TRC; Antrobus 1983, Psychophysiology
    20:562), else a plain word count.
    """
    return sum(_weight(token) for token in tokens(told(text)))


def comment_count(text: str) -> int:
    """Words inside comments, counted in the same way."""
    return sum(map(_weight, tokens(text))) - word_count(text)


def _weight(token: str) -> int:
    unspaced = len(_UNSPACED.findall(token))
    return unspaced + (unspaced < len(token)) if unspaced else 1


class Marking(NamedTuple):
    """Brackets to put around `start` to `end`, or with `off` those standing at both ends of it to take away."""

    start: int
    end: int
    off: bool


def marking(text: str, start: int, end: int) -> Marking | None:
    """What makes the words from `start` to `end` a comment, or no comment any more where they are just one.

    Blanks at the edges stay outside. None where no words are chosen, or half of a comment.
    """
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    chosen = text[start:end]
    if not chosen.strip(OPEN + CLOSE).strip() or not _balanced(chosen):
        return None
    if _one_comment(chosen):
        return Marking(start, end, True)
    if start and end < len(text) and _one_comment(text[start - 1 : end + 1]):
        return Marking(start - 1, end + 1, True)
    return Marking(start, end, False)


def _one_comment(text: str) -> bool:
    return text[0] == OPEN and text[-1] == CLOSE and _balanced(text[1:-1])


def _balanced(text: str) -> bool:
    depth = 0
    for c in text:
        depth += (c == OPEN) - (c == CLOSE)
        if depth < 0:
            return False
    return depth == 0
