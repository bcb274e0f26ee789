"""The journal is open somewhere else: in another window, which may not answer, or on another computer."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal

from dreamjournal.ui.onboarding.cover import Cover
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import announce
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import long_date, time_words

WHEN_ANYWAY = "Open it anyway only if that computer is off or has lost its connection to this drive."


class ElsewherePage(Cover):
    """What is known of the other window, and the ways on. The file was not touched."""

    again_requested = Signal()
    anyway_requested = Signal()
    quit_requested = Signal()

    def __init__(self, title: str, sentences: tuple[str, ...], *, anyway: bool) -> None:
        super().__init__("elsewherePage", title, widest=620)
        column = self.column
        column.addWidget(Label(title + ".", "verdict", wrap=True))
        self.words = [Prose(sentence, kind="body") for sentence in sentences]
        for part in self.words:
            column.addWidget(part)
        column.addSpacing(12)
        row = FlowLayout(None, 12, 8)
        self.again = Button("Try again", "primary", name="tryAgain")
        self.other = Button("Open another journal…", name="openJournal")
        self.anyway = Button("Open anyway", name="openAnyway")
        self.leave_button = Button("Quit", name="quit")
        self.anyway.setVisible(False)
        for button in (self.again, self.other, *((self.anyway,) if anyway else ()), self.leave_button):
            row.addWidget(button)
        self.anyway.setVisible(anyway)
        column.addLayout(row)
        column.addStretch(1)
        self.again.clicked.connect(self.again_requested)
        self.other.clicked.connect(self.open_requested)
        self.anyway.clicked.connect(self.anyway_requested)
        self.leave_button.clicked.connect(self.quit_requested)
        self.setFocusProxy(self.again)
        announce(self)


def other_window(pid: int, *, answers: bool) -> ElsewherePage:
    """Another window on this computer has it."""
    process = f" (process {pid})" if pid else ""
    if answers:
        said = (
            f"The window that has it open was asked to come to the front{process}.",
            "Write there, or close it and try again.",
        )
    else:
        said = (
            f"The window that has it open does not answer{process}.",
            "It may be busy or stopped. As soon as it is gone the journal opens here; nothing of what it saved is lost.",
        )
    return ElsewherePage("The journal is open in another window", said, anyway=False)


def other_computer(host: str, since: datetime | None, hours: int = 24) -> ElsewherePage:
    """A window on another computer has it, or had it when it was last seen. `since` is in the person's own time."""
    when = f", since {long_date(since.date())}, {time_words(since, hours=hours)}" if since else ""
    return ElsewherePage(
        "This journal is open on another computer",
        (
            f"It was opened on {host}{when}, and was not closed there.",
            f"Two computers that write at once can damage it. Close it there first. {WHEN_ANYWAY}",
        ),
        anyway=True,
    )
