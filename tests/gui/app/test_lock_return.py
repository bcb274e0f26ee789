"""Back from the lock: the same page, dream and place, and reminders that came meanwhile."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import dreams, journals, persons, settings
from tests.fakes import FakeClock
from tests.gui.app import locked_life
from tests.gui.app.locked_life import (
    Key,
    leaks,
    open_again,
    settle,
)


def caret_at(field, at: int) -> QTextCursor:
    cursor = field.textCursor()
    cursor.setPosition(at)
    return cursor


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
