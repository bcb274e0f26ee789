"""Builds the contrast report: the answer, the nights behind it, and what was ticked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from dreamjournal import __version__
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
from dreamjournal.services import reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.report import Paper, Report
    from dreamjournal.domain.secondary import MeasureRow
    from dreamjournal.domain.study import Study
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.reports import ReportSpec


def build(journal: Journal, person_id: int, spec: ReportSpec, parts: frozenset[str], clock: Clock) -> Report:
    """The report of the question `spec.contrast`. Raises UserError as `contrasts.contrast` does."""
    from dreamjournal.reports.context import Context
    from dreamjournal.reports.page import assemble
    from dreamjournal.services import contrasts, kept_nights
    from dreamjournal.services.multiverse import multiverse

    person = journal.persons.get(person_id)
    assert person is not None  # asked for by reports.build
    found = kept_nights.nights(journal, person_id, None, None, clock, stages="raster" in parts)
    enhancers = [e for e in journal.enhancers.all(person_id) if not e.retired]
    studies = journal.studies.all(person_id)
    result = contrasts.compare(
        found, enhancers, studies, contrasts.with_own_source(journal, person_id, spec.contrast, found), clock
    )
    metric = contrasts.metrics()[result.metric]
    nights = bearing(found, result)
    otherwise = None
    if "otherwise" in parts:
        otherwise = multiverse(found, enhancers, studies, spec.contrast, result, clock, NoProgress())
    return assemble(Context(
        result, person.name, nights, clock.now(), clock.zone(), __version__, study_by(studies, result), parts, cast("Paper", spec.paper),
        reports.source_title(result.source), metric.words, left_out_values(nights, result, metric),
        tuple(d for n in nights.values() for d in n.dreams) if "dream_texts" in parts else (),
        _others(journal, person_id, spec.contrast, clock) if "other_measures" in parts else (),
        otherwise,
    ))  # fmt: skip


def _others(journal: Journal, person_id: int, question: ContrastSpec, clock: Clock) -> tuple[MeasureRow, ...]:
    from dreamjournal.services import secondary

    return secondary.measures(journal, person_id, question, clock).claims


def bearing(found: Sequence[Night], result: ContrastResult) -> dict[date, Night]:
    """The nights of the result's period."""
    dates = [p.night_date for p in result.points] + [x.night_date for x in (*result.excluded, *result.missing)]
    first, last = min(dates, default=date.max), max(dates, default=date.min)
    return {n.night_date: n for n in found if first <= n.night_date <= last}


def study_by(studies: Sequence[Study], result: ContrastResult) -> Study | None:
    """The schedule the contrast went by: the latest of this enhancer with one of its nights, one of this metric before others."""
    from dreamjournal.services.eligible import study_of

    dates = [p.night_date for p in result.points] + [x.night_date for x in (*result.excluded, *result.missing)]
    span = ContrastSpec(first=min(dates, default=None), last=max(dates, default=None))
    return study_of(studies, result.enhancer or "", result.metric, span)


def left_out_values(nights: dict[date, Night], result: ContrastResult, metric: Metric) -> dict[date, float]:
    """The metric's value of nights that were left out, where they have one that may be seen."""
    values: dict[date, float] = {}
    for x in result.excluded:
        night = nights.get(x.night_date)
        if night is None or (night.sealed and result.source != "diary"):
            continue
        value = metric.value(night.seen_by(result.source))
        if value is not None:
            values[x.night_date] = value
    return values
