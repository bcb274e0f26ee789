"""Dates, clock times, lengths and answers as they are written."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.moments import (
    AmbiguousDate,
    clock_of,
    date_of,
    day_first_of,
    find_date,
    minutes_of,
    moment_of,
    number_of,
    offset_of,
    says_nothing,
    unit_in,
    yes_or_no,
)


@pytest.mark.parametrize(
    "text",
    ["2026-07-10", "2026/7/10", "2026.07.10", "20260710", "10.07.2026", "10.7.26", "10 July 2026", "10th July 2026", "July 10, 2026",
     "Jul 10 2026", "Friday, 10 July 2026", "Fri 10.07.2026", "10. Juli 2026", "10 juillet 2026", "10 de julio de 2026", "10 luglio 2026",
     "10 de julho de 2026", "10 juli 2026", "2026年7月10日", "2026년 7월 10일", "10-Jul-2026"],
)  # fmt: skip
def test_dates(text):
    assert date_of(text) == date(2026, 7, 10)


@pytest.mark.parametrize(
    ("text", "month"),
    [("1 März 2026", 3), ("1 août 2026", 8), ("1 févr. 2026", 2), ("1 enero 2026", 1), ("1 Dez 2026", 12)],
)
def test_names_of_months(text, month):
    assert date_of(text).month == month


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13-01", "2026-02-30", "10.07.2026 6:40", "10 Smarch 2026", "٢٠٢٦-٠٧-١٠", "12026-07-10", "2026-07-101", "x" * 99,
     "on the 10.07.2026", "10.07.2026 or so"],
)  # fmt: skip
def test_what_is_no_date(text):
    with pytest.raises(ValueError):
        date_of(text)


def test_the_order_of_day_and_month():
    assert date_of("03/04/2026", True) == date(2026, 4, 3)
    assert date_of("03/04/2026", False) == date(2026, 3, 4)
    assert date_of("13/04/2026") == date(2026, 4, 13)
    assert date_of("04/13/2026") == date(2026, 4, 13)
    assert date_of("04/04/2026") == date(2026, 4, 4)
    with pytest.raises(AmbiguousDate):
        date_of("03/04/2026")
    assert [day_first_of(t) for t in ("13/04/2026", "04/13/2026", "03/04/2026", "13.04.2026", "2026-04-13", "")] == [
        True, False, None, None, None, None,
    ]  # fmt: skip


def test_a_date_within_a_text():
    found = find_date("Dream of 10 July 2026, early")
    assert found == (date(2026, 7, 10), 9, 21)
    assert find_date("no date in 17 words of 2026") is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [("23:12", time(23, 12)), ("7:05", time(7, 5)), ("23:12:05", time(23, 12, 5)), ("23.12", time(23, 12)), ("23h12", time(23, 12)),
     ("11:12 PM", time(23, 12)), ("11:12pm", time(23, 12)), ("7:05 a.m.", time(7, 5)), ("11 pm", time(23)), ("12:00 am", time(0)),
     ("12:00 pm", time(12)), ("2312", time(23, 12)), ("23:12 Uhr", time(23, 12)), ("23:12:05.250", time(23, 12, 5))],
)  # fmt: skip
def test_clock_times(text, clock):
    assert clock_of(text) == clock


@pytest.mark.parametrize(
    "text", ["", "7", "24:00", "13:00 PM", "0:30 pm", "23:60", "7:5", "2460", "٢٣:١٢", "noon", "1" * 30]
)
def test_what_is_no_clock_time(text):
    with pytest.raises(ValueError):
        clock_of(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("Z", 0), ("+02:00", 120), ("-0530", -330), ("+2", 120), ("UTC+1", 60), ("GMT-3", -180), ("2", 120)],
)
def test_offsets(text, minutes):
    assert offset_of(text) == minutes


@pytest.mark.parametrize("text", ["", "Berlin", "+99:00", "+16", "+02:75"])
def test_what_is_no_offset(text):
    with pytest.raises(ValueError):
        offset_of(text)


def test_moments_keep_their_offset_and_universal_time_has_none():
    assert moment_of("2026-07-09 23:12 +0200")[1:] == (120, False)
    assert moment_of("2026-07-09T23:12:00-03:30")[1:] == (-210, False)
    assert moment_of("2026-07-09T23:12:00Z")[1:] == (None, True)
    assert moment_of("2026-07-09 23:12")[1:] == (None, False)
    assert moment_of("1783631520")[1:] == (None, True)


def test_a_date_alone_is_a_moment_in_a_spreadsheet_only():
    assert moment_of("2026-07-09", midnight=True).local.time() == time(0)
    with pytest.raises(ValueError, match="no time of day"):
        moment_of("2026-07-09")


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [
        ("7.5", False, 7.5),
        ("7,5", False, 7.5),
        ("62 %", False, 62),
        ("-3", False, -3),
        ("1,234", True, 1.234),
        ("0,125", False, 0.125),
        (".5", False, 0.5),
    ],
)
def test_numbers(text, comma, value):
    assert number_of(text, comma=comma) == value


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-inf", "1e999", "1_000", "1,234", "٧", "0x10", "9" * 5000, "1e12", "seven"]
)
def test_what_is_no_number(text):
    with pytest.raises(ValueError):
        number_of(text)


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [("7:30", "h", 450), ("0:45:30", "h", 45.5), ("7h", "min", 420), ("7h30m", "s", 450), ("45m 30s", "min", 45.5), ("1,5 h", "min", 90),
     ("PT45M", "h", 45), ("P1DT1H", "h", 1500), ("-5", "min", -5), ("90", "s", 1.5), ("2 Stunden 10 Minuten", "min", 130), ("7 h 5", "min", 425)],
)  # fmt: skip
def test_lengths(text, unit, minutes):
    assert minutes_of(text, unit) == pytest.approx(minutes)


@pytest.mark.parametrize("text", ["", "P", "PT", "h", "7x", "7:75", "soon", "7h soon", "5 to 6 h", "9" * 39, "1" * 99])
def test_what_is_no_length(text):
    with pytest.raises(ValueError):
        minutes_of(text)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("Deep (min)", "min"), ("duration_hours", "h"), ("Total [h]", "h"), ("Deep, m", "min"), ("Light (s)", "s"), ("sleep minutes", "min"),
     ("Sleep", None), ("HRV (ms)", None), ("start", None), ("h", None), ("m", None)],
)  # fmt: skip
def test_units_of_names(name, unit):
    assert unit_in(name) == unit


def test_answers_and_cells_that_say_nothing():
    assert [yes_or_no(t) for t in ("Yes", "ja", "X", "1", "no", "Nein", "0", "3", "", "maybe")] == [
        True, True, True, True, False, False, False, None, None, None,
    ]  # fmt: skip
    assert [says_nothing(t) for t in ("", " - ", "N/A", "nan", "0", "no")] == [True, True, True, True, False, False]


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_value_error(text):
    for read in (date_of, clock_of, moment_of, number_of, minutes_of, offset_of):
        try:
            read(text)
        except (ValueError, OverflowError):
            continue


@given(st.text(alphabet="0123456789:.,/- hHmMPTZapuUtc+", max_size=40))
def test_any_figures_are_read_or_refused_with_a_value_error(text):
    for read in (date_of, clock_of, moment_of, number_of, minutes_of, offset_of):
        try:
            read(text)
        except (ValueError, OverflowError):
            continue
