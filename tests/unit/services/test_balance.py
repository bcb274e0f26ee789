"""One reading of the nights: the span, the aim as a setting, hidden numbers, sealed nights, sleep against the need."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.balance import Mark
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.study import Study
from dreamjournal.services import balance, evenings, settings
from tests.fakes import FakeClock

DAY = timedelta(days=1)
LAST = date(2026, 7, 8)
"""Last night by the clock of these tests, 9 July in the evening: a Wednesday."""
FIRST = date(2026, 6, 8)


def log(journal: Any, clock: FakeClock, text: str, first: date = FIRST) -> None:
    """One letter a night: E enhanced, N natural, U not sure, a dot nothing."""
    for i, letter in enumerate(text):
        day = first + i * DAY
        if letter == "E":
            evenings.answer_enhanced(journal, 1, day, [("SleepSync", "", 0.5)], clock)
        elif letter in "NU":
            evenings.answer(journal, 1, day, "natural" if letter == "N" else "unsure", clock)


def slept(journal: Any, day: date, minutes: float) -> None:
    bed = from_local(datetime(day.year, day.month, day.day, 23), "Europe/London")
    woke = replace(bed, utc=bed.utc + timedelta(minutes=minutes))
    diary = Diary(
        1, day, into_bed=bed, try_sleep=bed, sol=0, nawk=0, waso=0, final_wake=woke, out_of_bed=woke, entered=woke.utc
    )
    journal.diaries.put(diary)


def test_an_empty_journal_has_nothing_and_says_so(journal: Any, clock: FakeClock) -> None:
    found = balance.read(journal, 1, clock)
    assert (found.first, found.weeks, found.sentence, found.prompts, found.debt) == (None, (), "", None, None)
    assert not found.offer.due
    assert json.dumps(balance.to_json(found), allow_nan=False)


def test_one_night(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "E", LAST)
    found = balance.read(journal, 1, clock)
    assert (found.first, found.last) == (LAST, LAST)
    assert found.sentence == "This week so far: 1 enhanced, 0 natural."
    assert len(found.prompts.looked) == 9


def test_the_weeks_end_with_last_night_and_gaps_are_not_recorded(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "EENNNNN" + "E.....N")
    found = balance.read(journal, 1, clock)
    assert found.last == LAST
    assert sum(w.count(Mark.UNRECORDED) for w in found.weeks) == 5 + 17
    assert found.sentence.startswith("In the last 4 weeks: 3 enhanced, 6 natural, 19 not recorded.")


def test_tonight_stands_in_its_week_once_something_is_said_of_it(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "N", LAST)
    assert balance.read(journal, 1, clock).last == LAST
    log(journal, clock, "E", LAST + DAY)
    found = balance.read(journal, 1, clock)
    assert found.last == LAST + DAY
    assert found.sentence == "This week so far: 1 enhanced, 1 natural."


def test_an_old_journal_ends_with_its_last_night(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "EENNNNN", date(2026, 2, 2))
    found = balance.read(journal, 1, clock)
    assert found.last == date(2026, 2, 8)
    assert found.sentence.startswith("In the week up to 8 Feb 2026: 2 enhanced, 5 natural.")


def test_a_range_bounds_the_weeks(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "EENNNNN" * 3)
    found = balance.read(journal, 1, clock, FIRST + 7 * DAY, FIRST + 13 * DAY)
    assert (len(found.weeks), found.prompts.first, found.prompts.last) == (1, FIRST + 7 * DAY, FIRST + 13 * DAY)
    assert balance.read(journal, 1, clock, date(2027, 1, 1)).first is None
    with pytest.raises(UserError, match="ends before it begins"):
        balance.read(journal, 1, clock, LAST, FIRST)


def test_the_aim_is_a_setting_of_the_person_and_can_be_taken_back(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "EEENNNN" * 4)
    assert balance.read(journal, 1, clock).aim is None
    balance.set_aim(journal, 1, 2)
    found = balance.read(journal, 1, clock)
    assert "Your aim is at most 2 a week; 4 of 4 weeks were above it." in found.sentence
    assert [p.key for p in found.prompts.found if p.key == "F1"] == ["F1"]
    assert found.row(found.weeks[0])[-1] == "above"
    balance.set_aim(journal, 1, None)
    assert balance.read(journal, 1, clock).aim is None
    for wrong in (8, -1):
        with pytest.raises(UserError, match="from 0 to 7"):
            balance.set_aim(journal, 1, wrong)


def test_the_running_week_is_not_judged_before_it_is_over(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "NNN", LAST - 2 * DAY)
    balance.set_aim(journal, 1, 2)
    found = balance.read(journal, 1, clock)
    assert found.row(found.weeks[-1])[-1] == "not above so far"


def test_hidden_numbers_leave_words(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "EEENNNN" * 4)
    settings.set_value(journal, 1, "hide_numbers", "yes")
    found = balance.read(journal, 1, clock)
    assert found.hide_numbers
    assert found.plain and not any(c.isdigit() for c in found.plain)


def test_nights_of_a_sealed_study_are_sealed_and_counted_apart(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "NN" + "E.N", LAST - 4 * DAY)
    fixed = datetime(2026, 7, 5, 12, tzinfo=UTC)
    schedule = "ENN" + "E" * 25
    journal.studies.put(
        Study(0, 1, "SleepSync", "tst", "diary", 20, LAST - 2 * DAY, schedule, 4, 1, fixed, sealed=True)
    )
    found = balance.read(journal, 1, clock)
    assert found.sealed == 3  # the planned night on which nothing is known too
    assert found.sentence.endswith("0 enhanced, 0 natural, 3 sealed by your study.")
    assert Mark.SEALED in found.marks
    assert found.doses == ()
    assert not any(p.key in ("F1", "F2", "F3") for p in found.prompts.found)


def test_sleep_debt_only_against_a_need_the_person_chose(journal: Any, clock: FakeClock) -> None:
    for back, minutes in enumerate((400, 420, 460)):
        slept(journal, LAST - back * DAY, minutes)
    assert balance.read(journal, 1, clock).debt is None
    settings.set_value(journal, 1, "sleep_need_min", 450)
    found = balance.read(journal, 1, clock)
    assert (found.debt.nights, found.debt.of, found.debt.net, found.debt.only_short) == (3, 14, 70, 80)
    assert found.debt_words == (
        "Diary sleep on 3 of the last 14 nights known: on average 23 min less than your own need of 7 h 30. Nights not known are left out."
    )


def test_doses_and_instructions_come_along(journal: Any, clock: FakeClock) -> None:
    log(journal, clock, "EN", LAST - DAY)
    found = balance.read(journal, 1, clock)
    assert [(s.title, s.points) for s in found.doses] == [("SleepSync, intensity", ((LAST - DAY, 0.5),))]
    document = balance.to_json(found)
    assert document["doses"][0]["values"] == [[(LAST - DAY).isoformat(), 0.5]]
    assert document["weeks"][-1]["enhanced"] == 1
    assert {x["rule"] for x in document["log_shows"]["looked_at"]} >= {"F1", "F7"}
    assert json.dumps(document, allow_nan=False)
