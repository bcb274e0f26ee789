"""Take everything with me: the whole journal as one file that any program can read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.settings.bring_in import BringInPart
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import AskDialog
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, announce
from dreamjournal.ui.widgets.text import Label

WHAT = (
    "Every dream, evening, morning, recording and setting as one zip: readable pages, the data with its description, and "
    "the files you imported. It can be taken into a new journal again, and read without this app."
)
CAUTION = (
    "The file is not encrypted, whether or not this journal has a passphrase: anybody who can open it can read all of it. "
    "Keep it where only you can read it, or delete it when it has served."
)
SEALED = "A study is still sealed. What its nights are is in the file too; the pages in it keep it hidden."


class ExportCard(QWidget):
    """One button; it asks once, then where to, and tells how far it is. `written` gives the path of a finished file."""

    written = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._task: Task | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(Label(WHAT, "caption", "muted", wrap=True))
        row = QWidget()
        line = FlowLayout(row, 16, 6)
        self.button = Button("Take everything with me…", name="exportAll")
        self.button.clicked.connect(self.ask)
        self.stop = Button("Stop", "link", name="exportStop")
        self.stop.setAccessibleName("Stop taking everything out")
        self.stop.clicked.connect(self._on_stop)
        line.addWidget(self.button)
        line.addWidget(self.stop)
        box.addWidget(row)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How much of the journal is written")
        box.addWidget(self.bar)
        self.note = Label("", "caption", "muted", wrap=True)
        self.error = InlineError()
        box.addWidget(self.note)
        box.addWidget(self.error)
        self.bring_in = BringInPart(context)
        box.addWidget(self.bring_in)
        self._show_busy(False)

    def ask(self) -> AskDialog:
        """Say that the file is open to all who have it, before asking where it goes."""
        words = f"{CAUTION}\n\n{SEALED}" if self._is_sealed() else CAUTION
        dialog = AskDialog(self.window(), "Take everything with you?", words, "Choose where…", name="exportAsk")
        dialog.accepted.connect(self._choose)
        dialog.open()
        return dialog

    def _is_sealed(self) -> bool:
        from dreamjournal.services import nights, persons

        journal = self._context.journal
        people = [p.id for p in persons.all_persons(journal)]
        return any(nights.sealed_nights(journal, person, self._context.clock) for person in people)

    def _choose(self) -> None:
        from dreamjournal.services import whole_journal

        name = whole_journal.file_name(self._context.clock)
        dialog = QFileDialog(self, "Take everything with me", name, "Whole journal (*.zip)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.write_to(Path(chosen)))
        dialog.open()

    def write_to(self, path: Path) -> None:
        """Write the zip in the worker; what went wrong is said here, and a file that was there stays."""
        context = self._context
        if self._task is not None:
            return

        def work(progress: Progress) -> object:
            from dreamjournal.services import journals, whole_journal

            own = journals.reopen(context.journal)
            try:
                return whole_journal.export(own, path, context.clock, progress)
            finally:
                own.close()

        self.error.set_sentence("")
        self.note.setText("")
        self._show_busy(True)
        self._task = context.tasks.start(
            work,
            on_done=lambda told: self._on_done(path, told.words),
            on_failed=self._on_failed,
            on_progress=self._on_progress,
            on_cancelled=lambda: self._end("Stopped; no file was made."),
        )

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if not isValid(self):
            return
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.note.setText(f"{text}…")

    def _on_done(self, path: Path, words: str) -> None:
        if not isValid(self):  # Settings was closed meanwhile; the file was made all the same
            return
        self._end(f"Written {self._context.now_words()}, {path.name}: {words}. It is not encrypted.")
        self.written.emit(path)

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
