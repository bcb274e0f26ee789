"""Times the contrast of 3,650 nights x 12 metrics against scipy.stats.permutation_test on the same nights.

Run: python tests/bench/bench_contrast.py. Prints ratios taken in one run; scipy gets its fastest fair form (vectorised
difference of means, all metrics in one call, its relabelings ignore blocks and weekends; ours do not).
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

NIGHTS = 3_652
METRICS = 12


def run(nights: int = NIGHTS, metrics: int = METRICS, relabelings: int = 4_999) -> dict[str, float]:
    """Seconds for our permutation with interval, for the whole contrast, and for scipy's permutation test."""
    import numpy as np
    import scipy.special  # imports are not timed on either side
    import scipy.stats

    from dreamjournal.analysis import contrast, effects, schedule

    _ = scipy.special.ndtri(0.5)
    plan = schedule.draw(date(2016, 1, 1), nights, seed=1)
    enhanced, blocks = [p.enhanced for p in plan], [p.block for p in plan]
    weekend = [float(p.night_date.weekday() in (4, 5)) for p in plan]
    rng = np.random.default_rng(1)
    label = np.array(enhanced)
    y = 420 + rng.normal(0, 45, (nights, metrics)) + 20 * label[:, None] + 30 * np.array(weekend)[:, None]
    cov = contrast.covariates(nights, weekend)
    days = list(range(nights))

    started = time.perf_counter()
    ours = contrast.block_permutation(y, enhanced, blocks, cov, relabelings_wanted=relabelings)
    permutation = time.perf_counter() - started
    for j in range(metrics):
        contrast.ols(y[:, j], contrast.signed(enhanced), cov)
        contrast.gls_ar1(y[:, j], contrast.signed(enhanced), cov, days)
        effects.hodges_lehmann(y[label, j], y[~label, j])
        effects.cliffs_delta(y[label, j], y[~label, j])
    whole = time.perf_counter() - started

    started = time.perf_counter()
    theirs = scipy.stats.permutation_test(
        (y[label].T, y[~label].T), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
        n_resamples=relabelings, vectorized=True, batch=64, axis=-1, rng=np.random.default_rng(1),
    )  # fmt: skip
    scipy_s = time.perf_counter() - started
    assert len(ours) == len(theirs.pvalue) == metrics
    return {"permutation_s": permutation, "whole_s": whole, "scipy_s": scipy_s}


if __name__ == "__main__":
    t = run()
    print(f"{NIGHTS} nights x {METRICS} metrics, 4,999 relabelings")
    print(
        f"permutation and interval: {t['permutation_s']:.3f} s, {t['permutation_s'] / t['scipy_s']:.3f} of scipy.stats.permutation_test"
    )
    print(
        f"with OLS, REML, effect sizes: {t['whole_s']:.3f} s, {t['whole_s'] / t['scipy_s']:.3f} of scipy.stats.permutation_test"
    )
    print(f"scipy.stats.permutation_test: {t['scipy_s']:.3f} s")
