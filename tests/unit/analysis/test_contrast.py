"""Estimators against published and recorded values, and their invariants."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis import contrast, effects

# Student 1908, after Cushny & Peebles 1905: extra hours of sleep of ten people under two drugs.
DRUG1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
DRUG2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def test_importing_the_analysis_loads_no_numpy() -> None:
    code = (
        "import sys, pkgutil, importlib, dreamjournal.analysis as a, dreamjournal.metrics as m\n"
        "for p in (a, m):\n"
        "    for i in pkgutil.iter_modules(p.__path__): importlib.import_module(p.__name__ + '.' + i.name)\n"
        "import dreamjournal.services.contrasts, dreamjournal.services.hypnogram\n"
        "sys.exit(any(n.split('.')[0] in ('numpy', 'scipy', 'edfio', 'sqlite_utils') for n in sys.modules))"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_student_paired_difference() -> None:
    d = DRUG2 - DRUG1
    assert (d.mean(), np.median(d), d.std(ddof=1)) == pytest.approx((1.58, 1.3, 1.2299954833), abs=1e-9)
    fit = contrast.ols(np.concatenate([DRUG2, DRUG1]), contrast.signed([True] * 10 + [False] * 10), _pair_columns())
    assert (fit.value, fit.value / fit.se, fit.df) == pytest.approx((1.58, 4.0621276834, 9), abs=1e-6)
    from dreamjournal.analysis import distributions

    assert distributions.t_two_sided(fit.value / fit.se, 9) == pytest.approx(0.0028328902, abs=1e-9)
    half = distributions.t_quantile(9) * fit.se
    assert (1.58 - half, 1.58 + half) == pytest.approx((0.7001142367, 2.4598857633), abs=1e-9)
    assert d.mean() / d.std(ddof=1) == pytest.approx(1.2845575626, abs=1e-9)


def _pair_columns() -> np.ndarray:
    return contrast.covariates(20, *[[float(i % 10 == k) for i in range(20)] for k in range(9)])


def test_student_exact_permutations() -> None:
    y, label = np.concatenate([DRUG2, DRUG1]), [True] * 10 + [False] * 10
    flips = contrast.block_permutation(y, label, list(range(10)) * 2, contrast.covariates(20))[0]
    assert (flips.count, flips.relabelings, flips.p, flips.exact) == (4, 1024, 0.00390625, True)
    free = contrast.block_permutation(y, label, [0] * 20, contrast.covariates(20), exact_limit=200_000)[0]
    assert (free.count, free.relabelings) == (15048, 184756)
    assert free.p == pytest.approx(0.0814479638, abs=1e-9)


def test_student_effect_sizes() -> None:
    shift = effects.hodges_lehmann(DRUG2, DRUG1)
    assert shift.value == pytest.approx(1.35) and shift.k == 24
    assert shift.interval == pytest.approx((-0.1, 3.6))
    assert effects.cliffs_delta(DRUG2, DRUG1) == pytest.approx(0.49)
    assert (effects.cliffs_delta(DRUG2, DRUG1) + 1) / 2 == pytest.approx(0.745)
    assert effects.cohens_d(DRUG2, DRUG1) == pytest.approx(0.8321810813, abs=1e-9)
    assert effects.hedges_g(DRUG2, DRUG1) == pytest.approx(0.7970185004, abs=1e-9)


@pytest.mark.real
def test_student_file_is_the_one_above(shared_dir: Path) -> None:
    with (shared_dir / "vectors/student_sleep.csv").open(newline="") as f:
        rows = list(csv.DictReader(f))
    assert [float(r["drug1"]) for r in rows] == DRUG1.tolist()
    assert [float(r["drug2"]) for r in rows] == DRUG2.tolist()


class Nights:
    def __init__(self, rows: list[dict[str, str]], y: str, enhanced: str, weekend: str) -> None:
        self.y = np.array([float(r[y]) for r in rows])
        self.enhanced = [r[enhanced] == "1" for r in rows]
        self.label = contrast.signed(self.enhanced)
        self.weekend = [float(r[weekend]) for r in rows]
        self.days = [int(r["day_index"]) for r in rows]
        self.blocks = [r.get("block") for r in rows]
        self.wk = contrast.covariates(len(rows), self.weekend)
        self.wk_trend = contrast.covariates(len(rows), self.weekend, contrast.trend(self.days))


@pytest.fixture
def tst(shared_dir: Path) -> Nights:
    with (shared_dir / "vectors/synthetic_nof1_tst.csv").open(newline="") as f:
        return Nights(list(csv.DictReader(f)), "tst_min", "enhanced", "weekend_eve")


@pytest.fixture
def mood(shared_dir: Path) -> Nights:
    with (shared_dir / "vectors/melatonin_nof1_daily.csv").open(newline="") as f:
        return Nights(list(csv.DictReader(f)), "mood_mean", "melatonin", "weekend")


def arms(n: Nights) -> tuple[np.ndarray, np.ndarray]:
    e = np.array(n.enhanced)
    return n.y[e], n.y[~e]


@pytest.mark.real
def test_tst_ols_and_effects(tst: Nights) -> None:
    a, b = arms(tst)
    assert (a.mean(), b.mean()) == pytest.approx((428.125, 409.3846154), abs=1e-6)
    assert effects.hodges_lehmann(a, b).value == 21
    assert effects.cliffs_delta(a, b) == pytest.approx(0.3253205, abs=1e-6)
    assert effects.hedges_g(a, b) == pytest.approx(0.5328947, abs=1e-6)
    fit = contrast.ols(tst.y, tst.label, tst.wk)
    assert (fit.value, fit.se) == pytest.approx((20.7413793, 8.8195051), abs=1e-6)


@pytest.mark.real
def test_tst_gls_and_rule(tst: Nights) -> None:
    gls = contrast.gls_ar1(tst.y, tst.label, tst.wk, tst.days)
    assert (gls.phi, gls.value, gls.se) == pytest.approx((0.30, 18.9901750, 7.4304148), abs=1e-6)
    assert gls.log_likelihood == pytest.approx(-164.2667928, abs=1e-6)
    plain = contrast.rule(tst.y, tst.label, tst.wk, tst.days)
    assert (plain.df, *plain.interval, plain.p) == pytest.approx(
        (23.923077, 0.7845132, 37.1958367, 0.0415992), abs=1e-6
    )
    trend = contrast.rule(tst.y, tst.label, tst.wk_trend, tst.days)
    assert (trend.value, trend.df, *trend.interval) == pytest.approx(
        (18.0019789, 22.335878, -0.1418110, 36.1457688), abs=1e-6
    )


@pytest.mark.real
def test_tst_block_permutation(tst: Nights) -> None:
    found = contrast.block_permutation(tst.y, tst.enhanced, tst.blocks, tst.wk)[0]
    assert found.value == pytest.approx(20.7413793, abs=1e-6)
    assert 0.021 <= found.p <= 0.025 and not found.exact and found.relabelings == 5000
    step = 8.8195051 / 200
    assert found.interval is not None
    assert abs(found.interval[0] - 3.01) <= 2 * step and abs(found.interval[1] - 37.32) <= 2 * step


@pytest.mark.real
def test_tst_three_whole_blocks_exactly(tst: Nights) -> None:
    keep = [i for i, d in enumerate(tst.days) if 20 <= d <= 27 or 32 <= d <= 35]
    found = contrast.block_permutation(
        tst.y[keep], [tst.enhanced[i] for i in keep], [tst.blocks[i] for i in keep], contrast.covariates(12)
    )[0]
    assert (found.count, found.relabelings) == (106, 216)
    assert found.value == pytest.approx(13.8333333, abs=1e-6) and found.p == pytest.approx(0.4907407, abs=1e-6)
    assert found.interval == pytest.approx((-34.41, 53.93), abs=0.06)


@pytest.mark.real
def test_tst_posterior(tst: Nights) -> None:
    gls, fit = contrast.gls_ar1(tst.y, tst.label, tst.wk, tst.days), contrast.ols(tst.y, tst.label, tst.wk)
    found = effects.posterior(gls.value, max(gls.se, fit.se), 20)
    assert (found.mean, found.sd) == pytest.approx((18.58854, 8.725742), abs=1e-5)
    assert (found.beyond_more, found.within) == pytest.approx((0.4357, 0.5642), abs=5e-5)
    assert found.beyond_less == pytest.approx(4.880998e-06, abs=1e-11)


@pytest.mark.real
def test_mood_gls_with_a_gap(mood: Nights) -> None:
    assert 44 not in mood.days and {43, 45} <= set(mood.days)
    a, b = arms(mood)
    assert effects.hodges_lehmann(a, b).value == pytest.approx(0.333333, abs=1e-6)
    assert effects.cliffs_delta(a, b) == pytest.approx(0.0620408, abs=1e-6)
    assert a.mean() - b.mean() == pytest.approx(0.9190476, abs=1e-6)
    gls = contrast.gls_ar1(mood.y, mood.label, mood.wk, mood.days)
    assert (gls.phi, gls.value, gls.se) == pytest.approx((0.51, 1.0211562, 0.9360155), abs=1e-6)
    trend = contrast.gls_ar1(mood.y, mood.label, mood.wk_trend, mood.days)
    assert (trend.phi, trend.value, trend.se) == pytest.approx((0.26, 1.0005104, 0.9697459), abs=1e-6)
    found = contrast.rule(mood.y, mood.label, mood.wk_trend, mood.days)
    assert (found.se, found.df, *found.interval) == pytest.approx(
        (1.0997784, 37.1111111, -1.2276271, 3.2286479), abs=1e-6
    )
    closed = contrast.gls_ar1(mood.y, mood.label, mood.wk, list(range(70)))
    assert closed.value != pytest.approx(gls.value, abs=1e-6)  # the gap matters: phi squared, not phi


def dense_gls(y: np.ndarray, label: np.ndarray, cov: np.ndarray, days: list[int], phi: float) -> tuple[float, float]:
    d = np.array(days)
    corr = np.sign(phi) ** np.abs(d[:, None] - d) * np.abs(phi) ** np.abs(d[:, None] - d)
    x = np.column_stack([label, cov])
    inv = np.linalg.inv(corr)
    bread = np.linalg.inv(x.T @ inv @ x)
    beta = bread @ x.T @ inv @ y
    r = y - x @ beta
    return float(beta[0]), math.sqrt(float(r @ inv @ r) / (len(y) - x.shape[1]) * bread[0, 0])


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(-0.5, 0.8))
def test_gls_equals_the_dense_solution(seed: int, strength: float) -> None:
    rng = np.random.default_rng(seed)
    days = np.flatnonzero(rng.random(60) < 0.7).tolist()
    y = rng.normal(0, 30, len(days))
    for i in range(1, len(y)):
        y[i] += strength * y[i - 1]
    label = contrast.signed(rng.random(len(days)) < 0.5)
    if len(set(label.tolist())) < 2:
        return
    cov = contrast.covariates(len(days), contrast.trend(days))
    got = contrast.gls_ar1(y, label, cov, days)
    assert (got.value, got.se) == pytest.approx(dense_gls(y, label, cov, days, got.phi), rel=1e-8, abs=1e-9)


def series(seed: int, n_blocks: int = 8) -> tuple[np.ndarray, list[bool], list[int], list[float]]:
    rng = np.random.default_rng(seed)
    patterns = list(combinations(range(4), 2))
    enhanced = [e for b in range(n_blocks) for p in [patterns[rng.integers(6)]] for e in [i in p for i in range(4)]]
    keep = np.flatnonzero(rng.random(4 * n_blocks) < 0.9)
    y = np.round(rng.normal(420, 40, 4 * n_blocks))
    weekend = [float(i % 7 in (4, 5)) for i in range(4 * n_blocks)]
    return y[keep], [enhanced[i] for i in keep], keep.tolist(), [weekend[i] for i in keep]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(-500, 500), st.floats(1.5, 90))
def test_swap_shift_and_scale(seed: int, shift: float, scale: float) -> None:
    y, enhanced, days, weekend = series(seed)
    blocks = [d // 4 for d in days]
    cov = contrast.covariates(len(y), weekend)
    full = contrast.covariates(len(y), weekend, contrast.trend(days))
    other = [not e for e in enhanced]
    a, b = contrast.rule(y, contrast.signed(enhanced), full, days), contrast.rule(y, contrast.signed(other), full, days)
    assert (b.value, b.interval, b.p) == (-a.value, (-a.interval[1], -a.interval[0]), a.p)
    p, q = (contrast.block_permutation(y, e, blocks, cov, relabelings_wanted=499)[0] for e in (enhanced, other))
    assert (q.value, q.p) == (-p.value, p.p)
    assert q.interval == (None if p.interval is None else (-p.interval[1], -p.interval[0]))
    moved = contrast.rule(y + shift, contrast.signed(enhanced), full, days)
    assert moved.value == pytest.approx(a.value, abs=1e-9) and moved.interval == pytest.approx(a.interval, abs=1e-9)
    scaled = contrast.rule(scale * y, contrast.signed(enhanced), full, days)
    assert scaled.value == pytest.approx(scale * a.value, rel=1e-9, abs=1e-9)
    assert scaled.phi == a.phi
    assert 0 < p.p <= 1 and a.p is not None and 0 < a.p <= 1


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_inverted_interval_holds_exactly_what_is_not_rejected(seed: int) -> None:
    y, enhanced, days, weekend = series(seed, 3)
    blocks = [d // 4 for d in days]
    cov = contrast.covariates(len(y), weekend)
    found = contrast.block_permutation(y, enhanced, blocks, cov)[0]
    if found.interval is None:
        return
    assert found.exact
    step = contrast.ols(y, contrast.signed(enhanced), cov).se / 200
    e = np.array(enhanced, dtype=float)

    def p(d: float) -> float:
        return contrast.block_permutation(y - d * e, enhanced, blocks, cov)[0].p

    low, high = found.interval
    assert p(low + step / 2) > 0.05 or p(low + step) > 0.05
    assert p(low - 1.01 * step) <= 0.05 and p(high + 1.01 * step) <= 0.05


def test_p_is_never_zero() -> None:
    label = [True, False, False, True] * 10
    y = np.array([1000.0 if e else 0.0 for e in label]) + np.arange(40) % 3
    found = contrast.block_permutation(y, label, [i // 4 for i in range(40)], contrast.covariates(40))[0]
    assert found.p >= 1 / 5000
    huge = contrast.rule(y * 1e6, contrast.signed(label), contrast.covariates(40), list(range(40)))
    assert huge.p is not None and huge.p > 0


def test_nights_all_alike_give_no_test() -> None:
    label = [True, False, False, True] * 5
    found = contrast.rule(np.full(20, 420.0), contrast.signed(label), contrast.covariates(20), list(range(20)))
    assert (found.value, found.se, found.p) == (0, 0, None)
    assert (
        contrast.block_permutation(np.full(20, 420.0), label, [i // 4 for i in range(20)], contrast.covariates(20))[0].p
        == 1
    )


def test_too_few_relabelings_leave_no_interval() -> None:
    y = np.array([400, 410, 430, 440, 395, 420, 425, 450.0])
    found = contrast.block_permutation(y, [False, False, True, True] * 2, [0] * 4 + [1] * 4, contrast.covariates(8))[0]
    assert found.relabelings == 36 and found.p == pytest.approx(2 / 36) and found.interval is None


def test_smallest_p_of_three_blocks_of_four() -> None:
    y = np.array([1, 2, 11, 12] * 3, dtype=float)
    found = contrast.block_permutation(
        y, [False, False, True, True] * 3, [i // 4 for i in range(12)], contrast.covariates(12)
    )[0]
    assert found.p == pytest.approx(2 / 216)


def test_large_blocks_are_dealt_without_listing_their_ways() -> None:
    rng = np.random.default_rng(3)
    label = [bool(i % 2) for i in range(40)]
    found = contrast.block_permutation(
        rng.normal(0, 1, 40), label, [0] * 40, contrast.covariates(40), relabelings_wanted=999
    )[0]
    assert found.relabelings == 1000 and 0.05 < found.p <= 1


def test_days_must_rise() -> None:
    with pytest.raises(ValueError, match="rise"):
        contrast.gls_ar1(np.arange(4.0), contrast.signed([True, False] * 2), contrast.covariates(4), [0, 1, 1, 2])


def test_collinear_only_when_kind_and_weekend_are_one() -> None:
    assert contrast.collinear([True, True, False], [True, True, False])
    assert not contrast.collinear([True, True, False], [True, False, False])
    assert not contrast.collinear([True, False], [False, False])


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 120), st.integers(1, 120))
def test_hodges_lehmann_equals_sorting_all_differences(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = np.round(rng.normal(0, 30, n)), np.round(rng.normal(5, 30, m))
    d = np.sort(np.subtract.outer(a, b).ravel())
    found = effects.hodges_lehmann(a, b)
    assert found.value == pytest.approx(float(np.median(d)))
    if found.interval is not None:
        assert found.interval == pytest.approx((d[found.k - 1], d[len(d) - found.k]))


def test_newcombe_and_rate_ratio() -> None:
    # Newcombe 1998, table II (a): 56/70 against 48/80, method 10.
    value, interval = effects.newcombe(56, 70, 48, 80)
    assert value == pytest.approx(0.2) and interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    same = effects.rate_ratio(4, 20, 4, 20)
    assert same.value == 1 and same.p == 1 and same.interval is not None
    assert same.interval[0] == pytest.approx(1 / same.interval[1])
    assert effects.rate_ratio(0, 20, 0, 20).value is None
    assert effects.rate_ratio(3, 20, 0, 20).value is None
    assert effects.rate_ratio(50, 20, 0, 20).p > 0  # type: ignore[operator]
