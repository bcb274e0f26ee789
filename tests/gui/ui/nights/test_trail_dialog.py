"""From a number to its nights, from a night to its rows, from a row to the line of the kept original."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.nights.page import NightsPage
from dreamjournal.ui.nights.trail_dialog import TrailDialog

NIGHT = date(2026, 2, 3)


def test_a_row_shows_its_values_and_its_line_which_can_be_copied(sample_work, qtbot):
    dialog = TrailDialog(sample_work.context, None, NIGHT)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.filled, timeout=30_000) as told:
        dialog.show()
    assert told.args[0] == len(dialog._rows) > 2
    whoop = next(i for i, r in enumerate(dialog._rows) if r.source == "whoop")
    dialog.table.selectRow(whoop)
    row = dialog._rows[whoop]
    assert dialog.line.text.text().splitlines() == [row.header, row.line]
    assert "asleep: 472 min" in dialog.values.text()
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == row.line


def test_what_was_written_in_the_app_has_no_line_and_says_so(sample_work, qtbot):
    dialog = TrailDialog(sample_work.context, None, NIGHT)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.filled, timeout=30_000):
        dialog.show()
    dialog.table.selectRow(0)
    assert dialog.why.text().startswith("You wrote this in the app")
    assert not dialog.line.isVisible() and not dialog.copy.isEnabled()


def test_the_list_of_nights_leads_on_to_the_chosen_nights_rows(sample_work, qtbot):
    listed = NightsDialog(None, "Nights", [(NIGHT, 1), (date(2026, 2, 4), 2)], "Sleep", context=sample_work.context)
    qtbot.addWidget(listed)
    listed.show()
    listed.table.selectRow(1)
    found = listed.show_trail()
    assert found._night == date(2026, 2, 4)
    with qtbot.waitSignal(found.filled, timeout=30_000):
        pass
    found.reject()
    listed.reject()


def test_the_nights_page_asks_where_a_night_is_from(sample_work, qtbot):
    page = sample_work.page(NightsPage)
    page.activate(NIGHT)
    sample_work.settle()
    page.detail.findChild(QPushButton, "whereFrom").click()
    dialog = page.findChild(TrailDialog)
    assert dialog is not None
    with qtbot.waitSignal(dialog.filled, timeout=30_000):
        pass
    dialog.reject()
