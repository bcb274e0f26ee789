"""Marks of nights in order: the strip under the plot, and the picture of a refusal, which shows no outcome."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamjournal.domain.contrast import ContrastResult
from dreamjournal.domain.night import Condition
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.marks import paint_condition
from dreamjournal.ui.widgets.text import tip
from dreamjournal.ui.words import count_words, plain_date

ARM = {"enhanced": Condition.ENHANCED, "natural": Condition.NATURAL}


class NightsInOrder(QWidget):
    """Every night of the period as its mark, gaps as dashed circles, block edges as ticks; wraps to as many lines as needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nightsInOrder")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._marks: list[tuple[date, Condition]] = []
        self._edges: set[date] = set()

    def set_result(self, result: ContrastResult) -> None:
        """Show the nights of an answer."""
        known = {p.night_date: ARM[p.arm] for p in result.points}
        days = [*known, *(x.night_date for x in (*result.missing, *result.excluded))]
        self._marks, self._edges = [], set()
        if days:
            first, last = min(days), max(days)
            self._marks = [
                (first + timedelta(days=n), known.get(first + timedelta(days=n), Condition.UNRECORDED))
                for n in range((last - first).days + 1)
            ]
        seen: dict[str, date] = {}
        for point in sorted(result.points, key=lambda p: p.night_date):
            if point.block is not None and result.design == "R":
                seen.setdefault(point.block, point.night_date)
        self._edges = set(list(seen.values())[1:])
        self.setAccessibleName("Nights in order")
        self.setAccessibleDescription(self.sentence(result))
        self.setToolTip(tip(self.accessibleDescription()))
        self._fit()

    def sentence(self, result: ContrastResult) -> str:
        """The strip in words."""
        if not self._marks:
            return "No nights."
        gaps = sum(1 for _, c in self._marks if c == Condition.UNRECORDED)
        return (
            f"{plain_date(self._marks[0][0])} to {plain_date(self._marks[-1][0])}: {result.n_natural} natural, "
            f"{result.n_enhanced} enhanced, {gaps} missing or left out; the kind changed {count_words(result.switches, 'time')}."
        )

    def _pitch(self) -> float:
        return max(7.0, min(14.0 * theme_of(self).scale, self.width() / max(1, min(len(self._marks), 90))))

    def _per_line(self) -> int:
        room = max(1, int(self.width() // self._pitch()))
        lines = math.ceil(len(self._marks) / room)
        weeks = 7 * math.ceil(math.ceil(len(self._marks) / max(1, lines)) / 7)
        # Lines of whole weeks, so that a night stands under its weekday's and no last one stands alone.
        return weeks if lines > 1 and weeks <= room else room

    def _line_height(self) -> int:
        return theme_of(self).scaled(20)

    def _fit(self) -> None:
        lines = max(1, math.ceil(len(self._marks) / self._per_line()))
        self.setFixedHeight(lines * self._line_height() + theme_of(self).scaled(20))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._marks:
            return
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pitch, per_line, height = self._pitch(), self._per_line(), self._line_height()
        size = min(9.0 * theme.scale, pitch - 1)
        for index, (day, condition) in enumerate(self._marks):
            line, column = divmod(index, per_line)
            x, y = (column + 0.5) * pitch, (line + 0.5) * height
            if day in self._edges:
                painter.setPen(QPen(theme.colour("line"), 1))
                painter.drawLine(QLineF(x - pitch / 2, y - height * 0.45, x - pitch / 2, y + height * 0.45))
            paint_condition(painter, QPointF(x, y), condition, theme, size)
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        box = QRectF(0, self.height() - theme.scaled(18), self.width(), theme.scaled(18))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, plain_date(self._marks[0][0]))
        words = "Nights in order" + (", lines between blocks" if self._edges else "")
        used = min(self.width(), per_line * pitch if len(self._marks) > per_line else len(self._marks) * pitch)
        box.setWidth(max(used, theme.scaled(380)))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.drawText(
            box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, plain_date(self._marks[-1][0])
        )


@dataclass(frozen=True)
class Lane:
    """One row of a refusal's picture: what it is, and its nights with their marks."""

    title: str
    nights: tuple[tuple[date, Condition], ...]


def refusal_lanes(result: ContrastResult) -> list[Lane]:
    """The reason as lanes: by device, by the day after, or by kind of night. No outcome values."""
    points = [(p, ARM[p.arm]) for p in sorted(result.points, key=lambda p: p.night_date)]

    def lane(title: str, keep: Sequence[bool]) -> Lane:
        return Lane(title, tuple((p.night_date, c) for (p, c), k in zip(points, keep, strict=True) if k))

    if "two_devices" in result.reasons:
        names = sorted({p.device for p, _ in points})
        return [lane(name or "Device not named", [p.device == name for p, _ in points]) for name in names]
    if "weekend_collinear" in result.reasons:
        return [
            lane("Before a free day", [p.weekend for p, _ in points]),
            lane("Before work", [not p.weekend for p, _ in points]),
        ]
    return [
        lane("Enhanced", [p.arm == "enhanced" for p, _ in points]),
        lane("Natural", [p.arm == "natural" for p, _ in points]),
    ]


class RefusalPicture(QWidget):
    """Lanes of marks over the same dates."""

    def __init__(self, lanes: Sequence[Lane], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("refusalPicture")
        self._lanes = list(lanes)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Why these nights cannot be compared")
        parts = []
        for lane in self._lanes:
            kinds = [
                f"{sum(1 for _, c in lane.nights if c == k)} {k}"
                for k in ARM.values()
                if any(c == k for _, c in lane.nights)
            ]
            parts.append(f"{lane.title}: {' and '.join(kinds) or 'no nights'}")
        self.setAccessibleDescription("; ".join(parts) + ".")

    def sizeHint(self) -> QSize:
        return QSize(400, round((len(self._lanes) * 56 + 24) * theme_of(self).scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        days = [d for lane in self._lanes for d, _ in lane.nights]
        if not days:
            return
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = min(days), max(days)
        left, right = min(theme.scaled(170), self.width() * 0.4), self.width() - theme.scaled(8)
        span = max(1, (last - first).days)
        height = theme.scaled(56)
        for number, lane in enumerate(self._lanes):
            middle = number * height + height / 2
            painter.setFont(theme.font("label", weight=600))
            painter.setPen(theme.colour("text"))
            title = painter.fontMetrics().elidedText(lane.title, Qt.TextElideMode.ElideRight, int(left - 12))
            painter.drawText(
                QRectF(0, middle - theme.scaled(20), left - 12, theme.scaled(20)), Qt.AlignmentFlag.AlignVCenter, title
            )
            painter.setFont(theme.font("tiny"))
            painter.setPen(theme.colour("muted"))
            painter.drawText(
                QRectF(0, middle, left, theme.scaled(18)),
                Qt.AlignmentFlag.AlignVCenter,
                count_words(len(lane.nights), "night"),
            )
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QLineF(left, middle, right, middle))
            for day, condition in lane.nights:
                x = left + theme.scaled(8) + (day - first).days / span * (right - left - theme.scaled(16))
                paint_condition(painter, QPointF(x, middle), condition, theme, 9 * theme.scale)
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        box = QRectF(left, len(self._lanes) * height, right - left, theme.scaled(20))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, plain_date(first))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, plain_date(last))
