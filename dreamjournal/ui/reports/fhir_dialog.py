"""Sending nights to a clinic's server: what would leave first, then the sending, then what the server took."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QWidget

from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Latest, Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.progress_part import ProgressPart
from dreamjournal.ui.imports.time_left import left_words
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dialog import Dialog, empty_layout
from dreamjournal.ui.widgets.fields import Field, LineField, PassphraseField
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.rows import RowList, TickRow
from dreamjournal.ui.widgets.tables import make_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import count_words, short_date

if TYPE_CHECKING:
    # the services pull in the database layer: only their names are needed here
    from dreamjournal.services.fhir import Parcel
    from dreamjournal.services.fhir_push import Report, Server

TICKS = (
    ("names", "Names of enhancers", "As you wrote them; else only their kind goes."),
    ("comments", "Comments of the diary", "Your own words about a night."),
    ("dreams", "Texts of dreams", "Every dream of these nights, word for word."),
)
ABOUT = (
    "The nights go as FHIR R4 records, which the systems of clinics can read. Nothing leaves before you press Send, and "
    "sending the same nights again makes nothing twice."
)
_ROWS_SHOWN = 8


class FhirDialog(Dialog):
    """Asks where to, shows what would leave from `first` to `last` (None: all nights), sends, and tells what was taken.

    The address and the token are kept nowhere. Esc while sending cancels and shows what was taken until then.
    """

    stage_changed = Signal(str)
    """"preview", "sending" or "report": what is shown now."""
    previewed = Signal()
    """What would leave is shown, or why nothing can."""

    def __init__(
        self, context: PageContext, parent: QWidget | None, first: date | None = None, last: date | None = None
    ) -> None:
        super().__init__("Send to a clinic", parent, name="fhirDialog", width=720)
        self._context, self._first, self._last = context, first, last
        self._latest = Latest(context.tasks)
        self._task: Task | None = None
        self._parcel: Parcel | None = None
        self._url, self._ticked = "", frozenset[str]()
        self.report: Report | None = None
        self.stage = ""
        self._closed = False
        room = self.screen().availableGeometry().height() - 80
        self.resize(min(880, theme_of(self).scaled(720)), max(480, min(940, room)))
        self._show_preview()

    # ---- what would leave

    def _begin(self, stage: str, title: str) -> None:
        empty_layout(self.body)
        empty_layout(self.foot)
        self.stage = stage
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    def _show_preview(self) -> None:
        self._begin("preview", "Send to a clinic: nothing has left yet")
        self.body.addWidget(Label("Send to a clinic", "verdict"))
        self.body.addWidget(Prose(ABOUT))
        self.body.addWidget(Label("What leaves", "label", strong=True))
        self.leaving_box = QWidget()
        self.leaving = QFormLayout(self.leaving_box)
        self.leaving.setContentsMargins(0, 0, 0, 0)
        self.leaving.setHorizontalSpacing(20)
        self.leaving.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.leaving.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.body.addWidget(self.leaving_box)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.body.addWidget(Label("Your own words", "label", strong=True))
        rows = RowList(name="fhirTicks")
        self.ticks = {key: TickRow(title, detail=detail, name=f"fhir_{key}") for key, title, detail in TICKS}
        for key, tick in self.ticks.items():
            tick.setChecked(key in self._ticked)
            tick.toggled.connect(lambda _on: self._build())
            rows.add(tick)
        self.body.addWidget(rows)
        self.body.addWidget(Label("Where to", "label", strong=True))
        self.address = LineField("Address of the server", placeholder="https://example.org/fhir", name="fhirAddress")
        self.address.setText(self._url)
        self.token = PassphraseField("Token", placeholder="where the server asks for one", name="fhirToken")
        self.address_field = Field("Address of the server", self.address)
        self.token_field = Field("Token", self.token, note="Used for this sending and kept nowhere.")
        self.body.addWidget(self.address_field)
        self.body.addWidget(self.token_field)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="fhirCancel").clicked.connect(self.reject)
        self.send = self.add_answer("Send", primary=True, name="fhirSend")
        self.send.setEnabled(False)
        self.send.clicked.connect(self._on_send)
        self.ticks["names"].setFocus(Qt.FocusReason.OtherFocusReason)
        self._build()
        self.stage_changed.emit(self.stage)

    def _build(self) -> None:
        from dreamjournal.services import fhir, journals

        self._ticked = frozenset(key for key, tick in self.ticks.items() if tick.isChecked())
        context, ticked = self._context, self._ticked
        scope = fhir.Scope(self._first, self._last, "names" in ticked, "comments" in ticked, "dreams" in ticked)
        self._parcel = None
        self.send.setEnabled(False)
        self.error.set_sentence("")

        def work(progress: Progress) -> object:
            own = journals.reopen(context.journal)
            try:
                return fhir.build(own, context.person_id, scope, context.clock, progress)
            finally:
                own.close()

        self._latest.start(work, self._on_built, self._on_failed)

    def _on_built(self, made: Parcel) -> None:
        from dreamjournal.services import fhir

        if self.stage != "preview" or self._closed:
            return
        self._parcel = made
        self._fill(fhir.words(made.leaving))
        self.send.setEnabled(True)
        self.previewed.emit()

    def _fill(self, rows: tuple[tuple[str, str], ...]) -> None:
        while self.leaving.rowCount():
            self.leaving.removeRow(0)
        for what, how in rows:
            value = Label(how, "body", wrap=True)
            value.setAccessibleName(f"{what}: {how}")
            named = Label(what, "body", "muted")
            named.setAlignment(Qt.AlignmentFlag.AlignTop)
            self.leaving.addRow(named, value)

    def rows(self) -> list[tuple[str, str]]:
        """What is shown of what leaves."""
        found: list[tuple[str, str]] = []
        for row in range(self.leaving.rowCount()):
            parts = [
                self.leaving.itemAt(row, role)
                for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
            ]
            texts = [part.widget().text() for part in parts if part is not None]  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
            found.append((texts[0], texts[1]))
        return found

    def _on_failed(self, error: Exception) -> None:
        if self.stage != "preview" or self._closed:
            return
        self._fill(())
        self.error.show_failure(error)
        self.previewed.emit()

    # ---- sending

    def _on_send(self) -> None:
        from dreamjournal.services import fhir_push

        if self._parcel is None:
            return
        self._url = self.address.text().strip()
        self.address_field.set_error("")
        self.token_field.set_error("")
        try:
            to = fhir_push.server(self._url, self.token.text().strip())
        except UserError as error:
            field = self.token_field if error.field == "token" else self.address_field
            field.set_error(error.sentence)
            field.control.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._send(self._parcel, to)

    def _send(self, made: Parcel, to: Server) -> None:
        from dreamjournal.services import fhir_push

        self._begin("sending", "Sending")
        self.body.addWidget(Label("Sending", "verdict"))
        self.body.addWidget(Label(f"To {to.base}", "body", "muted", wrap=True))
        self.progress = ProgressPart("Sending", _far_words)
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.cancel = self.add_answer("Cancel", default=True, name="fhirCancelSending")
        self.cancel.clicked.connect(self.reject)
        # Shorter than on the command line: the window waits for the answer under way when it is closed.
        patience = fhir_push.Patience(timeout_s=20, total_s=300)
        self._task = self._context.tasks.start(
            lambda progress: fhir_push.push(made, to, progress, patience=patience),
            on_done=self._on_sent,
            on_failed=self._on_send_failed,
            on_progress=self._on_progress,
            on_cancelled=self._on_never_sent,
        )
        self.stage_changed.emit(self.stage)

    def _on_progress(self, done: int, total: int, text: str) -> None:
        if self.stage == "sending" and not self._closed:
            self.progress.tell(done, total, text)

    def _on_send_failed(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, KnownError):
            raise error
        if not self._closed:
            self._show_preview()
            self.error.show_failure(error)

    def _on_never_sent(self) -> None:
        self._task = None
        if not self._closed:
            self._show_preview()

    def _on_sent(self, report: Report) -> None:
        self._task, self.report = None, report
        if not self._closed:
            self._show_report(report)

    # ---- what was taken

    def _show_report(self, report: Report) -> None:
        from dreamjournal.services import fhir_push

        title = "Sent" if report.complete else "Not everything was sent"
        self._begin("report", title)
        self.body.addWidget(Label(title, "verdict", wrap=True))
        for line in fhir_push.told(report):
            self.body.addWidget(Label(line, "body", wrap=True))
        if report.refused:
            self.body.addWidget(Label("What was refused", "label", strong=True))
            cells = [(_record_word(r.kind), short_date(r.night) if r.night else None, r.why) for r in report.refused]
            table = make_table("Refused records", ["Record", "Night", "What the server says"], cells, stretch=2)
            row = table.verticalHeader().defaultSectionSize()
            table.setFixedHeight(table.horizontalHeader().sizeHint().height() + min(len(cells), _ROWS_SHOWN) * row + 20)
            self.body.addWidget(table)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        if not report.complete:
            self.again = self.add_answer("Send again", name="fhirAgain")
            self.again.clicked.connect(self._show_preview)
        self.add_answer("Close", primary=True, default=True, name="fhirClose").clicked.connect(self.accept)
        self.stage_changed.emit(self.stage)

    def reject(self) -> None:
        """Esc: while sending, stop and show what was taken; else close."""
        if self.stage == "sending" and self._task is not None:
            self._task.cancel()
            self.cancel.setEnabled(False)
            self.progress.what.setText("Stopping after this answer")
            return
        super().reject()

    def done(self, result: int) -> None:
        self._closed = True
        self._latest.cancel()
        if self._task is not None:
            self._task.cancel()
        super().done(result)


_RECORD_WORDS = {
    "Patient": "Person", "Device": "Device or app", "Observation": "Measure of a night", "QuestionnaireResponse": "Diary",
    "DocumentReference": "Dream text",
}  # fmt: skip


def _record_word(kind: str) -> str:
    return _RECORD_WORDS.get(kind, kind)


def _far_words(done: int, total: int, elapsed_s: float) -> str:
    if total <= 0:
        return ""
    far = f"{done} of {count_words(total, 'record')}"
    left = left_words(done, total, elapsed_s)
    return f"{far} · {left}" if left else far
