"""What had not been finished when the journal was locked, shown again until it is not needed any more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from dreamjournal.services.unfinished import Unfinished
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.text import Label, Prose


class UnfinishedDialog(Dialog):
    """Each field with its words; they can be copied, and are forgotten only when the person says so."""

    forgotten = Signal()

    def __init__(self, parent: QWidget | None, found: Sequence[Unfinished]) -> None:
        super().__init__("Not finished before the lock", parent, name="unfinishedDialog", width=560)
        self._found = tuple(found)
        self.body.addWidget(Label("Not finished before the lock", "section", wrap=True))
        self.body.addWidget(Prose(
            "These words stood in a field and were not kept by it yet. They are safe in your journal until you say that you have them.",
            kind="body", tone="muted",
        ))  # fmt: skip
        for each in self._found:
            where = each.where if each.label in ("", each.where) else f"{each.where}: {each.label}"
            self.body.addWidget(Label(where, "label", "muted", wrap=True))
            self.body.addWidget(Prose(each.text, kind="words_list"))
        self.body.addStretch(1)
        self.copy = self.add_answer("Copy", name="unfinished_copy")
        self.copy.clicked.connect(self._on_copy)
        self.foot.addStretch(1)
        self.add_answer("Forget them", name="unfinished_forget").clicked.connect(self._on_forget)
        self.add_answer("Keep for later", primary=True, default=True, name="unfinished_keep").clicked.connect(
            self.reject
        )
        self.fit()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText("\n\n".join(each.text for each in self._found))

    def _on_forget(self) -> None:
        self.forgotten.emit()
        self.accept()
