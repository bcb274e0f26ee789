"""Which night a moment belongs to, and what a night was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.instant import Instant, from_local, from_ms, in_zone, minutes_between
from dreamjournal.domain.night import (
    Condition,
    condition_of,
    has_clock_change,
    last_night,
    night_of,
    tonight,
    weekend_evening,
)

ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "Asia/Kolkata", "UTC"]
)


def london(text: str) -> Instant:
    return from_local(datetime.fromisoformat(text), "Europe/London")


@pytest.mark.parametrize(
    ("onset", "night"),
    [
        ("2026-01-12T23:00", "2026-01-12"),
        ("2026-01-13T01:30", "2026-01-12"),
        ("2026-01-13T11:30", "2026-01-12"),
        ("2026-01-13T12:00", "2026-01-13"),
        ("2026-10-25T00:30", "2026-10-24"),
        ("2026-03-28T23:30", "2026-03-28"),
    ],
)
def test_a_night_belongs_to_the_evening_it_began(onset: str, night: str) -> None:
    assert night_of(london(onset)) == date.fromisoformat(night)


@pytest.mark.real
def test_night_date_vectors(shared_dir: Path) -> None:
    for case in json.loads((shared_dir / "vectors/diary_circadian_expected.json").read_text())["night_date"]:
        onset = from_local(datetime.fromisoformat(case["onset_local"]), case["tz"])
        wake = from_local(datetime.fromisoformat(case["wake_local"]), case["tz"])
        assert onset.utc == datetime.fromisoformat(case["onset_utc"])
        assert night_of(onset).isoformat() == case["night_date_onset_minus_12h"]
        assert minutes_between(onset, wake) == case["elapsed_min"]
        assert wake.local.date().isoformat() == case["wake_date"]


def test_clock_changes_are_lived_minutes() -> None:
    assert minutes_between(london("2026-03-28T23:00"), london("2026-03-29T07:30")) == 450
    assert minutes_between(london("2026-10-24T23:00"), london("2026-10-25T07:30")) == 570
    assert has_clock_change(date(2026, 3, 28), "Europe/London")
    assert has_clock_change(date(2026, 10, 24), "Europe/London")
    assert not has_clock_change(date(2026, 10, 25), "Europe/London")


def test_the_doubled_hour_has_an_earlier_and_a_later_instant() -> None:
    wall = datetime(2026, 10, 25, 1, 30)
    earlier, later = from_local(wall, "Europe/London"), from_local(wall, "Europe/London", later=True)
    assert minutes_between(earlier, later) == 60
    assert earlier.local == later.local == wall


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), ZONES)
def test_an_instant_survives_the_store_and_its_night_is_within_a_day(utc: datetime, zone: str) -> None:
    instant = in_zone(utc.replace(microsecond=utc.microsecond // 1000 * 1000, tzinfo=UTC), zone)
    assert from_ms(instant.ms, instant.offset_min, zone) == instant
    start = datetime.combine(night_of(instant), datetime.min.time()) + timedelta(hours=12)
    assert start <= instant.local < start + timedelta(days=1)


def test_tonight_and_last_night() -> None:
    at = datetime(2026, 7, 9, 2, 0, tzinfo=UTC)  # 03:00 in London
    assert tonight(at, "Europe/London") == date(2026, 7, 8)
    assert last_night(at, "Europe/London") == date(2026, 7, 8)
    evening = datetime(2026, 7, 9, 20, 0, tzinfo=UTC)
    assert tonight(evening, "Europe/London") == date(2026, 7, 9)
    assert last_night(evening, "Europe/London") == date(2026, 7, 8)


def test_weekend_evenings_are_friday_and_saturday() -> None:
    monday = date(2026, 11, 9)
    assert [weekend_evening(monday + timedelta(days=n)) for n in range(7)] == [False] * 4 + [True, True, False]


@pytest.mark.parametrize(
    ("answer", "exposures", "only", "covered", "condition"),
    [
        (None, (), None, (), Condition.UNRECORDED),
        (None, (), None, ("SleepSync",), Condition.UNRECORDED),
        (None, (), "SleepSync", ("SleepSync",), Condition.NATURAL),
        (None, (), "melatonin", ("SleepSync",), Condition.UNRECORDED),
        (None, ("SleepSync",), "SleepSync", ("SleepSync",), Condition.ENHANCED),
        (Condition.NATURAL, (), None, (), Condition.NATURAL),
        (Condition.NATURAL, ("SleepSync",), None, (), Condition.UNSURE),
        (Condition.UNSURE, ("SleepSync",), None, (), Condition.UNSURE),
        (Condition.UNSURE, (), "SleepSync", ("SleepSync",), Condition.UNSURE),
        (Condition.ENHANCED, ("SleepSync",), None, (), Condition.ENHANCED),
    ],
)
def test_silence_is_never_natural(
    answer: Condition | None,
    exposures: tuple[str, ...],
    only: str | None,
    covered: tuple[str, ...],
    condition: Condition,
) -> None:
    assert condition_of(answer, exposures, only=only, covered_by=covered) == condition
