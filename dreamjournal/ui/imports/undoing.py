"""Undoing imports: the worker makes the backup and puts the nights back, while a line says so and Cancel leaves all as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.progress_part import ProgressPart
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import show_error


class UndoPart(ProgressPart):
    """Shown while it is at work. What it does ends also where its dialog is closed meanwhile, and all or nothing is undone."""

    def __init__(
        self, context: PageContext, others: Callable[[], Sequence[QWidget]], parent: QWidget | None = None
    ) -> None:
        """`others` are the widgets that rest while it is at work."""
        super().__init__("A backup is made, then every night is put back", lambda *_: "", parent)
        self._context, self._others = context, others
        self._task: Task | None = None
        self._resting: list[QWidget] = []
        self.setObjectName("undoPart")
        self.far.hide()
        self.stop = Button("Cancel", name="undoCancel")
        self.stop.setAccessibleName("Cancel undoing")
        self.stop.clicked.connect(self.cancel)
        box = self.layout()
        assert box is not None
        box.addWidget(self.stop)
        box.setAlignment(self.stop, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether it is at work."""
        return self._task is not None

    def cancel(self) -> None:
        """Leave everything as it is."""
        if self._task is not None:
            self._task.cancel()
            self.stop.setEnabled(False)

    def start(self, ids: Sequence[int], done: Callable[[], None]) -> None:
        """Undo the imports of these ids; `done` is called where the dialog is still there."""
        context, numbers = self._context, tuple(reversed(ids))
        if self.busy:
            return

        def work(progress: Progress) -> Changes:
            from dreamjournal.services import imports, journals

            own = journals.reopen(context.journal)
            try:
                return imports.undo_all(own, numbers, context.clock, progress)
            finally:
                own.close()

        def finished(changes: Changes) -> None:
            if self._rest_is_over():
                done()
            context.publish(changes, self)

        def failed(error: Exception) -> None:
            here = self._rest_is_over()
            if not isinstance(error, KnownError):
                raise error
            if here:
                show_error(self.window(), error.what, error.why, error.what_now)

        self._resting = [w for w in self._others() if w.isEnabled()]
        for widget in self._resting:
            widget.setEnabled(False)
        self.stop.setEnabled(True)
        self.show()
        self.stop.setFocus()
        self._task = context.tasks.start(
            work, on_done=finished, on_failed=failed, on_progress=self._on_progress, on_cancelled=self._on_cancelled
        )

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        if isValid(self):
            self.tell(done, total, "")

    def _on_cancelled(self) -> None:
        self._rest_is_over()

    def _rest_is_over(self) -> bool:
        if not isValid(self):
            return False
        self._task = None
        self.hide()
        for widget in self._resting:
            if isValid(widget):
                widget.setEnabled(True)
        return True
