"""Two weeks of a made-up diary, for the tests of their page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dreamjournal.domain.diary import Diary
from dreamjournal.domain.evening import Evening
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import Instant, from_local
from dreamjournal.domain.night import Condition, Night
from dreamjournal.reports.two_weeks.context import Own, TwoWeeks

ZONE = "Europe/London"
FIRST = date(2026, 10, 19)
"""A Monday; the clocks go back in the night of Sat 24 Oct."""
PRINTED = datetime(2026, 11, 3, 9, 52, tzinfo=UTC)


def at(night: date, clock: str) -> Instant:
    """A wall clock of the night: before noon it is the next day's."""
    hour, minute = (int(part) for part in clock.split(":"))
    day = night if hour >= 12 else night + timedelta(days=1)
    return from_local(datetime(day.year, day.month, day.day, hour, minute), ZONE)


def diary(night: date, **changes: Any) -> Diary:
    """A plain night: in bed 22:50, tried 23:10, 20 min to fall asleep, 30 min awake, woke 06:30, up 07:00."""
    up = at(night, "07:00")
    plain = Diary(
        1, night, at(night, "22:50"), at(night, "23:10"), 20, 2, 30, at(night, "06:30"), up, 3, tasafa=15,
        entered=up.utc + timedelta(minutes=10),
    )  # fmt: skip
    return replace(plain, **changes)


def own(index: int, written: Diary | None = None, condition: Condition = Condition.NATURAL, **night: Any) -> Own:
    """The night `index` days after the first."""
    day = FIRST + timedelta(days=index)
    known = Night(1, day, condition, diary=written, evening=Evening(1, day), **night) if written or night else None
    kind: Any = "sealed" if night.get("study_sealed") else condition.value if known is not None else "unrecorded"
    return Own(day, kind, (day + timedelta(days=1)).weekday() >= 5, known, ZONE)


def nights(count: int = 14, **changes: Any) -> tuple[Own, ...]:
    """Plain nights, every third one enhanced."""
    found: list[Own] = []
    for i in range(count):
        day = FIRST + timedelta(days=i)
        if i % 3 == 2:
            lamp = Exposure(i, 1, day, "Lamp", EnhancerKind.DEVICE, "diary", start=at(day, "22:30"))
            found.append(own(i, diary(day, **changes), Condition.ENHANCED, exposures=(lamp,)))
        else:
            found.append(own(i, diary(day, **changes)))
    return tuple(found)


def context(found: tuple[Own, ...] | None = None, **changes: Any) -> TwoWeeks:
    """The page of these nights."""
    return replace(TwoWeeks(found or nights(), "Wren-03", PRINTED, ZONE, "1.0.0"), **changes)
