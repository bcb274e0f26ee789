"""Cohen's kappa: worked examples, the interval, and the cases without one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis.agreement import cohen_kappa


def answers(both, first, second, neither):
    return (
        [1] * both + [1] * first + [0] * second + [0] * neither,
        [1] * both + [0] * first + [1] * second + [0] * neither,
    )


def kappa_of(cells):
    """Kappa from the four shares of a table, written out for itself."""
    a, b, c, d = cells
    chance = (a + b) * (a + c) + (c + d) * (b + d)
    return (a + d - chance) / (1 - chance)


def test_a_worked_example():
    k = cohen_kappa(*answers(20, 5, 10, 15))
    assert (k.n, k.agreed) == (50, 35)
    assert k.value == pytest.approx(0.4)


def test_the_standard_error_is_that_of_the_delta_method():
    counts = (20, 5, 10, 15)
    n = sum(counts)
    shares = [c / n for c in counts]
    step = 1e-6
    slopes = []
    for i in range(4):
        up, down = list(shares), list(shares)
        up[i] += step
        down[i] -= step
        slopes.append((kappa_of(up) - kappa_of(down)) / (2 * step))
    mean = sum(s * p for s, p in zip(slopes, shares, strict=True))
    variance = (sum(s * s * p for s, p in zip(slopes, shares, strict=True)) - mean**2) / n
    k = cohen_kappa(*answers(*counts))
    assert k.se == pytest.approx(variance**0.5, rel=1e-5)
    assert k.interval == pytest.approx((0.4 - 1.959964 * k.se, 0.4 + 1.959964 * k.se))


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    draw = random.Random(4)
    cells = (0.35, 0.1, 0.15, 0.4)
    truth = kappa_of(cells)
    hit = 0
    for _ in range(300):
        kinds = draw.choices(range(4), cells, k=120)
        k = cohen_kappa([int(x in (0, 1)) for x in kinds], [int(x in (0, 2)) for x in kinds])
        hit += k.interval[0] <= truth <= k.interval[1]
    assert 0.9 <= hit / 300 <= 0.99


def test_one_answer_throughout_gives_no_kappa():
    k = cohen_kappa([0] * 30, [0] * 30)
    assert (k.value, k.interval, k.agreed) == (None, None, 30)
    assert cohen_kappa([], []).value is None


def test_full_agreement_has_no_interval():
    k = cohen_kappa([1, 0] * 20, [1, 0] * 20)
    assert k.value == 1.0
    assert k.interval is None


def test_few_dreams_have_no_interval():
    k = cohen_kappa([1, 1, 0, 0, 1], [1, 0, 0, 0, 1])
    assert k.value is not None
    assert k.interval is None


def test_raters_of_different_dreams_are_refused():
    with pytest.raises(ValueError, match="same"):
        cohen_kappa([1], [1, 0])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=60))
def test_kappa_is_the_same_from_either_side(pairs):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    one, other = cohen_kappa(a, b), cohen_kappa(b, a)
    assert one.value == pytest.approx(other.value) if one.value is not None else other.value is None
    assert one.value is None or -1 - 1e-9 <= one.value <= 1 + 1e-9
