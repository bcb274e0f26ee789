"""Locking: blank at once, no word lost, nothing reachable, and back to the same place."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from time import thread_time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from dreamjournal.app import locking
from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.app.reminding import Reminding
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import dreams, evenings, journals, persons, settings, unfinished
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import ThemeSource
from dreamjournal.ui.tray import Tray
from tests.fakes import FakeClock
from tests.gui.app import locked_life
from tests.gui.app.locked_life import NEEDLES, PASSPHRASE, Key, holders_of, leaks, settle, unlock

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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Key]:
    return locked_life.make(tmp_path_factory.mktemp("kept") / "folder" / "journal.db", FakeClock())


@pytest.fixture
def journal_key(made: tuple[Path, Key], tmp_path: Path) -> tuple[Path, Key]:
    shutil.copytree(made[0].parent, tmp_path / "own")
    return tmp_path / "own" / "journal.db", made[1]


@pytest.fixture
def start(
    qtbot, qapp: QApplication, themed: ThemeSource, tmp_path: Path, clock: FakeClock
) -> Iterator[Callable[..., Lifecycle]]:
    made: list[Lifecycle] = []

    def _start(path: Path, key: Key | None) -> Lifecycle:
        made.append(locked_life.open_window(qtbot, qapp, path, key, clock, tmp_path))
        return made[-1]

    yield _start
    for life in made:
        life.shut_down()
        life.setParent(None)


@pytest.fixture
def life(start: Callable[..., Lifecycle], journal_key: tuple[Path, Key]) -> Lifecycle:
    return start(*journal_key)


def caret_at(field, at: int) -> QTextCursor:
    cursor = field.textCursor()
    cursor.setPosition(at)
    return cursor


def open_again(life: Lifecycle, key: Key) -> None:
    """Unlock without paying for Argon2; one test goes the whole way."""
    life.opening.key_found.emit(key())
    assert life.journal is not None


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


def nobody_here(life: Lifecycle, clock: FakeClock, minutes: int = 15) -> None:
    clock.advance(minutes=minutes)
    life.locking._idle.look()


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


def test_the_dream_that_was_open_is_open_again_and_the_caret_in_its_place(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], clock: FakeClock
) -> None:
    assert life.journal is not None
    night = date(2026, 7, 5)
    second = dreams.save(life.journal, 1, DreamDraft(night, "A second one that night: the lift sang."), clock).dream
    life.window.show_page("dreams")
    page = life.window.page()
    assert page is not None
    page._list(prefer=second.id)
    page.editor.words.setFocus()
    page.editor.words.setTextCursor(caret_at(page.editor.words, 9))
    life.lock()
    open_again(life, journal_key[1])
    page = life.window.page()
    assert page is not None and page.page_key == "dreams"
    assert page.editor.dream is not None and page.editor.dream.id == second.id
    qtbot.waitUntil(lambda: page.editor.words.textCursor().position() == 9)
    qtbot.waitUntil(page.editor.words.hasFocus)


def test_a_page_comes_back_scrolled_to_where_it_was(qtbot, life: Lifecycle, journal_key: tuple[Path, Key]) -> None:
    life.window.show_page("morning")
    page = life.window.page()
    assert page is not None and page.scroll_area is not None
    bar = page.scroll_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(90)
    life.lock()
    open_again(life, journal_key[1])
    page = life.window.page()
    assert page is not None and page.scroll_area is not None
    bar = page.scroll_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == 90)


def test_what_was_shown_while_locked_is_remembered_while_another_journal_is_open(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], clock: FakeClock, tmp_path: Path
) -> None:
    assert life.journal is not None and life.context is not None and life.reminding is not None
    own, other = life.path, tmp_path / "other.db"
    journals.create(other, passphrase=None, clock=clock).close()
    clock.set(datetime(2026, 7, 9, 22, 0))
    qtbot.waitUntil(lambda: life.reminding is not None and life.reminding._clock is not None)
    life.context.publish(settings.set_value(life.journal, 1, "bedtime_work", "23:15"))
    life.lock()
    clock.set(datetime(2026, 7, 9, 22, 31))
    assert life.reminding is not None
    life.reminding.replan()
    qtbot.waitUntil(lambda: life.reminding is not None and bool(life.reminding._shown), timeout=10000)
    life.reminding._on_answer("wind_down", "not_tonight")
    life.open_path(other)
    assert life.journal is not None and life.journal.reminders.log(1) == []
    clock.set(datetime(2026, 7, 10, 8, 0))
    life.open_path(own)
    open_again(life, journal_key[1])
    assert life.journal is not None
    rows = life.journal.reminders.log(1)
    assert [(row.nominal_date, row.outcome, row.answer) for row in rows] == [(date(2026, 7, 9), "shown", "not_tonight")]


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


def test_a_nurses_journal_locks_sooner_and_comes_back_to_the_patient(
    qtbot, start, tmp_path: Path, clock: FakeClock, qapp: QApplication
) -> None:
    path, key = locked_life.make(tmp_path / "caseload.db", clock, JournalKind.NURSE)
    life = start(path, key)
    assert life.journal is not None and settings.lock_after_min(life.journal) == 5
    person = persons.all_persons(life.journal)[0]
    life.open_person(person.id, date(2026, 7, 4))
    qtbot.waitUntil(lambda: life.context is not None and life.context.person_id == person.id)
    life.window.show_page("dreams")
    life.lock()
    settle(qapp)
    assert leaks() == []
    open_again(life, key)
    assert life.context is not None and life.context.person_id == person.id
    page = life.window.page()
    assert page is not None and page.page_key == "dreams"
    life.window.show_page("patients")
    life.lock()
    open_again(life, key)
    page = life.window.page()
    assert page is not None and page.page_key == "patients"


def test_another_journal_may_be_opened_while_one_is_locked(
    qtbot, life: Lifecycle, tmp_path: Path, clock: FakeClock, journal_key: tuple[Path, Key]
) -> None:
    other = tmp_path / "other.db"
    journals.create(other, passphrase=None, clock=clock).close()
    life.window.show_page("dreams")
    life.lock()
    life.open_path(other)
    assert life.journal is not None and life.journal.path == other and life.window.cover() is None


def test_a_second_start_asking_for_capture_gets_it_after_the_unlock(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key]
) -> None:
    life.lock()
    life._on_called(["--capture"])
    assert life.journal is None
    open_again(life, journal_key[1])
    cover = life.window.cover()
    assert cover is not None and cover.objectName() == "nightCapture"


def test_a_reminder_comes_while_locked_and_is_in_the_ledger_after_it(
    qtbot, life: Lifecycle, journal_key: tuple[Path, Key], clock: FakeClock
) -> None:
    assert life.journal is not None and life.context is not None and life.reminding is not None
    clock.set(datetime(2026, 7, 9, 22, 0))
    qtbot.waitUntil(lambda: life.reminding is not None and life.reminding._clock is not None)
    life.context.publish(settings.set_value(life.journal, 1, "bedtime_work", "23:15"))
    life.lock()
    cover = life.window.cover()
    assert cover is not None and cover.reminder.isHidden()
    clock.set(datetime(2026, 7, 9, 22, 31))
    life.reminding.replan()
    qtbot.waitUntil(lambda: not cover.reminder.isHidden(), timeout=10000)
    assert cover.reminder.text() == "Time to wind down."
    life.reminding._on_answer("wind_down", "open")
    clock.set(datetime(2026, 7, 9, 22, 40))
    open_again(life, journal_key[1])
    assert life.journal is not None
    rows = life.journal.reminders.log(1)
    assert [(row.nominal_date, row.outcome, row.answer) for row in rows] == [(date(2026, 7, 9), "shown", "open")]
    page = life.window.page()
    assert page is not None and page.page_key == "tonight"


def test_a_reminder_is_never_shown_after_bedtime(qtbot, life: Lifecycle, clock: FakeClock, journal_key) -> None:
    assert life.journal is not None and life.reminding is not None
    clock.set(datetime(2026, 7, 10, 21, 0))
    settings.set_value(life.journal, 1, "bedtime_free", "23:15")
    life.lock()
    planned = life.reminding._planned
    assert planned
    clock.set(planned[0].until)
    clock.advance(minutes=1)
    life.reminding._on_due(planned[0].next.nominal_date)
    cover = life.window.cover()
    assert cover is not None and cover.reminder.isHidden() and life.reminding._shown == []


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
