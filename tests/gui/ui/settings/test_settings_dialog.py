"""Settings and the bin, kept at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from dreamjournal.domain.column_map import ColumnMap
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.services import bin as journal_bin
from dreamjournal.services import dreams, reading, settings
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.settings.dialog import SECTIONS, SettingsDialog
from dreamjournal.ui.theme import ThemeSource
from dreamjournal.ui.widgets.fields import NumberField
from tests.fakes import FakeClock


@pytest.fixture
def context(plain_journal: Any, clock: FakeClock, qapp) -> Iterator[PageContext]:
    tasks = Tasks()
    yield PageContext(plain_journal, plain_journal.persons.all()[0].id, clock, Bus(), tasks, 24, "Europe/London")
    tasks.shutdown()


def test_every_setting_has_its_place() -> None:
    placed = [key for _, keys in SECTIONS for key in keys]
    assert sorted(placed) == sorted(spec.key for spec in settings.SETTINGS) and len(set(placed)) == len(placed)


def test_a_bedtime_is_kept_and_the_reminder_is_planned(qtbot, themed: ThemeSource, context: PageContext) -> None:
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.planned.text().startswith("No reminder")
    field = dialog.fields["bedtime_work"]
    qtbot.keyClicks(field, "2315")
    with qtbot.waitSignal(context.bus.changed):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert settings.get(context.journal, context.person_id, "bedtime_work") == "23:15"
    assert dialog.saved.text() == f"Saved {context.now_words()}" and dialog.planned.text().startswith("Next: ")


def test_what_cannot_be_kept_is_told_under_its_field(qtbot, themed: ThemeSource, context: PageContext) -> None:
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    field = dialog.fields["zone"]
    field.setText("Europe/Londn")  # typed keys would open the completer, which the offscreen platform cannot show
    with qtbot.assertNotEmitted(context.bus.changed):
        field.editingFinished.emit()
    assert "zone" in dialog._errors["zone"].sentence().lower() and dialog.saved.text() == ""
    assert settings.get(context.journal, context.person_id, "zone") is None


def test_filling_the_page_keeps_nothing(qtbot, themed: ThemeSource, context: PageContext) -> None:
    with qtbot.assertNotEmitted(context.bus.changed):
        dialog = SettingsDialog(context, None)
        qtbot.addWidget(dialog)
        dialog.show()
    assert context.journal.settings.all(context.person_id) == {} or "bedtime_work" not in context.journal.settings.all(
        context.person_id
    )


def test_a_dream_comes_back_from_the_bin(qtbot, themed: ThemeSource, context: PageContext) -> None:
    saved = dreams.save(
        context.journal, context.person_id, DreamDraft(date(2026, 7, 8), "A stair that ends in the sea."), context.clock
    )
    journal_bin.discard_dream(context.journal, saved.dream.id, context.clock)
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    back = next(b for b in dialog.bin.findChildren(QPushButton) if b.objectName().startswith("binBack"))
    assert back.accessibleName() == "Take back: A dream of Wed 8 Jul 2026"
    with qtbot.waitSignal(context.bus.changed):
        back.click()
    assert dialog.bin.words.text().startswith("The bin is empty.")
    assert [d.text for d in context.journal.dreams.all(context.person_id)] == ["A stair that ends in the sea."]


def test_the_list_of_sections_leads_through_the_page(qtbot, themed: ThemeSource, context: PageContext) -> None:
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    titles = [dialog.sections.item(row).text() for row in range(dialog.sections.count())]
    assert titles == [
        "Bedtimes", "Wind-down", "Nights", "Balance", "Dreams", "Imports", "Keys", "Backups", "Check", "Look", "Bin",
        "The whole journal",
    ]  # fmt: skip
    bar = dialog.scroll_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    dialog.sections.go_to("Backups")
    assert bar.value() > 0
    qtbot.keyClick(dialog.sections, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.backups.button
    bar.setValue(0)
    assert dialog.sections.currentItem().text() == "Bedtimes"


def test_every_control_has_a_name_of_its_own(qtbot, themed: ThemeSource, context: PageContext) -> None:
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    names = [
        # On Linux a combo box is named by its label's relation and its own name is the value.
        widget.accessibleName() or QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        for widget in dialog.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert all(names) and len(set(names)) == len(names), names


def test_the_limit_of_kept_files_has_its_unit(qtbot, themed: ThemeSource, context: PageContext) -> None:
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    number = dialog.findChild(NumberField, "setting_originals_limit_mb")
    assert "MB" in {label.text() for label in number.parentWidget().findChildren(QLabel)}
    number.setText("64")
    with qtbot.waitSignal(context.bus.changed):
        number.editingFinished.emit()
    assert settings.get(context.journal, context.person_id, "originals_limit_mb") == 64
    number.setText("many")
    number.editingFinished.emit()
    assert "whole number" in dialog._errors["originals_limit_mb"].sentence()
    assert settings.get(context.journal, context.person_id, "originals_limit_mb") == 64


def test_zones_of_sources_and_stays_are_edited_here(qtbot, themed: ThemeSource, context: PageContext) -> None:
    reading.set_zone(context.journal, context.person_id, "fitbit", "Europe/London")
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    field = dialog.reading.fields["fitbit"]
    field.setText("Europe/Parris")
    field.editingFinished.emit()
    assert reading.zones(context.journal, context.person_id) == {"fitbit": "Europe/London"}
    field.setText("europe/paris")
    with qtbot.waitSignal(context.bus.changed):
        field.editingFinished.emit()
    assert reading.zones(context.journal, context.person_id) == {"fitbit": "Europe/Paris"}
    assert dialog.reading.stays_words.text() == "None kept."
    stays = dialog.reading.open_stays()
    stays.zone.setText("Asia/Tokyo")
    stays.add_button.click()
    stays.accept()
    assert dialog.reading.stays_words.text() == "1 stay elsewhere kept."
    assert dialog.saved.text().startswith("Saved")


def test_a_device_is_chosen_for_a_measure(sample_work, qtbot) -> None:
    context = sample_work.context
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    control = dialog.fields["measure_sources"]
    assert control.words.text() == "The one with most nights, for every measure."
    listed = control.open_dialog()
    sample_work.settle()
    menu = listed.menus["deep"]
    assert menu.itemText(0) == "The one with most nights"
    assert any(menu.itemText(n).startswith("SleepSync, ") for n in range(menu.count()))
    assert "nawk" not in listed.menus  # the diary alone gives it
    menu.set_value("sleepsync")
    with qtbot.waitSignal(context.bus.changed):
        menu.picked.emit("sleepsync")
    assert settings.get(context.journal, context.person_id, "measure_sources") == {"deep": "sleepsync"}
    assert control.words.text() == "Deep sleep: SleepSync."
    menu.picked.emit("")
    assert settings.get(context.journal, context.person_id, "measure_sources") == {}


def test_an_explained_table_is_forgotten_and_taken_back(qtbot, themed: ThemeSource, context: PageContext) -> None:
    columns = ColumnMap((("Bed", "start"), ("Up", "end")), day_first=True)
    context.journal.reading.set_columns(context.person_id, "a key", columns)
    dialog = SettingsDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    forget = dialog.tables.findChild(QPushButton, "forgetTable0")
    assert "Bed: fell asleep" in forget.accessibleName()
    with qtbot.waitSignal(context.bus.changed):
        forget.click()
    assert context.journal.reading.column_maps(context.person_id) == {}
    assert not dialog.tables.rows.isVisible()
    dialog.tables.undo_offer.undo()
    assert context.journal.reading.column_maps(context.person_id) == {"a key": columns}
