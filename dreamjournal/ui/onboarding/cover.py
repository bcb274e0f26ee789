"""What the pages before a journal is open are built on: one centred column over the whole window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, also where no field has taken it."""
        button = self.focusWidget()
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat()
            and isinstance(button, QPushButton) and self.isAncestorOf(button) and button.isEnabled()
        ):  # fmt: skip
            button.click()
            return
        super().keyPressEvent(event)

    def _fit(self) -> None:
        side = max(40, (self.width() - self._widest) // 2)
        self.column.setContentsMargins(side, max(32, self.height() // 8), side, 32)
