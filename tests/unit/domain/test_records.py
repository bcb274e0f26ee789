"""Numbers of JSON records."""

from __future__ import annotations

import pytest

from dreamjournal.domain.drafts import RowRejected
from dreamjournal.domain.records import LARGEST, number


@pytest.mark.parametrize(("value", "read"), [(0, 0.0), (-3, -3.0), (7.5, 7.5), (None, None), (LARGEST, LARGEST)])
def test_numbers_and_their_absence(value, read):
    assert number({"a": value}, "a") == read
    assert number({}, "a") is None


@pytest.mark.parametrize("value", [True, False, "7", [7], {}])
def test_what_is_no_number_is_named(value):
    with pytest.raises(RowRejected, match="a: not a number"):
        number({"a": value}, "a")


@pytest.mark.parametrize("value", [LARGEST * 1.01, -1e300, 10**400, float("inf"), float("nan")])
def test_what_no_night_holds_is_named(value):
    with pytest.raises(RowRejected, match="a: out of range"):
        number({"a": value}, "a")
