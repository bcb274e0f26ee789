"""What may be counted in a dream, and who counts."""

from __future__ import annotations

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.coding import GROUPS, KEYS, any_of, checked_codes, checked_rater
from dreamjournal.domain.word_hits import word_hits


def test_keys_and_letters_are_each_there_once():
    assert len(set(KEYS)) == len(KEYS) == 38
    assert len({g.letter for g in GROUPS}) == len(GROUPS)


def test_only_counts_above_0_are_kept_in_the_order_of_the_page():
    found = checked_codes({"emotions.sad": 1, "characters.animals": 2, "aggression.victim": 0})
    assert list(found.items()) == [("characters.animals", 2), ("emotions.sad", 1)]


@pytest.mark.parametrize(
    ("codes", "field"),
    [
        ({"emotions.joy": 1}, "emotions.joy"),
        ({"emotions.sad": -1}, "emotions.sad"),
        ({"emotions.sad": 100}, "emotions.sad"),
        ({"aggression.physical": 1}, "aggression.physical"),
        ({"characters.male_familiar": 1, "characters.family": 1, "characters.friends": 1}, "characters.family"),
    ],
)
def test_what_no_dream_can_hold_is_refused(codes, field):
    with pytest.raises(UserError) as caught:
        checked_codes(codes)
    assert caught.value.field == field


def test_parts_are_not_counted_twice():
    characters = GROUPS[0]
    assert any_of(characters, {"characters.male_familiar": 2, "characters.family": 1, "characters.animals": 1}) == 3


@pytest.mark.parametrize(("typed", "rater"), [("ab", "AB"), (" a b ", "AB"), ("é", "É")])
def test_initials(typed, rater):
    assert checked_rater(typed) == rater


@pytest.mark.parametrize("typed", ["", "1", "A1", "ABCDEFGHI", "<b>", "a\x00"])
def test_what_are_no_initials(typed):
    with pytest.raises(UserError):
        checked_rater(typed)


def test_word_hits_are_words_and_never_numbers():
    hits = word_hits("A dog chased me; the DOG shouted. He kissed ▇▇▇.")
    assert hits["characters"] == ("dog", "he")
    assert hits["aggression"] == ("chased", "shouted")
    assert "kissed" in hits["friendliness"]
    assert "kissed" in hits["sexuality"]
    assert word_hits("夢") == {}
