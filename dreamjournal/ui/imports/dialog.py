"""Import: progress with Cancel, then the preview in which nothing is in the journal yet, then the receipt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import available_timezones

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCompleter, QFileDialog, QLayout, QProgressBar, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.receipt import Receipt, ReceiptView, progress_row
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog, show_error
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words

NOTHING_YET = "Nothing is in the journal yet."


class ImportDialog(Dialog):
    """Reads `paths` at once; without any it asks for files first. Esc cancels while nothing is written."""

    stage_changed = Signal(str)
    """"choose", "reading", "preview", "writing", "receipt", "undone" or "failed": what is shown now."""

    def __init__(self, context: PageContext, parent: QWidget | None, paths: Sequence[Path | str] = ()) -> None:
        super().__init__("Import", parent, name="importDialog", width=880)
        self._context = context
        self._paths = [Path(p) for p in paths]
        self._zone: str | None = None
        self._task: Task | None = None
        self._preview: object = None
        self.view: ReceiptView | None = None
        self.stage = ""
        self.ids: list[int] = []
        self.setAcceptDrops(True)
        self.resize(880, 640)
        if self._paths:
            self._read()
        else:
            self._show_choose()

    # ---- stages

    def _begin(self, stage: str, title: str) -> None:
        _empty(self.body)
        _empty(self.foot)
        self.view = None
        self.stage = stage
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    def _shown(self) -> None:
        self.stage_changed.emit(self.stage)

    def _show_choose(self) -> None:
        self._begin("choose", "Import")
        self.body.addWidget(Label("Bring in recordings", "verdict"))
        self.body.addWidget(Label(
            "Choose an export, or a folder of them, or drop it here. WHOOP, Sleep as Android, Sleepmeter and SleepSync exports are read. "
            "First you see what would be taken; nothing is written before you say so.", "body", "muted", wrap=True,
        ))  # fmt: skip
        self.body.addStretch(1)
        folder = Button("Choose a folder…", name="chooseFolder")
        folder.clicked.connect(lambda: self._choose(folder=True))
        self.foot.addWidget(folder)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="importCancel").clicked.connect(self.reject)
        self.add_answer("Choose files…", primary=True, default=True, name="chooseFiles").clicked.connect(
            lambda: self._choose(folder=False)
        )
        self._shown()

    def _choose(self, *, folder: bool) -> None:
        dialog = QFileDialog(self, "Choose a folder" if folder else "Choose files")
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.read_paths)
        dialog.open()

    def read_paths(self, paths: Sequence[Path | str]) -> None:
        """Read these files and show what an import would do."""
        self._paths, self._zone = [Path(p) for p in paths], None
        self._read()

    def _show_progress(self, stage: str, title: str, words: str) -> None:
        self._begin(stage, title)
        self.body.addWidget(Label(title, "verdict"))
        row, self._said, self._far = progress_row(words)
        self.body.addWidget(row)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self.body.addWidget(self._bar)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", default=True, name="importCancel").clicked.connect(self.reject)
        self._shown()

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if self.stage not in ("reading", "writing"):
            return
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        if text:
            self._said.setText(text)
        self._far.setText(f"{done:,} of {total:,}" if total else f"{done:,}" if done else "")

    def _read(self) -> None:
        from dreamjournal.services import imports, journals

        context, paths, zone = self._context, list(self._paths), self._zone

        def work(progress: Progress) -> object:
            own = journals.reopen(context.journal)
            try:
                return imports.preview(own, context.person_id, paths, zone=zone, clock=context.clock, progress=progress)
            finally:
                own.close()

        names = paths[0].name if len(paths) == 1 else count_words(len(paths), "file")
        self._show_progress("reading", "Reading", names)
        self._task = context.tasks.start(
            work,
            on_done=self._on_preview,
            on_failed=self._on_failed,
            on_progress=self._on_progress,
            on_cancelled=self._on_cancelled,
        )

    def _on_preview(self, preview: object) -> None:
        from dreamjournal.services import imports

        if self._task is None:
            return
        self._task, self._preview = None, preview
        assert isinstance(preview, imports.ImportPreview)
        receipts: list[Receipt] = imports.to_json(preview.files)["files"]
        self._begin("preview", "Import: nothing is in the journal yet")
        takes = any(
            r["rows"]["kept"] or r["rows"]["updated"] or r["rows"]["merged"] for r in receipts if not r.get("error")
        )
        text = imports.sentence(preview.files)
        self.view = self._make_view(NOTHING_YET if takes else "Nothing to import.", text, receipts)
        self.body.addWidget(self.view)
        if any(needs_zone(r) for r in receipts):
            self._add_zone_field()
        self.body.addStretch(1)
        self.foot.addWidget(
            Label(
                "Look it over; Import writes it, Cancel leaves all as it is."
                if takes
                else "Your journal is as it was.",
                "caption",
                "muted",
            )
        )
        self.foot.addStretch(1)
        self.add_answer(
            "Cancel" if takes else "Close", default=not takes, primary=not takes, name="importCancel"
        ).clicked.connect(self.reject)
        if takes:
            self.add_answer("Import", primary=True, default=True, name="importGo").clicked.connect(self._write)
        self._shown()

    def _make_view(self, headline: str, lead: str, receipts: list[Receipt]) -> ReceiptView:
        from dreamjournal.services import enhancers

        rules = enhancers.rules(self._context.journal, self._context.person_id)
        view = ReceiptView(headline, lead, receipts, mapped=frozenset(r.tag.casefold() for r in rules))
        view.zone_change_requested.connect(self._add_zone_field)
        view.enhancers_requested.connect(self._open_enhancers)
        return view

    def _add_zone_field(self) -> None:
        if self.findChild(LineField, "importZone") is not None:
            return
        self.zone_field = LineField("Time zone of the times in these files", name="importZone")
        self.zone_field.show_text(self._zone or self._context.zone)
        completer = QCompleter(sorted(available_timezones()), self.zone_field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.zone_field.setCompleter(completer)
        self._zone_box = Field(
            "Time zone of the times in these files",
            self.zone_field,
            note="A name such as Europe/London. It is remembered for this source.",
        )
        again = Button("Read with this zone", name="readAgain")
        again.clicked.connect(self._read_again)
        self.body.insertWidget(1, self._zone_box)
        self.body.insertWidget(2, again, 0, Qt.AlignmentFlag.AlignLeft)
        self.zone_field.setFocus()

    def _read_again(self) -> None:
        zone = self.zone_field.text().strip()
        if zone not in available_timezones():
            self._zone_box.set_error("There is no time zone of this name. Try one like Europe/London.")
            return
        self._zone = zone
        self._read()

    def _write(self) -> None:
        from dreamjournal.services import imports, journals

        context, preview = self._context, self._preview
        assert isinstance(preview, imports.ImportPreview)

        def work(progress: Progress) -> object:
            own = journals.reopen(context.journal)
            try:
                return imports.commit(own, preview, context.clock, progress)
            finally:
                own.close()

        self._show_progress("writing", "Importing", "Writing to your journal")
        self._task = context.tasks.start(
            work,
            on_done=self._on_written,
            on_failed=self._on_failed,
            on_progress=self._on_progress,
            on_cancelled=self._on_cancelled,
        )

    def _on_written(self, found: object) -> None:
        from dreamjournal.services import imports

        assert isinstance(found, tuple)
        files, changes = found
        self._task = None
        receipts: list[Receipt] = imports.to_json(files)["files"]
        self._context.publish(changes, self)
        self.ids = [r["import_id"] for r in receipts if r["import_id"] is not None]
        self._begin("receipt", "Import receipt")
        headline, _, lead = imports.sentence(files).partition(". ")
        self.view = self._make_view(headline.rstrip(".") + ".", lead, receipts)
        self.body.addWidget(self.view)
        self.body.addStretch(1)
        undo = Button("Undo this import", icon_name="undo-2", name="undoImport")
        undo.clicked.connect(self._undo)
        undo.setVisible(bool(self.ids))
        self.foot.addWidget(undo)
        note = Label("Undo puts every night back as it was.", "caption", "muted")
        note.setVisible(bool(self.ids))
        self.foot.addWidget(note)
        self.foot.addStretch(1)
        self.add_answer("Save receipt…", name="saveReceipt").clicked.connect(self._ask_where)
        self.add_answer("Done", primary=True, default=True, name="importDone").clicked.connect(self.accept)
        self._shown()

    def _undo(self) -> None:
        from dreamjournal.services import imports

        changes = Changes.NOTHING
        try:
            for number in reversed(self.ids):
                changes |= imports.undo(self._context.journal, number, self._context.clock)
        except KnownError as error:
            show_error(self, error.what, error.why, error.what_now)
            return
        finally:
            self._context.publish(changes, self)
        self._begin("undone", "Import undone")
        self.body.addWidget(Label("Undone.", "verdict"))
        self.body.addWidget(Label("Every night is as it was before this import.", "body", "muted", wrap=True))
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Close", primary=True, default=True, name="importDone").clicked.connect(self.accept)
        self._shown()

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Save receipt", "import-receipt.json", "Receipt (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save_receipt(Path(name)))
        dialog.open()

    def save_receipt(self, path: Path) -> None:
        """Write the receipt with every row and reason."""
        from dreamjournal.common.files import atomic_write

        if self.view is None:
            return
        text = json.dumps({"files": self.view.receipts}, ensure_ascii=False, indent=2)
        try:
            atomic_write(path, text.encode())
        except OSError:
            show_error(self, "The receipt was not saved", "this folder cannot be written to", "choose another")

    def _open_enhancers(self) -> None:
        from dreamjournal.ui.enhancers.dialog import EnhancersDialog

        EnhancersDialog(self._context, self).open()

    # ---- ends

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, KnownError):
            self.reject()
            raise error
        self._begin("failed", "Import")
        self.body.addWidget(Label("Nothing was imported.", "verdict", wrap=True))
        self.body.addWidget(Label(error.sentence, "body", wrap=True))
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Close", primary=True, default=True, name="importDone").clicked.connect(self.accept)
        self._shown()

    def _on_cancelled(self) -> None:
        self._task = None

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.stage in ("choose", "preview") and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.read_paths(paths)


def needs_zone(receipt: Receipt) -> bool:
    """Whether a file was refused only because its times have no zone and none is known for its source."""
    return bool(receipt.get("error")) and "--zone" in str(receipt["error"])


def _empty(layout: QLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
