"""The backups: when the last good one was made, one more now, the list, and the second place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Task
from dreamjournal.services import backups, second_place
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.settings.backup_words import size_words, when_words
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, announce
from dreamjournal.ui.widgets.rows import RowList
from dreamjournal.ui.widgets.text import Label, set_shown

if TYPE_CHECKING:
    from dreamjournal.services.backups import Backup
    from dreamjournal.ui.settings.restore_dialog import RestoreDialog

WHAT = (
    "A backup is made every half hour while something changes, and before whatever could lose something. Each is opened and "
    "read through before it counts. All of two days are kept, then one a day, a week and a month."
)
NONE = "There is no backup yet. The first is made when there is something in the journal."
SHOWN = 5


class BackupsCard(QWidget):
    """`restore_requested` gives a backup and the passphrase of its time; the one who owns the open journal does it."""

    restore_requested = Signal(object, str)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._task: Task | None = None
        self._all = False
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.last = Label("", "body", wrap=True)
        box.addWidget(self.last)
        box.addWidget(Label(WHAT, "caption", "muted", wrap=True))
        row = QWidget()
        line = FlowLayout(row, 16, 6)
        self.button = Button("Back up now", name="backUpNow")
        self.button.clicked.connect(self.back_up)
        self.stop = Button("Stop", "link", name="backUpStop")
        self.stop.setAccessibleName("Stop backing up")
        self.stop.clicked.connect(self._on_stop)
        line.addWidget(self.button)
        line.addWidget(self.stop)
        box.addWidget(row)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How much of the backup is made")
        box.addWidget(self.bar)
        self.note = Label("", "caption", "muted", wrap=True)
        self.error = InlineError()
        box.addWidget(self.note)
        box.addWidget(self.error)
        self.rows = RowList(name="backups")
        box.addWidget(self.rows)
        self.more = Button("", "link", name="backupsAll")
        self.more.clicked.connect(self._on_more)
        box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.second = Label("", "caption", "muted", wrap=True)
        box.addWidget(self.second)
        self._say("")
        self._show_busy(False)
        self.fill()

    def fill(self) -> None:
        """Read what there is again."""
        context = self._context
        found = backups.listed(context.journal.path) if not context.journal.is_passing else ()
        last = next((b for b in found if b.verified is not None), None)
        if last is None:
            self.last.setText(NONE if not found else "None of the backups here is known to be good.")
        else:
            when = when_words(context, last.made)
            self.last.setText(f"Last verified backup: {when}, {backups.counts_words(last.counts)}.")
        self.rows.clear()
        for backup in found if self._all else found[:SHOWN]:
            self.rows.add(self._row(backup))
        self.rows.setVisible(bool(found))
        self.more.setText(f"Show all {len(found)}")
        self.more.setVisible(len(found) > SHOWN and not self._all)
        place = second_place.state(context.journal, context.clock)
        line = ""
        if place is not None:
            at = place.copied if place.present else place.seen or place.copied
            day = when_words(context, at) if at is not None else "it was chosen"
            line = second_place.line(place, day, context.journal.encrypted)
        self.second.setText(line)
        self.second.setVisible(bool(line))

    def _row(self, backup: Backup) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(16, 6, 16, 6)
        line.setSpacing(12)
        when = when_words(self._context, backup.made)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(f"{when[0].upper()}{when[1:]}, {backups.WHY[backup.reason]}", "control", wrap=True))
        state = "" if backup.verified is not None else " · not good: it cannot be read, or has changed"
        words.addWidget(
            Label(
                f"{backups.counts_words(backup.counts)} · {size_words(backup.bytes)}{state}",
                "caption",
                "muted",
                wrap=True,
            )
        )
        line.addLayout(words, 1)
        back = Button("Restore…", "link", name=f"restore_{backup.id}")
        back.setAccessibleName(f"Restore the backup of {when}")
        back.setEnabled(backup.verified is not None)
        back.clicked.connect(lambda _checked=False, b=backup: self.ask(b))
        line.addWidget(back, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def ask(self, backup: Backup) -> RestoreDialog | None:
        """Say what restoring does, and ask."""
        from dreamjournal.ui.settings.restore_dialog import RestoreDialog

        try:
            dialog = RestoreDialog(self._context, backup, self.window())
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return None
        dialog.restore_requested.connect(self.restore_requested)
        dialog.open()
        return dialog

    def back_up(self) -> None:
        """Make a backup in the worker, and bring it to the second place where that is here."""
        context = self._context
        if self._task is not None:
            return
        journal, clock = context.journal, context.clock
        place = second_place.state(journal, clock)

        def work(progress: Progress) -> object:
            made = backups.make(journal, "asked", clock, progress)
            if place is not None and place.present:
                second_place.bring_to(place, journal, clock, progress)
            return made

        self.error.set_sentence("")
        self._say("")
        self._show_busy(True)
        self._task = context.tasks.start(
            work,
            on_done=lambda _made: self._end(f"Made and read through {context.now_words()}."),
            on_failed=self._on_failed,
            on_progress=self._on_progress,
            on_cancelled=lambda: self._end("Stopped; no backup was made."),
        )

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if not isValid(self):
            return
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._say(f"{text}…")

    def _on_failed(self, error: Exception) -> None:
        self._end("")
        if not isinstance(error, KnownError):
            raise error
        if isValid(self):
            self.error.set_sentence(error.sentence)

    def _on_stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _on_more(self) -> None:
        self._all = True
        self.fill()

    def _end(self, words: str) -> None:
        self._task = None
        if not isValid(self):  # Settings was closed meanwhile; the backup was made all the same
            return
        self._show_busy(False)
        self._say(words)
        self.fill()
        if words:
            self.note.setAccessibleName(words)
            announce(self.note)

    def _say(self, words: str) -> None:
        self.note.setText(words)
        set_shown(self.note, bool(words))

    def _show_busy(self, busy: bool) -> None:
        if busy:
            self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        self.button.setEnabled(not busy)
