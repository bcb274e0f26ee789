"""Holm and Benjamini-Hochberg, against examples worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis.several import benjamini_hochberg, holm

PS = st.lists(st.floats(1e-12, 1.0), max_size=12)


def test_holm_by_hand() -> None:
    # In order: 4 x 0.005 = 0.02, 3 x 0.01 = 0.03, 2 x 0.03 = 0.06, and 0.04 may not be below the one before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.4, 0.6]) == [0.8, 0.8]
    assert holm([0.7, 0.9]) == [1.0, 1.0]
    assert holm([0.03]) == [0.03] and holm([]) == []


def test_benjamini_hochberg_by_hand() -> None:
    # From the largest: 0.04 x 4/4, 0.03 x 4/3, 0.01 x 4/2, 0.005 x 4/1, each no larger than the one before.
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert benjamini_hochberg([0.9, 0.02, 0.8]) == pytest.approx([0.9, 0.06, 0.9])
    assert benjamini_hochberg([0.03]) == [0.03] and benjamini_hochberg([]) == []


def test_the_fifteen_of_the_paper() -> None:
    """Benjamini & Hochberg 1995, section 4.1: four are found at 5 %, Bonferroni and Holm find three."""
    ps = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    assert sum(q <= 0.05 for q in benjamini_hochberg(ps)) == 4
    assert sum(p <= 0.05 for p in holm(ps)) == 3


@given(PS)
def test_never_below_its_own_p_and_never_above_one(ps: list[float]) -> None:
    for p, q, h in zip(ps, benjamini_hochberg(ps), holm(ps), strict=True):
        assert p <= q * (1 + 1e-12) <= h * (1 + 1e-9) + 1e-12 and h <= 1


@given(st.permutations(list(range(6))), st.lists(st.floats(1e-6, 1.0), min_size=6, max_size=6))
def test_the_order_of_lines_does_not_matter(order: list[int], ps: list[float]) -> None:
    for adjust in (holm, benjamini_hochberg):
        assert adjust([ps[i] for i in order]) == pytest.approx([adjust(ps)[i] for i in order])
