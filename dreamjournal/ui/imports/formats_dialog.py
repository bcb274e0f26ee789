"""Which exports are read: the list, as the program itself has it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.tables import make_table
from dreamjournal.ui.widgets.text import Label


class FormatsDialog(Dialog):
    """One row a format. How to get the export out of each app is told in the README."""

    def __init__(self, parent: QWidget | None) -> None:
        from dreamjournal.services import import_reading

        super().__init__("Which exports are read", parent, name="formatsDialog", width=560)
        self.body.addWidget(Label("Which exports are read", "verdict", wrap=True))
        self.body.addWidget(Label(
            "A file is recognised by what is in it, whatever it is called, also inside a zip or a folder. "
            "Any other table can be read once you say what its columns mean.", "caption", "muted", wrap=True,
        ))  # fmt: skip
        titles = sorted({title for _, title in import_reading.formats()}, key=str.casefold)
        self.table = make_table(
            "Exports that are read", ("Export",), [(t,) for t in titles], stretch=0, name="formatsTable"
        )
        self.table.setMinimumHeight(theme_of(self).scaled(280))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(Label(
            "The README says what each gives and how to get it out of its app.", "caption", "muted", wrap=True,
        ))  # fmt: skip
        self.foot.addStretch(1)
        self.add_answer("Close", primary=True, default=True, name="formatsClose").clicked.connect(self.accept)
        self.resize(self.width(), 600)
