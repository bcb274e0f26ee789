"""Several kinds of enhanced night beside natural ones: each against another, in order of dose, and level by level.

All are the model for self-chosen nights (`contrast.rule`) with more than one label column: y on the groups, "free next
day" and the day, errors correlated phi^|days apart|. numpy is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dreamjournal.analysis import contrast, effects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.analysis.contrast import Matrix, RuleEstimate, Vector


def between(
    y: Sequence[float] | Vector,
    groups: Sequence[int],
    weekend: Sequence[float],
    days: Sequence[int],
    one: int,
    other: int,
) -> RuleEstimate | None:
    """Group `one` minus group `other`, every further group with a column of its own.

    `groups` (n,) are whole numbers, `days` (n,) strictly rising. None where the groups cannot be told apart from the
    weekend or the drift, or where there are no nights to spare.
    """
    further = [_mark(groups, g) for g in sorted(set(groups) - {one, other})]
    return _fit(y, _mark(groups, one), contrast.covariates(len(groups), *further, weekend, contrast.trend(days)), days)


def per_step(
    y: Sequence[float] | Vector, steps: Sequence[float], weekend: Sequence[float], days: Sequence[int]
) -> RuleEstimate | None:
    """The difference one step up makes, were all steps alike. `steps` (n,) is each night's place in the order, from 0.

    None as in `between`.
    """
    import numpy as np

    cov = contrast.covariates(len(steps), weekend, contrast.trend(days))
    return _fit(y, np.asarray(steps, dtype=float), cov, days)


def level_means(
    y: Sequence[float] | Vector, groups: Sequence[int], weekend: Sequence[float], days: Sequence[int]
) -> dict[int, RuleEstimate]:
    """The mean of each group at the share of weekends and the middle day of all nights, with its interval.

    Empty where the groups cannot be told apart from the weekend or the drift.
    """
    import numpy as np

    values = np.asarray(y, dtype=float)
    level = float(values.mean())
    share = np.asarray(weekend, dtype=float) - float(np.mean(np.asarray(weekend, dtype=float)))
    out: dict[int, RuleEstimate] = {}
    for group in sorted(set(groups)):
        # Without an intercept each indicator's coefficient is its group's own mean.
        others = [_mark(groups, g) for g in sorted(set(groups) - {group})]
        fit = _fit(values - level, _mark(groups, group), _independent([*others, share, contrast.trend(days)]), days)
        if fit is None:
            return {}
        low, high = fit.interval
        out[group] = contrast.RuleEstimate(
            fit.value + level, fit.se, fit.df, fit.phi, fit.n_eff, (low + level, high + level), None
        )
    return out


def share_difference(one: Sequence[float], other: Sequence[float]) -> tuple[float, tuple[float, float]]:
    """Share of yes in `one` minus in `other`, in points of percent, with Newcombe's interval."""
    value, (low, high) = effects.newcombe(_hits(one), len(one), _hits(other), len(other))
    return 100 * value, (100 * low, 100 * high)


def _hits(values: Sequence[float]) -> int:
    return sum(1 for v in values if v > 0)


def _mark(groups: Sequence[int], group: int) -> Vector:
    import numpy as np

    return (np.asarray(groups) == group).astype(float)


def _independent(columns: Sequence[Any]) -> Matrix:
    """The columns that add something, shape (n, k)."""
    import numpy as np

    kept: list[Any] = []
    for column in columns:
        if np.linalg.matrix_rank(np.column_stack([*kept, column])) == len(kept) + 1:
            kept.append(column)
    return np.column_stack(kept) if kept else np.empty((len(columns[0]), 0))


def _fit(y: Sequence[float] | Vector, label: Vector, cov: Matrix, days: Sequence[int]) -> RuleEstimate | None:
    import numpy as np

    x = np.column_stack([label, cov])
    if np.linalg.matrix_rank(x) < x.shape[1] or len(label) - x.shape[1] < 2:
        return None
    return contrast.rule(np.asarray(y, dtype=float), label, cov, days)
