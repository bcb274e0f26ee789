"""What stands in place of numbers that the person does not want to see."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dreamjournal.ui.widgets.page import EmptyState


class NumbersHidden(EmptyState):
    """Says that the numbers are hidden, and where that was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Numbers are hidden.",
            "“Hide numbers” in Settings, under Nights, is on: words and dreams only.",
            parent=parent,
        )
