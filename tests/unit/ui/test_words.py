"""Codes as words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.dream import Recall
from dreamjournal.domain.night import Condition
from dreamjournal.ui.words import (
    CONDITION_WORDS,
    NONE,
    RECALL_WORDS,
    clock_words,
    count_words,
    duration_words,
    night_words,
    percent_words,
    short_date,
    source_word,
)


def test_every_code_has_a_word() -> None:
    assert set(CONDITION_WORDS) == set(Condition) and set(RECALL_WORDS) == set(Recall)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (396, "6 h 36 min"),
        (25, "25 min"),
        (0, "0 min"),
        (-14, "−14 min"),
        (None, NONE),
        (60, "1 h 00 min"),
        (-0.2, "0 min"),
    ],
)
def test_durations(minutes: float | None, words: str) -> None:
    assert duration_words(minutes) == words


@given(st.one_of(st.none(), st.floats(-1e5, 1e5)))
def test_nothing_is_never_shown_as_zero(value: float | None) -> None:
    assert (duration_words(value) == NONE) == (value is None) == (percent_words(value) == NONE)


def test_nights_and_dates() -> None:
    assert night_words(date(2026, 11, 12)) == "Thursday 12 to Friday 13 November"
    assert night_words(date(2026, 10, 31)) == "Saturday 31 October to Sunday 1 November"
    assert short_date(date(2026, 11, 12)) == "Thu 12 Nov 2026"
    assert clock_words(0, hours=12) == "12:00 am" and clock_words(1421) == "23:41"
    assert count_words(1, "night") == "1 night" and count_words(12, "night") == "12 nights"
    assert source_word("sleep_as_android") == "Sleep as Android" and source_word("new_thing") == "New thing"
