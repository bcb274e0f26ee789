"""The Nights page on the sample journal: keys, table twin, deleting and taking back, sealed last night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from dreamjournal.common.clock import FixedClock
from dreamjournal.services import enhancers, imports
from dreamjournal.services import nights as nights_service
from dreamjournal.ui.nights.hypnogram import Hypnogram
from dreamjournal.ui.nights.page import NightsPage
from dreamjournal.ui.nights.rows import NOON_TO_NOON
from dreamjournal.ui.theme import relative_luminance
from dreamjournal.ui.widgets.buttons import Button, IconButton

LAST = date(2026, 5, 4)


def test_every_night_is_a_row_and_gaps_stay(sample_work):
    page = sample_work.page(NightsPage)
    rows = page.raster.rows()
    assert [r.night_date for r in rows] == [rows[0].night_date + timedelta(days=n) for n in range(len(rows))]
    assert rows[-1].night_date == LAST
    assert sum(r.empty for r in rows) > 0
    assert page.raster.chosen_date() == LAST


def test_keys_move_zoom_and_open(sample_work, qtbot):
    page = sample_work.page(NightsPage)
    raster = page.raster
    raster.setFocus()
    qtbot.keyClick(raster, Qt.Key.Key_Up)
    assert raster.chosen_date() == LAST - timedelta(days=1)
    qtbot.keyClick(raster, Qt.Key.Key_PageUp)
    assert raster.chosen_date() == LAST - timedelta(days=29)
    qtbot.keyClick(raster, Qt.Key.Key_Home)
    assert raster.chosen_date() == raster.rows()[0].night_date
    assert raster.verticalScrollBar().value() == 0
    qtbot.keyClick(raster, Qt.Key.Key_End)
    assert raster.chosen_date() == LAST
    qtbot.keyClick(raster, Qt.Key.Key_Minus)
    assert raster.zoom() == 2
    assert page.zoom.value() == 2
    qtbot.keyClick(raster, Qt.Key.Key_Plus)
    assert raster.zoom() == 1
    qtbot.keyClick(raster, Qt.Key.Key_0)
    geo = raster.geometry_now()
    assert (geo.low, geo.high) == NOON_TO_NOON
    with qtbot.waitSignal(raster.opened) as opened:
        qtbot.keyClick(raster, Qt.Key.Key_Return)
    assert opened.args == [LAST]
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(raster, Qt.Key.Key_D)
    assert went.args[1] == LAST
    page.step_night(-1)
    assert raster.chosen_date() == LAST - timedelta(days=1)


def test_the_table_is_the_same_rows(sample_work):
    page = sample_work.page(NightsPage)
    page.toggle_table()
    assert page.views.currentWidget() is page.table
    assert page.table_model.rowCount() == len(page.raster.rows())
    page.table.selectRow(3)
    assert page.raster.chosen_date() == page.raster.rows()[3].night_date
    page.toggle_table()
    assert page.views.currentIndex() == 0


def test_each_source_has_its_own_column(sample_work):
    page = sample_work.page(NightsPage)
    enhanced = next(
        r
        for r in reversed(page.raster.rows())
        if r.night and {"sleepsync", "whoop"} <= {s.source for s in r.night.sessions} and r.night.diary
    )
    page.raster.choose(enhanced.night_date)
    model = page.detail.table.model()
    heads = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert heads[1:] == ["Diary", "SleepSync", "WHOOP"]
    deep = next(r for r in range(model.rowCount()) if model.index(r, 0).data() == "Deep")
    assert model.index(deep, 1).data() == "–"
    assert model.index(deep, 2).data() != "–"
    assert len(page.detail.findChildren(Hypnogram)) == 2


def test_a_night_is_deleted_and_taken_back(sample_work, qtbot):
    context = sample_work.context
    page = sample_work.page(NightsPage)
    before = nights_service.night(context.journal, context.person_id, LAST, context.clock)
    page.detail.findChild(Button, "deleteNight").click()
    sample_work.settle()
    assert page.raster.rows()[-1].empty
    assert page.undo_offer.is_open()
    page.undo()
    sample_work.settle()
    assert nights_service.night(context.journal, context.person_id, LAST, context.clock) == before
    assert not page.raster.rows()[-1].empty


def test_an_exposure_is_deleted_and_taken_back(work):
    context = work.context
    enhancers.log(context.journal, context.person_id, LAST, "enhanced", ["SleepSync"], "", context.clock)
    page = work.page(NightsPage)
    page.detail.findChildren(IconButton)[0].click()
    work.settle()
    assert page.raster.rows()[-1].night is None or page.raster.rows()[-1].night.exposures == ()
    page.undo()
    work.settle()
    assert [e.name for e in page.raster.rows()[-1].night.exposures] == ["SleepSync"]


def test_last_night_is_sealed_until_opened(sample_work):
    context = sample_work.context
    from dreamjournal.services import bin as bin_service

    bin_service.discard_diary(context.journal, context.person_id, LAST, context.clock)
    page = sample_work.page(NightsPage)
    assert page.raster.rows()[-1].sealed
    assert page.detail.table is None or page.detail.night.sealed
    assert not page.detail.findChildren(Hypnogram)
    page.detail.findChild(Button, "openWithoutDiary").click()
    sample_work.settle()
    assert not page.raster.rows()[-1].sealed
    assert any("without a diary" in w.text() for w in page.detail.findChildren(QLabel))


def test_empty_says_what_to_do(work, qtbot):
    page = work.page(NightsPage)
    assert page.empty.isVisible()
    assert not page.detail.isVisible()
    assert all(r.empty for r in page.raster.rows())
    with qtbot.waitSignal(page.import_requested) as asked:
        page.findChild(Button, "importRecordings").click()
    assert asked.args == [[]]


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_night_theme_is_dark(sample_work, themed, scale):
    themed.apply("light", scale, night=True)
    page = sample_work.page(NightsPage)
    image = page.grab().toImage()
    points = [image.pixelColor(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    assert max(relative_luminance(c) for c in points) <= 0.25
    assert sum(relative_luminance(c) for c in points) / len(points) <= 0.02


def test_raster_is_described(sample_work):
    page = sample_work.page(NightsPage)
    assert "Chosen: Mon 4 May" in page.raster.accessibleDescription()
    assert "Ctrl+T" in page.raster.accessibleDescription()


def test_an_old_export_shows_its_last_night_and_not_a_month_of_empty_rows(work, qtbot):
    path = Path(__file__).parents[3] / "data/whoop/sleeps.csv"
    imports.run(
        work.context.journal, work.context.person_id, [path], clock=FixedClock(datetime(2030, 1, 1, tzinfo=UTC))
    )
    late = replace(work, context=replace(work.context, clock=FixedClock(datetime(2030, 1, 1, 12, tzinfo=UTC))))
    page = late.page(NightsPage)
    known = work.context.journal.nights.dates(work.context.person_id)
    assert page.raster.chosen_date() == known[-1]
