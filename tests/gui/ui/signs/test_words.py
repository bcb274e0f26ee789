"""In a nurse's journal the page speaks of the person, not to them."""

from __future__ import annotations

import re

from dreamjournal.ui.signs.page import HOW
from dreamjournal.ui.signs.words import said


def test_nothing_is_said_to_the_nurse_that_is_meant_for_the_person() -> None:
    for text in (
        HOW,
        "3 of nights you were not sure of, 1 that may not be your own (nights merged with another person’s)",
    ):
        assert said(text, nurse=False) == text
        assert not re.search(r"\byou(rs?)?\b", said(text, nurse=True), re.IGNORECASE)
