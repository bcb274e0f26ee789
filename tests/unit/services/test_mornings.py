"""The morning: times placed on the night, answers checked, the seal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.diary import is_late, measure
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import mornings, nights
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 8)
LONDON = "Europe/London"


def placed(**times: int) -> dict[str, str]:
    diary = mornings.diary_from_answers(ME, LAST, LONDON, times)
    return {name: f"{getattr(diary, name).local:%d %H:%M}" for name in times}


def clock_of(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("23:20", "23:41", "07:02", "07:30"), ("08 23:20", "08 23:41", "09 07:02", "09 07:30")),
        (("00:30", "01:15", "12:10", "12:40"), ("09 00:30", "09 01:15", "09 12:10", "09 12:40")),  # a late riser
        (("23:50", "00:10", "11:50", "12:20"), ("08 23:50", "09 00:10", "09 11:50", "09 12:20")),
        (("08:00", "08:15", "15:00", "15:30"), ("09 08:00", "09 08:15", "09 15:00", "09 15:30")),  # after a night shift
        (("13:00", "13:10", "20:00", "20:15"), ("08 13:00", "08 13:10", "08 20:00", "08 20:15")),
        (("23:50", "23:40", "07:10", "07:05"), ("08 23:50", "08 23:40", "09 07:10", "09 07:05")),  # odd, asked about
    ],
)  # fmt: skip
def test_times_are_placed_in_order_on_the_night(typed: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert tuple(placed(**dict(zip(mornings.TIMES, map(clock_of, typed), strict=True))).values()) == kept


def test_a_rising_time_alone_past_noon_is_the_next_day() -> None:
    assert placed(out_of_bed=clock_of("12:30")) == {"out_of_bed": "09 12:30"}


@given(
    st.integers(0, 1439),
    st.integers(0, 90),
    st.integers(30, 700),
    st.integers(0, 120),
    st.dates(date(2024, 1, 2), date(2027, 1, 1)),
)
def test_a_night_in_order_keeps_its_length(into: int, wait: int, sleep: int, lie: int, night: date) -> None:
    steps = [into, into + wait, into + wait + sleep, into + wait + sleep + lie]
    diary = mornings.diary_from_answers(
        ME, night, "UTC", dict(zip(mornings.TIMES, [s % 1440 for s in steps], strict=True))
    )
    tib = measure(diary).tib
    # Only a night that is got into at 11:59 and tried for after noon leaves the rule's noon; its length holds all the same.
    assert tib == wait + sleep + lie
    assert diary.into_bed is not None
    assert night <= diary.into_bed.local.date()


def test_the_doubled_hour_follows_the_order() -> None:
    autumn = date(2026, 10, 24)  # London: clocks go back at 02:00 on the 25th
    diary = mornings.diary_from_answers(
        ME,
        autumn,
        LONDON,
        {"into_bed": clock_of("01:50"), "try_sleep": clock_of("01:20"), "final_wake": clock_of("08:00")},
    )
    assert diary.into_bed is not None
    assert diary.try_sleep is not None
    assert (diary.try_sleep.utc - diary.into_bed.utc).total_seconds() == 30 * 60


@pytest.mark.parametrize(
    ("field", "value"),
    [("sol", -1), ("sol", 1441), ("waso", float("nan")), ("nawk", 2.5), ("quality", 0), ("quality", 6), ("rested", 9), ("into_bed", 1440), ("nawk", -1)],
)  # fmt: skip
def test_an_impossible_answer_is_refused_by_field(field: str, value: float) -> None:
    with pytest.raises(UserError) as refused:
        mornings.diary_from_answers(ME, LAST, LONDON, {field: value})
    assert refused.value.field == field


def test_the_first_entry_decides_whether_it_is_late(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 9, 8, 0))
    diary = mornings.diary_from_answers(ME, LAST, LONDON, {"into_bed": 1400, "final_wake": 420, "out_of_bed": 430})
    mornings.save_diary(journal, diary, clock)
    clock.advance(days=5)
    mornings.save_diary(
        journal, mornings.diary_from_answers(ME, LAST, LONDON, {"out_of_bed": 440, "comments": "left out"}), clock
    )
    kept = journal.diaries.get(ME, LAST)
    assert kept.comments == "left out"
    assert not is_late(kept)
    older = mornings.diary_from_answers(ME, date(2026, 7, 5), LONDON, {"out_of_bed": 440})
    mornings.save_diary(journal, older, clock)
    assert is_late(journal.diaries.get(ME, date(2026, 7, 5)))


def test_numbers_of_last_night_are_closed_until_the_diary_or_a_pass(journal: Any, clock: FakeClock) -> None:
    slept(journal, LAST)
    slept(journal, date(2026, 7, 7))
    page = mornings.morning(journal, ME, LAST, clock)
    assert (page.sealed, page.sources) == (True, ("whoop",))
    assert not mornings.is_sealed(journal, ME, date(2026, 7, 7), clock)
    mornings.pass_over(journal, ME, LAST, clock)
    night = nights.night(journal, ME, LAST, clock)
    assert (night.sealed, night.passed_over) == (False, True)
    clock.advance(days=1)
    slept(journal, date(2026, 7, 9))
    assert mornings.is_sealed(journal, ME, date(2026, 7, 9), clock)
    mornings.save_diary(journal, mornings.diary_from_answers(ME, date(2026, 7, 9), LONDON, {"quality": 3}), clock)
    assert not mornings.is_sealed(journal, ME, date(2026, 7, 9), clock)


def test_a_caseload_is_never_sealed(clock: FakeClock) -> None:
    from dreamjournal.store.journal import memory_journal

    caseload = memory_journal(clock=clock, kind=JournalKind.NURSE)
    person = caseload.persons.add("P-1", clock.now()).id
    assert not mornings.is_sealed(caseload, person, LAST, clock)
    caseload.close()


def test_the_recall_answer_is_kept_and_taken_back(journal: Any, clock: FakeClock) -> None:
    mornings.set_recall(journal, ME, LAST, Recall.WHITE, clock)
    assert nights.night(journal, ME, LAST, clock).recall == Recall.WHITE
    mornings.set_recall(journal, ME, LAST, None, clock)
    assert nights.nights(journal, ME, clock=clock) == []
