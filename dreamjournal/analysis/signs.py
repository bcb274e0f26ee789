"""Which words stand in more dreams of one kind of night than of the other, shrunk to the person's own usual.

The log-odds of a word being in a dream are compared under an informative Beta prior around the person's own share
(after Monroe, Colaresi & Quinn 2008, doi 10.1093/pan/mpn018, with dreams that hold the word in place of its tokens, so
that one long dream does not weigh more than a short one). How many words would stand out by chance is counted by
shuffling the labels of nights: inside the blocks where nights were drawn, and elsewhere by putting whole runs of nights
of one kind in another order, since chosen nights come in clumps and so do the things one dreams of. Where both do, and
nothing differs, some word stands farther apart than any in 95 of 100 shuffles in 5 % of simulated series; with nights
shuffled one by one in 45 %.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Labels = NDArray[np.bool_]

SEED = 4
Z = 1.959963984540054
"""A word stands out when its shrunk log-odds lie this many of their standard errors from 0."""
_ROWS = 4096
"""Holders (word in dream) worked on at a time: 8 MB of counts."""
_TIE = 1e-9
_MANY = 1_000_000


@dataclass(frozen=True)
class WordContrast:
    """Per word, in the order given: dreams holding it, log-odds, z, and what the shuffles gave."""

    enhanced: tuple[int, ...]
    natural: tuple[int, ...]
    log_odds: tuple[float, ...]
    z: tuple[float, ...]
    as_far: tuple[int, ...]
    """Shuffles in which the word itself stood as far apart."""
    any_as_far: tuple[int, ...]
    """Shuffles in which any word stood as far apart: allows for their number."""
    shuffled: tuple[int, ...]
    """How many words stood out in each shuffle; empty where labels cannot be dealt in enough ways."""
    ways: int
    """Ways to deal the labels, at most a million."""

    @property
    def stand_out(self) -> tuple[bool, ...]:
        """Whether each word stands out."""
        return tuple(abs(z) >= Z for z in self.z)


def log_odds(with_word: Any, dreams: Any, usual: Any, prior: float) -> tuple[Any, Any]:
    """Log-odds of a word in `with_word` of `dreams` dreams under `prior` dreams at the share `usual`, and its variance.

    Numbers or arrays that broadcast; `usual` strictly between 0 and 1.
    """
    import numpy as np

    there = with_word + prior * usual
    absent = dreams - with_word + prior * (1 - usual)
    return np.log(there) - np.log(absent), 1 / there + 1 / absent


def contrast(
    holders: Sequence[Sequence[int]], usual: Sequence[float], night: Sequence[int], labels: Sequence[bool], blocks: Sequence[str],
    *, prior: float, shuffles: int, min_ways: int, seed: int = SEED, step: Callable[[int, int], None] | None = None,
) -> WordContrast:  # fmt: skip
    """Each word's dreams on enhanced nights against those on natural ones, and what shuffled labels give.

    `holders[w]` are the dreams (0-based) that hold word w, `usual[w]` its share in the journal; `night[d]` is the night
    of dream d, `labels[n]` whether night n is enhanced and `blocks[n]` its drawn block ("" where it was not drawn);
    nights are in the order of their dates. `step(done, total)` is called between pieces of work.
    """
    import numpy as np

    of_dream = np.asarray(night, dtype=np.intp)
    label = np.asarray(labels, dtype=bool)
    ways = arrangements(label, blocks)
    dealt = shuffled_labels(label, blocks, shuffles if ways >= min_ways else 0, seed)
    rows = np.vstack([label[np.newaxis], dealt])[:, of_dream]
    in_enhanced = rows.sum(axis=1).astype(float)
    in_natural = rows.shape[1] - in_enhanced
    flags = np.ascontiguousarray(rows.T).astype(np.uint16)
    base = np.asarray(usual, dtype=float)
    enhanced: list[int] = []
    natural: list[int] = []
    odds: list[float] = []
    zs: list[float] = []
    far: list[int] = []
    many = np.zeros(rows.shape[0] - 1, dtype=int)
    farthest = np.zeros(rows.shape[0] - 1)
    for first, last in _pieces(holders):
        if step is not None:
            step(first, len(holders))
        lengths = np.asarray([len(h) for h in holders[first:last]], dtype=np.intp)
        places = np.concatenate([np.asarray(h, dtype=np.intp) for h in holders[first:last]])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        count = np.add.reduceat(flags[places], starts, axis=0, dtype=np.int64).astype(float)
        share = base[first:last, np.newaxis]
        e, e_var = log_odds(count, in_enhanced[np.newaxis], share, prior)
        n, n_var = log_odds(lengths[:, np.newaxis] - count, in_natural[np.newaxis], share, prior)
        delta = e - n
        z = delta / np.sqrt(e_var + n_var)
        enhanced += [int(c) for c in count[:, 0]]
        natural += [int(length - c) for length, c in zip(lengths, count[:, 0], strict=True)]
        odds += [float(d) for d in delta[:, 0]]
        zs += [float(v) for v in z[:, 0]]
        size = np.abs(z)
        far += [int(c) for c in (size[:, 1:] >= size[:, :1] - _TIE).sum(axis=1)]
        many += (size[:, 1:] >= Z).sum(axis=0)
        farthest = np.maximum(farthest, size[:, 1:].max(axis=0))
    farthest.sort()
    over = len(farthest) - np.searchsorted(farthest, np.abs(np.asarray(zs, dtype=float)) - _TIE)
    return WordContrast(
        tuple(enhanced),
        tuple(natural),
        tuple(odds),
        tuple(zs),
        tuple(far),
        tuple(int(c) for c in over),
        tuple(int(m) for m in many),
        ways,
    )


def _pieces(holders: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Words first to last, cut so that each piece has about `_ROWS` holders."""
    found: list[tuple[int, int]] = []
    first = size = 0
    for i, held in enumerate(holders):
        if size and size + len(held) > _ROWS:
            found.append((first, i))
            first, size = i, 0
        size += len(held)
    return [*found, (first, len(holders))] if len(holders) > first else found


def middle(counts: Sequence[int], level: float = 0.95) -> tuple[int, int]:
    """The counts between which the middle `level` of `counts` lie, both ends included."""
    ordered = sorted(counts)
    cut = math.floor((1 - level) / 2 * len(ordered))
    return ordered[cut], ordered[len(ordered) - 1 - cut]


def arrangements(labels: Sequence[bool] | Labels, blocks: Sequence[str]) -> int:
    """In how many ways `shuffled_labels` can deal these labels, at most a million."""
    ways = 1
    drawn: dict[str, list[bool]] = {}
    free: list[bool] = []
    for label, block in zip(labels, blocks, strict=True):
        (drawn.setdefault(block, []) if block else free).append(bool(label))
    for dealt in drawn.values():
        ways = min(_MANY, ways * math.comb(len(dealt), sum(dealt)))
    if free:
        runs = _runs(free)
        first, second = runs[0::2], runs[1::2]
        own = _orders(first) * _orders(second)
        ways = min(_MANY, ways * own * (2 if second and len(first) == len(second) else 1))
    return ways


def _runs(labels: Sequence[bool]) -> list[int]:
    return [sum(1 for _ in run) for _, run in groupby(labels)]


def _orders(lengths: Sequence[int]) -> int:
    """Different orders of runs, at most a million."""
    ways, left = 1, len(lengths)
    for count in Counter(lengths).values():
        ways = min(_MANY, ways * math.comb(left, count))
        left -= count
    return ways


def shuffled_labels(labels: Sequence[bool] | Labels, blocks: Sequence[str], count: int, seed: int) -> Labels:
    """`count` rows of labels dealt anew, shape (count, nights): within drawn blocks, and in whole runs where none was drawn.

    The same seed gives the same rows, and rows of exchanged labels are exchanged rows.
    """
    import numpy as np

    label = np.asarray(labels, dtype=bool)
    rng = np.random.default_rng(seed)
    rows = np.tile(label, (count, 1))
    drawn = np.asarray([bool(b) for b in blocks], dtype=bool)
    if count and drawn.any():
        names = {b: i for i, b in enumerate(dict.fromkeys(b for b in blocks if b))}
        at = np.flatnonzero(drawn)
        rank = np.asarray([names[blocks[int(i)]] for i in at], dtype=float)
        at = at[np.argsort(rank, kind="stable")]
        rank = np.sort(rank)
        # A random number added to the block's own: sorting mixes each block and moves nothing out of it.
        order = np.argsort(rank[np.newaxis] + rng.random((count, len(at))) * 0.999, axis=1)
        rows[:, at] = label[at][order]
    free = np.flatnonzero(~drawn)
    if count and len(free):
        runs = _runs([bool(x) for x in label[free]])
        first, second, kind = np.asarray(runs[0::2]), np.asarray(runs[1::2]), bool(label[free[0]])
        for row in rows:
            row[free] = _mixed(first, second, kind, rng)
    return rows


def _mixed(first: Any, second: Any, kind: bool, rng: Any) -> Any:
    """One order of runs: both kinds mixed among themselves, taking turns; either may begin where there are as many."""
    import numpy as np

    a, b = rng.permutation(first), rng.permutation(second)
    if len(second) and len(first) == len(second) and rng.random() < 0.5:
        a, b, kind = b, a, not kind
    lengths = np.empty(len(a) + len(b), dtype=np.intp)
    lengths[0::2], lengths[1::2] = a, b
    return np.repeat(np.arange(len(lengths)) % 2 == (0 if kind else 1), lengths)
