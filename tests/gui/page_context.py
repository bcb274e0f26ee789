"""What pages are made with in tests: a real store, a fake clock, and the keys of a keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.context import PageContext

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal
    from tests.fakes import FakeClock

NO = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


MADE: list[Tasks] = []
"""The workers of the contexts of one test, for the fixture that ends them."""


def make_context(journal: Journal, clock: FakeClock) -> PageContext:
    """A context for the journal's only person, made where there is none."""
    people = journal.persons.all()
    person = people[0] if people else journal.persons.add("me", clock.now())
    tasks = Tasks()
    MADE.append(tasks)
    return PageContext(journal, person.id, clock, Bus(), tasks, 24, clock.zone())


def show(qtbot, page: QWidget) -> None:
    """Show a page in an active window, 1072 x 800 as beside the rail."""
    qtbot.addWidget(page)
    page.resize(1072, 800)
    page.show()
    activate(qtbot, page)


def activate(qtbot, window: QWidget) -> None:
    """Give a window the keyboard; asked again, since the offscreen screen may still be closing the window before."""

    def active() -> bool:
        if not window.isActiveWindow():
            window.activateWindow()
        return window.isActiveWindow()

    qtbot.waitUntil(active, timeout=10_000)


def press(key: Qt.Key | str, modifier: Qt.KeyboardModifier = NO) -> None:
    """Press a key wherever the focus is, as a person does."""
    target = QApplication.focusWidget()
    assert target is not None, "nothing has the focus"
    if isinstance(key, str):
        QTest.keyClicks(target, key, modifier)
    else:
        QTest.keyClick(target, key, modifier)
