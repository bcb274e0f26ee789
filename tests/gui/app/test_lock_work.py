"""A lock while work is under way: by nobody being here it waits, asked for it comes at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from dreamjournal.app import locking
from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.domain.changes import Changes
from dreamjournal.services import journals, unfinished
from tests.fakes import FakeClock
from tests.gui.app.locked_life import (
    Key,
    nobody_here,
    open_again,
)

CTRL = Qt.KeyboardModifier.ControlModifier


def test_work_under_way_is_stopped_and_told(qtbot, life: Lifecycle, journal_key: tuple[Path, Key]) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(progress) -> None:
        begun.set()
        go_on.wait(5)
        progress.step(1, 2)

    life.tasks.start(work, on_done=lambda _r: pytest.fail("it was stopped"))
    qtbot.waitUntil(begun.is_set)
    life.lock()
    go_on.set()
    open_again(life, journal_key[1])
    assert life.window._banner_box.itemAt(0).widget().accessibleName().startswith("What was under way was stopped")


class Work:
    """Work that goes on until it is let go, and looks now and then whether it is to stop."""

    def __init__(self, qtbot, life: Lifecycle) -> None:
        self.begun, self._go_on = threading.Event(), threading.Event()
        self.done: list[object] = []
        self.life = life
        self.task = life.tasks.start(self._work, on_done=self.done.append)
        qtbot.waitUntil(self.begun.is_set)

    def _work(self, progress) -> str:
        self.begun.set()
        while not self._go_on.wait(0.01):
            progress.step(1, 2)
        return "ready"

    def end(self) -> None:
        self._go_on.set()


def test_nobody_here_does_not_break_off_work_and_locks_at_its_end(qtbot, life: Lifecycle, clock: FakeClock) -> None:
    qtbot.waitUntil(lambda: life.locking._idle.watching and not life.tasks.busy, timeout=20000)
    work = Work(qtbot, life)
    with qtbot.assertNotEmitted(life.locked):
        nobody_here(life, clock)
        qtbot.keyClick(life.window, Qt.Key.Key_Shift)
        assert life.context is not None
        life.context.publish(Changes.ALL)
        nobody_here(life, clock, 50)
    assert not work.task.is_cancelled
    with qtbot.waitSignal(life.locked, timeout=10000) as locked:
        work.end()
    assert locked.args == ["idle"] and work.done == ["ready"] and life.journal is None


def test_work_without_an_end_does_not_keep_the_journal_open(
    qtbot, life: Lifecycle, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "LONGEST_WORK_MS", 50)
    qtbot.waitUntil(lambda: life.locking._idle.watching and not life.tasks.busy, timeout=20000)
    work = Work(qtbot, life)
    with qtbot.waitSignal(life.locked, timeout=10000):
        nobody_here(life, clock)
    assert work.task.is_cancelled and work.done == []


@pytest.mark.parametrize("reason", ["key", "screen", "sleep", "minimised"])
def test_whoever_asks_for_the_lock_gets_it_at_once_whatever_is_under_way(
    qtbot, life: Lifecycle, clock: FakeClock, reason: str
) -> None:
    qtbot.waitUntil(lambda: life.locking._idle.watching and not life.tasks.busy, timeout=20000)
    work = Work(qtbot, life)
    nobody_here(life, clock)
    if reason == "key":
        qtbot.keyClick(life.window, Qt.Key.Key_L, CTRL)
    elif reason == "sleep":
        life.locking.sleeping.emit()
    else:
        life.locking.due.emit(reason)
    assert life.journal is None and work.task.is_cancelled and not life.locking._waits


def test_words_get_into_the_journal_though_an_import_is_writing_into_it(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key]
) -> None:
    begun = threading.Event()
    assert life.journal is not None
    journal = life.journal

    def write(progress) -> None:
        own = journals.reopen(journal)
        try:
            with own.atomic():
                begun.set()
                while not progress.step(1, 2):
                    threading.Event().wait(0.01)
        finally:
            own.close()

    life.window.show_page("tonight")
    page = life.window.page()
    assert page is not None
    qtbot.waitUntil(lambda: not life.tasks.busy, timeout=20000)
    life.tasks.start(write)
    qtbot.waitUntil(begun.is_set)
    page.intention.setFocus()
    page.intention.insertPlainText("the stair again")
    life.lock()
    assert not life.locking._sealed
    open_again(life, journal_key[1])
    page = life.window.page()
    assert page is not None and page.intention.words() == "the stair again"
    assert life.journal is not None and unfinished.kept(life.journal) == ()


def test_an_idle_lock_that_waits_is_not_the_next_journals(
    qtbot, life: Lifecycle, clock: FakeClock, journal_key: tuple[Path, Key]
) -> None:
    qtbot.waitUntil(lambda: life.locking._idle.watching and not life.tasks.busy, timeout=20000)
    work = Work(qtbot, life)
    nobody_here(life, clock)
    life.open_path(life.path)
    open_again(life, journal_key[1])
    work.end()
    qtbot.waitUntil(lambda: not life.tasks.busy, timeout=20000)
    assert life.journal is not None
