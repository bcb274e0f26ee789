"""Import history: what was read when, with its receipt, whether the file itself is kept, and undo."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView, QWidget

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.receipt import ReceiptView
from dreamjournal.ui.imports.undoing import UndoPart
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import AskDialog, Dialog
from dreamjournal.ui.widgets.tables import Cell, RowsModel, make_table
from dreamjournal.ui.widgets.text import Label, tip
from dreamjournal.ui.words import plain_date, source_word, time_words

ORIGINAL_WORDS = {"kept": "kept", "too_large": "not kept: too large", "changed": "not kept: it changed"}


class HistoryDialog(Dialog):
    """Newest first. Enter shows a receipt; Undo puts every night back as it was before that import."""

    def __init__(self, context: PageContext, parent: QWidget | None) -> None:
        super().__init__("Import history", parent, name="historyDialog", width=820)
        self._context = context
        self._records: list[Any] = []
        self.body.addWidget(Label("Import history", "verdict"))
        self.empty = Label(
            "Nothing has been imported yet. Drop an export on the window, or use Import.", "body", "muted", wrap=True
        )
        self.body.addWidget(self.empty)
        self.table: QTableView = make_table(
            "Imports, newest first",
            ("When", "File", "Read as", "Rows kept", "State", "The file itself"),
            stretch=1,
            name="historyTable",
            on_open=self._on_opened,
        )
        self.table.setMinimumHeight(220)
        self.table.horizontalHeader().setMinimumSectionSize(theme_of(self).scaled(64))
        self.body.addWidget(self.table, 1)
        self.reread_button = Button("Read kept files again…", icon_name="file-text", name="historyReread")
        self.reread_button.setToolTip("Shows what today’s readers would change, before anything does")
        self.reread_button.clicked.connect(self.open_reread)
        self.body.addWidget(self.reread_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.undoing = UndoPart(context, lambda: (self.reread_button,))
        self.body.addWidget(self.undoing)
        self.undo_button = Button("Undo this import", icon_name="undo-2", name="historyUndo")
        self.undo_button.clicked.connect(self._ask_undo)
        self.receipt_button = Button("Show receipt", name="historyReceipt")
        self.receipt_button.clicked.connect(lambda: self.show_receipt(self.table.currentIndex().row()))
        self.foot.addWidget(self.undo_button)
        self.foot.addWidget(self.receipt_button)
        self.foot.addStretch(1)
        self.add_answer("Close", primary=True, name="historyClose").clicked.connect(self.accept)
        self.resize(820, 520)
        self._load()
        self.table.selectionModel().currentRowChanged.connect(self._mark)
        self._mark()
        self.table.setFocus()

    def _load(self) -> None:
        from dreamjournal.services import imports

        self._records = imports.history(self._context.journal, self._context.person_id)
        rows: list[tuple[Cell, ...]] = []
        for record in self._records:
            at = self._context.local(record.imported)
            counts = record.receipt.get("rows", {})
            kept = int(counts.get("kept", 0)) + int(counts.get("updated", 0))
            state = (
                "in the journal"
                if record.undone is None
                else f"undone {plain_date(self._context.local(record.undone).date())}"
            )
            when = f"{plain_date(at.date())}, {time_words(at, hours=self._context.hours)}"
            original = ORIGINAL_WORDS.get(str(record.receipt.get("original"))) if record.undone is None else None
            rows.append((when, record.name, source_word(record.format), kept, state, original))
        model = self.table.model()
        assert isinstance(model, RowsModel)
        model.set_rows(rows)
        self.empty.setVisible(not rows)
        self.table.setVisible(bool(rows))
        kept_any = any(r.undone is None and r.receipt.get("original") == "kept" for r in self._records)
        self.reread_button.setVisible(bool(rows))
        self.reread_button.setEnabled(kept_any)
        if not kept_any:
            self.reread_button.setToolTip("No imported file is kept in the journal")
        if rows:
            self.table.selectRow(0)

    def _mark(self, *_: object) -> None:
        row = self.table.currentIndex().row()
        known = 0 <= row < len(self._records)
        self.receipt_button.setEnabled(known)
        self.undo_button.setEnabled(known and self._records[row].undone is None and not self.undoing.busy)
        if self.undoing.busy:
            words = "An import is being undone"
        elif self.undo_button.isEnabled():
            words = ""
        else:
            words = "This import was undone already" if known else "Choose an import"
        self.undo_button.setToolTip(tip(words))

    def show_receipt(self, row: int) -> Dialog:
        """Open the receipt of an import."""
        from dreamjournal.services import settings
        from dreamjournal.ui.enhancers.dialog import EnhancersDialog

        record = self._records[row]
        dialog = Dialog("Import receipt", self, name="oldReceipt", width=880)
        context = self._context
        limit = int(settings.get(context.journal, context.person_id, "originals_limit_mb"))
        lead = f"Read as {source_word(record.format)}."
        view = ReceiptView(record.name, lead, [record.receipt], limit_mb=limit, zone_change=False)
        view.enhancers_requested.connect(lambda: EnhancersDialog(context, dialog).open())
        dialog.body.addWidget(view)
        dialog.body.addStretch(1)
        dialog.foot.addStretch(1)
        dialog.add_answer("Close", primary=True, default=True, name="oldReceipt_close").clicked.connect(dialog.accept)
        dialog.resize(880, 560)
        dialog.open()
        return dialog

    def open_reread(self) -> None:
        """Read the kept files again, in a dialog of its own."""
        from dreamjournal.ui.imports.reread import RereadDialog

        dialog = RereadDialog(self._context, self)
        dialog.finished.connect(lambda _code: self._load_again())
        dialog.open()

    def _load_again(self) -> None:
        self._load()
        self._mark()

    def _on_opened(self, row: int) -> None:
        self.show_receipt(row)

    def _ask_undo(self) -> None:
        row = self.table.currentIndex().row()
        record = self._records[row]
        ask = AskDialog(
            self,
            "Undo this import?",
            "Every night goes back to what it was before it. What was coded in dreams that it brought goes with them, and does not come "
            "back when it is imported again. The file itself is not touched.",
            "Undo it",
            name="askUndo",
        )
        ask.accepted.connect(lambda: self.undo(record.id))
        ask.open()

    def undo(self, import_id: int) -> None:
        """Undo an import in the worker, and then show the list again."""
        self.undoing.start([import_id], self._load_again)
        self._mark()
