"""What is counted in a dream when it is coded by hand, after the categories of Hall and Van de Castle (1966).

The words are our own. Every code is a count, 0 where nothing was counted; a dream that was read and holds nothing of a
kind is finished with no codes, which is not the same as not coded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dreamjournal.common.errors import UserError

LEAST_WORDS, MOST_WORDS = 50, 300
"""The usual length of coded reports (Hall & Van de Castle 1966)."""
INDEX_DREAMS = 50
"""Dreams of a kind of night under which no index is shown."""
COMPARE_DREAMS = 100
"""Dreams of each kind under which no two indices are held against each other (Domhoff & Schneider 1998, doi 10.1093/sleep/21.4.398)."""
HIGHEST = 99


@dataclass(frozen=True)
class Code:
    """One thing to count. `part` of a group's other counts: at most as many as those."""

    key: str
    title: str
    part: bool = False


@dataclass(frozen=True)
class Group:
    """Counts that belong together; `letter` is the key that leads to it. `of` are the counts its parts are parts of."""

    key: str
    title: str
    letter: str
    explain: str
    codes: tuple[Code, ...]
    of: tuple[str, ...] = ()


GROUPS: tuple[Group, ...] = (
    Group(
        "characters", "Characters", "c", "Each person or animal once, the dreamer not at all. A group counts as one.",
        (
            Code("male_familiar", "Male, familiar"), Code("male_unfamiliar", "Male, unfamiliar"),
            Code("female_familiar", "Female, familiar"), Code("female_unfamiliar", "Female, unfamiliar"),
            Code("joint_familiar", "Both, familiar"), Code("joint_unfamiliar", "Both, unfamiliar"),
            Code("indefinite_familiar", "Not told, familiar"), Code("indefinite_unfamiliar", "Not told, unfamiliar"),
            Code("family", "Of these: family", part=True), Code("friends", "Of these: friends", part=True),
            Code("animals", "Animals"),
        ),
        ("male_familiar", "female_familiar", "joint_familiar", "indefinite_familiar"),
    ),
    Group(
        "aggression", "Aggression", "a", "Each act meant to harm or annoy, in deed, word or feeling.",
        (
            Code("aggressor", "Dreamer does it"), Code("victim", "Done to the dreamer"), Code("mutual", "Both ways"),
            Code("others", "Dreamer not part of it"), Code("physical", "Of these: physical", part=True),
        ),
        ("aggressor", "victim", "mutual", "others"),
    ),
    Group(
        "friendliness", "Friendliness", "f", "Each act of help, kindness or friendly feeling.",
        (
            Code("befriender", "Dreamer does it"), Code("befriended", "Done to the dreamer"), Code("mutual", "Both ways"),
            Code("others", "Dreamer not part of it"),
        ),
    ),
    Group(
        "sexuality", "Sexuality", "x", "Each sexual act, thought or approach.",
        (Code("dreamer", "Dreamer part of it"), Code("others", "Dreamer not part of it")),
    ),
    Group(
        "misfortune", "Misfortune", "m", "Each mishap that nobody meant: an injury, a loss, being lost, late or stuck.",
        (Code("dreamer", "To the dreamer"), Code("others", "To others")),
    ),
    Group(
        "good_fortune", "Good fortune", "g", "Each good thing that nobody brought about.",
        (Code("dreamer", "To the dreamer"), Code("others", "To others")),
    ),
    Group(
        "striving", "Striving", "t", "Each time the dreamer tries hard at something.",
        (Code("success", "It succeeds"), Code("failure", "It fails"), Code("open", "Not told")),
    ),
    Group(
        "emotions", "Emotions", "e", "Each one the text names, whoever feels it.",
        (
            Code("happy", "Happy"), Code("sad", "Sad"), Code("angry", "Angry"), Code("confused", "Confused, surprised"),
            Code("apprehensive", "Afraid, worried"),
        ),
    ),
    Group(
        "settings", "Places", "p", "Each place the dream is in.",
        (
            Code("indoor", "Indoors"), Code("outdoor", "Outdoors"), Code("familiar", "Familiar"), Code("unfamiliar", "Unfamiliar"),
        ),
    ),
)  # fmt: skip
KEYS: tuple[str, ...] = tuple(f"{g.key}.{c.key}" for g in GROUPS for c in g.codes)
TITLES: dict[str, str] = {f"{g.key}.{c.key}": f"{g.title}: {c.title}" for g in GROUPS for c in g.codes}


@dataclass(frozen=True)
class Coding:
    """One rater's counts in one dream, only those above 0. `finished` None: begun, and not gone on from."""

    person_id: int
    dream_id: int
    rater: str
    codes: Mapping[str, int]
    written: datetime
    finished: datetime | None = None


@dataclass(frozen=True)
class CodingSet:
    """The dreams to be coded in their shuffled order, and how they were chosen."""

    dreams: tuple[int, ...]
    first: date | None
    last: date | None
    least_words: int
    most_words: int
    seed: int
    made: datetime


@dataclass(frozen=True)
class SetCounts:
    """How many dreams of a range would be in a set, and why the others would not."""

    chosen: int
    short: int
    long: int
    without_text: int
    may_not_be_own: int


@dataclass(frozen=True)
class BlindDream:
    """A dream as a rater sees it: its number in the set, its text with telling words masked, and nothing else."""

    number: int
    of: int
    text: str
    words: int
    masked: int
    """How many words were masked."""
    codes: Mapping[str, int]
    """What this rater has counted in it so far."""
    finished: bool
    hints: Mapping[str, tuple[str, ...]]
    """Word hits by group: words that may or may not mean anything. Nothing is counted from them."""


@dataclass(frozen=True)
class RaterState:
    """How far a rater is."""

    rater: str
    finished: int
    of: int

    @property
    def done(self) -> bool:
        """Whether the whole set is finished."""
        return self.of > 0 and self.finished == self.of


def checked_codes(codes: Mapping[str, int]) -> dict[str, int]:
    """The counts above 0, in the order of the page. Raises UserError for an unknown key, or a count no dream can have."""
    unknown = sorted(set(codes) - set(KEYS))
    if unknown:
        raise UserError(
            "Nothing was kept", f"there is no code {unknown[0]}", f"use one of {', '.join(KEYS)}", field=unknown[0]
        )
    for key, count in codes.items():
        if not 0 <= count <= HIGHEST:
            raise UserError(
                "Nothing was kept", f"{TITLES[key]} is counted from 0 to {HIGHEST}", "type another number", field=key
            )
    for group in GROUPS:
        whole = sum(codes.get(f"{group.key}.{key}", 0) for key in group.of)
        parts = [c for c in group.codes if c.part]
        together = sum(codes.get(f"{group.key}.{c.key}", 0) for c in parts)
        if together > whole:
            named = " and ".join(c.title.removeprefix("Of these: ") for c in parts)
            raise UserError(
                "Nothing was kept", f"{group.title}: {together} {named} of {whole} is more than there are", "count those first",
                field=f"{group.key}.{parts[0].key}",
            )  # fmt: skip
    return {key: int(codes[key]) for key in KEYS if codes.get(key)}


def checked_rater(initials: str) -> str:
    """A rater's initials in capitals. Raises UserError where they are none: one to eight letters."""
    tidy = "".join(initials.split()).upper()
    if not re.fullmatch(r"[^\W\d_]{1,8}", tidy):
        raise UserError(
            "Nothing was opened",
            "a rater is named by one to eight letters",
            "type the initials of who counts",
            field="rater",
        )
    return tidy


@dataclass(frozen=True)
class AgreementLine:
    """How far two raters agree on one thing: whether a dream holds any of it (kappa), and how many (`same_count`)."""

    key: str
    title: str
    n: int
    agreed: int
    """Dreams on which both said the same of "any"."""
    same_count: int
    kappa: float | None
    interval: tuple[float, float] | None
    first_any: int
    """Dreams in which the first rater counted any."""
    second_any: int


@dataclass(frozen=True)
class Disagreement:
    """Two counts that differ."""

    number: int
    """Of the dream in the set."""
    title: str
    first: int
    second: int


@dataclass(frozen=True)
class AgreementResult:
    """Agreement of two raters; lines and disagreements are empty until both have finished the whole set."""

    raters: tuple[str, ...]
    n: int
    ready: bool
    sentence: str
    lines: tuple[AgreementLine, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()


@dataclass(frozen=True)
class IndexLine:
    """One index on both kinds of night: what was counted, shares where shown, and the comparison where there is one."""

    key: str
    title: str
    of: str
    ratio: bool
    enhanced: tuple[int, int]
    """(counted, out of)."""
    natural: tuple[int, int]
    enhanced_share: float | None = None
    """None below the gate, and where there is nothing to take a share of."""
    natural_share: float | None = None
    h: float | None = None
    interval: tuple[float, float] | None = None
    q: float | None = None


@dataclass(frozen=True)
class IndicesResult:
    """The indices of one rater by kind of night; no lines until that rater has finished the whole set."""

    rater: str | None
    enhancer: str | None
    enhanced: int
    """Coded dreams of enhanced nights."""
    natural: int
    neither: int
    """Coded dreams of nights of neither kind, or of a sealed study."""
    ready: bool
    sentence: str
    lines: tuple[IndexLine, ...] = ()

    @property
    def compared(self) -> bool:
        """Whether there are enough dreams of each kind to hold indices against each other."""
        return min(self.enhanced, self.natural) >= COMPARE_DREAMS


def any_of(group: Group, codes: Mapping[str, int]) -> int:
    """How many of a group were counted, its parts not counted twice."""
    return sum(codes.get(f"{group.key}.{c.key}", 0) for c in group.codes if not c.part)
