"""Groups and doses in one model: against the two-arm rule, and what swaps, shifts and units do to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis import contrast, ordered
from dreamjournal.analysis.several import holm

Drawn = tuple[Any, list[int], list[float], list[int]]


def series(seed: int, n: int = 48, groups: int = 3) -> Drawn:
    """Values, groups, weekends and days with gaps; every group mixed over the period."""
    rng = np.random.default_rng(seed)
    days = [int(d) for d in np.cumsum(rng.integers(1, 3, n))]
    marks = [int(g) for g in rng.permutation(np.resize(np.arange(groups), n))]
    weekend = [float(d % 7 in (4, 5)) for d in days]
    return 420 + rng.normal(0, 40, n), marks, weekend, days


def test_two_groups_are_the_rule_for_self_chosen_nights() -> None:
    y, marks, weekend, days = series(1, groups=2)
    found = ordered.between(y, marks, weekend, days, 1, 0)
    label = contrast.signed([g == 1 for g in marks])
    rule = contrast.rule(y, label, contrast.covariates(len(y), weekend, contrast.trend(days)), days)
    assert (
        found is not None
        and found.value == pytest.approx(rule.value)
        and found.interval == pytest.approx(rule.interval)
    )


def test_what_was_put_in_comes_out() -> None:
    y, marks, weekend, days = series(2, n=400)
    y = np.asarray(marks) * 30.0 + np.random.default_rng(3).normal(0, 5, len(y))
    one, two = (ordered.between(y, marks, weekend, days, g, 0) for g in (1, 2))
    step = ordered.per_step(y, marks, weekend, days)
    assert one is not None and two is not None and step is not None
    assert one.value == pytest.approx(30, abs=2) and two.value == pytest.approx(60, abs=2)
    assert step.value == pytest.approx(30, abs=1) and step.interval[0] < 30 < step.interval[1]


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_swapped_groups_flip_the_sign_and_differences_add_up(seed: int) -> None:
    y, marks, weekend, days = series(seed)
    a, b, c, back = (ordered.between(y, marks, weekend, days, i, j) for i, j in ((1, 0), (2, 0), (1, 2), (2, 1)))
    assert a is not None and b is not None and c is not None and back is not None
    assert c.value == pytest.approx(a.value - b.value, abs=1e-6)
    assert back.value == pytest.approx(-c.value, abs=1e-6)
    assert back.interval == pytest.approx((-c.interval[1], -c.interval[0]), abs=1e-6)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(-500, 500), st.floats(0.01, 100))
def test_a_constant_changes_nothing_and_a_unit_scales(seed: int, constant: float, unit: float) -> None:
    y, marks, weekend, days = series(seed)
    for fit in (
        lambda v: ordered.between(v, marks, weekend, days, 2, 1),
        lambda v: ordered.per_step(v, marks, weekend, days),
    ):
        before, after = fit(y), fit(constant + unit * y)
        assert before is not None and after is not None
        assert after.value == pytest.approx(unit * before.value, rel=1e-6, abs=1e-6 * unit)
        assert after.se == pytest.approx(unit * before.se, rel=1e-6)


def test_means_of_levels_differ_as_the_levels_do() -> None:
    y, marks, weekend, days = series(5)
    means = ordered.level_means(y, marks, weekend, days)
    against = ordered.between(y, marks, weekend, days, 2, 0)
    assert against is not None and set(means) == {0, 1, 2}
    assert means[2].value - means[0].value == pytest.approx(against.value, abs=1e-6)
    assert all(m.interval[0] < m.value < m.interval[1] for m in means.values())
    shifted = ordered.level_means(np.asarray(y) + 100, marks, weekend, days)
    assert shifted[1].value == pytest.approx(means[1].value + 100, abs=1e-6)


def test_groups_that_are_the_weekend_cannot_be_told_apart() -> None:
    y, _, weekend, days = series(6)
    marks = [int(w) for w in weekend]
    assert ordered.between(y, marks, weekend, days, 1, 0) is None
    assert ordered.per_step(y, marks, weekend, days) is None
    assert ordered.level_means(y, marks, weekend, days) == {}


def test_shares_in_points_of_percent() -> None:
    value, (low, high) = ordered.share_difference([1, 1, 1, 0, 1, 0, 1, 1], [0, 0, 1, 0, 0, 1, 0, 0])
    assert value == pytest.approx(50) and -10 < low < 10 and 70 < high < 90


def test_false_finds_stay_rare_over_clumps_of_like_nights() -> None:
    """No true difference, nights alike (phi 0.5), kinds in runs: 5 % are expected, a t test finds two or three times as many."""
    rng = np.random.default_rng(7)
    days = list(range(56))
    weekend = [float(d % 7 in (4, 5)) for d in days]
    found = steps = tried = 0
    while tried < 150:
        marks = [int(g) for g in np.repeat(rng.integers(0, 3, 40), rng.integers(2, 7, 40))[:56]]
        if len(marks) < 56 or min(marks.count(g) for g in range(3)) < 7:
            continue
        tried += 1
        y = np.empty(56)
        y[0] = rng.normal()
        for i in range(1, 56):
            y[i] = 0.5 * y[i - 1] + np.sqrt(0.75) * rng.normal()
        pairs = [ordered.between(y, marks, weekend, days, a, b) for a, b in ((1, 0), (2, 0), (1, 2))]
        step = ordered.per_step(y, marks, weekend, days)
        found += min(holm([f.p for f in pairs if f is not None and f.p is not None])) < 0.05
        steps += step is not None and step.p is not None and step.p < 0.05
    assert found / tried < 0.10 and steps / tried < 0.10
