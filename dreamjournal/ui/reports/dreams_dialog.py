"""Which dreams are in the book: a table to choose from, found by their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import LineField
from dreamjournal.ui.widgets.tables import RowsModel, make_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words, short_date


class DreamsDialog(Dialog):
    """Space or Enter takes a dream into the book or out of it; where none is taken, all are in it."""

    chosen = Signal(object)
    """The ids of the dreams taken, the oldest first."""

    def __init__(self, context: PageContext, parent: QWidget | None, ids: Sequence[int]) -> None:
        super().__init__("Choose dreams", parent, name="dreamsDialog", width=720)
        from dreamjournal.services import dreams

        found = (r.dream for r in dreams.list_dreams(context.journal, context.person_id, clock=context.clock))
        self._dreams: list[tuple[int, date, str]] = sorted(
            ((d.id, d.night_date, " ".join(d.text.split())) for d in found if d.text.strip()),
            key=lambda d: (d[1], d[0]),
        )
        self._taken = set(ids)
        self._shown: list[int] = []
        self.body.addWidget(Label("Dreams in the book", "section"))
        self.search = LineField(
            "Find by words", placeholder="Find by words", icon_name="search", clearable=True, name="dreamsFind"
        )
        self.search.textChanged.connect(lambda _text: self._fill())
        self.body.addWidget(self.search)
        self.table = make_table(
            "Dreams, Space takes one or leaves it",
            ("In the book", "Night", "Dream"),
            stretch=2,
            name="dreamsTable",
            on_open=self.toggle,
        )
        self.table.setMinimumHeight(theme_of(self).scaled(240))
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.table)
        space.setContext(Qt.ShortcutContext.WidgetShortcut)
        space.activated.connect(lambda: self.toggle(self.table.currentIndex().row()))
        self.body.addWidget(self.table, 1)
        self.count = Label("", "caption", "muted", wrap=True)
        self.body.addWidget(self.count)
        self.foot.addStretch(1)
        self.add_answer("All dreams", name="dreamsAll").clicked.connect(lambda: self._answer(()))
        self.add_answer("Take these", primary=True, name="dreamsTake").clicked.connect(lambda: self._answer(self.ids()))
        self._fill()
        self.search.setFocus()

    def toggle(self, row: int) -> None:
        """Take the dream of this row, or leave it out again."""
        if 0 <= row < len(self._shown):
            self._taken ^= {self._shown[row]}
            self._fill()
            self.table.selectRow(row)

    def ids(self) -> tuple[int, ...]:
        """The dreams taken, also those the search hides."""
        return tuple(i for i, _, _ in self._dreams if i in self._taken)

    def _fill(self) -> None:
        wanted = self.search.text().casefold().split()
        found = [d for d in self._dreams if all(word in d[2].casefold() for word in wanted)]
        self._shown = [i for i, _, _ in found]
        model = self.table.model()
        assert isinstance(model, RowsModel)
        model.set_rows([("yes" if i in self._taken else "", short_date(day), text[:200]) for i, day, text in found])
        taken = len(self.ids())
        said = f"{count_words(taken, 'dream')} taken." if taken else "None is taken: all are in the book."
        self.count.setText(f"{said} Space takes the chosen one or leaves it.")

    def _answer(self, ids: tuple[int, ...]) -> None:
        self.chosen.emit(ids)
        self.accept()
