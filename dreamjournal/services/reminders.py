"""The wind-down reminder: when it is next, whether it may be shown, and the ledger of what became of each evening's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.evening import Evening
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import tonight
from dreamjournal.domain.reminder import (
    DAY,
    GRACE,
    Occurrence,
    Outcome,
    WindDown,
    is_early,
    is_too_late,
    next_due,
    occurrence_on,
)
from dreamjournal.services import settings

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.settings import LedgerRow

KIND = "wind_down"
PAUSE = "wind_down_pause"
"""The ledger line of the evening after which the reminder switched itself off."""
ANSWERS = ("open", "not_tonight")
IGNORED_IN_A_ROW = 2
LOOK_BACK_DAYS = 14
_UNSETTLED = "wind_down_unsettled"
"""Setting: the first evening the reminder was planned for and that has not been looked at since. Without it an evening
before the bedtime was ever set would be told as missed."""


@dataclass(frozen=True)
class Next:
    """The next reminder: when it is `due`, `local` the same as a naive wall clock in `zone`, and why then, as a sentence.

    `due` may be past by minutes: planned for this evening, not shown yet, and still of use.
    """

    due: Instant
    local: datetime
    zone: str
    nominal_date: date
    reason: str


@dataclass(frozen=True)
class NoNext:
    """No reminder is planned, and why, as a sentence."""

    reason: str


@dataclass(frozen=True)
class Decision:
    """What became of a reminder that was due. `late_min` is how long after its time, in minutes."""

    outcome: Outcome
    nominal_date: date
    reason: str = ""
    late_min: float = 0.0
    changes: Changes = Changes.NOTHING

    @property
    def show(self) -> bool:
        """Whether it is to be shown now."""
        return self.outcome == Outcome.SHOWN


def next_wind_down(journal: Journal, person_id: int, clock: Clock) -> Next | NoNext:
    """The next reminder, or why there is none. Evenings that passed are settled first (`catch_up`), so the answer holds."""
    catch_up(journal, person_id, clock)
    plan = _plan(journal, person_id)
    if isinstance(plan, NoNext):
        return plan
    zone, now = settings.zone_of(journal, person_id, clock), clock.now()
    # The evening now running comes first while its reminder is still of use.
    night = tonight(now, zone) - DAY
    for _ in range(3):
        found = occurrence_on(plan, night, zone)
        if found is not None and found.due.utc <= now and _is_open(journal, person_id, found, now):
            return _next(plan, found)
        night += DAY
    found = next_due(plan, now, zone)
    while found is not None and journal.reminders.outcome(person_id, KIND, found.nominal_date) is not None:
        found = next_due(plan, found.due.utc, zone)  # shown already, then the bedtime or the zone was changed
    return _next(plan, found) if found is not None else NoNext("No evening of the week has a bedtime.")


@dataclass(frozen=True)
class Waiting:
    """A planned reminder by itself, without the journal: `until` when it is of use (an aware instant)."""

    next: Next
    until: datetime


def upcoming(journal: Journal, person_id: int, clock: Clock, days: int = LOOK_BACK_DAYS) -> tuple[Waiting, ...]:
    """The reminders of the coming `days`, in order: what is still known of them while the journal is locked."""
    first = next_wind_down(journal, person_id, clock)
    plan = _plan(journal, person_id)
    if not isinstance(first, Next) or isinstance(plan, NoNext):
        return ()
    zone, now = settings.zone_of(journal, person_id, clock), clock.now()
    planned: list[Waiting] = []
    night = first.nominal_date
    while night < first.nominal_date + days * DAY:
        found = occurrence_on(plan, night, zone)
        lights_out = journal.evenings.get(person_id, night).lights_out is not None
        if found is not None and not lights_out and _is_open(journal, person_id, found, now):
            planned.append(Waiting(_next(plan, found), found.bedtime.utc + GRACE))
        night += DAY
    return tuple(planned)


def shown_while_locked(journal: Journal, person_id: int, shown: Next, at: datetime, clock: Clock) -> Changes:
    """Write into the ledger what was shown at `at` while the journal was locked; an evening decided before stays as it is."""
    new = journal.reminders.record(
        person_id, KIND, shown.nominal_date, Outcome.SHOWN, "", shown.due.utc, at, clock.now()
    )  # fmt: skip
    return Changes.REMINDERS if new else Changes.NOTHING


def _is_open(journal: Journal, person_id: int, each: Occurrence, now: datetime) -> bool:
    return not is_too_late(each, now) and journal.reminders.outcome(person_id, KIND, each.nominal_date) is None


def fire(journal: Journal, person_id: int, nominal_date: date, clock: Clock) -> Decision:
    """Decide on the reminder of an evening that is due, and write it in the ledger; each evening is decided once.

    A second instance, a resume or a changed bedtime gets "already"; after bedtime and its grace it is too late.
    """
    with journal.atomic():
        plan = _plan(journal, person_id)
        if isinstance(plan, NoNext):
            return Decision(Outcome.OFF, nominal_date, plan.reason)
        zone, now = settings.zone_of(journal, person_id, clock), clock.now()
        found = occurrence_on(plan, nominal_date, zone)
        if found is None:
            return Decision(Outcome.OFF, nominal_date, "No bedtime is set for that evening.")
        if journal.reminders.outcome(person_id, KIND, nominal_date) is not None:
            return Decision(Outcome.ALREADY, nominal_date, "That evening has been decided already.")
        if is_early(found, now):
            return Decision(Outcome.NOT_YET, nominal_date, f"It is due at {found.due.local:%H:%M}.")
        if is_too_late(found, now):
            return _record(journal, person_id, found, Outcome.TOO_LATE, _TOO_LATE, now)
        if journal.evenings.get(person_id, nominal_date).lights_out is not None:
            return _record(journal, person_id, found, Outcome.HELD, "Lights out was noted before it was due.", now)
        return _record(journal, person_id, found, Outcome.SHOWN, "", now)


_TOO_LATE = "It could not be shown before bedtime: the app was closed or the computer asleep."


def _record(
    journal: Journal, person_id: int, each: Occurrence, outcome: Outcome, reason: str, now: datetime
) -> Decision:
    shown = now if outcome == Outcome.SHOWN else None
    new = journal.reminders.record(person_id, KIND, each.nominal_date, outcome, reason, each.due.utc, shown, now)
    if not new:
        return Decision(Outcome.ALREADY, each.nominal_date, "That evening has been decided already.")
    late = max(0.0, (now - each.due.utc).total_seconds() / 60)
    return Decision(outcome, each.nominal_date, reason, late, Changes.REMINDERS)


def catch_up(journal: Journal, person_id: int, clock: Clock) -> list[Decision]:
    """Settle the evenings that passed without a word, at most a fortnight back: each gets its line, none is shown.

    After two reminders in a row that were neither answered nor followed by any entry of that evening, the reminder switches
    itself off until the person turns it on again.
    """
    since = _date(journal.settings.get(_UNSETTLED, person_id))
    plan = _plan(journal, person_id)
    if isinstance(plan, NoNext):
        if since is not None:
            journal.settings.set(_UNSETTLED, None, person_id)
        return []
    zone, now = settings.zone_of(journal, person_id, clock), clock.now()
    night = tonight(now, zone)
    found = occurrence_on(plan, night, zone)
    first_open = night + DAY if found is not None and is_too_late(found, now) else night
    if since == first_open:
        return []
    settled: list[Decision] = []
    with journal.atomic():
        day = max(since or first_open, first_open - LOOK_BACK_DAYS * DAY)
        while day < first_open:
            found = occurrence_on(plan, day, zone)
            if found is not None and is_too_late(found, now):
                settled.append(_record(journal, person_id, found, Outcome.TOO_LATE, _TOO_LATE, now))
            day += DAY
        journal.settings.set(_UNSETTLED, first_open.isoformat(), person_id)
        last = _last_of_ignored(journal, person_id, first_open)
        if last is not None:
            settings.set_value(journal, person_id, "reminder_on", False)
            journal.reminders.record(person_id, PAUSE, last, Outcome.HELD, _IGNORED, now, None, now)
    return [d for d in settled if d.outcome == Outcome.TOO_LATE]


_IGNORED = "Two in a row were left unanswered."


def _last_of_ignored(journal: Journal, person_id: int, before: date) -> date | None:
    """The evening of the latest reminder where it and the one shown before it were ignored since the last pause."""
    ignored: list[date] = []
    for back in range(1, LOOK_BACK_DAYS + 1):
        day = before - back * DAY
        if journal.reminders.outcome(person_id, PAUSE, day) is not None:
            return None
        row = journal.reminders.outcome(person_id, KIND, day)
        if row is None or row.outcome != Outcome.SHOWN:
            continue
        if row.answer is not None or journal.evenings.get(person_id, day) != Evening(person_id, day):
            return None
        ignored.append(day)
        if len(ignored) == IGNORED_IN_A_ROW:
            return ignored[0]
    return None


def answer(journal: Journal, person_id: int, nominal_date: date, said: str, clock: Clock) -> Changes:
    """Keep what the person did with a reminder: "open" or "not_tonight". Raises UserError for any other word."""
    if said not in ANSWERS:
        why = "a reminder is answered with open or not_tonight"
        raise UserError("The answer was not kept", why, "choose one", field="answer")
    journal.reminders.answer(person_id, KIND, nominal_date, said, clock.now())
    return Changes.REMINDERS


def log(journal: Journal, person_id: int) -> list[LedgerRow]:
    """The ledger, the newest evening first."""
    return journal.reminders.log(person_id)


def _plan(journal: Journal, person_id: int) -> WindDown | NoNext:
    values = settings.all_values(journal, person_id)
    if not values["reminder_on"]:
        return NoNext(_why_off(journal, person_id))
    work, free = _clock_time(values["bedtime_work"]), _clock_time(values["bedtime_free"])
    if work is None and free is None:
        return NoNext("No bedtime is set, so no reminder comes.")
    plan = WindDown(work, free or work, frozenset(values["work_days"]), int(values["wind_down_lead_min"]))
    if all(plan.bedtime(date(2026, 1, 1) + i * DAY) is None for i in range(7)):
        return NoNext("No bedtime is set before a work day, and every day is one.")
    return plan


def _why_off(journal: Journal, person_id: int) -> str:
    rows = journal.reminders.log(person_id)
    last = next((r for r in rows if r.kind == PAUSE or r.outcome == Outcome.SHOWN), None)
    if last is not None and last.kind == PAUSE:
        day = last.nominal_date
        return f"Off since {day.day} {day:%B}, as two in a row were left unanswered. Turn it on again in Settings."
    return "The reminder is off in Settings."


def _next(plan: WindDown, each: Occurrence) -> Next:
    day = "a work day" if plan.next_day_is_work(each.nominal_date) else "a free day"
    lead = f"{plan.lead_min} minutes before" if plan.lead_min else "At"
    reason = f"{lead} the bedtime of {each.bedtime.local:%H:%M}, before {day}."
    return Next(each.due, each.due.local, each.due.zone or "UTC", each.nominal_date, reason)


def _clock_time(text: Any) -> time | None:
    minutes = settings.minutes_of_day(text) if isinstance(text, str) else None
    return None if minutes is None else time(minutes // 60, minutes % 60)


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
