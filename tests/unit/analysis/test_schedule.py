"""Drawn schedules."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

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


def test_impossible_schedules_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        schedule.draw(DAY, 7, seed=1)
    with pytest.raises(ValueError, match="longest run"):
        schedule.draw(DAY, 8, seed=1, max_run=0)


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
