"""Draws which nights are to be enhanced: blocks with as many of each kind, work and free nights apart, under a cap on runs."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_State = tuple[tuple[tuple[int, int], ...], bool, int]
"""Enhanced nights so far of each block that is open, the kind of the last night, the length of its run."""


@dataclass(frozen=True)
class PlannedNight:
    """One night of a schedule; `block` counts from 1 in the order of the blocks' first nights."""

    night_date: date
    enhanced: bool
    block: int


def draw(
    first_night: date, nights: int, *, seed: int, block_size: int = 4, max_run: int = 3, free: Collection[date] = (),
    before: str = "", first_block: int = 1,
) -> tuple[PlannedNight, ...]:  # fmt: skip
    """A schedule of `nights` nights, every schedule that fits being equally likely.

    Each block holds as many enhanced as natural nights, and no run of one kind exceeds `max_run` on the calendar,
    across the blocks. Nights of `free` have blocks of their own (`blocks_of`). `before` is what was drawn right before
    (E and N), which a run may not continue past the cap; block numbers go on from `first_block`.

    Completions are counted backwards over the nights, so the draw is uniform without rejection (Nijenhuis and Wilf
    1978, Combinatorial Algorithms). The same seed gives the same schedule. Raises ValueError when `nights` is odd or
    `block_size` is, or when no schedule fits.
    """
    return draw_many(
        first_night, nights, seeds=(seed,), block_size=block_size, max_run=max_run, free=free, before=before,
        first_block=first_block,
    )[0]  # fmt: skip


def draw_many(
    first_night: date, nights: int, *, seeds: Sequence[int], block_size: int = 4, max_run: int = 3,
    free: Collection[date] = (), before: str = "", first_block: int = 1,
) -> list[tuple[PlannedNight, ...]]:  # fmt: skip
    """`draw` with each of `seeds`, the completions counted once. Raises as `draw` does."""
    days = [first_night + timedelta(days=i) for i in range(nights)]
    free_days = set(free)
    slots = _slots(blocks_of([d in free_days for d in days], block_size))
    levels = _ways(slots, max_run, _last_run(before))
    if not sum(levels[0].values()):
        raise ValueError("no schedule keeps to the longest run asked for")
    out: list[tuple[PlannedNight, ...]] = []
    for seed in seeds:
        marks = _pick(slots, levels, max_run, random.Random(seed))
        drawn = zip(days, marks, slots, strict=True)
        out.append(tuple(PlannedNight(day, mark, slot.block + first_block - 1) for day, mark, slot in drawn))
    return out


def blocks_of(free: Sequence[bool], block_size: int) -> tuple[int, ...]:
    """The block of each night, numbered from 1 by first nights, from whether each comes before a free day.

    Free nights and work nights fill blocks of `block_size` each for themselves, in the order of the calendar. Where the
    last block of a kind cannot be filled, its nights make pairs. A last single night of each kind makes a pair with the
    other's, so that every block is balanced and no night is left out. Raises ValueError where that cannot be.
    """
    if block_size < 2 or block_size % 2:
        raise ValueError("a block holds an even number of nights")
    if not free or len(free) % 2:
        raise ValueError("the number of nights must be a multiple of two")
    named: list[tuple[str, int]] = [("", 0)] * len(free)
    for kind in (True, False):
        own = [i for i, f in enumerate(free) if f is kind]
        whole = len(own) // block_size * block_size
        paired = len(own) // 2 * 2
        for place, i in enumerate(own):
            if place < whole:
                named[i] = (f"block {kind}", place // block_size)
            elif place < paired:
                named[i] = (f"pair {kind}", place // 2)
            else:
                named[i] = ("rest", 0)
    order: dict[tuple[str, int], int] = {}
    return tuple(order.setdefault(name, len(order) + 1) for name in named)


@dataclass(frozen=True)
class _Slot:
    """A night's place in its block: nights of the block before it, the block's size, whether it is the last."""

    block: int
    before: int
    size: int
    closes: bool


def _slots(blocks: Sequence[int]) -> list[_Slot]:
    sizes, seen = Counter(blocks), Counter[int]()
    out: list[_Slot] = []
    for block in blocks:
        out.append(_Slot(block, seen[block], sizes[block], seen[block] + 1 == sizes[block]))
        seen[block] += 1
    return out


def _ways(slots: Sequence[_Slot], max_run: int, before: tuple[bool, int]) -> list[dict[_State, int]]:
    """For each night, how many ways lead from each state before it to the end; one more level for the end itself."""
    levels: list[dict[_State, int]] = [{((), *before): 0}]
    for slot in slots:
        following = (_next(state, slot, enhanced, max_run) for state in levels[-1] for enhanced in (False, True))
        levels.append({state: 0 for state in following if state is not None})
    for state in levels[-1]:
        levels[-1][state] = 1
    for i in range(len(slots) - 1, -1, -1):
        for state in levels[i]:
            for enhanced in (False, True):
                following_state = _next(state, slots[i], enhanced, max_run)
                if following_state is not None:
                    levels[i][state] += levels[i + 1][following_state]
    return levels


def _pick(slots: Sequence[_Slot], levels: Sequence[dict[_State, int]], max_run: int, rng: random.Random) -> list[bool]:
    """One order, night by night: each kind as likely as it has ways to the end."""
    state, total = next(iter(levels[0].items()))
    marks: list[bool] = []
    for i, slot in enumerate(slots):
        pick = rng.randrange(total)
        for enhanced in (False, True):
            following = _next(state, slot, enhanced, max_run)
            ways = 0 if following is None else levels[i + 1][following]
            if following is not None and pick < ways:
                marks.append(enhanced)
                state, total = following, ways
                break
            pick -= ways
    return marks


def _next(state: _State, slot: _Slot, enhanced: bool, max_run: int) -> _State | None:
    """The state after this night; None where its block could no longer be balanced or the run would be too long."""
    open_blocks, last, run = state
    run = run + 1 if run and last is enhanced else 1
    chosen = dict(open_blocks)
    chosen[slot.block] = mine = chosen.get(slot.block, 0) + enhanced
    half = slot.size // 2
    if run > max_run or mine > half or slot.before + 1 - mine > half:
        return None
    if slot.closes:
        del chosen[slot.block]
    return tuple(sorted(chosen.items())), enhanced, run


def _last_run(before: str) -> tuple[bool, int]:
    """The kind and the length of the run at the end of what was drawn before; length 0 where nothing was."""
    if not before:
        return False, 0
    return before[-1] == "E", len(before) - len(before.rstrip(before[-1]))
