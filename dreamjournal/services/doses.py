"""Kinds of enhanced night: modes and programmes against natural nights and each other, doses in order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from dreamjournal.domain.contrast import Excluded
from dreamjournal.domain.doses import amount_of
from dreamjournal.domain.secondary import DoseAndMode, Groups, Level, LevelDifference
from dreamjournal.services import contrasts, doses_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from dreamjournal.analysis.answer import Question
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import ContrastSpec, NightPoint
    from dreamjournal.domain.exposure import Enhancer, Exposure
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.study import Study
    from dreamjournal.services.journals import Journal

CENTRE_FROM = 5
DIFFERENCE_FROM = 7
MOST_GROUPS = 4
"""Modes or programmes shown side by side; more would leave each with too little."""
MOST_LEVELS = 6
"""Different doses that are levels of their own; more are put into thirds."""
_MODES = ("simulated", "realtime")
# A comma before exactly three digits may stand for thousands: 1,000 mg is asked about rather than guessed at.
_DOSE = re.compile(r"(?![1-9]\d*,\d{3}(?!\d))\d{1,6}([.,]\d{1,4})?\s*[^\W\d_%]*\.?")


@dataclass(frozen=True)
class _Sorted:
    """Nights by what was used: each label with its nights, in order, and those that have none."""

    labels: dict[str, tuple[NightPoint, ...]]
    left_out: tuple[Excluded, ...]
    problems: tuple[str, ...] = ()


def doses_and_modes(journal: Journal, person_id: int, spec: ContrastSpec, clock: Clock) -> DoseAndMode:
    """What was used on the enhanced nights of `spec`, side by side with natural nights. Raises UserError as `contrasts.contrast`."""
    enhancers = [e for e in journal.enhancers.all(person_id) if not e.retired]
    with contrasts.nights_read(journal, person_id, clock) as nights:
        spec = contrasts.with_own_source(journal, person_id, spec, nights)
        return side_by_side(nights, enhancers, journal.studies.all(person_id), spec, clock)


def side_by_side(
    nights: Sequence[Night], enhancers: Sequence[Enhancer], studies: Sequence[Study], spec: ContrastSpec, clock: Clock
) -> DoseAndMode:
    """The same from one person's nights (all of them, in order). Nights count as they were used, not as they were drawn."""
    question = contrasts.question_of(nights, enhancers, studies, replace(spec, labels="used"), clock)
    if question.enhancer is None:
        return DoseAndMode("", (), doses_words.NO_ENHANCER)
    name = question.enhancer
    if question.sealed_until is not None:
        return DoseAndMode(name, (), doses_words.sealed(question.sealed_until))
    if question.refused is not None and question.refused.code != "empty_arm":
        return DoseAndMode(
            name, (), f"{question.refused.fact}. {question.refused.why}, so nothing is set side by side."
        )
    points = _points(question)
    natural = tuple(p for p in points if p.arm == "natural")
    used = _exposures(nights, name)
    enhanced = [p for p in points if p.arm == "enhanced"]
    found: list[Groups] = []
    for what, said in (("mode", _mode), ("programme", _programme)):
        kinds = _by_name(what, enhanced, used, said)
        if len(kinds.labels) >= 2:
            found.append(_groups(question, what, natural, kinds, ordered=False))
    dose = _by_amount(enhanced, used)
    if dose is not None:
        found.append(_groups(question, dose[0], natural, dose[1], ordered=True))
    if not found:
        return DoseAndMode(name, (), doses_words.nothing_to_order(name, len(enhanced)), unsaid=bool(enhanced))
    return DoseAndMode(name, tuple(found), "", doses_words.care(question.washout, question.next_look))


def _points(question: Question) -> list[NightPoint]:
    from dreamjournal.analysis import effects

    points = sorted(question.points, key=lambda p: p.night_date)
    if question.metric.kind != "clock":
        return points
    return [replace(p, value=v) for p, v in zip(points, effects.unwrapped([p.value for p in points]), strict=True)]


def _exposures(nights: Sequence[Night], enhancer: str) -> dict[date, tuple[Exposure, ...]]:
    key = enhancer.casefold()
    return {n.night_date: tuple(e for e in n.exposures if e.name.casefold() == key) for n in nights}


# ---- sorting nights by what was used


def _mode(exposure: Exposure) -> str:
    return exposure.mode


def _programme(exposure: Exposure) -> str:
    return exposure.programme


def _by_name(
    what: str,
    points: Sequence[NightPoint],
    used: Mapping[date, tuple[Exposure, ...]],
    said: Callable[[Exposure], str],
) -> _Sorted:
    found: dict[str, list[NightPoint]] = {}
    spelled: dict[str, str] = {"natural": "“natural”"}  # a mode of that name is no natural night
    left_out: list[Excluded] = []
    for point in points:
        texts = [" ".join(said(e).split()) for e in used.get(point.night_date, ())]
        names = sorted({spelled.setdefault(t.casefold(), t) for t in texts if t})
        if len(names) == 1:
            found.setdefault(names[0], []).append(point)
        else:
            left_out.append(
                Excluded(point.night_date, f"both {' and '.join(names)}" if names else f"{what} not recorded")
            )
    order = sorted(found, key=lambda k: (_MODES.index(k) if k in _MODES else len(_MODES), -len(found[k]), k))
    largest = sorted(order, key=lambda k: -len(found[k]))[:MOST_GROUPS]
    for name in order:
        if name not in largest:
            left_out += [Excluded(p.night_date, f"{what} {name}: fewer nights than those shown") for p in found[name]]
    kept = {k: tuple(found[k]) for k in order if k in largest}
    return _Sorted(kept, tuple(sorted(left_out, key=lambda x: x.night_date)))


def _by_amount(points: Sequence[NightPoint], used: Mapping[date, tuple[Exposure, ...]]) -> tuple[str, _Sorted] | None:
    """By dose or by intensity, whichever more nights tell; None where no night tells either."""
    dosed = sum(1 for p in points if any(e.dose.strip() for e in used.get(p.night_date, ())))
    set_to = sum(1 for p in points if any(e.intensity is not None for e in used.get(p.night_date, ())))
    if not dosed and not set_to:
        return None
    return ("dose", _by_dose(points, used)) if dosed >= set_to else ("intensity", _by_intensity(points, used))


def _by_dose(points: Sequence[NightPoint], used: Mapping[date, tuple[Exposure, ...]]) -> _Sorted:
    amounts: list[tuple[NightPoint, float, str]] = []
    left_out: list[Excluded] = []
    unread: Counter[str] = Counter()
    silent = 0
    for point in points:
        texts = sorted({" ".join(e.dose.split()) for e in used.get(point.night_date, ())} - {""})
        read = {amount for t in texts if _DOSE.fullmatch(t) and (amount := amount_of(t)) is not None}
        wrong = [t for t in texts if not _DOSE.fullmatch(t)]
        if not texts:
            silent += 1
            left_out.append(Excluded(point.night_date, "no dose was noted"))
        elif wrong:
            unread[wrong[0]] += 1
            left_out.append(Excluded(point.night_date, f"the dose cannot be read: {doses_words.quoted(wrong[0])}"))
        elif len(read) > 1:
            left_out.append(Excluded(point.night_date, f"two doses were noted: {' and '.join(texts[:2])}"))
        else:
            amounts.append((point, *next(iter(read))))
    units = Counter(unit for _, _, unit in amounts)
    unit = max(units, key=lambda u: (units[u], u), default="")
    other = [(p, u) for p, _, u in amounts if u != unit]
    left_out += [Excluded(p.night_date, f"the dose is in {u or 'no unit'}") for p, u in other]
    problems = doses_words.dose_problems(units, unread, silent)
    of_unit = [(p, amount) for p, amount, u in amounts if u == unit]
    return _Sorted(_levels_of(of_unit, unit), tuple(sorted(left_out, key=lambda x: x.night_date)), problems)


def _levels_of(amounts: Sequence[tuple[NightPoint, float]], unit: str) -> dict[str, tuple[NightPoint, ...]]:
    """Each amount a level, in order; too many of them are put into thirds with as even nights as their ties allow."""
    distinct = sorted({a for _, a in amounts})
    if len(distinct) <= MOST_LEVELS:
        return {doses_words.amount(a, unit): tuple(p for p, x in amounts if x == a) for a in distinct}
    ordered = sorted(a for _, a in amounts)
    edges = [ordered[len(ordered) // 3], ordered[2 * len(ordered) // 3]]
    thirds = [[(p, a) for p, a in amounts if sum(a >= e for e in edges) == i] for i in range(3)]
    return {
        doses_words.span(min(a for _, a in third), max(a for _, a in third), unit): tuple(p for p, _ in third)
        for third in thirds if third
    }  # fmt: skip


def _by_intensity(points: Sequence[NightPoint], used: Mapping[date, tuple[Exposure, ...]]) -> _Sorted:
    amounts: list[tuple[NightPoint, float]] = []
    left_out: list[Excluded] = []
    for point in points:
        said = [e.intensity for e in used.get(point.night_date, ()) if e.intensity is not None]
        if said:
            amounts.append((point, max(said)))
        else:
            left_out.append(Excluded(point.night_date, "no intensity was noted"))
    distinct = sorted({a for _, a in amounts})
    problems = doses_words.silent_problem(len(left_out), "intensity")
    if len(distinct) <= MOST_LEVELS:
        return _Sorted(
            {doses_words.amount(a, ""): tuple(p for p, x in amounts if x == a) for a in distinct},
            tuple(left_out),
            problems,
        )
    thirds = [tuple(p for p, a in amounts if min(2, int(3 * a)) == i) for i in range(3)]
    titles = ("0 to 0.33", "0.33 to 0.67", "0.67 to 1")
    return _Sorted({t: nights for t, nights in zip(titles, thirds, strict=True) if nights}, tuple(left_out), problems)


# ---- setting them side by side


def _groups(question: Question, what: str, natural: tuple[NightPoint, ...], kinds: _Sorted, *, ordered: bool) -> Groups:
    """Natural nights and each kind: centres, differences and, in order of dose, one step up."""
    metric = question.metric
    groups = [("natural", natural), *kinds.labels.items()]
    levels = _levels(question, groups)
    step: LevelDifference | None = None
    sentence = doses_words.kinds_first(what, groups)
    if ordered:
        differences = [_difference(question, what, groups, i, 0) for i in range(1, len(groups))]
        step = _step(question, what, groups)
        sentence = doses_words.step_first(step, what)
    else:
        pairs = [(i, 0) for i in range(1, len(groups))]
        pairs += [(i, j) for i in range(1, len(groups)) for j in range(i + 1, len(groups))]
        differences = _holm([_difference(question, what, groups, i, j) for i, j in pairs])
    differences = [
        replace(d, sentence=doses_words.difference_sentence(d, what, metric, _nights(groups, d), worded=not ordered))
        for d in differences
    ]
    return Groups(
        what, metric.key, metric.title, metric.unit, metric.kind, question.source, levels, tuple(differences), step,
        kinds.left_out, sentence, kinds.problems, doses_words.method(metric),
    )  # fmt: skip


_Named = tuple[str, tuple["NightPoint", ...]]


def _nights(groups: Sequence[_Named], d: LevelDifference) -> tuple[Sequence[NightPoint], Sequence[NightPoint]]:
    by_title = dict(groups)
    return by_title[d.first], by_title[d.second]


def _pooled(groups: Sequence[_Named], least: int) -> tuple[list[NightPoint], list[int]]:
    """The nights of all groups with at least `least` of them, in order, and which group each is of."""
    pooled = sorted(
        ((p, i) for i, (_, nights) in enumerate(groups) if len(nights) >= least for p in nights),
        key=lambda x: x[0].night_date,
    )
    return [p for p, _ in pooled], [i for _, i in pooled]


def _columns(points: Sequence[NightPoint]) -> tuple[list[float], list[float], list[int]]:
    return [p.value for p in points], [float(p.weekend) for p in points], [p.night_date.toordinal() for p in points]


def _levels(question: Question, groups: Sequence[_Named]) -> tuple[Level, ...]:
    from dreamjournal.analysis import effects, ordered

    kind = question.metric.kind
    points, marks = _pooled(groups, DIFFERENCE_FROM)
    y, weekend, days = _columns(points)
    fits = (
        ordered.level_means(y, marks, weekend, days) if kind in ("mean", "ordinal", "clock") and len(set(y)) > 1 else {}
    )
    out: list[Level] = []
    for i, (title, nights) in enumerate(groups):
        values, n = [p.value for p in nights], len(nights)
        level = Level(title, nights, natural=i == 0)
        if n >= CENTRE_FROM and kind == "rate":
            hits = sum(1 for v in values if v > 0)
            level = replace(
                level,
                centre=hits / n,
                centre_word="share",
                interval=effects.wilson(hits, n) if n >= DIFFERENCE_FROM else None,
            )
        elif n >= CENTRE_FROM and kind == "count":
            level = replace(level, centre=sum(values) / n, centre_word="a night")
        elif i in fits and fits[i].se > 0:
            level = replace(level, centre=fits[i].value, centre_word="mean", interval=fits[i].interval)
        elif n >= CENTRE_FROM:
            level = replace(level, centre=median(values), centre_word="median")
        out.append(level)
    return tuple(out)


def _difference(question: Question, what: str, groups: Sequence[_Named], one: int, other: int) -> LevelDifference:
    from dreamjournal.analysis import effects, ordered

    (first, a), (second, b) = groups[one], groups[other]
    bare = LevelDifference(first, second, len(a), len(b), None, None, None, None, None, None, "")
    if min(len(a), len(b)) < DIFFERENCE_FROM:
        return replace(bare, note=doses_words.few(what, first, len(a), second, len(b)))
    x, y = [p.value for p in a], [p.value for p in b]
    kind = question.metric.kind
    if kind == "rate":
        value, interval = ordered.share_difference(x, y)
        return replace(bare, value=value, interval=interval)
    if kind == "count":
        ratio = effects.rate_ratio(round(sum(x)), len(x), round(sum(y)), len(y))
        if ratio.value is None:
            return replace(bare, note=doses_words.no_ratio(what, second, sum(x) > 0))
        return replace(bare, value=ratio.value, interval=ratio.interval)
    points, marks = _pooled(groups, DIFFERENCE_FROM)
    values, weekend, days = _columns(points)
    if len(set(values)) == 1:
        return replace(bare, note="the same value every night")
    fit = ordered.between(values, marks, weekend, days, one, other)
    if fit is None or fit.se == 0:
        return replace(bare, note=doses_words.CANNOT_TELL)
    p = fit.p if question.next_look is None else None
    return replace(
        bare, value=fit.value, interval=fit.interval, p=p,
        hodges_lehmann=effects.hodges_lehmann(x, y).value if kind == "ordinal" else None,
        cliffs_delta=effects.cliffs_delta(x, y) if kind == "ordinal" else None,
    )  # fmt: skip


def _holm(differences: Sequence[LevelDifference]) -> list[LevelDifference]:
    from dreamjournal.analysis.several import holm

    adjusted = iter(holm([d.p for d in differences if d.p is not None]))
    return [d if d.p is None else replace(d, adjusted=next(adjusted)) for d in differences]


def _step(question: Question, what: str, groups: Sequence[_Named]) -> LevelDifference:
    """The difference one step up makes, or why none is given."""
    from dreamjournal.analysis import ordered

    metric = question.metric
    natural, counted = groups[0][1], [g for g in groups[1:] if len(g[1]) >= CENTRE_FROM]
    dosed = sum(len(n) for _, n in counted)
    bare = LevelDifference("one step up", "", dosed, len(natural), None, None, None, None, None, None, "")
    if len(counted) < 2:
        return replace(bare, note=doses_words.few_levels(what, groups))
    if len(natural) < DIFFERENCE_FROM:
        return replace(bare, note=doses_words.few_natural(len(natural)))
    if metric.kind in ("rate", "count"):
        return replace(bare, note=doses_words.NO_STEP)
    points, marks = _pooled([groups[0], *counted], CENTRE_FROM)
    values, weekend, days = _columns(points)
    if len(set(values)) == 1:
        return replace(bare, note="every night has the same value; choose another measure")
    fit = ordered.per_step(values, marks, weekend, days)
    if fit is None or fit.se == 0:
        return replace(bare, note=doses_words.CANNOT_TELL)
    p = fit.p if question.next_look is None else None
    step = replace(bare, value=fit.value, interval=fit.interval, p=p)
    return replace(step, sentence=doses_words.step_sentence(step, metric, [title for title, _ in counted]))
