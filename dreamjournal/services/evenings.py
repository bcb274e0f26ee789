"""Tonight: the routine, what the night is, what was taken, the line before sleep, lights out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import Instant, from_local, in_zone
from dreamjournal.domain.night import Condition, tonight
from dreamjournal.services import bin as the_bin
from dreamjournal.services import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.evening import Evening, RoutineStep
    from dreamjournal.services.journals import Journal

NOON = 12 * 60
SUGGESTED_STEPS = ("Dim the lights", "Screens away", "Tomorrow’s list on paper")


def evening(journal: Journal, person_id: int, night: date) -> Evening:
    """All said of an evening; empty where nothing was."""
    return journal.evenings.get(person_id, night)


def refuse_future(journal: Journal, person_id: int, night: date, clock: Clock) -> None:
    """Raise UserError when `night` has not come yet (a day is allowed for travel)."""
    today = tonight(clock.now(), settings.zone_of(journal, person_id, clock))
    if night > today + timedelta(days=1) or night.year < 1900:
        why = f"the night of {night.isoformat()} is not one you can have slept"
        raise UserError("Nothing was kept", why, "check the date", field="night")


def when(journal: Journal, person_id: int, night: date, minutes: int, clock: Clock | None = None) -> Instant:
    """The instant of a wall clock, in minutes after midnight, between noon of the night and the next noon."""
    from dreamjournal.common.clock import SystemClock

    zone = settings.zone_of(journal, person_id, clock or SystemClock())
    day = night if minutes >= NOON else night + timedelta(days=1)
    return from_local(datetime.combine(day, time(minutes // 60, minutes % 60)), zone)


def _stamp(journal: Journal, person_id: int, night: date, at: time | None, clock: Clock) -> Instant:
    """Now, or `at` on that night. Raises UserError when that has not come yet."""
    if at is None:
        return in_zone(clock.now(), settings.zone_of(journal, person_id, clock))
    instant = when(journal, person_id, night, at.hour * 60 + at.minute, clock)
    if instant.utc > clock.now() + timedelta(minutes=1):
        raise UserError("That time has not come yet", "", f"was that yesterday, {at:%H:%M}", field="time")
    return instant


# The routine


def steps(journal: Journal, person_id: int) -> list[RoutineStep]:
    """The routine in order. On first use three steps are suggested; they are ordinary steps and can be removed."""
    if not journal.evenings.had_steps(person_id):
        with journal.atomic():
            for title in SUGGESTED_STEPS:
                journal.evenings.add_step(person_id, title)
    return journal.evenings.steps(person_id)


def add_step(journal: Journal, person_id: int, title: str) -> tuple[RoutineStep, Changes]:
    """Add a last step. Raises UserError when it has no words."""
    return journal.evenings.add_step(person_id, _title(title)), Changes.EVENINGS


def rename_step(journal: Journal, step_id: int, title: str) -> Changes:
    """Reword a step; its ticks of past nights stay."""
    journal.evenings.rename_step(step_id, _title(title))
    return Changes.EVENINGS


def retire_step(journal: Journal, step_id: int, retired: bool = True) -> Changes:
    """Take a step out of the routine, or back in; its ticks of past nights stay."""
    journal.evenings.retire_step(step_id, retired)
    return Changes.EVENINGS


def move_step(journal: Journal, step_id: int, position: int) -> Changes:
    """Put a step at `position`, 0 being first."""
    journal.evenings.move_step(step_id, position)
    return Changes.EVENINGS


def _title(title: str) -> str:
    clean = " ".join(title.split())
    if not clean:
        raise UserError("The step was not kept", "it has no words", "write what you do", field="title")
    return clean[:200]


def tick(journal: Journal, person_id: int, step_id: int, night: date, clock: Clock, at: time | None = None) -> Changes:
    """Tick a step, now or at a time of that night; when it was written is kept beside. Raises UserError."""
    journal.evenings.tick(step_id, night, _stamp(journal, person_id, night, at, clock), clock.now())
    return Changes.EVENINGS


def untick(journal: Journal, person_id: int, step_id: int, night: date) -> Changes:  # noqa: ARG001 - reads as `tick` does
    """Take a tick back."""
    journal.evenings.untick(step_id, night)
    return Changes.EVENINGS


# What the night is


def answer(
    journal: Journal, person_id: int, night: date, said: Literal["natural", "unsure"] | None, clock: Clock
) -> Changes:
    """Keep what the person says the night is, in place of an earlier answer; None takes the answer back."""
    refuse_future(journal, person_id, night, clock)
    with journal.atomic():
        journal.exposures.delete_said(person_id, night)
        journal.evenings.set_answer(person_id, night, Condition(said) if said else None, clock.now())
    return Changes.EVENINGS | Changes.EXPOSURES


def answer_enhanced(
    journal: Journal, person_id: int, night: date, named: Sequence[tuple[str, str, float | None]], clock: Clock
) -> Changes:
    """The night is enhanced by each (name, dose, intensity 0 to 1 or None); replaces the earlier answer.

    A name not known yet becomes an enhancer. Raises UserError.
    """
    refuse_future(journal, person_id, night, clock)
    if not named:
        raise UserError("Nothing was kept", "it is not said what enhanced the night", "name it", field="name")
    changes = Changes.EVENINGS | Changes.EXPOSURES
    with journal.atomic():
        journal.exposures.delete_said(person_id, night)
        seen: set[int] = set()
        for name, dose, intensity in named:
            clean = enhancer_name(name)
            if intensity is not None and not 0 <= intensity <= 1:
                raise UserError(
                    "The intensity was not kept", "it lies outside 0 to 1", "type another", field="intensity"
                )
            enhancer = journal.enhancers.by_name(person_id, clean)
            if enhancer is None:
                enhancer = journal.enhancers.add(person_id, clean, likely_kind(clean), clock.now())
                changes |= Changes.ENHANCERS
            if enhancer.id in seen:
                continue
            seen.add(enhancer.id)
            journal.exposures.add(
                Exposure(
                    0, person_id, night, enhancer.name, enhancer.kind, "diary", " ".join(dose.split()),
                    intensity=intensity, enhancer_id=enhancer.id, written=clock.now(),
                )
            )  # fmt: skip
        journal.evenings.set_answer(person_id, night, Condition.ENHANCED, clock.now())
    return changes


def enhancer_name(name: str) -> str:
    """A tidy name of an enhancer. Raises UserError when it is empty, too long or unprintable."""
    clean = " ".join(name.split())
    if not clean or len(clean) > 80 or not clean.isprintable():
        raise UserError(
            "The enhancer was not kept", "a name has 1 to 80 ordinary characters", "type another", field="name"
        )
    return clean


def likely_kind(name: str) -> EnhancerKind:
    """The kind of an enhancer known by name alone: SleepSync is a device, of others nothing is guessed."""
    return EnhancerKind.DEVICE if name.casefold() == "sleepsync" else EnhancerKind.OTHER


def last_used_enhancer(journal: Journal, person_id: int) -> Exposure | None:
    """What the person wrote down last, with its dose; Enter takes it again."""
    return journal.exposures.last_of_person(person_id)


# The line before sleep and lights out


def set_intention(journal: Journal, person_id: int, night: date, text: str) -> Changes:
    """Keep the line before sleep, unchanged."""
    journal.evenings.set_intention(person_id, night, text)
    return Changes.EVENINGS


def lights_out(journal: Journal, person_id: int, night: date, clock: Clock, at: time | None = None) -> Instant:
    """Stamp lights out, now or at a time of that night; returns the instant kept. Raises UserError."""
    instant = _stamp(journal, person_id, night, at, clock)
    journal.evenings.set_lights_out(person_id, night, instant)
    return instant


def clear_lights_out(journal: Journal, person_id: int, night: date) -> Changes:
    """Take the stamp back."""
    journal.evenings.set_lights_out(person_id, night, None)
    return Changes.EVENINGS


# What was taken that day


def add_intake(
    journal: Journal, person_id: int, night: date, kind: IntakeKind | str, clock: Clock, *, name: str = "",
    amount: float | None = None, unit: str = "", at: time | None = None, none_taken: bool = False,
) -> tuple[int, Changes]:  # fmt: skip
    """Keep caffeine, alcohol or medicine of the day before this night, or an affirmed "none"; returns (id, changes).

    `at` is a wall clock of that day: a morning hour belongs to the day of the evening. Raises UserError.
    """
    refuse_future(journal, person_id, night, clock)
    _check_amount(amount)
    happened = None if at is None or none_taken else _taken(journal, person_id, night, at, clock)
    amount, unit = (None, "") if none_taken else (amount, unit)
    made = journal.evenings.add_intake(
        person_id, night, IntakeKind(kind), name.strip(), amount, unit.strip(), happened, none_taken, clock.now()
    )
    return made, Changes.EVENINGS


def update_intake(
    journal: Journal, person_id: int, night: date, intake_id: int, kind: IntakeKind | str, clock: Clock, *, name: str = "",
    amount: float | None = None, unit: str = "", at: time | None = None, none_taken: bool = False,
) -> Changes:  # fmt: skip
    """Change something taken; when it was first written stays. Raises UserError."""
    _check_amount(amount)
    happened = None if at is None or none_taken else _taken(journal, person_id, night, at, clock)
    amount, unit = (None, "") if none_taken else (amount, unit)
    journal.evenings.update_intake(
        intake_id, IntakeKind(kind), name.strip(), amount, unit.strip(), happened, none_taken
    )
    return Changes.EVENINGS


def delete_intake(journal: Journal, intake_id: int, clock: Clock) -> tuple[int, Changes]:
    """Put something taken in the bin; returns (bin id, changes)."""
    return the_bin.discard_intake(journal, intake_id, clock)


def _check_amount(amount: float | None) -> None:
    if amount is not None and not 0 < amount < 100_000:
        raise UserError("The amount was not kept", "it is not above 0", "type another, or choose none", field="amount")


def _taken(journal: Journal, person_id: int, night: date, at: time, clock: Clock) -> Instant:
    """A wall clock of the waking day before the night: from 04:00 of its date to 04:00 of the next."""
    zone = settings.zone_of(journal, person_id, clock)
    instant = from_local(datetime.combine(night if at.hour >= 4 else night + timedelta(days=1), at), zone)
    if instant.utc > clock.now() + timedelta(minutes=1):
        raise UserError("That time has not come yet", "", f"was that yesterday, {at:%H:%M}", field="time")
    return instant
