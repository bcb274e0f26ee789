"""Where a wall clock typed on the evening page belongs: this night, or a question back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dreamjournal.domain.instant import Instant, from_local, in_zone
from dreamjournal.domain.night import night_of
from dreamjournal.ui.words import clock_words, long_date

SLACK = timedelta(minutes=1)
MORNING = range(5 * 60, 12 * 60)
"""Minutes of the day that are hardly an evening's: 08:00 on the page of an evening is asked about."""


@dataclass(frozen=True)
class Moment:
    """A typed wall clock placed in time. With a `question` it counts only once the person says yes to it."""

    happened: Instant
    night: date
    question: str = ""


def place(night: date, minutes: int, now: datetime, zone: str, *, of_the_day: bool = False, hours: int = 24) -> Moment:
    """`minutes` after midnight on the night's noon-to-noon; a morning, or what is still to come, is asked about.

    What was taken (`of_the_day`) lies on the waking day before the night instead, from 04:00 of its date on.
    """
    starts = 4 * 60 if of_the_day else 12 * 60
    day = night if minutes >= starts else night + timedelta(days=1)
    happened = _at(day, minutes, zone)
    if happened.utc <= now + SLACK and (of_the_day or minutes not in MORNING):
        return Moment(happened, night)
    earlier = _at(day - timedelta(days=1), minutes, zone)
    today = in_zone(now, zone).local.date()
    asked = earlier.local.date()
    word = "today" if asked == today else "yesterday" if asked == today - timedelta(days=1) else long_date(asked)
    belongs = night - timedelta(days=1) if of_the_day else night_of(earlier)
    return Moment(earlier, belongs, f"Was that {word}, {clock_words(minutes, hours=hours)}?")


def _at(day: date, minutes: int, zone: str) -> Instant:
    return from_local(datetime.combine(day, time(minutes // 60, minutes % 60)), zone)
