"""Telling words are masked however they are written, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.masking import ALWAYS, MASK, mask, masker, telling_words

PATTERN = masker([*ALWAYS, *telling_words(["melatonin 1 mg", "SleepSync", "ZMax cue", "Dr. Light’s lamp", "C++"])])


@pytest.mark.parametrize(
    "text",
    [
        "SleepSync", "sleepsync", "SLEEPSYNC", "Sleep Sync", "sleep-sync", "Sleep\u00adSync", "sleep\u200bsync", "SleepSync's", "SleepSync’s",
        "sleep_sync", "Melatonin", "melatonin 1 mg", "zmax", "ZMAX", "mask", "Masks", "natural", "NATURAL", "real-time", "real time",
        "realtime", "12 July", "July 12th, 2026", "2026-07-12", "12.7.2026", "03:12", "11:30 pm", "[the mask hummed]",
    ],
)  # fmt: skip
def test_a_telling_word_is_masked(text):
    assert mask(f"And {text} came.", PATTERN).text == f"And {MASK} came."


@pytest.mark.parametrize(
    "text",
    ["unnatural", "maskara", "sleep", "sync", "light", "syncopation", "3 dogs", "July"],
)
def test_other_words_stay(text):
    found = mask(f"And {text} came.", PATTERN)
    assert found.text == f"And {text} came."
    assert found.count == 0


def test_the_mask_is_as_long_for_every_word_and_all_are_counted():
    found = mask("natural, enhanced, [a note] and SleepSync", PATTERN)
    assert found.text == f"{MASK}, {MASK}, {MASK} and {MASK}"
    assert found.count == 4


def test_a_name_of_signs_alone_masks_nothing():
    assert telling_words(["++", " ", "x"]) == ()
    assert masker([]) is None
    assert mask("all stays", None).text == "all stays"


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=80))
def test_any_name_makes_a_pattern_and_a_whole_name_is_always_masked(names, text):
    telling = telling_words(names)
    pattern = masker(telling)
    mask(text, pattern)
    for name in telling:
        if name.isascii() and name.isalpha():
            assert name not in mask(f"x {name} y", pattern).text.split()
