"""Asks whether a difference changes: over nights with the enhancer, over the calendar, and stretch by stretch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dreamjournal.domain.over_time import Change, OverTime, Stretch
from dreamjournal.services import contrasts
from dreamjournal.services.eligible import plan_of, study_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dreamjournal.analysis.answer import Question
    from dreamjournal.analysis.trend import Slope
    from dreamjournal.common.clock import Clock
    from dreamjournal.common.progress import Progress
    from dreamjournal.domain.contrast import ContrastResult, ContrastSpec, NightPoint
    from dreamjournal.domain.exposure import Enhancer
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.study import Study
    from dreamjournal.services.journals import Journal

SECOND = "Whether a difference changes is a second question: about 1 in 20 such lines would stand out by chance."
DRAWN = "labels dealt again within blocks with the mean difference taken off, weekends and drift allowed for, interval by inversion"
CHOSEN = "AR(1) generalised least squares by REML with enhanced, weekend, trend and their product with time, the larger SE of GLS and OLS"


def for_question(
    journal: Journal, person_id: int, spec: ContrastSpec, result: ContrastResult, clock: Clock, progress: Progress
) -> OverTime:
    """How the difference that `result` answers `spec` with changes. Nights are read once."""
    enhancers = [e for e in journal.enhancers.all(person_id) if not e.retired]
    with contrasts.nights_read(
        journal, person_id, clock, lambda: progress.step(0, 0, "Reading the nights")
    ) as nights:  # fmt: skip
        return over_time(nights, enhancers, journal.studies.all(person_id), spec, result, clock, progress)


def over_time(
    nights: Sequence[Night], enhancers: Sequence[Enhancer], studies: Sequence[Study], spec: ContrastSpec,
    result: ContrastResult, clock: Clock, progress: Progress,
) -> OverTime:  # fmt: skip
    """How the difference changes, from one person's nights (all of them, in order). `result` is the answer to `spec`.

    Raises UserError as `contrasts.contrast`, `Cancelled` through `progress`.
    """
    from dreamjournal.analysis import trend, words
    from dreamjournal.analysis.multiverse import difference_unit

    metric = contrasts.metrics()[result.metric]
    points = result.points
    used = [] if result.enhancer is None else _used(nights, result.enhancer)
    counts = trend.counts_so_far([p.night_date for p in points], used)
    lines, window = trend.running(points)
    found = OverTime(
        metric.title, metric.unit, difference_unit(metric), metric.kind, words.digits_for(metric, result.swd), metric.words,
        result.enhancer, result.swd, result.design, result.n_enhanced, result.n_natural, max(counts, default=0), None, None,
        (), points, lines, window, "", (),
    )  # fmt: skip
    n_eff, span = None, 0.0
    estimated = result.estimate.value is not None and result.kind != "count"
    if estimated and (result.design == "R" or result.kind != "rate"):
        study = None if result.enhancer is None else study_of(studies, result.enhancer, metric.key, spec)
        plan = plan_of(study, spec)
        drawn = result.design == "R" and all(p.night_date in plan for p in points)
        by_count: Sequence[float] = counts
        by_day: Sequence[float] = [float(p.night_date.toordinal()) for p in points]
        if drawn:
            by_count, by_day = trend.block_middles(points, plan)
        of_enhanced = [c for c, p in zip(counts, points, strict=True) if p.arm == "enhanced"]
        span = float(max(of_enhanced) - min(of_enhanced))
        per_count, per_day = (_slope(result, x, drawn, progress) for x in (by_count, by_day))
        n_eff = None if per_count is None else per_count.n_eff
        found = replace(
            found, change=_change(per_count, trend.every_exposures(span)),
            by_date=_change(per_day, trend.every_days(max(by_day) - min(by_day))), method=DRAWN if drawn else CHOSEN,
        )  # fmt: skip
    if result.verdict != "refused" and points:
        question = contrasts.question_of(
            nights, enhancers, studies, replace(spec, metric=result.metric, source=result.source, enhancer=result.enhancer),
            clock,
        )  # fmt: skip
        found = replace(found, stretches=_stretches(question, points, used, progress))
    if "sealed" in result.reasons:
        return replace(found, words=result.words)
    notes = (trend.calendar_note(found), SECOND) if found.change is not None else ()
    return replace(
        found, words=tuple(trend.sentence(found, result, n_eff, span)), notes=tuple(n for n in notes if n)
    )  # fmt: skip


def _used(nights: Sequence[Night], enhancer: str) -> list[date]:
    key = enhancer.casefold()
    return [n.night_date for n in nights if any(e.name.casefold() == key for e in n.exposures)]


def _slope(result: ContrastResult, x: Sequence[float], drawn: bool, progress: Progress) -> Slope | None:
    from dreamjournal.analysis import trend

    scale = 100.0 if result.kind == "rate" else 1.0
    points = [replace(p, value=p.value * scale) for p in result.points]
    progress.step(0, 0, "Looking for a change")
    if drawn:
        return trend.drawn_slope(points, x, step=lambda: progress.step(0, 0, "Looking for a change"))
    return trend.chosen_slope(points, x)


def _change(slope: Slope | None, every: int) -> Change | None:
    if slope is None or slope.interval is None:
        return None
    return Change(every, every * slope.value, (every * slope.interval[0], every * slope.interval[1]))


def _stretches(
    question: Question, points: Sequence[NightPoint], used: Sequence[date], progress: Progress
) -> tuple[Stretch, ...]:
    """Each stretch with its own difference, by the rule of the whole question."""
    from dreamjournal.analysis import trend
    from dreamjournal.analysis.answer import estimates
    from dreamjournal.analysis.multiverse import difference

    groups = trend.stretches(points, whole_blocks=question.design == "R")
    asked = [replace(question, points=g, excluded=(), missing=(), planned=len(g), refused=None) for g in groups]
    out: list[Stretch] = []
    found = estimates(asked, lambda _: progress.step(len(out), len(groups), "Looking at each stretch"))
    for group, e in zip(groups, found, strict=True):
        value, interval, reason = difference(e)
        counts = trend.counts_so_far([p.night_date for p in group if p.arm == "enhanced"], used)
        out.append(Stretch(
            group[0].night_date, group[-1].night_date, (min(counts), max(counts)) if counts else (0, 0), e.n_enhanced,
            e.n_natural, value, interval, reason,
        ))  # fmt: skip
        progress.step(len(out), len(groups), "Looking at each stretch")
    return tuple(out)
