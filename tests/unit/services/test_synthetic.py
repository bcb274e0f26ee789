"""The generator of synthetic nights: what it says is built in is built in."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from statistics import mean, stdev

from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.diary import measure
from dreamjournal.domain.night import weekend_evening
from dreamjournal.services.synthetic import BLOCK, Truth, diary_of, make, sleepsync_export, truth_json, whoop_sleeps_csv


def test_the_same_seed_gives_the_same_nights():
    assert make(Truth(seed=3)) == make(Truth(seed=3))
    assert make(Truth(seed=3)) != make(Truth(seed=4))


def test_half_of_every_block_is_enhanced():
    s = make(Truth(nights=120)).schedule
    assert all(s[i : i + BLOCK].count("E") == BLOCK // 2 for i in range(0, len(s), BLOCK))


def test_effect_weekend_and_likeness_of_neighbours_are_the_stated_ones():
    nights = make(Truth(nights=4000, effect_min=45, weekend_min=20, sd_min=30, phi=0.3)).nights
    e = [n.tst_min - 415 - 45 * n.enhanced - 20 * weekend_evening(n.night_date) for n in nights]
    assert abs(mean(e)) < 3
    assert abs(stdev(e) - 30) < 2
    m = mean(e)
    phi = sum((a - m) * (b - m) for a, b in pairwise(e)) / sum((a - m) ** 2 for a in e)
    assert abs(phi - 0.3) < 0.05
    arms = [mean(x for x, n in zip(e, nights, strict=True) if n.enhanced is arm) for arm in (True, False)]
    assert abs(arms[0] - arms[1]) < 4


@given(seed=st.integers(0, 10_000))
def test_a_night_adds_up(seed):
    for n in make(Truth(seed=seed, nights=8), first_night=date(2026, 3, 26)).nights:
        assert sum(n.codes.count(c) for c in "123R") * 30 == n.tst_min * 60
        assert n.codes.count("W") * 30 == (n.sol_min + n.waso_min) * 60
        assert (n.final_wake.utc - n.lights_out.utc).total_seconds() == len(n.codes) * 30
        assert n.into_bed.utc < n.lights_out.utc < n.final_wake.utc < n.out_of_bed.utc
        assert (n.dream is not None) == n.recall.has_content
        assert n.enhanced or not n.cues
        tst = measure(diary_of(n, 1)).tst
        assert tst is not None
        assert abs(tst - n.tst_min) <= 1.5


def test_an_effect_of_nothing_is_possible():
    nights = make(Truth(nights=2000, effect_min=0, weekend_min=0)).nights
    gap = mean(n.tst_min for n in nights if n.enhanced) - mean(n.tst_min for n in nights if not n.enhanced)
    assert abs(gap) < 4


def test_the_exports_hold_the_recorded_nights():
    series = make()
    truth = truth_json(series)
    assert len(sleepsync_export(series)["sessions"]) == truth["n_enhanced"]
    assert len(whoop_sleeps_csv(series).splitlines()) - 1 == truth["n_enhanced"] + truth["n_natural"]
    assert truth["effect_min"] == 45
