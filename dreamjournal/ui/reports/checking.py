"""Which report a page on paper is: its fingerprint typed in, and what has changed since it was made."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.notices import announce
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words, plain_date, time_words

if TYPE_CHECKING:
    from dreamjournal.services.fingerprints import Checked


class FingerprintCheck(QWidget):
    """A field, a button, and what is known of the fingerprint in it."""

    checked = Signal(object)
    """What was found, a `services.fingerprints.Checked`."""
    night_opened = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self.found: Checked | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.text = LineField("Fingerprint on a page", placeholder="from its foot", name="fingerprint")
        self.text.setMaxLength(40)
        self.text.returnPressed.connect(self.check)
        self.button = Button("Check", "plain", name="checkFingerprint")
        self.button.setToolTip("Say which report this page is, and what has changed since")
        self.button.clicked.connect(self.check)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.field = Field("Fingerprint on a page", self.text)
        row.addWidget(self.field, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(row)
        self.said = Label("", "caption", wrap=True)
        self.said.hide()
        self.list_link = Button("Show these nights", "link", name="fingerprintNights")
        self.list_link.clicked.connect(self.show_nights)
        self.list_link.hide()
        column.addWidget(self.said)
        column.addWidget(self.list_link, 0, Qt.AlignmentFlag.AlignLeft)

    def check(self) -> None:
        """Look the fingerprint up and make its report again, in the worker."""
        context, text = self._context, self.text.text()
        self.field.set_error("")
        self.list_link.hide()
        self.said.setText("Making the report again…")
        self.said.show()

        def work(progress: Progress) -> Checked:
            from dreamjournal.services import fingerprints, journals

            own = journals.reopen(context.journal)
            try:
                progress.step(0, 0)
                return fingerprints.check(own, context.person_id, text, context.clock)
            finally:
                own.close()

        self._latest.start(work, self._on_found, self._on_failed)

    def _on_found(self, found: Checked) -> None:
        self.found = found
        self.said.setText(self.words(found))
        announce(self.said)
        self.list_link.setVisible(bool(found.changes))
        self.checked.emit(found)

    def _on_failed(self, error: Exception) -> None:
        self.said.hide()
        self.field.error.show_failure(error)

    def words(self, found: Checked) -> str:
        """What is known, in a few sentences."""
        if not found.known:
            return found.words
        lines = [found.title + (f" ({found.kind})." if found.kind else ".")]
        if found.first is not None and found.last is not None:
            lines.append(
                f"{count_words(found.nights, 'night')}, {plain_date(found.first)} to {plain_date(found.last)}."
            )
        for at, how in found.made[-3:]:
            local = self._context.local(at)
            done = "Printed" if how == "printed" else f"Saved as {how.lstrip('.').upper()}"
            lines.append(f"{done} on {plain_date(local.date())}, {time_words(local, hours=self._context.hours)}.")
        return "\n".join([*lines, found.words])

    def show_nights(self) -> NightsDialog | None:
        """The nights that are not as they were, each with what became of it."""
        if self.found is None or not self.found.changes:
            return None
        words = {
            "added": "added", "changed": "changed", "left out": "left out now", "counted": "counts now", "gone": "no longer part of it",
        }  # fmt: skip
        nights: list[tuple[date, str]] = sorted((d, words[c.kind]) for c in self.found.changes for d in c.nights)
        dialog = NightsDialog(
            self, "What has changed since", nights, "Since then", self.night_opened.emit, self._context
        )
        dialog.open()
        return dialog
