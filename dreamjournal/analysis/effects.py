"""Effect sizes beside the estimate, shares, rates and the posterior line. numpy is imported on first use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dreamjournal.analysis import distributions

_DAY = 1440

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Shift:
    """The Hodges-Lehmann shift; the interval runs from the k-th smallest to the k-th largest difference."""

    value: float
    interval: tuple[float, float] | None
    k: int


def hodges_lehmann(enhanced: Sequence[float] | Vector, natural: Sequence[float] | Vector) -> Shift:
    """Median of all differences enhanced - natural (Hodges & Lehmann 1963, doi 10.1214/aoms/1177704172).

    k comes from the normal approximation n1 n2/2 - z sqrt(n1 n2 (n1 + n2 + 1)/12); no interval where k < 1.
    """
    import numpy as np

    a, b = np.sort(np.asarray(enhanced, dtype=float)), np.sort(np.asarray(natural, dtype=float))
    n = len(a) * len(b)
    spread = math.sqrt(n * (len(a) + len(b) + 1) / 12)
    k = math.floor(n / 2 - distributions.normal_quantile() * spread)
    value = (_difference(a, b, (n - 1) // 2) + _difference(a, b, n // 2)) / 2
    return Shift(value, (_difference(a, b, k - 1), _difference(a, b, n - k)) if k >= 1 else None, k)


def _difference(a: Vector, b: Vector, rank: int) -> float:
    """The `rank`-th smallest (from 0) of all a - b, both sorted, without making all of them where they are many.

    The range of values is halved until few pairs are left in it: ten years of nights are 3.3 million pairs. Equal values
    stand for each other: ratings from 1 to 5 make no more than 25 pairs.
    """
    import numpy as np

    a, weight_a = np.unique(a, return_counts=True)
    b, weight_b = np.unique(b, return_counts=True)
    before_b = np.concatenate([[0], np.cumsum(weight_b)])

    def first_kept(value: float) -> Any:
        return np.searchsorted(b, a - value, side="left")

    def at_most(first: Any) -> int:
        return int((weight_a * (before_b[-1] - before_b[first])).sum())

    low, high = float(a[0] - b[-1]) - 1.0, float(a[-1] - b[0]) + 1.0
    at_low, at_high = first_kept(low), first_kept(high)
    for _ in range(60):
        if int((at_low - at_high).sum()) <= 8 * (len(a) + len(b)):
            break
        middle = (low + high) / 2
        at_middle = first_kept(middle)
        if at_most(at_middle) > rank:
            high, at_high = middle, at_middle
        else:
            low, at_low = middle, at_middle
    counts = at_low - at_high
    rows = np.repeat(np.arange(len(a)), counts)
    columns = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(at_high, counts)
    values = a[rows] - b[columns]
    order = np.argsort(values)
    reached = np.cumsum((weight_a[rows] * weight_b[columns])[order])
    return float(values[order[np.searchsorted(reached, rank - at_most(at_low), side="right")]])


def cliffs_delta(enhanced: Sequence[float] | Vector, natural: Sequence[float] | Vector) -> float:
    """P(enhanced > natural) - P(enhanced < natural) over all pairs; 2 NAP - 1 (Cliff 1993, doi 10.1037/0033-2909.114.3.494)."""
    import numpy as np

    a, b = np.asarray(enhanced, dtype=float), np.sort(np.asarray(natural, dtype=float))
    above = int(np.searchsorted(b, a, side="left").sum())
    below = len(a) * len(b) - int(np.searchsorted(b, a, side="right").sum())
    return (above - below) / (len(a) * len(b))


def unwrapped(clock: Sequence[float]) -> list[float]:
    """Clock times in minutes, each moved by whole days to within half a day of their common direction.

    So that a mean of 11:50 and 12:10 is noon, whichever night each was counted to; times of ordinary nights stay as they
    are. The direction is that of the mean unit vector (Mardia & Jupp 2000, Directional Statistics, 2.2.1).
    """
    turn = 2 * math.pi / _DAY
    x, y = math.fsum(math.cos(turn * v) for v in clock), math.fsum(math.sin(turn * v) for v in clock)
    if math.hypot(x, y) < 1e-9 * len(clock):
        return list(clock)
    middle = math.atan2(y, x) / turn % _DAY
    return [v - _DAY * math.floor((v - middle) / _DAY + 0.5) for v in clock]


def cohens_d(enhanced: Sequence[float] | Vector, natural: Sequence[float] | Vector) -> float | None:
    """Difference of the means over the pooled standard deviation; None without any spread."""
    import numpy as np

    a, b = np.asarray(enhanced, dtype=float), np.asarray(natural, dtype=float)
    df = len(a) + len(b) - 2
    pooled = math.sqrt((a.var(ddof=1) * (len(a) - 1) + b.var(ddof=1) * (len(b) - 1)) / df)
    return float(a.mean() - b.mean()) / pooled if pooled > 0 else None


def hedges_g(enhanced: Sequence[float] | Vector, natural: Sequence[float] | Vector) -> float | None:
    """Cohen's d times J = 1 - 3/(4 df - 1) (Hedges 1981, doi 10.3102/10769986006002107); for pooling over persons only."""
    d = cohens_d(enhanced, natural)
    return None if d is None else d * (1 - 3 / (4 * (len(enhanced) + len(natural) - 2) - 1))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    z = distributions.normal_quantile()
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return centre - half, centre + half


def newcombe(a: int, n_a: int, b: int, n_b: int) -> tuple[float, tuple[float, float]]:
    """Difference of two shares a/n_a - b/n_b and its 95 % interval from two Wilson intervals.

    Method 10 of Newcombe 1998, doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    p, q = a / n_a, b / n_b
    low_p, high_p = wilson(a, n_a)
    low_q, high_q = wilson(b, n_b)
    low = p - q - math.hypot(p - low_p, high_q - q)
    high = p - q + math.hypot(high_p - p, q - low_q)
    return p - q, (low, high)


@dataclass(frozen=True)
class RateRatio:
    """Counts a night, enhanced over natural; None where nothing was counted on natural nights: there is no upper end."""

    value: float | None
    interval: tuple[float, float] | None
    p: float | None


def rate_ratio(a: int, nights_a: int, b: int, nights_b: int) -> RateRatio:
    """Ratio of two rates with the exact conditional binomial interval: given a + b, a is binomial.

    Przyborowski & Wilenski 1940, doi 10.1093/biomet/31.3-4.313.
    """
    if a + b == 0:
        return RateRatio(None, None, None)
    p = distributions.binomial_two_sided(a, a + b, nights_a / (nights_a + nights_b))
    if b == 0:
        return RateRatio(None, None, p)
    low, high = distributions.binomial_interval(a, a + b)
    scale = nights_b / nights_a
    return RateRatio(a / b * scale, (low / (1 - low) * scale, high / (1 - high) * scale), p)


@dataclass(frozen=True)
class Posterior:
    """Normal posterior of the difference and its shares beyond and within the smallest worthwhile difference."""

    mean: float
    sd: float
    beyond_more: float
    within: float
    beyond_less: float


def posterior(value: float, se: float, swd: float) -> Posterior:
    """Prior N(0, (3 swd)^2), likelihood N(value, se^2); no sampling. `se` and `swd` above 0."""
    precision = 1 / (3 * swd) ** 2 + 1 / se**2
    mean, sd = value / se**2 / precision, math.sqrt(1 / precision)
    more = distributions.normal_below((mean - swd) / sd)
    less = distributions.normal_below((-swd - mean) / sd)
    return Posterior(mean, sd, more, max(0.0, 1 - more - less), less)
