"""The planned nights of a study in order: what was drawn for each, what it was where that differs, blocks and looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.ui.theme import Theme, theme_of
from dreamjournal.ui.widgets.marks import MARK_SIZE, paint_condition
from dreamjournal.ui.widgets.tables import Cell
from dreamjournal.ui.widgets.text import tip
from dreamjournal.ui.words import CONDITION_WORDS, NONE, count_words, plain_date, short_date

CLOSED = "Closed"
TO_COME = "To come"
LINE = 44
"""Height of a line of nights at 100 %."""


@dataclass(frozen=True)
class PlannedMark:
    """One planned night as it is drawn and listed."""

    day: date
    number: int
    """From 1."""
    block: int
    drawn: Condition | None
    """None while it is sealed."""
    was: Condition | None
    """What the night was; None while it is to come or sealed."""
    to_come: bool
    look: int | None = None
    """A look follows this night: its number of planned nights."""
    tonight: bool = False
    as_drawn: bool = False
    """Whether it is known to have been as drawn."""
    dropped: bool = False
    """The study was stopped before it."""
    names: tuple[str, ...] = ()
    """What enhanced it."""

    @property
    def differs(self) -> bool:
        """Whether something is shown below the drawn mark."""
        return self.was is not None and not self.as_drawn


def was_words(mark: PlannedMark) -> str:
    """What a planned night was, in words."""
    if mark.dropped:
        return "After the stop"
    if mark.to_come:
        return "Tonight" if mark.tonight else TO_COME
    if mark.was is None:
        return CLOSED
    if mark.was == Condition.ENHANCED and mark.names:
        return f"Enhanced by {', '.join(mark.names)}"
    return CONDITION_WORDS[mark.was]


def plan_rows(marks: Sequence[PlannedMark]) -> list[tuple[Cell, ...]]:
    """The planned nights as a table: number, night, drawn, what it was, block, look."""
    return [
        (
            m.number,
            short_date(m.day),
            CLOSED if m.drawn is None else CONDITION_WORDS[m.drawn],
            was_words(m),
            m.block,
            NONE if m.look is None else f"after {m.look}",
        )
        for m in marks
    ]


PLAN_COLUMNS = ("No.", "Night", "Drawn", "What it was", "Block", "Look")


def plan_sentence(marks: Sequence[PlannedMark]) -> str:
    """The picture in one sentence, from the same marks."""
    if not marks:
        return "No nights are planned."
    first, last = marks[0].day, marks[-1].day
    parts = [f"{count_words(len(marks), 'planned night')}, {plain_date(first)} to {plain_date(last)}"]
    if any(m.drawn is None for m in marks):
        parts.append("what each is stays closed")
    else:
        enhanced = sum(m.drawn == Condition.ENHANCED for m in marks)
        parts.append(f"{enhanced} drawn enhanced and {len(marks) - enhanced} natural")
    past = [m for m in marks if not m.to_come]
    if past and all(m.was is not None and m.drawn is not None for m in past):
        as_drawn = sum(not m.differs for m in past)
        silent = sum(m.was == Condition.UNRECORDED for m in past)
        other = len(past) - as_drawn - silent
        parts.append(f"of {len(past)} past: {as_drawn} as drawn, {other} otherwise, {silent} not recorded")
    elif past:
        parts.append(f"{len(past)} past")
    looks = [m.look for m in marks if m.look is not None]
    parts.append(f"looks after {' and '.join(map(str, looks))}")
    return "; ".join(parts) + "."


class PlanPicture(QWidget):
    """Drawn kinds in a row, what a night was below where it differs, block edges and looks as lines; wraps by weeks."""

    night_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("planPicture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Planned nights in order")
        self._marks: list[PlannedMark] = []

    def set_marks(self, marks: Sequence[PlannedMark]) -> None:
        """Show these nights."""
        self._marks = list(marks)
        self.setAccessibleDescription(plan_sentence(marks))
        self._fit()

    def _per_line(self) -> int:
        least = theme_of(self).scaled(17)
        room = self.width() - 2 * self._edge()
        return next((n for n in (28, 14) if room / n >= least), 7)

    def _edge(self) -> int:
        return theme_of(self).scaled(8)

    def _pitch(self) -> float:
        return min(theme_of(self).scaled(34), (self.width() - 2 * self._edge()) / self._per_line())

    def _line_height(self) -> int:
        return theme_of(self).scaled(LINE) + theme_of(self).scaled(18)

    def _fit(self) -> None:
        lines = max(1, math.ceil(len(self._marks) / self._per_line()))
        self.setFixedHeight(lines * self._line_height() + 4)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event) -> None:  # noqa: ANN001 - QEvent
        super().changeEvent(event)
        if event.type() == event.Type.StyleChange and hasattr(self, "_marks"):
            self._fit()

    def place_of(self, index: int) -> QPointF:
        """Where the drawn mark of the planned night at `index` stands."""
        line, column = divmod(index, self._per_line())
        x = self._edge() + (column + 0.5) * self._pitch()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = self.width() - x
        return QPointF(x, line * self._line_height() + theme_of(self).scaled(18 + 13))

    def night_at(self, at: QPointF) -> PlannedMark | None:
        """The planned night nearest to a point, within half a night's room."""
        for index, mark in enumerate(self._marks):
            place = self.place_of(index)
            if abs(place.x() - at.x()) <= self._pitch() / 2 and -14 <= at.y() - place.y() <= theme_of(self).scaled(28):
                return mark
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        back = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        half = self._pitch() / 2 * (-1 if back else 1)
        for index, mark in enumerate(self._marks):
            place = self.place_of(index)
            if index % self._per_line() == 0:
                self._paint_date(painter, theme, mark.day, place)
            self._paint_mark(painter, theme, mark, place)
            last = index == len(self._marks) - 1
            if mark.look is not None:
                self._paint_edge(painter, theme, place.x() + half, place.y(), look=mark.look, end=last)
            elif not last and self._marks[index + 1].block != mark.block:
                self._paint_edge(painter, theme, place.x() + half, place.y(), look=None)

    def _paint_date(self, painter: QPainter, theme: Theme, day: date, place: QPointF) -> None:
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        box = QRectF(0, place.y() - theme.scaled(31), theme.scaled(120), theme.scaled(18))
        lead = Qt.AlignmentFlag.AlignLeft
        box.moveLeft(self._edge())
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            box.moveRight(self.width() - self._edge())
            lead = Qt.AlignmentFlag.AlignRight
        painter.drawText(box, lead | Qt.AlignmentFlag.AlignVCenter, plain_date(day)[:-5])

    def _paint_mark(self, painter: QPainter, theme: Theme, mark: PlannedMark, place: QPointF) -> None:
        size = min(MARK_SIZE * theme.scale, self._pitch() * 0.72)
        if mark.drawn is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("line_strong"))
            painter.drawEllipse(place, size * 0.16, size * 0.16)
        else:
            # Smaller, not fainter: a mark that is to come must be seen as well.
            paint_condition(
                painter, place, mark.drawn, theme, size * (0.66 if mark.to_come and not mark.tonight else 1)
            )
        if mark.tonight:
            painter.setPen(QPen(theme.colour("text"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            side = size * 1.55
            painter.drawRoundedRect(QRectF(place.x() - side / 2, place.y() - side / 2, side, side), 3, 3)
        if mark.differs and mark.was is not None:
            below = place + QPointF(0, theme.scaled(19))
            paint_condition(painter, below, mark.was, theme, size * 0.72)

    def _paint_edge(
        self, painter: QPainter, theme: Theme, x: float, y: float, *, look: int | None, end: bool = False
    ) -> None:
        painter.setPen(QPen(theme.colour("line" if look is None else "text"), 1 if look is None else 1.4))
        top, down = (theme.scaled(8), theme.scaled(8)) if look is None else (theme.scaled(14), theme.scaled(26))
        painter.drawLine(QLineF(x, y - top, x, y + down))
        if look is None:
            return
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        box = QRectF(x - theme.scaled(40), y - theme.scaled(32), theme.scaled(80), theme.scaled(18))
        near_end = end or x > self.width() - theme.scaled(60)
        if near_end:
            box.moveRight(x)
        align = Qt.AlignmentFlag.AlignRight if near_end else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, f"look {look}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mark = self.night_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if mark and not mark.to_come else Qt.CursorShape.ArrowCursor)
        self.setToolTip("" if mark is None else tip(mark_words(mark)))
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self.night_at(event.position())
        if mark is not None and not mark.to_come:
            self.night_clicked.emit(mark.day)
        super().mousePressEvent(event)


def mark_words(mark: PlannedMark) -> str:
    """One planned night in words, as its tooltip has it."""
    words = f"Night {mark.number}, {short_date(mark.day)}"
    if mark.drawn is not None:
        words += f": drawn {CONDITION_WORDS[mark.drawn].lower()}"
    if mark.was is not None and mark.differs:
        words += f", and it was {was_words(mark)[:1].lower()}{was_words(mark)[1:]}"
    return words + "."
