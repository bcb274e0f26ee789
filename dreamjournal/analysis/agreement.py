"""How far two raters agree beyond chance: Cohen's kappa with its interval, and the plain share beside it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dreamjournal.analysis import distributions

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


@dataclass(frozen=True)
class Kappa:
    """Agreement over `n` dreams. `value` is None where both raters gave one and the same answer throughout.

    `interval` is None there too, and where they never differ or n is under 10: the large-sample formula has nothing to go by.
    """

    n: int
    agreed: int
    """Dreams on which both said the same."""
    value: float | None
    se: float | None
    interval: tuple[float, float] | None


MIN_INTERVAL = 10


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable], level: float = 0.95) -> Kappa:
    """Cohen's kappa (1960, doi 10.1177/001316446002000104) of two raters' answers to the same things, in the same order.

    The standard error is that of Fleiss, Cohen & Everitt (1969, doi 10.1037/h0028106), for kappa not zero; the interval
    is cut at -1 and 1. Raises ValueError when the two have not the same length.
    """
    n = len(first)
    if n != len(second):
        raise ValueError("both raters must have answered the same")
    pairs = Counter(zip(first, second, strict=True))
    agreed = sum(count for (a, b), count in pairs.items() if a == b)
    rows, columns = Counter(first), Counter(second)
    kinds = list({*rows, *columns})
    if n == 0 or len(kinds) < 2:
        return Kappa(n, agreed, None, None, None)
    row = {k: rows[k] / n for k in kinds}
    column = {k: columns[k] / n for k in kinds}
    observed = agreed / n
    chance = sum(row[k] * column[k] for k in kinds)
    kappa = (observed - chance) / (1 - chance)
    on = sum(pairs[k, k] / n * ((1 - chance) - (row[k] + column[k]) * (1 - observed)) ** 2 for k in kinds)
    off = (1 - observed) ** 2 * sum(
        pairs[a, b] / n * (column[a] + row[b]) ** 2 for a in kinds for b in kinds if a != b
    )  # fmt: skip
    variance = (on + off - (observed * chance - 2 * chance + observed) ** 2) / (n * (1 - chance) ** 4)
    se = math.sqrt(max(variance, 0.0))
    if n < MIN_INTERVAL or agreed == n or se < 1e-12:
        return Kappa(n, agreed, kappa, None, None)
    reach = distributions.normal_quantile(1 - (1 - level) / 2) * se
    return Kappa(n, agreed, kappa, se, (max(-1.0, kappa - reach), min(1.0, kappa + reach)))
