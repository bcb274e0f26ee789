"""Whether a difference changes with time: its slope over nights with the enhancer, over days, and stretch by stretch.

The model is y = cov + e (d + g x): x is the count of nights with the enhancer so far (or the day), centred, e the label. g is
how the difference changes.

Drawn nights: labels are dealt again within blocks, as for the difference itself. x is taken at the middle of a block, so that
it stays what it was whichever way the block's labels fall: with it the coefficient of e x in y ~ e + e x + weekend + day is
linear in what is taken off, and its interval follows by the same inversion. The difference d is not known but estimated and
taken off first (Ding, Feller & Miratrix 2016, doi 10.1111/rssb.12124: labels dealt again under a constant difference put in
place of the unknown one).

Other nights: the rule for self-chosen nights, AR(1) GLS by REML with enhanced, weekend and day beside e x; the larger SE of
GLS and OLS; t with the degrees of freedom of the effective number of nights.

numpy is imported inside the functions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from dreamjournal.analysis import contrast, words
from dreamjournal.analysis.verdict import MIN_N_EFF, MIN_SWITCHES
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.over_time import Running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from dreamjournal.domain.contrast import Arm, ContrastResult, NightPoint
    from dreamjournal.domain.over_time import OverTime

EVERY_EXPOSURES = ((200, 10), (2000, 100))
"""Up to how many nights of use the change is told for every so many; for every 1,000 beyond."""
EVERY_DAYS = ((730, 28),)
"""Up to how many days it is told for every so many; for every 365 beyond."""
WINDOW_DAYS = 28
FEWEST_IN_STRETCH = 12
"""Nights of each kind a stretch is made to hold, where there are that many."""
MOST_STRETCHES = 8
RUNNING_FROM = 5
"""Nights of one kind from which a running mean is drawn."""


@dataclass(frozen=True)
class Slope:
    """The coefficient of e x with its interval; None where x does not vary or cannot be told from the rest."""

    value: float
    interval: tuple[float, float] | None
    n_eff: float | None
    """For nights that were not drawn: how many they count as."""


def drawn_slope(
    points: Sequence[NightPoint], x: Sequence[float], *, step: Callable[[], None] | None = None
) -> Slope | None:
    """The slope for nights drawn in blocks. `x` has one number a night, the same for all nights of a block.

    `step` is called every few milliseconds; what it raises ends the work.
    """
    import numpy as np

    y = np.array([p.value for p in points])
    label = contrast.signed([p.arm == "enhanced" for p in points])
    at = np.asarray(x, dtype=float)
    at = at - at.mean()
    cov = _covariates(points)
    cross = label * at
    both = np.column_stack([label, cov])
    if np.linalg.matrix_rank(np.column_stack([cross, both])) <= both.shape[1]:
        return None
    fit = contrast.ols(y, cross, both)
    # The constant difference, estimated beside the slope, is taken off: what is left is dealt again.
    y = y - contrast.ols(y, label, np.column_stack([cross, cov])).value * label
    basis = np.linalg.qr(cov)[0]
    columns = basis.shape[1]
    rest = np.column_stack([y - y.mean(), cross])
    rest = rest - basis @ (basis.T @ rest)
    right = np.column_stack([basis, at[:, None] * basis, rest, at[:, None] * rest])
    products, _ = contrast.deal([p.block for p in points], label, right, step=step)
    on_label, on_cross = products[:, :columns], products[:, columns : 2 * columns]
    by_label, by_cross = products[:, 2 * columns : 2 * columns + 2], products[:, 2 * columns + 2 :]
    ee = 0.25 * len(label) - (on_label**2).sum(axis=1)
    ff = 0.25 * float(at @ at) - (on_cross**2).sum(axis=1)
    ef = -(on_label * on_cross).sum(axis=1)
    determinant = ee * ff - ef**2
    lost = determinant <= 1e-10 * np.maximum(ee, 1e-300) * np.maximum(ff, 1e-300)
    determinant = np.where(lost, 1.0, determinant)
    found = (ee[:, None] * by_cross - ef[:, None] * by_label) / determinant[:, None]
    interval = contrast.invert(fit.value, found[:, 0], found[:, 1], lost, fit.se, len(products))
    return Slope(fit.value, interval, None)


def chosen_slope(points: Sequence[NightPoint], x: Sequence[float]) -> Slope | None:
    """The slope for nights that were not drawn. `x` has one number a night; only those of enhanced nights bear on it."""
    import numpy as np

    y = np.array([p.value for p in points])
    enhanced = np.array([p.arm == "enhanced" for p in points])
    at = np.asarray(x, dtype=float)
    cross = np.where(enhanced, at - at[enhanced].mean(), 0.0)
    both = np.column_stack([contrast.signed(enhanced), _covariates(points)])
    full = np.column_stack([cross, both])
    if np.linalg.matrix_rank(full) <= both.shape[1] or len(y) <= full.shape[1] + 1:
        return None
    found = contrast.rule(y, cross, both, [p.night_date.toordinal() for p in points])
    return Slope(found.value, found.interval, found.n_eff)


def _covariates(points: Sequence[NightPoint]):  # noqa: ANN202 - an array (n, k)
    days = [p.night_date.toordinal() for p in points]
    return contrast.covariates(len(points), [float(p.weekend) for p in points], contrast.trend(days))


def block_middles(
    points: Sequence[NightPoint], plan: Mapping[date, tuple[Arm, str]]
) -> tuple[list[float], list[float]]:
    """For each night, at the middle of its block: nights drawn as enhanced so far, and the day as an ordinal."""
    order = list(dict.fromkeys(block for _, block in (plan[d] for d in sorted(plan))))
    own = Counter(block for arm, block in plan.values() if arm == "enhanced")
    before = dict(zip(order, accumulate((own[b] for b in order), initial=0), strict=False))
    days: dict[str, list[int]] = {}
    for day, (_, block) in plan.items():
        days.setdefault(block, []).append(day.toordinal())
    middle = {block: sum(d) / len(d) for block, d in days.items()}
    blocks = [p.block or "" for p in points]
    return [before[b] + (own[b] + 1) / 2 for b in blocks], [middle[b] for b in blocks]


def every_exposures(span: float) -> int:
    """For how many nights of use a change is told that was looked for over `span` of them."""
    return next((every for most, every in EVERY_EXPOSURES if span <= most), 1000)


def every_days(span: float) -> int:
    """For how many days a change is told that was looked for over `span` days."""
    return next((every for most, every in EVERY_DAYS if span <= most), 365)


def counts_so_far(days: Sequence[date], used: Sequence[date]) -> list[int]:
    """For each day how many of `used` lie on it or before it."""
    from bisect import bisect_right

    ordered = sorted(used)
    return [bisect_right(ordered, d) for d in days]


def stretches(points: Sequence[NightPoint], *, whole_blocks: bool) -> list[tuple[NightPoint, ...]]:
    """The nights, in order, cut into stretches with about as many enhanced nights each; drawn blocks are never cut."""
    enhanced = sum(1 for p in points if p.arm == "enhanced")
    number = max(1, min(MOST_STRETCHES, min(enhanced, len(points) - enhanced) // FEWEST_IN_STRETCH))
    groups: list[list[NightPoint]] = []
    for point in points:
        if whole_blocks and groups and groups[-1][-1].block == point.block:
            groups[-1].append(point)
        elif whole_blocks or not groups or point.arm == "enhanced":
            groups.append([point])
        else:
            groups[-1].append(point)
    out: list[list[NightPoint]] = [[]]
    seen = 0
    for group in groups:
        here = sum(1 for p in group if p.arm == "enhanced")
        # A group begins a stretch when the middle of its enhanced nights lies past the border.
        if len(out) < number and out[-1] and seen + here / 2 > enhanced * len(out) / number:
            out.append([])
        out[-1] += group
        seen += here
    return [tuple(s) for s in out if s]


def running(points: Sequence[NightPoint]) -> tuple[tuple[Running, ...], int]:
    """Running means of both kinds of night, and the window in days: 28, more where the nights span years."""
    import numpy as np

    if not points:
        return (), WINDOW_DAYS
    first, last = points[0].night_date.toordinal(), points[-1].night_date.toordinal()
    window = max(WINDOW_DAYS, round((last - first) / 20))
    every = max(1, round(window / 8))
    lines: list[Running] = []
    for arm in ("natural", "enhanced"):
        nights = [p for p in points if p.arm == arm]
        days = np.array([p.night_date.toordinal() for p in nights])
        sums = np.concatenate([[0.0], np.cumsum([p.value for p in nights])])
        line: list[tuple[float, float] | None] = []
        for middle in range(first, last + 1, every):
            low = int(np.searchsorted(days, middle - window / 2, side="left"))
            high = int(np.searchsorted(days, middle + window / 2, side="right"))
            if high - low >= RUNNING_FROM:
                line.append((float(middle), float((sums[high] - sums[low]) / (high - low))))
            elif line and line[-1] is not None:
                line.append(None)
        lines.append(Running(arm, tuple(line)))
    return tuple(lines), window


# ---- in words


def sentence(found: OverTime, result: ContrastResult, n_eff: float | None, span: float) -> list[Words]:
    """What can be said of the change. `span` is how many nights with the enhancer lie between the first and last that count."""
    if result.verdict == "refused":
        return list(result.words)
    if result.verdict == "too_few":
        counts = f"{found.n_enhanced} enhanced and {found.n_natural} natural nights so far. "
        return [Words(counts), Words("Too few to look for a change", strong=True), Words(": it needs 7 of each.")]
    n = f"{found.n_enhanced} enhanced and {found.n_natural} natural nights"
    if found.change is None:
        return [Words(f"{n}. "), Words("A change cannot be told", strong=True), Words(f": {_why_none(found, result)}.")]
    told, verdict = _told(found, result, n_eff, span)
    return [Words(f"Over {n} {told}: "), Words(verdict + ".", strong=True), *_after(found, result, verdict)]


def _why_none(found: OverTime, result: ContrastResult) -> str:
    if result.kind == "count":
        return "counts are only told side by side"
    if result.kind == "rate" and found.design != "R":
        return "a yes or no on nights that were not drawn is only described"
    if found.design == "R":
        return "there are too few ways to deal these blocks again"
    return "how long the enhancer was used and the calendar say the same on these nights"


def _told(found: OverTime, result: ContrastResult, n_eff: float | None, span: float) -> tuple[str, str]:
    change, e = found.change, result.estimate
    assert change is not None
    sided = e.value is not None and e.interval is not None and (e.interval[0] > 0 or e.interval[1] < 0)
    what = f"for every {change.every} with {found.enhancer or 'the enhancer'}"
    low, high = change.interval
    if sided:
        # Told as the size of the difference: a difference below 0 that comes nearer to 0 has shrunk.
        sign = 1.0 if (e.value or 0.0) > 0 else -1.0
        value, (low, high) = sign * change.value, sorted((sign * low, sign * high))
        verb, pair = ("grew" if value > 0 else "shrank"), ("more", "less")
        told = f"the difference {verb} by {size(found, value)} {what}"
        if not _tells(found, value):
            told = f"the difference changed by less than {size(found, 10.0 ** -(found.digits + 1))} {what}"
        question = "whether it is wearing off" if value < 0 else "whether it is growing"
        firm = "it seems to be getting smaller" if value < 0 else "it seems to be getting larger"
    else:
        value, pair = change.value, found.direction
        told = f"the difference moved by {size(found, value)} towards {pair[0] if value > 0 else pair[1]} {what}"
        if not _tells(found, value):
            told = f"the difference moved by less than {size(found, 10.0 ** -(found.digits + 1))} {what}"
        question, firm = "whether it changes", "it seems to change with time"
    told += f" (95 % interval {_interval(found, value, low, high, pair)})"
    return told, _verdict(
        found, result, n_eff, max(abs(low), abs(high)) * span / change.every, (low, high), (question, firm)
    )


def _verdict(
    found: OverTime, result: ContrastResult, n_eff: float | None, furthest: float, interval: tuple[float, float],
    said: tuple[str, str],
) -> str:  # fmt: skip
    question, firm = said
    if result.verdict == "early":
        return f"early, not enough to tell {question}"
    few = (n_eff is not None and n_eff < MIN_N_EFF) or (found.design != "P" and result.switches < MIN_SWITCHES)
    if not few and found.swd is not None and furthest <= found.swd:
        return f"no change that matters, at most {size(found, furthest)} over all of them"
    if few or interval[0] <= 0 <= interval[1]:
        return f"not enough to tell {question}"
    return firm if found.design != "P" else "changed over time; cannot separate the enhancer from everything else"


def _after(found: OverTime, result: ContrastResult, verdict: str) -> list[Words]:
    if result.verdict == "early" and found.design == "R":
        return []
    if found.design == "R":
        return [Words(" Weekends and drift are allowed for.")]
    if found.design == "P":
        return [
            Words(
                " Before and after lie apart in time, so nothing here can tell the enhancer from everything else that changed."
            )
        ]
    if "seems" not in verdict:
        return [Words(" Nights were not randomised.")]
    return [Words(" Nights were not randomised; other things that changed with time may explain it.")]


def size(found: OverTime, value: float) -> str:
    """The size of a change with its unit, one decimal more where it is small."""
    text = words.rounded(value, _digits(found, value))
    return words.singular(f"{text} {found.difference_unit}".strip())


def _tells(found: OverTime, value: float) -> bool:
    return float(words.rounded(value, _digits(found, value))) != 0


def _digits(found: OverTime, value: float) -> int:
    return found.digits + 1 if abs(value) < 10 * 10.0**-found.digits else found.digits


def _interval(found: OverTime, value: float, low: float, high: float, pair: tuple[str, str]) -> str:
    digits = _digits(found, value)
    a, b = words.rounded(low, digits), words.rounded(high, digits)
    if low < 0 < high:
        return f"{a} {pair[1]} to {b} {pair[0]}"
    return f"{a} to {b}" if high > 0 else f"{b} to {a}"


def told_difference(found: OverTime, value: float) -> str:
    """A difference in words: "21 min longer"."""
    text = words.rounded(value, found.digits)
    if float(text) == 0:
        return "no difference"
    return words.singular(f"{text} {found.difference_unit}".strip()) + f" {found.direction[0 if value > 0 else 1]}"


def told_interval(found: OverTime, interval: tuple[float, float]) -> str:
    """An interval in words that needs no sentence before it."""
    low, high = interval
    a, b = words.rounded(low, found.digits), words.rounded(high, found.digits)
    more, less = found.direction
    if low < 0 < high:
        return f"{a} {less} to {b} {more}"
    return f"{a} to {b} {more}" if high > 0 else f"{b} to {a} {less}"


def calendar_note(found: OverTime) -> str:
    """The same change by the calendar; empty where it is not known."""
    change = found.by_date
    if change is None:
        return ""
    low, high = change.interval
    pair = found.direction
    text = _interval(found, change.value, low, high, pair)
    told = f"{size(found, change.value)} towards {pair[0] if change.value > 0 else pair[1]}"
    if not _tells(found, change.value):
        told = f"less than {size(found, 10.0 ** -(found.digits + 1))}"
    return f"By the calendar, the difference moved by {told} for every {change.every} days (95 % interval {text})."
