"""Import: progress with Cancel, then the preview in which nothing is in the journal yet, then the receipt."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.column_map import ColumnMap, ColumnQuestion
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.columns import ColumnsForm
from dreamjournal.ui.imports.progress_part import ProgressPart
from dreamjournal.ui.imports.questions import StartQuestion, ZoneQuestion
from dreamjournal.ui.imports.receipt import ReceiptView
from dreamjournal.ui.imports.receipt_words import Receipt
from dreamjournal.ui.imports.time_left import bytes_words, rows_words
from dreamjournal.ui.imports.undoing import UndoPart
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog, empty_layout, show_error
from dreamjournal.ui.widgets.text import Label, tip
from dreamjournal.ui.words import count_words

if TYPE_CHECKING:
    # services.imports pulls in the database layer: only its names are needed here.
    from dreamjournal.services.imports import ImportPreview

UNDO_NOTE = "Undo puts every night back as it was."
NOTHING_YET = "Nothing is in the journal yet."


class ImportDialog(Dialog):
    """Reads `paths` at once; without any it asks for files first. Esc cancels while nothing is written."""

    stage_changed = Signal(str)
    """"choose", "reading", "columns", "preview", "writing", "receipt", "undone" or "failed": what is shown now."""

    def __init__(self, context: PageContext, parent: QWidget | None, paths: Sequence[Path | str] = ()) -> None:
        super().__init__("Import", parent, name="importDialog", width=880)
        self._context = context
        self._paths = [Path(p) for p in paths]
        self._forget_answers()
        self._task: Task | None = None
        self._preview: ImportPreview | None = None
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
        empty_layout(self.body)
        empty_layout(self.foot)
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
            "Choose an export, or a folder of them, or drop it here: recordings of devices and sleep apps, journals of dreams, "
            "and any table of nights. A file is recognised by what is in it, whatever it is called. "
            "First you see what would be taken; nothing is written before you say so.", "body", "muted", wrap=True,
        ))  # fmt: skip
        which = Button("Which exports are read?", "link", name="whichFormats")
        which.clicked.connect(self._show_formats)
        self.body.addWidget(which, 0, Qt.AlignmentFlag.AlignLeft)
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

    def _show_formats(self) -> None:
        from dreamjournal.ui.imports.formats_dialog import FormatsDialog

        FormatsDialog(self).open()

    def read_paths(self, paths: Sequence[Path | str]) -> None:
        """Read these files and show what an import would do."""
        self._paths = [Path(p) for p in paths]
        self._forget_answers()
        self._read()

    def _forget_answers(self) -> None:
        self._zone: str | None = None
        self._start: datetime | None = None
        self._columns: dict[str, ColumnMap] = {}
        self._passed_over: set[str] = set()
        """Tables the person did not want to explain, by the key of their header."""
        self._tables: dict[str, tuple[str, ColumnQuestion]] = {}
        """(file, question) of each table that was asked about, so that the answer can be changed."""
        self._again: list[tuple[str, ColumnQuestion]] = []

    def _show_progress(self, stage: str, title: str, words: str, say: Callable[[int, int, float], str]) -> None:
        self._begin(stage, title)
        self.body.addWidget(Label(title, "verdict"))
        self.progress = ProgressPart(words, say)
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", default=True, name="importCancel").clicked.connect(self.reject)
        self._shown()

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if self.stage == "reading":
            self.progress.tell(done, total, text)
        elif self.stage == "writing":
            self.progress.tell(done, total, "")

    def _start_task(self, work: Callable[[Progress], object], on_done: Callable[[object], None]) -> None:
        self._task = self._context.tasks.start(
            work,
            on_done=on_done,
            on_failed=self._on_failed,
            on_progress=self._on_progress,
            on_cancelled=self._on_cancelled,
        )

    def _read(self) -> None:
        from dreamjournal.services import imports, journals

        context, paths = self._context, list(self._paths)
        zone, start, columns = self._zone, self._start, dict(self._columns)

        def work(progress: Progress) -> object:
            own = journals.reopen(context.journal)
            try:
                return imports.preview(
                    own, context.person_id, paths, zone=zone, start=start, columns=columns, clock=context.clock,
                    progress=progress,
                )  # fmt: skip
            finally:
                own.close()

        names = paths[0].name if len(paths) == 1 else count_words(len(paths), "file")
        self._show_progress("reading", "Reading", names, bytes_words)
        self._start_task(work, self._on_preview)

    # ---- a table nobody knows

    def _open_question(self) -> tuple[str, ColumnQuestion] | None:
        """(file, question) of the first table that was not explained yet."""
        if self._again:
            return self._again[0]
        files = self._preview.files if self._preview is not None else []
        return next(
            (
                (f.path, f.question)
                for f in files
                if f.needs == "columns" and f.question is not None
                and f.question.key not in self._columns and f.question.key not in self._passed_over
            ),
            None,
        )  # fmt: skip

    def _show_columns(self, name: str, question: ColumnQuestion) -> None:
        self._tables[question.key] = (name, question)
        self._begin("columns", "Import: what the columns mean")
        self.body.addWidget(Label("What do these columns mean?", "verdict", wrap=True))
        self.body.addWidget(Label(
            f"{name} is a table that is not known yet. Say what each column holds; it is remembered for tables with the same header.",
            "body", "muted", wrap=True,
        ))  # fmt: skip
        self.form = ColumnsForm(question)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        others = self._preview is not None and len(self._preview.files) > 1
        if others:
            leave = Button("Leave this table out", name="columnsLeave")
            leave.clicked.connect(lambda: self._after_columns(question.key, None))
            self.foot.addWidget(leave)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="importCancel").clicked.connect(self.reject)
        self._go = self.add_answer("Read with these columns", primary=True, name="columnsGo")
        self._go.setDefault(True)
        self._go.clicked.connect(lambda: self._after_columns(question.key, self.form.column_map()))
        self.form.changed.connect(self._mark_columns)
        self._mark_columns()
        self.form.menus[0].setFocus() if self.form.menus else self._go.setFocus()
        self._shown()

    def _mark_columns(self) -> None:
        self._go.setEnabled(not self.form.wrong())
        self._go.setToolTip(tip(self.form.wrong()))

    def _after_columns(self, key: str, columns: ColumnMap | None) -> None:
        self._again = [(name, q) for name, q in self._again if q.key != key]
        if columns is None:
            self._passed_over.add(key)
        else:
            self._columns[key] = columns
        question = self._open_question()
        if question is not None:
            self._show_columns(*question)
        elif self._columns:
            self._read()
        elif self._preview is not None:
            self._show_preview(self._preview)

    def _change_columns(self) -> None:
        """Ask about the tables once more, with what was answered."""
        self._again = [
            (name, replace(q, guess=self._columns.get(key, q.guess))) for key, (name, q) in self._tables.items()
        ]
        self._columns, self._passed_over = {}, set()
        self._show_columns(*self._again[0])

    # ---- preview

    def _on_preview(self, preview: object) -> None:
        from dreamjournal.services import imports

        if self._task is None:
            return
        assert isinstance(preview, imports.ImportPreview)
        self._task, self._preview = None, preview
        question = self._open_question()
        if question is not None:
            self._show_columns(*question)
        else:
            self._show_preview(preview)

    def _show_preview(self, preview: ImportPreview) -> None:
        from dreamjournal.services import imports

        receipts: list[Receipt] = imports.to_json(preview.files)["files"]
        self._begin("preview", "Import: nothing is in the journal yet")
        takes = any(
            r["rows"]["kept"] or r["rows"]["updated"] or r["rows"]["merged"] for r in receipts if not r.get("error")
        )
        waiting = [f for f in preview.files if f.needs in ("zone", "start")]
        headline = NOTHING_YET if takes else "One thing to say first." if waiting else "Nothing to import."
        waits_alone = bool(waiting) and len(preview.files) == len(waiting)
        self.view = self._make_view(headline, "" if waits_alone else imports.sentence(preview.files), receipts)
        self.body.addWidget(self.view)
        self._add_questions(waiting)
        self.body.addStretch(1)
        look = "Look it over; Import writes it, Cancel leaves all as it is." if takes else "Your journal is as it was."
        if self._tables:
            change = Button("Change the columns…", name="columnsChange")
            change.clicked.connect(self._change_columns)
            self.foot.addWidget(change)
            look = ""
        self.foot.addWidget(Label(look, "caption", "muted", wrap=True), 4)
        self.foot.addStretch(1)
        self.add_answer(
            "Cancel" if takes else "Close", default=not takes, primary=not takes and not waiting, name="importCancel"
        ).clicked.connect(self.reject)
        if takes:
            self.add_answer("Import", primary=True, default=True, name="importGo").clicked.connect(self._write)
        box = self.findChild(ZoneQuestion) or self.findChild(StartQuestion)
        if box is not None and not takes:
            box.setFocus()
        self._shown()

    def _make_view(self, headline: str, lead: str, receipts: list[Receipt]) -> ReceiptView:
        from dreamjournal.services import enhancers, settings

        context = self._context
        rules = enhancers.rules(context.journal, context.person_id)
        limit = int(settings.get(context.journal, context.person_id, "originals_limit_mb"))
        mapped = frozenset(r.tag.casefold() for r in rules)
        view = ReceiptView(headline, lead, receipts, mapped=mapped, limit_mb=limit)
        view.zone_change_requested.connect(self._on_zone_change)
        view.enhancers_requested.connect(self._open_enhancers)
        return view

    def _add_questions(self, waiting: Sequence[object]) -> None:
        """Boxes below the headline for what must be said before some of them can be read."""
        from dreamjournal.services.imports import FileReceipt

        files = [f for f in waiting if isinstance(f, FileReceipt)]
        for need in ("start", "zone"):
            names = [f.path for f in files if f.needs == need]
            if names and need == "zone":
                self._add_zone_question(names)
            elif names:
                start = StartQuestion(self._context, names, self._start)
                start.answered.connect(self._on_start)
                self._ask(start)

    def _add_zone_question(self, names: list[str], note: str = "") -> None:
        question = ZoneQuestion(self._context, self._zone or self._context.zone, names, note)
        question.answered.connect(self._on_zone)
        question.stays_changed.connect(lambda: self._on_stays(question))
        self._ask(question)

    def _ask(self, question: QWidget) -> None:
        if self.view is not None:
            self.view.ask(question)

    def _on_zone_change(self) -> None:
        """The receipt's "Change": after an import it is undone first, so that no night stands twice."""
        from dreamjournal.services import reading

        if self.findChild(ZoneQuestion) is None and self.view is not None:
            asked = [r for r in self.view.receipts if r.get("zone_confidence") == "asked"]
            known = reading.zones(self._context.journal, self._context.person_id)
            self._zone = self._zone or next((known[r["source"]] for r in asked if r["source"] in known), None)
            note = "This import is undone first, then the files are read again." if self.stage == "receipt" else ""
            self._add_zone_question([str(r["path"]) for r in asked], note)
        question = self.findChild(ZoneQuestion)
        if question is not None:
            self.scroll_area.ensureWidgetVisible(question)
            question.zone_field.setFocus()

    def _on_zone(self, zone: str) -> None:
        def read() -> None:
            self.ids, self._zone = [], zone
            self._read()

        if self.stage == "receipt" and self.ids:
            self.undoing.start(self.ids, read)
        else:
            read()

    def _on_start(self, start: object) -> None:
        assert isinstance(start, datetime)
        self._start = start
        self._read()

    def _on_stays(self, question: ZoneQuestion) -> None:
        """Stays were added or removed: once the zone at home is known, the files are read again with them."""
        zone = question.zone()
        waits = self._preview is not None and any(f.needs == "zone" for f in self._preview.files)
        if zone is not None and not waits:
            self._on_zone(zone)

    def _write(self) -> None:
        from dreamjournal.services import imports, journals

        context, preview = self._context, self._preview
        assert preview is not None

        def work(progress: Progress) -> object:
            own = journals.reopen(context.journal)
            try:
                return imports.commit(own, preview, context.clock, progress)
            finally:
                own.close()

        self._show_progress("writing", "Importing", "Writing to your journal", rows_words)
        self._start_task(work, self._on_written)

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
        view = self.view
        undo = Button("Undo this import", icon_name="undo-2", name="undoImport")
        self.undoing = UndoPart(self._context, lambda: (view, undo))
        self.body.addWidget(self.undoing)
        self.body.addStretch(1)
        if self.ids:
            undo.clicked.connect(self._undo)
            self.foot.addWidget(undo)
            self.add_note(UNDO_NOTE, undo)
        self.foot.addStretch(1)
        self.add_answer("Save receipt…", name="saveReceipt").clicked.connect(self._ask_where)
        self.add_answer("Done", primary=True, default=True, name="importDone").clicked.connect(self.accept)
        self._shown()

    def _undo(self) -> None:
        self.undoing.start(self.ids, self._on_undone)

    def _on_undone(self) -> None:
        self.ids = []
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
        if self.stage in ("choose", "preview", "columns") and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.read_paths(paths)
