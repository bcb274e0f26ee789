"""The fixed words around what a log shows: no diagnosis, whom to talk to, what is urgent, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

TALK = (
    "This is not a diagnosis. Talk to a pharmacist, nurse or doctor. "
    "Do not stop a prescribed sleep medicine suddenly without asking."
)
WORTH = "This is not a diagnosis. It may be worth discussing with a doctor or nurse."
NO_EMERGENCIES = "This app can’t judge emergencies."
NUMBERS = "your local emergency number (112, 999 or 911)"
LINES = "For thoughts of harming yourself there are also 988 in the US and 116 123 (Samaritans) in the UK."

SEE = (
    "Sleep is hard on three nights a week or more, for three months, or it troubles your days.",
    "You have kept to good habits for four weeks and nothing has changed.",
    "You snore loudly with pauses, gasping or choking.",
    "You fall asleep without meaning to. If you are sleepy at the wheel, do not drive.",
    "You act out dreams, or hurt yourself or somebody in your sleep.",
    "You go suddenly weak when you laugh.",
    "An urge to move your legs keeps you awake.",
    "Nightmares come every week and distress you.",
    "You use something new and are pregnant, have epilepsy or an implant, are under 18, or are over 65 and have falls.",
    "Something is listed under “What your log shows”.",
)
"""When to see a clinician, in our own words."""
URGENT = (
    "thoughts of harming yourself", "a seizure", "chest pain", "breathing that stops and you are hard to wake",
    "more taken than was meant",
)  # fmt: skip
NEXT = (
    "Habits such as a fixed time to get up, less caffeine late in the day and a dim evening are for general wellbeing. "
    "After four weeks without change, ask a clinician about cognitive behavioural therapy for insomnia (CBT-I): it is the "
    "first treatment for insomnia that lasts (AASM 2021, doi 10.5664/jcsm.8986)."
)
NEVER = (
    "Never looked at: the words of your dreams. Never worked out: a score, a dependence, a diagnosis. "
    "Nothing here tells you to take, change or stop anything."
)
SEVERE = frozenset({"seizure", "dark_thoughts"})
"""Events of the diary that call for the emergency words."""


def urgent_words(number: str | None) -> str:
    """Whom to call, with the person's own number where one is set."""
    return f"If it is happening now or could happen again soon, call {number or NUMBERS}. {LINES} {NO_EMERGENCIES}"


def urgent_list(number: str | None) -> str:
    """What is urgent whatever the log says, in one sentence."""
    listed = ", ".join(URGENT[:-1]) + f" or {URGENT[-1]}"
    return f"For {listed}: call {number or NUMBERS}. {LINES} {NO_EMERGENCIES}"


# The five monthly questions and what a clinician said


@dataclass(frozen=True)
class Question:
    """One of the monthly questions, in our own words; `short` names it in a list."""

    key: str
    text: str
    short: str


QUESTIONS = (
    Question("control", "Did using it feel out of your hands?", "use felt out of your hands"),
    Question("missing", "Were you anxious when you could not have it?", "anxious without it"),
    Question("worry", "Did you worry about how you use it?", "worried about use"),
    Question("wish", "Did you wish you could stop?", "wished to stop"),
    Question("hard", "Was it hard to go without it?", "hard to go without"),
)
ANSWERS = ("never", "sometimes", "often", "always")
OFTEN = frozenset({"often", "always"})
CARD_FROM = 2
"""So many answers of often or always bring the card; they are never added to a score."""


@dataclass(frozen=True)
class CheckIn:
    """The monthly answers of a day: {question: answer}; empty when the month was passed over."""

    id: int
    person_id: int
    answered_on: date
    answers: dict[str, str]
    written: datetime

    @property
    def often(self) -> tuple[Question, ...]:
        """The questions answered often or always."""
        return tuple(q for q in QUESTIONS if self.answers.get(q.key) in OFTEN)


@dataclass(frozen=True)
class Instruction:
    """What a clinician said about an enhancer, as the person wrote it down."""

    id: int
    person_id: int
    enhancer: str
    given_on: date
    who: str
    words: str
    written: datetime
