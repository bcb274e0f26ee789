"""Words are written at most two seconds after the first key, and tried again."""

from __future__ import annotations

from dreamjournal.common.errors import StoreError
from dreamjournal.ui.dreams.keeper import WRITE_AFTER_MS, Keeper, not_saved


def test_it_writes_within_two_seconds_of_the_first_key_even_while_typing_goes_on(qtbot) -> None:
    written: list[int] = []
    keeper = Keeper(lambda: written.append(1))
    assert WRITE_AFTER_MS < 2000
    with qtbot.waitSignal(keeper.kept, timeout=2000):
        keeper.touch()
        keeper.touch()
    assert written == [1] and not keeper.dirty


def test_flush_writes_at_once_and_only_what_is_unsaved(qtbot) -> None:
    written: list[int] = []
    keeper = Keeper(lambda: written.append(1))
    assert keeper.flush() and written == []
    keeper.touch()
    assert keeper.flush() and written == [1]
    assert keeper.flush() and written == [1]


def test_a_failure_keeps_the_words_dirty_and_says_why(qtbot) -> None:
    full = [True]

    def write() -> None:
        if full[0]:
            raise StoreError("The words were not kept", "The disk is full", "make room")

    keeper = Keeper(write)
    keeper.touch()
    with qtbot.waitSignal(keeper.failed) as failed:
        assert not keeper.flush()
    assert not_saved(failed.args[0]) == "Not saved yet: the disk is full. Your words are still here."
    assert keeper.dirty
    full[0] = False
    assert keeper.flush() and not keeper.dirty


def test_what_is_forgotten_is_not_written(qtbot) -> None:
    written: list[int] = []
    keeper = Keeper(lambda: written.append(1))
    keeper.touch()
    keeper.forget()
    assert keeper.flush() and written == []
