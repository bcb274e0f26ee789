"""The raster: one row a night, noon to noon, newest at the bottom. Rows are kept as pixmap tiles, so panning only copies."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from dreamjournal.ui.nights.raster_paint import Geometry, paint_grid, paint_rows
from dreamjournal.ui.nights.rows import NOON_TO_NOON, RasterRow, clock_of, fit_axis, row_sentence, usual_span
from dreamjournal.ui.theme import theme_of, theme_source, tokens
from dreamjournal.ui.widgets.text import tip

TILE_HEIGHT = 384
"""Logical pixels; a tile is repainted as a whole."""
TILES_KEPT = 24
ZOOMS: tuple[int | None, ...] = (14, 28, 365, None)
"""Nights in view; None is all."""


class RasterAxis(QWidget):
    """The hours above the rows, standing still while they scroll."""

    def __init__(self, raster: Raster) -> None:
        super().__init__(raster)
        self._raster = raster
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("window"))
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("muted"))
        geo = self._raster.geometry_now()
        for tick in geo.ticks():
            box = QRectF(geo.x(tick) - 40, 0, 80, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, clock_of(tick)[:2])


class Raster(QAbstractScrollArea):
    """Rows of nights. Single keys act while it has the focus: ↑ ↓ PgUp PgDn Home End + − 0 Enter D."""

    chosen = Signal(object)
    """The date of the row now ringed."""
    opened = Signal(object)
    """Enter or double click: the date whose detail is asked for."""
    dream_asked = Signal(object)
    range_changed = Signal(object, object)
    """First and last date in view."""
    zoom_changed = Signal(int)
    """Index into `ZOOMS`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("raster")
        self.setAccessibleName("Raster of nights")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self._rows: list[RasterRow] = []
        self._tiles: OrderedDict[int, QPixmap] = OrderedDict()
        self._fit = NOON_TO_NOON
        self._usual = usual_span(())
        self._noon = False
        self._zoom = 1
        self._index = -1
        self._tonight: date | None = None
        self._quiet = False
        self._axis = RasterAxis(self)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        theme_source().changed.connect(self._on_theme)
        self._lay_out()

    # ---- what is shown

    def set_rows(self, rows: Sequence[RasterRow]) -> None:
        """Show `rows`, oldest first; the chosen date stays chosen, else the newest."""
        was = self.chosen_date()
        bar = self.verticalScrollBar()
        at_end = not self._rows or bar.value() == bar.maximum()
        self._rows = list(rows)
        self._fit = fit_axis(self._rows)
        self._usual = usual_span(self._rows)
        self._index = next((i for i, r in enumerate(self._rows) if r.night_date == was), len(self._rows) - 1)
        self._lay_out()
        if at_end:  # older nights are read after the newest: those stay in view
            bar.setValue(bar.maximum())
        self._describe()
        self._tell_range()

    def set_tonight(self, day: date | None) -> None:
        """The date whose row is called "Tonight", if any."""
        self._tonight = day

    def set_quiet(self, quiet: bool) -> None:
        """Without a ring and a focus: an axis with nothing to choose on it."""
        self._quiet = quiet
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if quiet else Qt.FocusPolicy.StrongFocus)
        self._lay_out()

    def rows(self) -> list[RasterRow]:
        """The rows shown."""
        return self._rows

    def chosen_date(self) -> date | None:
        """The date of the ringed row."""
        return self._rows[self._index].night_date if 0 <= self._index < len(self._rows) else None

    def choose(self, day: date, *, tell: bool = True) -> None:
        """Ring the row of `day` and bring it into view; an unknown date does nothing."""
        index = next((i for i, r in enumerate(self._rows) if r.night_date == day), None)
        if index is None:
            return
        self._index = index
        self._show_index()
        self.viewport().update()
        self._describe()
        if tell:
            self.chosen.emit(day)

    def zoom(self) -> int:
        """The index into `ZOOMS`."""
        return self._zoom

    def set_zoom(self, index: int) -> None:
        """Two weeks, four weeks, a year, all; the chosen row stays in view."""
        index = min(len(ZOOMS) - 1, max(0, index))
        if index == self._zoom:
            return
        self._zoom = index
        self._lay_out()
        self._show_index()
        self._tell_range()
        self.zoom_changed.emit(index)

    def is_noon_to_noon(self) -> bool:
        """Whether the axis shows the whole day instead of the person's own hours."""
        return self._noon

    def set_noon_to_noon(self, on: bool) -> None:
        """Key 0."""
        self._noon = on
        self._lay_out()

    def page(self, pages: int) -> None:
        """Scroll by whole views: back when negative."""
        bar = self.verticalScrollBar()
        bar.setValue(
            bar.value()
            + pages * max(self.row_height(), self.viewport().height() // self.row_height() * self.row_height())
        )

    # ---- measures

    def row_height(self) -> int:
        """Logical pixels a row; at least 3, at most what four weeks need."""
        theme = theme_of(self)
        if self._quiet:
            return theme.scaled(32)
        space = max(1, self.viewport().height())
        nights = ZOOMS[self._zoom] or max(1, len(self._rows))
        if nights == 14:
            return max(theme.scaled(26), min(theme.scaled(40), space // 14))
        if nights == 28:
            return max(theme.size("raster_row_4_weeks"), min(theme.scaled(26), space // 28))
        least: int = tokens()["sizes"]["raster_row_min"]
        return max(least, min(theme.size("raster_row_4_weeks"), space // nights))

    def geometry_now(self) -> Geometry:
        """Where rows stand at this size, zoom and axis."""
        theme = theme_of(self)
        low, high = NOON_TO_NOON if self._noon else self._fit
        return Geometry(
            self.viewport().width(), self.row_height(), low, high, theme.scaled(110), theme.scaled(36), self._usual
        )

    def row_at(self, y: int) -> int:
        """The index of the row at `y` of the viewport, -1 below the last."""
        index = (y + self.verticalScrollBar().value()) // self.row_height()
        return index if 0 <= index < len(self._rows) else -1

    def _tile_rows(self) -> int:
        return max(1, TILE_HEIGHT // self.row_height())

    def _lay_out(self) -> None:
        top = theme_of(self).scaled(28)
        self.setViewportMargins(0, top, 0, 0)
        self._axis.setGeometry(0, 0, self.viewport().width(), top)
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, len(self._rows) * self.row_height() + 4 - height))
        bar.setPageStep(max(1, height))
        bar.setSingleStep(self.row_height())
        self._tiles.clear()
        self._axis.update()
        self.viewport().update()

    def _show_index(self) -> None:
        if self._index < 0:
            return
        height = self.row_height()
        top, bar = self._index * height, self.verticalScrollBar()
        if top < bar.value():
            bar.setValue(top)
        elif top + height + 4 > bar.value() + self.viewport().height():
            bar.setValue(top + height + 4 - self.viewport().height())

    def _tell_range(self) -> None:
        if not self._rows:
            return
        top = self.verticalScrollBar().value()
        first = min(len(self._rows) - 1, round(top / self.row_height()))
        last = min(len(self._rows) - 1, (top + self.viewport().height()) // self.row_height() - 1)
        self.range_changed.emit(self._rows[first].night_date, self._rows[max(first, last)].night_date)

    def _describe(self) -> None:
        text = "No nights." if self._index < 0 else row_sentence(self._rows[self._index])
        self.setAccessibleDescription(
            f"{len(self._rows)} nights, one a row, newest last. Chosen: {text} Ctrl+T shows them as a table."
        )
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    # ---- paint

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("window"))
        geo = self.geometry_now()
        offset = self.verticalScrollBar().value()
        if not self._rows:
            paint_grid(painter, geo, theme, 0, self.viewport().height())
            return
        rows = self._tile_rows()
        tile_px = rows * geo.row_height
        for number in range((event.rect().top() + offset) // tile_px, (event.rect().bottom() + offset) // tile_px + 1):
            if number * rows < len(self._rows):
                painter.drawPixmap(QPoint(0, number * tile_px - offset), self._tile(number, geo))
        self._paint_ring(painter, geo, offset)

    def _tile(self, number: int, geo: Geometry) -> QPixmap:
        found = self._tiles.get(number)
        if found is not None:
            self._tiles.move_to_end(number)
            return found
        theme = theme_of(self)
        begin = number * self._tile_rows()
        part = self._rows[begin : begin + self._tile_rows()]
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(round(geo.width * ratio), round(len(part) * geo.row_height * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(theme.colour("window"))
        painter = QPainter(pixmap)
        paint_rows(painter, part, self._rows[begin - 1] if begin else None, geo, theme, self._tonight)
        painter.end()
        self._tiles[number] = pixmap
        while len(self._tiles) > TILES_KEPT:
            self._tiles.popitem(last=False)
        return pixmap

    def _paint_ring(self, painter: QPainter, geo: Geometry, offset: int) -> None:
        if self._index < 0 or self._quiet:
            return
        theme = theme_of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(1, self._index * geo.row_height - offset, geo.width - 2, geo.row_height)
        pad = 1 if geo.row_height >= 15 else 3
        painter.drawRoundedRect(box.adjusted(0, 1 - pad, 0, pad - 1), 5, 5)

    # ---- events

    def _on_scrolled(self) -> None:
        self.viewport().update()
        self._tell_range()

    def _on_theme(self) -> None:
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        self._lay_out()
        if at_end:
            bar.setValue(bar.maximum())
        self._tell_range()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange):
            self._lay_out()

    def focusInEvent(self, event) -> None:  # noqa: ANN001 - QFocusEvent
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event) -> None:  # noqa: ANN001 - QFocusEvent
        super().focusOutEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.row_at(event.position().toPoint().y())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.choose(self._rows[index].night_date)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.row_at(event.position().toPoint().y())
        if index >= 0:
            self.opened.emit(self._rows[index].night_date)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.row_at(event.pos().y())
            if index >= 0:
                top = index * self.row_height() - self.verticalScrollBar().value()
                area = QRect(0, top, self.viewport().width(), self.row_height())
                QToolTip.showText(event.globalPos(), tip(row_sentence(self._rows[index])), self.viewport(), area)
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
            return
        key = event.key()
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -28, Qt.Key.Key_PageDown: 28}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._rows) - 1}
        day = self.chosen_date()
        if key in steps or key in ends:
            if self._rows:
                index = ends.get(Qt.Key(key), self._index + steps.get(Qt.Key(key), 0))
                self.choose(self._rows[min(len(self._rows) - 1, max(0, index))].night_date)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self._zoom - 1)
        elif key == Qt.Key.Key_Minus:
            self.set_zoom(self._zoom + 1)
        elif key == Qt.Key.Key_0:
            self.set_noon_to_noon(not self._noon)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and day is not None:
            self.opened.emit(day)
        elif key == Qt.Key.Key_D and day is not None:
            self.dream_asked.emit(day)
        else:
            event.ignore()
