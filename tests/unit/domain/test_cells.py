"""Clock times and lengths as tables print them."""

from __future__ import annotations

from datetime import datetime

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.cells import measured, minutes, value, wall
from dreamjournal.domain.drafts import RowRejected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-12 23:10:00", datetime(2026, 3, 12, 23, 10)),
        ("2026-03-12T23:10", datetime(2026, 3, 12, 23, 10)),
        ("2026-03-12 23:10:05.250", datetime(2026, 3, 12, 23, 10, 5, 250_000)),
    ],
)
def test_a_wall_clock(text, expected):
    assert wall(text, "start", "Some") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-03-12",
        "2026-02-30 10:00",
        "2026-03-12 24:00",
        "2026-03-12 10:00+01:00",
        "٢٠٢٦-03-12 10:00",
        "20260312 1000",
    ],
)
def test_what_is_no_wall_clock_rejects_the_row(text):
    with pytest.raises(RowRejected, match="start: not a date and time"):
        wall(text, "start", "Some")


@pytest.mark.parametrize(
    ("text", "reason"), [("1969-12-31 23:00", "before 1970"), ("9999-01-01 00:00", "in the future")]
)
def test_years_without_sleep_logs_reject_the_row(text, reason):
    with pytest.raises(RowRejected, match=reason):
        wall(text, "start", "Some")


@pytest.mark.parametrize(
    "text", ["12/03/2026 22:10", "3/12/26 10:10 PM", "12.03.2026 22:10", "2026/3/12 22:10", "10:00.0"]
)
def test_dates_rewritten_by_a_spreadsheet_refuse_the_file(text):
    with pytest.raises(UserError, match="import the file as Some gave it"):
        wall(text, "start", "Some")


def test_lengths():
    assert [minutes(t, "x") for t in ("7:30", "07:30:30", "00:00:00", "", "-0:10")] == [450, 450.5, 0, None, -10]
    for text in ("7h", "7:75", "07:30:99", "99999:00"):
        with pytest.raises(RowRejected, match="x: not a length"):
            minutes(text, "x")


def test_numbers_with_dashes_and_zeros():
    cells = {"a": "5.5", "b": "0.0", "c": "—", "d": "", "e": "x", "f": "nan"}
    assert [value(cells, c) for c in "abcdz"] == [5.5, 0, None, None, None]
    assert [measured(cells, c) for c in "abcdz"] == [5.5, None, None, None, None]
    for column in "ef":
        with pytest.raises(RowRejected, match="not a number"):
            value(cells, column)
