"""The page while a journal is closed for a moment: what is being done, and that it is safe."""

from __future__ import annotations

from dreamjournal.ui.onboarding.cover import Cover
from dreamjournal.ui.widgets.text import Label, Prose

SAFE = "The journal stays as it is until the new file has been read through. It opens again by itself."


class BusyPage(Cover):
    """Words and nothing to press."""

    def __init__(self, words: str) -> None:
        super().__init__("busyPage", words, widest=560)
        self.column.addWidget(Label(words, "verdict", wrap=True))
        self.column.addWidget(Prose(SAFE, kind="body"))
        self.column.addStretch(1)
