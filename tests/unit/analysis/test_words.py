"""Sentences: rounded first, then worded."""

from __future__ import annotations

import pytest

from dreamjournal.analysis import words
from dreamjournal.metrics.quality import PLUGIN as QUALITY
from dreamjournal.metrics.sol import PLUGIN as SOL
from dreamjournal.metrics.tst import PLUGIN as TST


@pytest.mark.parametrize(
    ("value", "low", "high", "design", "expected"),
    [
        (21, 3.01, 37.3, "R", "3 to 37"), (8, -9.2, 25.1, "R", "9 shorter to 25 longer"), (18, -0.14, 36.1, "S", "0 less to 36 more"),
        (-21, -37.3, -3.0, "R", "3 to 37"), (5, 0.0, 10.0, "R", "0 to 10"),
    ],
)  # fmt: skip
def test_intervals(value: float, low: float, high: float, design: str, expected: str) -> None:
    assert words.interval(value, low, high, TST, design, 0) == expected  # type: ignore[arg-type]


def test_differences() -> None:
    assert words.difference(-20.7, TST, "R", 0) == "Sleep was 21 min shorter"
    assert words.difference(-18.0, TST, "S", 0) == "18 min less sleep"
    assert words.difference(12.0, SOL, "R", 0) == "Falling asleep took 12 min longer"
    assert words.difference(-0.04, TST, "R", 0) == "Sleep was 0 min shorter"
    assert words.difference(0.42, QUALITY, "R", words.digits_for(QUALITY, 0.5)) == "Sleep quality was rated 0.4 higher"


def test_coverage_and_counts() -> None:
    assert words.coverage(6, 0, 56) == "6 of 56 nights missing"
    assert words.coverage(0, 2, 56) == "2 of 56 nights excluded"
    assert words.coverage(1, 2, 56) == "3 of 56 nights missing or excluded"
    assert words.coverage(0, 0, 56) == "none of 56 nights missing"
    assert words.nights(1, "natural") == "1 natural night"


def test_no_break_spaces() -> None:
    assert words.no_break("21 min (95 % interval)") == "21\u00a0min (95\u00a0% interval)"


@pytest.mark.parametrize(
    ("verdict", "design", "estimate", "expected"),
    [
        ("clearly_more", "R", 30, "clearly longer"), ("clearly_less", "R", -30, "clearly shorter"),
        ("probably_less", "R", -9, "probably shorter, may be too small to matter"),
        ("probably_more", "S", 9, "associated with probably more, may be too small to matter"),
        ("clearly_less", "S", -30, "associated with clearly less"), ("no_difference", "P", 1, "no change that matters"),
        ("no_difference", "S", 1, "no difference that matters"), ("not_enough", "R", 1, "not enough to tell"),
        ("changed_over_time", "P", 9, "changed over time; cannot separate the enhancer from everything else"),
    ],
)  # fmt: skip
def test_verdicts(verdict: str, design: str, estimate: float, expected: str) -> None:
    assert words.verdict_words(verdict, design, TST, estimate) == expected  # type: ignore[arg-type]


def test_one_point_is_singular() -> None:
    assert words.singular("1 points higher, 21 points, 0.1 points") == "1 point higher, 21 points, 0.1 points"
    assert words.amount(1, "points") == "1 point"
