"""Words that the journal cannot take just now: into a plain file where the person chooses, or an honest question on closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from dreamjournal.common.files import atomic_write
from dreamjournal.ui.widgets.dialog import Dialog, show_error
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import long_date

TITLE = "Save your words elsewhere (plain text, not encrypted)"
SAVED = (
    "Your words are in the file you chose. It is plain text and not encrypted. They are still on the screen as well."
)


def dream_as_text(night: date, text: str, tags: Sequence[str]) -> str:
    """A dream as plain text: the night, the words, the tags."""
    lines = [f"The night of {long_date(night)}", "", text.strip()]
    if tags:
        lines += ["", "Tags: " + ", ".join(tags)]
    return "\n".join(lines) + "\n"


def save_elsewhere(parent: QWidget, text: str) -> QFileDialog:
    """Ask where, then write `text` there. The dialog is Qt's own, which keeps to the theme also at night."""
    dialog = QFileDialog(parent.window(), TITLE, str(Path.home() / "words.txt"), "Plain text (*.txt)")
    dialog.setObjectName("saveElsewhereDialog")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("txt")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: save_to(parent.window(), Path(name), text))
    dialog.open()
    return dialog


def save_to(parent: QWidget, path: Path, text: str) -> bool:
    """Write the words, whole or not at all, readable by their owner alone; a dialog says how it went."""
    try:
        atomic_write(path, text.encode("utf-8", "surrogatepass"))
    except OSError:
        show_error(
            parent,
            "Your words were not saved there",
            "this place cannot be written to or is full as well",
            "choose another",
        )
        return False
    show_error(parent, "Saved elsewhere", SAVED)
    return True


class UnsavedDialog(Dialog):
    """Asked when the window is to close over words that are only on the screen."""

    lose = Signal()
    """The person closes all the same."""

    def __init__(self, parent: QWidget, text: str) -> None:
        title = "Some of your words are not saved"
        super().__init__(title, parent, name="unsavedDialog", width=600)
        self._text = text
        self.body.addWidget(Label(title + ".", "section", wrap=True))
        self.body.addWidget(
            Prose(
                "The journal cannot take them just now: the disk is full or the journal cannot be reached. "
                "They are only on this screen, and closing now would lose them.",
                kind="body",
            )
        )
        self.body.addWidget(
            Prose(
                "Stay, and they are saved as soon as there is room. Or save them as a plain text file, which is not encrypted.",
                kind="body",
            )
        )
        self.body.addStretch(1)
        self.lose_button = self.add_answer("Close and lose them", name="unsaved_lose")
        self.foot.addStretch(1)
        self.elsewhere = self.add_answer("Save them elsewhere…", name="unsaved_elsewhere")
        self.stay = self.add_answer("Stay", primary=True, default=True, name="unsaved_stay")
        self.stay.clicked.connect(self.reject)
        self.elsewhere.clicked.connect(self._on_elsewhere)
        self.lose_button.clicked.connect(self._on_lose)
        self.fit()

    def _on_elsewhere(self) -> None:
        parent = self.parentWidget()
        self.reject()
        if parent is not None:
            save_elsewhere(parent, self._text)

    def _on_lose(self) -> None:
        self.accept()
        self.lose.emit()
