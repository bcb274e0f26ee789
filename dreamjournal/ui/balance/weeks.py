"""Weeks as stacks of marks, newest at the right: what each night was by shape, with the aim as a line across."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from dreamjournal.domain.balance import MARK_WORDS, Mark, Week, above, condition_of_mark
from dreamjournal.ui.theme import Theme, radius, theme_of
from dreamjournal.ui.widgets.marks import MARK_SIZE, paint_condition
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import plain_date, short_date

PITCH, CELL = 30.0, 19.0
"""Logical pixels from week to week and from mark to mark at text scale 1.0."""
DAYS_A_WEEK = 7
PAGE = 4
STACK = (Mark.ENHANCED, Mark.NATURAL, Mark.UNSURE, Mark.SEALED, Mark.UNRECORDED)
"""From the bottom up."""


def paint_mark(painter: QPainter, centre: QPointF, mark: Mark, theme: Theme, size: float) -> None:
    """Draw a night's mark; a sealed night is a hollow square with a bar across."""
    condition = condition_of_mark(mark)
    if condition is not None:
        paint_condition(painter, centre, condition, theme, size)
        return
    half = size * 0.38
    painter.save()
    painter.setPen(QPen(theme.colour("muted"), 1.4 * size / MARK_SIZE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half))
    painter.drawLine(QLineF(centre.x() - half, centre.y(), centre.x() + half, centre.y()))
    painter.restore()


def week_words(week: Week, aim: int | None = None) -> str:
    """Week from Mon 6 Apr 2026: 3 enhanced, 4 natural; above the aim."""
    counts = ", ".join(f"{week.count(m)} {MARK_WORDS[m]}" for m in STACK if week.count(m))
    text = f"Week from {short_date(week.first)}: {counts or 'no night yet'}"
    return text + ("; above the aim" if above(week, aim) else "") + "."


class WeeksChart(QWidget):
    """One focus stop: ← → choose a week, Page keys go four, Home and End to the ends, Enter asks for its nights."""

    week_chosen = Signal(object)
    """The `Week` now chosen, as the person moves."""
    week_opened = Signal(object)
    """The `Week` whose nights are asked for."""
    scrolled = Signal(object, float)
    """(Monday at the left edge, pixels a week): what is in view, for a chart below on the same days."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weeks")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("focusRing", "outside")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Weeks")
        self._weeks: tuple[Week, ...] = ()
        self._aim: int | None = None
        self._sentence = ""
        self._numbers = True
        self._first = 0
        self._chosen = -1

    def set_weeks(self, found: Sequence[Week], aim: int | None, sentence: str, *, numbers: bool = True) -> None:
        """Show other weeks; the newest are in view. `sentence` is the same in words; `numbers` False speaks no counts."""
        kept = self.week()
        self._weeks, self._aim, self._sentence = tuple(found), aim, sentence
        self._numbers = numbers
        mondays = [w.first for w in self._weeks]
        self._chosen = mondays.index(kept.first) if kept is not None and kept.first in mondays else len(mondays) - 1
        self._first = max(0, len(self._weeks) - self._room())
        self._show_chosen()
        self.updateGeometry()
        self._tell()

    def week(self) -> Week | None:
        """The week chosen."""
        return self._weeks[self._chosen] if 0 <= self._chosen < len(self._weeks) else None

    def choose(self, index: int) -> None:
        """Choose a week as the person does, within what there is."""
        if not self._weeks:
            return
        index = min(len(self._weeks) - 1, max(0, index))
        if index != self._chosen:
            self._chosen = index
            self._show_chosen()
            self._tell()
            self.week_chosen.emit(self.week())

    def in_view(self) -> tuple[Week, ...]:
        """The weeks that can be seen."""
        return self._weeks[self._first : self._first + self._room()]

    def pitch(self) -> float:
        """Pixels from week to week."""
        return self._pitch()

    def week_at(self, x: float) -> int | None:
        """The index of the week drawn at a place."""
        index = self._first + int((x - self._left()) // self._pitch())
        return index if x >= self._left() and self._first <= index < len(self._weeks) else None

    # ---- geometry

    def _pitch(self) -> float:
        return PITCH * theme_of(self).scale

    def _cell(self) -> float:
        return CELL * theme_of(self).scale

    def _left(self) -> float:
        return left_margin(theme_of(self))

    def _room(self) -> int:
        return max(1, int((self.width() - self._left()) // self._pitch()))

    def _show_chosen(self) -> None:
        room = self._room()
        last = max(0, len(self._weeks) - room)
        self._first = min(self._first, last)
        if self._chosen >= 0:
            self._first = min(max(self._first, self._chosen - room + 1), self._chosen)
        self.update()
        if self._weeks:
            self.scrolled.emit(self._weeks[self._first].first, self._pitch())

    def sizeHint(self) -> QSize:
        theme = theme_of(self)
        return QSize(420, round(DAYS_A_WEEK * self._cell() + theme.scaled(10 + 34)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._weeks and event.oldSize().width() != self.width():
            if self._chosen == len(self._weeks) - 1:
                self._first = max(0, len(self._weeks) - self._room())
            self._show_chosen()

    def changeEvent(self, event) -> None:  # noqa: ANN001 - QEvent
        super().changeEvent(event)
        if event.type() == event.Type.StyleChange and hasattr(self, "_weeks"):
            self.updateGeometry()
            self._show_chosen()

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._weeks:
            return
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pitch, cell, left = self._pitch(), self._cell(), self._left()
        base = DAYS_A_WEEK * cell + theme.scaled(8)
        size = min(MARK_SIZE * theme.scale, cell - 4, pitch - 6)
        shown = self.in_view()
        painter.setPen(QPen(theme.colour("line_strong"), 1))
        painter.drawLine(QLineF(left, base + 0.5, left + len(shown) * pitch, base + 0.5))
        for column, week in enumerate(shown):
            x = left + (column + 0.5) * pitch
            if self._first + column == self._chosen:
                box = QRectF(x - pitch / 2 + 1, base - DAYS_A_WEEK * cell - 2, pitch - 2, DAYS_A_WEEK * cell + 3)
                edge = "focus" if self.hasFocus() else "line_strong"
                painter.setPen(QPen(theme.colour(edge), 2 if self.hasFocus() else 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box, radius("control"), radius("control"))
            marks = [mark for mark in STACK for _ in range(week.count(mark))]
            for row, mark in enumerate(marks):
                paint_mark(painter, QPointF(x, base - (row + 0.5) * cell), mark, theme, size)
        self._paint_aim(painter, theme, base, len(shown))
        self._paint_dates(painter, theme, base, shown)

    def _paint_aim(self, painter: QPainter, theme: Theme, base: float, shown: int) -> None:
        if self._aim is None or self._aim >= DAYS_A_WEEK:
            return
        y = base - self._aim * self._cell()
        pen = QPen(theme.colour("text"), 1.2)
        pen.setDashPattern([5.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(QLineF(self._left() - theme.scaled(4), y, self._left() + shown * self._pitch(), y))
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        box = QRectF(0, y - theme.scaled(9), self._left() - theme.scaled(8), theme.scaled(18))
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            f"aim {self._aim}" if self._numbers else "aim",
        )

    def _paint_dates(self, painter: QPainter, theme: Theme, base: float, shown: Sequence[Week]) -> None:
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        widest = QFontMetricsF(painter.font()).horizontalAdvance("28 Sep ") + 6
        step = max(1, -int(-widest // self._pitch()))
        line = theme.scaled(16)
        year = 0
        for column in range(0, len(shown), step):
            monday = shown[column].first
            x = self._left() + column * self._pitch() + 2
            words = plain_date(monday).rsplit(" ", 1)
            painter.drawText(QPointF(x, base + line), words[0])
            if monday.year != year:
                year = monday.year
                painter.drawText(QPointF(x, base + 2 * line), words[1])

    # ---- keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -PAGE, Qt.Key.Key_PageDown: PAGE,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            event.ignore()
        elif key in steps:
            self.choose(self._chosen + steps[key])
        elif key == Qt.Key.Key_Home:
            self.choose(0)
        elif key == Qt.Key.Key_End:
            self.choose(len(self._weeks) - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.week() is not None:
            self.week_opened.emit(self.week())
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.week_at(event.position().x())
        if index is not None:
            self.choose(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.week_at(event.position().x()) is not None and self.week() is not None:
            self.week_opened.emit(self.week())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _tell(self) -> None:
        week = self.week()
        said = (
            ""
            if week is None
            else week_words(week, self._aim)
            if self._numbers
            else f"Week from {short_date(week.first)}."
        )
        self.setAccessibleName(f"Weeks. {said}".strip())
        self.setAccessibleDescription(f"{self._sentence} Left and right choose a week, Enter lists its nights.".strip())
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))


def left_margin(theme: Theme) -> float:
    """Room at the left for the word of the aim or a scale, the same on each chart of the page."""
    return QFontMetricsF(theme.font("tiny")).horizontalAdvance("aim 7 ") + theme.scaled(10)


class _MarkLabel(QWidget):
    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self._mark = mark
        self.setAccessibleName(MARK_WORDS[mark])

    def sizeHint(self) -> QSize:
        side = theme_of(self).scaled(MARK_SIZE + 4)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(painter, QRectF(self.rect()).center(), self._mark, theme, MARK_SIZE * theme.scale)


def mark_with_word(mark: Mark) -> QWidget:
    """A mark and its word, for the legend."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(_MarkLabel(mark))
    row.addWidget(Label(MARK_WORDS[mark].capitalize(), "caption", "muted"))
    return box
