"""Nobody here for a while, by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from dreamjournal.runtime.idle import Idle
from tests.fakes import FakeClock


@pytest.fixture
def idle(qtbot, clock: FakeClock) -> Iterator[Idle]:
    made = Idle(clock)
    yield made
    made.stop()
    made.deleteLater()


@pytest.fixture
def field(qtbot) -> QLineEdit:
    made = QLineEdit()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_time_is_up_once(qtbot, idle: Idle, clock: FakeClock) -> None:
    idle.watch(15)
    clock.advance(minutes=14, seconds=59)
    with qtbot.assertNotEmitted(idle.idle):
        idle.look()
    clock.advance(seconds=1)
    with qtbot.waitSignal(idle.idle):
        idle.look()
    assert not idle.watching
    with qtbot.assertNotEmitted(idle.idle):
        clock.advance(hours=1)
        idle.look()


@pytest.mark.parametrize("sign", ["key", "click", "move"])
def test_a_key_a_click_or_a_move_begins_anew(qtbot, idle: Idle, clock: FakeClock, field: QLineEdit, sign: str) -> None:
    idle.watch(5)
    clock.advance(minutes=4)
    window = field.windowHandle()
    if sign == "key":
        QTest.keyClick(window, Qt.Key.Key_A)
    elif sign == "click":
        QTest.mouseClick(window, Qt.MouseButton.LeftButton)
    else:
        QTest.mouseMove(window, QPoint(3, 3))
        QTest.mouseMove(window, QPoint(9, 5))
    clock.advance(minutes=4)
    with qtbot.assertNotEmitted(idle.idle):
        idle.look()
    clock.advance(minutes=1)
    with qtbot.waitSignal(idle.idle):
        idle.look()


def test_a_window_opened_later_is_listened_to(qtbot, idle: Idle, clock: FakeClock, field: QLineEdit) -> None:
    idle.watch(5)
    later = QLineEdit()
    qtbot.addWidget(later)
    with qtbot.waitActive(later):
        later.show()
        later.activateWindow()
    clock.advance(minutes=4)
    QTest.keyClick(later.windowHandle(), Qt.Key.Key_A)
    clock.advance(minutes=4)
    with qtbot.assertNotEmitted(idle.idle):
        idle.look()


def test_the_first_key_after_hours_of_sleep_is_too_late(qtbot, idle: Idle, clock: FakeClock, field: QLineEdit) -> None:
    idle.watch(15)
    clock.advance(hours=8)
    with qtbot.waitSignal(idle.idle):
        QTest.keyClick(field.windowHandle(), Qt.Key.Key_A)


def test_a_clock_set_back_neither_locks_nor_waits_for_ever(qtbot, idle: Idle, clock: FakeClock) -> None:
    idle.watch(15)
    clock.advance(days=-3)
    with qtbot.assertNotEmitted(idle.idle):
        idle.look()
    clock.advance(minutes=15)
    with qtbot.waitSignal(idle.idle):
        idle.look()


def test_zero_never_comes(qtbot, idle: Idle, clock: FakeClock) -> None:
    idle.watch(15)
    idle.watch(0)
    clock.advance(days=3)
    with qtbot.assertNotEmitted(idle.idle):
        idle.look()
    assert not idle.watching


def test_the_same_limit_again_does_not_begin_anew(qtbot, idle: Idle, clock: FakeClock) -> None:
    idle.watch(15)
    clock.advance(minutes=14)
    idle.watch(15)  # another program changed something in the journal: nobody was here for all that
    clock.advance(minutes=1)
    with qtbot.waitSignal(idle.idle):
        idle.look()
