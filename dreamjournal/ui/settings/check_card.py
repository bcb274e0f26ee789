"""Look the journal over: is every page, reference, value and key file as it should be?"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Task
from dreamjournal.services import checking
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, announce
from dreamjournal.ui.widgets.text import Label, Prose, set_shown

WHAT = (
    "Reads every page of the journal, follows every reference, compares the search index with the dreams, and looks at the key "
    "file and what lies beside the journal. Nothing is changed."
)
ORDER = (checking.State.DAMAGED, checking.State.MENDABLE, checking.State.NOTE)
WINDOW_WAYS = {
    checking.RESTORE: "Restore a backup, above, or save what can be read, below.",
    checking.MEND: "It can be put right without losing anything.",
    checking.BACK_UP: "Back up now, above.",
}


class CheckCard(QWidget):
    """One button; what is not well is listed with what to do, what is well is counted."""

    save_requested = Signal()
    """What can be read of a damaged journal is to be saved."""

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
        self.button = Button("Check journal", name="checkJournal")
        self.button.clicked.connect(self.check)
        self.mend = Button("Put it right", name="mendJournal")
        self.mend.clicked.connect(self.put_right)
        self.stop = Button("Stop", "link", name="checkStop")
        self.stop.setAccessibleName("Stop checking the journal")
        self.stop.clicked.connect(self._on_stop)
        for button in (self.button, self.mend, self.stop):
            line.addWidget(button)
        box.addWidget(row)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How much of the journal is checked")
        box.addWidget(self.bar)
        self.note = Label("", "body", wrap=True)
        box.addWidget(self.note)
        self.found = Prose("", kind="caption")
        box.addWidget(self.found)
        self.save = Button("Save what can be read…", name="saveFromDamaged")
        self.save.clicked.connect(self.save_requested)
        box.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        self.error = InlineError()
        box.addWidget(self.error)
        self._show_found(None)
        self._show_busy(False)

    def check(self) -> None:
        """Look the journal over in the worker."""
        path, key = self._context.journal.path, self._context.journal.key
        self._start(lambda progress: ((), checking.check(path, key, progress)))

    def put_right(self) -> None:
        """Put right what loses nothing, and look again."""
        path, key, clock = self._context.journal.path, self._context.journal.key, self._context.clock

        def work(progress: Progress) -> tuple[tuple[str, ...], checking.Checked]:
            done = checking.mend(path, key, clock, progress)
            return done, checking.check(path, key, progress)

        self._start(work)

    def _start(self, work: Callable[[Progress], tuple[tuple[str, ...], checking.Checked]]) -> None:
        if self._task is not None:
            return
        self.error.set_sentence("")
        self.note.setText("")
        self._show_busy(True)
        self._show_found(None)
        self._task = self._context.tasks.start(
            work, on_done=self._on_done, on_failed=self._on_failed, on_progress=self._on_progress,
            on_cancelled=lambda: self._end("Stopped."),
        )  # fmt: skip

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if isValid(self):
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.note.setText(f"{text}…" if text else "")

    def _on_done(self, found: tuple[tuple[str, ...], checking.Checked]) -> None:
        done, checked = found
        if not isValid(self):  # Settings was closed meanwhile
            return
        well = sum(f.state == checking.State.WELL for f in checked.findings)
        self._end(
            " ".join(
                [*done, checked.headline, f"{well} of {len(checked.findings)} things looked at are as they should be."]
            )
        )
        self._show_found(checked)

    def _show_found(self, checked: checking.Checked | None) -> None:
        findings = checked.findings if checked is not None else ()
        lines = [
            f"{f.what} {WINDOW_WAYS.get(f.what_now, f.what_now)}".rstrip()
            for state in ORDER
            for f in findings
            if f.state == state
        ]
        self.found.set_parts("\n".join(lines))
        set_shown(self.found, bool(lines))
        set_shown(self.mend, checked is not None and checked.mendable)
        set_shown(self.save, any(f.what_now == checking.RESTORE for f in findings))

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
        focused = self.window().focusWidget() in (self.button, self.mend, self.stop)
        if busy:
            self.bar.setRange(0, 0)
        set_shown(self.bar, busy)
        set_shown(self.note, True)
        coming, going = (self.stop, self.button) if busy else (self.button, self.stop)
        coming.setEnabled(True)
        set_shown(coming, True)
        if focused:  # before the other is gone: Qt would give it to whatever comes next, a setting
            coming.setFocus()
        going.setEnabled(False)
        set_shown(self.stop, busy)
