"""The clock lies: set forward, set back, years away, DST both ways in five zones, suspended, nights of 23 and 25 hours.

A reminder comes once or, where its evening was jumped over, not at all; no night is negative; nothing saved changes its order
or is lost; drafts, backups and the lock do not ask what time it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dreamjournal.domain.diary import Diary, measure
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.instant import from_local, minutes_between
from dreamjournal.services import dreams, mornings, reminders, settings
from dreamjournal.services.nights import nights
from dreamjournal.store.journal import memory_journal
from tests.fakes import FakeClock
from tests.torture.counted import COUNTED, size

pytestmark = [pytest.mark.torture]
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Chatham")
STEP = timedelta(minutes=size(30, 15))
NOTHING = timedelta(0)


@dataclass(frozen=True)
class Case:
    """An evening and the next in a zone; at `at` of the first the clock moves by `by`, and back after `back`."""

    zone: str
    season: str
    what: str
    at: time = time(20)
    by: timedelta = NOTHING
    back: timedelta | None = None
    certain: int = 0
    """How many of the two evenings' reminders must come."""

    def __str__(self) -> str:
        return f"{self.zone}, {self.season}, {self.what}"


def change_of(zone: str, season: str) -> date:
    """The evening whose night holds a change of the clocks in 2026: spring has 23 hours, autumn 25 (half an hour on Lord Howe)."""
    place, day = ZoneInfo(zone), date(2026, 1, 1)
    while day.year == 2026:
        before, after = (datetime.combine(day + timedelta(days=n), time(12), place).utcoffset() for n in (0, 1))
        if before is not None and after is not None and ((after > before) if season == "spring" else (after < before)):
            return day
        day += timedelta(days=1)
    raise LookupError(zone)


def cases() -> list[Case]:
    hour, day = timedelta(hours=1), timedelta(days=1)
    found: list[Case] = []
    for zone in ZONES:
        for season in ("spring", "autumn"):
            found += [
                Case(zone, season, "nothing else", certain=2),
                Case(zone, season, "suspended for 8 hours over the reminder", time(21), 8 * hour, certain=1),
                Case(zone, season, "set forward an hour and back", time(20), hour, hour, certain=2),
                Case(zone, season, "set back an hour behind the reminder", time(22, 40), -hour, certain=2),
            ]
        found += [
            Case(zone, "autumn", "set forward a day and back", time(20), day, hour, certain=1),
            Case(zone, "autumn", "set back a day behind the reminder, for good", time(22, 40), -day, certain=1),
            Case(zone, "spring", "set back ten years and right again", time(20), -3652 * day, hour, certain=1),
            Case(zone, "spring", "suspended for three days", time(21), 3 * day),
        ]
    return found


def test_there_are_sixty_cases() -> None:
    assert len(cases()) == 60


@pytest.mark.parametrize("case", cases(), ids=str)
def test_one_clock(case: Case) -> None:
    COUNTED["faults"] += 1
    evening = change_of(case.zone, case.season)
    clock = FakeClock(from_local(datetime.combine(evening, time(18)), case.zone).utc, case.zone)
    journal = memory_journal(clock=clock)
    try:
        settings.set_value(journal, 1, "bedtime_work", "23:00")
        settings.set_value(journal, 1, "zone", case.zone)
        shown = Counter[date]()
        kept: list[tuple[int, str]] = []
        moved = False
        undo: datetime | None = None
        end = from_local(datetime.combine(evening + timedelta(days=2), time(9)), case.zone).utc
        for n in range(400):
            look(journal, clock, shown)
            local = clock.now().astimezone(ZoneInfo(case.zone))
            if not moved and case.by and local.date() == evening and local.time() >= case.at:
                moved = True
                clock.set(clock.now() + case.by)
                undo = clock.now() + case.back if case.back is not None else None
            elif undo is not None and clock.now() >= undo:
                clock.set(clock.now() - case.by)
                undo = None
            else:
                clock.set(clock.now() + STEP)
            if n % 20 == 7:
                kept.append(kept_dream(journal, clock, n))
            dreams.autosave(journal, 1, "slot", None, f"words {n}", clock)
            assert dreams.draft(journal, 1, "slot").text == f"words {n}", "the draft is what was typed last"
            if clock.now() >= end and undo is None:
                break
        the_reminders(case, evening, shown)
        the_dreams(journal, kept)
        the_nights(journal, clock, case, evening)
    finally:
        journal.close()


def look(journal: Any, clock: FakeClock, shown: Counter[date]) -> None:
    """What the clock of the window does at every beat."""
    found = reminders.next_wind_down(journal, 1, clock)
    if isinstance(found, reminders.Next) and found.due.utc <= clock.now():
        decision = reminders.fire(journal, 1, found.nominal_date, clock)
        if decision.show:
            shown[decision.nominal_date] += 1
            reminders.answer(journal, 1, decision.nominal_date, "open", clock)
        assert not reminders.fire(journal, 1, found.nominal_date, clock).show, "a second instance shows it again"


def the_reminders(case: Case, evening: date, shown: Counter[date]) -> None:
    assert all(n == 1 for n in shown.values()), f"shown more than once: {shown}"
    wanted = [d for d in shown if evening <= d <= evening + timedelta(days=1)]
    assert len(wanted) >= case.certain, f"shown {sorted(shown)}"


def kept_dream(journal: Any, clock: FakeClock, n: int) -> tuple[int, str]:
    night = clock.now().astimezone(ZoneInfo(clock.zone())).date() - timedelta(days=1)
    text = f"Dream {n}"
    saved = dreams.save(journal, 1, DreamDraft(night, text, Recall.REPORT), clock)
    COUNTED["acknowledged"] += 1
    return saved.dream.id, text


def the_dreams(journal: Any, kept: list[tuple[int, str]]) -> None:
    lost = [t for i, t in kept if (d := journal.dreams.get(i)) is None or d.text != t]
    COUNTED["lost"] += len(lost)
    assert lost == []
    order = [d.id for d in journal.dreams.all(1)]
    assert len(set(order)) == len(order) == len(kept)
    assert order == [d.id for d in journal.dreams.all(1)]
    assert [d.night_date for d in journal.dreams.all(1)] == sorted(
        (d.night_date for d in journal.dreams.all(1)), reverse=True
    )


def the_nights(journal: Any, clock: FakeClock, case: Case, evening: date) -> None:
    """The night of the change is 23 or 25 hours' night, not another's, and never negative."""
    bed = from_local(datetime.combine(evening, time(22)), case.zone)
    up = from_local(datetime.combine(evening + timedelta(days=1), time(7)), case.zone)
    told = measure(Diary(1, evening, bed, bed, 20.0, 2, 30.0, up, up))
    change = datetime.combine(evening + timedelta(days=1), time(12), ZoneInfo(case.zone)).utcoffset()
    before = datetime.combine(evening, time(12), ZoneInfo(case.zone)).utcoffset()
    assert change is not None and before is not None
    assert told.tib == minutes_between(bed, up) == 540 - (change - before).total_seconds() / 60
    assert told.tst is not None and 0 < told.tst == told.tib - 50
    assert told.se_tib is not None and 0 < told.se_tib < 100
    clock.set(max(clock.now(), up.utc + timedelta(hours=2)))
    mornings.save_diary(journal, Diary(1, evening, bed, bed, 20.0, 2, 30.0, up, up), clock)
    (night,) = [n for n in nights(journal, 1, evening, evening, clock) if n.night_date == evening]
    assert night.diary.into_bed.utc == bed.utc and night.diary.out_of_bed.utc == up.utc
    assert night.diary.into_bed.local.time() == time(22)


def test_a_wall_clock_that_is_not_there_or_there_twice_is_one_instant() -> None:
    for zone in ZONES:
        for season in ("spring", "autumn"):
            day = change_of(zone, season) + timedelta(days=1)
            moved = 0
            for quarter in range(24):
                wall = datetime.combine(day, time(quarter // 4, quarter % 4 * 15))
                at = from_local(wall, zone)
                assert at == from_local(wall, zone)
                assert at.utc.tzinfo is UTC
                moved += at.local != wall
                if at.local != wall:  # an hour the clocks leave out is said on the other side of it
                    assert season == "spring" and at.local - wall in (timedelta(hours=1), timedelta(minutes=30))
            assert season == "spring" or not moved
