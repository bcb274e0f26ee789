"""When the wind-down reminder is due, and until when it is of use: pure functions, right across clock changes.

A reminder belongs to an evening, its nominal date; bedtimes after midnight belong to the evening before, as nights do.
The calendar decides, never the last time it was shown, so a late start or a changed bedtime cannot shift it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dreamjournal.domain.instant import Instant, from_local, in_zone

NOON = time(12)
DAY = timedelta(days=1)
GRACE = timedelta(minutes=5)
"""Quiet hours begin at bedtime. Five minutes let a reminder planned for bedtime itself come through a scheduler that looks
once a minute; later than that it is never shown."""
EARLY = timedelta(minutes=1)
"""How much before its time a reminder may come: clocks are set back by seconds now and then."""


class Outcome(StrEnum):
    """What became of a reminder. Only the first three are kept in the ledger; the others leave the evening open."""

    SHOWN = "shown"
    TOO_LATE = "too_late"
    HELD = "held"
    ALREADY = "already"
    OFF = "off"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class WindDown:
    """The plan: bedtimes as wall clocks (None: no reminder that evening), work days as 0 = Monday, lead in minutes."""

    before_work: time | None
    before_free: time | None
    work_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    lead_min: int = 45

    def bedtime(self, nominal_date: date) -> time | None:
        """The bedtime of an evening: by whether the day after it is a work day."""
        return self.before_work if self.next_day_is_work(nominal_date) else self.before_free

    def next_day_is_work(self, nominal_date: date) -> bool:
        """Whether the morning after this evening is one to get up for work."""
        return (nominal_date + DAY).weekday() in self.work_days


@dataclass(frozen=True)
class Occurrence:
    """The reminder of one evening: when it is due, and the bedtime it leads to."""

    nominal_date: date
    due: Instant
    bedtime: Instant


def occurrence_on(plan: WindDown, nominal_date: date, zone: str) -> Occurrence | None:
    """The reminder of the evening `nominal_date` in `zone`; None where none is planned, or the zone left that day out.

    The lead is real minutes before the bedtime, also where the clocks change in between. A bedtime inside the spring gap
    is an hour later on the wall, one in the doubled hour is the first of the two. Raises zoneinfo.ZoneInfoNotFoundError.
    """
    bedtime = plan.bedtime(nominal_date)
    if bedtime is None or _left_out(nominal_date, zone):
        return None
    day = nominal_date if bedtime >= NOON else nominal_date + DAY
    to_bed = from_local(datetime.combine(day, bedtime), zone)
    return Occurrence(nominal_date, in_zone(to_bed.utc - timedelta(minutes=plan.lead_min), zone), to_bed)


def _left_out(day: date, zone: str) -> bool:
    # Samoa had no 30 December 2011: every wall clock of such a day is one of the next day's.
    noon = datetime.combine(day, NOON, tzinfo=ZoneInfo(zone))
    return noon.astimezone(UTC).astimezone(noon.tzinfo).date() != day


def occurrences_between(plan: WindDown, start: datetime, end: datetime, zone: str) -> list[Occurrence]:
    """The reminders due from `start` (aware, included) to `end` (excluded), in order, one for each nominal date."""
    # A bedtime of 11:59 is due on the day after its nominal date; a lead of hours brings one of noon to its morning.
    day, last = in_zone(start, zone).local.date() - 2 * DAY, in_zone(end, zone).local.date() + 2 * DAY
    found: list[Occurrence] = []
    while day <= last:
        each = occurrence_on(plan, day, zone)
        if each is not None and start <= each.due.utc < end:
            found.append(each)
        day += DAY
    return sorted(found, key=lambda o: o.due.utc)


def next_due(plan: WindDown, after: datetime, zone: str) -> Occurrence | None:
    """The first reminder due later than `after` (aware); None where no evening of a week has one."""
    found = occurrences_between(plan, after + timedelta(microseconds=1), after + timedelta(days=9), zone)
    return found[0] if found else None


def is_too_late(occurrence: Occurrence, now: datetime) -> bool:
    """Whether winding down is of no use any more: bedtime and its grace have passed. Nothing is caught up in the morning."""
    return now > occurrence.bedtime.utc + GRACE


def is_early(occurrence: Occurrence, now: datetime) -> bool:
    """Whether it is not time yet: the plan or the clock was changed after it was armed."""
    return now < occurrence.due.utc - EARLY
