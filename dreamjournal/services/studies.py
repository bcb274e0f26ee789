"""Studies: begun after the questions that come first, followed night by night, changed only in the open, and verified."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.night import tonight as night_now
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.study import Study, digest_of
from dreamjournal.services import contrasts, enhancers, settings, study_plan
from dreamjournal.services import nights as the_nights
from dreamjournal.services import screening as the_screening
from dreamjournal.services.eligible import arm_of
from dreamjournal.services.screening import Screening, ScreenQuestion, screening
from dreamjournal.services.study_plan import PlanPreview, StudyDraft, preview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import Arm
    from dreamjournal.services.journals import Journal

__all__ = [
    "Adherence", "PlanPreview", "ScreenQuestion", "Screening", "StudyDay", "StudyDraft", "StudyNight", "adherence", "all_studies",
    "begin", "change", "current", "has_begun", "is_sealed", "lengthen", "log", "preview", "resume", "screening", "state_words", "stop",
    "the_study", "tonight", "unseal", "verified_words", "verify",
]  # fmt: skip

UNDO = timedelta(minutes=10)
"""A stop taken back within this time leaves the seal as it was: it was open for no longer."""
_OPENED = Changes.STUDIES | Changes.NIGHTS


@dataclass(frozen=True)
class StudyNight:
    """A night's place in a study. `arm` is None while the study is sealed."""

    study: Study
    number: int
    nights: int
    arm: Arm | None
    words: str


@dataclass(frozen=True)
class StudyDay:
    """A planned night and what became of it. `drawn`, `used`, `names` and `followed` stay empty while the study is sealed."""

    night: date
    number: int
    block: int
    drawn: Arm | None
    used: Condition | None
    """What the night was; None where it is not recorded."""
    names: tuple[str, ...]
    """What enhanced it."""
    followed: bool | None
    """Whether it was as drawn; None where that is not known."""
    recorded: bool
    """Whether the study's own source has something of the night."""


@dataclass(frozen=True)
class Adherence:
    """How many of the nights known to be of one kind were as drawn; None while the study is sealed."""

    followed: int | None
    known: int | None
    passed: int
    """Planned nights that have passed."""
    nights: int


def begin(
    journal: Journal, person_id: int, draft: StudyDraft, answers: Mapping[str, bool], clock: Clock
) -> tuple[Study, Changes]:
    """Begin a study: its nights are drawn, and its question and nights are fixed under a digest.

    `answers` has a yes or no for each of the questions of `screening`; they are kept. Raises UserError where an answer or
    the kind of enhancer speaks against it, where a study is running, and for a draft that cannot be.
    """
    what = "No study was begun"
    running = current(journal, person_id, clock)
    if running is not None:
        raise UserError(
            what, f"one is running until {_day(running.last_night)}, and one question is asked at a time",
            "wait for its end or stop it first",
        )  # fmt: skip
    enhancer = enhancers.the_enhancer(journal, person_id, draft.enhancer)
    study, _ = study_plan.drawn(journal, person_id, draft, clock)
    _check_first(journal, person_id, study.first_night, clock, what)
    _check_swd(study, what)
    the_screening.keep(journal, enhancer, answers, clock)
    study = replace(study, digest=digest_of(study))
    return journal.studies.put(study), _OPENED if study.sealed else Changes.STUDIES


def all_studies(journal: Journal, person_id: int) -> list[Study]:
    """The person's studies, the newest first."""
    return journal.studies.all(person_id)


def the_study(journal: Journal, study_id: int) -> Study:
    """The study of that id. Raises UserError where there is none."""
    found = journal.studies.get(study_id)
    if found is None:
        raise UserError("There is no such study", "", "see the list of studies", field="study")
    return found


def current(journal: Journal, person_id: int, clock: Clock) -> Study | None:
    """The study that runs or is about to; None without one."""
    night = _tonight(journal, person_id, clock)
    return next((s for s in journal.studies.all(person_id) if not s.is_over(night)), None)


def is_sealed(journal: Journal, study: Study, clock: Clock) -> bool:
    """Whether the study keeps its nights from whoever looks now. A caseload is read by the one in charge of the seal."""
    return journal.kind != JournalKind.NURSE and study.hides(_tonight(journal, study.person_id, clock))


def tonight(journal: Journal, person_id: int, night: date, clock: Clock) -> StudyNight | None:
    """Which night of a study `night` is, in words; None where it is a night of none (or of one that was stopped before)."""
    for study in journal.studies.all(person_id):
        number = (night - study.first_night).days + 1
        if not 1 <= number <= study.nights or _after_stop(journal, study, night, clock):
            continue
        place = f"Night {number} of {study.nights} of your study"
        if is_sealed(journal, study, clock):
            words = f"{place}: sealed, so whoever keeps the list prepares it."
            return StudyNight(study, number, study.nights, None, words)
        arm: Arm = "enhanced" if study.schedule[number - 1] == "E" else "natural"
        article = "an" if arm == "enhanced" else "a"
        return StudyNight(study, number, study.nights, arm, f"{place}: {article} {arm} night was drawn.")
    return None


def log(journal: Journal, study: Study, clock: Clock) -> tuple[StudyDay, ...]:
    """Every planned night with what was drawn, what was used and whether it was recorded."""
    sealed = is_sealed(journal, study, clock)
    known = {
        n.night_date: n
        for n in the_nights.as_recorded(
            journal, study.person_id, study.first_night, study.last_night, clock, stages=False
        )
    }
    days: list[StudyDay] = []
    for i, mark in enumerate(study.schedule):
        day = study.first_night + timedelta(days=i)
        night = known.get(day)
        recorded = night is not None and _recorded(night, study.source)
        if sealed:
            days.append(StudyDay(day, i + 1, study.block_of(i), None, None, (), None, recorded))
            continue
        drawn: Arm = "enhanced" if mark == "E" else "natural"
        used, names = _used(night)
        arm = None if night is None else arm_of(night, study.enhancer)[0]
        followed = None if arm is None else arm == drawn
        days.append(StudyDay(day, i + 1, study.block_of(i), drawn, used, names, followed, recorded))
    return tuple(days)


def adherence(journal: Journal, study: Study, clock: Clock) -> Adherence:
    """How many of the nights that are known were as drawn."""
    days = log(journal, study, clock)
    night = _tonight(journal, study.person_id, clock)
    passed = sum(d.night < night for d in days)
    if is_sealed(journal, study, clock):
        return Adherence(None, None, passed, study.nights)
    known = [d.followed for d in days if d.followed is not None]
    return Adherence(sum(known), len(known), passed, study.nights)


def change(
    journal: Journal, study_id: int, clock: Clock, *, question: str | None = None, swd: float | None = None,
    metric: str | None = None, source: str | None = None, washout: int | None = None, first_night: date | None = None,
    nights: int | None = None, sealed: bool | None = None, block_size: int | None = None, max_run: int | None = None,
    seed: int | None = None,
) -> tuple[Study, Changes]:  # fmt: skip
    """Change a study; None leaves a field as it is.

    Before its first night it is fixed anew, with another digest and the same seed unless one is given. After it, only
    the question, the least that matters, measure, source and washout can change; the digest stays that of the first
    question, and contrasts are exploratory from then on. Raises UserError.
    """
    study = the_study(journal, study_id)
    what = "The study was not changed"
    drawing = {
        "first_night": first_night, "nights": nights, "sealed": sealed, "block_size": block_size, "max_run": max_run, "seed": seed,
    }  # fmt: skip
    given = {k: v for k, v in drawing.items() if v is not None and v != getattr(study, k)}
    if study.stopped is not None:
        raise UserError(what, "it was stopped", "take the stop back first", field="study")
    begun = has_begun(journal, study, clock)
    if begun and given:
        name = next(iter(given)).replace("_", " ")
        raise UserError(
            what, f"its first night has begun, and its nights are drawn ({name})",
            "stop it and begin another, or add nights to it", field=next(iter(given)),
        )  # fmt: skip
    new_metric = study.metric if metric is None else metric
    draft = StudyDraft(
        study.enhancer, new_metric, source if source is not None else study.source if new_metric == study.metric else None,
        swd if swd is not None else study.swd if new_metric == study.metric else None,
        study.question if question is None else question, nights or study.nights, study.washout if washout is None else washout,
        first_night or study.first_night, study.sealed if sealed is None else sealed, block_size or study.block_size,
        max_run or study.max_run, study.seed if seed is None else seed,
    )  # fmt: skip
    if begun:
        return _changed_late(journal, study, draft, clock, what)
    anew, _ = study_plan.drawn(journal, study.person_id, draft, clock)
    _check_first(journal, study.person_id, anew.first_night, clock, what)
    _check_swd(anew, what)
    anew = replace(anew, id=study.id)
    anew = replace(anew, digest=digest_of(anew))
    journal.studies.change(anew)
    return anew, _OPENED if study.sealed or anew.sealed else Changes.STUDIES


def stop(journal: Journal, study_id: int, reason: str, clock: Clock) -> tuple[Study, Changes]:
    """End a study now; its nights stay, and a seal opens. Raises UserError where it has ended."""
    study = the_study(journal, study_id)
    if study.is_over(_tonight(journal, study.person_id, clock)):
        raise UserError("The study was not stopped", "it has ended already", "begin another", field="study")
    stopped = replace(study, stopped=clock.now(), stop_reason=study_plan.question_words(reason, "reason"))
    journal.studies.change(stopped)
    return stopped, _OPENED if study.sealed else Changes.STUDIES


def resume(journal: Journal, study_id: int, clock: Clock) -> tuple[Study, Changes]:
    """Take a stop back. A seal that was open for longer than `UNDO` counts as opened. Raises UserError."""
    study = the_study(journal, study_id)
    what = "The study was not taken up again"
    if study.stopped is None:
        raise UserError(what, "it was not stopped", "nothing needs to be done", field="study")
    if _tonight(journal, study.person_id, clock) > study.last_night:
        raise UserError(what, "its last night has passed", "begin another", field="study")
    if current(journal, study.person_id, clock) is not None:
        raise UserError(what, "another one is running", "wait for its end or stop it first", field="study")
    seen = study.sealed and study.unsealed is None and clock.now() - study.stopped > UNDO
    back = replace(study, stopped=None, stop_reason="", unsealed=study.stopped if seen else study.unsealed)
    journal.studies.change(back)
    return back, _OPENED if study.sealed else Changes.STUDIES


def lengthen(journal: Journal, study_id: int, nights: int, clock: Clock) -> tuple[Study, Changes]:
    """Add `nights` nights, drawn in blocks of their own from a seed that follows from the first.

    The digest goes on covering the nights first fixed, and contrasts beyond them are exploratory. Before the first night
    the study is fixed anew instead. Raises UserError.
    """
    study = the_study(journal, study_id)
    what = "No nights were added"
    if nights < 2 or nights % 2:
        raise UserError(what, "as many enhanced as natural nights are added", "give an even number from 2 on", field="nights")  # fmt: skip
    if study.nights + nights > study_plan.MOST:
        raise UserError(what, f"a study has at most {study_plan.MOST} nights", "give a smaller number", field="nights")
    if study.is_over(_tonight(journal, study.person_id, clock)):
        raise UserError(what, "the study has ended", "begin another", field="study")
    if not has_begun(journal, study, clock):
        return change(journal, study_id, clock, nights=study.nights + nights)
    first = study.last_night + timedelta(days=1)
    free = study_plan.free_evenings(journal, study.person_id, first, nights)
    blocks = tuple(study.block_of(i) for i in range(study.nights))
    seed = int.from_bytes(hashlib.sha256(f"{study.seed} {study.nights}".encode()).digest()[:6])
    plan = study_plan.draw_nights(
        first, nights, seed, study.block_size, study.max_run, free, before=study.schedule, first_block=max(blocks) + 1
    )
    longer = replace(
        study, schedule=study.schedule + "".join("E" if p.enhanced else "N" for p in plan),
        blocks=(*blocks, *(p.block for p in plan)), fixed_nights=study.fixed_nights or study.nights, lengthened=clock.now(),
    )  # fmt: skip
    journal.studies.change(longer)
    return longer, Changes.STUDIES


def unseal(journal: Journal, study_id: int, clock: Clock) -> tuple[Study, Changes]:
    """Open the seal before the end. It is recorded, reports say so, and it cannot be taken back. Raises UserError."""
    study = the_study(journal, study_id)
    if not study.hides(_tonight(journal, study.person_id, clock)):
        why = "it is open already" if study.sealed else "this study has none"
        raise UserError("The seal was not opened", why, "nothing needs to be done", field="study")
    opened = replace(study, unsealed=clock.now())
    journal.studies.change(opened)
    return opened, _OPENED


def verify(study: Study) -> bool:
    """Whether the digest is that of the question and the nights as they are kept now."""
    return bool(study.digest) and digest_of(study) == study.digest


def verified_words(study: Study) -> str:
    """What the digest shows, in a sentence."""
    if not study.digest:
        return "This study was made by an earlier version, without a hash."
    n = study.fixed_nights or study.nights
    if verify(study):
        more = f" The {study.nights - n} nights added later are not covered." if study.nights > n else ""
        return (
            f"The hash is that of the question and the {n} nights as they were fixed: nothing was changed since.{more}"
        )
    if study.changed is not None:
        return f"The question was changed on {_day(study.changed.date())}: the hash is that of the question as it was first fixed."
    return "The hash is not that of the question and the nights kept here: they were changed outside the app."


def has_begun(journal: Journal, study: Study, clock: Clock) -> bool:
    """Whether the first night has begun: midnight has come, or something was said of that evening."""
    return _night_begun(journal, study.person_id, study.first_night, clock)


def state_words(journal: Journal, study: Study, clock: Clock) -> str:
    """Where a study stands, in a sentence."""
    night = _tonight(journal, study.person_id, clock)
    if study.stopped is not None:
        day = _local_day(journal, study.person_id, study.stopped, clock)
        return f"Stopped on {_day(day)}." + (f" {study.stop_reason}" if study.stop_reason else "")
    if night > study.last_night:
        return f"Ended on {_day(study.last_night)}, after {study.nights} nights."
    if night < study.first_night:
        return f"Begins on {_day(study.first_night)}."
    return f"Running: night {(night - study.first_night).days + 1} of {study.nights}."


def _changed_late(journal: Journal, study: Study, draft: StudyDraft, clock: Clock, what: str) -> tuple[Study, Changes]:
    study_plan.check_numbers(draft.swd, draft.washout)
    metric = study_plan.the_metric(draft.metric)
    source, _ = study_plan.source_for(journal, study.person_id, metric, draft.source, clock)
    swd = draft.swd if draft.swd is not None else contrasts.default_swd(metric.key, source)
    late = replace(
        study, question=study_plan.question_words(draft.question), swd=float(swd or 0), metric=metric.key, source=source,
        washout=draft.washout,
    )  # fmt: skip
    _check_swd(late, what)
    if late == study:
        return study, Changes.NOTHING
    late = replace(late, changed=clock.now())
    journal.studies.change(late)
    return late, Changes.STUDIES


def _check_first(journal: Journal, person_id: int, first: date, clock: Clock, what: str) -> None:
    earliest = study_plan.earliest_night(journal, person_id, clock)
    if first < earliest:
        raise UserError(what, "its first night has passed", f"choose {earliest} or later", field="first_night")
    if _night_begun(journal, person_id, first, clock):
        next_night = earliest + timedelta(days=1)
        raise UserError(
            what, "that night has begun: something was said of it", f"choose {next_night} or later", field="first_night"
        )
    if first > earliest + study_plan.FURTHEST:
        raise UserError(what, "its first night lies more than a year ahead", "choose an earlier one", field="first_night")  # fmt: skip


def _check_swd(study: Study, what: str) -> None:
    if study.swd <= 0 and study_plan.the_metric(study.metric).kind != "count":
        why = "without the least that matters to you there is no verdict, and this measure has no usual one"
        raise UserError(what, why, "say it with --swd", field="swd")


def _night_begun(journal: Journal, person_id: int, night: date, clock: Clock) -> bool:
    today = study_plan.earliest_night(journal, person_id, clock)
    if night != today:
        return night < today
    evening = journal.evenings.get(person_id, night)
    said = evening.answer is not None or evening.lights_out is not None
    return said or bool(journal.exposures.of_night(person_id, night))


def _tonight(journal: Journal, person_id: int, clock: Clock) -> date:
    return night_now(clock.now(), settings.zone_of(journal, person_id, clock))


def _after_stop(journal: Journal, study: Study, night: date, clock: Clock) -> bool:
    return study.stopped is not None and night >= _local_day(journal, study.person_id, study.stopped, clock)


def _recorded(night: Night, source: str) -> bool:
    if source == "diary":
        return night.diary is not None or night.recall is not None
    return any(s.source == source and s.counts for s in night.sessions)


def _used(night: Night | None) -> tuple[Condition | None, tuple[str, ...]]:
    if night is None or night.condition == Condition.UNRECORDED:
        return None, ()
    return night.condition, tuple(dict.fromkeys(e.name for e in night.exposures))


def _local_day(journal: Journal, person_id: int, moment: datetime, clock: Clock) -> date:
    return in_zone(moment, settings.zone_of(journal, person_id, clock)).local.date()


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
