"""Words of a dream, and what makes some of them a comment."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.word_count import TOKEN, marking, tokens, told, word_count


@pytest.mark.real
def test_vectors(shared_dir: Path) -> None:
    vectors = json.loads((shared_dir / "vectors/questionnaire_dream_vectors.json").read_text())["word_count"]
    assert TOKEN.pattern == vectors["regex"]
    for case in vectors["tests"]:
        assert len(tokens(case["text"])) == case["n"]
        assert math.log10(len(tokens(case["text"])) + 1) == pytest.approx(case["log10_n_plus_1"], abs=1e-6)
        if case["text"].isascii() or case["text"].startswith("Je"):
            assert word_count(case["text"]) == case["n"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("I was flying.", 3),
        ("I don't remember much — just a well-lit room.", 8),
        ("夢を見た", 4),
        ("夢 was the word", 4),
        ("ฝัน", 2),
        ("a house [or a barn, not sure] by the sea", 5),
        ("[um] a house [the [old] one] stood", 3),
        ("[only a remark]", 0),
        ("a list] of [things", 4),
        ("over[remark]board", 2),
    ],
)
def test_words_outside_comments(text: str, words: int) -> None:
    assert word_count(text) == words


@given(st.text("ab []'-夢\n", max_size=60))
def test_a_comment_never_adds_words(text: str) -> None:
    assert 0 <= word_count(told(text)) == word_count(text)
    assert word_count(text + " [and more of it]") == word_count(text) or text.count("[") > text.count("]")


def put(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """The text after marking, with the selection it leaves."""
    found = marking(text, start, end)
    if found is None:
        return None
    a, b, off = found
    inside = text[a + 1 : b - 1] if off else f"[{text[a:b]}]"
    return text[:a] + inside + text[b:], a, a + len(inside)


def test_marking_twice_is_nothing() -> None:
    text = "I fell, I think, into water"
    once = put(text, 7, 17)
    assert once == ("I fell, [I think,] into water", 8, 18)
    assert put(*once) == (text, 8, 16)
    assert put(once[0], 9, 17) == (text, 8, 16)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("a b", 1, 2), ("a b", 1, 1), ("", 0, 0), ("a [b] c", 3, 7), ("a [b] c", 0, 4), ("[]", 0, 2), ("a] [b", 0, 5)],
)
def test_no_words_and_half_a_comment_cannot_be_marked(text: str, start: int, end: int) -> None:
    assert marking(text, start, end) is None


def test_a_comment_within_the_words_goes_with_them() -> None:
    assert put("a [b] c", 0, 7) == ("[a [b] c]", 0, 9)
    assert put("[a] [b]", 0, 7) == ("[[a] [b]]", 0, 9)


@given(st.text("ab []\n", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_marking_changes_brackets_alone_and_can_be_taken_back(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    made = put(text, start, end)
    if made is None:
        return
    assert made[0].replace("[", "").replace("]", "") == text.replace("[", "").replace("]", "")
    found = marking(text, start, end)
    assert found is not None
    if not found.off:
        assert not told(made[0][made[1] : made[2]]).strip()
        again = put(*made)
        assert again is not None and again[0] == text
