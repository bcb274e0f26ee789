"""The nights behind a number: a short list from which each night opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.tables import Cell, make_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import short_date


class NightsDialog(Dialog):
    """Lists nights with what is said of each; Enter or a double click opens one where `on_open` says how."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        nights: Sequence[tuple[date, Cell]],
        column: str,
        on_open: Callable[[date], None] | None = None,
    ) -> None:
        super().__init__(title, parent, name="nightsDialog", width=520)
        self._nights = list(nights)
        self._on_open = on_open
        self.body.addWidget(Label(title, "section", wrap=True))
        rows = [(short_date(day), said) for day, said in nights]
        self.table = make_table(
            title,
            ("Night", column),
            rows,
            stretch=1,
            name="nightsDialog_table",
            on_open=self._open if on_open else None,
        )
        self.table.setMinimumHeight(240)
        self.body.addWidget(self.table, 1)
        if on_open:
            self.body.addWidget(Label("Enter opens a night.", "caption", "muted"))
        self.foot.addStretch(1)
        self.add_answer("Close", name="nightsDialog_close").clicked.connect(self.reject)
        if rows:
            self.table.selectRow(0)
        self.table.setFocus()

    def _open(self, row: int) -> None:
        day = self._nights[row][0]
        self.accept()
        if self._on_open is not None:
            self._on_open(day)
