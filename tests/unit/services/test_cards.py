"""At most one card in seven days, in one order, off with one setting."""

from __future__ import annotations

from typing import Any

from dreamjournal.domain.cards import CARDS
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import cards, settings
from tests.fakes import FakeClock


def test_one_card_stands_for_a_week_and_then_the_next_comes(journal: Any, clock: FakeClock) -> None:
    first = cards.card_now(journal, 1, clock)
    assert first.card == CARDS[0]
    for _ in range(6):
        clock.advance(days=1)
        assert cards.card_now(journal, 1, clock) == first
    clock.advance(hours=23)
    assert cards.card_now(journal, 1, clock) == first
    clock.advance(hours=1)
    assert cards.card_now(journal, 1, clock).card == CARDS[1]
    assert len(journal.balance.shown(1)) == 2


def test_a_card_put_away_leaves_the_week_empty_and_can_be_taken_out(journal: Any, clock: FakeClock) -> None:
    first = cards.card_now(journal, 1, clock)
    cards.put_away(journal, first.shown.id, clock)
    clock.advance(days=3)
    assert cards.card_now(journal, 1, clock) is None
    cards.take_out(journal, first.shown.id)
    assert cards.card_now(journal, 1, clock).card == first.card
    cards.put_away(journal, first.shown.id, clock)
    clock.advance(days=4)
    assert cards.card_now(journal, 1, clock).card == CARDS[1]


def test_all_are_shown_before_one_comes_again(journal: Any, clock: FakeClock) -> None:
    seen = []
    for _ in range(len(CARDS) + 2):
        seen.append(cards.card_now(journal, 1, clock).card.key)
        clock.advance(days=7)
    assert seen[: len(CARDS)] == [c.key for c in CARDS]
    assert seen[len(CARDS) :] == [CARDS[0].key, CARDS[1].key]


def test_switched_off_none_is_shown_and_none_is_noted(journal: Any, clock: FakeClock) -> None:
    settings.set_value(journal, 1, cards.SETTING, "no")
    assert cards.card_now(journal, 1, clock) is None
    assert journal.balance.shown(1) == []
    settings.set_value(journal, 1, cards.SETTING, "yes")
    assert cards.card_now(journal, 1, clock) is not None


def test_a_nurse_gets_none(clock: FakeClock) -> None:
    from dreamjournal.store.journal import memory_journal

    ward = memory_journal(clock=clock, kind=JournalKind.NURSE)
    ward.persons.add("P-014", clock.now())
    assert cards.card_now(ward, 1, clock) is None
    ward.close()
