"""Shown for a bug: what is safe, and a report the person may copy; nothing is sent anywhere."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListWidget, QWidget

from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.tables import style_list
from dreamjournal.ui.widgets.text import Label, Prose

SAFE = (
    "What was saved is safe, and words being typed are kept as drafts. "
    "You can go on; if it happens again, close and open the app."
)
ABOUT_REPORT = "The report below holds no word of your journal. It stays here unless you copy it."


class CrashDialog(Dialog):
    """A bug in plain words, with the lines of its report."""

    def __init__(self, report: str, parent: QWidget | None) -> None:
        super().__init__("Something went wrong", parent, name="crashDialog", width=640)
        self._report = report
        self.body.addWidget(Label("Something went wrong inside Dreamjournal.", "section", wrap=True))
        self.body.addWidget(Prose(SAFE))
        self.body.addWidget(Label(ABOUT_REPORT, "caption", "muted", wrap=True))
        lines = QListWidget()
        style_list(lines, "Report")
        lines.setObjectName("crashReport")
        lines.addItems(report.splitlines())
        lines.setMinimumHeight(160)
        self.body.addWidget(lines, 1)
        copy = self.add_answer("Copy the report", name="crashCopy")
        copy.clicked.connect(self._on_copy)
        self.foot.addStretch(1)
        self.add_answer("Go on", primary=True, default=True, name="crashGoOn").clicked.connect(self.accept)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
