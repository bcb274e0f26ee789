"""One reminder an evening, decided once, never in the morning, with a line in the ledger for each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.reminder import DAY, Outcome
from dreamjournal.services import reminders, settings
from dreamjournal.store.journal import Journal
from tests.fakes import FakeClock

NIGHT = date(2026, 7, 9)  # a Thursday; the clock stands at 21:00 in London


@pytest.fixture
def person(journal: Journal) -> int:
    return journal.persons.all()[0].id


@pytest.fixture
def planned(journal: Journal, person: int, clock: FakeClock) -> int:
    """A person with a bedtime of 23:00 on every evening: due at 22:15."""
    settings.set_value(journal, person, "bedtime_work", "23:00")
    found = reminders.next_wind_down(journal, person, clock)
    assert isinstance(found, reminders.Next)
    return person


def show(journal: Journal, person: int, clock: FakeClock, night: date) -> None:
    clock.set(datetime(night.year, night.month, night.day, 22, 15))
    found = reminders.next_wind_down(journal, person, clock)
    assert isinstance(found, reminders.Next) and found.nominal_date == night
    assert reminders.fire(journal, person, night, clock).show


def test_without_a_bedtime_there_is_none(journal: Journal, person: int, clock: FakeClock) -> None:
    assert reminders.next_wind_down(journal, person, clock) == reminders.NoNext(
        "No bedtime is set, so no reminder comes."
    )
    assert reminders.fire(journal, person, NIGHT, clock).outcome == Outcome.OFF
    assert reminders.log(journal, person) == []


def test_the_next_names_its_time_and_zone(journal: Journal, planned: int, clock: FakeClock) -> None:
    found = reminders.next_wind_down(journal, planned, clock)
    assert found == reminders.Next(
        in_zone(datetime(2026, 7, 9, 21, 15, tzinfo=UTC), "Europe/London"), datetime(2026, 7, 9, 22, 15), "Europe/London",
        NIGHT, "45 minutes before the bedtime of 23:00, before a work day.",
    )  # fmt: skip


def test_work_and_free_days(journal: Journal, planned: int, clock: FakeClock) -> None:
    settings.set_value(journal, planned, "bedtime_free", "00:30")
    settings.set_value(journal, planned, "wind_down_lead_min", 30)
    clock.set(datetime(2026, 7, 10, 12))
    found = reminders.next_wind_down(journal, planned, clock)
    assert found.local == datetime(2026, 7, 11, 0, 0) and found.nominal_date == date(2026, 7, 10)
    assert "free day" in found.reason
    settings.set_value(journal, planned, "work_days", "Sat Sun")
    assert reminders.next_wind_down(journal, planned, clock).local == datetime(2026, 7, 10, 22, 30)


def test_only_a_free_bedtime_and_no_free_day(journal: Journal, person: int, clock: FakeClock) -> None:
    settings.set_value(journal, person, "bedtime_free", "23:30")
    assert reminders.next_wind_down(journal, person, clock).nominal_date == date(2026, 7, 10)
    settings.set_value(journal, person, "work_days", "Mon Tue Wed Thu Fri Sat Sun")
    found = reminders.next_wind_down(journal, person, clock)
    assert found == reminders.NoNext("No bedtime is set before a work day, and every day is one.")


def test_the_persons_zone_goes_before_the_computers(journal: Journal, planned: int, clock: FakeClock) -> None:
    settings.set_value(journal, planned, "zone", "America/New_York")
    found = reminders.next_wind_down(journal, planned, clock)
    assert (found.due.utc, found.zone) == (datetime(2026, 7, 10, 2, 15, tzinfo=UTC), "America/New_York")


def test_it_is_shown_once(journal: Journal, planned: int, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 9, 22, 17))
    decision = reminders.fire(journal, planned, NIGHT, clock)
    assert decision.show and decision.late_min == 2 and decision.changes == Changes.REMINDERS
    again = reminders.fire(journal, planned, NIGHT, clock)
    assert (again.outcome, again.changes) == (Outcome.ALREADY, Changes.NOTHING)
    (row,) = reminders.log(journal, planned)
    assert (row.nominal_date, row.outcome, row.due, row.shown) == (
        NIGHT, "shown", datetime(2026, 7, 9, 21, 15, tzinfo=UTC), clock.now()
    )  # fmt: skip
    assert reminders.next_wind_down(journal, planned, clock).nominal_date == NIGHT + DAY


def test_a_later_bedtime_or_a_journey_brings_no_second_one(journal: Journal, planned: int, clock: FakeClock) -> None:
    show(journal, planned, clock, NIGHT)
    settings.set_value(journal, planned, "bedtime_work", "23:45")
    assert reminders.next_wind_down(journal, planned, clock).nominal_date == NIGHT + DAY
    settings.set_value(journal, planned, "zone", "America/New_York")  # where it is 17:15 of the same evening
    assert reminders.next_wind_down(journal, planned, clock).nominal_date == NIGHT + DAY
    assert reminders.fire(journal, planned, NIGHT, clock).outcome == Outcome.ALREADY


def test_fired_early_leaves_the_evening_open(journal: Journal, planned: int, clock: FakeClock) -> None:
    assert reminders.fire(journal, planned, NIGHT, clock).outcome == Outcome.NOT_YET
    assert reminders.log(journal, planned) == []
    show(journal, planned, clock, NIGHT)


def test_opened_between_its_time_and_bedtime_it_is_still_next(journal: Journal, planned: int, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 9, 22, 50))
    found = reminders.next_wind_down(journal, planned, clock)
    assert found.nominal_date == NIGHT and found.due.utc < clock.now()
    assert reminders.fire(journal, planned, NIGHT, clock).show


def test_after_bedtime_it_is_too_late(journal: Journal, planned: int, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 9, 23, 6))
    decision = reminders.fire(journal, planned, NIGHT, clock)
    assert (decision.show, decision.outcome) == (False, Outcome.TOO_LATE)
    (row,) = reminders.log(journal, planned)
    assert (row.outcome, row.shown) == ("too_late", None) and "before bedtime" in row.reason


@pytest.mark.parametrize("hour", [0, 3, 7, 11, 14])
def test_nothing_is_caught_up_later(journal: Journal, planned: int, clock: FakeClock, hour: int) -> None:
    clock.set(datetime(2026, 7, 10, hour, 30))
    found = reminders.next_wind_down(journal, planned, clock)
    assert found.nominal_date == NIGHT + DAY and found.due.utc > clock.now()
    (row,) = reminders.log(journal, planned)
    assert (row.nominal_date, row.outcome) == (NIGHT, "too_late")
    assert reminders.fire(journal, planned, NIGHT, clock).outcome == Outcome.ALREADY


def test_evenings_away_get_a_line_each_and_no_notice(journal: Journal, planned: int, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 13, 9))
    settled = reminders.catch_up(journal, planned, clock)
    assert [d.nominal_date for d in settled] == [NIGHT + i * DAY for i in range(4)]
    assert not any(d.show for d in settled)
    assert reminders.catch_up(journal, planned, clock) == []
    clock.advance(days=365)
    assert len(reminders.catch_up(journal, planned, clock)) == reminders.LOOK_BACK_DAYS


def test_evenings_before_it_was_planned_are_not_told_as_missed(journal: Journal, person: int, clock: FakeClock) -> None:
    reminders.next_wind_down(journal, person, clock)
    clock.advance(days=5)
    settings.set_value(journal, person, "bedtime_work", "23:00")
    assert reminders.catch_up(journal, person, clock) == []
    settings.set_value(journal, person, "reminder_on", False)
    assert reminders.next_wind_down(journal, person, clock) == reminders.NoNext("The reminder is off in Settings.")
    clock.advance(days=5)
    settings.set_value(journal, person, "reminder_on", True)
    assert reminders.catch_up(journal, person, clock) == []
    assert reminders.log(journal, person) == []


def test_off_while_it_was_on_its_way(journal: Journal, planned: int, clock: FakeClock) -> None:
    settings.set_value(journal, planned, "reminder_on", False)
    clock.set(datetime(2026, 7, 9, 22, 15))
    decision = reminders.fire(journal, planned, NIGHT, clock)
    assert decision.outcome == Outcome.OFF and not decision.show


def test_held_once_the_lights_are_out(journal: Journal, planned: int, clock: FakeClock) -> None:
    journal.evenings.set_lights_out(planned, NIGHT, in_zone(clock.now(), "Europe/London"))
    clock.set(datetime(2026, 7, 9, 22, 15))
    assert reminders.fire(journal, planned, NIGHT, clock).outcome == Outcome.HELD
    (row,) = reminders.log(journal, planned)
    assert row.outcome == "held" and "Lights out" in row.reason


def test_not_tonight_is_kept_and_tomorrow_comes(journal: Journal, planned: int, clock: FakeClock) -> None:
    show(journal, planned, clock, NIGHT)
    assert reminders.answer(journal, planned, NIGHT, "not_tonight", clock) == Changes.REMINDERS
    (row,) = reminders.log(journal, planned)
    assert (row.answer, row.answered) == ("not_tonight", clock.now())
    assert reminders.next_wind_down(journal, planned, clock).nominal_date == NIGHT + DAY
    with pytest.raises(UserError):
        reminders.answer(journal, planned, NIGHT, "snooze", clock)


def test_two_ignored_switch_it_off_until_it_is_turned_on(journal: Journal, planned: int, clock: FakeClock) -> None:
    show(journal, planned, clock, NIGHT)
    show(journal, planned, clock, NIGHT + DAY)
    clock.advance(hours=10)
    found = reminders.next_wind_down(journal, planned, clock)
    assert isinstance(found, reminders.NoNext) and "two in a row" in found.reason and "10 July" in found.reason
    assert settings.get(journal, planned, "reminder_on") is False
    settings.set_value(journal, planned, "reminder_on", True)
    show(journal, planned, clock, NIGHT + 2 * DAY)
    clock.advance(hours=10)
    assert isinstance(reminders.next_wind_down(journal, planned, clock), reminders.Next), "one more ignored is not two"
    show(journal, planned, clock, NIGHT + 3 * DAY)
    clock.advance(hours=10)
    assert isinstance(reminders.next_wind_down(journal, planned, clock), reminders.NoNext)


@pytest.mark.parametrize("how", ["answered", "not tonight", "wrote the evening"])
def test_an_evening_that_was_used_is_not_ignored(journal: Journal, planned: int, clock: FakeClock, how: str) -> None:
    show(journal, planned, clock, NIGHT)
    show(journal, planned, clock, NIGHT + DAY)
    if how == "wrote the evening":
        journal.evenings.set_intention(planned, NIGHT + DAY, "I will notice that I dream")
    else:
        reminders.answer(journal, planned, NIGHT + DAY, "open" if how == "answered" else "not_tonight", clock)
    show(journal, planned, clock, NIGHT + 2 * DAY)


def test_a_clock_set_far_forward_and_back(journal: Journal, planned: int, clock: FakeClock) -> None:
    clock.advance(days=3650)
    assert isinstance(reminders.next_wind_down(journal, planned, clock), reminders.Next)
    clock.advance(days=-3650)
    show(journal, planned, clock, NIGHT)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Nuuk"])
@pytest.mark.parametrize("bedtime", ["00:15", "02:30", "23:30"])
def test_over_a_change_each_evening_is_shown_once(
    journal: Journal, person: int, clock: FakeClock, zone: str, bedtime: str
) -> None:
    settings.set_value(journal, person, "zone", zone)
    settings.set_value(journal, person, "bedtime_work", bedtime)
    for start in (datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)):
        clock.set(start)
        shown = []
        while clock.now() < start + timedelta(days=4):
            found = reminders.next_wind_down(journal, person, clock)
            if found.due.utc > clock.now():
                clock.set(found.due.utc)
            decision = reminders.fire(journal, person, found.nominal_date, clock)
            shown += [decision.nominal_date] if decision.show else []
            reminders.answer(journal, person, found.nominal_date, "open", clock)
        assert shown == [shown[0] + i * DAY for i in range(len(shown))] and len(shown) >= 4
