"""The sections of the Settings page as a list at its left: one tab stop, arrows go through the page, Tab goes into a section."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QScrollArea, QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.tables import style_list

ABOVE = 12
"""Pixels left above a heading that was gone to."""


class SectionList(QListWidget):
    """Shows where in `area` one is, and goes to the section that is chosen."""

    def __init__(self, area: QScrollArea, *, name: str) -> None:
        super().__init__()
        self._area = area
        self._heads: list[QWidget] = []
        self._going = False
        self.setObjectName(name)
        self.setProperty("focusRing", "outside")
        style_list(self, "Sections")
        self.setFixedWidth(theme_of(self).scaled(152))
        self.currentRowChanged.connect(self._go)
        area.verticalScrollBar().valueChanged.connect(self._follow)

    def add_section(self, title: str, head: QWidget) -> None:
        """One more section, which begins at `head`."""
        item = QListWidgetItem(title)
        item.setSizeHint(QSize(0, theme_of(self).size("control")))
        self._heads.append(head)
        self._going = True  # the first one added becomes the current one; the page is not laid out yet
        self.addItem(item)
        self.setCurrentRow(0)
        self._going = False

    def go_to(self, title: str) -> None:
        """Bring the section to the top of the page."""
        for found in self.findItems(title, Qt.MatchFlag.MatchExactly):
            self.setCurrentItem(found)

    def enter(self) -> bool:
        """Give the focus to the first control of the current section."""
        page = self._area.widget()
        row = self.currentRow()
        if page is None or not 0 <= row < len(self._heads):
            return False
        head = self._heads[row]
        step = head.nextInFocusChain()
        while step is not None and step is not head:
            if (
                page.isAncestorOf(step) and step.isVisible() and step.isEnabled() and step.focusPolicy() & Qt.FocusPolicy.TabFocus
            ):  # fmt: skip
                step.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            step = step.nextInFocusChain()
        return False

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        if next and self.enter():
            return True
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right) and self.enter():
            return
        super().keyPressEvent(event)

    def _top(self, head: QWidget) -> int:
        page = self._area.widget()
        return head.mapTo(page, head.rect().topLeft()).y() if page is not None else 0

    def _go(self, row: int) -> None:
        if self._going or not 0 <= row < len(self._heads):
            return
        self._going = True
        self._area.verticalScrollBar().setValue(max(0, self._top(self._heads[row]) - ABOVE) if row else 0)
        self._going = False

    def _follow(self, at: int) -> None:
        if self._going:
            return
        above = [row for row, head in enumerate(self._heads) if self._top(head) <= at + 4 * ABOVE]
        self._going = True
        self.setCurrentRow(above[-1] if above else 0)
        self._going = False
