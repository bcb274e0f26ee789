"""JSON of unknown makers."""

from __future__ import annotations

import io

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.json_files import parse, read_json


def test_a_value_with_a_byte_order_mark():
    assert read_json(io.BytesIO(b'\xef\xbb\xbf{"a": [1, 2.5, null]}')) == {"a": [1, 2.5, None]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1', "cut off"),
        ('{"a": "x', "cut off"),
        ("", "cut off"),
        ('{"a": 1,\n b}', "line 2"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "not JSON"),
        ('{"a": 1e999}', "not JSON"),
        ('{"a": "\\ud800"}', "not JSON"),
        ("[" * 200_000, "not JSON"),
        ("1" * 5000, "not JSON"),
    ],
)
def test_refused_in_words(text, why):
    with pytest.raises(UserError, match=why):
        parse(text)
