"""What the page of dream signs says to the person, said of them in a nurse's journal."""

from __future__ import annotations

_OF_THEM = (
    ("your own usual", "the person\u2019s own usual"), ("Reading your dreams", "Reading the person\u2019s dreams"),
    ("your dreams", "the person\u2019s dreams"), ("words that name what you use", "words that name what they use"),
    ("[your comments]", "[the person\u2019s comments]"), ("is yours to say", "is theirs to say"),
    ("nights you were not sure of", "nights they were not sure of"), ("may not be your own", "may not be the person\u2019s own"),
    ("what you write down", "what they write down"), ("Your dream signs", "Their dream signs"),
    ("can tell you that you are dreaming", "can tell them that they are dreaming"), ("one of your signs", "one of their signs"),
    ("one of your dream signs", "one of their dream signs"), ("off your list", "off their list"), ("your tag", "their tag"),
)  # fmt: skip


def said(text: str, *, nurse: bool) -> str:
    """`text` as it is for the person; of them for a nurse."""
    if nurse:
        for own, other in _OF_THEM:
            text = text.replace(own, other)
    return text
