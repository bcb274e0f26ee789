"""The awareness card of the week: at most one in seven days, always in the same order, off with one setting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dreamjournal.domain.cards import CARD_DAYS, CARDS, Card, Shown
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal

SETTING = "cards_on"


@dataclass(frozen=True)
class CardNow:
    """The card that stands now, and its line in the ledger."""

    card: Card
    shown: Shown


def card_now(journal: Journal, person_id: int, clock: Clock) -> CardNow | None:
    """The card to show now; a new one is noted in the ledger, so call this only where it is really shown.

    None while cards are switched off, in a nurse's journal, or when this week's card was put away.
    """
    if journal.kind != JournalKind.OWN or not settings.get(journal, person_id, SETTING):
        return None
    now = clock.now()
    ledger = journal.balance.shown(person_id)
    if ledger and now - ledger[0].shown < timedelta(days=CARD_DAYS):
        last = ledger[0]
        card = next((c for c in CARDS if c.key == last.card), None)
        return CardNow(card, last) if card is not None and last.closed is None else None
    card = next_card(ledger)
    return CardNow(card, journal.balance.put_shown(person_id, card.key, now))


def next_card(ledger: Sequence[Shown]) -> Card:
    """The first card never shown; once all were, the one shown longest ago."""
    last: dict[str, datetime] = {}
    for each in ledger:
        last[each.card] = max(each.shown, last.get(each.card, each.shown))
    fresh = next((c for c in CARDS if c.key not in last), None)
    return fresh if fresh is not None else min(CARDS, key=lambda c: last[c.key])


def put_away(journal: Journal, shown_id: int, clock: Clock) -> Changes:
    """This week's card was read."""
    journal.balance.close_card(shown_id, clock.now())
    return Changes.CHECK_INS


def take_out(journal: Journal, shown_id: int) -> Changes:
    """Undo `put_away`."""
    journal.balance.close_card(shown_id, None)
    return Changes.CHECK_INS
