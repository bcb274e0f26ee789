"""Where a typed wall clock belongs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.ui.tonight.moment import SLACK, place

NIGHT, ZONE = date(2026, 11, 12), "Europe/London"


def test_an_evening_time_that_has_passed_is_taken_as_it_is() -> None:
    moment = place(NIGHT, 22 * 60 + 40, datetime(2026, 11, 12, 23, 0, tzinfo=UTC), ZONE)
    assert (moment.night, moment.question) == (NIGHT, "")
    assert moment.happened.local == datetime(2026, 11, 12, 22, 40)


def test_a_time_still_to_come_asks_about_the_day_before() -> None:
    moment = place(NIGHT, 22 * 60 + 40, datetime(2026, 11, 12, 21, 0, tzinfo=UTC), ZONE)
    assert moment.question == "Was that yesterday, 22:40?"
    assert moment.night == date(2026, 11, 11) and moment.happened.local == datetime(2026, 11, 11, 22, 40)


def test_a_morning_is_asked_about_for_a_step_but_not_for_what_was_taken() -> None:
    now = datetime(2026, 11, 12, 21, 0, tzinfo=UTC)
    assert place(NIGHT, 8 * 60, now, ZONE).question == "Was that today, 08:00?"
    coffee = place(NIGHT, 8 * 60, now, ZONE, of_the_day=True)
    assert coffee.question == "" and coffee.night == NIGHT and coffee.happened.local == datetime(2026, 11, 12, 8, 0)


def test_after_midnight_belongs_to_the_evening_before() -> None:
    moment = place(NIGHT, 30, datetime(2026, 11, 13, 1, 0, tzinfo=UTC), ZONE)
    assert moment.question == "" and moment.happened.local == datetime(2026, 11, 13, 0, 30)


@given(minutes=st.integers(0, 1439), ahead=st.integers(0, 24 * 60), of_the_day=st.booleans())
def test_what_is_placed_has_happened(minutes: int, ahead: int, of_the_day: bool) -> None:
    now = datetime(2026, 11, 12, 12, 0, tzinfo=UTC) + timedelta(minutes=ahead)
    moment = place(NIGHT, minutes, now, ZONE, of_the_day=of_the_day)
    local = moment.happened.local
    assert local.hour * 60 + local.minute == minutes
    assert moment.happened.utc <= now + SLACK
