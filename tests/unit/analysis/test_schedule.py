"""Drawn schedules."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis import schedule
from dreamjournal.analysis.design import classify, switches, washed_out

DAY = date(2026, 3, 2)


@given(st.integers(1, 20), st.sampled_from([2, 4, 6]), st.integers(2, 4), st.integers(0, 1000))
def test_every_block_is_balanced_and_no_run_too_long(blocks: int, size: int, cap: int, seed: int) -> None:
    plan = schedule.draw(DAY, blocks * size, seed=seed, block_size=size, max_run=cap)
    assert [p.night_date for p in plan] == [DAY + timedelta(days=i) for i in range(blocks * size)]
    counts = Counter(p.block for p in plan if p.enhanced)
    assert set(counts.values()) == {size // 2} and len(counts) == blocks
    marks = "".join("E" if p.enhanced else "N" for p in plan)
    assert "E" * (cap + 1) not in marks and "N" * (cap + 1) not in marks
    assert plan == schedule.draw(DAY, blocks * size, seed=seed, block_size=size, max_run=cap)


def test_every_schedule_is_equally_likely() -> None:
    drawn = Counter(tuple(p.enhanced for p in schedule.draw(DAY, 8, seed=s, max_run=3)) for s in range(6_800))
    assert len(drawn) == 34  # 36 pairs of blocks, less the two with a run of four
    assert min(drawn.values()) > 140 and max(drawn.values()) < 270


def counted(free: tuple[bool, ...], block_size: int, max_run: int) -> set[str]:
    """Every order that keeps to the rules, by trying them all."""
    blocks = schedule.blocks_of(free, block_size)
    found: set[str] = set()
    for marks in product("EN", repeat=len(free)):
        balance = Counter[int]()
        for block, mark in zip(blocks, marks, strict=True):
            balance[block] += 1 if mark == "E" else -1
        text = "".join(marks)
        if not any(balance.values()) and "E" * (max_run + 1) not in text and "N" * (max_run + 1) not in text:
            found.add(text)
    return found


@given(
    st.lists(st.booleans(), min_size=2, max_size=40).filter(lambda f: len(f) % 2 == 0),
    st.sampled_from([2, 4]), st.integers(2, 4), st.integers(0, 1000),
)  # fmt: skip
def test_work_and_free_nights_are_balanced_apart_under_one_cap(
    free: list[bool], size: int, cap: int, seed: int
) -> None:
    days = [DAY + timedelta(days=i) for i in range(len(free))]
    free_days = [d for d, f in zip(days, free, strict=True) if f]
    plan = schedule.draw(DAY, len(free), seed=seed, block_size=size, max_run=cap, free=free_days)
    blocks: dict[int, list[schedule.PlannedNight]] = {}
    for p in plan:
        blocks.setdefault(p.block, []).append(p)
    assert list(blocks) == list(range(1, len(blocks) + 1))
    mixed = 0
    for nights in blocks.values():
        assert len(nights) in (2, size)
        assert sum(p.enhanced for p in nights) * 2 == len(nights)
        mixed += len({p.night_date in free_days for p in nights}) > 1
    assert mixed == len(free_days) % 2
    marks = "".join("E" if p.enhanced else "N" for p in plan)
    assert "E" * (cap + 1) not in marks
    assert "N" * (cap + 1) not in marks
    assert plan == schedule.draw(DAY, len(free), seed=seed, block_size=size, max_run=cap, free=free_days)


@pytest.mark.parametrize(
    ("free", "size", "cap"),
    [("wwwwwffw", 4, 2), ("fwwwwwff", 4, 3), ("wwfwfw", 2, 2), ("wwwwffwwww", 4, 2), ("wfw" + "w" * 5, 4, 3)],
)
def test_each_order_that_fits_is_drawn_as_often_as_any_other(free: str, size: int, cap: int) -> None:
    flags = tuple(c == "f" for c in free)
    days = [DAY + timedelta(days=i) for i, f in enumerate(flags) if f]
    fitting = counted(flags, size, cap)
    times = 150
    drawn = Counter(
        "".join("E" if p.enhanced else "N" for p in schedule.draw(DAY, len(free), seed=s, block_size=size, max_run=cap, free=days))
        for s in range(times * len(fitting))
    )  # fmt: skip
    assert set(drawn) == fitting
    chi2 = sum((k - times) ** 2 / times for k in drawn.values())
    assert chi2 < len(fitting) + 5 * (2 * len(fitting)) ** 0.5  # five standard deviations of chi-square


def test_nights_added_later_keep_to_the_cap_and_go_on_counting() -> None:
    for seed in range(60):
        added = schedule.draw(DAY, 4, seed=seed, max_run=2, before="NNEE", first_block=8)
        assert not added[0].enhanced
        assert {p.block for p in added} == {8}


def test_a_long_schedule_is_drawn_at_once() -> None:
    free = [DAY + timedelta(days=i) for i in range(364) if i % 7 in (4, 5)]
    plan = schedule.draw(DAY, 364, seed=3, free=free)
    assert sum(p.enhanced for p in plan) == 182
    assert sum(p.enhanced for p in plan if p.night_date in free) == 52


def test_impossible_schedules_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        schedule.draw(DAY, 7, seed=1)
    with pytest.raises(ValueError, match="longest run"):
        schedule.draw(DAY, 8, seed=1, max_run=0)
    with pytest.raises(ValueError, match="even number"):
        schedule.draw(DAY, 9, seed=1, block_size=3)


def test_design_classes_and_washout() -> None:
    assert switches(["natural", "enhanced", "enhanced", "natural"]) == 2
    assert classify(["natural"] * 5 + ["enhanced"] * 5) == "P"
    assert classify(["natural", "enhanced"] * 3) == "S"
    assert classify(["natural", "enhanced"] * 3, drawn=True, followed=0.8) == "R"
    assert classify(["natural", "enhanced"] * 3, drawn=True, followed=0.79) == "S"
    days = [DAY + timedelta(days=i) for i in range(4)]
    arms = [(days[0], "enhanced"), (days[1], "natural"), (days[2], "natural"), (days[3], "natural")]
    assert washed_out(arms, [days[0]], 1) == {days[1]}  # type: ignore[arg-type]
    assert washed_out(arms, [days[0]], 2) == {days[1], days[2]}  # type: ignore[arg-type]
    assert washed_out(arms, [days[0]], 0) == set()  # type: ignore[arg-type]
