"""A nurse's note on a night, or on none."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.ui.widgets.dates import parse_date
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.text import Label


class NoteDialog(Dialog):
    """Asks for words, a night that may stay empty, and initials; stays open until the note is kept."""

    kept = Signal(object, str, str)
    """Night or None, words, initials."""

    def __init__(self, parent: QWidget | None, today: date, initials: str) -> None:
        super().__init__("Write a note", parent, name="noteDialog", width=560)
        self._today = today
        self.body.addWidget(Label("Write a note", "section"))
        self.words = LineField("Note", placeholder="Who raised the dose?", name="noteText")
        self.words_field = Field("Note", self.words)
        self.night = LineField("Night", placeholder="5 Nov, or empty", name="noteNight")
        self.night_field = Field("Night it is about", self.night)
        self.by = LineField("Initials", name="noteInitials")
        self.by.show_text(initials)
        self.by_field = Field("Initials", self.by)
        self.body.addWidget(self.words_field)
        row = QHBoxLayout()
        row.addWidget(self.night_field)
        row.addWidget(self.by_field)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="noteCancel").clicked.connect(self.reject)
        self.add_answer("Keep note", primary=True, default=True, name="noteKeep").clicked.connect(self._on_keep)
        self.words.setFocus()
        self.fit()

    def _on_keep(self) -> None:
        for field in (self.words_field, self.night_field, self.by_field):
            field.set_error("")
        typed = self.night.text().strip()
        night = parse_date(typed, self._today) if typed else None
        if typed and night is None:
            self.night_field.set_error("This is no date. Try 5 Nov, or leave it empty.")
            return
        self.kept.emit(night, self.words.text(), self.by.text())

    def show_error(self, error: KnownError) -> None:
        """Say under its field why the note was not kept."""
        (self.by_field if error.field == "initials" else self.words_field).set_error(error.sentence)
