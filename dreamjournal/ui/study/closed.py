"""What a sealed study keeps closed, wherever one of its nights is shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from dreamjournal.ui.study.words import closed_until
from dreamjournal.ui.widgets.icon import IconLabel
from dreamjournal.ui.widgets.text import Prose

if TYPE_CHECKING:
    from dreamjournal.ui.context import PageContext

WHY = "What the night was and what devices measured stay closed, so that you do not know which night is which."


def closed_words(context: PageContext, night: date) -> str:
    """ "Closed until your study ends on 3 August." for a night that a study keeps sealed now; empty for any other."""
    journal, person_id = context.journal, context.person_id
    if not journal.studies.all(person_id):
        return ""  # without a study the service and its statistics need not be loaded
    from dreamjournal.services import studies

    planned = studies.tonight(journal, person_id, night, context.clock)
    if planned is None or not studies.is_sealed(journal, planned.study, context.clock):
        return ""
    return closed_until(planned.study)


class ClosedCard(QFrame):
    """Stands where device numbers would; there is no way to open it here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("closedByStudy")
        self.setProperty("kind", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 18, 20, 18)
        row.setSpacing(10)
        row.addWidget(IconLabel("eye-off", "muted"), 0, Qt.AlignmentFlag.AlignTop)
        self.words = Prose(kind="caption", tone="muted")
        row.addWidget(self.words, 1)
        self.hide()

    def set_words(self, words: str) -> None:
        """Until when it is closed."""
        self.words.set_parts((words, "strong"), f" {WHY}")
        self.setAccessibleName(f"{words} {WHY}")
