"""Ten years of nights in the raster: a repaint after pan against redrawing its rectangles. Run it as a script.

Prints ratios taken in one run. `pan` scrolls by one row and repaints from tiles; `redraw` paints the rows in view anew.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QApplication

from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.session import Session, SessionKind, Stage, StageCode, Validity
from dreamjournal.ui.nights.raster import ZOOMS, Raster
from dreamjournal.ui.nights.raster_paint import paint_rows
from dreamjournal.ui.nights.rows import rows_between
from dreamjournal.ui.theme import install, theme_of

NIGHTS = 3650
ROUNDS = 60


def ten_years() -> list[Night]:
    """3,650 nights of about 30 stages."""
    draw = random.Random(1)
    nights: list[Night] = []
    for n in range(NIGHTS):
        day = date(2016, 1, 1) + timedelta(days=n)
        begin = from_local(
            datetime(day.year, day.month, day.day, 22, tzinfo=UTC).replace(tzinfo=None)
            + timedelta(minutes=draw.randint(0, 150)),
            "UTC",
        )
        stages: list[Stage] = []
        at = 0
        for k in range(30):
            length = draw.randint(8, 22) * 60
            code = (StageCode.LIGHT, StageCode.N3, StageCode.LIGHT, StageCode.REM, StageCode.W)[k % 5]
            stages.append(Stage(at, length, code))
            at += length
        end = from_local(begin.local + timedelta(seconds=at), "UTC")
        session = Session(n, 1, day, "whoop", str(n), SessionKind.MAIN, Validity.OK, begin, end, stages=tuple(stages))
        nights.append(Night(1, day, draw.choice(list(Condition)), sessions=(session,)))
    return nights


def render(raster: Raster, target: QPixmap) -> float:
    """Seconds to paint the view."""
    begun = time.perf_counter()
    raster.viewport().render(target, QPoint(0, 0), QRegion(raster.viewport().rect()))
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    app = QApplication([])
    install(app, "light")
    nights = ten_years()
    rows = rows_between(nights, nights[0].night_date, nights[-1].night_date)
    raster = Raster()
    raster.resize(900, 700)
    raster.set_rows(rows)
    raster.show()
    app.processEvents()
    for zoom in range(len(ZOOMS)):
        raster.set_zoom(zoom)
        app.processEvents()
        target = QPixmap(raster.viewport().size())
        bar = raster.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        render(raster, target)
        pans: list[float] = []
        redraws: list[float] = []
        for step in range(ROUNDS):
            bar.setValue(bar.value() + raster.row_height() * (1 if step % 2 else -1))
            pans.append(render(raster, target))
            first = raster.row_at(0)
            last = raster.row_at(raster.viewport().height() - 1)
            begun = time.perf_counter()
            painter = QPainter(target)
            painter.fillRect(target.rect(), theme_of(raster).colour("window"))
            paint_rows(painter, rows[first : last + 1], None, raster.geometry_now(), theme_of(raster))
            painter.end()
            redraws.append(time.perf_counter() - begun)
        pan, redraw = statistics.median(pans), statistics.median(redraws)
        shown = ZOOMS[zoom] or "all"
        print(f"zoom {shown}: pan {pan * 1e3:.2f} ms, redraw {redraw * 1e3:.2f} ms, ratio {pan / redraw:.3f} (≤ 0.200)")


if __name__ == "__main__":
    main()
