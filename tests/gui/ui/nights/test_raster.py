"""Panning paints from tiles and leaves the same picture as painting anew."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap

from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.session import Session, SessionKind, Stage, StageCode, Validity
from dreamjournal.ui.nights.raster import Raster
from dreamjournal.ui.nights.raster_paint import paint_rows
from dreamjournal.ui.nights.rows import rows_between
from dreamjournal.ui.theme import theme_of


def shown(qtbot, nights: int = 200) -> Raster:
    found = []
    for n in range(nights):
        day = date(2026, 1, 1) + timedelta(days=n)
        begin = from_local(datetime(day.year, day.month, day.day, 23), "UTC")
        stages = tuple(
            Stage(k * 1800, 1800, (StageCode.LIGHT, StageCode.N3, StageCode.REM, StageCode.W)[k % 4]) for k in range(14)
        )
        end = from_local(begin.local + timedelta(hours=7), "UTC")
        found.append(
            Night(
                1,
                day,
                list(Condition)[n % 4],
                sessions=(Session(n, 1, day, "a", str(n), SessionKind.MAIN, Validity.OK, begin, end, stages=stages),),
            )
        )
    raster = Raster()
    qtbot.addWidget(raster)
    raster.resize(700, 500)
    raster.set_rows(rows_between(found, found[0].night_date, found[-1].night_date))
    raster.show()
    return raster


def test_tiles_show_what_painting_anew_shows(qtbot, themed):
    raster = shown(qtbot)
    bar = raster.verticalScrollBar()
    bar.setValue(raster.row_height() * 40)
    seen = raster.viewport().grab().toImage()
    anew = QPixmap(raster.viewport().size())
    anew.fill(theme_of(raster).colour("window"))
    painter = QPainter(anew)
    rows = raster.rows()
    paint_rows(painter, rows[40:80], rows[39], raster.geometry_now(), theme_of(raster))
    painter.end()
    image = anew.toImage()
    points = [(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)]
    assert sum(seen.pixelColor(*p) != image.pixelColor(*p) for p in points) <= len(points) * 0.001


def test_tiles_are_kept_while_panning_and_dropped_by_a_theme(qtbot, themed):
    raster = shown(qtbot)
    raster.grab()
    before = dict(raster._tiles)
    raster.verticalScrollBar().setValue(raster.verticalScrollBar().value() - raster.row_height())
    raster.grab()
    assert all(raster._tiles[k] is v for k, v in before.items())
    themed.apply("dark")
    assert not any(raster._tiles.get(k) is v for k, v in before.items())


def test_clicking_chooses_the_row(qtbot, themed):
    raster = shown(qtbot)
    first = raster.row_at(0)
    qtbot.mouseClick(raster.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, raster.row_height() * 3))
    assert raster.chosen_date() == raster.rows()[first + 3].night_date


def test_row_never_lower_than_three_pixels(qtbot, themed):
    raster = shown(qtbot, 2000)
    raster.set_zoom(3)
    assert raster.row_height() == 3
    assert raster.verticalScrollBar().maximum() > 0


def test_older_nights_that_are_read_later_leave_the_newest_in_view(qtbot, themed):
    raster = shown(qtbot)
    rows = raster.rows()
    bar = raster.verticalScrollBar()
    raster.set_rows(rows[-5:])
    raster.set_rows(rows)
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    raster.set_rows(rows)
    assert bar.value() == 0
