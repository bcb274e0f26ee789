"""The real plot among shuffled ones: if it cannot be picked out, what it shows is no more than chance makes.

After Buja et al. 2009, doi 10.1098/rsta.2009.0120. The values stay on their nights; only which nights are called enhanced
changes, and every picture has as many of each kind as the real one.

- Drawn nights (class R): the labels are dealt again within their blocks, as the answer itself is tested.
- Other nights: the labels move along the nights by a number of places, the end coming in at the front. Runs of one kind keep
  their lengths and their neighbours, so that nights which resemble each other are still called alike as often as they were;
  free shuffling would break the runs up and make the real picture stand out by that alone (Welch 1990, section 4,
  doi 10.2307/2290004, on restricted randomisation). Where that gives too few different pictures, the runs are also put in
  another order.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZE = 8
_TRIES = 400


@dataclass(frozen=True)
class Shuffles:
    """The labels of each picture (True = enhanced), night by night; `real` is the place of the true one, from 0."""

    labels: tuple[tuple[bool, ...], ...]
    real: int


def shuffles(enhanced: Sequence[bool], blocks: Sequence[object] | None, seed: int, size: int = SIZE) -> Shuffles | None:
    """`size` different labellings of nights in order, the true one among them at a place that `seed` fixes.

    With `blocks` labels are dealt again within them, else they move along. None where there are too few different ways.
    """
    rng = random.Random(seed)
    real = tuple(bool(e) for e in enhanced)
    found: dict[tuple[bool, ...], None] = {}
    makers: list[Callable[[], tuple[bool, ...]]]
    if blocks is not None:
        makers = [lambda: _dealt(real, blocks, rng)]
    else:
        makers = [lambda: _moved(real, rng), lambda: _reordered(real, rng)]
    for make in makers:
        for _ in range(_TRIES):
            if len(found) == size - 1:
                break
            labels = make()
            if labels != real:
                found.setdefault(labels)
    if len(found) < size - 1:
        return None
    place = rng.randrange(size)
    others = list(found)
    return Shuffles((*others[:place], real, *others[place:]), place)


def _dealt(real: tuple[bool, ...], blocks: Sequence[object], rng: random.Random) -> tuple[bool, ...]:
    members: dict[object, list[int]] = {}
    for i, block in enumerate(blocks):
        members.setdefault(block, []).append(i)
    out = list(real)
    for places in members.values():
        own = [real[i] for i in places]
        rng.shuffle(own)
        for i, label in zip(places, own, strict=True):
            out[i] = label
    return tuple(out)


def _moved(real: tuple[bool, ...], rng: random.Random) -> tuple[bool, ...]:
    by = rng.randrange(1, max(2, len(real)))
    return (*real[by:], *real[:by])


def _reordered(real: tuple[bool, ...], rng: random.Random) -> tuple[bool, ...]:
    """The runs of each kind in another order, moved along."""
    runs = [(label, len(list(run))) for label, run in groupby(real)]
    lengths = {label: [n for kind, n in runs if kind == label] for label in (True, False)}
    for own in lengths.values():
        rng.shuffle(own)
    out: list[bool] = []
    for label, _ in runs:
        out += [label] * lengths[label].pop()
    return _moved(tuple(out), rng)
