"""Entries of journals as dreams."""

from __future__ import annotations

from datetime import date, time

import pytest

from dreamjournal.domain.journal_entries import (
    has_words,
    hashtags,
    line_ends,
    marks_a_dream,
    night_of_entry,
    plain_word,
    short_hash,
)


@pytest.mark.parametrize(
    ("clock", "day"), [(None, 9), (time(6, 40), 9), (time(0), 9), (time(11, 59), 9), (time(12), 10), (time(23, 59), 10)]
)
def test_the_night_of_an_entry(clock, day):
    assert night_of_entry(date(2026, 7, 10), clock) == date(2026, 7, day)


def test_tags_of_a_text():
    assert hashtags("#sea, (#night-walk) #1 a#b https://x/#y ## #été #sea #日本") == (
        "sea",
        "night-walk",
        "été",
        "日本",
    )


def test_words_that_mark_a_dream():
    assert plain_word("Lucid-Dream ") == "luciddream"
    assert plain_word("Rêve") == "reve"
    assert marks_a_dream(("work", "Träume"))
    assert not marks_a_dream(("work", "dreamy place"))


def test_line_ends_alone_change():
    assert line_ends("\r\n \n  a \r b\r\n\r\nc \n\n") == "  a \n b\n\nc"
    assert not has_words(" \n...—🦊 ")
    assert has_words("海")


def test_a_hash_stands_for_a_title_whatever_its_case_and_spacing():
    assert short_hash("The  Sea ") == short_hash("the sea")
    assert len(short_hash("\ud800")) == 8
