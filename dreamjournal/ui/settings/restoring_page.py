"""What the window shows while a backup takes the place of the journal."""

from __future__ import annotations

from dreamjournal.ui.onboarding.cover import Cover
from dreamjournal.ui.widgets.text import Label, Prose


class RestoringPage(Cover):
    """Nothing to do here but wait; ending the app now leaves the journal as it was, or restored."""

    def __init__(self) -> None:
        super().__init__("restoringPage", "Restoring a backup", widest=560)
        self.column.addWidget(Label("Restoring the backup…", "verdict", wrap=True))
        self.column.addWidget(
            Prose(
                "What the journal holds now is backed up first. It opens again by itself when this is done.",
                kind="body",
            )
        )
        self.column.addStretch(1)
