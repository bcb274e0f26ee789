"""Words a rater may want to look at again: hits of short English lists, never counts and never meanings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_LISTS: Mapping[str, str] = {
    "characters": """he she man woman men women boy girl child children baby people person crowd stranger friend friends mother mum
        mom father dad brother sister son daughter wife husband aunt uncle cousin grandmother grandfather teacher doctor nurse boss
        colleague neighbour neighbor police dog dogs cat cats horse bird birds snake fish bear wolf lion spider insect animal
        animals""",
    "aggression": """hit hits kick kicked punch punched fight fought fighting attack attacked chase chased chasing kill killed
        shoot shot stab stabbed shout shouted yell yelled scream screamed threaten threatened argue argued insult insulted steal
        stole hate hated push pushed destroy destroyed accuse accused""",
    "friendliness": """help helped helping hug hugged kiss kissed smile smiled greet greeted thank thanked gift invite invited
        comfort comforted share shared welcome welcomed rescue rescued love loved""",
    "sexuality": "sex sexual naked kiss kissed kissing lover erotic undressed",
    "misfortune": """lost late accident crash crashed fall fell falling injured hurt broken sick ill dead died stuck trapped
        missed flood fire drown drowning""",
    "good_fortune": "found lucky treasure prize magic suddenly flying fly flew",
    "striving": "try tried trying manage managed succeed succeeded fail failed attempt attempted struggle struggled effort",
    "emotions": """happy glad joy excited pleased relieved sad unhappy lonely crying cried angry furious annoyed confused surprised
        puzzled strange afraid scared frightened terrified worried anxious nervous guilty ashamed embarrassed""",
    "settings": """house room kitchen bedroom school office shop hospital church station building corridor stairs car train
        street road garden field forest wood beach sea lake river mountain park town city outside inside home""",
}  # fmt: skip
MOST = 12
"""Hits shown of one group."""


def word_hits(text: str) -> dict[str, tuple[str, ...]]:
    """The listed words that stand in a text, by group of codes, each once in the order of the text."""
    found: dict[str, dict[str, None]] = {}
    lists = _words()
    for match in re.finditer(r"[A-Za-z]+", text):
        word = match[0].lower()
        for group in lists.get(word, ()):
            found.setdefault(group, {}).setdefault(word)
    return {group: tuple(hits)[:MOST] for group, hits in found.items()}


@cache
def _words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group, text in _LISTS.items():
        for word in text.split():
            found[word] = (*found.get(word, ()), group)
    return found
