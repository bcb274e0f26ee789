"""What codings say: how far two raters agree, and the indices by kind of night, both behind their gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.coding import (
    COMPARE_DREAMS,
    GROUPS,
    INDEX_DREAMS,
    TITLES,
    AgreementLine,
    AgreementResult,
    Disagreement,
    IndexLine,
    IndicesResult,
    any_of,
    checked_rater,
)
from dreamjournal.services import codings, dream_arms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.common.progress import Progress
    from dreamjournal.domain.coding import RaterState
    from dreamjournal.services.codings import OpenSet
    from dreamjournal.services.journals import Journal


def agreement(
    journal: Journal, opened: OpenSet, first: str | None = None, second: str | None = None
) -> AgreementResult:
    """How far two raters agree: those named, else the two who have finished most. Empty until both have finished the set.

    So neither sees what the other counted while still coding. Raises UserError for one rater named twice.
    """
    states = codings.raters(journal, opened)
    pair = _pair(states, first, second)
    of = len(opened.dreams)
    done = {s.rater: s.finished for s in states}
    if len(pair) < 2:
        one = f"{pair[0]} has finished {done[pair[0]]} of {of} dreams. " if pair else ""
        return AgreementResult(
            pair, of, False, f"{one}Agreement needs two raters who have both finished the set of {of} dreams."
        )
    if any(done.get(r, 0) < of for r in pair):
        stand = ", ".join(f"{r} {done.get(r, 0)} of {of}" for r in pair)
        return AgreementResult(
            pair, of, False, f"Finished: {stand}. Agreement is shown when both are through, so that both stay blind."
        )
    a, b = (codings.finished_codes(journal, opened, r) for r in pair)
    lines = _agreement_lines(opened.dreams, a, b)
    differing = tuple(
        Disagreement(number, TITLES[key], a[dream].get(key, 0), b[dream].get(key, 0))
        for number, dream in enumerate(opened.dreams, start=1)
        for key in TITLES
        if a[dream].get(key, 0) != b[dream].get(key, 0)
    )
    words = (
        f"{pair[0]} and {pair[1]} both coded {of} {'dream' if of == 1 else 'dreams'}. Kappa is agreement beyond chance on whether a "
        f"dream holds any of a thing: 1 is full, 0 is what chance gives. {len(differing)} counts differ."
    )
    return AgreementResult(pair, of, True, words, lines, differing)


def _pair(states: Sequence[RaterState], first: str | None, second: str | None) -> tuple[str, ...]:
    named = [checked_rater(r) for r in (first, second) if r is not None]
    if len(set(named)) < len(named):
        raise UserError("Nothing was compared", "both raters are the same", "name two", field="raters")
    others = [s.rater for s in states if s.rater not in named]
    return tuple([*named, *others][:2])


def _agreement_lines(
    dreams: Sequence[int], a: dict[int, dict[str, int]], b: dict[int, dict[str, int]]
) -> tuple[AgreementLine, ...]:
    from dreamjournal.analysis.agreement import cohen_kappa

    def line(key: str, title: str, first: list[int], second: list[int]) -> AgreementLine:
        k = cohen_kappa([c > 0 for c in first], [c > 0 for c in second])
        same = sum(x == y for x, y in zip(first, second, strict=True))
        return AgreementLine(
            key, title, k.n, k.agreed, same, k.value, k.interval, sum(c > 0 for c in first), sum(c > 0 for c in second)
        )  # fmt: skip

    found: list[AgreementLine] = []
    for group in GROUPS:
        found.append(
            line(group.key, f"{group.title}: any", [any_of(group, a[d]) for d in dreams], [any_of(group, b[d]) for d in dreams])
        )  # fmt: skip
        for code in group.codes:
            key = f"{group.key}.{code.key}"
            found.append(line(key, TITLES[key], [a[d].get(key, 0) for d in dreams], [b[d].get(key, 0) for d in dreams]))
    return tuple(found)


def indices(
    journal: Journal,
    opened: OpenSet,
    enhancer: str | None,
    rater: str | None,
    clock: Clock,
    progress: Progress | None = None,
) -> IndicesResult:
    """The indices of `rater`, else of the one furthest on, by kind of night. Raises UserError for an unclear enhancer.

    Under 50 dreams of a kind only counts, under 100 of either kind no comparison; nothing before the set is finished.
    """
    watch = progress or NoProgress()
    watch.step(0, 0)
    named = dream_arms.the_enhancer(journal, opened.person_id, enhancer)
    states = {s.rater: s for s in codings.raters(journal, opened)}
    who = checked_rater(rater) if rater is not None else next(iter(states), None)
    of = len(opened.dreams)
    state = states.get(who) if who is not None else None
    if who is None or state is None or not state.done:
        finished = 0 if state is None else state.finished
        stand = f"{who} has finished {finished} of {of} dreams" if who else f"None of the {of} dreams is coded yet"
        return IndicesResult(
            who, named, 0, 0, 0, False, f"{stand}. Nothing is summed up by kind of night until all are, so that coding stays blind."
        )  # fmt: skip
    codes = codings.finished_codes(journal, opened, who)
    arms = {t.dream.id: t.arm for t in dream_arms.told_dreams(journal, opened.person_id, named, clock)}
    enhanced = [codes[d] for d in opened.dreams if arms.get(d) == "enhanced"]
    natural = [codes[d] for d in opened.dreams if arms.get(d) == "natural"]
    neither = of - len(enhanced) - len(natural)
    lines = _index_lines(enhanced, natural, watch)
    found = IndicesResult(who, named, len(enhanced), len(natural), neither, True, "", lines)
    return IndicesResult(who, named, len(enhanced), len(natural), neither, True, _sentence(found), lines)


def _index_lines(
    enhanced: Sequence[dict[str, int]], natural: Sequence[dict[str, int]], watch: Progress
) -> tuple[IndexLine, ...]:
    from dreamjournal.analysis import hvdc

    compare = min(len(enhanced), len(natural)) >= COMPARE_DREAMS
    pairs: list[tuple[hvdc.Counted, hvdc.Counted]] = []
    differences: list[hvdc.Compared | None] = []
    for done, index in enumerate(hvdc.INDICES):
        watch.step(done, len(hvdc.INDICES))
        pairs.append((hvdc.counted(index, enhanced), hvdc.counted(index, natural)))
        differences.append(hvdc.compare(index, enhanced, natural) if compare else None)
    differences = hvdc.adjusted(differences)
    lines: list[IndexLine] = []
    for index, (e, n), d in zip(hvdc.INDICES, pairs, differences, strict=True):
        lines.append(
            IndexLine(
                index.key, index.title, index.of, index.ratio, (e.part, e.whole), (n.part, n.whole),
                e.share if len(enhanced) >= INDEX_DREAMS else None, n.share if len(natural) >= INDEX_DREAMS else None,
                None if d is None else d.h, None if d is None else d.interval, None if d is None else d.q,
            )
        )  # fmt: skip
    return tuple(lines)


def _sentence(found: IndicesResult) -> str:
    base = f"{found.enhanced} dreams of enhanced nights and {found.natural} of natural ones, coded by {found.rater}."
    if found.neither:
        base += f" {found.neither} of neither kind are left out."
    lacking = [
        (n, kind) for n, kind in ((found.enhanced, "enhanced"), (found.natural, "natural")) if n < INDEX_DREAMS
    ]  # fmt: skip
    if lacking:
        need = " and ".join(f"{INDEX_DREAMS - n} more of {kind} nights" for n, kind in lacking)
        return (
            f"{base} Under {INDEX_DREAMS} dreams of a kind a share swings too far to be shown, so these are counts only: "
            f"{need} are needed, and {COMPARE_DREAMS} of each for a comparison."
        )
    if not found.compared:
        need = " and ".join(
            f"{COMPARE_DREAMS - n} more of {kind} nights"
            for n, kind in ((found.enhanced, "enhanced"), (found.natural, "natural")) if n < COMPARE_DREAMS
        )  # fmt: skip
        return f"{base} Shares are shown; they are held against each other from {COMPARE_DREAMS} dreams of each kind: {need}."
    tried = [x for x in found.lines if x.q is not None]
    low = sum(x.q is not None and x.q < 0.05 for x in tried)
    said = "none stands apart" if not low else f"{low} {'stands' if low == 1 else 'stand'} apart"
    return (
        f"{base} Of {len(tried)} indices held against each other {said} once their number is allowed for (q under 0.05). "
        "Intervals come from drawing dreams anew."
    )


def agreement_json(found: AgreementResult) -> dict[str, Any]:
    """`{"raters", "n", "ready", "sentence", "agreement": [{"key", "title", "n", "agreed", "same_count", "kappa" | null,
    "interval" | null, "first_any", "second_any"}], "disagreements": [{"item", "title", "first", "second"}]}`.
    """
    return {
        "raters": list(found.raters), "n": found.n, "ready": found.ready, "sentence": found.sentence,
        "agreement": [
            {
                "key": x.key, "title": x.title, "n": x.n, "agreed": x.agreed, "same_count": x.same_count, "kappa": x.kappa,
                "interval": list(x.interval) if x.interval else None, "first_any": x.first_any, "second_any": x.second_any,
            } for x in found.lines
        ],
        "disagreements": [
            {"item": d.number, "title": d.title, "first": d.first, "second": d.second} for d in found.disagreements
        ],
    }  # fmt: skip


def indices_json(found: IndicesResult) -> dict[str, Any]:
    """`{"rater", "enhancer", "enhanced", "natural", "neither", "ready", "sentence", "indices": [{"key", "title", "of",
    "enhanced": {"counted", "out_of", "share" | null}, "natural": {…}, "h" | null, "interval" | null, "q" | null}]}`.

    A share is null below 50 dreams of its kind, h below 100 of either; h is of enhanced minus natural.
    """

    def side(pair: tuple[int, int], share: float | None) -> dict[str, Any]:
        return {"counted": pair[0], "out_of": pair[1], "share": share}

    return {
        "rater": found.rater, "enhancer": found.enhancer, "enhanced": found.enhanced, "natural": found.natural,
        "neither": found.neither, "ready": found.ready, "sentence": found.sentence,
        "indices": [
            {
                "key": x.key, "title": x.title, "of": x.of, "enhanced": side(x.enhanced, x.enhanced_share),
                "natural": side(x.natural, x.natural_share), "h": x.h, "interval": list(x.interval) if x.interval else None,
                "q": x.q,
            } for x in found.lines
        ],
    }  # fmt: skip
