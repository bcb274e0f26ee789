"""The bin: what was deleted in the last 30 days, each with a way back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.services import bin as journal_bin
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.rows import RowList
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import short_date, time_words

KIND_WORDS = {
    "dream": "A dream", "exposure": "What enhanced it", "evening": "The evening", "night": "The whole night", "diary": "The diary",
    "intake": "Something taken",
}  # fmt: skip


class BinCard(QWidget):
    """One row for each thing in the bin, the newest first."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.words = Label("", "caption", "muted", wrap=True)
        box.addWidget(self.words)
        self.rows = RowList(name="bin")
        box.addWidget(self.rows)
        self.error = InlineError()
        box.addWidget(self.error)
        self.fill()

    def fill(self) -> None:
        """Read the bin again."""
        context = self._context
        self.rows.clear()
        items = journal_bin.items(context.journal, context.person_id)
        kept = "What you delete stays here for 30 days."
        self.words.setText(kept if items else f"The bin is empty. {kept}")
        self.rows.setVisible(bool(items))
        for item in items:
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(16, 6, 16, 6)
            what = KIND_WORDS.get(item.kind, item.kind.capitalize())
            night = f" of {short_date(item.night_date)}" if item.night_date else ""
            deleted = context.local(item.deleted)
            line.addWidget(Label(f"{what}{night}", "control"), 1)
            when = f"deleted {short_date(deleted.date(), year=False)}, {time_words(deleted, hours=context.hours)}"
            line.addWidget(Label(when, "caption", "muted"))
            back = Button("Take back", "link", name=f"binBack{item.id}")
            back.setAccessibleName(f"Take back: {what}{night}")
            back.clicked.connect(lambda _checked=False, i=item.id: self._take_back(i))
            line.addWidget(back, 0, Qt.AlignmentFlag.AlignVCenter)
            self.rows.add(row)

    def _take_back(self, bin_id: int) -> None:
        try:
            changes = journal_bin.restore(self._context.journal, bin_id, self._context.clock)
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self.error.set_sentence("")
        self.fill()
        self._context.publish(changes, self)
