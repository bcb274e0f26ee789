"""What a long reading or writing shows: what it is at, how far, and about how long it still takes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from dreamjournal.common.clock import monotonic
from dreamjournal.ui.imports.time_left import bytes_words
from dreamjournal.ui.widgets.text import Label

STEPS = 1000
"""The bar counts thousandths: bytes of a large file exceed Qt's integers."""


class ProgressPart(QWidget):
    """Words, a bar, and the words of `time_left`. `tell` takes what a task's progress gives."""

    def __init__(
        self, words: str, say: Callable[[int, int, float], str] = bytes_words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._say, self._since = say, monotonic()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        self.what = Label(words, "body", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.far = Label("", "caption", "muted", wrap=True)
        for widget in (self.what, self.bar, self.far):
            box.addWidget(widget)

    def tell(self, done: int, total: int, text: str) -> None:
        """Show how far it is; a total of 0 is not known."""
        self.bar.setRange(0, STEPS if total > 0 else 0)
        if total > 0:
            self.bar.setValue(min(STEPS, STEPS * done // total))
        if text:
            self.what.setText(text)
        words = self._say(done, total, monotonic() - self._since)
        self.far.setText(words)
        self.bar.setAccessibleDescription(words)
