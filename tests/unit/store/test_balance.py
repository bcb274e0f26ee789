"""Monthly answers, instructions and shown cards are kept and come back as they were."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.fakes import FakeClock


def test_answers_come_back_the_newest_first(journal: Any, clock: FakeClock) -> None:
    old = journal.balance.put_check_in(1, date(2026, 5, 1), {"worry": "often"}, clock.now())
    new = journal.balance.put_check_in(1, date(2026, 6, 1), {}, clock.now())
    assert journal.balance.check_ins(1) == [new, old]
    assert journal.balance.check_ins(2) == []
    journal.balance.delete_check_in(new.id)
    assert journal.balance.check_ins(1) == [old]


def test_instructions_keep_any_words(journal: Any, clock: FakeClock) -> None:
    words = 'she said: "½ tablet", от 1 мая \ud800 {"who": 1}'
    made = journal.balance.put_instruction(1, "Melatonin", date(2026, 5, 1), "Dr Weiß", words, clock.now())
    assert made.words == words.replace("\ud800", "?")
    assert journal.balance.instruction(made.id) == made
    assert journal.balance.instructions(1) == [made]
    journal.balance.delete_instruction(made.id)
    assert journal.balance.instruction(made.id) is None


def test_cards_know_when_they_were_shown_and_put_away(journal: Any, clock: FakeClock) -> None:
    first = journal.balance.put_shown(1, "caffeine", clock.now())
    clock.advance(days=7)
    second = journal.balance.put_shown(1, "light", clock.now())
    assert journal.balance.shown(1) == [second, first]
    journal.balance.close_card(first.id, clock.now())
    assert journal.balance.shown(1)[1].closed == clock.now()
    journal.balance.close_card(first.id, None)
    assert journal.balance.shown(1)[1].closed is None
