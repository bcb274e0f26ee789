"""The evening: routine, the line before sleep, what tonight is, what was taken, lights out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Condition


class IntakeKind(StrEnum):
    """What a day's intake was."""

    CAFFEINE = "caffeine"
    ALCOHOL = "alcohol"
    MEDICINE = "medicine"


@dataclass(frozen=True)
class RoutineStep:
    """One step of the person's evening routine, in order."""

    id: int
    person_id: int
    title: str
    position: int
    retired: bool = False


@dataclass(frozen=True)
class StepTick:
    """A step ticked on a night: when it happened and when it was written."""

    step_id: int
    night_date: date
    happened: Instant
    written: datetime


@dataclass(frozen=True)
class Intake:
    """Something taken that day. `amount` None with `none_taken` True is an affirmed "none"; no row is "not asked"."""

    id: int
    person_id: int
    night_date: date
    kind: IntakeKind
    name: str
    amount: float | None
    unit: str
    happened: Instant | None
    written: datetime
    none_taken: bool = False


@dataclass(frozen=True)
class Evening:
    """What the person said of the evening and of what tonight is. `answer` None is "nothing chosen"."""

    person_id: int
    night_date: date
    answer: Condition | None = None
    answered: datetime | None = None
    intention: str = ""
    lights_out: Instant | None = None
    intakes: tuple[Intake, ...] = ()
    ticks: tuple[StepTick, ...] = ()
    id: int | None = None
    """The stored answer's id; None where only intakes or ticks are known."""
    steps: int | None = None
    """How many steps the routine had that evening; None where that is not known."""
