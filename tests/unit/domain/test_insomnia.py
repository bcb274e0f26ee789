"""Insomnia-range nights: 31 minutes, three a week of five known, two weeks running, three months only where they are."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.insomnia import in_range, months_after, pattern, week_counts

FIRST = date(2026, 3, 2)
DAY = timedelta(days=1)


def known(text: str, first: date = FIRST) -> dict[date, bool]:
    """x a night of the range, o another, a dot one that cannot be told."""
    return {first + i * DAY: c == "x" for i, c in enumerate(text) if c != "."}


def found_in(text: str):
    return pattern(known(text), FIRST, FIRST + (len(text) - 1) * DAY)


@pytest.mark.parametrize(
    "sol, waso, told",
    [
        (30, 30, False),
        (31, 0, True),
        (0, 31, True),
        (30.5, 0, False),
        (31, None, True),
        (None, 31, True),
        (10, None, None),
        (None, None, None),
    ],
)
def test_thirty_minutes_do_not_count_and_half_an_answer_is_no_no(sol, waso, told) -> None:
    assert in_range(sol, waso) is told


def test_the_vectors(shared_dir: Path) -> None:
    vectors = json.loads((shared_dir / "vectors" / "diary_circadian_expected.json").read_text(encoding="utf-8"))[
        "insomnia_flag"
    ]
    for vector in vectors:
        nights = [in_range(s, w) for s, w in zip(vector["SOL"], vector["WASO"], strict=True)]
        assert sum(n is True for n in nights) == vector["flag_nights"]
        assert week_counts(nights) is vector["flag"]


@pytest.mark.parametrize("week, counts", [("xxxoo..", True), ("xxxo...", False), ("xxooooo", False), ("xxxxx..", True)])
def test_three_nights_of_at_least_five_known(week: str, counts: bool) -> None:
    assert week_counts([None if c == "." else c == "x" for c in week]) is counts


def test_one_week_is_no_pattern_and_two_are() -> None:
    assert found_in("xxxoooo") is None
    assert found_in("xxxoooo" + "ooooooo" + "xxxoooo") is None
    found = found_in("xxxoooo" + "oooxxxo")
    assert (found.weeks, found.first, found.last, len(found.nights), found.known) == (2, FIRST, FIRST + 13 * DAY, 6, 14)
    assert not found.three_months


def test_weeks_may_begin_on_any_day() -> None:
    # Seen from the first day no two weeks running count; from the fourth on they do.
    found = found_in("ooo" + "xxxoooo" + "xxxoooo")
    assert found.weeks == 2
    assert found.first == FIRST + 3 * DAY


def test_a_missing_week_breaks_the_run() -> None:
    assert found_in("xxxoooo" + "......." + "xxxoooo") is None


def test_three_months_only_where_the_weeks_span_them() -> None:
    week = "xxxoooo"
    assert not found_in(week * 13).three_months  # 2 March and 91 days: 1 June, a day short
    assert found_in(week * 14).three_months
    assert found_in(week * 13 + "ooooooo").three_months is False


def test_the_longest_run_is_told_and_of_two_the_latest() -> None:
    week, off = "xxxoooo", "ooooooo"
    found = found_in(week * 2 + off + week * 3)
    assert found.weeks == 3
    found = found_in(week * 2 + off + off + week * 2)
    assert found.first >= FIRST + 26 * DAY


def test_a_run_that_is_over_is_left_out_and_a_present_one_keeps_its_beginning() -> None:
    week, off = "xxxoooo", "ooooooo"
    text = week * 20 + off * 2 + week * 14
    days = known(text)
    last = FIRST + (len(text) - 1) * DAY
    assert pattern(days, FIRST, last).weeks == 20
    present = pattern(days, FIRST, last, since=last - 55 * DAY)
    assert (present.weeks, present.three_months) == (14, True)
    assert pattern(known(week * 20 + off * 20), FIRST, FIRST + 279 * DAY, since=FIRST + 224 * DAY) is None


@given(st.text(alphabet="xo.", min_size=1, max_size=60))
def test_every_week_of_a_pattern_counts(text: str) -> None:
    found = found_in(text)
    if found is None:
        return
    by_day = known(text)
    assert (found.last - found.first).days + 1 == 7 * found.weeks >= 14
    for week in range(found.weeks):
        assert week_counts([by_day.get(found.first + (7 * week + n) * DAY) for n in range(7)])


def test_a_month_later_is_the_same_day_or_the_last() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_after(date(2026, 5, 5), 1) == date(2026, 6, 5)
    assert months_after(date(2026, 3, 2), 3) == date(2026, 6, 2)
