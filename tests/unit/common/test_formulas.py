"""The guard comes off as it was put on, and no other apostrophe does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.formulas import GUARD, is_formula, unguarded


@pytest.mark.parametrize(
    "text", ["=1+1", " =1", "+49", "-3 stairs", "@home", "|x", "%x", "\uff1d1", "'=1", "''-x", "\u200b=1"]
)
def test_what_a_spreadsheet_runs_is_guarded_and_comes_back(text: str) -> None:
    assert is_formula(text)
    assert unguarded(GUARD + text) == text


@pytest.mark.parametrize("text", ["'tis a stair", "''", "'", "", "stairs", "'quoted' =1", "it's"])
def test_any_other_apostrophe_stays(text: str) -> None:
    assert not is_formula(text)
    assert unguarded(text) == text


@given(st.text(alphabet="'=+-@ ax\u200b", max_size=8))
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(GUARD + text if is_formula(text) else text) == text
