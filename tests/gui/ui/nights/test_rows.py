"""Nights as rows: gaps stay, sources are never mixed, a sealed night gives nothing away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.diary import Diary
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.ui.nights.rows import (
    DAY_MIN,
    NOON_TO_NOON,
    after_noon,
    fit_axis,
    row_of,
    row_sentence,
    rows_between,
    sleep_minutes,
)

DAY = date(2026, 7, 9)


def session(
    source: str = "whoop",
    start: str = "23:30",
    hours: float = 7,
    stages: tuple[Stage, ...] = (),
    tst: float | None = 400,
) -> Session:
    hour, minute = (int(v) for v in start.split(":"))
    day = DAY if hour >= 12 else DAY + timedelta(days=1)
    begin = from_local(datetime(day.year, day.month, day.day, hour, minute), "Europe/London")
    end = from_local(begin.local + timedelta(hours=hours), "Europe/London")
    return Session(
        1, 1, DAY, source, "x", SessionKind.MAIN, Validity.OK, begin, end, SessionMeasures(tst_min=tst), stages=stages
    )


def test_missing_nights_stay_rows():
    night = Night(1, DAY, Condition.NATURAL, sessions=(session(),))
    rows = rows_between([night], DAY - timedelta(days=2), DAY + timedelta(days=1))
    assert [r.night_date for r in rows] == [
        DAY - timedelta(days=2),
        DAY - timedelta(days=1),
        DAY,
        DAY + timedelta(days=1),
    ]
    assert [r.empty for r in rows] == [True, True, False, True]
    assert rows[0].condition == Condition.UNRECORDED


def test_one_source_a_row_in_the_persons_order():
    night = Night(1, DAY, Condition.NATURAL, sessions=(session("oura"), session("whoop", "23:50", 6)))
    row = row_of(night, ("whoop", "oura"))
    assert row.source == "whoop"
    assert len(row.bars) == 1
    assert row.bars[0].start == 710
    assert row_of(night, ("oura",)).source == "oura"


def test_a_sealed_night_gives_nothing_away():
    night = Night(1, DAY, Condition.UNRECORDED, sessions=(session(),), sealed=True)
    row = row_of(night)
    assert row.sealed
    assert row.bars == ()
    assert row.diary is None
    assert sleep_minutes(row) is None
    assert "23:30" not in row_sentence(row)


def test_stages_of_one_kind_join_and_unknown_ones_leave_a_gap():
    stages = (
        Stage(0, 600, StageCode.N1),
        Stage(600, 600, StageCode.N2),
        Stage(1200, 300, StageCode.UNKNOWN),
        Stage(1500, 60, StageCode.W),
    )
    row = row_of(Night(1, DAY, Condition.NATURAL, sessions=(session(stages=stages),)))
    assert [(b.kind, b.end - b.start) for b in row.bars] == [("LIGHT", 20), ("W", 1)]


def test_diary_only():
    diary = Diary(
        1, DAY, try_sleep=from_local(datetime(2026, 7, 9, 23, 0), "Europe/London"), sol=20, waso=10,
        final_wake=from_local(datetime(2026, 7, 10, 7, 0), "Europe/London"),
    )  # fmt: skip
    row = row_of(Night(1, DAY, Condition.NATURAL, diary=diary))
    assert row.diary == (680, 1140)
    assert sleep_minutes(row) == 450
    assert "diary from 23:20 to 07:00" in row_sentence(row)


def test_after_noon_is_the_wall_clock():
    assert after_noon(from_local(datetime(2026, 7, 10, 1, 30), "Europe/London"), DAY) == 810


def test_axis_of_nobody_is_noon_to_noon():
    assert fit_axis([]) == NOON_TO_NOON


@given(st.integers(0, DAY_MIN - 1), st.floats(0.5, 11))
def test_axis_holds_every_bar_in_whole_three_hours(start, hours):
    at = datetime(2026, 7, 9, 12, tzinfo=UTC) + timedelta(minutes=start)
    begin = from_local(at.replace(tzinfo=None), "UTC")
    end = from_local((at + timedelta(hours=hours)).replace(tzinfo=None), "UTC")
    one = Session(1, 1, DAY, "whoop", "x", SessionKind.MAIN, Validity.OK, begin, end)
    row = row_of(Night(1, DAY, Condition.NATURAL, sessions=(one,)))
    low, high = fit_axis([row])
    assert low <= row.bars[0].start
    assert row.bars[0].end <= high
    assert low % 180 == 0
    assert (high - low) % 180 == 0
    assert low >= 0
