"""Dream signs: words and tags that stand in more dreams of one kind of night than of the other, with their sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dreamjournal.domain.contrast import Arm

SignKind = Literal["word", "tag"]
MIN_DREAMS = 10
"""Dreams needed on each kind of night before words are held against each other (rule of the project)."""
MIN_HOLDING = 3
"""Dreams of the two kinds together a word must stand in to be counted (rule of the project)."""
PRIOR_DREAMS = 10.0
"""How many dreams the person's own usual weighs beside those of a kind of night (rule of the project)."""
SHUFFLES = 999
MIN_WAYS = 20
"""Ways to deal the labels anew under which shuffling tells nothing: 1 in 20 would be the least."""
MOST_SIGNS = 60
"""Signs shown at most, those farthest apart; all that stand out are counted."""
MOST_SENTENCES = 200
Control = Literal["within", "beyond", "too_few_ways", "none"]
"""No more words than shuffled labels give; more; labels that cannot be dealt in enough ways; nothing was compared."""


@dataclass(frozen=True)
class SignSpec:
    """Which dreams are held against each other: None stands for the only enhancer, and for all nights."""

    enhancer: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Share:
    """`n` dreams of `of`."""

    n: int
    of: int


@dataclass(frozen=True)
class Sentence:
    """Where a sign stands: the person's own words, the sign at text[start:end] (nowhere for a tag), the dream and its night."""

    dream_id: int
    night_date: date
    arm: Arm | None
    """The kind of night, None where it is of neither."""
    text: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Sign:
    """A word or tag that stands out. Log-odds are natural, enhanced minus natural, drawn towards the person's own usual."""

    word: str
    kind: SignKind
    usual: Share
    """Of all dreams of the journal that count."""
    natural: Share
    enhanced: Share
    log_odds: float
    z: float
    as_far: int
    """In how many of the shuffles it stood as far apart itself."""
    any_as_far: int
    """In how many of the shuffles any of the words compared stood as far apart: this allows for their number."""
    sentences: tuple[Sentence, ...] = ()
    """One a dream, the newest first; all of the person's dreams with it, at most 200."""

    @property
    def arm(self) -> Arm:
        """The kind of night it stands out on."""
        return "enhanced" if self.log_odds > 0 else "natural"


@dataclass(frozen=True)
class LeftOut:
    """Dreams of the range that are held against nothing, and why."""

    unsure: int = 0
    unrecorded: int = 0
    other: int = 0
    """On nights with another enhancer, or one not named."""
    may_not_be_own: int = 0
    sealed: int = 0
    """On nights whose kind a sealed study keeps until its end."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.unsure + self.unrecorded + self.other + self.may_not_be_own + self.sealed


@dataclass(frozen=True)
class Recurring:
    """A sign over time: of the dreams of the last 4 weeks, of the last 12 weeks, and of the whole journal."""

    word: str
    own: bool
    """On the person's own list, else one of the words that stand in most dreams."""
    last_4: Share
    last_12: Share
    usual: Share
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class SignsResult:
    """What stands out, what shuffled labels gave, and what was left out."""

    enhancer: str | None
    dreams: int
    """Of the whole journal, with words or tags; those that may not be the person's own left out."""
    enhanced: int
    natural: int
    left_out: LeftOut
    signs: tuple[Sign, ...] = ()
    """Those farthest apart first."""
    firm: int = 0
    """How many stand farther apart than any word did in 95 of 100 shuffles."""
    standing: int = 0
    """How many stand out; `signs` are the farthest of them."""
    tried: int = 0
    """Words and tags that were held against each other."""
    control: Control = "none"
    shuffled: tuple[int, int] | None = None
    """How many words stood out in the middle 95 % of shuffles."""
    beyond: int = 0
    """In how many of the shuffles at least as many stood out."""
    recurring: tuple[Recurring, ...] = ()
    own: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    sentence: str = ""

    @property
    def gated(self) -> bool:
        """Whether there are too few dreams of a kind to hold any words against each other."""
        return min(self.enhanced, self.natural) < MIN_DREAMS
