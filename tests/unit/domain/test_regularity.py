"""The formulas of regularity, against recorded values."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.day_states import DAY_MIN, WHOLE_DAY, DayStates
from dreamjournal.domain.regularity import (
    Habit,
    circular,
    interdaily_stability,
    intradaily_variability,
    mctq,
    phase_deviation,
    shortfall,
    sri,
)

Pairs = list[tuple[DayStates, DayStates]]


def bits(states: Sequence[int]) -> int:
    return int("".join(map(str, reversed(states))) or "0", 2)


def day_pairs(states: Sequence[int], per_day: int) -> Pairs:
    """Each day of a series and the next, a day cut off at its end valid as far as it goes."""
    days = [states[i : i + per_day] for i in range(0, len(states), per_day)]
    made = [DayStates(bits(d), (1 << len(d)) - 1) for d in days]
    return list(pairwise(made))


def nights(spans: Sequence[tuple[int, int]]) -> Pairs:
    """Days from noon with sleep from and to these minutes after noon."""
    states: list[int] = []
    for begun, ended in spans:
        states += [int(begun <= m < ended) for m in range(DAY_MIN)]
    return day_pairs(states, DAY_MIN)


@pytest.fixture(scope="module")
def vectors(shared_dir: Path) -> dict[str, Any]:
    return json.loads((shared_dir / "vectors/diary_circadian_expected.json").read_text())


@pytest.mark.real
def test_sri_vectors(vectors: dict[str, Any]) -> None:
    expected = vectors["SRI"]
    usual, later = (660, 1140), (750, 1290)
    made = {
        "identical_7_nights_23-07 (8 days, 1-min)": nights([usual] * 7),
        "weekend_later (nights 4,5: onset+90 wake+150)": nights([usual] * 4 + [later] * 2 + [usual]),
        "whole_series_opposite (12h/12h shifted)": day_pairs(([1] * 720 + [0] * 1440 + [1] * 720) * 3, DAY_MIN),
    }
    for name, pairs in made.items():
        value, known = sri(pairs)
        assert (value, known) == (pytest.approx(expected[name][0], abs=1e-6), expected[name][1]), name
    per_day = 17_280
    a, b, c, d = (round(per_day * share) for share in (0.4, 0.5, 0.8, 0.9))
    states = [0] * (5 * per_day + 1)
    for day, (first, last) in enumerate(((a, c), (b, c), (b, d), (a, d), (a, c), (b, c))):
        for i in range(day * per_day + first - 1, min(len(states), day * per_day + last)):
            states[i] = 1
    found = [sri([pair])[0] for pair in day_pairs(states, per_day)[:4]]
    assert found == pytest.approx(expected["GGIR_testthat pattern per-day-pair (aligned to series start)"], abs=1e-6)


@pytest.mark.real
def test_is_and_iv_vectors(vectors: dict[str, Any]) -> None:
    sine = [math.sin(2 * math.pi * h / 24) for h in range(168)]
    small = vectors["IS_IV"]["small"]
    for values, period, expected in ((sine, 24, vectors["IS_IV"]["sine_7d"]), (small["x"], small["p"], small["val"])):
        assert interdaily_stability(values, period) == pytest.approx(expected[0], abs=1e-6)
        assert intradaily_variability(values) == pytest.approx(expected[1], abs=1e-6)


def clock(text: str) -> float:
    """Minutes after noon of HH:MM.mmm, where MM holds decimal minutes."""
    hours, minutes = text.split(":")
    return (60 * int(hours) + float(minutes) + 720) % 1440


@pytest.mark.real
def test_mctq_vectors(vectors: dict[str, Any]) -> None:
    for case in vectors["MCTQ"]:
        given_ = case["inp"]
        work, free = Habit(clock(given_["so_w"]), given_["sd_w"]), Habit(clock(given_["so_f"]), given_["sd_f"])
        found = mctq(work, free, given_["workdays"], 7 - given_["workdays"], alarm_free=given_["alarm_free"])
        assert work.middle == pytest.approx(clock(case["MSW"])) and free.middle == pytest.approx(clock(case["MSF"]))
        assert found.sd_week == pytest.approx(case["SDweek_min"], abs=1e-6)
        expected = None if case["MSFsc"] is None else pytest.approx(clock(case["MSFsc"]), abs=1e-3)
        assert found.msf_sc == expected
        for ours, theirs in (
            (found.sjl_relative, "SJLrel_min"), (found.sjl, "SJL_min"), (found.sjl_sc, "SJLsc_min"),
            (found.loss_week, "SLoss_week_min"),
        ):  # fmt: skip
            assert ours == pytest.approx(case[theirs], abs=1e-6), theirs


@pytest.mark.real
def test_cpd_and_circular_vectors(vectors: dict[str, Any]) -> None:
    case = vectors["CPD"]
    mids = case["midsleep_min"]
    reference = sum(mids) / len(mids)
    each = [phase_deviation(a, b, reference) for a, b in pairwise(mids)]
    assert reference == pytest.approx(case["reference_chronotype_mean"])
    assert each == pytest.approx(case["per_day"], abs=1e-6)
    assert sum(each) / len(each) == pytest.approx(case["CPD_min"], abs=1e-6)
    bed = vectors["circular_mean_bedtime"]
    mean, spread = circular(bed["min"])
    assert mean == pytest.approx(bed["mean_min"], abs=1e-6) and spread == pytest.approx(bed["circ_sd_min"], abs=1e-6)
    assert math.exp(-((spread * 2 * math.pi / 1440) ** 2) / 2) == pytest.approx(bed["R"], abs=1e-6)


@pytest.mark.real
def test_sleep_debt_vector(vectors: dict[str, Any]) -> None:
    case = vectors["sleep_debt"]
    found = shortfall(case["tst"], case["need"])
    assert found is not None
    assert (found.nights, found.net, found.capped) == (case["n_used"], case["net_sum"], case["sum_shortfall_capped0"])
    assert found.mean == pytest.approx(case["mean_shortfall_per_night"])
    assert shortfall([None, None], 450) is None


def test_what_is_not_known_is_no_pair() -> None:
    usual = (1 << 480) - 1
    half = DayStates(usual, WHOLE_DAY >> 720)
    assert sri([(half, DayStates(usual, WHOLE_DAY))]) == (100, 720)
    assert sri([(half, DayStates(usual, 0))]) == (None, 0) and sri([]) == (None, 0)


def test_nothing_that_varies_has_no_stability() -> None:
    assert interdaily_stability([1.0] * 48, 24) is None and intradaily_variability([1.0] * 48) is None
    assert interdaily_stability([None, None], 2) is None and intradaily_variability([1.0, None, 2.0]) is None


def test_a_gap_has_no_step_across_it() -> None:
    values = [0.0, 1.0, 0.0, 1.0]
    assert intradaily_variability([*values, None, *values]) == intradaily_variability(values) == 4


def test_clock_times_all_round_the_clock() -> None:
    assert circular([0, 720])[1] > 1400 and circular([300, 300, 300]) == (
        pytest.approx(300),
        pytest.approx(0, abs=1e-4),
    )


@given(st.lists(st.integers(0, WHOLE_DAY), min_size=2, max_size=6))
def test_sri_lies_between_its_ends(days: list[int]) -> None:
    made = [DayStates(d, WHOLE_DAY) for d in days]
    value, _ = sri(list(pairwise(made)))
    mirrored = [d._replace(asleep=~d.asleep & WHOLE_DAY) for d in made]
    assert value is not None and -100 <= value <= 100
    assert sri([(a, a) for a in made])[0] == 100
    assert sri([(a, b) for a, b in zip(made, mirrored, strict=True)])[0] == -100
    assert sri(list(pairwise(mirrored)))[0] == value


@given(st.lists(st.floats(0, 1439), min_size=1, max_size=9), st.floats(-2000, 2000))
def test_a_turned_clock_has_the_same_spread(minutes: list[float], turn: float) -> None:
    spread = circular(minutes)[1]
    if spread < 1000:
        assert circular([(m + turn) % 1440 for m in minutes])[1] == pytest.approx(spread, abs=1e-6)
