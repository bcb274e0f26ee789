"""Asks before a backup takes the place of the journal: what comes back, what is newer, and how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from dreamjournal.services import backups, restoring
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.settings.backup_words import when_words
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.text import Label, Prose

if TYPE_CHECKING:
    from dreamjournal.services.backups import Backup

OTHER_KEY = "The journal had another key then. What opened it at that time opens this backup."


class RestoreDialog(Dialog):
    """`restore_requested` gives the backup and the passphrase or code of its time, empty where none is needed."""

    restore_requested = Signal(object, str)

    def __init__(self, context: PageContext, backup: Backup, parent: QWidget | None) -> None:
        super().__init__("Restore a backup", parent, name="restoreDialog", width=560)
        self._backup = backup
        when = when_words(context, backup.made)
        now = backups.now_counts(context.journal)
        self.body.addWidget(Label("Restore this backup?", "section", wrap=True))
        self.body.addWidget(
            Prose(f"The journal will be as it was {when}: {backups.counts_words(backup.counts)}.", kind="body")
        )
        newer = backups.newer_words(now, backup.counts)
        held = f"It holds {backups.counts_words(now)} now"
        self.body.addWidget(Prose(f"{held}; {newer}." if newer else f"{held}.", kind="body"))
        self.body.addWidget(
            Prose(
                "What it holds now is backed up first, and that backup stays. To take the restoring back, restore the backup "
                "made just before it. The journal closes and opens again.",
                kind="body",
            )
        )
        self.secret: LineField | None = None
        if not restoring.opens(backup, context.journal.key):
            self.secret = LineField("Passphrase or recovery code of that time", name="restoreSecret")
            self.secret.setEchoMode(QLineEdit.EchoMode.Password)
            self.body.addWidget(Field("Passphrase or recovery code of that time", self.secret, note=OTHER_KEY))
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.stay = self.add_answer("Cancel", default=True, name="restore_stay")
        self.go = self.add_answer("Restore", name="restore_go")
        self.stay.clicked.connect(self.reject)
        self.go.clicked.connect(self._on_go)
        self.fit()

    def _on_go(self) -> None:
        self.accept()
        self.restore_requested.emit(self._backup, self.secret.text() if self.secret is not None else "")
