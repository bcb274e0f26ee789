"""Naps and the border between nights: which values they give, and that nothing else moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local, in_zone
from dreamjournal.domain.night import Condition, Night, night_of
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.services.contrasts import metrics
from dreamjournal.services.eligible import naps_count, sort_nights, value_of, with_boundary, with_naps

DAY = date(2026, 3, 2)
TST = metrics()["tst"]
ZONE = "Europe/London"


def slept(number: int, start: datetime, minutes: float, *, tst: float | None = -1, **more: Any) -> Session:
    begin = from_local(start, ZONE)
    end = in_zone(begin.utc + timedelta(minutes=minutes), ZONE)
    asleep = minutes - 30 if tst == -1 else tst
    measures = SessionMeasures(tib_min=minutes, tst_min=asleep, deep_min=60)
    base = Session(
        number, 1, night_of(begin), "whoop", str(number), SessionKind.MAIN, Validity.OK, begin, end, measures
    )
    return replace(base, **more)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)


def night(day: date, *sessions: Session, condition: Condition = Condition.NATURAL, **more: Any) -> Night:
    return replace(Night(1, day, condition, sessions=sessions), **more)


MAIN = slept(1, at(DAY, 23), 480)
NAP = slept(2, at(DAY, 14), 60, kind=SessionKind.NAP)


def test_naps_add_to_minutes_asleep_and_to_nothing_else() -> None:
    one = night(DAY, MAIN, NAP)
    assert value_of(one, TST, "whoop") == 450
    assert with_naps(one, TST, "whoop") == 480
    assert with_naps(one, metrics()["deep"], "whoop") == 120
    assert with_naps(one, metrics()["tib"], "whoop") == 480 == value_of(one, metrics()["tib"], "whoop")
    assert [naps_count(metrics()[m], s) for m, s in (("tst", "diary"), ("deep", "diary"), ("deep", "whoop"), ("hr", "whoop"))] == [
        True, False, True, False,
    ]  # fmt: skip


def test_what_was_recorded_twice_and_what_is_no_sleep_adds_nothing() -> None:
    again = slept(3, at(DAY, 14, 5), 50, kind=SessionKind.NAP)
    inside = slept(4, at(DAY, 23, 30), 200)
    mask = slept(5, at(DAY, 19), 60, kind=SessionKind.REST)
    other = slept(6, at(DAY, 17), 60, source="oura")
    assert with_naps(night(DAY, MAIN, NAP, again, inside, mask, other), TST, "whoop") == 480
    unscored = slept(7, at(DAY, 16), 40, validity=Validity.UNSCORED, kind=SessionKind.NAP)
    assert with_naps(night(DAY, MAIN, unscored), TST, "whoop") == 450
    silent = slept(8, at(DAY, 16), 40, tst=None, kind=SessionKind.NAP)
    assert with_naps(night(DAY, MAIN, silent), TST, "whoop") is None
    assert with_naps(night(DAY, slept(9, at(DAY, 23), 480, tst=None), NAP), TST, "whoop") is None


@pytest.mark.parametrize("naps, minutes, value", [(None, None, None), (0, None, 420), (None, 25, 445), (2, None, None)])
def test_the_diary_says_whether_there_were_naps_or_there_is_no_value(
    naps: int | None, minutes: float | None, value: float | None
) -> None:
    bed = from_local(at(DAY, 23), ZONE)
    wake = replace(bed, utc=bed.utc + timedelta(minutes=420))
    diary = Diary(1, DAY, bed, bed, 0, 0, 0, wake, wake, naps=naps, nap_min=minutes, entered=wake.utc)
    assert with_naps(night(DAY, diary=diary), TST, "diary") == value


def test_a_missing_nap_is_told_apart_from_a_missing_night() -> None:
    bed = from_local(at(DAY, 23), ZONE)
    wake = replace(bed, utc=bed.utc + timedelta(minutes=420))
    diary = Diary(1, DAY, bed, bed, 0, 0, 0, wake, wake, entered=wake.utc)
    silent = slept(8, at(DAY, 16), 40, tst=None, kind=SessionKind.NAP)
    one = night(DAY, MAIN, silent, diary=diary)
    for source, why in (("diary", "naps not answered"), ("whoop", "a nap was not scored")):
        found = sort_nights([one], TST, source, "tea", None, ContrastSpec(naps=True))
        assert [x.reason for x in found.missing] == [why]


def test_an_afternoon_sleep_belongs_to_the_evening_before_when_the_night_begins_at_18() -> None:
    late = slept(2, at(DAY, 13), 500, tst=490)
    two = [night(DAY - timedelta(days=1), condition=Condition.ENHANCED), night(DAY, late, MAIN)]
    moved = with_boundary(two, 18)
    assert [[s.id for s in n.sessions] for n in moved] == [[2], [1]]
    assert [n.condition for n in moved] == [Condition.ENHANCED, Condition.NATURAL]
    assert [value_of(n, TST, "whoop") for n in moved] == [490, 450]
    assert value_of(two[1], TST, "whoop") == 490
    assert with_boundary(two, 12) == two


def test_an_early_border_files_a_late_morning_to_its_own_day_and_makes_the_night_if_there_is_none() -> None:
    morning = slept(3, at(DAY, 10), 200)
    moved = with_boundary([night(DAY - timedelta(days=1), morning)], 8)
    assert [(n.night_date, n.condition, len(n.sessions)) for n in moved] == [
        (DAY - timedelta(days=1), Condition.NATURAL, 0), (DAY, Condition.UNRECORDED, 1),
    ]  # fmt: skip


def test_closed_numbers_stay_closed_when_the_border_moves() -> None:
    late = slept(2, at(DAY, 13), 500)
    moved = with_boundary([night(DAY - timedelta(days=1)), night(DAY, late, sealed=True)], 18)
    assert [len(n.sessions) for n in moved] == [0, 0]


@pytest.mark.parametrize("hour", [-1, 0, 5, 19, 99])
def test_a_night_begins_within_the_day(hour: int) -> None:
    with pytest.raises(UserError, match="--boundary"):
        sort_nights([night(DAY, MAIN)], TST, "whoop", "tea", None, ContrastSpec(boundary=hour))


@given(st.lists(st.integers(0, 47), min_size=1, max_size=12), st.integers(6, 18))
def test_moving_the_border_loses_no_recording_and_is_the_rule_at_its_hour(hours: list[int], hour: int) -> None:
    sessions = [slept(i, at(DAY, 0) + timedelta(hours=h), 45) for i, h in enumerate(hours)]
    by_day: dict[date, list[Session]] = {}
    for s in sessions:
        by_day.setdefault(s.night_date, []).append(s)
    nights = [night(d, *by_day[d]) for d in sorted(by_day)]
    moved = with_boundary(nights, hour)
    assert sorted(s.id for n in moved for s in n.sessions) == list(range(len(hours)))
    assert all((s.start.local - timedelta(hours=hour)).date() == n.night_date for n in moved for s in n.sessions)
    assert [n.night_date for n in moved] == sorted({n.night_date for n in moved})


def test_the_drug_of_a_night_does_not_move() -> None:
    taken = Exposure(1, 1, DAY, "tea", EnhancerKind.OTHER, "diary")
    late = slept(2, at(DAY, 13), 500)
    two = [night(DAY - timedelta(days=1)), night(DAY, late, MAIN, condition=Condition.ENHANCED, exposures=(taken,))]
    found = sort_nights(two, TST, "whoop", "tea", None, ContrastSpec(boundary=18))
    assert [(p.night_date, p.arm, p.value) for p in found.points] == [
        (DAY - timedelta(days=1), "natural", 470), (DAY, "enhanced", 450),
    ]  # fmt: skip
    assert found.used == (DAY,)
