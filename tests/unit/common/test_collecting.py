"""No search for cycles while very many objects are made, and lists let go a few items at a time."""

from __future__ import annotations

import gc

import pytest

from dreamjournal.common.collecting import let_go, no_search_for_cycles


def test_the_search_is_off_within_and_as_before_after() -> None:
    before = gc.get_threshold()
    assert before[0]
    with no_search_for_cycles():
        assert not gc.get_threshold()[0]
        with no_search_for_cycles():
            assert not gc.get_threshold()[0]
        assert not gc.get_threshold()[0]
    assert gc.get_threshold() == before


def test_nothing_is_searched_within() -> None:
    class Round:
        def __init__(self) -> None:
            self.me = self

    with no_search_for_cycles():
        before = [generation["collections"] for generation in gc.get_stats()]
        kept = [Round() for _ in range(5000)]
        assert [generation["collections"] for generation in gc.get_stats()] == before
    assert kept


def test_it_is_on_again_after_an_error() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError), no_search_for_cycles():
        raise KeyError
    assert gc.get_threshold() == before and before[0]


@pytest.mark.parametrize("length", [0, 1, 49, 50, 51, 1000])
def test_everything_is_let_go(length: int) -> None:
    items = list(range(length))
    let_go(items)
    assert items == []
