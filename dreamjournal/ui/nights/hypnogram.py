"""A hypnogram of one source on a clock it shares with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamjournal.domain.session import Session
from dreamjournal.ui.nights.raster_paint import STAGE_ROLE, hatch
from dreamjournal.ui.nights.rows import Bar, after_noon, clock_of, session_bars
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.text import tip
from dreamjournal.ui.words import duration_words, source_word

LEVEL = {"W": 0.0, "REM": 1.0, "LIGHT": 2.0, "N3": 3.0, "UNSPECIFIED": 1.5}
"""Lines from the top: awake, REM, light, deep."""
KIND_WORDS = {"W": "awake", "REM": "REM", "LIGHT": "light", "N3": "deep", "UNSPECIFIED": "asleep with no stage given"}


class Hypnogram(QWidget):
    """The stages of one source's sessions of a night, between `low` and `high` minutes after noon."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hypnogram")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._bars: list[tuple[Bar, ...]] = []
        self._low, self._high = 0.0, 1440.0

    def set_sessions(self, sessions: Sequence[Session], night_date: date, low: float, high: float) -> None:
        """Show `sessions`, all of one source."""
        self._bars = [session_bars(s, night_date) for s in sessions]
        self._low, self._high = low, max(high, low + 1)
        self.setAccessibleName(f"Hypnogram, {source_word(sessions[0].source)}" if sessions else "Hypnogram")
        self.setAccessibleDescription(summary(sessions, night_date))
        self.setToolTip(tip(self.accessibleDescription()))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, theme_of(self).scaled(46))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme_of(self).scaled(46))

    def _x(self, minutes: float) -> float:
        return (minutes - self._low) / (self._high - self._low) * self.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        thick = 4.0 * theme.scale
        step = (self.height() - thick - 4) / 3

        def y(kind: str) -> float:
            return 2 + thick / 2 + LEVEL[kind] * step

        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLines(
            [QLineF(0, round(y(k)) + 0.5, self.width(), round(y(k)) + 0.5) for k in ("W", "REM", "LIGHT", "N3")]
        )
        for bars in self._bars:
            painter.setPen(QPen(theme.colour("line_strong"), 1))
            for left, right in pairwise(bars):
                if abs(left.end - right.start) < 1 and "UNSPECIFIED" not in (left.kind, right.kind):
                    x = self._x(right.start)
                    painter.drawLine(QLineF(x, y(left.kind), x, y(right.kind)))
            for bar in bars:
                a, b = self._x(bar.start), self._x(bar.end)
                colour = theme.colour(STAGE_ROLE[bar.kind])
                if bar.kind == "UNSPECIFIED":
                    hatch(painter, QRectF(a, y("REM") - 2, max(2.0, b - a), step + 4), colour)
                else:
                    painter.fillRect(QRectF(a, y(bar.kind) - thick / 2, max(1.0, b - a), thick), colour)


class ClockAxis(QWidget):
    """The clock under hypnograms: first and last minute, and even hours between."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._low, self._high = 0.0, 1440.0

    def set_span(self, low: float, high: float) -> None:
        """Show the clock from `low` to `high` minutes after noon."""
        self._low, self._high = low, max(high, low + 1)
        self.setAccessibleName(f"Clock from {clock_of(low)} to {clock_of(high)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, theme_of(self).scaled(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme_of(self).scaled(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("muted"))
        metrics = painter.fontMetrics()
        first, last = clock_of(self._low), clock_of(self._high)
        height = self.height()
        painter.drawText(
            QRectF(0, 0, self.width(), height), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, first
        )
        painter.drawText(
            QRectF(0, 0, self.width(), height), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, last
        )
        free = (metrics.horizontalAdvance(first) + 12, self.width() - metrics.horizontalAdvance(last) - 12)
        step = 120 if (self._high - self._low) <= 12 * 60 else 240
        tick = (int(self._low) // step + 1) * step
        while tick < self._high:
            text = clock_of(tick)[:2]
            half = metrics.horizontalAdvance(text) / 2
            x = (tick - self._low) / (self._high - self._low) * self.width()
            if free[0] <= x - half and x + half <= free[1]:
                painter.drawText(QRectF(x - 30, 0, 60, height), Qt.AlignmentFlag.AlignCenter, text)
            tick += step


def summary(sessions: Sequence[Session], night_date: date) -> str:
    """The hypnogram in one sentence: from when to when, and the minutes of each stage it shows."""
    if not sessions:
        return "Nothing recorded."
    totals: dict[str, float] = {}
    for session in sessions:
        for bar in session_bars(session, night_date):
            totals[bar.kind] = totals.get(bar.kind, 0.0) + bar.end - bar.start
    begin = min(after_noon(s.start, night_date) for s in sessions)
    end = max(after_noon(s.end, night_date) for s in sessions)
    parts = [f"{KIND_WORDS[k]} {duration_words(totals[k])}" for k in LEVEL if k in totals]
    return (
        f"{source_word(sessions[0].source)}, {clock_of(begin)} to {clock_of(end)}: {', '.join(parts) or 'no stages'}."
    )
