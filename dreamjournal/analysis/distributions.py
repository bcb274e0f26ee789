"""The few distribution functions the analysis needs: the normal ones from the standard library, the others from scipy.special.

scipy.special takes longer to load than a page takes to make, and a page of shares needs the normal quantile alone.
"""

from __future__ import annotations

import math
import sys
from statistics import NormalDist

TINY = sys.float_info.min
"""No p is ever 0: smaller ones are given as this."""


def _special() -> object:
    import scipy.special  # pyright: ignore[reportMissingTypeStubs]

    return scipy.special


def _call(name: str, *args: float) -> float:
    return float(getattr(_special(), name)(*args))


def t_quantile(df: float, level: float = 0.975) -> float:
    """The `level` quantile of Student's t with `df` degrees of freedom (any positive number)."""
    return _call("stdtrit", df, level)


def t_two_sided(t: float, df: float) -> float:
    """P(|T| >= |t|), never 0."""
    return max(2 * _call("stdtr", df, -abs(t)), TINY)


def normal_quantile(level: float = 0.975) -> float:
    """The `level` quantile of the standard normal distribution."""
    return NormalDist().inv_cdf(level)


def normal_below(z: float) -> float:
    """P(Z <= z)."""
    return math.erfc(-z / math.sqrt(2)) / 2


def binomial_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share (Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404)."""
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else _call("betaincinv", successes, trials - successes + 1, tail)
    high = 1.0 if successes == trials else _call("betaincinv", successes + 1, trials - successes, 1 - tail)
    return low, high


def binomial_two_sided(successes: int, trials: int, share: float) -> float:
    """Twice the smaller tail of a binomial count, at most 1, never 0."""
    below = _call("bdtr", successes, trials, share)
    above = 1.0 if successes == 0 else _call("bdtrc", successes - 1, trials, share)
    return max(min(1.0, 2 * min(below, above)), TINY)
