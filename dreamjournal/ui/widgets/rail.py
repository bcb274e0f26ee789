"""The rail at the left: the journal's name and lock line, the pages, and at the foot what is always at hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from dreamjournal.ui.theme import radius, theme_of, tokens
from dreamjournal.ui.widgets.icon import IconLabel, paint_icon
from dreamjournal.ui.widgets.text import Label, tip


class RailItem(QToolButton):
    """A page's entry: icon and word, or the icon alone with the word as tooltip and accessible name."""

    def __init__(self, key: str, title: str, icon_name: str, *, shortcut: str = "", checkable: bool = True) -> None:
        super().__init__()
        self.key, self.icon_name, self.shortcut_words = key, icon_name, shortcut
        self.compact = False
        self.setObjectName(f"rail_{key}")
        self.setText(title)
        self.setAccessibleName(title)
        if shortcut:
            self.setAccessibleDescription(shortcut)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("focusRing", "inside")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        theme = theme_of(self)
        return QSize(theme.size("rail_item"), theme.size("rail_item"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        on = self.isChecked()
        corner = radius("control")
        painter.setPen(Qt.PenStyle.NoPen)
        if on:
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(rect, corner, corner)
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(QRectF(rect.width() - 3 if mirrored else 0, 8, 3, rect.height() - 16), 1.5, 1.5)
        elif self.underMouse() and self.isEnabled() and not theme.is_night:
            painter.setBrush(theme.colour("sunken"))
            painter.drawRoundedRect(rect, corner, corner)
        role = "disabled" if not self.isEnabled() else "accent" if on else "text" if self.underMouse() else "muted"
        side = theme.size("icon")
        x = (rect.width() - side) / 2 if self.compact else 12.0
        if mirrored and not self.compact:
            x = rect.width() - side - x
        paint_icon(painter, QRectF(x, (rect.height() - side) / 2, side, side), self.icon_name, role)
        if not self.compact:
            font = theme.font("body", weight=600 if on else 500, figures=False)
            painter.setFont(font)
            painter.setPen(theme.colour(role))
            room = rect.width() - side - 12 - 11 - 8
            words = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room))
            align = Qt.AlignmentFlag.AlignVCenter | (
                Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
            )
            painter.drawText(QRectF(8 if mirrored else 12 + side + 11, 0, room, rect.height()), align, words)
        if self.hasFocus():
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(theme.colour("focus"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), corner, corner)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = f"{self.text()} ({self.shortcut_words})" if self.shortcut_words else self.text()
            if self.compact or self.shortcut_words:
                QToolTip.showText(event.globalPos(), tip(words), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.compact and event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            QToolTip.showText(self.mapToGlobal(self.rect().topRight()), tip(self.text()), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            rail = self.parentWidget()
            items = rail.findChildren(RailItem) if rail is not None else []
            shown = sorted((i for i in items if i.isVisible() and i.isEnabled()), key=lambda i: i.y())
            at = shown.index(self) + (1 if event.key() == Qt.Key.Key_Down else -1)
            if 0 <= at < len(shown):
                shown[at].setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)


class NavRail(QWidget):
    """Emits `page_chosen(key)` for a page and `foot_chosen(key)` for import and menu."""

    page_chosen = Signal(str)
    foot_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName("Pages")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.compact = False
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(12, 26, 13, 14)
        self._box.setSpacing(2)
        self._head = QWidget()
        head = QVBoxLayout(self._head)
        head.setContentsMargins(12, 0, 0, 22)
        head.setSpacing(3)
        self.name_label = Label("", "body", strong=True)
        lock = QHBoxLayout()
        lock.setSpacing(5)
        self._lock_icon = IconLabel("lock", "muted", small=True)
        self.lock_label = Label("", "tiny", "muted", wrap=True)
        lock.addWidget(self._lock_icon)
        lock.addWidget(self.lock_label, 1)
        head.addWidget(self.name_label)
        head.addLayout(lock)
        self._box.addWidget(self._head)
        self._pages = QVBoxLayout()
        self._pages.setSpacing(2)
        self._box.addLayout(self._pages)
        self._box.addStretch(1)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(0)
        self._box.addLayout(self._foot)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._items: list[RailItem] = []
        self._foot_items: list[RailItem] = []
        self._headings: list[Label] = []
        self._fit()

    def set_journal(self, name: str, encrypted: bool | None, kept: str = "stays here") -> None:
        """The journal's name, whether the file was found encrypted (None says nothing about it yet), and where it is kept."""
        self.name_label.setText(name)
        self.lock_label.setText(
            "" if encrypted is None else f"Encrypted, {kept}" if encrypted else f"Not encrypted, {kept}"
        )
        self._lock_icon.set_icon("lock" if encrypted else "lock-open")
        self._lock_icon.setVisible(encrypted is not None)

    def set_pages(self, entries: Sequence[tuple[str, str, str, str] | str]) -> None:
        """(key, title, icon, shortcut) of each page, or a string for a heading between them."""
        while self._pages.count():
            item = self._pages.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                if isinstance(widget, RailItem):
                    self._group.removeButton(widget)
                widget.hide()
                widget.deleteLater()
        self._items, self._headings = [], []
        for entry in entries:
            if isinstance(entry, str):
                heading = Label(entry, "tiny", "muted", strong=True)
                heading.setContentsMargins(12, 12, 0, 8)
                self._headings.append(heading)
                self._pages.addWidget(heading)
                heading.setVisible(not self.compact)
                continue
            key, title, icon_name, shortcut = entry
            button = RailItem(key, title, icon_name, shortcut=shortcut)
            button.compact = self.compact
            button.clicked.connect(lambda _checked=False, k=key: self.page_chosen.emit(k))
            self._group.addButton(button)
            self._items.append(button)
            self._pages.addWidget(button)

    def set_foot(self, entries: Sequence[tuple[str, str, str, str]]) -> None:
        """(key, title, icon, shortcut) of the entries at the foot."""
        for key, title, icon_name, shortcut in entries:
            button = RailItem(key, title, icon_name, shortcut=shortcut, checkable=False)
            button.clicked.connect(lambda _checked=False, k=key: self.foot_chosen.emit(k))
            self._foot_items.append(button)
            self._foot.addWidget(button)

    def choose(self, key: str) -> None:
        """Mark a page as the one shown."""
        for item in self._items:
            if item.key == key:
                item.setChecked(True)

    def item(self, key: str) -> RailItem | None:
        """The entry of a page or of the foot."""
        return next((i for i in (*self._items, *self._foot_items) if i.key == key), None)

    def set_compact(self, compact: bool) -> None:
        """Icons only, for a narrow window or large text."""
        self.compact = compact
        self._head.setVisible(not compact)
        for heading in self._headings:
            heading.setVisible(not compact)
        for item in (*self._items, *self._foot_items):
            item.compact = compact
        side = 8 if compact else 12
        self._box.setContentsMargins(side, 26, 8 if compact else 13, 14)
        self._fit()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_items"):
            self._fit()

    def _fit(self) -> None:
        if self.compact:
            self.setFixedWidth(max(tokens()["sizes"]["rail_icons_only"], theme_of(self).size("rail_item") + 16))
        else:
            self.setFixedWidth(round(tokens()["sizes"]["rail"] * max(1.0, 1 + 0.6 * (theme_of(self).scale - 1))))
