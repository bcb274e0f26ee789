"""Reading kept files again: what today's readers would change, night by night, before anything does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTableView, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.progress_part import ProgressPart
from dreamjournal.ui.imports.time_left import bytes_words, rows_words
from dreamjournal.ui.imports.undoing import UndoPart
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog, empty_layout
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.tables import Cell, make_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words, plain_date, source_word

if TYPE_CHECKING:
    # services.reread pulls in the database layer: only its names are needed here.
    from dreamjournal.services.reread import NightChange, Reread

MOST_ROWS_SHOWN = 5000
MOST_UNREAD_SHOWN = 12


class RereadDialog(Dialog):
    """Reads at once; Apply writes, and Undo takes that back. Esc cancels what runs."""

    stage_changed = Signal(str)
    """"reading", "changes", "writing", "applied", "undone" or "failed": what is shown now."""

    def __init__(self, context: PageContext, parent: QWidget | None) -> None:
        super().__init__("Read kept files again", parent, name="rereadDialog", width=880)
        self._context = context
        self._task: Task | None = None
        self._found: Reread | None = None
        self.stage = ""
        self.ids: list[int] = []
        self.table: QTableView | None = None
        self.resize(self.width(), 620)
        self._read()

    # ---- stages

    def _begin(self, stage: str, headline: str, text: str = "") -> None:
        empty_layout(self.body)
        empty_layout(self.foot)
        self.table = None
        self.stage = stage
        self.body.addWidget(Label(headline, "verdict", wrap=True))
        if text:
            self.body.addWidget(Label(text, "body", "muted", wrap=True))

    def _close_only(self) -> None:
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Close", primary=True, default=True, name="rereadClose").clicked.connect(self.accept)
        self.stage_changed.emit(self.stage)

    def _show_progress(self, stage: str, headline: str, words: str, say: Callable[[int, int, float], str]) -> None:
        self._begin(stage, headline)
        self.progress = ProgressPart(words, say)
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", default=True, name="rereadCancel").clicked.connect(self.reject)
        self.stage_changed.emit(self.stage)

    def _start(self, work: Callable[[Progress], object], on_done: Callable[[object], None]) -> None:
        self._task = self._context.tasks.start(
            work,
            on_done=on_done,
            on_failed=self._on_failed,
            on_progress=self._on_progress,
            on_cancelled=self._on_cancelled,
        )

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if self.stage in ("reading", "writing"):
            self.progress.tell(done, total, text if self.stage == "reading" else "")

    def _read(self) -> None:
        context = self._context

        def work(progress: Progress) -> object:
            from dreamjournal.services import journals, reread

            own = journals.reopen(context.journal)
            try:
                return reread.preview(own, context.person_id, context.clock, progress)
            finally:
                own.close()

        self._show_progress("reading", "Reading kept files again", "Looking for kept files", bytes_words)
        self._start(work, self._on_read)

    def _on_read(self, found: object) -> None:
        from dreamjournal.services import reread

        if self._task is None:
            return
        assert isinstance(found, reread.Reread)
        self._task, self._found = None, found
        files = count_words(found.read, "file")
        if not found.changes:
            text = (
                f"{files} read again: every night would be as it is."
                if found.read
                else "No kept file could be read again."
            )
            self._begin("changes", "Nothing would change.", text)
            self._add_unread(found)
            self._close_only()
            return
        nights = len({c.night_date for c in found.changes})
        text = f"{files} read again; {count_words(nights, 'night')} would change."
        self._begin("changes", "Nothing is changed yet.", text)
        self._add_changes(found)
        self._add_unread(found)
        self.foot.addWidget(Label("Times you corrected stay as you corrected them.", "caption", "muted", wrap=True), 4)
        self.foot.addStretch(1)
        self.add_answer("Close", default=True, name="rereadClose").clicked.connect(self.reject)
        self.add_answer("Apply", primary=True, name="rereadApply").clicked.connect(self._apply)
        self.stage_changed.emit(self.stage)

    def _add_changes(self, found: Reread) -> None:
        rows = [row for change in found.changes for row in change_rows(change)]
        self.table = make_table(
            "What would change, night by night",
            ("Night", "Source", "What", "Now", "Then"),
            rows[:MOST_ROWS_SHOWN],
            stretch=4,
            name="rereadTable",
        )
        self.table.horizontalHeader().setMinimumSectionSize(theme_of(self).scaled(72))
        self.table.setMinimumHeight(240)
        self.body.addWidget(self.table, 1)
        if len(rows) > MOST_ROWS_SHOWN:
            first = f"The first {MOST_ROWS_SHOWN:,} of {len(rows):,} changes."
            self.body.addWidget(Label(first, "caption", "muted", wrap=True))
        self.table.selectRow(0)

    def _add_unread(self, found: Reread) -> None:
        for name, why in found.unread[:MOST_UNREAD_SHOWN]:
            self.body.addWidget(Notice(f"{name}: {why.rstrip('.')}.", name="rereadUnread"))
        more = len(found.unread) - MOST_UNREAD_SHOWN
        if more > 0:
            self.body.addWidget(Label(f"And {count_words(more, 'more file')}.", "caption", "muted"))

    def _apply(self) -> None:
        context, found = self._context, self._found
        assert found is not None

        def work(progress: Progress) -> object:
            from dreamjournal.services import journals, reread

            own = journals.reopen(context.journal)
            try:
                return reread.apply(own, found, context.clock, progress)
            finally:
                own.close()

        self._show_progress("writing", "Changing your nights", "Writing to your journal", rows_words)
        self._start(work, self._on_applied)

    def _on_applied(self, result: object) -> None:
        assert isinstance(result, tuple) and self._found is not None
        ids, changes = result
        self._task, self.ids = None, list(ids)
        self._context.publish(changes, self)
        nights = len({c.night_date for c in self._found.changes})
        self._begin(
            "applied",
            f"{count_words(nights, 'night')} changed.",
            "The files were read again; their receipts are in the history.",
        )
        self._add_changes(self._found)
        undo = Button("Undo", icon_name="undo-2", name="rereadUndo")
        self.undoing = UndoPart(self._context, lambda: (undo,))
        self.body.addWidget(self.undoing)
        undo.clicked.connect(self._undo)
        self.foot.addWidget(undo)
        self.add_note("Undo puts every night back as it was.", undo)
        self.foot.addStretch(1)
        self.add_answer("Done", primary=True, default=True, name="rereadDone").clicked.connect(self.accept)
        self.stage_changed.emit(self.stage)

    def _undo(self) -> None:
        self.undoing.start(self.ids, self._on_undone)

    def _on_undone(self) -> None:
        self._begin("undone", "Undone.", "Every night is as it was before the files were read again.")
        self._close_only()

    # ---- ends

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, KnownError):
            self.reject()
            raise error
        self._begin("failed", "Nothing was changed.", error.sentence)
        self._close_only()

    def _on_cancelled(self) -> None:
        self._task = None

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()

    def keyPressEvent(self, event) -> None:  # noqa: ANN001 - QKeyEvent
        # Enter on the table of changes must not press the default button unseen.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table is not None and self.table.hasFocus():
            return
        super().keyPressEvent(event)


def change_rows(change: NightChange) -> list[tuple[Cell, ...]]:
    """A change as rows of (night, source, what, as it is, as it would be)."""
    night, source = plain_date(change.night_date), source_word(change.source)
    if change.start is not None and change.what == "new":
        return [(night, source, f"recording of {change.start.local:%H:%M}", "not there", "new")]
    if change.start is not None and change.what == "gone":
        return [(night, source, f"recording of {change.start.local:%H:%M}", "there", "gone")]
    return [
        (night, source, name[:1].upper() + name[1:], *_moments(old, new, change.night_date))
        for name, old, new in change.fields
    ]


def _moments(old: str, new: str, night: date) -> tuple[str, str]:
    """Two wall clocks without the date that the night gives anyway, and without the zone where it stays; else as they are."""
    (a, place), (b, other) = (_clock(text, night) for text in (old, new))
    if a is None or b is None:
        return old, new
    return (a, b) if place == other else (f"{a} {place}", f"{b} {other}")


def _clock(text: str, night: date) -> tuple[str | None, str]:
    try:
        at = datetime.fromisoformat(text[:16]) if text[16:17] == " " else None
    except ValueError:
        at = None
    if at is None:
        return None, ""
    clock = f"{at:%H:%M}"
    near = at.date() in (night, night + timedelta(days=1))
    return clock if near else f"{plain_date(at.date())}, {clock}", text[17:]
