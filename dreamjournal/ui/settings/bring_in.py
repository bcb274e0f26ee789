"""Bring in a whole journal: what was taken out of one, as a new journal beside this one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import PassphraseField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, announce
from dreamjournal.ui.widgets.text import Label, Prose

WHAT = (
    "A file that \u201cTake everything with me\u201d made becomes a new journal beside this one. This journal stays as it is, "
    "and every row and kept file is checked before the new one gets its name."
)
ABOUT_IT = (
    "Nobody can open the new journal without its passphrase. Left empty, it is not encrypted: anybody who can read the file can "
    "read it."
)


class PassphraseDialog(Dialog):
    """Asks for the new journal's passphrase, twice, or none; `accepted` when both agree."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Bring in a whole journal", parent, name="bringIn", width=520)
        self.body.addWidget(Label("A passphrase for the new journal", "section", wrap=True))
        self.body.addWidget(Prose(ABOUT_IT, kind="body"))
        self.first = PassphraseField("Passphrase", placeholder="Four or five ordinary words", name="bringInFirst")
        self.second = PassphraseField("Passphrase once more", placeholder="Once more", name="bringInSecond")
        self.error = InlineError()
        for widget in (self.first, self.second, self.error):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.stay = self.add_answer("Cancel", name="bringIn_stay")
        self.go = self.add_answer("Choose where…", primary=True, default=True, name="bringIn_go")
        self.stay.clicked.connect(self.reject)
        self.go.clicked.connect(self._on_go)
        self.first.setFocus()
        self.fit()

    def _on_go(self) -> None:
        if self.first.text() != self.second.text():
            self.error.set_sentence("The two are not the same. Type the second once more.")
            self.second.setFocus()
            self.second.selectAll()
            return
        self.accept()


class BringInPart(QWidget):
    """One button; it asks which file, for a passphrase, and where to. `made` gives the path of the new journal."""

    made = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._task: Task | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addWidget(Label(WHAT, "caption", "muted", wrap=True))
        row = QWidget()
        line = FlowLayout(row, 16, 6)
        self.button = Button("Bring in a whole journal…", name="bringInAll")
        self.button.clicked.connect(self.choose_file)
        self.stop = Button("Stop", "link", name="bringInStop")
        self.stop.setAccessibleName("Stop bringing the journal in")
        self.stop.clicked.connect(self._on_stop)
        line.addWidget(self.button)
        line.addWidget(self.stop)
        box.addWidget(row)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How much of the journal is brought in")
        box.addWidget(self.bar)
        self.note = Label("", "caption", "muted", wrap=True)
        self.error = InlineError()
        box.addWidget(self.note)
        box.addWidget(self.error)
        self._show_busy(False)

    def choose_file(self) -> None:
        """Ask which file an export made."""
        dialog = QFileDialog(self, "Bring in a whole journal", "", "Whole journal (*.zip)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.ask(Path(chosen)))
        dialog.open()

    def ask(self, source: Path) -> PassphraseDialog:
        """Ask for the new journal's passphrase, then where it goes."""
        dialog = PassphraseDialog(self.window())
        dialog.accepted.connect(lambda: self._choose_place(source, dialog.first.text()))
        dialog.open()
        return dialog

    def _choose_place(self, source: Path, passphrase: str) -> None:
        dialog = QFileDialog(
            self, "The new journal", str(self._context.journal.path.with_name("journal-2.db")), "Journal (*.db)"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is ever written over: that is said instead
        dialog.setDefaultSuffix("db")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.bring_in(source, Path(chosen), passphrase or None))
        dialog.open()

    def bring_in(self, source: Path, path: Path, passphrase: str | None) -> None:
        """Make the journal in the worker: whole or not at all, and never in place of another."""
        context = self._context
        if self._task is not None:
            return

        def work(progress: Progress) -> object:
            from dreamjournal.services import whole_journal_read

            return whole_journal_read.restore(
                source, path, passphrase=passphrase, clock=context.clock, progress=progress
            )

        self.error.set_sentence("")
        self.note.setText("")
        self._show_busy(True)
        self._task = context.tasks.start(
            work,
            on_done=lambda found: self._on_done(path, found.words, encrypted=found.encrypted),
            on_failed=self._on_failed,
            on_progress=self._on_progress,
            on_cancelled=lambda: self._end("Stopped; no journal was made."),
        )

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if isValid(self):
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.note.setText(f"{text}…")

    def _on_done(self, path: Path, words: str, *, encrypted: bool) -> None:
        if not isValid(self):  # Settings was closed meanwhile; the journal was made all the same
            return
        how = "" if encrypted else " It is not encrypted."
        self._end(f"A new journal was made, {path.name}: {words}.{how} \u201cOpen another journal\u201d opens it.")
        self.made.emit(path)

    def _on_failed(self, error: Exception) -> None:
        if not isValid(self):
            return
        self._end("")
        if not isinstance(error, KnownError):
            raise error
        self.error.set_sentence(error.sentence)

    def _on_stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self, words: str) -> None:
        self._task = None
        if not isValid(self):
            return
        self._show_busy(False)
        self.note.setText(words)
        if words:
            self.note.setAccessibleName(words)
            announce(self.note)

    def _show_busy(self, busy: bool) -> None:
        if busy:
            self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        self.button.setEnabled(not busy)
