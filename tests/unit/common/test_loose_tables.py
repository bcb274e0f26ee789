"""Tables in texts of unknown makers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.loose_tables import find_table, has_dates


@pytest.mark.parametrize(
    ("text", "header", "delimiter", "line"),
    [
        ("a,b\n1,2\n", ("a", "b"), ",", 0), ("a;b;c\n1;2,5;3\n", ("a", "b", "c"), ";", 0), ("a\tb\n1\t2\n", ("a", "b"), "\t", 0),
        ("a|b\n1|2\n", ("a", "b"), "|", 0), ("Title\nmade by hand\n\na,b\n1,2\n", ("a", "b"), ",", 3),
        ('"a, b",c\n"1",2\n', ("a, b", "c"), ",", 0), ("a,,c\n1,2,3\n", ("a", "", "c"), ",", 0), ("a,b\n1,2,,\n", ("a", "b"), ",", 0),
        ('date,text\n2026-07-10,"one,\ntwo"\n', ("date", "text"), ",", 0), ("a,b\nx,y\n1,2\n", ("a", "b"), ",", 0),
    ],
)  # fmt: skip
def test_header_delimiter_and_line(text, header, delimiter, line):
    found = find_table(text)
    assert (found.header, found.delimiter, found.line) == (header, delimiter, line)


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n", "a,b\nx,y\n", "1,2\n3,4\n", "a\n1\n", "a,b\n\n1,2\n", "2026-07-10 one, two\n3,4\n", "Dear all, how are you today.\n1,2\n",
     "a,b\n1,2,3\n", ",,,\n1,2,3,4\n", "one very long sentence of more than eight words, b\n1,2\n", "," * 100_000],
)  # fmt: skip
def test_what_is_no_table(text):
    assert find_table(text) is None


@given(st.text(alphabet='ab1,;\t|"\n\r ', max_size=200))
def test_any_text_is_a_table_or_none(text):
    found = find_table(text)
    assert found is None or (len(found.header) >= 2 and found.sample)


@pytest.mark.parametrize(
    ("cell", "dated"),
    [("2026-07-10", True), ("10.07.26 6:40", True), ("7/10/2026", True), ("20260710", True), ("1783631520000", True), ("10 July 2026", True),
     ("Jul 10 2026", True), ("2026年7月10日", True), ("7.5", False), ("40", False), ("1.7.12.2", False), ("see page 10 of 2026", False)],
)  # fmt: skip
def test_tables_with_dates(cell, dated):
    assert has_dates(find_table(f'a,b\n"{cell}",1\n')) is dated
