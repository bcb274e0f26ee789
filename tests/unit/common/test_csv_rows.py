"""Reading text and rows of unknown makers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.csv_rows import decode, number, read_text, records, wall_clock
from dreamjournal.common.errors import UserError

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0", exclude_categories=("Cs",)), max_size=20)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6))
def test_what_csv_writes_is_read_back(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    assert [list(r.cells) for r in records(out.getvalue())] == rows


def test_lines_are_counted_over_cells_with_line_ends():
    found = list(records('a,b\n"1\n2",x\n\n3,4\n'))
    assert [(r.line, r.cells) for r in found] == [(1, ("a", "b")), (2, ("1\n2", "x")), (5, ("3", "4"))]


def test_a_quotation_mark_that_never_closes_spoils_its_own_line_only():
    found = list(records('a,b\n1,"2\n3,4\n5,6\n'))
    assert [(r.line, r.closed) for r in found] == [(1, True), (2, False), (3, True), (4, True)]
    assert found[2].cells == ("3", "4")


@pytest.mark.parametrize(
    ("data", "text", "name"),
    [
        (b"\xef\xbb\xbfk\xc3\xb6", "kö", "UTF-8"),
        ("kö".encode("utf-16"), "kö", "UTF-16"),
        (b"k\xf6", "kö", "Windows-1252"),
        (b"k\xc3", "k", "UTF-8"),
    ],
)
def test_encodings(data, text, name):
    assert decode(data) == (text, name)


def test_binary_and_too_large_are_refused():
    with pytest.raises(UserError):
        decode(b"\xff\x00\x80")
    with pytest.raises(UserError, match="larger"):
        read_text(io.BytesIO(b"x" * 11), limit=10)


@pytest.mark.parametrize("bad", ["nan", "inf", "1e999", "1,5", "٣", "x", "--1"])
def test_numbers_are_finite_and_plain(bad):
    with pytest.raises(ValueError):
        number(bad)


def test_an_empty_cell_is_no_number_and_nought_is_one():
    assert number(" ") is None
    assert number("0") == 0.0


@pytest.mark.parametrize("bad", ["2026-02-30 10:00", "٢٠٢٦-01-01 10:00", "2026-01-01 24:00", "x" * 50])
def test_wall_clock_refuses(bad):
    with pytest.raises(ValueError):
        wall_clock(bad, "%Y-%m-%d %H:%M")
