"""When a wind-down is due: one for each evening, wherever and whenever the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import night_of
from dreamjournal.domain.reminder import (
    DAY,
    GRACE,
    WindDown,
    is_early,
    is_too_late,
    next_due,
    occurrence_on,
    occurrences_between,
)

ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("posix", "right")))
CHANGING = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Asia/Beirut",
    "America/Santiago", "Africa/Cairo", "Europe/London", "Pacific/Apia",
)  # fmt: skip
BEDTIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
PLANS = st.builds(
    WindDown,
    BEDTIMES,
    BEDTIMES,
    st.frozensets(st.integers(0, 6)),
    st.integers(0, 240),
)


@given(PLANS, st.sampled_from(ZONES) | st.sampled_from(CHANGING), st.integers(2024, 2028))
@example(WindDown(time(0, 15), time(0, 15)), "Europe/Berlin", 2026)
@example(WindDown(time(2, 30), time(2, 30), lead_min=0), "Europe/Berlin", 2026)
@example(WindDown(time(1, 30), time(1, 30)), "America/New_York", 2026)
@example(WindDown(time(23, 30), time(23, 30)), "America/Nuuk", 2026)
@example(WindDown(time(23), time(23)), "Pacific/Apia", 2011)
def test_a_whole_year_has_one_for_each_evening(plan: WindDown, zone: str, year: int) -> None:
    nights = [date(year, 1, 1) + i * DAY for i in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    if zone == "Pacific/Apia" and year == 2011:
        nights.remove(date(2011, 12, 30))  # a day Samoa left out
    found = [occurrence_on(plan, night, zone) for night in nights]
    assert [o.nominal_date for o in found] == nights
    for each in found:
        assert each.bedtime.utc - each.due.utc == timedelta(minutes=plan.lead_min)
        assert night_of(each.bedtime) == each.nominal_date
        assert in_zone(each.due.utc, zone) == each.due
    if plan.before_work == plan.before_free:
        dues = [o.due.utc for o in found]
        assert dues == sorted(set(dues))
        assert all(timedelta(hours=22) <= b - a <= timedelta(hours=26) for a, b in pairwise(dues))
        between = occurrences_between(plan, dues[0], dues[-1] + timedelta(seconds=1), zone)
        assert [o.nominal_date for o in between] == nights


@pytest.mark.parametrize("zone", CHANGING)
def test_walking_with_next_due_loses_and_doubles_none(zone: str) -> None:
    for bedtime in (time(0), time(0, 30), time(2, 15), time(23, 59)):
        plan, at, walked = WindDown(bedtime, bedtime, lead_min=45), datetime(2026, 1, 1, 12, tzinfo=UTC), []
        for _ in range(365):
            found = next_due(plan, at, zone)
            assert found.due.utc > at
            walked.append(found.nominal_date)
            at = found.due.utc
        assert walked == [walked[0] + i * DAY for i in range(365)]


@given(PLANS, st.sampled_from(ZONES), st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_next_due_is_the_first_of_those_between(plan: WindDown, zone: str, after: datetime) -> None:
    found = next_due(plan, after, zone)
    later = [o for o in occurrences_between(plan, after, after + timedelta(days=8), zone) if o.due.utc > after]
    assert found == later[0]


def test_bedtime_follows_the_next_day() -> None:
    plan = WindDown(time(22, 30), time(0, 30), lead_min=30)
    sunday, friday = date(2026, 7, 5), date(2026, 7, 10)
    assert occurrence_on(plan, sunday, "Europe/London").bedtime.local == datetime(2026, 7, 5, 22, 30)
    assert occurrence_on(plan, friday, "Europe/London").bedtime.local == datetime(2026, 7, 11, 0, 30)
    assert occurrence_on(plan, friday, "Europe/London").due.local == datetime(2026, 7, 11, 0, 0)


def test_an_evening_without_a_bedtime_is_passed_over() -> None:
    plan = WindDown(None, time(23))
    friday = next_due(plan, datetime(2026, 7, 6, 12, tzinfo=UTC), "Europe/London")
    assert friday.nominal_date == date(2026, 7, 10)
    assert next_due(WindDown(None, None), datetime(2026, 7, 6, tzinfo=UTC), "Europe/London") is None
    assert next_due(WindDown(None, time(23), frozenset(range(7))), datetime(2026, 7, 6, tzinfo=UTC), "UTC") is None


def test_the_lead_is_real_minutes_across_a_change() -> None:
    spring = occurrence_on(WindDown(time(3, 30), time(3, 30), lead_min=60), date(2026, 3, 28), "Europe/Berlin")
    assert spring.due.local == datetime(2026, 3, 29, 1, 30)  # 02:00 to 03:00 did not happen
    autumn = occurrence_on(WindDown(time(3), time(3), lead_min=90), date(2026, 10, 24), "Europe/Berlin")
    assert autumn.due.local == datetime(2026, 10, 25, 2, 30) and autumn.due.offset_min == 120  # the first of the two


def test_a_bedtime_in_the_gap_comes_an_hour_later() -> None:
    found = occurrence_on(WindDown(time(2, 30), time(2, 30), lead_min=0), date(2026, 3, 28), "Europe/Berlin")
    assert found.due.utc == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert found.due.utc.astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)


def test_it_is_of_use_until_bedtime_and_its_grace() -> None:
    found = occurrence_on(WindDown(time(23), time(23)), date(2026, 7, 9), "Europe/London")
    assert not is_too_late(found, found.due.utc)
    assert not is_too_late(found, found.bedtime.utc + GRACE)
    assert is_too_late(found, found.bedtime.utc + GRACE + timedelta(seconds=1))
    assert is_too_late(found, found.due.utc + timedelta(hours=9)), "never in the morning"
    assert is_early(found, found.due.utc - timedelta(minutes=2)) and not is_early(found, found.due.utc)
