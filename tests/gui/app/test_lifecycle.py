"""From the empty window to an open journal and back, with real pages and a real journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QDialog

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.common.errors import JournalDamaged
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import WindowState
from dreamjournal.services import backups, dreams, evenings, journals, persons, settings
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import ThemeSource
from dreamjournal.ui.widgets.dialog import AskDialog
from tests.fakes import FakeClock

Start = Callable[..., Lifecycle]
EMPTY = WindowState()


@pytest.fixture
def start(qtbot, qapp: QApplication, themed: ThemeSource, tmp_path: Path, clock: FakeClock) -> Iterator[Start]:
    made: list[Lifecycle] = []

    def _start(
        path: Path,
        *,
        capture: bool = False,
        person: str | None = None,
        state: WindowState = EMPTY,
        open_now: bool = True,
    ) -> Lifecycle:
        window = MainWindow()
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        life = Lifecycle(
            qapp,
            window,
            SingleInstance(path),
            CrashHook(tmp_path),
            state,
            clock,
            journal=path,
            capture=capture,
            person=person,
        )
        made.append(life)
        if open_now:
            life.open_first()
        return life

    yield _start
    for life in made:
        life.shut_down()
        life.setParent(None)


@pytest.fixture
def plain(tmp_path: Path, clock: FakeClock) -> Path:
    path = tmp_path / "journal.db"
    journals.create(path, passphrase=None, clock=clock).close()
    return path


def test_no_journal_opens_the_first_start_and_start_makes_one(qtbot, start: Start, tmp_path: Path) -> None:
    life = start(tmp_path / "new" / "journal.db")
    page = life.window.cover()
    assert page is not None and page.objectName() == "firstStart" and not life.window.rail.isVisible()
    qtbot.keyClicks(page.first, "four ordinary words")
    assert "encrypted." in page.promise.text() and "not encrypted" not in page.promise.text()
    qtbot.keyClicks(page.second, "four ordinary wards")
    page.start.click()
    assert page.error.sentence().startswith("The two are not the same") and not life.path.exists()
    page.second.setText("four ordinary words")
    page.start.click()
    qtbot.waitUntil(lambda: life.window.cover().objectName() == "recoverySheetPage", timeout=30000)
    assert life.journal is None
    life.window.cover().sheet.skip.click()
    qtbot.waitUntil(lambda: life.journal is not None, timeout=20000)
    assert life.journal is not None and life.journal.encrypted
    assert life.window.rail.lock_label.text() == "Encrypted, stays here"
    assert journals.needs_passphrase(life.path)


def test_a_plain_journal_is_made_only_when_it_was_chosen_and_says_so(qtbot, start: Start, tmp_path: Path) -> None:
    life = start(tmp_path / "journal.db")
    page = life.window.cover()
    assert page is not None and "not encrypted" not in page.promise.text()
    page.start.click()
    assert page.error.sentence() == "Type a passphrase, or choose another way above." and not life.path.exists()
    page.by_nothing.click()
    assert "not encrypted" in page.promise.text() and not page.first.isVisible()
    page.start.click()
    qtbot.waitUntil(lambda: life.journal is not None, timeout=20000)
    assert life.window.rail.lock_label.text() == "Not encrypted, stays here"
    assert life.window.windowTitle() == "Dreamjournal"


def test_a_place_that_is_copied_elsewhere_is_not_said_to_stay_here(
    qtbot, start: Start, tmp_path: Path, clock: FakeClock
) -> None:
    path = tmp_path / "Dropbox" / "journal.db"
    path.parent.mkdir()
    journals.create(path, passphrase=None, clock=clock).close()
    life = start(path)
    assert life.window.rail.lock_label.text() == "Not encrypted, copied by Dropbox"


def test_damage_found_while_it_is_open_leads_to_what_can_be_done(qtbot, start: Start, plain: Path) -> None:
    life = start(plain)
    life._on_known(JournalDamaged("The journal cannot be read", "its file is damaged", "restore a backup"))
    (ask,) = life.window.findChildren(AskDialog)
    ask.go.click()
    assert life.journal is None and life.window.cover().objectName() == "troublePage"
    assert life.window.cover().salvage.isVisible()
    qtbot.waitUntil(lambda: not life.window.findChildren(AskDialog))


@pytest.mark.parametrize("passphrase", [None, "four ordinary words"])
def test_a_restored_backup_is_told_of_while_locked_and_once_open(
    qtbot, start: Start, tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path = tmp_path / "journal.db"
    journal = journals.create(path, passphrase=passphrase, clock=clock)
    dreams.save(journal, 1, DreamDraft(date(2026, 7, 1), "A stair.", Recall.REPORT), clock)
    backups.make(journal, "asked", clock)
    journal.close()
    with path.open("r+b") as stream:
        stream.seek(100)
        stream.write(bytes(3000))
    life = start(path)
    if passphrase:
        page = life.window.cover()
        page.field.setText(passphrase)
        page.open_button.click()
    qtbot.waitUntil(lambda: life.window.cover().objectName() == "troublePage", timeout=20000)
    trouble = life.window.cover()
    trouble.secret.setText(passphrase or "")
    trouble.restore_requested.emit(backups.listed(path)[0].id, passphrase or "")
    if passphrase:
        qtbot.waitUntil(lambda: life.window.cover().objectName() == "unlockPage", timeout=20000)
        page = life.window.cover()
        assert "set aside as" in page.said.text() and "opens" in page.said.text()
        page.field.setText(passphrase)
        page.open_button.click()
    qtbot.waitUntil(lambda: life.journal is not None, timeout=20000)
    said = life.window._banner_box.itemAt(0).widget().accessibleName()
    assert "The journal is as it was" in said and "set aside as" in said
    assert life.opening.to_say == "" and not life.backing_up.thins


def test_a_passphrase_is_asked_for_and_a_wrong_one_loses_nothing(
    qtbot, start: Start, tmp_path: Path, clock: FakeClock
) -> None:
    path = tmp_path / "journal.db"
    journals.create(path, passphrase="four ordinary words", clock=clock).close()
    life = start(path)
    page = life.window.cover()
    assert page is not None and page.objectName() == "unlockPage" and life.journal is None
    qtbot.keyClicks(page.field, "something else")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.error.sentence()), timeout=20000)
    assert page.error.sentence() == "That did not open it. Nothing is lost; try again."
    page.field.setText("four ordinary words")
    page.open_button.click()
    qtbot.waitUntil(lambda: life.journal is not None, timeout=20000)
    assert life.window.cover() is None and life.window.page() is not None


def test_a_file_that_is_no_journal_is_told_and_left_alone(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is a letter, not a journal" * 40)
    life = start(path)
    page = life.window.cover()
    assert page is not None and page.objectName() == "troublePage"
    assert path.read_bytes() == b"this is a letter, not a journal" * 40


@pytest.mark.parametrize(
    ("hour", "page"), [(7, "morning"), (22, "tonight"), (2, "tonight"), (15, "nights")]
)  # fmt: skip
def test_the_first_page_is_that_of_the_hour(start: Start, plain: Path, clock: FakeClock, hour: int, page: str) -> None:
    clock.set(datetime(2026, 7, 9, hour, 30))
    life = start(plain, state=WindowState(page="nights"))
    shown = life.window.page()
    assert shown is not None and shown.page_key == page


def test_pages_are_made_on_their_first_visit_and_by_their_keys(qtbot, start: Start, plain: Path) -> None:
    life = start(plain)
    assert len(life.window.pages()) == 1
    for digit, key in enumerate(("tonight", "morning", "dreams", "nights", "compare", "reports"), start=1):
        qtbot.keyClick(life.window, Qt.Key(Qt.Key.Key_0 + digit), Qt.KeyboardModifier.ControlModifier)
        page = life.window.page()
        assert page is not None and page.page_key == key
        item = life.window.rail.item(key)
        assert item is not None and item.isChecked()
    assert len(life.window.pages()) == 6
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [life.window]


def test_words_typed_before_the_journal_is_open_are_kept(qtbot, start: Start, plain: Path, clock: FakeClock) -> None:
    life = start(plain, open_now=False)
    qtbot.keyClicks(life.window, "the harbour was empty")
    life.open_first()
    assert life.context is not None and life.journal is not None
    kept = dreams.draft(life.journal, life.context.person_id, "night")
    assert kept is not None and kept.text == "the harbour was empty"


def test_words_typed_early_stand_in_the_capture_field(qtbot, start: Start, plain: Path) -> None:
    life = start(plain, capture=True, open_now=False)
    qtbot.keyClicks(life.window, "low tide")
    life.open_first()
    cover = life.window.cover()
    assert cover is not None and cover.objectName() == "nightCapture"
    assert cover.field.toPlainText() == "low tide"


def test_what_the_command_line_writes_appears(qtbot, start: Start, plain: Path, clock: FakeClock) -> None:
    life = start(plain)
    assert life.journal is not None and life.context is not None
    seen: list[Changes] = []
    life.bus.changed.connect(lambda changes, _who: seen.append(changes))
    other = journals.reopen(life.journal)
    dreams.save(other, life.context.person_id, DreamDraft(date(2026, 7, 8), "A stair that ends in the sea."), clock)
    other.close()
    qtbot.waitUntil(lambda: Changes.ALL in seen, timeout=5000)
    life.watching.look()
    assert seen.count(Changes.ALL) == 1


def test_the_look_is_put_on_from_the_journal_and_kept_in_it(
    qtbot, start: Start, plain: Path, themed: ThemeSource
) -> None:
    journal = journals.open_existing(plain)
    settings.set_value(journal, 1, "theme", "dark")
    settings.set_value(journal, 1, "text_scale", 130)
    journal.close()
    life = start(plain)
    assert themed.theme.name == "dark" and themed.theme.scale == 1.3
    qtbot.keyClick(life.window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert life.journal is not None and settings.get(life.journal, 1, "text_scale") == 115
    qtbot.keyClick(life.window, Qt.Key.Key_F9)
    assert themed.theme.is_night
    qtbot.keyClick(life.window, Qt.Key.Key_F9)
    assert themed.theme.name == "dark"


def test_rail_shows_icons_only_when_there_is_no_room(qtbot, start: Start, plain: Path, themed: ThemeSource) -> None:
    life = start(plain)
    life.window.resize(1280, 800)
    assert not life.window.rail.compact and life.window.rail.width() == 208
    life.window.resize(1000, 800)
    qtbot.waitUntil(lambda: life.window.rail.compact)
    assert life.window.rail.width() == 72
    life.window.resize(1280, 800)
    qtbot.waitUntil(lambda: not life.window.rail.compact)
    themed.apply(scale=1.75)
    assert life.window.rail.compact
    item = life.window.rail.item("nights")
    assert item is not None and item.accessibleName() == "Nights"


def test_a_nurses_journal_has_patients_and_no_tonight(qtbot, start: Start, tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    journal = journals.create(path, kind=JournalKind.NURSE, passphrase=None, clock=clock)
    person, _ = persons.add(journal, "P-014", clock)
    journal.close()
    life = start(path)
    page = life.window.page()
    assert page is not None and page.page_key == "patients" and life.reminding is None
    assert life.window.rail.item("tonight") is None and life.window.rail.item("morning") is None
    page.person_opened.emit(person.id)
    qtbot.waitUntil(lambda: life.window.rail.item("morning") is not None)
    diary = life.window.rail.item("morning")
    assert diary is not None and diary.text() == "Diary" and life.window.rail.item("tonight") is None
    assert [h.text() for h in life.window.rail._headings] == ["P-014"]
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [life.window]
    qtbot.keyClick(life.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    now = life.window.page()
    assert now is not None and now.page_key == "morning"
    qtbot.keyClick(life.window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    now = life.window.page()
    assert now is not None and now.page_key == "patients"


def test_settings_and_keys_open_by_key(qtbot, start: Start, plain: Path) -> None:
    life = start(plain)
    for key, modifier, name in (
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier, "settingsDialog"),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, "keysDialog"),
    ):
        qtbot.keyClick(life.window, key, modifier)
        qtbot.waitUntil(lambda n=name: life.window.findChild(QDialog, n) is not None)
        dialog = life.window.findChild(QDialog, name)
        assert dialog is not None and dialog.isVisible()
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda n=name: life.window.findChild(QDialog, n) is None)
        with qtbot.waitActive(life.window):
            life.window.activateWindow()


def test_files_dropped_on_the_window_are_for_import(qtbot, start: Start, plain: Path, tmp_path: Path) -> None:
    life = start(plain)
    life.window.files_dropped.disconnect(life._on_files)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "sleeps.csv"))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(life.window.files_dropped) as got:
        life.window.dropEvent(event)
    assert got.args == [[str(tmp_path / "sleeps.csv")]]


def test_no_bedtime_no_reminder_and_a_due_one_reaches_the_screen(
    qtbot, start: Start, plain: Path, clock: FakeClock
) -> None:
    clock.set(datetime(2026, 7, 9, 22, 31))
    life = start(plain)
    assert life.reminding is not None
    qtbot.waitUntil(lambda: life.reminding is not None and life.reminding._clock is not None)
    assert life.window._banner_box.count() == 0
    journal, context = life.journal, life.context
    assert journal is not None and context is not None
    changes = settings.set_value(journal, context.person_id, "bedtime_work", "23:15")
    context.publish(changes)
    qtbot.waitUntil(lambda: life.window._banner_box.count() == 1, timeout=10000)
    banner = life.window._banner_box.itemAt(0).widget()
    assert banner.accessibleName() == "Time to wind down."
    banner.action_invoked.emit("not_tonight")
    rows = journal.reminders.log(context.person_id)
    assert [(row.outcome, row.answer) for row in rows] == [("shown", "not_tonight")]


def test_lights_out_turns_everything_dark(
    qtbot, start: Start, plain: Path, themed: ThemeSource, clock: FakeClock
) -> None:
    clock.set(datetime(2026, 7, 9, 23, 10))
    life = start(plain)
    page = life.window.page()
    assert page is not None and page.page_key == "tonight" and life.context is not None and life.journal is not None
    qtbot.keyClick(life.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: life.window.cover() is not None)
    assert themed.theme.is_night
    assert evenings.evening(life.journal, life.context.person_id, date(2026, 7, 9)).lights_out is not None
    cover = life.window.cover()
    assert cover is not None
    qtbot.keyClick(cover.field, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: life.window.cover() is None)
    now = life.window.page()
    assert now is not None and now.page_key == "morning"


def test_another_journal_takes_the_place_of_the_one_before(
    start: Start, plain: Path, tmp_path: Path, clock: FakeClock
) -> None:
    other = tmp_path / "other" / "journal.db"
    journal = journals.create(other, passphrase=None, clock=clock)
    settings.set_value(journal, 1, "journal_name", "The other one")
    journal.close()
    life = start(plain)
    assert life.journal is not None
    first = life.journal
    life.open_path(other)
    assert life.journal is not None and life.journal is not first and life.journal.path == other
    assert life.window.rail.name_label.text() == "The other one"


def test_opening_forgets_what_has_been_in_the_bin_for_thirty_days(
    qtbot, start: Start, plain: Path, clock: FakeClock
) -> None:
    from dreamjournal.domain.dream import DreamDraft
    from dreamjournal.domain.night import tonight
    from dreamjournal.services import bin as the_bin
    from dreamjournal.services import dreams, journals

    before = journals.open_existing(plain)
    kept = dreams.save(before, 1, DreamDraft(tonight(clock.now(), "Europe/London"), "low tide"), clock)
    the_bin.discard_dream(before, kept.dream.id, clock)
    assert len(the_bin.items(before, 1)) == 1
    before.close()
    clock.advance(days=31)
    life = start(plain)
    qtbot.waitUntil(lambda: life.journal is not None and the_bin.items(life.journal, 1) == [])
