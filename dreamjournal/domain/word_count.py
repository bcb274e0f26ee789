"""How long a dream was told: its words, without what the person marked as a comment."""

from __future__ import annotations

import re

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


def _weight(token: str) -> int:
    unspaced = len(_UNSPACED.findall(token))
    return unspaced + (unspaced < len(token)) if unspaced else 1


def with_comment(text: str, start: int, end: int) -> tuple[int, int, str] | None:
    """What makes the words from `start` to `end` a comment, or no comment any more, as (from, to, new words).

    Blanks at the edges stay outside. A selection that is one comment loses its brackets. None where nothing is selected.
    """
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return None
    chosen = text[start:end]
    if chosen[0] == OPEN and chosen[-1] == CLOSE and not told(chosen).strip():
        return start, end, chosen[1:-1]
    if (
        start
        and text[start - 1] == OPEN
        and text[end : end + 1] == CLOSE
        and OPEN not in chosen
        and CLOSE not in chosen
    ):
        return start - 1, end + 1, chosen
    return start, end, f"{OPEN}{chosen}{CLOSE}"
