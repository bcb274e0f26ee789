"""Buttons: primary (one a page), plain, link, and the square one with only an icon."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.icon import icon
from dreamjournal.ui.widgets.text import tip


class Button(QPushButton):
    """A button of `kind` "primary", "plain" or "link", with an icon of `resources/icons/` where named."""

    def __init__(
        self, text: str, kind: str = "plain", *, icon_name: str | None = None, name: str = "", large: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, parent)
        self.setProperty("kind", kind)
        self.setProperty("large", large)
        self.setAutoDefault(False)
        self.setObjectName(name)
        self._icon_name = icon_name
        if kind == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._paint_icon()

    def _paint_icon(self) -> None:
        if self._icon_name is None:
            return
        theme = theme_of(self)
        filled = self.property("kind") == "primary" and not theme.is_night
        side = theme.size("icon") + (theme.scaled(6) if self.property("large") else 0)
        role = "on_accent" if filled else "accent" if self.property("kind") in ("primary", "link") else "text"
        self.setIcon(icon(self._icon_name, role, size=side, gap=5))
        self.setIconSize(QSize(side + 5, side))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._paint_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Left to Qt, Enter on a focused Cancel would press the dialog's default button instead.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)


class IconButton(QToolButton):
    """A square button with an icon and no words on it; `label` is its accessible name and tooltip."""

    def __init__(self, icon_name: str, label: str, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "square")
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._icon_name = icon_name
        self.set_label(label)
        self._paint_icon()

    def set_label(self, label: str) -> None:
        """Name it for readers and the tooltip."""
        self.setAccessibleName(label)
        self.setToolTip(tip(label))

    def _paint_icon(self) -> None:
        side = theme_of(self).size("icon_small")
        self.setIcon(icon(self._icon_name, "text", size=side))
        self.setIconSize(QSize(side, side))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._paint_icon()
