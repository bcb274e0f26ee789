"""No search for cycles while very many objects are made, and lists let go a few items at a time."""

from __future__ import annotations

import gc

import pytest

from dreamjournal.common.collecting import let_go, no_search_for_cycles


def test_the_search_is_off_within_and_as_before_after() -> None:
    assert gc.isenabled()
    with no_search_for_cycles():
        assert not gc.isenabled()
        with no_search_for_cycles():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_on_again_after_an_error() -> None:
    with pytest.raises(KeyError), no_search_for_cycles():
        raise KeyError
    assert gc.isenabled()


@pytest.mark.parametrize("length", [0, 1, 49, 50, 51, 1000])
def test_everything_is_let_go(length: int) -> None:
    items = list(range(length))
    let_go(items)
    assert items == []
