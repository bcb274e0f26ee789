"""Every card has a source, few words, a calm tone and no order about a medicine."""

from __future__ import annotations

import re

import pytest

from dreamjournal.domain import care
from dreamjournal.domain.cards import CARDS, Card

GUIDELINES = ("AASM", "NICE")
ORDERS = re.compile(
    r"\b(stop|quit|cease|come off|drop|reduce|halve|take)\b[^.]*\b(medicine|drug|tablet|pill|hypnotic|dose)",
    re.IGNORECASE,
)
FIXED = "Do not stop a prescribed sleep medicine suddenly without asking."


def test_there_are_enough_for_a_quarter_of_a_year_and_each_has_its_own_key() -> None:
    assert len(CARDS) >= 12
    assert len({c.key for c in CARDS}) == len({c.text for c in CARDS}) == len(CARDS)


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.key)
def test_a_card_keeps_to_the_rules(card: Card) -> None:
    assert re.fullmatch(r"10\.\d{4,}/\S+", card.doi) or (not card.doi and any(g in card.source for g in GUIDELINES))
    assert re.search(r"\b(19|20)\d\d\b|TA77", card.source), "a year, or the number of a guideline"
    assert len(card.text.split()) <= 60
    assert len(card.title.split()) <= 9
    for text in (card.title, card.text, card.source):
        assert "!" not in text
        assert not ORDERS.search(text)
    assert card.text.endswith(".")


@pytest.mark.parametrize("card", [c for c in CARDS if c.doi], ids=lambda c: c.key)
def test_a_doi_is_one_of_the_reference(card: Card, shared_dir) -> None:
    reference = (shared_dir / "reference" / "science.md").read_text(encoding="utf-8")
    assert card.doi in reference


def test_the_check_for_orders_finds_one() -> None:
    assert ORDERS.search("Stop taking your sleep medicine.")
    assert ORDERS.search("Halve the dose after a week.")


@pytest.mark.parametrize(
    "text", [care.TALK, care.WORTH, care.NEXT, care.NEVER, care.urgent_words(None), care.urgent_list("112"), *care.SEE, *(q.text for q in care.QUESTIONS)]
)  # fmt: skip
def test_the_fixed_words_are_calm(text: str) -> None:
    assert "!" not in text
    assert not ORDERS.search(text.replace(FIXED, "").replace("tells you to take, change or stop anything", ""))


def test_a_number_of_ones_own_replaces_the_usual_ones() -> None:
    assert "call 144." in care.urgent_words("144")
    assert "112, 999 or 911" in care.urgent_words(None)
    assert "112, 999 or 911" not in care.urgent_words("144")
    assert care.NO_EMERGENCIES in care.urgent_words("144") and care.NO_EMERGENCIES in care.urgent_list(None)
