"""The plan of a study on a page: what was asked, how nights were drawn, what shows that nothing was changed since."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from dreamjournal import __version__
from dreamjournal.common.errors import UserError
from dreamjournal.domain.study import commitment, looks_of
from dreamjournal.domain.study_page import PlanEntry, PlanNight, StudyPlan
from dreamjournal.services import contrasts, settings, studies, study_plan
from dreamjournal.services.reports import source_title

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import Arm
    from dreamjournal.domain.report import Paper
    from dreamjournal.domain.study import Study
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.journals import Journal

SUFFIXES = (".pdf", ".html", ".md")
_SIZES = {2: "two", 4: "four"}


def plan(
    journal: Journal, study: Study, clock: Clock, *, for_helper: bool = False, paper: str = "a4", stamp: Clock | None = None
) -> StudyPlan:  # fmt: skip
    """The page of a study. `for_helper` shows what a sealed study hides, for whoever prepares its nights.

    `clock` decides whether a seal holds; `stamp`, where given, is the time that is printed.
    """
    from dreamjournal.charts import words

    hidden = studies.is_sealed(journal, study, clock) and not for_helper
    metric = contrasts.metrics()[study.metric]
    person = journal.persons.get(study.person_id)
    zone = settings.zone_of(journal, study.person_id, clock)
    now = (stamp or clock).now()
    local = now.astimezone(ZoneInfo(zone))
    title = metric.title if metric.title[1:2].isupper() else metric.title[:1].lower() + metric.title[1:]
    list_kept = study.sealed and for_helper
    free = set(study_plan.free_evenings(journal, study.person_id, study.first_night, study.nights))
    kinds: dict[str, Arm] = {"E": "enhanced", "N": "natural"}
    days = [study.first_night + timedelta(days=i) for i in range(study.nights)]
    closing = (
        f"Dreamjournal {__version__} · plan of a study, layout 1 · printed {words.long_day(local.date())}, {local:%H:%M} ({zone}). "
        "A record for you and your clinician, not a diagnosis and not medical advice."
    )
    return StudyPlan(
        heading="Study plan · " + ("list for the one in charge of the seal" if list_kept else "N-of-1 trial, nights drawn at random"),
        title=study.question or f"Does {study.enhancer} change {title}?",
        person=person.name if person is not None else "",
        facts=_facts(study, metric),
        entries=_entries(study, metric, zone, len(free), hidden=hidden),
        nights=tuple(
            PlanNight(i + 1, day, None if hidden else kinds[study.schedule[i]], day in free)
            for i, day in enumerate(days)
        ),
        legend=_legend(hidden),
        digest=study.digest,
        verifying=_verifying(study, hidden),
        covered="" if hidden or not studies.verify(study) else covered_text(study),
        closing=closing,
        printed=now,
        paper=cast("Paper", paper),
    )  # fmt: skip


def write(page: StudyPlan, path: Path) -> int:
    """Save the page in the format its name ends in, whole or not at all; the number of pages. Raises UserError."""
    from dreamjournal.exporters import _plan

    render = {".pdf": _plan.pdf, ".html": _plan.html, ".md": _plan.markdown}.get(path.suffix.lower())
    if render is None:
        known = ", ".join(SUFFIXES)
        raise UserError("The plan was not written", f"its name must end in one of {known}", "change its ending", field="out")  # fmt: skip
    return _plan.save(render(page), path)


def preview_pages(page: StudyPlan, ppi: float = 110) -> list[bytes]:
    """The pages as PNG images: the PDF's own pages."""
    from dreamjournal.exporters import _plan

    return _plan.pictures(page, ppi)


def covered_text(study: Study) -> str:
    """The text whose SHA-256 is the digest."""
    return json.dumps(commitment(study), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _facts(study: Study, metric: Metric) -> tuple[PlanEntry, ...]:
    from dreamjournal.charts import words

    least = words.difference_words(study.swd, metric.unit, metric.kind) if study.swd else "not given"
    looks = [str(n) for n in looks_of(study)]
    nights = f"{words.period(study.first_night, study.last_night)}, {words.count(study.nights, 'night')}"
    return (
        PlanEntry("Enhancer", study.enhancer),
        PlanEntry("Primary measure", f"{metric.title}, from {source_title(study.source)}. {metric.explain}"),
        PlanEntry("Least that matters (SWD)", least),
        PlanEntry("Nights", nights),
        PlanEntry("Looks", f"after {words.listed(looks)} planned nights"),
    )


def _entries(study: Study, metric: Metric, zone: str, free: int, *, hidden: bool) -> tuple[PlanEntry, ...]:
    from dreamjournal.charts import words

    size = _SIZES.get(study.block_size, str(study.block_size))
    seed = "The seed stands on the list for the one in charge of the seal" if hidden else f"Seed {study.seed}"
    blocks = (
        f"Nights before work ({study.nights - free}) and before a free day ({free}) have blocks of {size} of their own, half of each "
        "enhanced; what is left over makes pairs."
        if study.blocks else f"Blocks of {size} follow each other, half of each enhanced."
    )  # fmt: skip
    drawn = f"{blocks} At most {study.max_run} of a kind in a row. {seed}; every order that keeps to this was equally likely."
    out = [PlanEntry("How nights were drawn", drawn)]
    out_of_it = ["nights of illness or travel", "nights of a clock change or a change of zone"]
    if study.source == "diary" or metric.dream:
        out_of_it += ["the first 14 mornings ever answered", "mornings written more than 24 h late"]
    if study.washout:
        out_of_it.append(f"natural nights within {words.count(study.washout, 'night')} after an enhanced one")
    washout = "" if study.washout else " No washout."
    counts = f"Between looks only marks are shown, no verdict. Not counted: {words.listed(out_of_it)}.{washout}"
    out.append(PlanEntry("What is counted", counts))
    out.append(PlanEntry(
        "Each night",
        "Tick what was really used: what was drawn and what was used are both kept, and a night counts as drawn. Do what is right for "
        "you that evening. Unwanted events are asked each morning; after one, stop and talk to a clinician.",
    ))  # fmt: skip
    out.append(PlanEntry("The seal", _seal(study, zone)))
    out.append(PlanEntry(
        "Limits",
        "One person’s nights say nothing about others. "
        + ("" if study.sealed else "You know which night is which, so what you expect can play a part. ")
        + "What carries over from one night to the next would make the difference look smaller.",
    ))  # fmt: skip
    history = _history(study, zone)
    if history:
        out.append(PlanEntry("Since it was fixed", history))
    return tuple(out)


def _seal(study: Study, zone: str) -> str:
    if not study.sealed:
        return "None: what each night is can be seen by everybody."
    last = _day(study.last_night)
    if study.unsealed is not None:
        return f"It was opened on {_local(study, 'unsealed', zone)}, before the end."
    return (
        f"What each night is, and what devices measure, stays closed to the diarist until the night of {last} has passed. "
        "Opening it earlier is recorded. In charge of the seal: ______________________"
    )


def _history(study: Study, zone: str) -> str:
    said: list[str] = []
    if study.changed is not None:
        said.append(f"The question was changed on {_local(study, 'changed', zone)}: exploratory from then on.")
    if study.lengthened is not None:
        added = study.nights - (study.fixed_nights or study.nights)
        said.append(
            f"{added} nights were added on {_local(study, 'lengthened', zone)}: exploratory, not under the hash."
        )
    if study.stopped is not None:
        why = f" {study.stop_reason}" if study.stop_reason else ""
        said.append(f"It was stopped on {_local(study, 'stopped', zone)}.{why}")
    return " ".join(said)


def _legend(hidden: bool) -> str:
    free = "A bar at the side marks a night before a free day."
    if hidden:
        return f"Tick: done as it was prepared (D), not done (N). {free}"
    return f"Filled diamond: enhanced. Hollow circle: natural. Tick: enhancer used (U), not used (N). {free}"


def _verifying(study: Study, hidden: bool) -> str:
    if not studies.verify(study):
        return studies.verified_words(study)
    fixed = f"{study.fixed:%Y-%m-%d %H:%M} UTC"
    check = f"Check it with “dreamjournal study verify {study.id}”"
    if hidden:
        return (
            f"Fixed on {fixed}. {check}; the text it covers (the question, the drawn nights, the seed) is printed once the seal is "
            "open, and stands on the list for the one in charge of it."
        )  # fmt: skip
    return f"Fixed on {fixed}. {check}, or take the SHA-256 of the text below, its lines joined without blanks or line ends, in UTF-8."


def _local(study: Study, name: str, zone: str) -> str:
    moment = getattr(study, name)
    return _day(moment.astimezone(ZoneInfo(zone)).date())


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
