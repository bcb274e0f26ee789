"""Draws which nights are to be enhanced: blocks with as many of each kind, under a cap on runs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, groupby


@dataclass(frozen=True)
class PlannedNight:
    """One night of a schedule."""

    night_date: date
    enhanced: bool
    block: int


def draw(
    first_night: date, nights: int, *, seed: int, block_size: int = 4, max_run: int = 3
) -> tuple[PlannedNight, ...]:
    """A schedule of `nights` nights, every schedule that fits being equally likely.

    Blocks of `block_size` (even) hold as many enhanced as natural nights; no run of one kind exceeds `max_run`.
    Completions are counted backwards, so the draw is uniform without rejection. The same seed gives the same schedule.
    Raises ValueError when `nights` is no multiple of `block_size`, or no schedule fits.
    """
    if block_size < 2 or block_size % 2 or nights <= 0 or nights % block_size:
        raise ValueError("nights must be a multiple of an even block size")
    half = block_size // 2
    patterns = [
        p
        for p in (tuple(i in chosen for i in range(block_size)) for chosen in combinations(range(block_size), half))
        if _longest_run(p) <= max_run
    ]
    follows = [[_longest_run(p + q) <= max_run for q in patterns] for p in patterns]
    blocks = nights // block_size
    # ways[b][i]: schedules of the blocks from b on, when block b has pattern i.
    ways = [[1] * len(patterns) for _ in range(blocks)]
    for b in range(blocks - 2, -1, -1):
        for i in range(len(patterns)):
            ways[b][i] = sum(w for w, ok in zip(ways[b + 1], follows[i], strict=True) if ok)
    rng = random.Random(seed)
    out: list[PlannedNight] = []
    previous: int | None = None
    for b in range(blocks):
        weights = [w if previous is None or follows[previous][i] else 0 for i, w in enumerate(ways[b])]
        total = sum(weights)
        if not total:
            raise ValueError("no schedule keeps to the longest run asked for")
        pick = rng.randrange(total)
        chosen = 0
        while pick >= weights[chosen]:
            pick -= weights[chosen]
            chosen += 1
        previous = chosen
        for i, enhanced in enumerate(patterns[chosen]):
            out.append(PlannedNight(first_night + timedelta(days=b * block_size + i), enhanced, b))
    return tuple(out)


def _longest_run(pattern: tuple[bool, ...]) -> int:
    return max((len(list(run)) for _, run in groupby(pattern)), default=0)
