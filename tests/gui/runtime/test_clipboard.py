"""What was copied does not stay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication

from dreamjournal.runtime.clipboard import ClipboardGuard


@pytest.fixture
def guard(qapp) -> Iterator[ClipboardGuard]:
    QGuiApplication.clipboard().clear()
    made = ClipboardGuard(clear_after_ms=60)
    yield made
    made.deleteLater()
    qapp.processEvents()


def test_it_is_taken_back_after_a_while(qtbot, guard: ClipboardGuard) -> None:
    QGuiApplication.clipboard().setText("the harbour was empty")
    assert guard._timer.isActive()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "")
    assert not guard._timer.isActive()


def test_it_is_taken_back_at_once_when_asked(guard: ClipboardGuard) -> None:
    QGuiApplication.clipboard().setText("the harbour was empty")
    guard.clear()
    assert QGuiApplication.clipboard().text() == "" and not guard._timer.isActive()


def test_what_another_program_copied_stays(guard: ClipboardGuard, monkeypatch: pytest.MonkeyPatch) -> None:
    board = QGuiApplication.clipboard()
    monkeypatch.setattr(guard, "_modes", lambda: ((type(board).Mode.Clipboard, False),))
    board.setText("theirs")
    guard.clear()
    assert board.text() == "theirs"
