"""What many ways of counting the same nights say together: joined where alike, sorted, told in one sentence.

After Steegen et al. 2016, doi 10.1177/1745691616658637; the strip after Simonsohn et al. 2020, doi 10.1038/s41562-020-0912-z.
No way is ever picked as the best, and none gets a verdict of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from statistics import fmean
from typing import TYPE_CHECKING

from dreamjournal.analysis import effects, words
from dreamjournal.analysis.answer import estimates
from dreamjournal.analysis.verdict import ESTIMATE_FROM
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.multiverse import CHOICES, MATTERS, Move, Multiverse, Named, Rule, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dreamjournal.analysis.answer import Estimated, Question
    from dreamjournal.domain.contrast import NightPoint
    from dreamjournal.metrics._metric import Metric

_told_apart = attrgetter("night_date", "arm", "value", "weekend", "block")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Counted:
    """The rules that count the very same nights and values, and the estimate they give."""

    rules: tuple[Rule, ...]
    """The one they are shown as first: the person's own where it is among them."""
    found: Estimated


def counted(
    asked: Sequence[tuple[Rule, Question]], own: Rule, told: Callable[[int, int], None] = lambda done, total: None
) -> list[Counted]:
    """The estimates of all rules, each distinct set of nights and values worked out once.

    `told` is called with estimates done and wanted, many times a second; what it raises ends the work.
    """
    alike: dict[object, list[tuple[Rule, Question]]] = {}
    for rule, question in asked:
        key = (
            question.design, question.refused, tuple(map(_told_apart, question.points)),
            # Without nights only the reason tells two rules apart, and that is the source's.
            question.source if not question.points else "",
        )  # fmt: skip
        alike.setdefault(key, []).append((rule, question))
    groups = list(alike.values())
    out: list[Counted] = []
    found = estimates([group[0][1] for group in groups], lambda _: told(len(out), len(groups)))
    for group, estimated in zip(groups, found, strict=True):
        rules = sorted((rule for rule, _ in group), key=lambda r: r != own)
        out.append(Counted(tuple(rules), estimated))
        told(len(out), len(groups))
    return out


def multiverse(
    metric: Metric, found: Sequence[Counted], own: Rule, swd: float | None, named: Sequence[Named], notes: Sequence[str]
) -> Multiverse:
    """The ways of counting by estimate, those left out, and the sentence. `swd` is the person's own question's."""
    ways = [_way(c, own) for c in found]
    shown = sorted((w for w in ways if w.value is not None), key=lambda w: w.value or 0.0)
    left_out = [w for w in ways if w.value is None]
    moves = _moves(shown)
    first = next(iter(found), None)
    value = Multiverse(
        metric.title, difference_unit(metric), metric.kind, words.digits_for(metric, swd),
        None if first is None else first.found.question.enhancer, metric.words, swd, sum(len(c.rules) for c in found),
        tuple(shown), tuple(left_out), tuple(named), tuple(moves), (), tuple(notes),
    )  # fmt: skip
    return replace(value, words=tuple(_sentence(value)))


def difference_unit(metric: Metric) -> str:
    """The unit in which a difference of the metric is told."""
    return "points" if metric.kind == "rate" else "min" if metric.kind == "clock" else metric.unit


def _way(c: Counted, own: Rule) -> Way:
    value, interval, reason = difference(c.found)
    f = c.found
    return Way(
        c.rules[0], f.question.design, f.n_enhanced, f.n_natural, value, interval, reason, own in c.rules, c.rules[1:]
    )  # fmt: skip


def difference(found: Estimated) -> tuple[float | None, tuple[float, float] | None, str]:
    """The difference and its interval, or why there are none, in words."""
    reason = ""
    if found.refused is not None and found.refused.code == "empty_arm":
        reason = f"no {'natural' if found.n_enhanced else 'enhanced'} night can be counted"
    elif found.refused is not None:
        reason = found.refused.fact
    elif min(found.n_enhanced, found.n_natural) < ESTIMATE_FROM:
        arms = (("enhanced", found.n_enhanced), ("natural", found.n_natural))
        reason = f"too few {' and '.join(arm for arm, n in arms if n < ESTIMATE_FROM)} nights"
    elif found.question.metric.kind == "count":
        reason = "counts are only told side by side"
    elif found.estimate.value is None or found.estimate.interval is None:
        reason = "too few ways to deal these blocks again for an interval"
    return (None, None, reason) if reason else (found.estimate.value, found.estimate.interval, "")


def _moves(ways: Sequence[Way]) -> list[Move]:
    values = {rule: w.value for w in ways if w.value is not None for rule in (w.rule, *w.alike)}
    out: list[Move] = []
    for choice in CHOICES:
        sets: dict[tuple[object, ...], list[float]] = {}
        for rule, value in values.items():
            sets.setdefault(tuple(rule.value(c) for c in CHOICES if c != choice), []).append(value)
        ranges = [max(v) - min(v) for v in sets.values() if len(v) > 1]
        if ranges:
            out.append(Move(choice, fmean(ranges), len(ranges)))
    return sorted(out, key=lambda m: -m.by)


def _sentence(m: Multiverse) -> list[Words]:
    n = len(m.ways)
    if n == 0:
        what = "The one way" if m.considered == 1 else f"None of the {m.considered} ways"
        return [
            Words(f"{what} of counting these nights {'does not give' if m.considered == 1 else 'gives'} a difference", strong=True),
            Words(": the reasons are listed."),
        ]  # fmt: skip
    more, less = m.more, m.less
    up, down = m.direction
    if more and less:
        zero = f", {n - more - less} no difference" if n > more + less else ""
        parts = sorted(((more, up), (less, down)), key=lambda p: -p[0])
        out = [
            Words("The answer depends on how the nights are counted", strong=True),
            Words(f": {parts[0][0]} of {n} ways say {parts[0][1]}, {parts[1][0]} {parts[1][1]}{zero}."),
        ]
    elif n == 1:
        only = m.ways[0]
        out = [Words(f"There is one way to count these nights: {told(m, only.value)}.")]
    elif not more and not less:
        out = [Words(f"All {n} ways of counting give no difference.")]
    else:
        many = "Both" if n == 2 else f"All {n}"
        if n > more + less:
            many = f"{more or less} of {n}"
        ends = sorted(abs(w.value or 0.0) for w in m.ways if w.value)
        out = [
            Words(f"{many} ways of counting agree on the direction", strong=True),
            Words(f": {span(m, ends[0], ends[-1])} {up if more else down}."),
        ]
    if n > 1:
        out += [Words(_sides(m)), Words(_matters(m))]
    return [w for w in out if w.text]


def _sides(m: Multiverse) -> str:
    above = sum(1 for w in m.ways if w.interval is not None and w.interval[0] > 0)
    below = sum(1 for w in m.ways if w.interval is not None and w.interval[1] < 0)
    count = {0: "none", len(m.ways): "all"}.get(above + below, str(above + below))
    both = f" ({above} {m.direction[0]}, {below} {m.direction[1]})" if above and below else ""
    told = f" The 95 % interval leaves out 0 in {count} of them{both}."
    if m.swd is not None:
        swd = m.swd
        small = sum(1 for w in m.ways if w.interval is not None and -swd <= w.interval[0] and w.interval[1] <= swd)
        if small:
            whole = "all" if small == len(m.ways) else str(small)
            told += f" It lies wholly within what is too small to matter ({words.amount(swd, m.unit)}) in {whole}."
    return told


def _matters(m: Multiverse) -> str:
    parts = [(move, amount(m, move.by)) for move in m.moves]
    small = amount(m, 0.0)
    told_ones = [(move, text) for move, text in parts if text != small]
    if not parts:
        return ""
    if not told_ones:
        return f" No choice moves the answer by as much as {amount(m, 10.0**-m.digits)}."
    first, *rest = told_ones
    text = f" What matters most is {MATTERS[first[0].choice]}: on average it moves the answer by {first[1]}"
    if rest:
        text += "; " + ", ".join(f"{MATTERS[move.choice]} by {by}" for move, by in rest)
    return text + "."


def amount(m: Multiverse, value: float) -> str:
    """The size of a difference with its unit."""
    return words.singular(f"{words.rounded(value, m.digits)} {m.unit}".strip())


def span(m: Multiverse, low: float, high: float) -> str:
    """Two sizes with their unit, or one where they round to the same."""
    a, b = words.rounded(low, m.digits), words.rounded(high, m.digits)
    return words.singular(f"{a} {m.unit}".strip()) if a == b else f"{a} to {b} {m.unit}".strip()


def told(m: Multiverse, value: float | None) -> str:
    """A difference in words: "21 min longer", "no difference"."""
    if value is None:
        return "not given"
    text = words.rounded(value, m.digits)
    if float(text) == 0:
        return "no difference"
    return words.singular(f"{text} {m.unit}".strip()) + f" {m.direction[0] if value > 0 else m.direction[1]}"


def told_interval(m: Multiverse, interval: tuple[float, float] | None) -> str:
    """An interval in words that needs no sentence before it: "3 to 37 longer", "9 shorter to 25 longer"."""
    if interval is None:
        return "not given"
    low, high = interval
    a, b = words.rounded(low, m.digits), words.rounded(high, m.digits)
    if low < 0 < high:
        return f"{a} {m.direction[1]} to {b} {m.direction[0]}"
    return f"{a} to {b} {m.direction[0]}" if high > 0 else f"{b} to {a} {m.direction[1]}"


def with_trend(points: Sequence[NightPoint]) -> tuple[float, tuple[float, float]]:
    """Estimate and interval of the rule for self-chosen nights: AR(1) GLS with weekend and trend, of nights in order."""
    import numpy as np

    from dreamjournal.analysis import contrast

    y = np.array([p.value for p in points])
    days = [p.night_date.toordinal() for p in points]
    cov = contrast.covariates(len(y), [float(p.weekend) for p in points], contrast.trend(days))
    found = contrast.rule(y, contrast.signed([p.arm == "enhanced" for p in points]), cov, days)
    return found.value, found.interval


def usual(own: Rule, by_rule: Mapping[Rule, Estimated], drawn: bool) -> list[Named]:
    """The usual other looks at the question: as planned and as used, washout 0, 1 and 2, the typical shift, GLS with trend."""
    wanted: list[tuple[str, Rule]] = []
    if drawn:
        wanted += [("As planned", replace(own, labels="planned")), ("As used", replace(own, labels="used"))]
    for nights in sorted({0, 1, 2, own.washout}):
        name = "No washout" if nights == 0 else f"Washout of {_NUMBERS[nights] if nights <= 10 else nights} night"
        wanted.append((name + ("s" if nights > 1 else ""), replace(own, washout=nights)))
    out: list[Named] = []
    for name, rule in wanted:
        found = by_rule.get(rule)
        if found is not None:
            value, interval, reason = difference(found)
            out.append(Named(name, found.n_enhanced, found.n_natural, value, interval, reason, rule == own, rule))
    mine = by_rule.get(own)
    if mine is not None and not difference(mine)[2] and mine.question.metric.kind != "rate":
        points = mine.question.points
        values = [[p.value for p in points if p.arm == arm] for arm in ("enhanced", "natural")]
        shift = effects.hodges_lehmann(*values)
        n = mine.n_enhanced, mine.n_natural
        note = "weekends not allowed for"
        if shift.interval is not None:
            out.append(Named("Typical shift (Hodges-Lehmann)", *n, shift.value, shift.interval, note))
        if mine.question.design == "R":
            value, interval = with_trend(points)
            out.append(Named("GLS with trend", *n, value, interval, "drift and neighbours allowed for too"))
    return out
