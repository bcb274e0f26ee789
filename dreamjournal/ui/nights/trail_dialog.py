"""Where a night's numbers came from: each row with its values, its import, and the line of the kept original."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.notices import InlineError, Notice
from dreamjournal.ui.widgets.tables import RowsModel, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import NONE, night_words, short_date, source_word

if TYPE_CHECKING:
    from dreamjournal.services.trail import Trail, TrailRow

MOST_ROWS = 7


class OriginalLine(QScrollArea):
    """The text of an original as it stands in its file, in letters of one width; the keyboard can choose and copy it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("originalLine")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text = Label("", "caption")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        self.text.setStyleSheet(f'font-family: "{family}", monospace;')
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setWidget(self.text)
        self.text.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show_line(self, header: str | None, line: str) -> None:
        """Show a line, below the header of its table."""
        self.text.setText(f"{header}\n{line}" if header else line)
        self.text.setAccessibleName("The original line")
        height = self.text.sizeHint().height() + self.horizontalScrollBar().sizeHint().height() + 4
        self.setFixedHeight(min(height, theme_of(self).scaled(220)))


class TrailDialog(Dialog):
    """The rows of a night; choosing one shows its values and its original line."""

    filled = Signal(int)
    """How many rows are shown."""

    def __init__(self, context: PageContext, parent: QWidget | None, night: date) -> None:
        super().__init__("Where from", parent, name="trailDialog", width=820)
        self._context, self._night = context, night
        self._latest = Latest(context.tasks)
        self._rows: tuple[TrailRow, ...] = ()
        self.body.addWidget(Label(f"What {night_words(night)} is made of", "section", wrap=True))
        self.state = Label("Reading the kept files…", "caption", "muted", wrap=True)
        self.closed = Notice("", name="trailClosed")
        self.closed.hide()
        self.error = InlineError()
        self.table = make_table("Rows of this night", ("Source", "What", "Place", "From"), stretch=3, name="trailRows")
        fit_rows(self.table, MOST_ROWS)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.values = Label("", "body", wrap=True)
        self.notes = Label("", "caption", "muted", wrap=True)
        self.line_head = Label("Original line", "label", strong=True)
        self.line = OriginalLine()
        self.why = Label("", "body", wrap=True)
        for widget in (
            self.state,
            self.closed,
            self.error,
            self.table,
            self.values,
            self.notes,
            self.line_head,
            self.line,
            self.why,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.copy = Button("Copy the line", "plain", name="copyLine")
        self.copy.clicked.connect(self._on_copy)
        self.foot.addWidget(self.copy)
        self.foot.addStretch(1)
        self.add_answer("Close", primary=True, name="trailClose").clicked.connect(self.reject)
        self._show_row(None)
        self._start()

    def _start(self) -> None:
        context, night = self._context, self._night

        def work(progress: Progress) -> Trail:
            from dreamjournal.services import journals, trail

            own = journals.reopen(context.journal)
            try:
                progress.step(0, 0)
                return trail.of_night(own, context.person_id, night, context.clock)
            finally:
                own.close()

        self._latest.start(work, self._on_found, self._on_failed)

    def done(self, result: int) -> None:
        self._latest.cancel()
        super().done(result)

    def _on_found(self, found: Trail) -> None:
        self._rows = found.rows
        self.closed.set_text(found.closed)
        self.closed.setVisible(bool(found.closed))
        words = "" if self._rows else "Nothing that may be shown is known of this night."
        self.state.setText(words)
        self.state.setVisible(bool(words))
        self.table.setVisible(bool(self._rows))
        model = self.table.model()
        assert isinstance(model, RowsModel)
        model.set_rows([(_source(r), r.what, _place(r), self._origin(r)) for r in self._rows])
        if self._rows:
            first = next((i for i, r in enumerate(self._rows) if r.line is not None), 0)
            self.table.selectRow(first)
            self.table.setFocus()
        self.fit()
        self.filled.emit(len(self._rows))

    def _on_failed(self, error: Exception) -> None:
        self.state.hide()
        self.error.show_failure(error)

    def _origin(self, row: TrailRow) -> str:
        if not row.import_name:
            return "written in the app"
        if row.imported is None:
            return row.import_name
        return f"{row.import_name}, imported {short_date(self._context.local(row.imported).date())}"

    def _on_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        self._show_row(self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None)

    def _show_row(self, row: TrailRow | None) -> None:
        self.values.setText("" if row is None else "\u2003".join(f"{label}: {text}" for label, text in row.values))
        self.notes.setText("" if row is None else "\n".join(row.notes))
        self.notes.setVisible(row is not None and bool(row.notes))
        line = None if row is None else row.line
        self.line_head.setVisible(row is not None)
        self.line.setVisible(line is not None)
        self.why.setText("" if row is None else row.why)
        self.why.setVisible(row is not None and line is None)
        self.copy.setEnabled(line is not None)
        if row is not None and line is not None:
            self.line.show_line(row.header, line)

    def _on_copy(self) -> None:
        row = self._rows[self.table.currentIndex().row()] if self.table.currentIndex().isValid() else None
        if row is not None and row.line is not None:
            QGuiApplication.clipboard().setText(row.line)
            self.state.setText("The line is in the clipboard.")
            self.state.show()


def _source(row: TrailRow) -> str:
    return "You" if row.source == "person" else source_word(row.source)


def _place(row: TrailRow) -> str:
    """The place in the file; the file itself stands beside it."""
    return row.where.removeprefix(row.import_name).strip(" /") or NONE
