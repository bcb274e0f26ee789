"""The marks of a night: condition and dream, told apart by shape, the same on screen and paper."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.ui.theme import Theme, theme_of, tokens
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import CONDITION_WORDS

MARK_SIZE = 12.0
"""Logical pixels across a mark at text scale 1.0."""


def paint_condition(
    painter: QPainter, centre: QPointF, condition: Condition, theme: Theme, size: float | None = None
) -> None:
    """Draw a condition's mark around `centre`: hollow circle, filled diamond, half-filled circle, dashed circle."""
    side = MARK_SIZE * theme.scale if size is None else size
    colour = theme.colour(str(condition))
    spec = tokens()["marks"][str(condition)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if condition == Condition.ENHANCED:
        half = side / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([
            centre + QPointF(0, -half), centre + QPointF(half, 0), centre + QPointF(0, half), centre + QPointF(-half, 0),
        ]))  # fmt: skip
    else:
        width = float(spec["stroke"]) * side / MARK_SIZE
        pen = QPen(colour, width)
        radius = side * 0.42
        if "dash" in spec:
            # Qt's dashes are in pen widths, the tokens' in pixels.
            pen.setDashPattern([float(v) * side / MARK_SIZE / width for v in spec["dash"]])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius, radius)
        if condition == Condition.UNSURE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPie(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), 90 * 16, 180 * 16)
    painter.restore()


def paint_dream(painter: QPainter, centre: QPointF, theme: Theme, *, report: bool, size: float = 8.0) -> None:
    """Draw a dream's mark: a filled dot for a dream, a hollow one for a fragment."""
    colour: QColor = theme.colour("text")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(colour if report else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(centre, size * 0.45, size * 0.45)
    painter.restore()


class ConditionMark(QWidget):
    """A condition's mark as a widget; its accessible name is the word."""

    def __init__(self, condition: Condition = Condition.UNRECORDED, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._condition = condition
        self.set_condition(condition)

    def set_condition(self, condition: Condition) -> None:
        """Show another condition."""
        self._condition = condition
        self.setAccessibleName(CONDITION_WORDS[condition])
        self.update()

    def sizeHint(self) -> QSize:
        side = theme_of(self).scaled(MARK_SIZE + 4)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_condition(painter, QRectF(self.rect()).center(), self._condition, theme_of(self))


class DreamMark(QWidget):
    """A dream's or fragment's dot as a widget."""

    def __init__(self, *, report: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self.setAccessibleName("Dream" if report else "Fragment")

    def sizeHint(self) -> QSize:
        side = theme_of(self).scaled(MARK_SIZE)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        paint_dream(QPainter(self), QRectF(self.rect()).center(), theme, report=self._report, size=8 * theme.scale)


def condition_legend(parent: QWidget | None = None) -> QWidget:
    """The four marks with their words on one line."""
    box = QWidget(parent)
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for condition in Condition:
        row.addWidget(ConditionMark(condition))
        row.addWidget(Label(CONDITION_WORDS[condition], "caption", "muted"))
        row.addSpacing(8)
    row.addStretch(1)
    return box
