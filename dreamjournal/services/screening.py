"""The questions that come before an enhancer is put on a schedule, and what is never scheduled at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.services import enhancers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.exposure import Enhancer
    from dreamjournal.services.journals import Journal


@dataclass(frozen=True)
class ScreenQuestion:
    """A yes-or-no question; a yes means that nights are not drawn here."""

    key: str
    words: str


@dataclass(frozen=True)
class Screening:
    """What has to be answered about an enhancer. `refused` says why it is never scheduled, and what to do instead."""

    questions: tuple[ScreenQuestion, ...]
    refused: str | None
    answered: dict[str, bool] | None
    """The latest answers; None where it was never asked."""


# Constructs after the contraindications in Matsumoto and Ugawa 2017 (doi 10.1016/j.cnp.2016.12.003), in own words.
BLOCK_LIST = (
    ScreenQuestion("epilepsy", "Do you have epilepsy, or have you ever had a seizure?"),
    ScreenQuestion("implant", "Do you have an electronic device in your body, or metal in your head?"),
    ScreenQuestion("pregnancy", "Are you pregnant, or might you be?"),
    ScreenQuestion("head_injury", "Have you had a head injury in the last months?"),
    ScreenQuestion("bipolar_psychosis", "Have you ever had a manic episode, bipolar disorder or a psychosis?"),
    ScreenQuestion("skin", "Is your skin broken, sore or ill where the device touches it?"),
)
PRESCRIBED = ScreenQuestion("prescribed", "Was it prescribed or advised by a clinician?")
_INSTEAD = "record the nights you have anyway and compare them as nights you chose yourself"
_REFUSED = {
    EnhancerKind.DRUG: "a drug is never put on a schedule here, since when to take it is between you and your clinician",
    EnhancerKind.THERAPY: "a therapy is never put on a schedule here, since leaving it out for a night could do harm",
}


def screening(journal: Journal, person_id: int, enhancer: str) -> Screening:
    """The questions for this enhancer by its kind. Raises UserError where there is no such enhancer."""
    return _of(journal, enhancers.the_enhancer(journal, person_id, enhancer))


def _of(journal: Journal, enhancer: Enhancer) -> Screening:
    why = _REFUSED.get(enhancer.kind)
    refused = None if why is None else f"{why[0].upper()}{why[1:]}; {_INSTEAD}."
    by_device = enhancer.kind in (EnhancerKind.DEVICE, EnhancerKind.STIMULATION)
    questions = () if refused else BLOCK_LIST if by_device else (PRESCRIBED,)
    last = journal.screenings.latest(enhancer.person_id, enhancer.name)
    return Screening(questions, refused, None if last is None else last.answers)


def keep(journal: Journal, enhancer: Enhancer, answers: Mapping[str, bool], clock: Clock) -> None:
    """Keep the answers, and raise UserError where they, or the kind of enhancer, speak against drawn nights.

    Also raised, and nothing kept, where a question is not answered.
    """
    asked = _of(journal, enhancer)
    if asked.refused is not None:
        raise UserError("No study was begun", _REFUSED[enhancer.kind], _INSTEAD, field="enhancer")
    unknown = sorted(set(answers) - {q.key for q in asked.questions})
    if unknown:
        keys = ", ".join(q.key for q in asked.questions)
        why = f"there is no question {unknown[0]}"
        raise UserError("No study was begun", why, f"the questions are {keys}", field="answers")
    for question in asked.questions:
        if question.key not in answers:
            why = f"“{question.words}” was not answered"
            raise UserError("No study was begun", why, "answer yes or no", field=question.key)
    journal.screenings.put(enhancer.person_id, enhancer.name, dict(answers), clock.now())
    against = next((q for q in asked.questions if answers[q.key]), None)
    if against is None:
        return
    if against.key == PRESCRIBED.key:
        raise UserError(
            "No study was begun", "what was prescribed or advised is never put on a schedule here",
            "talk to your clinician about leaving it out on some nights; the nights you have can be recorded and compared meanwhile",
            field=against.key,
        )  # fmt: skip
    raise UserError(
        "No study was begun", "one of your answers speaks against stimulation on drawn nights",
        "talk to a clinician before you use the device; the nights you have can still be recorded and compared",
        field=against.key,
    )  # fmt: skip
