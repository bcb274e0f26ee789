"""What an import asks before it can read a file: zone, stays elsewhere, start, and the columns of a table."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from dreamjournal.services import imports, reading
from dreamjournal.services import nights as nights_service
from dreamjournal.ui.imports.columns import ColumnsForm
from dreamjournal.ui.imports.dialog import NOTHING_YET, ImportDialog
from dreamjournal.ui.imports.formats_dialog import FormatsDialog
from dreamjournal.ui.imports.questions import StartQuestion, ZoneQuestion
from dreamjournal.ui.imports.stays import StaysDialog
from dreamjournal.ui.widgets.buttons import Button
from tests.gui.page_context import activate

DATA = Path(__file__).resolve().parents[3] / "data"
TABLE = """Bed,Up,Tired,Note
03/04/2026 23:10,04/04/2026 07:05,3,first
04/04/2026 22:50,05/04/2026 06:40,2,second
05/04/2026 23:40,06/04/2026 07:30,4,third
"""
OTHER = """Went to bed;Got up;Deep
2026-03-01 23:00;2026-03-02 07:00;90
2026-03-02 23:15;2026-03-03 07:10;80
"""


def opened(work, qtbot, *paths) -> ImportDialog:
    dialog = ImportDialog(work.context, None, list(paths))
    qtbot.addWidget(dialog)
    dialog.show()
    work.settle()
    return dialog


def sessions(work):
    context = work.context
    nights = nights_service.nights(context.journal, context.person_id, None, None, context.clock)
    return [s for n in nights for s in n.sessions]


def starts(work) -> list[str]:
    return [s.start.iso_z for s in sessions(work)]


@pytest.fixture
def zoneless(tmp_path: Path) -> Path:
    """A Fitbit file: wall clocks without a zone."""
    return Path(shutil.copy(DATA / "fitbit" / "sleep-2026-03-12.json", tmp_path / "sleep-2026-03-12.json"))


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "mine.csv", tmp_path / "other.csv"
    first.write_text(TABLE, encoding="utf-8")
    second.write_text(OTHER, encoding="utf-8")
    return first, second


# ---- zone and stays


def test_zone_is_asked_once_and_remembered(work, qtbot, zoneless):
    dialog = opened(work, qtbot, zoneless)
    box = dialog.findChild(ZoneQuestion)
    assert dialog.stage == "preview" and box is not None
    assert dialog.findChild(Button, "importGo") is None
    assert dialog.view.files.model().index(0, 1).data() == "waits for an answer"
    assert not any("--zone" in label.text() for label in dialog.findChildren(QLabel))
    box.zone_field.setText("Europe/Berln")
    box.findChild(Button, "readAgain").click()
    assert dialog.stage == "preview" and box._field.error.sentence()
    box.zone_field.setText("europe/berlin")
    qtbot.keyClick(box.zone_field, Qt.Key.Key_Return)
    work.settle()
    assert dialog.view.headline.text() == NOTHING_YET
    assert dialog.findChild(ZoneQuestion) is None
    assert "Europe/Berlin, as you said." in dialog.view.knowing.plain()
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert dialog.stage == "receipt"
    assert reading.zones(work.context.journal, work.context.person_id) == {"fitbit": "Europe/Berlin"}
    again = opened(work, qtbot, zoneless)
    assert again.findChild(ZoneQuestion) is None


def test_the_zone_is_changed_after_the_import_without_a_night_standing_twice(work, qtbot, zoneless):
    dialog = opened(work, qtbot, zoneless)
    dialog.findChild(ZoneQuestion).zone_field.setText("Europe/Berlin")
    dialog.findChild(Button, "readAgain").click()
    work.settle()
    dialog.findChild(Button, "importGo").click()
    work.settle()
    before = starts(work)
    dialog.view.knowing.link_activated.emit("zone")
    box = dialog.findChild(ZoneQuestion)
    assert box.zone_field.text() == "Europe/Berlin"
    box.zone_field.setText("Europe/London")
    dialog.findChild(Button, "readAgain").click()
    work.settle()
    assert dialog.stage == "preview" and starts(work) == []
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert len(starts(work)) == len(before) and not set(starts(work)) & set(before)


def test_a_stay_elsewhere_is_read_in_its_zone(work, qtbot, zoneless):
    context = work.context
    reading.set_zone(context.journal, context.person_id, "fitbit", "Europe/London")
    dialog = opened(work, qtbot, zoneless)
    dialog.view.knowing.link_activated.emit("zone")
    box = dialog.findChild(ZoneQuestion)
    box.stays_button.click()
    stays = box.findChild(StaysDialog)
    stays.first.set_date(date(2026, 1, 1))
    stays.last.set_date(date(2026, 4, 30))
    stays.zone.setText("nowhere")
    stays.add_button.click()
    assert stays.zone_field.error.sentence() and not stays.changed
    stays.zone.setText("America/New York")
    qtbot.keyClick(stays.zone, Qt.Key.Key_Return)
    assert stays.table.model().rowCount() == 1 and stays.changed
    stays.accept()
    work.settle()
    assert dialog.stage == "preview"
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert {s.start.zone for s in sessions(work)} == {"America/New_York"}


def test_stays_are_listed_removed_and_taken_back(work, qtbot):
    context = work.context
    reading.add_travel(context.journal, context.person_id, date(2026, 3, 1), date(2026, 3, 9), "Asia/Tokyo")
    dialog = StaysDialog(context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.first.set_date(date(2026, 3, 5))
    dialog.last.set_date(date(2026, 3, 12))
    dialog.zone.setText("Asia/Seoul")
    dialog.add_button.click()
    assert "already" in dialog.error.sentence()
    with qtbot.waitSignal(context.bus.changed):
        dialog.remove_button.click()
    assert reading.travels(context.journal, context.person_id) == []
    assert dialog.none.isVisible()
    dialog.undo_offer.undo()
    kept = [k.travel for k in reading.travels(context.journal, context.person_id)]
    assert [(t.first, t.last, t.zone) for t in kept] == [(date(2026, 3, 1), date(2026, 3, 9), "Asia/Tokyo")]


# ---- start


def test_a_file_without_date_and_time_asks_when_it_began(work, qtbot, tmp_path):
    path = tmp_path / "epochs.txt"
    path.write_text("\n".join(["W"] * 20 + ["N1"] * 6 + ["N2"] * 400 + ["N3"] * 200 + ["REM"] * 200), encoding="utf-8")
    dialog = opened(work, qtbot, path)
    box = dialog.findChild(StartQuestion)
    assert box is not None
    box.findChild(Button, "startGo").click()
    assert box._time.error.sentence()
    box.date_field.set_date(date(2026, 4, 2))
    box.time_field.setText("2315")
    qtbot.keyClick(box.time_field, Qt.Key.Key_Return)
    work.settle()
    zone = dialog.findChild(ZoneQuestion)
    if zone is not None:
        zone.zone_field.setText("Europe/London")
        dialog.findChild(Button, "readAgain").click()
        work.settle()
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert [s.start.local for s in sessions(work)] == [datetime(2026, 4, 2, 23, 15)]


# ---- columns


def test_the_columns_of_a_table_are_asked_in_words(work, qtbot, tables):
    dialog = opened(work, qtbot, tables[0])
    assert dialog.stage == "columns"
    form = dialog.findChild(ColumnsForm)
    assert form.sample.model().rowCount() == 3
    assert form.menus[0].itemText(0) == "Not read"
    for menu in form.menus:
        menu.set_value("")
    form._on_changed()
    go = dialog.findChild(Button, "columnsGo")
    assert form.wrong() == "It is not said when a sleep begins and when it ends." and not go.isEnabled()
    form.menus[0].setFocus()
    form.menus[0].set_value("start")
    form.menus[1].set_value("start")
    form._on_changed()
    assert form.wrong().startswith("Two columns are said to be fell asleep")
    form.menus[1].set_value("end")
    form.menus[3].set_value("note")
    form.day_first.setChecked(True)
    form._on_changed()
    assert form.wrong() == "" and go.isEnabled()
    go.click()
    work.settle()
    if dialog.findChild(ZoneQuestion):
        dialog.findChild(ZoneQuestion).zone_field.setText("Europe/London")
        dialog.findChild(Button, "readAgain").click()
        work.settle()
    assert dialog.view.headline.text() == NOTHING_YET
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert [s.night_date for s in sessions(work)] == [date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 5)]
    again = opened(work, qtbot, tables[0])
    assert again.stage == "preview"


def test_an_answer_about_columns_can_be_changed_before_the_import(work, qtbot, tables):
    dialog = opened(work, qtbot, tables[1])
    dialog.findChild(Button, "columnsGo").click()
    work.settle()
    assert dialog.stage == "preview"
    dialog.findChild(Button, "columnsChange").click()
    form = dialog.findChildren(ColumnsForm)[-1]
    assert dialog.stage == "columns" and form.menus[2].value() == "deep"
    form.menus[2].set_value("")
    form._on_changed()
    dialog.findChild(Button, "columnsGo").click()
    work.settle()
    dialog.findChild(ZoneQuestion).zone_field.setText("Europe/London")
    dialog.findChild(Button, "readAgain").click()
    work.settle()
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert [s.measures.deep_min for s in sessions(work)] == [None, None]


def test_the_menus_are_reached_by_tab_and_answered_by_key(work, qtbot, tables):
    dialog = opened(work, qtbot, tables[0])
    activate(qtbot, dialog)
    form = dialog.findChild(ColumnsForm)
    # Asked of the dialog: `hasFocus` is also False while the offscreen screen still closes the window before.
    qtbot.waitUntil(lambda: dialog.focusWidget() is form.menus[0], timeout=5000)
    for menu, following in pairwise(form.menus):
        assert menu.accessibleName() or menu.currentText()

        def moved(menu=menu, following=following) -> bool:
            """Asked again, since keys are dropped while the dialog of the test before is still closing."""
            if dialog.focusWidget() is menu:
                qtbot.keyClick(menu, Qt.Key.Key_Tab)
            return dialog.focusWidget() is following

        qtbot.waitUntil(moved, timeout=5000)
    with qtbot.waitSignal(form.changed):
        qtbot.keyClick(form.menus[-1], Qt.Key.Key_End)


def test_several_tables_are_asked_one_after_another_and_one_can_be_left_out(work, qtbot, tables):
    dialog = opened(work, qtbot, *tables)
    assert dialog.stage == "columns"
    assert dialog.findChild(ColumnsForm).question.header[0] == "Bed"
    dialog.findChild(Button, "columnsLeave").click()
    form = dialog.findChildren(ColumnsForm)[-1]
    assert form.question.header[0] == "Went to bed"
    form.menus[0].set_value("start")
    form.menus[1].set_value("end")
    form._on_changed()
    dialog.findChild(Button, "columnsGo").click()
    work.settle()
    if dialog.findChild(ZoneQuestion):
        dialog.findChild(ZoneQuestion).zone_field.setText("Europe/London")
        dialog.findChild(Button, "readAgain").click()
        work.settle()
    assert dialog.stage == "preview"
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert [s.night_date for s in sessions(work)] == [date(2026, 3, 1), date(2026, 3, 2)]
    assert [r.name for r in imports.history(work.context.journal)] == ["other.csv"]


def test_the_list_of_formats_is_the_programs_own(work, qtbot):
    from dreamjournal.services import import_reading

    dialog = opened(work, qtbot)
    dialog.findChild(Button, "whichFormats").click()
    listed = dialog.findChild(FormatsDialog)
    model = listed.table.model()
    shown = {model.index(r, 0).data() for r in range(model.rowCount())}
    assert shown == {title for _, title in import_reading.formats()}
