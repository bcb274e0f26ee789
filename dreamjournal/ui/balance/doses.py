"""Dose, intensity or length night by night, on the same days as the weeks above it."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamjournal.domain.doses import Series
from dreamjournal.domain.night import Condition
from dreamjournal.ui.balance.weeks import DAYS_A_WEEK, left_margin
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.marks import paint_condition
from dreamjournal.ui.widgets.text import tip
from dreamjournal.ui.words import count_words, plain_date

FIRST_DAYS = 14


def value_words(value: float) -> str:
    """A dose as it is read: 0.5, 3, 420."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def series_words(series: Series) -> str:
    """The chart in one sentence."""
    values = [v for _, v in series.points]
    unit = f" {series.unit}" if series.unit else ""
    first = [v for d, v in series.points if (d - series.points[0][0]).days < FIRST_DAYS]
    low, high = value_words(min(values)), value_words(max(values))
    span = f"{low}{unit}" if low == high else f"{low} to {high}{unit}"
    return (
        f"{series.name}, {series.measure}: {span} on {count_words(len(values), 'night')} from {plain_date(series.points[0][0])} to "
        f"{plain_date(series.points[-1][0])}; the middle of the first 14 days was {value_words(median(first))}{unit}."
    )


class DoseChart(QWidget):
    """A diamond a night; the dashed line is the middle of the first 14 days. Nights where it was not said have none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("doses")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._series: Series | None = None
        self._monday: date | None = None
        self._pitch = 30.0

    def set_series(self, series: Series) -> None:
        """Show another measure."""
        self._series = series
        self.setAccessibleName(series.title)
        self.setAccessibleDescription(series_words(series))
        self.setToolTip(tip(series_words(series)))
        self.update()

    def set_view(self, monday: object, pitch: float) -> None:
        """Show the days from this Monday on, at so many pixels a week."""
        self._monday = monday if isinstance(monday, date) else None
        self._pitch = pitch
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, theme_of(self).scaled(92))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._series is None or self._monday is None:
            return
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top = left_margin(theme), float(theme.scaled(10))
        base = self.height() - theme.scaled(10)
        weeks = int((self.width() - left) // self._pitch)
        right = left + weeks * self._pitch
        high = max(v for _, v in self._series.points) or 1.0
        usual = median(v for d, v in self._series.points if (d - self._series.points[0][0]).days < FIRST_DAYS)

        def height_of(value: float) -> float:
            return base - (base - top) * value / high

        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QLineF(left, base, right, base))
        pen = QPen(theme.colour("muted"), 1)
        pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(QLineF(left, height_of(usual), right, height_of(usual)))
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        for value in (0.0, high):
            box = QRectF(0, height_of(value) - theme.scaled(9), left - theme.scaled(8), theme.scaled(18))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value_words(value))
        end = self._monday + timedelta(days=DAYS_A_WEEK * weeks)
        for day, value in self._series.points:
            if self._monday <= day < end:
                x = left + ((day - self._monday).days + 0.5) / DAYS_A_WEEK * self._pitch
                paint_condition(painter, QPointF(x, height_of(value)), Condition.ENHANCED, theme, 6 * theme.scale)
