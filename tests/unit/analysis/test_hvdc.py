"""Shares of what was counted: each formula by hand, Cohen's h, intervals by drawing dreams anew."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis import hvdc
from dreamjournal.domain.coding import KEYS

BY_KEY = {index.key: index for index in hvdc.INDICES}


def test_the_published_example_of_h():
    h = hvdc.cohen_h(0.67, 0.48)
    assert h == pytest.approx(0.386928, abs=1e-6)
    assert hvdc.h_z(h, 400, 400) == pytest.approx(5.47198, abs=1e-5)


def test_every_index_is_made_of_codes_there_are():
    for index in hvdc.INDICES:
        assert set(index.part + index.whole) <= set(KEYS), index.key
        assert bool(index.whole) != index.per_dream, index.key
        assert (
            index.ratio
            or index.per_dream
            or set(index.part) <= set(index.whole)
            or index.key in ("friends", "family", "physical")
        )


@pytest.mark.parametrize(
    ("key", "part", "whole"),
    [
        ("male", 3, 5), ("familiarity", 4, 8), ("friends", 1, 8), ("family", 2, 8), ("animals", 1, 9), ("aggression_friendliness", 4, 7),
        ("befriender", 2, 3), ("victim", 3, 4), ("physical", 2, 5), ("indoor", 1, 3), ("familiar_settings", 2, 3),
        ("self_negativity", 6, 10), ("success", 2, 3), ("negative_emotions", 4, 5), ("dreams_aggression", 1, 2),
        ("dreams_striving", 1, 2), ("a_c", 5, 9), ("f_c", 3, 9), ("s_c", 1, 9),
    ],
)  # fmt: skip
def test_an_index_by_hand(key, part, whole):
    dream = {
        "characters.male_familiar": 2, "characters.male_unfamiliar": 1, "characters.female_familiar": 1,
        "characters.female_unfamiliar": 1, "characters.joint_familiar": 1, "characters.indefinite_unfamiliar": 2,
        "characters.family": 2, "characters.friends": 1, "characters.animals": 1,
        "aggression.aggressor": 1, "aggression.victim": 3, "aggression.others": 1, "aggression.physical": 2,
        "friendliness.befriender": 2, "friendliness.befriended": 1, "sexuality.dreamer": 1,
        "misfortune.dreamer": 2, "misfortune.others": 4, "good_fortune.dreamer": 1,
        "striving.success": 2, "striving.failure": 1,
        "emotions.happy": 1, "emotions.sad": 1, "emotions.apprehensive": 3,
        "settings.indoor": 1, "settings.outdoor": 2, "settings.familiar": 2, "settings.unfamiliar": 1,
    }  # fmt: skip
    assert hvdc.counted(BY_KEY[key], [dream, {}]) == hvdc.Counted(part, whole)


def test_nothing_counted_is_no_share():
    assert hvdc.counted(BY_KEY["male"], [{}, {}]).share is None
    assert hvdc.counted(BY_KEY["dreams_aggression"], [{}, {}]).share == 0.0
    assert hvdc.compare(BY_KEY["male"], [{}], [{"characters.male_familiar": 1}]) is None
    assert hvdc.compare(BY_KEY["a_c"], [{"characters.animals": 1}], [{"characters.animals": 1}]) is None


def made(seed: int, n: int, share: float, size: int = 1):
    draw = random.Random(seed)
    found = []
    for _ in range(n):
        key = "characters.male_familiar" if draw.random() < share else "characters.female_familiar"
        found.append({key: size})
    return found


def test_exchanged_dreams_flip_h_and_interval():
    a, b = made(1, 100, 0.7), made(2, 110, 0.5)
    one, other = hvdc.compare(BY_KEY["male"], a, b), hvdc.compare(BY_KEY["male"], b, a)
    assert other.h == -one.h
    assert other.interval == (-one.interval[1], -one.interval[0])
    assert other.p == one.p


@given(st.randoms(use_true_random=False))
def test_the_order_of_dreams_changes_nothing(rng):
    a, b = made(3, 30, 0.7), made(4, 30, 0.4)
    before = hvdc.compare(BY_KEY["male"], a, b, draws=200)
    rng.shuffle(a)
    rng.shuffle(b)
    assert hvdc.compare(BY_KEY["male"], a, b, draws=200) == before


def test_elements_that_cluster_in_dreams_widen_nothing_they_should_not():
    """Ten of a kind in one dream tell no more than one: the interval is that of dreams, not of elements."""
    one = hvdc.compare(BY_KEY["male"], made(5, 100, 0.6), made(6, 100, 0.6))
    ten = hvdc.compare(BY_KEY["male"], made(5, 100, 0.6, size=10), made(6, 100, 0.6, size=10))
    assert ten.interval == pytest.approx(one.interval)
    assert one.interval[1] - one.interval[0] == pytest.approx(2 * 1.96 * (2 / 100) ** 0.5, rel=0.15)


def test_the_two_sets_are_drawn_independently():
    same = made(7, 100, 0.5)
    found = hvdc.compare(BY_KEY["male"], same, same)
    assert found.h == 0
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.96 * (2 / 100) ** 0.5, rel=0.15)


def test_what_never_varies_has_no_interval():
    a, b = made(1, 100, 1.0), made(2, 100, 1.0)
    found = hvdc.compare(BY_KEY["male"], a, b)
    assert (found.h, found.interval, found.p) == (0.0, None, None)


def test_q_allows_for_the_number_and_leaves_out_what_was_not_compared():
    some = [hvdc.Compared(0.1, (0, 0.2), p) for p in (0.01, 0.04)]
    found = hvdc.adjusted([some[0], None, some[1], hvdc.Compared(0.0, None, None)])
    assert found[1] is None
    assert found[3].q is None
    assert [found[0].q, found[2].q] == pytest.approx([0.02, 0.04])
