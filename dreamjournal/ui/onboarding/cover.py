"""What the pages before a journal is open are built on: one centred column over the whole window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

WIDEST = 880


class Cover(QScrollArea):
    """A centred column over the whole window, at most `widest` pixels wide."""

    open_requested = Signal()

    def __init__(self, name: str, accessible: str, *, widest: int = WIDEST) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._widest = widest
        content = QWidget()
        content.setObjectName("pageBody")
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.column = QVBoxLayout(content)
        self.column.setSpacing(10)
        self.setWidget(content)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        side = max(40, (self.width() - self._widest) // 2)
        self.column.setContentsMargins(side, max(32, self.height() // 8), side, 32)
