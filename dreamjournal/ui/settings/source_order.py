"""Which source's numbers stand first: a list the person sorts."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import IconButton
from dreamjournal.ui.widgets.tables import style_list
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import source_word


class SourceOrder(QWidget):
    """The journal's sources in the person's order. `changed` carries the keys; Alt+↑ and Alt+↓ move as the buttons do."""

    changed = Signal(object)

    def __init__(self, context: PageContext, order: list[str], label: str) -> None:
        super().__init__()
        found = [source for source, _nights in context.journal.sessions.sources(context.person_id)]
        keys = [key for key in order if key in found] + [key for key in found if key not in order]
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.empty = Label("No device has been imported yet.", "caption", "muted", wrap=True)
        box.addWidget(self.empty)
        self._body = QWidget()
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        self.list = QListWidget()
        self.list.setObjectName("sourceOrder")
        style_list(self.list, label)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for key in keys:
            item = QListWidgetItem(source_word(key))
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setSizeHint(QSize(0, theme_of(self).size("control")))
            self.list.addItem(item)
        self.list.setFixedHeight(min(5, max(1, len(keys))) * theme_of(self).size("control") + 4)
        row.addWidget(self.list, 1)
        self.up = IconButton("arrow-up", "Earlier (Alt+Up)", name="sourceUp")
        self.down = IconButton("arrow-down", "Later (Alt+Down)", name="sourceDown")
        self.up.setShortcut("Alt+Up")
        self.down.setShortcut("Alt+Down")
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        row.addWidget(self.up, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.down, 0, Qt.AlignmentFlag.AlignTop)
        box.addWidget(self._body)
        self.empty.setVisible(not keys)
        self._body.setVisible(bool(keys))
        if keys:
            self.list.setCurrentRow(0)
            self.setFocusProxy(self.list)

    def keys(self) -> list[str]:
        """The source keys in the order shown."""
        return [str(self.list.item(i).data(Qt.ItemDataRole.UserRole)) for i in range(self.list.count())]

    def _move(self, step: int) -> None:
        at = self.list.currentRow()
        to = at + step
        if at < 0 or not 0 <= to < self.list.count():
            return
        item = self.list.takeItem(at)
        self.list.insertItem(to, item)
        self.list.setCurrentRow(to)
        self.changed.emit(self.keys())
