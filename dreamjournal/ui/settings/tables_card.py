"""Tables whose columns the person explained: each can be forgotten, so that the next import asks again."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.changes import Changes
from dreamjournal.domain.column_map import ColumnMap, describe
from dreamjournal.services import reading
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.notices import UndoOffer
from dreamjournal.ui.widgets.rows import RowList
from dreamjournal.ui.widgets.text import Label


class TablesCard(QWidget):
    """One row a table; hidden while none was explained."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._forgotten: tuple[str, ColumnMap] | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.title = Label("Tables you explained", "label", "muted")
        self.rows = RowList(name="explainedTables")
        self.undo_offer = UndoOffer()
        self.undo_offer.undo_requested.connect(self._on_undo)
        for widget in (self.title, self.rows, self.undo_offer):
            box.addWidget(widget)
        self.fill()

    def fill(self) -> None:
        """Read again what is remembered."""
        self.rows.clear()
        maps = reading.column_maps(self._context.journal, self._context.person_id)
        for number, (key, columns) in enumerate(maps.items()):
            words = describe(columns)
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(16, 8, 16, 8)
            line.addWidget(Label(words, "caption", wrap=True), 1)
            forget = Button("Forget", "link", name=f"forgetTable{number}")
            forget.setAccessibleName(f"Forget what these columns mean: {words}")
            forget.setToolTip("The next import of such a table asks again; its nights stay")
            forget.clicked.connect(lambda _checked=False, k=key, c=columns: self._forget(k, c))
            line.addWidget(forget)
            self.rows.add(row)
        for widget in (self.title, self.rows):
            widget.setVisible(bool(maps))

    def _forget(self, key: str, columns: ColumnMap) -> None:
        reading.forget_columns(self._context.journal, self._context.person_id, key)
        self._forgotten = (key, columns)
        self._changed()
        self.undo_offer.offer("Forgotten; the next import asks again.")

    def _on_undo(self) -> None:
        if self._forgotten is not None:
            reading.set_columns(self._context.journal, self._context.person_id, *self._forgotten)
            self._forgotten = None
            self._changed()

    def _changed(self) -> None:
        self.fill()
        self._context.publish(Changes.SETTINGS, self)
