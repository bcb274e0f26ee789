"""Answers "do my nights differ?": which nights count, why the others do not, and the answer."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from dreamjournal.common.collecting import let_go, no_search_for_cycles
from dreamjournal.common.errors import UserError
from dreamjournal.common.plugins import load_family
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec, Excluded, Stamp
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import tonight
from dreamjournal.domain.study import looks_of, planned_arms
from dreamjournal.services import refusals, settings
from dreamjournal.services.eligible import (
    SEALED,
    Sorted,
    SortNights,
    busiest,
    check_source,
    enhancer_asked,
    naps_count,
    sort_nights,
    sources_of,
    study_of,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from dreamjournal.analysis.answer import Question
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.exposure import Enhancer
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.study import Study
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.journals import Journal


@dataclass(frozen=True)
class MetricChoice:
    """A metric that can be asked about. `nights` have a value from some source."""

    key: str
    title: str
    unit: str
    explain: str
    nights: int


@dataclass(frozen=True)
class SourceChoice:
    """A source of a metric. `nights` have a value."""

    key: str
    nights: int


def metrics() -> dict[str, Metric]:
    """All metrics by key."""
    return {m.key: m for m in cast("list[Metric]", load_family("dreamjournal.metrics"))}


def contrast(journal: Journal, person_id: int, spec: ContrastSpec, clock: Clock) -> ContrastResult:
    """The answer to `spec`. Raises UserError for an unknown metric, source or enhancer, or several enhancers and none named."""
    _metric(spec.metric)
    _check_swd(spec.swd)
    enhancers = [e for e in journal.enhancers.all(person_id) if not e.retired]
    with nights_read(journal, person_id, clock) as nights:
        spec = with_own_source(journal, person_id, spec, nights)
        return compare(nights, enhancers, journal.studies.all(person_id), spec, clock)


def with_own_source(journal: Journal, person_id: int, spec: ContrastSpec, nights: Sequence[Night]) -> ContrastSpec:
    """The question with the source the person said stands for its metric, on every night alike, where none is named."""
    if spec.source is not None:
        return spec
    said = settings.get(journal, person_id, "measure_sources").get(spec.metric)
    return replace(spec, source=said) if said == "diary" or said in sources_of(nights) else spec


def compare(
    nights: Sequence[Night], enhancers: Sequence[Enhancer], studies: Sequence[Study], spec: ContrastSpec, clock: Clock
) -> ContrastResult:
    """The answer from one person's nights (all of them), enhancers and studies. Raises UserError as `contrast`."""
    from dreamjournal.analysis.answer import answer

    return answer(question_of(nights, enhancers, studies, spec, clock))


def question_of(
    nights: Sequence[Night], enhancers: Sequence[Enhancer], studies: Sequence[Study], spec: ContrastSpec, clock: Clock, *,
    sort: SortNights = sort_nights,
) -> Question:  # fmt: skip
    """Everything the answer to `spec` rests on: its nights in their arms, its design, why it is refused. Raises UserError as `contrast`.

    `sort` is `sort_nights`, or one that remembers what it sorted.
    """
    from dreamjournal.analysis.answer import Question

    metric = _metric(spec.metric)
    _check_swd(spec.swd)
    if any(a.night_date > b.night_date for a, b in pairwise(nights)):
        nights = sorted(nights, key=lambda n: n.night_date)
    enhancer = enhancer_asked(enhancers, spec.enhancer)
    known = ["diary", *(s for s in sources_of(nights) if s != "diary")]
    if any(n.study_sealed for n in nights):  # the recordings behind a seal show no source
        known += [s.source for s in studies if s.sealed and s.source not in known]
    check_source(spec.source, known)
    if enhancer is None:
        source = spec.source or busiest(nights, metric, known)
        return Question(
            metric, source, None, "P", (), swd=_swd(metric, source, spec.swd), swd_chosen=spec.swd is not None,
            fixes=refusals.NO_ENHANCER, reasons=("no_enhancer",),
        )  # fmt: skip
    study = study_of(studies, enhancer.name, metric.key, spec)
    spec = _with_fixed_source(spec, study, known)
    sorts = {s: sort(nights, metric, s, enhancer.name, study, spec) for s in ([spec.source] if spec.source else known)}
    if any(found.points for found in sorts.values()):
        source = max(sorts, key=lambda s: (len(sorts[s].points), s == "diary", -known.index(s)))
    else:  # no night counts: the reasons of the source with most values tell more
        source = busiest(nights, metric, tuple(sorts))
    found = sorts[source]
    return _question(found, metric, source, enhancer.name, enhancer.kind, study, spec, nights, clock)


def _with_fixed_source(spec: ContrastSpec, study: Study | None, known: Sequence[str]) -> ContrastSpec:
    """The source is chosen once for a study, never night by night nor by what it would answer."""
    if spec.look is not None and (study is None or spec.look not in looks_of(study)):
        said = (
            "there is no study of this enhancer"
            if study is None
            else f"the looks are {', '.join(map(str, looks_of(study)))}"
        )
        raise UserError("There is no such look", said, "use one of these, or leave --look out", field="look")
    if spec.source is None and study is not None and study.metric == spec.metric and study.source in known:
        return replace(spec, source=study.source)
    return spec


def metric_choices(journal: Journal, person_id: int, clock: Clock) -> tuple[MetricChoice, ...]:
    """All metrics, those with most nights first."""
    with nights_read(journal, person_id, clock) as nights:
        sources = ["diary", *(s for s in sources_of(nights) if s != "diary")]
        choices = [
            MetricChoice(
                m.key, m.title, m.unit, m.explain, sum(any(value_of(n, m, s) is not None for s in sources) for n in nights)
            )
            for m in metrics().values()
        ]  # fmt: skip
    return tuple(sorted(choices, key=lambda c: (-c.nights, c.title)))


def source_choices(journal: Journal, person_id: int, metric: str, clock: Clock) -> tuple[SourceChoice, ...]:
    """The sources that have any night of `metric`, those with most nights first, the diary on a tie."""
    chosen = _metric(metric)
    with nights_read(journal, person_id, clock) as nights:
        sources = ["diary", *(s for s in sources_of(nights) if s != "diary")]
        counts = [SourceChoice(s, sum(value_of(n, chosen, s) is not None for n in nights)) for s in sources]
    return tuple(sorted((c for c in counts if c.nights), key=lambda c: (-c.nights, c.key != "diary", c.key)))


def default_swd(metric: str, source: str) -> float | None:
    """The smallest worthwhile difference where the person gives none; None for metrics that have no usual one."""
    return _swd(_metric(metric), source, None)


def _metric(key: str) -> Metric:
    family = metrics()
    if key not in family:
        raise UserError(
            f"There is no metric {key}",
            f"the metrics are {', '.join(sorted(family))}",
            "use one of these",
            field="metric",
        )
    return family[key]


def _check_swd(swd: float | None) -> None:
    if swd is not None and not (math.isfinite(swd) and swd > 0):
        raise UserError(
            "The least that matters was not taken",
            "it must be a number above 0",
            "give another with --swd",
            field="swd",
        )


def _swd(metric: Metric, source: str, chosen: float | None) -> float | None:
    return chosen if chosen is not None else metric.swd_diary if source == "diary" else metric.swd_device


@contextmanager
def nights_read(
    journal: Journal, person_id: int, clock: Clock, step: Callable[[], None] | None = None
) -> Generator[list[Night]]:
    """All nights of a person without stages, in order, for the time of the block: ten years of them, and the window stays at work.

    `step` is called many times a second while they are read; what it raises ends the reading.
    """
    from dreamjournal.services import kept_nights
    from dreamjournal.services import nights as nights_service

    with no_search_for_cycles():
        if step is None:
            nights = kept_nights.nights(journal, person_id, None, None, clock, stages=False)
        else:
            nights = nights_service.nights(journal, person_id, None, None, clock, stages=False, step=step)
        try:
            yield nights
        finally:
            let_go(nights)


def _question(
    found: Sorted, metric: Metric, source: str, enhancer: str, kind: EnhancerKind, study: Study | None,
    spec: ContrastSpec, nights: Sequence[Night], clock: Clock,
) -> Question:  # fmt: skip
    from dreamjournal.analysis import design as designs
    from dreamjournal.analysis.answer import Question

    drawn = study is not None and found.followed is not None
    # A class by how the nights were chosen needs the labels before any washout thins them.
    design = designs.classify([p.arm for p in found.points], drawn=drawn, followed=found.followed or 0.0)
    washout = 1 if design != "R" and kind in (EnhancerKind.DEVICE, EnhancerKind.STIMULATION) else 0
    if study is not None and study.washout:
        washout = study.washout
    if spec.washout is not None:
        washout = spec.washout
    washed = designs.washed_out([(p.night_date, p.arm) for p in found.points], found.used, washout)
    narrowed = refusals.left_out_by(found.points, nights, enhancer, spec)
    points = tuple(p for p in found.points if p.night_date not in washed and p.night_date not in narrowed)
    reason = (
        f"washout: within {washout} night of an enhanced one" if washout == 1 else f"washout: within {washout} nights"
    )
    out = {**dict.fromkeys(washed, reason), **narrowed}
    excluded = tuple(sorted([*found.excluded, *(Excluded(d, r) for d, r in out.items())], key=lambda x: x.night_date))
    zone = next((n.zone for n in reversed(nights) if n.zone), clock.zone())
    asked = refusals.Asked(
        found, points, metric, source, enhancer, spec, nights, tonight(clock.now(), zone), bool(washed), study, design
    )
    barred = refusals.obstacles(asked)
    chosen = spec.swd
    if chosen is None and study is not None and study.metric == metric.key:
        chosen = study.swd or None
    warnings = list(barred.warnings)
    if spec.naps and not naps_count(metric, source):
        warnings.append(f"Naps are added to minutes asleep only: they do not change {metric.title.lower()}.")
    counted = {p.night_date for p in points} if metric.dream else set[date]()
    merged = sum(d.may_not_be_own for n in nights if n.night_date in counted for d in n.dreams)
    if merged:
        noun = "dream" if merged == 1 else "dreams"
        warnings.append(f"{merged} {noun} on merge nights may not be your own; counted.")
    return Question(
        metric, source, enhancer, design, points, excluded, found.missing, found.planned,
        swd=_swd(metric, source, chosen), swd_chosen=chosen is not None, refused=barred.refused, fixes=barred.fixes,
        warnings=tuple(warnings), reasons=barred.codes, lacking=barred.lacking,
        washout=washout, next_look=_next_look(study, spec, nights, clock),
        followed=found.followed if drawn else None, stamp=_stamp(study, metric, source, spec, zone),
        blinded=drawn and study is not None and study.sealed and study.unsealed is None,
        sealed_until=study.last_night if study is not None and any(x.reason == SEALED for x in found.excluded) else None,
    )  # fmt: skip


def _next_look(study: Study | None, spec: ContrastSpec, nights: Sequence[Night], clock: Clock) -> int | None:
    """The look a running study waits for; None at a look, after the last one, and without a running study."""
    if study is None or study.stopped is not None:
        return None
    # A night that is recorded has passed, whatever the clock's zone makes of today.
    slept = max((n.night_date for n in nights if n.sessions or n.diary is not None), default=study.first_night)
    passed = max((clock.now().date() - study.first_night).days, (slept - study.first_night).days + 1)
    looks = looks_of(study)
    if spec.look is not None:
        return None if passed >= spec.look else spec.look
    if passed >= study.nights or passed in looks:
        return None
    return next((look for look in looks if passed < look), None)


def _stamp(study: Study | None, metric: Metric, source: str, spec: ContrastSpec, zone: str) -> Stamp:
    """Whether this is the question that was fixed before its nights, and if not, why it is not."""
    if study is None:
        return Stamp("afterwards", "Found afterwards: no question was fixed before these nights.")
    fixed = _day(study.fixed_on(zone))
    if not study.fixed_before:
        return Stamp("afterwards", f"Found afterwards: the question was fixed on {fixed}, after the first night.")
    if study.changed is not None:
        changed = study.changed.astimezone(ZoneInfo(zone)).date()
        after = _count(max(0, (changed - study.first_night).days))
        return Stamp("afterwards", f"Exploratory: the question was changed on {_day(changed)}, after {after}.")
    if study.lengthened is not None and (spec.look is None or spec.look > study.fixed_nights):
        added = study.lengthened.astimezone(ZoneInfo(zone)).date()
        return Stamp("afterwards", f"Exploratory: nights were added to the study on {_day(added)}.")
    lived = len(planned_arms(study))
    if study.stopped is not None and (spec.look or lived) not in [n for n in looks_of(study) if n <= lived]:
        return Stamp("afterwards", f"Exploratory: the study was stopped after {lived} of its {_count(study.nights)}.")
    differs = [
        words for words, other in (
            ("another measure", study.metric != metric.key), ("another source", study.source not in ("", source)),
            ("another least that matters", spec.swd is not None and spec.swd != study.swd),
            ("other nights", (spec.first or study.first_night) > study.first_night or (spec.last or study.last_night) < study.last_night),
            ("nights as they were used", spec.labels == "used"),
            ("another washout", spec.washout is not None and spec.washout != study.washout),
            ("naps counted", spec.naps), ("only some days", spec.days != "all"), ("some nights left out", bool(spec.without)),
            ("another border between nights", spec.boundary != ContrastSpec.boundary),
        ) if other
    ]  # fmt: skip
    if differs:
        return Stamp("afterwards", f"Found afterwards: not the question fixed on {fixed} ({', '.join(differs)}).")
    return Stamp("planned", f"Planned: the question was fixed on {fixed}, before the first night.")


def _count(nights: int) -> str:
    return f"{nights} {'night' if nights == 1 else 'nights'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def contrast_csv(path: str, design: str, swd: float | None, metric: str = "tst") -> ContrastResult:
    """The contrast of a CSV with columns night_date, enhanced, value[, weekend][, block], in any order.

    An empty value is a night planned but missing, as is every day without a row between the first and the last;
    without `weekend`, Friday and Saturday evenings count as one. `metric` lends its words and unit.
    Raises UserError for a file that cannot be read, a missing column, or a value that is no number.
    """
    from dreamjournal.analysis.answer import Question, answer
    from dreamjournal.services.contrast_csv import read_nights

    if design not in ("R", "S", "P"):
        raise UserError(f"There is no design {design}", "a design is R, S or P", "use one of these", field="design")
    _check_swd(swd)
    points, missing = read_nights(path)
    if design != "R":
        points = tuple(replace(p, block=None) for p in points)
    question = Question(
        _metric(metric), "csv", None, design, points, (), missing, len(points) + len(missing),
        swd=swd, swd_chosen=swd is not None,
    )  # fmt: skip
    return answer(question)
