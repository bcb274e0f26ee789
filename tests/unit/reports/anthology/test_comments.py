"""What is left of a dream without the comments in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.word_count import tokens, told
from dreamjournal.reports.anthology.comments import without


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no comment", "no comment"),
        ("the sea [on TV] rose", "the sea rose"),
        ("the sea [on TV], then", "the sea, then"),
        ("the sea[on TV] rose", "the sea rose"),
        ("[first] the sea", "the sea"),
        ("the sea [last]", "the sea"),
        ("a [b] [c] d", "a d"),
        ("a [b [c] d] e", "a e"),
        ("a ] b [ c", "a ] b [ c"),
        ("one\n[a line of it]\ntwo", "one\ntwo"),
        ("one\n\n[a paragraph]\n\ntwo", "one\n\n\ntwo"),
        ("[all]", ""),
    ],
)
def test_a_comment_leaves_no_trace(text: str, left: str) -> None:
    assert without(text) == left


@given(st.text(alphabet="ab [],.\n\t", max_size=60))
def test_the_words_outside_comments_stay_in_their_order(text: str) -> None:
    assert "".join(tokens(without(text))) == "".join(tokens(told(text)))
