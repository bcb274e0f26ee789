"""What the raster's shapes mean, in words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.ui.nights.raster_paint import STAGE_ROLE, hatch
from dreamjournal.ui.theme import theme_of, tokens
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.marks import ConditionMark, DreamMark
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import CONDITION_WORDS

STAGES = (
    ("W", "Awake"),
    ("REM", "REM"),
    ("LIGHT", "Light"),
    ("N3", "Deep"),
    ("UNSPECIFIED", "Asleep, stage not given"),
)


class Swatch(QWidget):
    """A stage's bar at its height, the exposure line, or the hatched bar of a diary."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind

    def sizeHint(self) -> QSize:
        return QSize(theme_of(self).scaled(13), theme_of(self).scaled(14))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        base = self.height() - 2
        if self._kind == "exposure":
            painter.fillRect(QRectF(0, base - 2, self.width(), 2), theme.colour("enhanced"))
        elif self._kind == "diary":
            hatch(
                painter,
                QRectF(0, base - self.height() * 0.6, self.width(), self.height() * 0.6),
                theme.colour("line_strong"),
            )
        else:
            height = (self.height() - 3) * float(tokens()["stage_height"][self._kind])
            box = QRectF(0, base - height, self.width(), height)
            colour = theme.colour(STAGE_ROLE[self._kind])
            if self._kind == "UNSPECIFIED":
                hatch(painter, box, colour)
            else:
                painter.fillRect(box, colour)


def _item(mark: QWidget, words: str) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 8, 0)
    row.setSpacing(6)
    row.addWidget(mark)
    row.addWidget(Label(words, "tiny", "muted"))
    return box


class Legend(QWidget):
    """Two lines that wrap: stages, then marks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 0, 0, 0)
        box.setSpacing(2)
        stages = QWidget()
        flow = FlowLayout(stages, 8, 2)
        for kind, words in STAGES:
            flow.addWidget(_item(Swatch(kind), words))
        flow.addWidget(_item(Swatch("diary"), "Diary, or still closed"))
        marks = QWidget()
        flow = FlowLayout(marks, 8, 2)
        for condition in Condition:
            flow.addWidget(_item(ConditionMark(condition), CONDITION_WORDS[condition]))
        flow.addWidget(_item(Swatch("exposure"), "Enhanced from, to"))
        flow.addWidget(_item(DreamMark(report=True), "Dream"))
        flow.addWidget(_item(DreamMark(report=False), "Fragment"))
        box.addWidget(stages)
        box.addWidget(marks)
