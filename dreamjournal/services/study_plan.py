"""A study before it is begun: what was asked for, checked, with what may be expected of it, and its drawn nights."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import stdev
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.study import Study, planned_arms
from dreamjournal.services import contrasts, enhancers, settings
from dreamjournal.services import nights as the_nights
from dreamjournal.services.eligible import RUN_IN, busiest, sources_of, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.analysis.schedule import PlannedNight
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import Arm
    from dreamjournal.domain.night import Night
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.journals import Journal

FEWEST, MOST = 4, 364
SIZES = (2, 4)
MOST_WASHOUT = 7
FURTHEST = timedelta(days=366)
QUESTION = 300
"""Characters a question may have."""
ENOUGH = 14
"""Nights of each kind a verdict needs, and known nights a spread is told from."""
_RECENT = timedelta(days=400)
_WIDTHS = ((28, 0.82), (56, 0.54), (84, 0.44))
"""Half-width of the 95 % interval in SDs of a night, for nights drawn in blocks: simulated, AR(1) of 0.3, a free-day term."""
_TRIALS = 40


@dataclass(frozen=True)
class StudyDraft:
    """A study as it is asked for; None stands for the usual value."""

    enhancer: str
    metric: str = "tst"
    source: str | None = None
    swd: float | None = None
    question: str = ""
    nights: int = 56
    washout: int = 0
    first_night: date | None = None
    sealed: bool = False
    block_size: int = 4
    max_run: int = 3
    seed: int | None = None


@dataclass(frozen=True)
class PlanPreview:
    """What a draft would be: the study (not kept, its id 0, without a digest) and what to expect of it."""

    study_without_id: Study
    """Begin with its seed to get these very nights. `swd` is 0 where none is given and the measure has no usual one."""
    work_nights: int
    free_nights: int
    enhanced: int
    natural: int
    kept_natural_after_washout: int
    """On average over schedules that could be drawn."""
    half_width_words: str
    warnings: tuple[str, ...]


def preview(journal: Journal, person_id: int, draft: StudyDraft, clock: Clock) -> PlanPreview:
    """What `draft` would be. Nothing is written. Raises UserError with the field for values that cannot be."""
    study, known = drawn(journal, person_id, draft, clock)
    metric = contrasts.metrics()[study.metric]
    arms = [arm for arm, _ in planned_arms(study).values()]
    free = free_evenings(journal, person_id, study.first_night, study.nights)
    enhanced, natural = arms.count("enhanced"), arms.count("natural")
    kept = _kept_natural(study, free)
    values = [v for n in known for v in [value_of(n, metric, study.source)] if v is not None]
    width, words = _half_width(values, metric, enhanced, kept)
    warnings = _warnings(journal, person_id, study, metric, known, kept, width, clock)
    return PlanPreview(
        study, study.nights - len(free), len(free), enhanced, natural, kept, words, tuple(warnings)
    )  # fmt: skip


def drawn(journal: Journal, person_id: int, draft: StudyDraft, clock: Clock) -> tuple[Study, list[Night]]:
    """The study of a draft with its nights drawn, and the nights known before it. Raises UserError with the field."""
    enhancer = enhancers.the_enhancer(journal, person_id, draft.enhancer)
    metric = _checked(draft)
    source, known = source_for(journal, person_id, metric, draft.source, clock)
    swd = draft.swd if draft.swd is not None else contrasts.default_swd(metric.key, source)
    first = draft.first_night or earliest_night(journal, person_id, clock)
    if first.year < 1900 or first > date(9000, 1, 1):
        raise _refused("the first night is no night you can plan", "choose another date", "first_night")
    seed = draft.seed if draft.seed is not None else secrets.randbelow(2**31)
    free = free_evenings(journal, person_id, first, draft.nights)
    plan = draw_nights(first, draft.nights, seed, draft.block_size, draft.max_run, free)
    study = Study(
        0, person_id, enhancer.name, metric.key, source, float(swd or 0), first,
        "".join("E" if p.enhanced else "N" for p in plan), draft.block_size, seed, clock.now().replace(microsecond=0),
        question=question_words(draft.question), washout=draft.washout, max_run=draft.max_run,
        blocks=tuple(p.block for p in plan), sealed=draft.sealed, fixed_nights=len(plan),
    )  # fmt: skip
    return study, known


def draw_nights(
    first: date, nights: int, seed: int, block_size: int, max_run: int, free: Sequence[date], *, before: str = "",
    first_block: int = 1,
) -> tuple[PlannedNight, ...]:  # fmt: skip
    """Nights drawn under the rules. Raises UserError where no schedule keeps to them."""
    from dreamjournal.analysis import schedule

    try:
        return schedule.draw(
            first, nights, seed=seed, block_size=block_size, max_run=max_run, free=free, before=before, first_block=first_block
        )  # fmt: skip
    except ValueError as error:
        raise _refused(
            f"no order of nights keeps every block half and half with at most {max_run} of a kind in a row",
            "allow longer runs", "max_run",
        ) from error  # fmt: skip


def free_evenings(journal: Journal, person_id: int, first: date, nights: int) -> tuple[date, ...]:
    """The nights before a day without work, of those planned, by the person's work days."""
    work = set(settings.get(journal, person_id, "work_days"))
    days = (first + timedelta(days=i) for i in range(nights))
    return tuple(d for d in days if (d + timedelta(days=1)).weekday() not in work)


def earliest_night(journal: Journal, person_id: int, clock: Clock) -> date:
    """The first night a study begun now can have: the one that begins this evening, also after midnight."""
    return in_zone(clock.now(), settings.zone_of(journal, person_id, clock)).local.date()


def source_for(
    journal: Journal, person_id: int, metric: Metric, source: str | None, clock: Clock
) -> tuple[str, list[Night]]:
    """The source a metric is taken from, and the nights it was looked for in.

    None stands for the one the person set for the metric, else the one with most nights. The diary can be begun with.
    Raises UserError where the source has never given the metric.
    """
    zone = settings.zone_of(journal, person_id, clock)
    today = in_zone(clock.now(), zone).local.date()
    known = the_nights.nights(journal, person_id, today - _RECENT, today, clock, stages=False)
    if source is None:
        said = settings.get(journal, person_id, "measure_sources").get(metric.key)
        source = said if said == "diary" or said in sources_of(known) else None
    found = _given(known, metric, source)
    if not found:
        known = the_nights.nights(journal, person_id, None, None, clock, stages=False)
        found = _given(known, metric, source)
    if found and (source is None or source in found):
        return source or busiest(known, metric, found), known
    if source in (None, "diary") and metric.told_by != "device":
        return "diary", known
    others = _given(known, metric, None)
    title = metric.title if metric.title[1:2].isupper() else metric.title.lower()
    if source is None:
        raise _refused(
            f"no source has given {title} yet", "import nights that have it, or choose another measure", "metric"
        )
    now = f"use {' or '.join(others)}" if others else "import nights that have it, or choose another measure"
    raise _refused(f"{source} has never given {title}", now, "source")


def question_words(text: str, field: str = "question") -> str:
    """A question, or a reason, on one line. Raises UserError where it is too long."""
    words = " ".join(text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd").split())
    if len(words) > QUESTION:
        raise _refused(f"the {field} has {len(words)} characters", f"put it in {QUESTION} or fewer", field)
    return words


def check_numbers(swd: float | None, washout: int) -> None:
    """Raise UserError where the least that matters or the washout cannot be."""
    if swd is not None and not (math.isfinite(swd) and swd > 0):
        raise _refused("the least that matters must be a number above 0", "give another", "swd")
    if not 0 <= washout <= MOST_WASHOUT:
        raise _refused(f"a washout has 0 to {MOST_WASHOUT} nights", "give another", "washout")


def the_metric(key: str) -> Metric:
    """The metric of that key. Raises UserError with the list."""
    family = contrasts.metrics()
    if key not in family:
        raise _refused(f"there is no metric {key}", f"choose one of: {', '.join(sorted(family))}", "metric")
    return family[key]


def _checked(draft: StudyDraft) -> Metric:
    metric = the_metric(draft.metric)
    check_numbers(draft.swd, draft.washout)
    if not FEWEST <= draft.nights <= MOST:
        raise _refused(f"a study has {FEWEST} to {MOST} nights", "give another number", "nights")
    if draft.nights % 2:
        now = f"plan {draft.nights - 1} or {draft.nights + 1}"
        raise _refused("an odd number of nights cannot be half and half", now, "nights")
    if draft.block_size not in SIZES:
        raise _refused("a block has 2 or 4 nights", "choose one of these", "block_size")
    if not 1 <= draft.max_run <= 7:
        raise _refused("the longest run lies between 1 and 7 nights", "give another", "max_run")
    if draft.seed is not None and not 0 <= draft.seed < 2**53:
        raise _refused("a seed is a whole number from 0 to 9007199254740991", "give another, or none", "seed")
    return metric


def _refused(why: str, now: str, field: str) -> UserError:
    return UserError("The study was not planned", why, now, field=field)


def _given(known: Sequence[Night], metric: Metric, source: str | None) -> list[str]:
    """Sources (or the one named) with any value of the metric."""
    sources = [source] if source is not None else ["diary", *(s for s in sources_of(known) if s != "diary")]
    return [s for s in sources if any(value_of(n, metric, s) is not None for n in known)]


def _kept_natural(study: Study, free: Sequence[date]) -> int:
    """Natural nights left after the washout, on average over schedules drawn under the same rules."""
    from dreamjournal.analysis import schedule
    from dreamjournal.analysis.design import washed_out

    natural = study.schedule.count("N")
    if not study.washout:
        return natural
    left = 0
    plans = schedule.draw_many(
        study.first_night,
        study.nights,
        seeds=range(_TRIALS),
        block_size=study.block_size,
        max_run=study.max_run,
        free=free,
    )
    for plan in plans:
        arms: list[tuple[date, Arm]] = [(p.night_date, "enhanced" if p.enhanced else "natural") for p in plan]
        left += natural - len(washed_out(arms, [p.night_date for p in plan if p.enhanced], study.washout))
    return round(left / _TRIALS)


def half_width_in_sd(enhanced: int, natural: int) -> float:
    """Half-width of the 95 % interval in SDs of a night, for drawn nights: between the simulated lengths by 1/√n."""
    if not enhanced or not natural:
        return math.inf
    n = 4 / (1 / enhanced + 1 / natural)  # as many nights, half and half
    scaled = [(length, width * math.sqrt(length)) for length, width in _WIDTHS]
    lower = max((s for s in scaled if s[0] <= n), default=scaled[0])
    upper = min((s for s in scaled if s[0] >= n), default=scaled[-1])
    share = 0.0 if upper[0] == lower[0] else (n - lower[0]) / (upper[0] - lower[0])
    return (lower[1] + share * (upper[1] - lower[1])) / math.sqrt(n)


def _half_width(values: Sequence[float], metric: Metric, enhanced: int, natural: int) -> tuple[float | None, str]:
    """The half-width to expect, in the metric's unit where enough nights are known, and in words."""
    from dreamjournal.charts import words

    if metric.kind == "count":
        return None, "Counts are compared as a ratio; how wide its interval will be cannot be said beforehand."
    wide = half_width_in_sd(enhanced, natural)
    if not math.isfinite(wide):
        return None, "No natural night would be left, so nothing could be told."
    spread = stdev(values) * (100 if metric.kind == "rate" else 1) if len(values) >= ENOUGH else 0.0
    if not spread:
        nights = words.count(len(values), "night")
        more = f"; from {ENOUGH} on" if len(values) < ENOUGH else ", all alike; once they differ"
        return None, (
            f"With every night recorded, the 95{words.NBSP}% interval would reach about {words.number(wide, 1)} times the spread "
            f"of your nights (their SD) to each side. {nights} with a value so far{more} it is told in the "
            "measure’s own unit."
        )  # fmt: skip
    width = wide * spread
    told = words.difference_words(width, metric.unit, metric.kind)
    return width, (
        f"With every night recorded, the 95{words.NBSP}% interval would reach about {told} to each side. "
        f"Your last {len(values)} nights differ by {words.difference_words(spread, metric.unit, metric.kind)} (SD)."
    )


def _warnings(
    journal: Journal, person_id: int, study: Study, metric: Metric, known: Sequence[Night], kept: int, width: float | None,
    clock: Clock,
) -> list[str]:  # fmt: skip
    from dreamjournal.charts import words

    out: list[str] = []
    earliest = earliest_night(journal, person_id, clock)
    if study.first_night < earliest:
        out.append(f"The first night has passed; the earliest is {words.long_day(earliest)}.")
    elif study.first_night > earliest + FURTHEST:
        out.append("The first night lies more than a year ahead; choose an earlier one.")
    if study.nights < 2 * ENOUGH:
        out.append(
            f"{study.nights} nights cannot reach a verdict: that needs {ENOUGH} of each kind, so {2 * ENOUGH} nights or more."
        )
    if study.washout:
        natural = study.schedule.count("N")
        text = f"A washout of {words.count(study.washout, 'night')} leaves about {kept} of {natural} natural nights"
        out.append(text + (f"; a verdict needs {ENOUGH}." if kept < ENOUGH <= natural else "."))
    if metric.kind == "count":
        out.append("A count gets no verdict: the two kinds of night stand side by side.")
    elif not study.swd:
        out.append("Say what difference is the least that matters to you: without it there is no verdict.")
    elif width is not None and width > study.swd:
        told = words.difference_words(width, metric.unit, metric.kind)
        out.append(
            f"The interval is likely to reach {told} to each side, more than the least that matters: "
            "a difference of that size may stay “not enough to tell”. More nights narrow it."
        )
    answered = sum(n.diary is not None or n.recall is not None for n in known)
    if (study.source == "diary" or metric.dream) and answered < RUN_IN:
        lost = RUN_IN - answered
        out.append(
            f"The first {RUN_IN} mornings answered do not count and {answered} are: {words.count(lost, 'night')} of the study "
            "would go to that. Answer that many mornings first, and none is lost."
        )
    return out
