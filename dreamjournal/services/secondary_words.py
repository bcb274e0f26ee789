"""The lines beside a question in words: centres, difference, interval, adjusted p. Numbers are rounded first, then worded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.analysis import verdict as verdicts
from dreamjournal.analysis import words
from dreamjournal.charts import words as printed
from dreamjournal.domain.secondary import MeasureRow
from dreamjournal.services import contrasts
from dreamjournal.services.reports import source_title

if TYPE_CHECKING:
    from dreamjournal.domain.contrast import Arm, ContrastResult, Design
    from dreamjournal.domain.secondary import Role
    from dreamjournal.metrics._metric import Metric

DESCRIPTIVE = "descriptive"
_REFUSED = {
    "two_devices": "two device models: not comparable",
    "weekend_collinear": "weekend and kind of night go together",
    "all_equal": "the same value every night",
    "no_spread": "nothing is left to chance between nights",
    "no_blocks": "the blocks are not known",
    "washout": "washout longer than every gap",
}


def heading(lines: int) -> str:
    """What stands above the lines that nobody fixed beforehand, with how many there are."""
    text = "Looked at afterwards, without a verdict. About 1 in 20 such lines would stand out by chance"
    if lines == 0:
        return text + "."
    chance = "less than one" if lines < 10 else f"about {round(lines / 20)}"
    return f"{text}: of {'this 1 line' if lines == 1 else f'these {lines} lines'} {chance}."


def row(role: Role, result: ContrastResult, adjusted: float | None, several: int) -> MeasureRow:
    """A line of the table; `several` is over how many lines its p was adjusted."""
    metric = contrasts.metrics()[result.metric]
    word, centres = _centres(result, metric)
    note = _note(result)
    value, interval = result.estimate.value, result.estimate.interval
    said = span = ""
    if not note and value is not None:
        said = difference(value, metric, result.design) if role != "exploratory" else signed(value, metric)
        if interval is not None:
            span = interval_words(value, interval, metric, result.design, worded=role != "exploratory")
    told = ""
    if not note and role != "primary":
        told = DESCRIPTIVE if adjusted is None else p_words(adjusted)
        if "collecting" in result.reasons:
            told = "still collecting"
    return MeasureRow(
        role,
        result,
        adjusted,
        word,
        centres,
        said,
        span,
        told,
        _sentence(role, result, metric, adjusted, several, note),
        note,
        source_title(result.source),
    )


def p_words(p: float) -> str:
    """A p or q as read: two decimals, never 0."""
    return "under 0.01" if p < 0.01 else "over 0.99" if p > 0.99 else f"{p:.2f}"


def difference(value: float, metric: Metric, design: Design) -> str:
    """A difference with its direction word: "21 min longer", "1.8 times as often"."""
    if metric.kind == "count":
        return f"{printed.number(value, 1)} times as often"
    pair = metric.linked_words if design == "S" else metric.words
    size = words.singular(f"{words.rounded(value, metric.digits)} {unit_of(metric)}".strip())
    return words.no_break(f"{size} {pair[0] if value >= 0 else pair[1]}")


def signed(value: float, metric: Metric) -> str:
    """A difference as a signed number with its unit: "+21 min"."""
    if metric.kind == "count":
        return f"{printed.number(value, 1)} times"
    return words.no_break(words.singular(f"{printed.signed(value, metric.digits)} {unit_of(metric)}".strip()))


def interval_words(
    value: float, interval: tuple[float, float], metric: Metric, design: Design, *, worded: bool = True
) -> str:
    """The interval: "3 to 37", across 0 with direction words or, not `worded`, with signs."""
    low, high = interval
    if metric.kind == "count":
        return f"{printed.number(low, 1)} to {printed.number(high, 1)} times"
    if worded:
        return words.interval(value, low, high, metric, design, metric.digits)
    return f"{printed.signed(low, metric.digits)} to {printed.signed(high, metric.digits)}"


def unit_of(metric: Metric) -> str:
    """The unit of a difference as it is said after a number."""
    return "points" if metric.kind == "rate" else "" if metric.kind == "ordinal" else metric.unit


def lower(text: str) -> str:
    """The text inside a sentence: its first letter small, but not that of REM or SpO2."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def by_source(result_source: str) -> str:
    """ "by the diary", "by WHOOP"."""
    return f"by {source_title(result_source)}"


def _centres(result: ContrastResult, metric: Metric) -> tuple[str, tuple[str, str] | None]:
    if result.verdict == "refused" or min(result.n_enhanced, result.n_natural) < verdicts.MEDIANS_FROM:
        return "", None
    if metric.kind in ("rate", "count"):
        return ("share" if metric.kind == "rate" else "in all"), (
            _counted(result, "enhanced"),
            _counted(result, "natural"),
        )
    pair, word = (result.means, "mean") if result.means is not None else (result.medians, "median")
    if pair is None:
        return "", None
    return word, (middle(pair[0], metric), middle(pair[1], metric))


def middle(value: float, metric: Metric) -> str:
    """A mean or median of nights as read. A unit in words stands with the difference alone, or the columns would be all units."""
    text = printed.value_words(value, metric.unit, metric.kind)
    return text.removesuffix(metric.unit).rstrip() if " " in metric.unit or len(metric.unit) > 4 else text


def _counted(result: ContrastResult, arm: Arm) -> str:
    values = [p.value for p in result.points if p.arm == arm]
    if result.kind == "rate":
        hits = sum(1 for v in values if v > 0)
        return f"{hits} of {len(values)} ({printed.number(100 * hits / len(values))}{printed.NBSP}%)"
    return f"{round(sum(values))}"


def _note(result: ContrastResult) -> str:
    if result.verdict == "refused":
        code = result.reasons[0] if result.reasons else ""
        if code == "empty_arm" or code not in _REFUSED:
            lacking = "natural" if result.n_natural == 0 else "enhanced"
            return f"no {lacking} night counts" if 0 in (result.n_natural, result.n_enhanced) else "not comparable"
        return _REFUSED[code]
    if result.verdict == "too_few":
        if 0 in (result.n_natural, result.n_enhanced):
            return f"no {'natural' if result.n_natural == 0 else 'enhanced'} night counts"
        return f"from {verdicts.ESTIMATE_FROM} nights of each"
    if result.kind == "count" and result.estimate.value is None:
        counted = any(p.value > 0 for p in result.points)
        return "none on natural nights, so there is no ratio" if counted else "none on any night"
    return ""


def _sentence(
    role: Role, result: ContrastResult, metric: Metric, adjusted: float | None, several: int, note: str
) -> str:
    n = f"{result.n_enhanced} enhanced and {words.nights(result.n_natural, 'natural')}"
    start = f"{metric.title} {by_source(result.source)}"
    value = result.estimate.value
    if note or value is None:
        return f"{start}: {note or 'no difference is worked out'} ({n})."
    digits, span = metric.digits, "no interval yet"
    if result.estimate.interval is not None:
        span = f"95 % interval {interval_words(value, result.estimate.interval, metric, result.design)}"
    if metric.kind == "count":
        said = (
            f"{_counted(result, 'enhanced')} {metric.unit} on {words.nights(result.n_enhanced, 'enhanced')} and "
            f"{_counted(result, 'natural')} on {words.nights(result.n_natural, 'natural')}, {difference(value, metric, result.design)}"
        )
        return words.no_break(f"{start}: {said} ({span}){_tail(role, adjusted, several, result)}.")
    if metric.kind == "rate":
        clause = (
            f"{lower(metric.was)} on {_counted(result, 'enhanced')} enhanced and {_counted(result, 'natural')} natural nights, "
            f"{difference(value, metric, result.design)}"
        )
        return words.no_break(f"{start}: {clause} ({span}){_tail(role, adjusted, several, result)}.")
    clause = lower(words.singular(words.difference(value, metric, result.design, digits)))
    where = {
        "R": f"{clause} on enhanced nights",
        "S": f"enhanced nights were associated with {clause}",
        "P": f"{clause} afterwards",
    }[result.design]
    more = ""
    if metric.kind == "ordinal" and result.hodges_lehmann is not None and result.cliffs_delta is not None:
        approximate = "" if result.design == "R" else ", an approximation for ratings"
        shift, delta = printed.signed(result.hodges_lehmann, 1), printed.signed(result.cliffs_delta, 2)
        more = f"{approximate}; typical shift {shift}, Cliff's δ {delta}"
    return words.no_break(f"{start}, {n}: {where} ({span}{more}){_tail(role, adjusted, several, result)}.")


def _tail(role: Role, adjusted: float | None, several: int, result: ContrastResult) -> str:
    if role == "primary":
        return ""
    if "collecting" in result.reasons:
        return f"; still collecting, the next look is after night {result.next_look}"
    if adjusted is None:
        return "; descriptive only"
    said = p_words(adjusted)
    if role == "claim":
        return f"; p{printed.NBSP}{said} after Holm over {several}"
    return f"; q{printed.NBSP}{said} after Benjamini and Hochberg over {several}"
