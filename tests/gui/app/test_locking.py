"""Locking: blank at once, no word lost, nothing reachable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from time import thread_time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.app.reminding import Reminding
from dreamjournal.services import dreams, evenings, journals, settings, unfinished
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import ThemeSource
from dreamjournal.ui.tray import Tray
from tests.fakes import FakeClock
from tests.gui.app import locked_life
from tests.gui.app.locked_life import (
    NEEDLES,
    PASSPHRASE,
    Key,
    holders_of,
    leaks,
    nobody_here,
    open_again,
    settle,
    unlock,
)

CTRL = Qt.KeyboardModifier.ControlModifier
OFFSCREEN_TRAY = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)
"""What Qt says of any tray icon where there is no desktop."""
OFFSCREEN_POPUP = pytest.mark.qt_log_ignore("does not support grabbing", extend=True)
"""What the offscreen platform says of any open menu."""
PAGES = (
    "tonight",
    "morning",
    "dreams",
    "nights",
    "measures",
    "compare",
    "reports",
    "signs",
    "coding",
    "balance",
    "study",
)


def test_ctrl_l_locks_and_the_passphrase_opens_at_the_same_page(qtbot, life: Lifecycle) -> None:
    life.window.show_page("nights", date(2026, 7, 4))
    item = life.window.rail.item("lock")
    assert item is not None and item.isVisible() and item.text() == "Lock"
    qtbot.keyClick(life.window, Qt.Key.Key_L, CTRL)
    cover = life.window.cover()
    assert cover is not None and cover.heading.text() == "Locked." and cover.said.isHidden()
    assert life.journal is None and life.context is None and not life.window.rail.isVisible()
    assert life.window.windowTitle() == "Dreamjournal" and life.window.pages() == ()
    unlock(qtbot, life)
    page = life.window.page()
    assert page is not None and page.page_key == "nights" and page.shown_night() == date(2026, 7, 4)


def test_a_plain_journal_has_nothing_to_lock(qtbot, start, tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "plain.db"
    journals.create(path, passphrase=None, clock=clock).close()
    life = start(path, None)
    item = life.window.rail.item("lock")
    assert item is not None and not item.isVisible()
    qtbot.keyClick(life.window, Qt.Key.Key_L, CTRL)
    life.lock("sleep")
    assert life.journal is not None and life.window.cover() is None


def test_words_being_written_are_kept_and_stand_in_their_place_again(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], clock: FakeClock
) -> None:
    life.window.show_page("tonight")
    page = life.window.page()
    assert page is not None
    clock.set(datetime(2026, 7, 9, 22, 41))
    qtbot.keyClicks(page.intention, "I will notice the stair")
    life.lock()
    cover = life.window.cover()
    assert cover is not None and cover.said.text() == "Your words from 22:41 are kept."
    qtbot.keyClicks(life.window, "typed into the dark")
    open_again(life, journal_key[1])
    page = life.window.page()
    assert page is not None and page.page_key == "tonight"
    assert page.intention.words() == "I will notice the stair"


def test_capture_is_kept_locks_black_and_comes_back(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], themed: ThemeSource, clock: FakeClock, qapp: QApplication
) -> None:
    clock.set(datetime(2026, 7, 10, 3, 12))
    life.show_capture()
    cover = life.window.cover()
    assert cover is not None and themed.theme.is_night
    qtbot.keyClicks(cover.field, "a bell under the wat")
    qtbot.waitUntil(lambda: not life.tasks.busy, timeout=20000)
    life.locking._idle.watch(15)
    nobody_here(life, clock)
    cover = life.window.cover()
    assert cover is not None and cover.objectName() == "unlockPage" and themed.theme.is_night
    assert cover.said.text() == "Your words from 03:27 are kept."
    picture = cover.grab().toImage()
    assert max(picture.pixelColor(x, 5).lightness() for x in range(0, picture.width(), 40)) < 10
    open_again(life, journal_key[1])
    cover = life.window.cover()
    assert cover is not None and cover.objectName() == "nightCapture" and themed.theme.is_night
    assert cover.field.toPlainText() == "a bell under the wat"
    cover.field.selectAll()
    qtbot.keyClick(cover.field, Qt.Key.Key_Delete)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_reachable_from_any_page(
    qtbot, qapp: QApplication, life: Lifecycle, journal_key: tuple[Path, Key], page: str
) -> None:
    life.window.show_page(page)
    qtbot.waitUntil(lambda: not life.tasks.busy, timeout=20000)
    assert any(NEEDLES[4] in text for _, text in locked_life.texts())  # the walk sees what there is to see
    QGuiApplication.clipboard().setText(f"{NEEDLES[0]} copied")
    life.lock()
    settle(qapp)
    assert leaks() == [] and holders_of(journal_key[1]) == []


def _import(life: Lifecycle) -> None:
    life._on_command("import")


def _settings(life: Lifecycle) -> None:
    life._on_command("settings")


def _enhancers(life: Lifecycle) -> None:
    life._on_command("enhancers")


def _history(life: Lifecycle) -> None:
    life._on_command("imports")


def _file_dialog(life: Lifecycle) -> None:
    life._on_command("open_journal")


def _menu(life: Lifecycle) -> None:
    life.window._on_foot("menu")
    assert life.window.menu.isVisible()


def _file_dialog_of_a_dialog(life: Lifecycle) -> None:
    life._on_command("import")
    dialog = life.window.findChild(QDialog, "importDialog")
    assert dialog is not None
    dialog._choose(folder=True)


@OFFSCREEN_POPUP
@pytest.mark.parametrize(
    "opened", [_import, _settings, _enhancers, _history, _file_dialog, _file_dialog_of_a_dialog, _menu]
)  # fmt: skip
def test_nothing_is_reachable_from_any_dialog(
    qapp: QApplication, life: Lifecycle, journal_key: tuple[Path, Key], opened: Callable[[Lifecycle], None]
) -> None:
    opened(life)
    qapp.processEvents()
    life.lock()
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [life.window]
    settle(qapp)
    assert life.window.findChildren(QDialog) == [] and life.window.findChildren(QFileDialog) == []
    assert leaks() == [] and holders_of(journal_key[1]) == []


def test_words_in_a_dialog_are_kept_until_the_person_has_them(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], qapp: QApplication
) -> None:
    life._on_command("settings")
    dialog = life.window.findChild(QDialog, "settingsDialog")
    assert dialog is not None
    dialog.fields["emergency_number"].setFocus()
    qtbot.keyClicks(dialog.fields["emergency_number"], "half a number 12")
    life.lock()
    settle(qapp)
    assert leaks(("half a number",)) == []
    open_again(life, journal_key[1])
    banner = life.window._banner_box.itemAt(0).widget()
    assert banner.accessibleName() == "Not finished before the lock, and kept: Settings."
    banner.action_invoked.emit("show")
    shown = life.window.findChild(QDialog, "unfinishedDialog")
    assert shown is not None and [each.text for each in shown._found] == ["half a number 12"]
    shown.copy.click()
    assert QGuiApplication.clipboard().text() == "half a number 12"
    assert life.journal is not None and len(unfinished.kept(life.journal)) == 1
    shown.forgotten.emit()
    assert unfinished.kept(life.journal) == ()


def test_words_that_no_disk_takes_are_sealed_in_memory(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], qapp: QApplication
) -> None:
    life.window.show_page("tonight")
    page = life.window.page()
    assert page is not None and life.journal is not None
    qtbot.keyClicks(page.intention, "words without room")
    life.journal._db.conn.execute("PRAGMA max_page_count = 1")
    life.journal._db.conn.execute("PRAGMA query_only = ON")
    life.lock()
    settle(qapp)
    assert life.journal is None and leaks(("words without room",)) == []
    open_again(life, journal_key[1])
    assert life.journal is not None
    (kept,) = unfinished.kept(life.journal)
    assert kept.where == "Tonight" and "words without room" in kept.text
    unfinished.forget(life.journal)


def test_the_screen_is_covered_before_anything_is_written(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    colours: list[set[int]] = []
    write = evenings.set_intention

    def written(*args):
        picture = life.window.grab().toImage()
        colours.append(
            {picture.pixel(x, y) for x in range(0, picture.width(), 9) for y in range(0, picture.height(), 9)}
        )
        return write(*args)

    life.window.show_page("tonight")
    page = life.window.page()
    assert page is not None
    page.intention.setFocus()
    qtbot.keyClicks(page.intention, "the stair")
    monkeypatch.setattr(evenings, "set_intention", written)
    life.lock()
    assert [len(seen) for seen in colours[:1]] == [1]


def test_blank_within_a_tenth_of_a_second(qtbot, life: Lifecycle, qapp: QApplication, journal_key) -> None:
    took: list[float] = []
    for _ in range(7):
        for page in ("dreams", "morning", "nights"):
            life.window.show_page(page)
        qtbot.waitUntil(lambda: not life.tasks.busy, timeout=20000)
        blank: list[float] = []
        began = thread_time()
        keep = life.locking._keep

        def kept(*args: object, keep=keep, blank=blank, began=began, typed: bool):
            blank.append(thread_time() - began)
            return keep(*args, typed=typed)

        life.locking._keep = kept  # type: ignore[method-assign]
        life.lock()
        life.locking._keep = keep  # type: ignore[method-assign]
        took.append(blank[0])
        settle(qapp)
        open_again(life, journal_key[1])
    took.sort()
    sys.stdout.write(
        f"blank after work of {took[len(took) // 2] * 1000:.0f} ms (median of {len(took)}, slowest {took[-1] * 1000:.0f})\n"
    )
    assert took[len(took) // 2] <= 0.1


@OFFSCREEN_TRAY
def test_only_a_journal_with_a_lock_is_offered_one(
    qtbot, start, life: Lifecycle, tmp_path: Path, clock: FakeClock
) -> None:
    def offered(of: Lifecycle) -> list[bool]:
        qtbot.keyClick(of.window, Qt.Key.Key_F1)
        dialog = of.window.findChild(QDialog, "keysDialog")
        assert dialog is not None
        table = dialog.table.model()
        listed = any(table.index(row, 1).data() == "Ctrl+L" for row in range(table.rowCount()))
        dialog.close()
        dialog.setParent(None)
        rail, tray = of.window.rail.item("lock"), Tray()
        tray.set_lock(shown=of.can_lock)
        in_tray = tray.lock_action.isVisible()
        tray.close()
        return [listed, rail is not None and not rail.isHidden(), of.window._actions["lock"].isVisible(), in_tray]

    assert offered(life) == [True] * 4
    life.lock()
    assert offered(life) == [False] * 4
    path = tmp_path / "plain.db"
    journals.create(path, passphrase=None, clock=clock).close()
    assert offered(start(path, None)) == [False] * 4


@OFFSCREEN_TRAY
def test_the_tray_locks(qtbot, life: Lifecycle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tray, "available", staticmethod(lambda: True))
    reminding = life.reminding
    assert reminding is not None
    reminding.shut_down()
    life.reminding = reminding = Reminding(life.context, life.window, life)
    reminding._start_speaking()
    tray = reminding._tray
    assert tray is not None and tray.lock_action.isVisible()
    tray.lock_action.trigger()
    assert life.journal is None and not tray.lock_action.isVisible()


def test_a_variable_with_the_passphrase_does_not_unlock_what_was_locked(
    qtbot, life: Lifecycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DREAMJOURNAL_PASSPHRASE", PASSPHRASE)
    life.lock()
    qtbot.wait(50)
    qtbot.waitUntil(lambda: not life.tasks.busy, timeout=20000)
    assert life.journal is None


def test_a_wrong_passphrase_as_often_as_one_likes_changes_nothing(qtbot, life: Lifecycle, journal_key) -> None:
    before = {each.name: each.read_bytes() for each in journal_key[0].parent.iterdir() if ".keys" in each.name}
    life.lock()
    cover = life.window.cover()
    assert cover is not None
    for number in range(5):
        cover.field.setText(f"wrong {number}")
        cover.open_button.click()
        qtbot.waitUntil(cover.open_button.isEnabled, timeout=20000)
        assert cover.error.sentence().startswith("That did not open it. Nothing is lost; try again")
    assert {each.name: each.read_bytes() for each in journal_key[0].parent.iterdir() if ".keys" in each.name} == before
    unlock(qtbot, life)


def test_the_secret_does_not_stay_on_the_page(qtbot, qapp: QApplication, life: Lifecycle) -> None:
    life.lock()
    unlock(qtbot, life)
    settle(qapp)
    assert leaks((PASSPHRASE,)) == []


def test_settings_say_when(qtbot, life: Lifecycle, journal_key: tuple[Path, Key], clock: FakeClock) -> None:
    assert life.journal is not None and life.context is not None
    qtbot.waitUntil(lambda: life.locking._idle.watching)
    assert settings.lock_after_min(life.journal) == 15
    life.context.publish(settings.set_value(life.journal, None, "lock_after_min", "0"))
    assert not life.locking._idle.watching
    life.window.minimised.emit()
    assert life.journal is not None
    life.context.publish(settings.set_value(life.journal, None, "lock_on_minimise", "yes"))
    life.window.minimised.emit()
    assert life.journal is None
    open_again(life, journal_key[1])
    assert life.journal is not None
    settings.set_value(life.journal, None, "lock_after_min", None)
    settings.set_value(life.journal, None, "lock_on_minimise", None)
    with qtbot.waitSignal(life.locked) as locked:
        life.locking.due.emit("screen")
    assert locked.args == ["screen"]


def test_sleep_locks_before_it_returns_and_a_plain_journal_keeps_its_words(
    qtbot, start, tmp_path: Path, clock: FakeClock, life: Lifecycle
) -> None:
    life.locking.sleeping.emit()
    assert life.journal is None
    path = tmp_path / "plain.db"
    journals.create(path, passphrase=None, clock=clock).close()
    plain = start(path, None)
    plain.show_capture()
    cover = plain.window.cover()
    assert cover is not None
    qtbot.keyClicks(cover.field, "low tide")
    plain.locking.sleeping.emit()
    assert plain.journal is not None
    kept = dreams.draft(plain.journal, 1, "night")
    assert kept is not None and kept.text == "low tide"


def test_a_window_that_knows_no_journal_has_nothing_to_lock(qtbot, themed: ThemeSource) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    with qtbot.assertNotEmitted(window.command):
        qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
