"""The nights behind a number: a short list from which each night opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.tables import Cell, make_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import short_date

if TYPE_CHECKING:
    from dreamjournal.ui.context import PageContext
    from dreamjournal.ui.nights.trail_dialog import TrailDialog


class NightsDialog(Dialog):
    """Lists nights with what is said of each; Enter or a double click opens one where `on_open` says how.

    With a `context`, "Where from…" leads on to the chosen night's rows and the lines of the kept originals.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        nights: Sequence[tuple[date, Cell]],
        column: str,
        on_open: Callable[[date], None] | None = None,
        context: PageContext | None = None,
    ) -> None:
        super().__init__(
            "Nights", parent, name="nightsDialog", width=560
        )  # the title may hold a tag: no window shows it outside
        self._nights = list(nights)
        self._on_open = on_open
        self._context = context
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
        if context is not None and rows:
            where = Button("Where from…", "plain", name="nightsDialog_where")
            where.setToolTip("The rows of the chosen night and the lines they were read from")
            where.clicked.connect(self.show_trail)
            self.foot.addWidget(where)
        self.foot.addStretch(1)
        self.add_answer("Close", name="nightsDialog_close").clicked.connect(self.reject)
        if rows:
            self.table.selectRow(0)
        self.table.setFocus()

    def show_trail(self) -> TrailDialog | None:
        """What the chosen night is made of, in a dialog above this one."""
        from dreamjournal.ui.nights.trail_dialog import TrailDialog

        row = self.table.currentIndex().row()
        if self._context is None or not 0 <= row < len(self._nights):
            return None
        dialog = TrailDialog(self._context, self, self._nights[row][0])
        dialog.open()
        return dialog

    def _open(self, row: int) -> None:
        day = self._nights[row][0]
        self.accept()
        if self._on_open is not None:
            self._on_open(day)
