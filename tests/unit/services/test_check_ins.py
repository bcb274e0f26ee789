"""Five questions a month: offered when due, skippable for a month and for good, kept as words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.care import ANSWERS, QUESTIONS
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import check_ins, settings
from tests.fakes import FakeClock


def test_offered_once_a_month_and_only_where_something_enhances(journal: Any, clock: FakeClock) -> None:
    assert check_ins.offer(journal, 1, clock).due
    assert not check_ins.offer(journal, 1, clock, enhanced=False).due
    kept, _ = check_ins.save(journal, 1, {"worry": "often"}, clock)
    told = check_ins.offer(journal, 1, clock)
    assert (told.due, told.last, told.next_on) == (False, kept, date(2026, 8, 9))
    clock.set(datetime(2026, 8, 8, 20, tzinfo=UTC))
    assert not check_ins.offer(journal, 1, clock).due
    clock.set(datetime(2026, 8, 9, 20, tzinfo=UTC))
    assert check_ins.offer(journal, 1, clock).due


def test_a_month_passed_over_is_no_answer(journal: Any, clock: FakeClock) -> None:
    skipped, _ = check_ins.skip(journal, 1, clock)
    told = check_ins.offer(journal, 1, clock)
    assert (told.due, told.last) == (False, None)
    assert check_ins.all(journal, 1) == [skipped]
    check_ins.take_back(journal, skipped.id)
    assert check_ins.offer(journal, 1, clock).due


def test_switched_off_they_are_never_offered_and_earlier_answers_stay(journal: Any, clock: FakeClock) -> None:
    kept, _ = check_ins.save(journal, 1, {"hard": "always"}, clock)
    settings.set_value(journal, 1, check_ins.SETTING, "no")
    clock.advance(days=90)
    assert check_ins.offer(journal, 1, clock) == check_ins.Offer(False, kept, None)


def test_questions_may_stay_open_and_answers_are_words(journal: Any, clock: FakeClock) -> None:
    kept, _ = check_ins.save(journal, 1, {"control": "never", "hard": "often"}, clock)
    assert kept.answers == {"control": "never", "hard": "often"}
    assert [q.key for q in kept.often] == ["hard"]
    assert len(QUESTIONS) == 5 and len(ANSWERS) == 4


@pytest.mark.parametrize(
    "answers, why", [({}, "no question"), ({"mood": "never"}, "no such question"), ({"hard": "daily"}, "four words")]
)
def test_refused_in_words(journal: Any, clock: FakeClock, answers: dict[str, str], why: str) -> None:
    with pytest.raises(UserError, match=why):
        check_ins.save(journal, 1, answers, clock)
    assert check_ins.all(journal, 1) == []


def test_a_nurse_is_not_asked(clock: FakeClock) -> None:
    from dreamjournal.store.journal import memory_journal

    ward = memory_journal(clock=clock, kind=JournalKind.NURSE)
    ward.persons.add("P-014", clock.now())
    assert not check_ins.offer(ward, 1, clock).due
    ward.close()
