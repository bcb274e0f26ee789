"""The words of a dream in any script, the person's comments, and the sentence around a word."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.dream_words import (
    COMMON,
    REACH,
    comments,
    first_words,
    folded,
    place_of,
    sentence_at,
    tokens,
    without_comments,
    words_of,
)


def words(text: str) -> list[str]:
    return [t.word for t in tokens(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("I was flying.", ["was", "flying"]),
        ("The DOG's tail; the dogs’ bowl", ["the", "dog", "tail", "the", "dogs", "bowl"]),
        ("I don’t know", ["don't", "know"]),
        ("a well-lit room, 3 rooms, x", ["well", "lit", "room", "rooms"]),
        ("Straße ÉLAN e\u0301lan", ["strasse", "élan", "élan"]),
        ("犬が海を見た", ["犬が", "が海", "海を", "を見", "見た"]),
        ("海", ["海"]),
        ("した", []),
        ("שָׁלוֹם לבית", ["שָׁלוֹם", "לבית"]),
        ("हिन्दी सपना", ["हिन्दी", "सपना"]),
        ("sea🌊sea 🌙", ["sea", "sea"]),
        ("one\x00two\x1bthree", ["one", "two", "three"]),
        ("a" * 41, []),
    ],
)
def test_words(text, found):
    assert words(text) == found


def test_comments_are_no_words_and_nothing_moves():
    text = "The sea [my sister [Ann] says so] was warm [open"
    assert words(text) == ["the", "sea", "was", "warm", "open"]
    assert comments(text) == [(8, 33)]
    assert len(without_comments(text)) == len(text)


@given(st.text(max_size=120))
def test_every_place_is_where_its_word_stands(text):
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert folded(text[token.start : token.end]).removesuffix("'s") == token.word
    assert words_of(text) == frozenset(words(text)) - COMMON


@given(st.text(alphabet="ab'’s. \n[]áß海の", max_size=60))
def test_each_word_of_a_text_is_found_in_it(text):
    for word in words_of(text):
        place = place_of(text, word)
        assert place is not None
        assert folded(text[place[0] : place[1]]).removesuffix("'s") == word


def test_a_phrase_is_found_over_a_line_end_but_not_inside_a_word():
    assert place_of("I was late\n again", "late again") == (6, 17)
    assert place_of("chocolate again", "late again") is None
    assert place_of("The don't do", "don") is None
    assert place_of("The dön't do", "dön") is None
    assert place_of("Ça, I saw C3PO again", "c3po") == (10, 14)
    assert place_of("夜の海を見た", "海を見") == (2, 5)


def test_the_sentence_around_a_word():
    text = "Low tide. I saw the sea at night! Then home."
    sentence, start, end = sentence_at(text, *place_of(text, "sea"))
    assert sentence == "I saw the sea at night!"
    assert sentence[start:end] == "sea"
    whole, *_ = sentence_at(text, *place_of(text, "home"))
    assert whole == "Then home."


def test_a_sentence_without_an_end_is_cut_on_both_sides():
    text = "ab " * 20_000 + "sea " + "cd " * 20_000
    sentence, start, end = sentence_at(text, *place_of(text, "sea"))
    assert sentence[start:end] == "sea"
    assert sentence.startswith("… ab")
    assert sentence.endswith("cd …")
    assert len(sentence) < 2 * REACH + 20


@given(st.text(max_size=400))
def test_a_sentence_is_one_line_with_the_word_in_it(text):
    for token in list(tokens(text))[:5]:
        sentence, start, end = sentence_at(text, token.start, token.end)
        assert "\n" not in sentence
        assert 0 <= start < end <= len(sentence)
        assert folded(sentence[start:end]) == folded(text[token.start : token.end])


def test_how_a_dream_begins():
    assert first_words("a\n\nb") == "a b"
    assert first_words("word " * 100, 20) == "word word word word …"


@pytest.mark.parametrize(
    "text", ["word " * 20_000, "海" * 100_000, "שלום🌙\x07 " * 15_000, "[" * 50_000 + "]" * 50_000, "é" * 100_000]
)
def test_a_hundred_thousand_characters_are_read_at_once(text):
    began = time.perf_counter()
    words_of(text)
    assert time.perf_counter() - began < 2  # measured: 0.05 to 0.2 s
