"""Which dreams are in the book: a list to tick, found by words of their beginning."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QWidget

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import LineField
from dreamjournal.ui.widgets.tables import style_list
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words, short_date

BEGINNING = 80
"""Characters of a dream that are shown of it."""


class DreamsDialog(Dialog):
    """Space ticks a dream; without a tick all dreams are in the book."""

    chosen = Signal(object)
    """The ids of the ticked dreams, the oldest first."""

    def __init__(self, context: PageContext, parent: QWidget | None, ids: Sequence[int]) -> None:
        super().__init__("Choose dreams", parent, name="dreamsDialog", width=640)
        self.body.addWidget(Label("Dreams in the book", "section"))
        self.search = LineField(
            "Find by words", placeholder="Find by words", icon_name="search", clearable=True, name="dreamsFind"
        )
        self.body.addWidget(self.search)
        self._model = QStandardItemModel(self)
        self._fill(context, frozenset(ids))
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search.textChanged.connect(self._shown.setFilterFixedString)
        self.list = QListView()
        self.list.setObjectName("dreamsList")
        self.list.setModel(self._shown)
        style_list(self.list, "Dreams, Space ticks one")
        self.list.setMinimumHeight(theme_of(self).scaled(260))
        self.body.addWidget(self.list, 1)
        self.count = Label("", "caption", "muted")
        self.body.addWidget(self.count)
        self._model.itemChanged.connect(lambda _item: self._say())
        self._say()
        self.add_answer("All dreams", name="dreamsAll").clicked.connect(lambda: self._answer(()))
        self.foot.insertStretch(0, 1)
        self.add_answer("Take these", primary=True, name="dreamsTake").clicked.connect(lambda: self._answer(self.ids()))
        self.search.setFocus()

    def _fill(self, context: PageContext, ticked: frozenset[int]) -> None:
        found = sorted(context.journal.dreams.all(context.person_id), key=lambda d: (d.night_date, d.id))
        for dream in found:
            text = " ".join(dream.text.split())
            if not text:
                continue
            words = text if len(text) <= BEGINNING else text[: BEGINNING - 1].rstrip() + "…"
            item = QStandardItem(f"{short_date(dream.night_date)}: {words}")
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if dream.id in ticked else Qt.CheckState.Unchecked)
            item.setData(dream.id, Qt.ItemDataRole.UserRole)
            self._model.appendRow(item)

    def ids(self) -> tuple[int, ...]:
        """The dreams ticked now, also those the search hides."""
        items = (self._model.item(row) for row in range(self._model.rowCount()))
        return tuple(int(i.data(Qt.ItemDataRole.UserRole)) for i in items if i.checkState() == Qt.CheckState.Checked)

    def _say(self) -> None:
        ticked = len(self.ids())
        self.count.setText(
            f"{count_words(ticked, 'dream')} ticked." if ticked else "None is ticked: all are in the book."
        )

    def _answer(self, ids: tuple[int, ...]) -> None:
        self.chosen.emit(ids)
        self.accept()
