"""Estimators of enhanced minus natural on plain arrays: OLS, block permutation, AR(1) GLS by REML.

numpy is imported inside the functions: nothing of it is loaded before the first contrast.

The label enters every model as +1/2 (enhanced) and -1/2 (natural), which gives the same coefficient as 1 and 0 and
makes a swap of the labels flip the sign of estimate and interval exactly, to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from dreamjournal.analysis import distributions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

EXACT_LIMIT = 20_000
RELABELINGS = 4_999
SEED = 19
"""Any fixed number would do; with this one the interval of the worked example lies in the middle of what seeds give."""
GRID_HALF = 1_200
"""Grid points on each side of the estimate: 2,401 points over the estimate +- 6 SE."""
GRID_SE = 6.0
ALPHA = 0.05
_CHUNK = 256
_TABLED = 1_500
"""Ways of a few blocks together that are tabled: a table stays within the processor's cache."""
_TIE = 1e-9


@dataclass(frozen=True)
class Fit:
    """A linear model's coefficient of the label, its standard error and residual degrees of freedom."""

    value: float
    se: float
    df: int
    columns: int


@dataclass(frozen=True)
class GlsFit:
    """A generalised least squares fit with errors correlated phi^|days apart|."""

    value: float
    se: float
    phi: float
    log_likelihood: float
    """Restricted, up to a constant."""
    columns: int


@dataclass(frozen=True)
class Permutation:
    """A within-block permutation test and its inverted interval."""

    value: float
    p: float
    interval: tuple[float, float] | None
    """None when the relabelings are too few to bound it within 6 SE."""
    relabelings: int
    exact: bool
    count: int
    """Relabelings at least as far out as the one observed, that one included."""


@dataclass(frozen=True)
class RuleEstimate:
    """The estimate for self-chosen nights: GLS value, the larger SE of GLS and OLS, df from the effective n."""

    value: float
    se: float
    df: float
    phi: float
    n_eff: float
    interval: tuple[float, float]
    p: float | None
    """None when the model fits without any residual: then there is nothing to judge by."""


def collinear(enhanced: Sequence[bool], weekend: Sequence[bool]) -> bool:
    """Whether the label says nothing that "free next day" does not say: all of one kind before free days, none of the other."""
    pairs = set(zip(enhanced, weekend, strict=True))
    return len({e for e, _ in pairs}) == 2 and len(pairs) == 2 and len({w for _, w in pairs}) == 2


def covariates(n: int, *columns: Sequence[float] | Vector) -> Matrix:
    """Intercept and the given columns, shape (n, k); columns that add nothing (constant, repeated) are left out."""
    import numpy as np

    kept = np.ones((n, 1))
    for column in columns:
        extended = np.column_stack([kept, np.asarray(column, dtype=float)])
        if np.linalg.matrix_rank(extended) == extended.shape[1]:
            kept = extended
    return kept


def trend(days: Sequence[int] | Vector) -> Vector:
    """Centred day in weeks: (day - mean)/7."""
    import numpy as np

    d = np.asarray(days, dtype=float)
    return (d - d.mean()) / 7


def signed(enhanced: Sequence[bool] | Vector) -> Vector:
    """The label as +1/2 and -1/2."""
    import numpy as np

    return np.where(np.asarray(enhanced, dtype=bool), 0.5, -0.5)


def ols(y: Vector, label: Vector, cov: Matrix) -> Fit:
    """Ordinary least squares of `y` (n,) on `label` (n,) and `cov` (n, k): the label's coefficient."""
    import numpy as np

    x = np.column_stack([label, cov])
    n, columns = x.shape
    gram = x.T @ x
    inverse = np.linalg.inv(gram)
    centred = y - y.mean()
    beta = inverse @ (x.T @ centred)
    residual = centred - x @ beta
    df = n - columns
    rss = float(residual @ residual)
    se = math.sqrt(rss / df * float(inverse[0, 0])) if df > 0 else math.inf
    return Fit(float(beta[0]), se, df, columns)


def gls_ar1(y: Vector, label: Vector, cov: Matrix, days: Sequence[int] | Vector) -> GlsFit:
    """Generalised least squares with Corr = phi^|days apart|, phi by REML on -0.60 ... +0.90 in steps of 0.01.

    `days` (n,) are whole days, strictly rising; gaps are allowed. Raises ValueError when the days do not rise.
    """
    import numpy as np

    d = np.asarray(days, dtype=float)
    gaps = np.diff(d)
    if len(gaps) and gaps.min() < 1:
        raise ValueError("days must rise strictly")
    x = np.column_stack([label, cov])
    n, columns = x.shape
    data = np.column_stack([x, y - y.mean()])
    phis = np.round(np.arange(-60, 91) / 100, 2)
    # The Gram matrix of the innovations is a sum over the distinct gaps, so a grid point costs nothing in n.
    gram = np.broadcast_to(np.outer(data[0], data[0]), (len(phis), columns + 1, columns + 1)).copy()
    logdet_r = np.zeros(len(phis))
    for gap in np.unique(gaps):
        here = np.flatnonzero(gaps == gap)
        now, before = data[here + 1], data[here]
        rho = (np.sign(phis) ** gap * np.abs(phis) ** gap)[:, None, None]
        cross = now.T @ before
        gram += (now.T @ now - rho * (cross + cross.T) + rho**2 * (before.T @ before)) / (1 - rho**2)
        logdet_r += len(here) * np.log1p(-(rho[:, 0, 0] ** 2))
    xx, xy, yy = gram[:, :columns, :columns], gram[:, :columns, columns:], gram[:, columns, columns]
    rss = yy - (xy * np.linalg.solve(xx, xy)).sum(axis=(1, 2))
    if bool((rss <= 1e-12 * np.maximum(yy, 1e-300)).any()):
        return GlsFit(ols(y, label, cov).value, 0.0, 0.0, math.inf, columns)
    variance = rss / (n - columns)
    likelihood = -0.5 * ((n - columns) * np.log(variance) + logdet_r + np.linalg.slogdet(xx)[1])
    best = int(np.argmax(likelihood))
    phi = float(phis[best])
    # At the chosen phi the fit is made once more from the innovations themselves, free of cancellation.
    rho = np.sign(phi) ** gaps * abs(phi) ** gaps
    white = data.copy()
    white[1:] = (data[1:] - rho[:, None] * data[:-1]) / np.sqrt(1 - rho**2)[:, None]
    inverse = np.linalg.inv(white[:, :columns].T @ white[:, :columns])
    beta = inverse @ (white[:, :columns].T @ white[:, columns])
    residual = white[:, columns] - white[:, :columns] @ beta
    se = math.sqrt(float(residual @ residual) / (n - columns) * float(inverse[0, 0]))
    return GlsFit(float(beta[0]), se, phi, float(likelihood[best]), columns)


def effective_n(n: int, phi: float) -> float:
    """n (1 - phi)/(1 + phi) with a negative phi taken as 0."""
    positive = max(phi, 0.0)
    return n * (1 - positive) / (1 + positive)


def rule(y: Vector, label: Vector, cov: Matrix, days: Sequence[int] | Vector) -> RuleEstimate:
    """Self-chosen nights: GLS estimate, SE = max(GLS, OLS), df = max(3, n_eff - columns), t interval."""
    gls, plain = gls_ar1(y, label, cov, days), ols(y, label, cov)
    n_eff = effective_n(len(y), gls.phi)
    df = max(3.0, n_eff - gls.columns)
    if gls.se == 0:
        return RuleEstimate(gls.value, 0.0, df, gls.phi, n_eff, (gls.value, gls.value), None)
    se = max(gls.se, plain.se)
    half = distributions.t_quantile(df) * se
    p = distributions.t_two_sided(gls.value / se, df)
    return RuleEstimate(gls.value, se, df, gls.phi, n_eff, (gls.value - half, gls.value + half), p)


def relabelings(blocks: Sequence[object], enhanced: Sequence[bool]) -> int:
    """How many ways the labels present in each block can be dealt again."""
    total = 1
    for members in _members(blocks).values():
        total *= math.comb(len(members), sum(bool(enhanced[i]) for i in members))
    return total


def block_permutation(
    y: Vector | Matrix,
    enhanced: Sequence[bool],
    blocks: Sequence[object],
    cov: Matrix,
    *,
    relabelings_wanted: int = RELABELINGS,
    exact_limit: int = EXACT_LIMIT,
    seed: int = SEED,
    step: Callable[[], None] | None = None,
) -> list[Permutation]:
    """Within-block permutation test of the label's OLS coefficient, with the interval by inversion, for each column.

    `y` is (n,) or (n, m): m metrics of the same nights share the relabelings. Labels are dealt again among the present
    nights of each block (conditional on their counts). All relabelings are used up to `exact_limit`; else the observed
    one and `relabelings_wanted` random ones, so that p = (b + 1)/(m + 1) and never 0.

    The interval holds every difference d that is not rejected at 5 %: T_k(y - d e) = a_k - d c_k is linear in d, so each
    relabeling is at least as extreme as the observed one between two roots, and counting roots serves the whole grid
    (2,401 points over T +- 6 SE). `step` is called every few milliseconds; what it raises ends the work.
    """
    import numpy as np

    values = np.asarray(y, dtype=float)
    if values.ndim == 1:
        values = values[:, None]
    values = values - values.mean(axis=0)
    label = signed(enhanced)
    basis = np.linalg.qr(cov)[0]

    def project(column: Any) -> Any:
        return column - basis @ (basis.T @ column)

    # One matrix serves numerators (metrics, then the label itself) and denominators (the basis).
    right = np.column_stack([project(values), project(label), basis])
    m = values.shape[1]
    quarter = 0.25 * len(label)
    products, exact = deal(
        blocks, label, right, exact_limit=exact_limit, wanted=relabelings_wanted, seed=seed, step=step
    )
    observed = label @ right
    total = len(products)

    def denominators(rows: Any) -> Any:
        return quarter - (rows[..., m + 1 :] ** 2).sum(axis=-1)

    den = denominators(products)
    lost = den <= 1e-10 * quarter
    den = np.where(lost, 1.0, den)
    a = products[:, :m] / den[:, None]
    c = products[:, m] / den
    own_den = float(denominators(observed))
    out: list[Permutation] = []
    for j in range(m):
        t = float(observed[j]) / own_den
        fit = ols(values[:, j], label, cov)
        column = a[:, j]
        # A relabeling that "free next day" explains whole has no coefficient: it counts as extreme, which is cautious.
        # A tie is one up to rounding, measured by the SE too: with a difference of 0 rounding is all there is.
        slack = _TIE * max(abs(t), fit.se if math.isfinite(fit.se) else 0.0)
        far = (np.abs(column) >= abs(t) - slack) | lost
        count = int(far.sum())
        interval = invert(t, column, c, lost, fit.se, total)
        if step is not None:
            step()
        out.append(Permutation(t, count / total, interval, total, exact, count))
    return out


def invert(t: float, a: Any, c: Any, lost: Any, se: float, total: int) -> tuple[float, float] | None:
    """The interval of every d with more than 5 % of relabelings as extreme as the observed one; None where it is unbounded.

    Relabeling k has the coefficient a[k] - d c[k] once d is taken off, the observed labels have t - d; those that are
    `lost` count as extreme for every d.
    """
    import numpy as np

    if not se > 0 or not math.isfinite(se):
        return (t, t) if se == 0 else None
    step = GRID_SE * se / GRID_HALF
    grid = t + np.arange(-GRID_HALF, GRID_HALF + 1) * step
    always = lost | ((np.abs(1 - c) < _TIE) & (np.abs(a - t) <= _TIE * max(abs(t), se)))
    always |= (np.abs(1 + c) < _TIE) & (np.abs(a + t) <= _TIE * max(abs(t), se))
    plain = ~always & (np.abs(c) < 1 - _TIE)
    # |a - d c| >= |t - d| holds between these roots when |c| < 1.
    r1 = (t - a[plain]) / (1 - c[plain])
    r2 = (t + a[plain]) / (1 + c[plain])
    low, high = np.sort(np.minimum(r1, r2)), np.sort(np.maximum(r1, r2))
    slack = _TIE * se
    inside = np.searchsorted(low, grid + slack, side="right") - np.searchsorted(high, grid - slack, side="left")
    counts = inside + int(always.sum())
    for ak, ck in zip(a[~always & ~plain], c[~always & ~plain], strict=True):
        counts = counts + (np.abs(ak - grid * ck) >= np.abs(t - grid) - slack)
    kept = np.flatnonzero(counts / total > ALPHA)
    if not len(kept) or kept[0] == 0 or kept[-1] == len(grid) - 1:
        return None
    return float(grid[kept[0]]), float(grid[kept[-1]])


def _members(blocks: Sequence[object]) -> dict[object, list[int]]:
    members: dict[object, list[int]] = {}
    for i, block in enumerate(blocks):
        members.setdefault(block, []).append(i)
    return members


def _patterns(size: int, count: int) -> Matrix:
    """All ways to mark `count` of `size` places with -1 and the rest +1, shape (ways, size)."""
    import numpy as np

    chosen = list(combinations(range(size), count))
    table = np.ones((len(chosen), size))
    for row, places in enumerate(chosen):
        table[row, list(places)] = -1
    return table


def _shapes(blocks: Sequence[object], label: Vector) -> dict[tuple[int, int], list[list[int]]]:
    """Blocks by (size, nights labelled unlike the block's first night).

    Counting from the first night's own label makes the draws the same when the two labels change places.
    """
    shapes: dict[tuple[int, int], list[list[int]]] = {}
    for places in _members(blocks).values():
        unlike = sum(1 for i in places if label[i] != label[places[0]])
        shapes.setdefault((len(places), unlike), []).append(places)
    return shapes


def _all_labels(blocks: Sequence[object], label: Vector) -> Iterator[Matrix]:
    """Every relabeling, in chunks of rows (rows, n)."""
    import numpy as np

    tables = [
        (np.asarray(places), _patterns(size, unlike) * label[places[0]])
        for (size, unlike), group in _shapes(blocks, label).items()
        for places in group
    ]
    total = math.prod(len(t) for _, t in tables)
    for start in range(0, total, _CHUNK * 16):
        index = np.arange(start, min(start + _CHUNK * 16, total))
        rows = np.empty((len(index), len(label)))
        for places, table in tables:
            index, digit = np.divmod(index, len(table))
            rows[:, places] = table[digit]
        yield rows


def deal(
    blocks: Sequence[object],
    label: Vector,
    right: Matrix,
    *,
    exact_limit: int = EXACT_LIMIT,
    wanted: int = RELABELINGS,
    seed: int = SEED,
    step: Callable[[], None] | None = None,
) -> tuple[Matrix, bool]:
    """The products of every relabeling with the columns of `right` (n, k), shape (relabelings, k), and whether they are all.

    Where there are more ways than `exact_limit` the first row is the labels observed and `wanted` random ones follow.
    """
    import numpy as np

    if relabelings(blocks, [bool(v > 0) for v in label]) <= exact_limit:
        pieces: list[Matrix] = []
        for rows in _all_labels(blocks, label):
            pieces.append(rows @ right)
            if step is not None:
                step()
        return np.vstack(pieces), True
    return np.vstack([(label @ right)[None, :], _random_products(blocks, label, right, wanted, seed, step)]), False


def _random_products(
    blocks: Sequence[object], label: Vector, right: Matrix, wanted: int, seed: int, step: Callable[[], None] | None
) -> Matrix:
    """`wanted` random relabelings times `right`, (wanted, k).

    A block of four has six ways. The sums of all ways of a few blocks together are tabled once, so that a relabeling costs
    one look-up for those blocks instead of a product for each night (after Arlazarov et al. 1970, "four Russians").
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    groups: list[tuple[Any, Any, Any, Any]] = []
    for (size, unlike), group in _shapes(blocks, label).items():
        places = np.asarray(group)
        ways = math.comb(size, unlike)
        table = _patterns(size, unlike) if ways <= 5_000 else None
        picks = None if table is None else np.empty((wanted, len(places)), dtype=np.uint16)
        groups.append((places, table, label[places], picks))
    out = np.zeros((wanted, right.shape[1]))
    for start in range(0, wanted, _CHUNK):
        rows = min(_CHUNK, wanted - start)
        for places, table, own, picks in groups:
            if table is not None:
                picks[start : start + rows] = rng.integers(0, len(table), size=(rows, len(places)), dtype=np.uint16)
            else:
                dealt = rng.permuted(np.broadcast_to(own, (rows, *own.shape)).copy(), axis=2)
                out[start : start + rows] += dealt.reshape(rows, -1) @ right[places.ravel()]
        if step is not None:
            step()
    found = np.empty_like(out)
    for places, table, own, picks in groups:
        if table is None or len(table) == 1:
            if table is not None:
                out += label[places.ravel()] @ right[places.ravel()]
            continue
        # (blocks, ways, k): what each way of a block adds.
        adds = np.matmul(table, right[places] * own[:, :1, None])
        together = max(1, int(math.log(_TABLED) / math.log(len(table)) + 1e-9))
        for first in range(0, len(places), together):
            here = adds[first : first + together]
            sums, code = here[0], picks[:, first].astype(np.intp)
            for offset in range(1, len(here)):
                sums = (sums[:, None, :] + here[offset]).reshape(-1, right.shape[1])
                code = code * len(table) + picks[:, first + offset]
            np.take(sums, code, axis=0, out=found, mode="clip")
            out += found
            if step is not None:
                step()
    return out
