"""From the nights of a question to its answer: estimate, gates, verdict and sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from operator import attrgetter
from statistics import fmean, median
from typing import TYPE_CHECKING

from dreamjournal.analysis import contrast, effects, words
from dreamjournal.analysis import design as designs
from dreamjournal.analysis import verdict as verdicts
from dreamjournal.domain.contrast import ContrastResult, Estimate, Fix, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from dreamjournal.domain.contrast import Design, Excluded, NightPoint, Stamp
    from dreamjournal.metrics._metric import Metric

_dealt = attrgetter("night_date", "arm", "weekend", "block")
NOTHING = Estimate(None, None, None, None, None, None, None, "")


@dataclass(frozen=True)
class Refusal:
    """Why nights cannot be compared: a code, a fact with counts, and the reason."""

    code: str
    fact: str
    why: str
    fixes: tuple[Fix, ...] = ()
    """What would fix it, where the question brings no fixes of its own."""


@dataclass(frozen=True)
class Question:
    """Everything an answer rests on. `points` in any order, at most one a night."""

    metric: Metric
    source: str
    enhancer: str | None
    design: Design
    points: tuple[NightPoint, ...]
    excluded: tuple[Excluded, ...] = ()
    missing: tuple[Excluded, ...] = ()
    planned: int = 0
    swd: float | None = None
    swd_chosen: bool = False
    refused: Refusal | None = None
    fixes: tuple[Fix, ...] = ()
    warnings: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    washout: int = 0
    next_look: int | None = None
    """Set while a running study is between two looks."""
    followed: float | None = None
    """Share of drawn nights that were followed, where nights were drawn."""
    stamp: Stamp | None = None
    blinded: bool = False
    """A seal kept what each night was from the person until the end."""
    sealed_until: date | None = None
    """The last night of a study that is still sealed, where its nights are asked about."""
    lacking: str = ""
    """What is lacking where nights are too few, as a sentence."""


@dataclass(frozen=True)
class Estimated:
    """A question with its nights in order, why it is refused, and its estimate."""

    question: Question
    n_enhanced: int
    n_natural: int
    refused: Refusal | None
    estimate: Estimate

    @property
    def can_be_told(self) -> bool:
        """Whether there are nights enough for a difference and nothing forbids it."""
        enough = min(self.n_enhanced, self.n_natural) >= verdicts.ESTIMATE_FROM
        return enough and self.refused is None and self.question.sealed_until is None


def answer(question: Question) -> ContrastResult:
    """The answer to a question; every path gives a result, a refusal being one."""
    return answers((question,))[0]


def answers(questions: Sequence[Question], told: Callable[[int], None] = lambda _: None) -> list[ContrastResult]:
    """The answers to several questions, in order. Questions drawn over the very same nights share their relabelings.

    `told` is called with the number of answers done; it may raise to stop.
    """
    out: list[ContrastResult] = []
    for found in estimates(questions, told):
        until = found.question.sealed_until
        out.append(_answer(found) if until is None else _sealed(found.question, until))
        told(len(out))
    return out


def estimates(questions: Sequence[Question], told: Callable[[int], None] = lambda _: None) -> Iterator[Estimated]:
    """The estimates of several questions, in order, without verdict and sentence. `told` as for `answers`."""
    ready: list[Estimated] = []
    for question in questions:
        told(0)
        q = _in_order(question)
        n = _counts(q)
        ready.append(Estimated(q, *n, q.refused or _refusal(q, *n), NOTHING))
    permuted = _permuted(ready, told)
    for found, test in zip(ready, permuted, strict=True):
        yield replace(found, estimate=_estimate(found.question, test)) if found.can_be_told else found


def _counts(q: Question) -> tuple[int, int]:
    arms = Counter(map(attrgetter("arm"), q.points))
    return arms["enhanced"], arms["natural"]


def _in_order(question: Question) -> Question:
    points = sorted(question.points, key=lambda p: p.night_date)
    if question.metric.kind == "clock" and points:
        values = effects.unwrapped([p.value for p in points])
        points = [replace(p, value=v) for p, v in zip(points, values, strict=True)]
    return replace(question, points=tuple(points))


def _permuted(ready: Sequence[Estimated], told: Callable[[int], None]) -> list[contrast.Permutation | None]:
    """The permutation test of each question that takes one: those of the same nights in one go."""
    import numpy as np

    families: dict[object, list[int]] = {}
    questions = [found.question for found in ready]
    for i, (found, q) in enumerate(zip(ready, questions, strict=True)):
        if q.design == "R" and found.can_be_told:
            plain = q.metric.kind in ("rate", "count")
            families.setdefault((plain, tuple(map(_dealt, q.points))), []).append(i)
    out: list[contrast.Permutation | None] = [None] * len(questions)
    for members in families.values():
        told(0)
        first = questions[members[0]]
        y = np.array([[p.value for p in questions[i].points] for i in members]).T
        weekend = [] if first.metric.kind in ("rate", "count") else [[float(p.weekend) for p in first.points]]
        tests = contrast.block_permutation(
            y, [p.arm == "enhanced" for p in first.points], [p.block for p in first.points],
            contrast.covariates(len(first.points), *weekend), step=lambda: told(0),
        )  # fmt: skip
        for i, test in zip(members, tests, strict=True):
            out[i] = test
    return out


def _sealed(q: Question, until: date) -> ContrastResult:
    """Still collecting behind a seal: what a night was may not be told, so no night is counted by kind and nothing estimated."""
    empty = _answer(Estimated(replace(q, points=(), refused=None, sealed_until=None), 0, 0, None, NOTHING))
    day = f"{until.day} {until:%B %Y}"
    return replace(
        empty, design="R", verdict="early", headline="Sealed until the study ends.", reasons=("sealed", "collecting"), warnings=(),
        words=(
            Words("This study is sealed: what its nights were and what devices measured stay closed. "),
            Words(f"Still collecting: it opens after the night of {day}.", strong=True),
        ),
        fixes=(Fix("Go on until the last night", f"The seal opens after the night of {day}; opening it earlier is recorded."),),
    )  # fmt: skip


def _answer(found: Estimated) -> ContrastResult:
    q, refused, estimate = found.question, found.refused, found.estimate
    enhanced = [p.value for p in q.points if p.arm == "enhanced"]
    natural = [p.value for p in q.points if p.arm == "natural"]
    least = min(len(enhanced), len(natural))
    changes = designs.switches([p.arm for p in q.points])
    block_names = {p.block for p in q.points if p.block is not None}
    descriptive = q.metric.kind == "count" or (q.metric.kind == "rate" and q.design != "R")
    ratio = effects.RateRatio(None, None, None)
    shift: effects.Shift | None = None
    delta: float | None = None
    if refused is None and least >= verdicts.ESTIMATE_FROM:
        if q.metric.kind == "count":
            ratio = _ratio(enhanced, natural)
        shift, delta = effects.hodges_lehmann(enhanced, natural), effects.cliffs_delta(enhanced, natural)
    judged = verdicts.judge(
        q.design, len(enhanced), len(natural), interval=estimate.interval, swd=q.swd, n_eff=estimate.n_eff, switches=changes,
        refused=None if refused is None else refused.code, descriptive=descriptive, collecting=q.next_look is not None,
    )  # fmt: skip
    warnings, codes = list(q.warnings), [*judged.reasons, *q.reasons]
    if refused is None and least >= verdicts.ESTIMATE_FROM:
        _balance(q, warnings, codes)
        if q.metric.kind == "ordinal":
            warnings.append(
                "Ratings are steps, not amounts: their difference is an approximation; the typical shift stands beside it."
            )
    if q.followed is not None and q.design != "R":
        warnings.append(f"Drawn at random but followed on {100 * q.followed:.0f} % of nights; treated as self-chosen.")
    said = _words(q, refused, judged, estimate, ratio, len(enhanced), len(natural), changes)
    if q.blinded:
        said = [replace(w, text=w.text.replace(words.KNEW, words.BLINDED)) for w in said]
    line = None
    if q.swd is not None and estimate.value is not None and estimate.se and not descriptive:
        post = effects.posterior(estimate.value, estimate.se, q.swd)
        line = (post.beyond_more, post.within, post.beyond_less)
    fixes = q.fixes or (refused.fixes if refused is not None else _more_nights(judged, len(enhanced), len(natural)))
    return ContrastResult(
        metric=q.metric.key, title=q.metric.title, unit=q.metric.unit, kind=q.metric.kind, source=q.source,
        enhancer=q.enhancer, design=q.design, points=q.points, excluded=q.excluded, missing=q.missing, planned=q.planned,
        n_enhanced=len(enhanced), n_natural=len(natural), estimate=estimate,
        hodges_lehmann=None if shift is None else shift.value,
        hodges_lehmann_interval=None if shift is None else shift.interval, cliffs_delta=delta,
        swd=q.swd, swd_chosen=q.swd_chosen, verdict=judged.verdict,
        headline=words.headline(judged.verdict, q.design, q.metric, estimate.value), words=tuple(said),
        reasons=tuple(codes), warnings=tuple(warnings), fixes=fixes, next_look=q.next_look, switches=changes,
        blocks=len(block_names),
        means=(fmean(enhanced), fmean(natural)) if refused is None and least >= verdicts.ESTIMATE_FROM else None,
        medians=(median(enhanced), median(natural)) if refused is None and least >= verdicts.MEDIANS_FROM else None,
        posterior=line, washout=q.washout, stamp=q.stamp, blinded=q.blinded, explain=q.metric.explain,
        posterior_words="" if line is None or q.swd is None else words.posterior_sentence(
            line, q.metric, q.design, q.swd, len(enhanced), len(natural)
        ),
    )  # fmt: skip


def _refusal(q: Question, n_enhanced: int, n_natural: int) -> Refusal | None:
    if q.design == "R" and any(p.block is None for p in q.points):
        return Refusal(
            "no_blocks", "The nights are said to be drawn at random, but their blocks are not known",
            "Without the blocks there is nothing to deal again",
            (Fix("Give the block of each night", "Then the nights can be dealt again within their blocks."),),
        )  # fmt: skip
    if min(n_enhanced, n_natural) == 0 and max(n_enhanced, n_natural) >= verdicts.REFUSE_EMPTY_FROM:
        there, lacking = ("enhanced", "natural") if n_enhanced else ("natural", "enhanced")
        return Refusal(
            "empty_arm", f"{words.nights(max(n_enhanced, n_natural), there)} can be counted and no {lacking} one",
            "A difference needs nights of both kinds", _lacking(lacking),
        )  # fmt: skip
    if min(n_enhanced, n_natural) >= verdicts.ESTIMATE_FROM and contrast.collinear(
        [p.arm == "enhanced" for p in q.points], [p.weekend for p in q.points]
    ):
        free = "enhanced" if any(p.weekend and p.arm == "enhanced" for p in q.points) else "natural"
        work = "natural" if free == "enhanced" else "enhanced"
        return Refusal(
            "weekend_collinear", f"All {free} nights were before a free day and all {work} ones before work",
            "A difference between the nights could be a difference between weekend and week",
            (Fix(
                f"Plan some {free} nights before work and some {work} ones before a free day",
                "From 3 of each the weekend can be allowed for.", "plan",
            ),),
        )  # fmt: skip
    if min(n_enhanced, n_natural) >= verdicts.ESTIMATE_FROM and q.metric.kind in ("mean", "ordinal", "clock"):
        values = {p.value for p in q.points}
        if len(values) == 1:
            return Refusal(
                "all_equal", f"All {len(q.points)} nights have the same {q.metric.title.lower()}",
                "Values that never change say nothing about how far nights differ by chance",
                (Fix("Choose another measure or source", "One that changes from night to night can be compared.", "measure"),),
            )  # fmt: skip
        if _without_chance(q):
            return Refusal(
                "no_spread", f"Each of the {len(q.points)} values follows from the kind of night, the weekend and the date alone",
                "Where nothing is left to chance, nothing says how far nights differ by it",
                (Fix("Choose another measure or source", "One that differs between nights of one kind can be compared.", "measure"),),
            )  # fmt: skip
    return None


def _without_chance(q: Question) -> bool:
    """Whether kind, weekend and, where nights were not drawn, drift give every value: then there is no error to judge by."""
    import numpy as np

    y = np.array([p.value for p in q.points])
    columns = [[float(p.weekend) for p in q.points]]
    if q.design != "R":
        columns.append(list(contrast.trend([p.night_date.toordinal() for p in q.points])))
    x = np.column_stack(
        [contrast.signed([p.arm == "enhanced" for p in q.points]), contrast.covariates(len(y), *columns)]
    )
    centred = y - y.mean()
    basis = np.linalg.qr(x)[0]
    rest = centred - basis @ (basis.T @ centred)
    return float(rest @ rest) <= 1e-18 * float(centred @ centred)


def _lacking(arm: str) -> tuple[Fix, ...]:
    return (
        Fix(f"{words.nights(verdicts.VERDICT_FROM, arm)} in between", "Then a verdict is possible; an early estimate from 7.", "plan"),
    )  # fmt: skip


def _more_nights(judged: verdicts.Judged, n_enhanced: int, n_natural: int) -> tuple[Fix, ...]:
    """How many nights more would give an estimate, and how many a verdict."""
    if judged.reasons != ("few_nights",):
        return ()
    out: list[Fix] = []
    for wanted, gives in (
        (verdicts.ESTIMATE_FROM, "Then an early estimate with its interval can be shown."),
        (verdicts.VERDICT_FROM, "Then a verdict is possible."),
    ):
        short = [
            f"{wanted - n} more {arm}" for n, arm in ((n_natural, "natural"), (n_enhanced, "enhanced")) if n < wanted
        ]
        if short:
            one = len(short) == 1 and short[0].startswith("1 ")
            out.append(Fix(f"{' and '.join(short)} {'night' if one else 'nights'}", gives, "plan"))
    return tuple(out)


def _estimate(q: Question, test: contrast.Permutation | None) -> Estimate:
    import numpy as np

    y = np.array([p.value for p in q.points])
    enhanced = [p.arm == "enhanced" for p in q.points]
    days = [p.night_date.toordinal() for p in q.points]
    weekend = [float(p.weekend) for p in q.points]
    label, cov = contrast.signed(enhanced), contrast.covariates(len(y), weekend)
    if q.metric.kind == "count":
        ratio = _ratio(list(y[np.array(enhanced)]), list(y[~np.array(enhanced)]))
        method = "rate ratio, exact conditional interval"
        if test is not None:
            return Estimate(
                ratio.value, None, None, None, None, ratio.interval, test.p, f"{method}; p: {_permutation_method(test)}"
            )
        return Estimate(ratio.value, None, None, None, None, ratio.interval, ratio.p, method)
    if q.metric.kind == "rate":
        return _share(y, enhanced, test)
    if test is not None:
        fit, gls = contrast.ols(y, label, cov), contrast.gls_ar1(y, label, cov, days)
        return Estimate(
            fit.value, fit.se, None, gls.phi, contrast.effective_n(len(y), gls.phi), test.interval, test.p,
            _permutation_method(test) + ", weekends allowed for, interval by inversion",
        )  # fmt: skip
    found = contrast.rule(y, label, contrast.covariates(len(y), weekend, contrast.trend(days)), days)
    return Estimate(
        found.value, found.se, found.df, found.phi, found.n_eff, found.interval, found.p,
        "AR(1) generalised least squares by REML with weekend and trend, the larger SE of GLS and OLS, t interval"
        + (", an approximation for ratings" if q.metric.kind == "ordinal" else ""),
    )  # fmt: skip


def _permutation_method(test: contrast.Permutation) -> str:
    if test.exact:
        return f"labels of the present nights dealt again within blocks, all {test.relabelings:,} ways"
    return (
        "labels of the present nights dealt again within blocks, the one observed and "
        f"{test.relabelings - 1:,} random ones (seed {contrast.SEED})"
    )


def _share(y: effects.Vector, enhanced: list[bool], test: contrast.Permutation | None) -> Estimate:
    hits = [int(sum(v for v, e in zip(y, enhanced, strict=True) if e is arm)) for arm in (True, False)]
    n = [enhanced.count(True), enhanced.count(False)]
    value, (low, high) = effects.newcombe(hits[0], n[0], hits[1], n[1])
    p, method = None, "difference of shares, Newcombe interval"
    if test is not None:
        p, method = test.p, f"{method}; p: {_permutation_method(test)}"
    return Estimate(100 * value, None, None, None, None, (100 * low, 100 * high), p, method)


def _ratio(enhanced: list[float], natural: list[float]) -> effects.RateRatio:
    return effects.rate_ratio(round(sum(enhanced)), len(enhanced), round(sum(natural)), len(natural))


def _balance(q: Question, warnings: list[str], codes: list[str]) -> None:
    for arm in ("enhanced", "natural"):
        free = sum(1 for p in q.points if p.arm == arm and p.weekend)
        work = sum(1 for p in q.points if p.arm == arm and not p.weekend)
        if free < 1 or work < 3:
            warnings.append(
                f"Only {free} of the {arm} nights came before a free day and {work} before work: at least 1 and 3 are wanted."
            )
            codes.append(f"few_free_or_work_nights_{arm}")


def _words(
    q: Question, refused: Refusal | None, judged: verdicts.Judged, estimate: Estimate, ratio: effects.RateRatio,
    n_enhanced: int, n_natural: int, changes: int,
) -> list[Words]:  # fmt: skip
    if refused is not None:
        fixes = q.fixes or refused.fixes
        return words.refusal(refused.fact, refused.why, fixes[0].act if fixes else "")
    if q.enhancer is None and q.source != "csv":
        return [Words("No enhancer is in the journal yet. "), Words("Too few nights to summarise.", strong=True)]
    cover = words.coverage(len(q.missing), len(q.excluded), max(q.planned, len(q.points)))
    sizes = Counter(p.block for p in q.points if p.block is not None).values()
    size = max(sizes, default=4)
    size += size % 2  # an odd block has lost a night
    first = min((p.night_date for p in q.points if p.arm == "enhanced"), default=None)
    if judged.verdict == "too_few":
        told = words.too_few(q.design, n_enhanced, n_natural, size, cover)
        return [*told, Words(f" {q.lacking}")] if q.lacking else told
    if q.metric.kind == "count":
        return words.count_sentence(
            q.points, q.metric, ratio, judged.verdict, reasons=judged.reasons, cover=cover, next_look=q.next_look
        )
    if q.metric.kind == "rate":
        return words.share_sentence(
            q.points, q.design, q.metric, estimate, judged.verdict, swd=q.swd, swd_chosen=q.swd_chosen,
            reasons=judged.reasons, cover=cover, next_look=q.next_look,
        )  # fmt: skip
    return words.result_sentence(
        judged.verdict, q.design, q.metric, estimate, n_enhanced=n_enhanced, n_natural=n_natural, block_size=size,
        cover=cover, first_enhanced=first, swd=q.swd, swd_chosen=q.swd_chosen, reasons=judged.reasons, switches=changes,
        next_look=q.next_look,
    )  # fmt: skip
