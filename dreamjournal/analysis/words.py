"""The sentences of a contrast: numbers rounded first, then worded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dreamjournal.domain.contrast import Words

if TYPE_CHECKING:
    from datetime import date

    from dreamjournal.analysis.effects import RateRatio
    from dreamjournal.domain.contrast import Design, Estimate, NightPoint, Verdict
    from dreamjournal.metrics._metric import Metric

_SMALL = " may be too small to matter"
_NUMBERS = {2: "two", 4: "four", 6: "six", 8: "eight", 10: "ten", 12: "twelve"}

KNEW = "You knew which night was which."
BLINDED = "Which night was which was sealed until the end."


def rounded(value: float, digits: int) -> str:
    """The size of a number with `digits` decimals, without sign."""
    return f"{round(abs(value) + 1e-12, digits):.{digits}f}"


def digits_for(metric: Metric, swd: float | None) -> int:
    """Decimals to show: those of the metric, or of the smallest worthwhile difference where that is finer."""
    shown = f"{swd:g}" if swd is not None else ""
    fine = len(shown.split(".")[1]) if "." in shown and "e" not in shown else 0
    return min(3, max(metric.digits, fine))


def amount(value: float, unit: str) -> str:
    """A number as typed, with its unit."""
    return singular(f"{value:g} {unit}".strip())


def singular(text: str) -> str:
    """The text with "1 point" for "1 points", and so for words, times and nightmares."""
    return re.sub(r"(?<![\d.,])1 (point|word|time|nightmare)s\b", r"1 \1", text)


def no_break(text: str) -> str:
    """The text with no-break spaces between a number and its unit, for paper and screen."""
    for unit in ("min", "%", "points", "ms", "°C", "h"):
        for digit in "0123456789":
            text = text.replace(f"{digit} {unit}", f"{digit}\u00a0{unit}")
    return text


def verdict_words(verdict: Verdict, design: Design, metric: Metric, estimate: float | None) -> str:
    """The verdict in words, as the sentence ends: "probably longer, may be too small to matter"."""
    more = (estimate or 0) >= 0
    if verdict == "changed_over_time":
        return "changed over time; cannot separate the enhancer from everything else"
    if verdict == "no_difference":
        return "no change that matters" if design == "P" else "no difference that matters"
    if verdict not in ("clearly_more", "clearly_less", "probably_more", "probably_less"):
        return "not enough to tell"
    pair = metric.words if design == "R" else ("more", "less")
    word = pair[0] if more else pair[1]
    strength, tail = ("clearly", "") if verdict.startswith("clearly") else ("probably", "," + _SMALL)
    return f"{'' if design == 'R' else 'associated with '}{strength} {word}{tail}"


def headline(verdict: Verdict, design: Design, metric: Metric, estimate: float | None) -> str:
    """The few words that stand above the sentence on screen."""
    fixed = {
        "no_difference": "No difference that matters to you.",
        "not_enough": "Not enough to tell.",
        "early": "Early: no verdict yet.",
        "changed_over_time": "Changed over time.",
        "too_few": "Too few nights to say.",
        "refused": "These nights cannot be compared yet.",
    }
    if verdict in fixed:
        return fixed[verdict]
    text = verdict_words(verdict, design, metric, estimate)
    return text[0].upper() + text[1:] + "."


def difference(value: float, metric: Metric, design: Design, digits: int) -> str:
    """The clause with the difference: "Sleep was 21 min longer", or "18 min more sleep" for self-chosen nights."""
    linked = design == "S"
    pair = metric.linked_words if linked else metric.words
    return (metric.linked if linked else metric.was).format(
        n=rounded(value, digits), w=pair[0] if value >= 0 else pair[1]
    )


def interval(value: float, low: float, high: float, metric: Metric, design: Design, digits: int) -> str:
    """The interval after a difference whose direction is said: "3 to 37", or "9 shorter to 25 longer" across 0."""
    a, b = rounded(low, digits), rounded(high, digits)
    if low < 0 < high:
        pair = metric.linked_words if design == "S" else metric.words
        return f"{a} {pair[1]} to {b} {pair[0]}"
    return f"{a} to {b}" if high > 0 or (low >= 0 and value >= 0) else f"{b} to {a}"


def allocation(design: Design, block_size: int) -> str:
    """How the nights came to be of one kind or the other."""
    if design != "R":
        return "chosen by you"
    if block_size == 2:
        return "assigned at random in pairs"
    return f"assigned at random in blocks of {_NUMBERS.get(block_size, str(block_size))}"


def coverage(missing: int, excluded: int, planned: int) -> str:
    """ "6 of 56 nights missing", naming what happened to them."""
    what = "missing or excluded" if missing and excluded else "excluded" if excluded else "missing"
    lost = missing + excluded
    return f"{lost or 'none'} of {planned} nights {what}"


def nights(n: int, kind: str) -> str:
    """ "1 natural night", "26 natural nights"."""
    return f"{n} {kind} {'night' if n == 1 else 'nights'}"


def opening(
    design: Design, n_enhanced: int, n_natural: int, block_size: int, cover: str, first_enhanced: date | None
) -> str:
    """The counts that begin every sentence."""
    if design == "P" and first_enhanced is not None:
        day = f"{first_enhanced.day} {first_enhanced:%B %Y}"
        return f"{nights(n_natural, 'natural')}, then {nights(n_enhanced, 'enhanced')} from {day} ({cover})."
    return f"{n_enhanced} enhanced and {n_natural} natural nights, {allocation(design, block_size)} ({cover})."


def result_sentence(
    verdict: Verdict, design: Design, metric: Metric, estimate: Estimate, *,
    n_enhanced: int, n_natural: int, block_size: int, cover: str, first_enhanced: date | None,
    swd: float | None, swd_chosen: bool, reasons: tuple[str, ...], switches: int, next_look: int | None,
) -> list[Words]:  # fmt: skip
    """The sentence of a contrast that has an estimate (from 7 nights in each arm)."""
    value = estimate.value or 0.0
    digits = digits_for(metric, swd)
    span = (
        "no interval yet: too few ways to deal these blocks again"
        if estimate.interval is None
        else f"95 % interval {interval(value, *estimate.interval, metric, design, digits)}"
    )
    clause = singular(difference(value, metric, design, digits))
    where = {"R": " on enhanced nights", "S": "", "P": " afterwards"}[design]
    allowed = "weekends allowed for" if design == "R" else "weekends, drift and night-to-night similarity allowed for"
    lead = "Enhanced nights were associated with " if design == "S" else ""
    start = opening(design, n_enhanced, n_natural, block_size, cover, first_enhanced)
    out = [Words(f"{start} {lead}{clause}{where} ({span}), {allowed}")]
    after = {
        "R": KNEW,
        "S": "Nights were not randomised; other things may explain any difference.",
        "P": "Alternating or drawn nights could tell.",
    }[design]
    if verdict == "early":
        return [*out, Words(f". {after} "), Words(_early(n_enhanced, n_natural, reasons, next_look), strong=True)]
    told = verdict_words(verdict, design, metric, value)
    if design == "P" and "no_swd" not in reasons:
        out.append(Words(": "))
    elif swd is None:
        out.append(Words(". No smallest difference that matters was set: "))
    elif swd_chosen:
        out.append(Words(f". You said {amount(swd, metric.unit)} is the least that matters: "))
    else:
        out.append(Words(f". With {amount(swd, metric.unit)} as the least that matters, the usual value: "))
    out.append(Words(told + ".", strong=True))
    if "n_eff" in reasons and estimate.n_eff is not None:
        out.append(Words(f" Neighbouring nights are so alike that they count as {estimate.n_eff:.0f}; 12 are needed."))
    if "few_switches" in reasons:
        times = {0: "never", 1: "once", 2: "twice"}[min(switches, 2)]
        out.append(
            Words(f" The kind of night changed {'' if switches == 0 else 'only '}{times}; three changes are needed.")
        )
    out.append(Words(" " + after))
    return out


def _early(n_enhanced: int, n_natural: int, reasons: tuple[str, ...], next_look: int | None) -> str:
    if "collecting" in reasons:
        return f"Still collecting: the next look is after night {next_look}."
    lacking = [f"{14 - n} more {kind}" for n, kind in ((n_natural, "natural"), (n_enhanced, "enhanced")) if n < 14]
    last = 14 - (n_enhanced if n_enhanced < 14 else n_natural)
    return (
        f"Early: {' and '.join(lacking)} {'night' if last == 1 and len(lacking) == 1 else 'nights'} before a verdict."
    )


def too_few(design: Design, n_enhanced: int, n_natural: int, block_size: int, cover: str) -> list[Words]:
    """Fewer than 7 nights in an arm: no difference is named."""
    counts = f"{n_enhanced} enhanced and {n_natural} natural nights so far"
    if min(n_enhanced, n_natural) < 5:
        return [Words(counts + ". "), Words("Too few nights to summarise.", strong=True)]
    return [
        Words(f"{counts}, {allocation(design, block_size)} ({cover}). "),
        Words("Too few nights for a difference.", strong=True),
        Words(" An early estimate with its interval appears at 7 and 7, a verdict at 14 and 14."),
    ]


def refusal(fact: str, why: str, act: str = "") -> list[Words]:
    """ "These nights cannot be compared." with the fact, the reason, and the act that would fix it."""
    fix = f" What would fix it: {act[:1].lower()}{act[1:]}." if act else ""
    return [
        Words("These nights cannot be compared.", strong=True),
        Words(f" {fact}. {why}, so none is calculated.{fix}"),
    ]


def share_sentence(
    points: tuple[NightPoint, ...], design: Design, metric: Metric, estimate: Estimate, verdict: Verdict, *,
    swd: float | None, swd_chosen: bool, reasons: tuple[str, ...], cover: str, next_look: int | None,
) -> list[Words]:  # fmt: skip
    """The sentence of a yes-or-no measure: counts first, then points of percent."""
    hits = {arm: sum(1 for p in points if p.arm == arm and p.value > 0) for arm in ("enhanced", "natural")}
    n = {arm: sum(1 for p in points if p.arm == arm) for arm in ("enhanced", "natural")}
    value, digits = estimate.value or 0.0, digits_for(metric, swd)
    assert estimate.interval is not None
    word = metric.words[0] if value >= 0 else metric.words[1]
    span = interval(value, *estimate.interval, metric, "R", digits)
    text = (
        f"{metric.was} on {hits['enhanced']} of {n['enhanced']} enhanced and {hits['natural']} of {n['natural']} natural "
        f"{'mornings' if metric.dream else 'nights'}, {singular(f'{rounded(value, digits)} points')} {word} (95 % interval {span}; {cover})"
    )
    if design != "R":
        text += "; descriptive only"
    if verdict == "early":
        return [Words(text + ". "), Words(_early(n["enhanced"], n["natural"], reasons, next_look), strong=True)]
    if design != "R":
        return [
            Words(text + ": "),
            Words("not enough to tell.", strong=True),
            Words(" Nights were not randomised; other things may explain any difference."),
        ]
    said = "You said" if swd_chosen else "Taking"
    least = f"{amount(swd, 'points')} {'is' if swd_chosen else 'as'} the least that matters" if swd is not None else ""
    told = verdict_words(verdict, design, metric, value)
    middle = f". {said} {least}: " if least else ". No smallest difference that matters was set: "
    return [Words(text + middle), Words(told + ".", strong=True), Words(f" {KNEW}")]


def count_sentence(
    points: tuple[NightPoint, ...], metric: Metric, ratio: RateRatio, verdict: Verdict, *, reasons: tuple[str, ...], cover: str,
    next_look: int | None,
) -> list[Words]:  # fmt: skip
    """The sentence of a counted thing: the counts, and a ratio of rates only with its exact interval."""
    total = {arm: sum(round(p.value) for p in points if p.arm == arm) for arm in ("enhanced", "natural")}
    n = {arm: sum(1 for p in points if p.arm == arm) for arm in ("enhanced", "natural")}
    text = (
        f"{total['enhanced']} {metric.unit} on {n['enhanced']} enhanced and {total['natural']} on {n['natural']} natural "
        f"nights ({cover})"
    )
    if ratio.value is not None and ratio.interval is not None:
        low, high = ratio.interval
        text += f", {ratio.value:.1f} times as often on enhanced nights (95 % interval {low:.1f} to {high:.1f} times)"
    if verdict == "early":
        return [
            Words(text + "; descriptive only. "),
            Words(_early(n["enhanced"], n["natural"], reasons, next_look), strong=True),
        ]
    return [Words(text + "; descriptive only: "), Words("not enough to tell.", strong=True)]


def posterior_sentence(
    shares: tuple[float, float, float], metric: Metric, design: Design, swd: float, n_enhanced: int, n_natural: int
) -> str:
    """The Bayesian line in words: where it starts from, then what is beyond and within the least that matters, with n."""
    least, wide = (amount(x, "points" if metric.kind == "rate" else metric.unit) for x in (swd, 3 * swd))
    more, within, less = _percents(shares)
    doubt = "" if design == "R" else " It is the chance of a difference, whatever its cause."
    return (
        f"From a sceptical start (no difference, give or take {wide}), {n_enhanced} enhanced and {n_natural} natural nights "
        f"leave a chance of {more} for over {least} {metric.words[0]}, {within} for less than {least} either way and {less} "
        f"for over {least} {metric.words[1]}.{doubt}"
    )


def _percents(shares: tuple[float, ...]) -> list[str]:
    return ["under 1 %" if s < 0.01 else "over 99 %" if s > 0.99 else f"{100 * s:.0f} %" for s in shares]
