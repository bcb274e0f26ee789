"""Asks one question again under every defensible way of counting its nights."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Literal

from dreamjournal.common.collecting import let_go
from dreamjournal.domain.multiverse import Multiverse, Rule
from dreamjournal.services import contrasts
from dreamjournal.services.eligible import (
    Sorted,
    naps_count,
    sort_nights,
    sources_of,
    study_of,
    value_of,
    with_boundary,
    with_naps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dreamjournal.analysis.answer import Question
    from dreamjournal.common.clock import Clock
    from dreamjournal.common.progress import Progress
    from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
    from dreamjournal.domain.exposure import Enhancer
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.study import Study
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.journals import Journal

WASHOUTS = (0, 1, 2)
BOUNDARIES = (12, 18)


def for_question(
    journal: Journal, person_id: int, spec: ContrastSpec, result: ContrastResult, clock: Clock, progress: Progress
) -> Multiverse:
    """The question `spec`, whose answer is `result`, counted otherwise. Nights are read once."""
    enhancers = [e for e in journal.enhancers.all(person_id) if not e.retired]
    with contrasts.nights_read(
        journal, person_id, clock, lambda: progress.step(0, 0, "Reading the nights")
    ) as nights:  # fmt: skip
        return multiverse(nights, enhancers, journal.studies.all(person_id), spec, result, clock, progress)


def multiverse(
    nights: Sequence[Night], enhancers: Sequence[Enhancer], studies: Sequence[Study], spec: ContrastSpec,
    result: ContrastResult, clock: Clock, progress: Progress,
) -> Multiverse:  # fmt: skip
    """The question `spec` under every rule, from one person's nights (all of them, in order). `result` is its answer.

    Raises UserError as `contrasts.contrast`, `Cancelled` through `progress`.
    """
    from dreamjournal.analysis import multiverse as analysis

    metric = contrasts.metrics()[result.metric]
    own = Rule(result.source, spec.naps, result.washout, spec.boundary, spec.labels)
    if result.enhancer is None or "sealed" in result.reasons:
        return replace(analysis.multiverse(metric, (), own, result.swd, (), ()), words=result.words)
    asked = replace(spec, metric=result.metric, enhancer=result.enhancer, swd=result.swd)
    drawn = study_of(studies, result.enhancer, metric.key, spec) is not None
    memory = _Memory(progress)
    rules, notes = _rules(nights, metric, own, drawn, progress)
    unwashed: dict[Rule, tuple[Question, tuple[date, ...]]] = {}
    questions: list[tuple[Rule, Question]] = []
    for done, rule in enumerate(rules):
        progress.step(done, 2 * len(rules), "Sorting the nights")
        plain = replace(rule, washout=0)
        if plain not in unwashed:
            question = contrasts.question_of(nights, enhancers, studies, plain.spec(asked), clock, sort=memory.sort)
            unwashed[plain] = question, memory.used(plain)
            progress.step(done, 2 * len(rules), "Sorting the nights")
        questions.append((rule, _washed(*unwashed[plain], rule.washout)))
    found = analysis.counted(
        questions, own, lambda done, total: progress.step(total + done, 2 * total, "Counting them otherwise")
    )
    by_rule = {rule: c.found for c in found for rule in c.rules}
    whole = analysis.multiverse(metric, found, own, result.swd, analysis.usual(own, by_rule, drawn), notes)
    # All points at once would take long to free.
    for held in (by_rule, found, questions, unwashed):
        held.clear()
    memory.forget()
    return whole


def _washed(question: Question, used: Sequence[date], washout: int) -> Question:
    """The question with the natural nights left out that come within `washout` nights after an enhanced one."""
    from dreamjournal.analysis.answer import Refusal
    from dreamjournal.analysis.design import washed_out

    lost = washed_out([(p.night_date, p.arm) for p in question.points], used, washout)
    if not lost:
        return replace(question, washout=washout)
    kept = tuple(p for p in question.points if p.night_date not in lost)
    refused = question.refused
    if refused is None and not any(p.arm == "natural" for p in kept):
        refused = Refusal("washout", "each natural night came too soon after an enhanced one", "")
    return replace(question, points=kept, washout=washout, refused=refused)


def _rules(
    nights: Sequence[Night], metric: Metric, own: Rule, drawn: bool, progress: Progress
) -> tuple[list[Rule], list[str]]:
    """Every rule that can be asked, the person's own choices first, and what is said of those that cannot."""
    notes: list[str] = []
    sources = [own.source, *(s for s in ("diary", *sources_of(nights)) if s != own.source)]
    measured = [s for s in sources if s == own.source or any(value_of(n, metric, s) is not None for n in nights)]
    labels: list[Literal["planned", "used"]] = ["planned", "used"] if drawn else [own.labels]
    rules: list[Rule] = []
    for source in measured:
        progress.step(0, 0, "Sorting the nights")
        naps = [own.naps]
        if naps_count(metric, source) and any(with_naps(n, metric, source) is not None for n in nights):
            naps = [own.naps, not own.naps]
        elif naps_count(metric, source):
            notes.append("The diary never says whether there were naps, so they cannot be added to its sleep time.")
        washouts = [own.washout, *(w for w in WASHOUTS if w != own.washout)]
        boundaries = [own.boundary, *(b for b in BOUNDARIES if b != own.boundary)]
        rules += [Rule(source, n, w, b, k) for n, w, b, k in product(naps, washouts, boundaries, labels)]
    if not drawn:
        notes.append("None of these nights were drawn at random, so planned and used are the same.")
    return rules, notes


class _Memory:
    """Sorts nights as `sort_nights` does, each distinct way once."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._known: dict[object, Sorted] = {}
        self._moved: dict[int, list[Night]] = {}
        self._values: dict[object, dict[date, float | None]] = {}

    def sort(
        self, nights: Sequence[Night], metric: Metric, source: str, enhancer: str, study: Study | None, spec: ContrastSpec
    ) -> Sorted:  # fmt: skip
        """What `sort_nights` gives."""
        key = (source, spec.naps, spec.boundary, spec.labels)
        if key not in self._known:
            self._progress.step(0, 0, "Sorting the nights")
            if spec.boundary not in self._moved:
                self._moved[spec.boundary] = with_boundary(nights, spec.boundary)
                self._progress.step(0, 0, "Sorting the nights")
            # The nights are moved already: their border is where the rule of the project has it.
            plain = replace(spec, boundary=12)
            values = self._values.setdefault((source, spec.naps, spec.boundary), {})
            told = with_naps if spec.naps else value_of

            def value(night: Night) -> float | None:
                if night.night_date not in values:
                    values[night.night_date] = told(night, metric, source)
                return values[night.night_date]

            self._known[key] = sort_nights(
                self._moved[spec.boundary], metric, source, enhancer, study, plain, value=value
            )
        return self._known[key]

    def forget(self) -> None:
        """Free what is remembered, a part at a time."""
        while self._known:
            self._known.popitem()
        for nights in self._moved.values():
            let_go(nights)

    def used(self, rule: Rule) -> tuple[date, ...]:
        """Every night with the enhancer, of nights that `sort` has sorted by `rule`."""
        found = self._known.get((rule.source, rule.naps, rule.boundary, rule.labels))
        return () if found is None else found.used
