"""Masks the words of a dream that could tell a rater what kind of night it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dreamjournal.domain.dream_words import comments

MASK = "▇▇▇"
"""As long for every word: the length of a name would tell it."""
ALWAYS = (
    "natural", "naturally", "enhanced", "enhancer", "enhance", "enhancement", "unenhanced", "SleepSync", "simulated", "simulation",
    "realtime", "real-time", "stimulation", "stimulated", "stimulator", "device", "mask", "headband", "electrode", "electrodes",
    "implant", "neural", "session", "programme", "program", "intensity", "cue", "cues", "glitch", "merge", "merged", "control night",
    "CPAP", "pill", "pills", "tablet", "tablets", "capsule", "dose", "placebo", "melatonin", "galantamine", "medication", "medicine",
    "supplement", "tDCS", "tACS",
)  # fmt: skip
"""Masked in every journal; a rater who may not see that a mask was worn may not see a carnival mask either."""
_PLAIN_WORDS = """and the for with from into mode main night nights sleep dream dreams diary person import table text other aid one two
    light dark cold warm new old low high"""
_PLAIN = frozenset(_PLAIN_WORDS.split())
"""Words of longer names that are masked only as part of the whole name."""
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+|[^\W\d_]+")
_DATE = re.compile(
    r"(?<![\w.])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s?[ap]\.?m\.?)?)(?!\w)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)|(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+\d{1,2}"
    r"(?:st|nd|rd|th)?)(?:,?\s+\d{4})?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Masked:
    """A text with its telling words masked, and how many were."""

    text: str
    count: int


def telling_words(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they are masked: whole, and each longer word of them by itself ("melatonin" of "melatonin 1 mg")."""
    found: dict[str, str] = {}
    for name in names:
        tidy = " ".join(name.split())
        if sum(c.isalnum() for c in tidy) < 2:
            continue
        found.setdefault(tidy.casefold(), tidy)
        parts = re.findall(r"[^\W\d_]{3,}", tidy)
        if len(parts) > 1 or (parts and parts[0] != tidy):
            for part in parts:
                if part.casefold() not in _PLAIN:
                    found.setdefault(part.casefold(), part)
    return tuple(found.values())


def masker(words: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for all words, however they are written: "sleep sync", "Sleep-Sync", "SLEEPSYNC's"; None for no words.

    Longer names come first, so that a name goes as one.
    """
    patterns = sorted({_pattern(w) for w in words} - {""}, key=lambda p: (-len(p), p))
    if not patterns:
        return None
    return re.compile(r"(?<![^\W_])(?:" + "|".join(patterns) + r")(?:['’]?s)?(?![^\W_])", re.IGNORECASE)


def _pattern(word: str) -> str:
    # Soft hyphens and zero-width characters between the parts of a name hide nothing.
    return r"[\W_]{0,3}".join(re.escape(part) for part in _PART.findall(word))


def mask(text: str, pattern: re.Pattern[str] | None) -> Masked:
    """The text with telling words, dates, clock times and the person's own comments masked."""
    spans = comments(text)
    for start, end in reversed(spans):
        text = text[:start] + MASK + text[end:]
    count = len(spans)
    for each in (pattern, _DATE, _MONTH_DAY):
        if each is not None:
            text, more = each.subn(MASK, text)
            count += more
    return Masked(text, count)
