"""Shares of what was counted in dreams (Hall & Van de Castle), and two kinds of night held against each other by Cohen's h.

Formulas as on the norms page of G. W. Domhoff, University of California, Santa Cruz. What is counted clusters within
dreams, so intervals come from drawing whole dreams anew, not from counting elements as if each were independent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dreamjournal.analysis import distributions
from dreamjournal.analysis.several import benjamini_hochberg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Codes = Mapping[str, int]
SEED = 11
DRAWS = 2000
_FAMILIAR = tuple(f"characters.{k}_familiar" for k in ("male", "female", "joint", "indefinite"))
_UNFAMILIAR = tuple(f"characters.{k}_unfamiliar" for k in ("male", "female", "joint", "indefinite"))
_MALE = ("characters.male_familiar", "characters.male_unfamiliar")
_FEMALE = ("characters.female_familiar", "characters.female_unfamiliar")
_HUMANS = _FAMILIAR + _UNFAMILIAR
_CHARACTERS = (*_HUMANS, "characters.animals")
_AGGRESSIONS = tuple(f"aggression.{k}" for k in ("aggressor", "victim", "mutual", "others"))
_FRIENDLY = tuple(f"friendliness.{k}" for k in ("befriender", "befriended", "mutual", "others"))
_SEXUAL = ("sexuality.dreamer", "sexuality.others")
_OWN_AGGRESSION, _OWN_FRIENDLY = _AGGRESSIONS[:3], _FRIENDLY[:3]
_BAD = ("aggression.victim", "misfortune.dreamer", "striving.failure")
_GOOD = ("friendliness.befriended", "good_fortune.dreamer", "striving.success")
_NEGATIVE = tuple(f"emotions.{k}" for k in ("sad", "angry", "confused", "apprehensive"))


@dataclass(frozen=True)
class Index:
    """One share: `part` of `whole`, each a sum of codes. `per_dream` counts dreams with at least one, of all dreams.

    `ratio`: so many for each of `whole`, which may exceed 1 and has no h.
    """

    key: str
    title: str
    of: str
    part: tuple[str, ...]
    whole: tuple[str, ...] = ()
    per_dream: bool = False
    ratio: bool = False


INDICES: tuple[Index, ...] = (
    Index("male", "Male characters", "of those told male or female", _MALE, _MALE + _FEMALE),
    Index("familiarity", "Familiar characters", "of all people", _FAMILIAR, _HUMANS),
    Index("friends", "Friends", "of all people", ("characters.friends",), _HUMANS),
    Index("family", "Family", "of all people", ("characters.family",), _HUMANS),
    Index("animals", "Animals", "of all characters", ("characters.animals",), _CHARACTERS),
    Index(
        "aggression_friendliness", "Aggression", "of aggression and friendliness with the dreamer", _OWN_AGGRESSION,
        _OWN_AGGRESSION + _OWN_FRIENDLY,
    ),
    Index(
        "befriender", "Dreamer befriends", "of friendliness by or to the dreamer", ("friendliness.befriender",),
        ("friendliness.befriender", "friendliness.befriended"),
    ),
    Index(
        "victim", "Dreamer the victim", "of aggression by or to the dreamer", ("aggression.victim",),
        ("aggression.victim", "aggression.aggressor"),
    ),
    Index("physical", "Physical aggression", "of all aggression", ("aggression.physical",), _AGGRESSIONS),
    Index("indoor", "Indoors", "of places told in or out", ("settings.indoor",), ("settings.indoor", "settings.outdoor")),
    Index(
        "familiar_settings", "Familiar places", "of places told familiar or not", ("settings.familiar",),
        ("settings.familiar", "settings.unfamiliar"),
    ),
    Index("self_negativity", "Against the dreamer", "of what goes against or for the dreamer (self-negativity)", _BAD, _BAD + _GOOD),
    Index("success", "Success", "of strivings with an outcome", ("striving.success",), ("striving.success", "striving.failure")),
    Index("negative_emotions", "Unpleasant emotions", "of all emotions", _NEGATIVE, (*_NEGATIVE, "emotions.happy")),
    Index("dreams_aggression", "Dreams with aggression", "of all dreams", _AGGRESSIONS, per_dream=True),
    Index("dreams_friendliness", "Dreams with friendliness", "of all dreams", _FRIENDLY, per_dream=True),
    Index("dreams_sexuality", "Dreams with sexuality", "of all dreams", _SEXUAL, per_dream=True),
    Index("dreams_misfortune", "Dreams with misfortune", "of all dreams", ("misfortune.dreamer", "misfortune.others"), per_dream=True),
    Index(
        "dreams_good_fortune", "Dreams with good fortune", "of all dreams", ("good_fortune.dreamer", "good_fortune.others"),
        per_dream=True,
    ),
    Index("dreams_success", "Dreams with success", "of all dreams", ("striving.success",), per_dream=True),
    Index("dreams_failure", "Dreams with failure", "of all dreams", ("striving.failure",), per_dream=True),
    Index(
        "dreams_striving", "Dreams with striving", "of all dreams", ("striving.success", "striving.failure", "striving.open"),
        per_dream=True,
    ),
    Index("a_c", "Aggression, A/C", "aggression for each person or animal", _AGGRESSIONS, _CHARACTERS, ratio=True),
    Index("f_c", "Friendliness, F/C", "friendliness for each person or animal", _FRIENDLY, _CHARACTERS, ratio=True),
    Index("s_c", "Sexuality, S/C", "sexuality for each person or animal", _SEXUAL, _CHARACTERS, ratio=True),
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """`part` of `whole` over some dreams."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share, None where there is nothing to take a share of."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Compared:
    """Cohen's h of enhanced minus natural, its interval by drawing dreams anew, and q over all indices compared."""

    h: float
    interval: tuple[float, float] | None
    p: float | None
    q: float | None = None


def counted(index: Index, dreams: Sequence[Codes]) -> Counted:
    """An index over some dreams."""
    pairs = [_pair(index, codes) for codes in dreams]
    return Counted(sum(p for p, _ in pairs), sum(w for _, w in pairs))


def _pair(index: Index, codes: Codes) -> tuple[int, int]:
    part = sum(codes.get(k, 0) for k in index.part)
    if index.per_dream:
        return int(part > 0), 1
    return part, sum(codes.get(k, 0) for k in index.whole)


def cohen_h(first: float, second: float) -> float:
    """2 asin sqrt(first) - 2 asin sqrt(second), of two shares in 0 to 1 (Cohen 1988)."""
    return 2 * math.asin(math.sqrt(first)) - 2 * math.asin(math.sqrt(second))


def h_z(h: float, first: int, second: int) -> float:
    """h over its standard error were each of `first` and `second` elements independent: h / sqrt(1/n1 + 1/n2)."""
    return h / math.sqrt(1 / first + 1 / second)


def compare(
    index: Index, enhanced: Sequence[Codes], natural: Sequence[Codes], *, draws: int = DRAWS, seed: int = SEED
) -> Compared | None:
    """h of an index between two sets of dreams, its 95 % interval and p from `draws` draws of dreams with replacement.

    None for a ratio, and where a set has nothing to take the share of. Interval and p are None where fewer than nine in ten
    draws have a share on both sides, or h never varies. Exchanging the sets flips h and interval exactly.
    """
    import numpy as np

    a, b = counted(index, enhanced).share, counted(index, natural).share
    if index.ratio or a is None or b is None:
        return None
    h = cohen_h(a, b)
    pairs_a, pairs_b = (sorted(_pair(index, codes) for codes in dreams) for dreams in (enhanced, natural))
    # Two streams, so that draws of one set know nothing of the other's; which takes which follows from what they hold.
    streams = (0, 1) if pairs_a <= pairs_b else (1, 0)
    drawn = _angles(pairs_a, draws, (seed, streams[0])) - _angles(pairs_b, draws, (seed, streams[1]))
    drawn = drawn[np.isfinite(drawn)]
    spread = float(drawn.std(ddof=1)) if len(drawn) > 1 else 0.0
    if len(drawn) < 0.9 * draws or spread < 1e-9:
        return Compared(h, None, None)
    ordered = np.sort(drawn)
    cut = math.floor(0.025 * len(ordered))
    interval = (float(ordered[cut]), float(ordered[len(ordered) - 1 - cut]))
    p = max(2 * distributions.normal_below(-abs(h) / spread), distributions.TINY)
    return Compared(h, interval, min(1.0, p))


def _angles(pairs: Sequence[tuple[int, int]], draws: int, seed: tuple[int, int]) -> Vector:
    """2 asin sqrt(share) of each draw of dreams, NaN where a draw holds nothing to take a share of."""
    import numpy as np

    # Equal dreams are drawn as one kind: the order of dreams changes nothing.
    kinds, sizes = np.unique(np.asarray(pairs, dtype=float), axis=0, return_counts=True)
    times = np.random.default_rng(seed).multinomial(len(pairs), sizes / len(pairs), size=draws).astype(float)
    sums = times @ kinds
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)
    return 2 * np.arcsin(np.sqrt(share))


def adjusted(compared: Sequence[Compared | None]) -> list[Compared | None]:
    """The same with q over all that have a p (Benjamini & Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x)."""
    q = iter(benjamini_hochberg([c.p for c in compared if c is not None and c.p is not None]))
    return [c if c is None or c.p is None else replace(c, q=next(q)) for c in compared]
