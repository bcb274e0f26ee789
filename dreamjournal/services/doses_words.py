"""Modes, programmes and doses in words: what was found, what could not be read, and what would fix it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dreamjournal.analysis import words
from dreamjournal.charts import words as printed
from dreamjournal.services.secondary_words import difference, interval_words, lower, p_words

if TYPE_CHECKING:
    from datetime import date

    from dreamjournal.domain.contrast import NightPoint
    from dreamjournal.domain.secondary import LevelDifference
    from dreamjournal.metrics._metric import Metric

NO_ENHANCER = "No enhancer is in the journal yet. Mark an enhanced night in Tonight, or import a log."
CANNOT_TELL = "cannot be told apart from weekends or drift: mix the kinds of night more"
NO_STEP = "a step is worked out for measures with an amount; the shares of each level stand side by side"


def nothing_to_order(enhancer: str, nights: int) -> str:
    """Why there is nothing to set side by side, and what would change that."""
    if nights == 0:
        return f"No night with {enhancer} counts in this question yet; Answer says of each night why. Choose another source or other dates."
    return (
        f"{printed.count(nights, 'night')} with {enhancer} can be counted, and none of them says a dose or an intensity, nor are "
        "there two modes or programmes. Note the dose of a night in Tonight, as 3 mg, or import a log that says the mode."
    )


def sealed(until: date) -> str:
    """Why nothing is set side by side while a study is sealed."""
    return f"A study of this enhancer is sealed: what its nights were stays closed until the night of {printed.long_day(until)} is over."


def care(washout: int, next_look: int | None) -> str:
    """What both looks are read with."""
    text = (
        "Which mode or dose a night had was not drawn at random: what led to it may explain any difference. Nights count as "
        "they were used, whatever was planned."
    )
    if washout:
        text += f" Natural nights within {printed.count(washout, 'night')} after an enhanced one are left out."
    return text if next_look is None else f"{text} Still collecting: the next look is after night {next_look}."


def quoted(text: str) -> str:
    """The person's own words in quotes, cut where they are long."""
    return f"“{printed.cut(text, 24)}”"


def amount(value: float, unit: str) -> str:
    """A dose: "0.5 mg"."""
    return f"{value:g}{printed.NBSP}{unit}" if unit else f"{value:g}"


def span(low: float, high: float, unit: str) -> str:
    """Doses from one to another: "1 to 2.5 mg"."""
    return amount(low, unit) if low == high else f"{low:g} to {amount(high, unit)}"


def dose_problems(units: Mapping[str, int], unread: Mapping[str, int], silent: int) -> tuple[str, ...]:
    """What stands in the way of putting doses in order, each with what would fix it."""
    out: list[str] = []
    if len(units) > 1:
        order = sorted(units, key=lambda u: (-units[u], u))
        said = printed.listed([f"{u or 'no unit'} ({printed.count(units[u], 'night')})" for u in order])
        out.append(
            f"Doses are written in {said}; only those in {order[0] or 'no unit'} are put in order. Write them all in one unit."
        )
    if unread:
        n = sum(unread.values())
        said = printed.listed([quoted(t) for t in sorted(unread, key=lambda t: (-unread[t], t))[:3]])
        out.append(
            f"{printed.count(n, 'night')} {'has' if n == 1 else 'have'} a dose that cannot be read: {said}. Write a number and its "
            "unit, as 0.5 mg."
        )
    return (*out, *silent_problem(silent, "dose"))


def silent_problem(nights: int, what: str) -> tuple[str, ...]:
    """Nights that say nothing of their dose or intensity."""
    if not nights:
        return ()
    one = nights == 1
    text = f"{printed.count(nights, 'enhanced night')} {'says' if one else 'say'} no {what}. Note it on "
    return (text + ("that night to count it here." if one else "those nights to count them here."),)


def named(what: str, title: str, n: int | None = None) -> str:
    """Nights of a kind: "natural nights", "12 simulated nights", "1 night with 3 mg", "nights at 0.5"."""
    nights = "night" if n == 1 else "nights"
    if title == "natural" or (what == "mode" and title in ("simulated", "realtime")):
        text = f"{title} {nights}"
    else:
        text = f"{nights} {'at' if what == 'intensity' else 'with'} {title}"
    return text if n is None else f"{n} {text}"


def few(what: str, first: str, n_first: int, second: str, n_second: int) -> str:
    """Why two kinds have no difference yet."""
    lacking = [
        f"{7 - n} more {named(what, title, 7 - n).split(' ', 1)[1]}"
        for title, n in ((first, n_first), (second, n_second))
        if n < 7
    ]
    return f"too few nights: {' and '.join(lacking)}"


def kinds_first(what: str, groups: Sequence[tuple[str, Sequence[NightPoint]]]) -> str:
    """What is said first of modes: how many nights there are of each."""
    return f"{printed.listed([named(what, title, len(nights)) for title, nights in groups])}."


def few_levels(what: str, groups: Sequence[tuple[str, Sequence[NightPoint]]]) -> str:
    """Why doses cannot be put in order yet."""
    said = printed.listed([f"{title} on {printed.count(len(nights), 'night')}" for title, nights in groups[1:]])
    kinds = "doses" if what == "dose" else "levels"
    return f"two {kinds} with 5 nights each are needed; so far {said or 'none'}"


def few_natural(natural: int) -> str:
    """Why there is nothing to step up from."""
    return f"7 natural nights are needed to begin from; so far {natural}"


def no_ratio(what: str, second: str, any_counted: bool) -> str:
    """Why counts have no ratio."""
    return f"none on {named(what, second)}, so there is no ratio" if any_counted else "none on any of these nights"


def step_first(step: LevelDifference, what: str) -> str:
    """What is said first of doses: the step, or why there is none."""
    return step.sentence or f"No step of {what} is worked out: {step.note}."


def step_sentence(step: LevelDifference, metric: Metric, titles: Sequence[str]) -> str:
    """ "Each step up (natural, 1 mg, 3 mg) was associated with 6 min more sleep (95 % interval 2 to 10) ..."."""
    assert step.value is not None
    clause = words.singular(words.difference(step.value, metric, "S", _digits(metric)))
    text = (
        f"Each step up (natural, {', '.join(titles)}) was associated with {lower(clause)} ({_span(step, metric)}), weekends, drift "
        f"and night-to-night similarity allowed for; {printed.count(step.n_second, 'natural night')} and {step.n_first} in "
        f"{len(titles)} levels."
    )
    if step.p is not None:
        text += f" The chance of a step this large if nothing differed: p{printed.NBSP}{p_words(step.p)}."
    return words.no_break(text)


def difference_sentence(
    d: LevelDifference,
    what: str,
    metric: Metric,
    nights: tuple[Sequence[NightPoint], Sequence[NightPoint]],
    *,
    worded: bool,
) -> str:
    """A difference between two kinds in one sentence with both n. Only `worded` ones say their p."""
    if d.value is None:
        return f"{named(what, d.first, d.n_first)} and {named(what, d.second, d.n_second)}: {d.note}."
    if metric.kind in ("rate", "count"):
        a, b = (_counted(points, metric) for points in nights)
        said = f"{a} {named(what, d.first)} and {b} {named(what, d.second)}, {difference(d.value, metric, 'R')}"
        return words.no_break(f"{metric.title}: {said} ({_span(d, metric)}); descriptive only.")
    clause = words.singular(words.difference(d.value, metric, "S", _digits(metric)))
    tail = ""
    if worded:
        tail = "; still collecting" if d.adjusted is None else f"; p{printed.NBSP}{p_words(d.adjusted)} after Holm"
    shift = ""
    if d.hodges_lehmann is not None and d.cliffs_delta is not None:
        shift = f"; typical shift {printed.signed(d.hodges_lehmann, 1)}, Cliff's δ {printed.signed(d.cliffs_delta, 2)}"
    return words.no_break(
        f"{named(what, d.first, d.n_first)} were associated with {lower(clause)} than {named(what, d.second, d.n_second)} "
        f"({_span(d, metric)}{shift}){tail}."
    )


def method(metric: Metric) -> str:
    """How the differences were worked out."""
    if metric.kind == "rate":
        return "Shares with Wilson's intervals, differences of shares with Newcombe's; descriptive only."
    if metric.kind == "count":
        return "Ratios of counts a night with exact conditional intervals; descriptive only."
    text = (
        "One model for all of them: AR(1) generalised least squares by REML with a column for each kind of night, weekend and "
        "trend, the larger SE of GLS and OLS, t intervals."
    )
    if metric.kind == "ordinal":
        text += " For ratings that is an approximation."
    return f"{text} A step up in dose takes all steps to be alike; p of modes and programmes is Holm's over the lines of its card."


def _counted(points: Sequence[NightPoint], metric: Metric) -> str:
    if metric.kind == "rate":
        return f"{sum(1 for p in points if p.value > 0)} of {len(points)}"
    return f"{round(sum(p.value for p in points))} on {len(points)}"


def _span(d: LevelDifference, metric: Metric) -> str:
    if d.value is None or d.interval is None:
        return "no interval"
    design = "R" if metric.kind in ("rate", "count") else "S"
    return f"95 % interval {interval_words(d.value, d.interval, metric, design)}"


def _digits(metric: Metric) -> int:
    return metric.digits
