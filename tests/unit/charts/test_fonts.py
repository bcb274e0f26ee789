"""What the paper font can print."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.charts import fonts


def test_a_missing_character_becomes_a_rectangle_and_is_counted() -> None:
    assert fonts.printable("dream 🌙 梦") == (f"dream {fonts.MISSING} {fonts.MISSING}", 2)


def test_controls_joiners_and_direction_marks_go_without_a_trace() -> None:
    assert fonts.printable("a\u0000b\u202ec\u200dd\ufe0fe\u001b[31m\tf\ng") == ("abcde[31m f g", 0)


def test_letters_of_europe_stay() -> None:
    text = "Żółć, naïve façade – Ελληνικά, Привет “…”"
    assert fonts.printable(text) == (text, 0)


def test_a_decomposed_letter_is_composed() -> None:
    assert fonts.printable("e\u0301") == ("é", 0)


@given(st.text())
def test_whatever_comes_out_is_in_the_font(text: str) -> None:
    clean, lost = fonts.printable(text)
    assert fonts.printable(clean) == (clean, 0) or unicodedata.normalize("NFC", clean) != clean
    assert 0 <= lost <= len(text) * 3
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in fonts.without_controls(text))
