"""Numbers as they are printed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.charts import words

N = words.NBSP


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (59.4, f"59{N}min"),
        (59.5, f"1{N}h{N}00"),
        (422, f"7{N}h{N}02"),
        (0.4, f"0{N}min"),
        (-0.4, f"0{N}min"),
        (-75, f"−1{N}h{N}15"),
    ],
)
def test_minutes_become_hours_from_sixty_on(value: float, text: str) -> None:
    assert words.duration(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "kind", "text"),
    [
        (7.4, "min", "mean", f"7{N}min"), (87.2, "points", "mean", f"87{N}%"), (3.25, "points", "ordinal", "3.3"),
        (0.76, "points", "rate", f"76{N}%"), (2.0, "nightmares", "count", "2"), (875.0, "min", "clock", "02:35"), (55.26, "bpm", "mean", f"55{N}bpm"),
        (36.61, "°C", "mean", f"36.6{N}°C"),
    ],
)  # fmt: skip
def test_each_kind_is_worded_its_own_way(value: float, unit: str, kind: str, text: str) -> None:
    assert words.value_words(value, unit, kind) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 2))
def test_no_number_prints_a_minus_zero_or_a_hyphen(value: float, decimals: int) -> None:
    text = words.signed(value, decimals)
    assert "-" not in text
    assert not (text.startswith(("−", "+")) and float(text[1:]) == 0)


def test_dates_name_a_month_once_and_runs_by_their_ends() -> None:
    days = [date(2026, 9, 17), date(2026, 10, 28), date(2026, 10, 10)]
    assert words.days(days) == f"17{N}Sep, 10 and 28{N}Oct"
    assert words.days([date(2026, 10, 3) + timedelta(days=i) for i in range(7)]) == f"3 – 9{N}Oct"
    assert words.days([date(2026, 9, 29) + timedelta(days=i) for i in range(4)]) == f"29{N}Sep – 2{N}Oct"


def test_a_period_says_the_year_once() -> None:
    assert words.period(date(2026, 9, 7), date(2026, 11, 1)) == f"7{N}Sep – 1{N}Nov{N}2026"
    assert words.period(date(2025, 12, 7), date(2026, 1, 1)) == f"7{N}Dec{N}2025 – 1{N}Jan{N}2026"
