"""A dream keeps its paragraphs and lines, whatever it is written with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.charts.fonts import without_controls
from dreamjournal.reports.anthology.dreams import paragraphs


def shape(text: str) -> list[list[str]]:
    return [[w.text for w in p.words] for p in paragraphs(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one", [["one"]]),
        ("one\n\ntwo", [["one"], ["two"]]),
        ("one\r\n \t\r\n\r\ntwo\rthree", [["one"], ["two", "three"]]),
        ("a poem\nof three\nlines", [["a poem", "of three", "lines"]]),
        ("one\u2028line\u2029two\fthree", [["one", "line"], ["two"], ["three"]]),
        ("\n\n  indented  \n\n", [["indented"]]),
        ("", []),
        (" \n\u200b\x00\n", []),
    ],
)
def test_blank_lines_part_paragraphs_and_breaks_part_lines(text: str, found: list[list[str]]) -> None:
    assert shape(text) == found


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    kept = "".join(w for p in shape(text) for w in p)
    assert "".join(without_controls(kept).split()) == "".join(without_controls(text).split())
    assert all(without_controls(w).strip() for p in shape(text) for w in p)
