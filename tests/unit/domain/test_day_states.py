"""Asleep or awake, minute by minute, from noon to noon."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.day_states import DAY_MIN, WHOLE_DAY, DayStates, recorded_day, told_day
from dreamjournal.domain.instant import Instant, from_local, from_local_offset, in_zone
from dreamjournal.domain.session import Session, SessionKind, Stage, StageCode, Validity

DAY = date(2026, 7, 9)
LONDON = "Europe/London"


def at(minute: float, day: date = DAY, zone: str = LONDON) -> Instant:
    """So many minutes of the wall clock after noon of the day."""
    return from_local(datetime(day.year, day.month, day.day, 12) + timedelta(minutes=minute), zone)


def session(start: Instant, stages: list[tuple[str, float]], kind: SessionKind = SessionKind.MAIN) -> Session:
    """A session of stages, each so many minutes long."""
    made: list[Stage] = []
    for code, minutes in stages:
        begun = made[-1].offset_s + made[-1].dur_s if made else 0
        made.append(Stage(begun, round(minutes * 60), StageCode(code)))
    length = sum(s.dur_s for s in made)
    end = Instant(start.utc + timedelta(seconds=length), start.offset_min, start.zone)
    if start.zone is not None:
        end = in_zone(end.utc, start.zone)
    return Session(1, 1, DAY, "oura", "a", kind, Validity.OK, start, end, stages=tuple(made))


def minutes(bits: int) -> list[int]:
    """The minutes whose bit is set, as first and one after the last of each run."""
    found: list[int] = []
    for m in range(bits.bit_length() + 1):
        if (bits >> m & 1) != (m > 0 and bits >> (m - 1) & 1):
            found.append(m)
    return found


def test_stages_are_painted_and_the_rest_is_awake() -> None:
    one = session(at(660), [("W", 10), ("LIGHT", 50), ("W", 5), ("REM", 25), ("ASLEEP", 30), ("INBED", 20)])
    nap = session(at(180), [("ASLEEP", 20)], SessionKind.NAP)
    found = recorded_day(DAY, [one, nap])
    assert found is not None
    assert minutes(found.asleep) == [180, 200, 670, 720, 725, 780]
    assert (found.valid, found.over) == (WHOLE_DAY, 0)


def test_what_is_not_known_is_not_valid() -> None:
    found = recorded_day(DAY, [session(at(660), [("N2", 60), ("UNKNOWN", 30), ("N2", 60)])])
    assert found is not None and minutes(WHOLE_DAY & ~found.valid) == [720, 750]
    bare = session(at(300), [("UNKNOWN", 60)], SessionKind.NAP)
    both = recorded_day(DAY, [session(at(660), [("N2", 60)]), bare])
    assert both is not None and minutes(WHOLE_DAY & ~both.valid) == [300, 360]


def test_without_stages_of_sleep_nothing_is_known() -> None:
    assert recorded_day(DAY, []) is None
    assert recorded_day(DAY, [session(at(660), [("INBED", 400), ("W", 20)])]) is None
    assert recorded_day(DAY, [session(at(660), [("N2", 400)], SessionKind.REST)]) is None


def test_sleep_past_noon_goes_on_in_the_next_day() -> None:
    found = recorded_day(DAY, [session(at(1300), [("N2", 200)])])
    assert found == DayStates(WHOLE_DAY & ~((1 << 1300) - 1), WHOLE_DAY, (1 << 60) - 1)


def test_a_minute_has_the_state_of_its_middle() -> None:
    found = recorded_day(DAY, [session(at(660), [("W", 0.4), ("N2", 10), ("W", 0.1), ("N3", 10)])])
    assert found is not None and minutes(found.asleep) == [660, 680]


@pytest.mark.parametrize(
    ("evening", "gone"),
    [(date(2026, 3, 28), [780, 840]), (date(2026, 10, 24), [780, 840])],
    ids=["hour taken away", "hour doubled"],
)
def test_the_hour_of_a_clock_change_is_not_compared(evening: date, gone: list[int]) -> None:
    start = at(660, evening)
    found = recorded_day(evening, [session(start, [("N2", 480)])])
    told = told_day(evening, start, Instant(start.utc + timedelta(hours=8), at(1140, evening).offset_min, LONDON))
    ends = 1200 if evening.month == 3 else 1080
    for states in (found, told):
        assert states is not None
        assert minutes(WHOLE_DAY & ~states.valid) == gone
        assert minutes(states.asleep & states.valid) == [660, 780, 840, ends]


def test_an_offset_without_a_zone_is_a_clock_of_its_own() -> None:
    start = from_local_offset(datetime(2026, 3, 28, 23), 0)
    found = recorded_day(date(2026, 3, 28), [session(start, [("N2", 480)])])
    assert found is not None and found.valid == WHOLE_DAY and minutes(found.asleep) == [660, 1140]


def test_a_diary_needs_onset_and_last_waking() -> None:
    assert told_day(DAY, at(660), None) is None and told_day(DAY, None, at(1140)) is None
    assert told_day(DAY, at(1140), at(660)) is None
    found = told_day(DAY, at(660), at(1140))
    assert found is not None and minutes(found.asleep) == [660, 1140]


@given(
    st.lists(st.tuples(st.sampled_from(["W", "N2", "REM", "UNKNOWN", "INBED"]), st.integers(1, 300)), max_size=9),
    st.integers(0, DAY_MIN - 1),
)
def test_minutes_asleep_add_up(stages: list[tuple[str, float]], begun: int) -> None:
    found = recorded_day(DAY, [session(at(begun), stages)])
    slept = sum(m for code, m in stages if code in ("N2", "REM"))
    room = 2 * DAY_MIN - begun
    if found is None:
        assert slept == 0
    else:
        total = found.asleep.bit_count() + found.over.bit_count()
        assert total == slept or sum(m for _, m in stages) > room
        assert found.asleep | found.valid <= WHOLE_DAY
