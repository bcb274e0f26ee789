"""What stands in place of numbers that the person does not want to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dreamjournal.services import settings
from dreamjournal.ui.widgets.page import EmptyState

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal


def hides_numbers(journal: Journal, person_id: int) -> bool:
    """Whether the person chose "Hide numbers"."""
    return bool(settings.get(journal, person_id, "hide_numbers"))


class NumbersHidden(EmptyState):
    """Says that the numbers are hidden, and where that was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Numbers are hidden.",
            "“Hide numbers” in Settings, under Nights, is on: words and dreams only.",
            parent=parent,
        )
