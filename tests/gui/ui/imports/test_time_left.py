"""The words of a long reading: right, coarse, and never before there is something to tell."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.ui.imports.time_left import SURE_AFTER_S, bytes_words, left_words, rows_words

MB = 1_000_000


@pytest.mark.parametrize(
    ("done", "total", "elapsed", "words"),
    [
        (12 * MB, 43 * MB, 8.0, "12 of 43 MB · about 30 seconds left"),
        (12 * MB, 43 * MB, 1.9, "12 of 43 MB"),
        (0, 43 * MB, 9.0, "0 of 43 MB"),
        (43 * MB, 43 * MB, 20.0, "43 of 43 MB"),
        (50 * MB, 43 * MB, 20.0, "43 of 43 MB"),
        (1_500_000, 3_000_000, 3.0, "1.5 of 3.0 MB · a few seconds left"),
        (300, 900, 0.1, "0 of 1 kB"),
        (200 * MB, 1200 * MB, 30.0, "0.2 of 1.2 GB · about 2 minutes left"),
        (10 * MB, 1200 * MB, 60.0, "0.0 of 1.2 GB · more than an hour left"),
        (5, 0, 10.0, ""),
    ],
)
def test_bytes(done, total, elapsed, words):
    assert bytes_words(done, total, elapsed) == words


def test_rows():
    assert rows_words(1200, 5000, 20.0) == "1,200 of 5,000 rows · about a minute left"
    assert rows_words(1, 0, 5.0) == "1 row"
    assert rows_words(0, 0, 5.0) == ""


@given(st.integers(1, 10**12), st.integers(2, 10**12), st.floats(0, 10**6))
def test_the_time_left_is_near_the_truth(done, total, elapsed):
    words = left_words(done, total, elapsed)
    if elapsed < SURE_AFTER_S or done >= total:
        assert words == ""
        return
    truth = elapsed * (total - done) / done
    seconds = re.fullmatch(r"about (\d+) seconds left", words)
    minutes = re.fullmatch(r"about (\d+) minutes left", words)
    if seconds:
        assert abs(int(seconds[1]) - truth) <= 10
    elif minutes:
        assert abs(int(minutes[1]) * 60 - truth) <= 30.001
    elif words == "about a minute left":
        assert 50 < truth <= 90
    elif words == "a few seconds left":
        assert truth < 5
    else:
        assert words == "more than an hour left" and truth >= 59 * 60
