"""The fonts of paper: registered with matplotlib once, and asked which characters they have."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import unicodedata
from functools import cache

from dreamjournal.common.resources import resource

PAPER_FONTS = ("SourceSans3-Regular.ttf", "SourceSans3-Semibold.ttf", "SourceSans3-Bold.ttf")
MISSING = "\u25a1"
"""White square, which the font has: stands for a character it has not."""


@cache
def register() -> None:
    """Make the shipped fonts known to matplotlib by their family names."""
    from matplotlib import font_manager

    for path in sorted(resource("fonts").glob("*.[ot]tf")):
        font_manager.fontManager.addfont(str(path))


@cache
def _paper_characters() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    sets = [frozenset(FT2Font(str(resource("fonts", name))).get_charmap()) for name in PAPER_FONTS]
    return sets[0] & sets[1] & sets[2]


def without_controls(text: str) -> str:
    """`text` composed (NFC), its line breaks and tabs as blanks, without control, format and private characters.

    The soft hyphen, joiners and direction marks go too: they change the look of other words but say nothing themselves.
    """
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    for c in unicodedata.normalize("NFC", text):
        if c in "\n\r\t\v\f\u2028\u2029":
            out.append(" ")
        elif unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            out.append(c)
    return "".join(out)


def printable(text: str) -> tuple[str, int]:
    """`text` as the paper font can print it, and how many characters it lacks (each becomes a rectangle)."""
    if text.isascii() and text.isprintable():  # most words by far, and the font has all of these
        return text, 0
    known = _paper_characters()
    out: list[str] = []
    lost = 0
    for c in unicodedata.normalize("NFC", text):
        category = unicodedata.category(c)
        if c in "\n\r\t\v\f\u2028\u2029":
            out.append(" ")
        elif category in ("Cc", "Cf", "Cs") or 0xFE00 <= ord(c) <= 0xFE0F:
            continue
        elif ord(c) in known:
            out.append(c)
        else:
            out.append(MISSING)
            lost += 1
    return "".join(out), lost
