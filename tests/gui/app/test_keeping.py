"""A journal that is open elsewhere, words that do not fit, and a window that is to close over them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import WindowState
from dreamjournal.services import holding, journals, room
from dreamjournal.store import lock_file
from dreamjournal.ui.dreams import elsewhere
from dreamjournal.ui.dreams.elsewhere import UnsavedDialog
from dreamjournal.ui.dreams.page import DreamsPage
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.onboarding.elsewhere import ElsewherePage
from dreamjournal.ui.theme import ThemeSource
from tests.fakes import FakeClock

TOO_LONG = "The stairs were made of piano keys. " * 4000


@pytest.fixture
def path(tmp_path: Path, clock: FakeClock) -> Path:
    clock.set(datetime(2026, 7, 9, 7, 14))
    journals.create(tmp_path / "journal.db", passphrase=None, clock=clock).close()
    return tmp_path / "journal.db"


@pytest.fixture
def life(qtbot, qapp: QApplication, themed: ThemeSource, path: Path, clock: FakeClock) -> Iterator[Lifecycle]:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    made = Lifecycle(
        qapp, window, SingleInstance(path), CrashHook(path.parent), WindowState(), clock,
        journal=path, capture=False, person=None,
    )  # fmt: skip
    yield made
    window._may_lose = True
    made.shut_down()


def cover(life: Lifecycle) -> ElsewherePage:
    found = life.window.cover()
    assert isinstance(found, ElsewherePage)
    return found


def said(page: ElsewherePage) -> str:
    return page.accessibleName() + " " + " ".join(part.text() for part in page.words)


def test_an_open_journal_is_held_and_room_is_kept_back(qtbot, life, path) -> None:
    life.open_first()
    assert holding.holder(path) is not None
    qtbot.waitUntil(lambda: room.is_kept_back(path))
    life.shut_down()
    assert holding.holder(path) is None
    assert not lock_file.lock_path(path).exists()


def test_a_window_that_does_not_answer_is_named_and_followed_when_it_is_gone(qtbot, life, path) -> None:
    code = "import sys,time; from pathlib import Path; from dreamjournal.services import holding\nh = holding.hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.readline()"
    other = subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdin is not None
    try:
        assert other.stdout.readline() == b"held\n"
        os.kill(other.pid, signal.SIGSTOP)
        life.open_first()
        page = cover(life)
        assert f"does not answer (process {other.pid})" in said(page)
        assert page.anyway.isHidden()
        qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
        assert life.journal is None
    finally:
        other.kill()
        other.wait()
        other.stdin.close()
        other.stdout.close()
    qtbot.waitUntil(lambda: life.journal is not None, timeout=8000)
    assert life.window.page() is not None


def test_another_computer_may_be_overruled(qtbot, life, path) -> None:
    left = {"pid": 1, "host": "attic", "since": "2026-07-08T20:15:00+00:00"}
    lock_file.lock_path(path).write_text(json.dumps(left))
    life.open_first()
    assert "attic, since Wednesday 8 July, 21:15" in said(cover(life))
    assert life.journal is None
    qtbot.mouseClick(cover(life).again, Qt.MouseButton.LeftButton)
    assert life.journal is None
    qtbot.mouseClick(cover(life).anyway, Qt.MouseButton.LeftButton)
    assert life.journal is not None
    found = holding.holder(path)
    assert found is not None
    assert found.pid == os.getpid()


def full(life: Lifecycle) -> DreamsPage:
    """Words in the Dreams page that the journal cannot take."""
    life.open_first()
    life.window.show_page("dreams")
    page = life.window.page()
    assert isinstance(page, DreamsPage)
    assert life.journal is not None
    db = life.journal._db
    db.rows(f"PRAGMA max_page_count = {db.rows('PRAGMA page_count')[0]['page_count']}")
    page.new_dream()
    page.editor.words.setPlainText(TOO_LONG)
    assert not page.editor.editing.save()
    return page


def test_closing_over_unsaved_words_asks(qtbot, life, path) -> None:
    page = full(life)
    assert not life.window.close()
    dialog = life.window.findChild(UnsavedDialog)
    assert dialog is not None
    qtbot.keyClick(dialog, Qt.Key.Key_Return)  # the safe answer has the focus
    assert life.window.isVisible()
    assert page.editor.words.words() == TOO_LONG
    qtbot.waitUntil(lambda: life.window.findChild(UnsavedDialog) is None)
    life.quit()
    dialog = life.window.findChild(UnsavedDialog)
    assert dialog is not None
    dialog.reject()
    other = life.window
    qtbot.waitUntil(lambda: other.findChild(UnsavedDialog) is None)
    life.window.close()
    dialog = life.window.findChild(UnsavedDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.lose_button, Qt.MouseButton.LeftButton)
    assert not life.window.isVisible()


def test_words_are_saved_elsewhere_privately_and_that_says_what_it_is(qtbot, life, path, tmp_path) -> None:
    page = full(life)
    assert "not encrypted" in page.editor.saved.elsewhere.toolTip()
    qtbot.mouseClick(page.editor.saved.elsewhere, Qt.MouseButton.LeftButton)
    dialog = life.window.findChild(QFileDialog, "saveElsewhereDialog")
    assert dialog is not None
    assert "not encrypted" in dialog.windowTitle()
    dialog.close()
    assert elsewhere.save_to(life.window, tmp_path / "words.txt", page.editor.editing._as_text())
    found = tmp_path / "words.txt"
    assert TOO_LONG.strip() in found.read_text()
    assert found.read_text().startswith("The night of Wednesday 8 July")
    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert not elsewhere.save_to(life.window, tmp_path / "none" / "words.txt", "x")


def test_a_page_with_words_that_are_nowhere_else_does_not_leave_them(qtbot, life) -> None:
    page = full(life)
    page.new_dream()
    assert page.editor.words.words() == TOO_LONG
    life.window.show_page("tonight")
    life.window.show_page("dreams")
    assert page.editor.words.words() == TOO_LONG
    life.open_path(life.path)
    assert life.journal is not None
    assert life.window.findChild(UnsavedDialog) is not None
