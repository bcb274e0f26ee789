"""Study: one question fixed before its nights. Its state, its nights in order, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QTableView, QWidget

from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.study.dialogs import ChangeDialog, LengthenDialog, StopDialog, ask_for_helper, ask_unseal
from dreamjournal.ui.study.looks import last_night_of
from dreamjournal.ui.study.offers import Offers, gather
from dreamjournal.ui.study.planner import Planner
from dreamjournal.ui.study.seen import look_at
from dreamjournal.ui.study.view import StudyView
from dreamjournal.ui.study.words import WHAT
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import EmptyState, Page
from dreamjournal.ui.widgets.tables import RowsModel, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Line, set_shown
from dreamjournal.ui.words import plain_date

if TYPE_CHECKING:
    from dreamjournal.domain.study import Study

FORMATS = "Page (*.pdf);;Web page (*.html);;Text (*.md)"
PAST_COLUMNS = ("First night", "Enhancer", "Nights", "How it ended")


class StudyPage(Page):
    """The running study, or how to plan one; those that have ended stand below and open read-only."""

    planner_opened = Signal(object)
    saved = Signal(object)
    """The path a plan was written to."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("study", "Study", parent=parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self._studies: list[Study] = []
        self._past: list[Study] = []
        self._chosen: int | None = None
        self._take_back: Callable[[], tuple[Study, Changes]] | None = None
        self.view: StudyView | None = None
        self.planner: Planner | None = None
        self.error = InlineError()
        self.note = Label("", "caption", "muted", wrap=True)
        self.note.hide()
        self.plan_button = Button("Plan a study…", "primary", icon_name="calendar-check", name="planStudy")
        self.plan_button.clicked.connect(self.plan)
        self.empty = EmptyState("No study is running.", WHAT, self.plan_button)
        self.back = Button("Back to the study now", "link", name="studyBack")
        self.back.clicked.connect(lambda: self._choose(None))
        self.past_head = Label("Studies that have ended", "section")
        self.past: QTableView = make_table(
            "Studies that have ended", PAST_COLUMNS, stretch=3, name="pastStudies", on_open=self._open_past
        )
        fit_rows(self.past, 6)
        self.past_hint = Label("Enter opens a study to read.", "caption", "muted")
        self._line = Line()
        for widget in (
            self.error,
            self.note,
            self.empty,
            self._line,
            self.past_head,
            self.past,
            self.past_hint,
        ):
            self.body.addWidget(widget)
        self.body.insertWidget(2, self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self.undo_offer.undo_requested.connect(self._on_undo)

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        self._say("")
        self._read()

    def refresh(self, changes: Changes) -> None:
        if changes & (Changes.STUDIES | Changes.NIGHTS | Changes.ENHANCERS | Changes.SETTINGS):
            self._read()

    def leave(self) -> bool:
        self._latest.cancel()
        return True

    def focus_first(self) -> None:
        if self.view is not None:
            self.view.focus_first()
        else:
            self.plan_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_table(self) -> None:
        if self.view is not None:
            self.view.toggle_table()

    # ---- showing

    def _read(self) -> None:
        from dreamjournal.services import studies

        c = self._context
        running = studies.current(c.journal, c.person_id, c.clock)
        self._studies = studies.all_studies(c.journal, c.person_id)
        self._past = [s for s in self._studies if running is None or s.id != running.id]
        shown = next((s for s in self._studies if s.id == self._chosen), running)
        if self.view is not None:
            self.body.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
            self.view = None
        self.empty.setVisible(running is None and shown is None)
        set_shown(self.back, self._chosen is not None and shown is not None)
        self.back.setText("Back to the study now" if running is not None else "Back")
        if shown is not None:
            self._show(shown, read_only=running is None or shown.id != running.id)
        self._fill_past()

    def _show(self, study: Study, *, read_only: bool) -> None:
        view = StudyView(look_at(self._context, study), read_only=read_only)
        view.asked.connect(lambda key: self._act(key, study))
        view.night_opened.connect(lambda day: self.navigate.emit("nights", day))
        self.body.insertWidget(self.body.indexOf(self._line), view)
        self.view = view

    def _fill_past(self) -> None:
        from dreamjournal.services import studies

        c = self._context
        model = self.past.model()
        assert isinstance(model, RowsModel)
        model.set_rows([
            (plain_date(s.first_night), s.enhancer, s.nights, studies.state_words(c.journal, s, c.clock)) for s in self._past
        ])  # fmt: skip
        for widget in (self._line, self.past_head, self.past, self.past_hint):
            widget.setVisible(bool(self._past))

    def _open_past(self, row: int) -> None:
        self._choose(self._past[row].id)

    def _choose(self, study_id: int | None) -> None:
        self._chosen = study_id
        self._say("")
        self._read()
        self.focus_first()

    def _say(self, words: str) -> None:
        self.error.set_sentence("")
        self.note.setText(words)
        set_shown(self.note, bool(words))

    # ---- planning

    def plan(self) -> None:
        """Ask what the journal has, then open the planner."""
        self._gather(self._open_planner)

    def _gather(self, then: Callable[[Offers], None]) -> None:
        context = self._context
        self._say("Looking at what the journal has…")

        def done(found: Offers) -> None:
            self._say("")
            then(found)

        def failed(error: Exception) -> None:
            self._say("")
            self.error.show_failure(error)

        self._latest.start(lambda progress: gather(context, progress), done, failed)

    def _open_planner(self, offers: Offers) -> None:
        planner = Planner(self._context, offers, self)
        planner.fixed.connect(self._on_fixed)
        planner.compare_asked.connect(lambda: self.navigate.emit("compare", None))
        planner.print_asked.connect(self.ask_where)
        planner.list_asked.connect(self.ask_helper)
        planner.finished.connect(lambda _result: self._on_planner_closed())
        self.planner = planner
        planner.open()
        self.planner_opened.emit(planner)

    def _on_fixed(self, study: Study, changes: Changes) -> None:
        self._chosen = None
        self._read()
        self._context.publish(changes, self)

    def _on_planner_closed(self) -> None:
        self.planner = None
        self.focus_first()

    # ---- acting

    def _act(self, key: str, study: Study) -> None:
        if key == "compare":
            self._compare(study)
        elif key == "print":
            self.ask_where(study)
        elif key == "list":
            self.ask_helper(study)
        elif key == "change":
            self._gather(lambda offers: self._ask_change(study, offers))
        elif key == "lengthen":
            dialog = LengthenDialog(self, study, begun=self._begun(study))
            dialog.wanted.connect(lambda nights: self._lengthen(dialog, study, nights))
            dialog.open()
        elif key == "stop":
            stopping = StopDialog(self, study)
            stopping.wanted.connect(lambda reason: self._stop(stopping, study, reason))
            stopping.open()
        elif key == "unseal":
            asking = ask_unseal(self, study)
            asking.accepted.connect(lambda: self._unseal(study))
            asking.open()

    def _compare(self, study: Study) -> None:
        """Compare, at the last look that was reached: the night it comes after says which; before any look, the first night."""
        look = max(self.view.seen.reached, default=1) if self.view is not None else 1
        self.navigate.emit("compare", last_night_of(study, look))

    def _begun(self, study: Study) -> bool:
        from dreamjournal.services import studies

        return studies.has_begun(self._context.journal, study, self._context.clock)

    def _ask_change(self, study: Study, offers: Offers) -> None:
        dialog = ChangeDialog(self, study, offers, begun=self._begun(study))
        dialog.wanted.connect(lambda: self._change(dialog, study))
        dialog.open()

    def _change(self, dialog: ChangeDialog, study: Study) -> None:
        from dreamjournal.services import studies

        c, form = self._context, dialog.form
        measure, source = form.chosen(), form.source_key()
        least = form.swd() if form.swd() is not None else measure.usual_for(source)
        try:
            _, changes = studies.change(
                c.journal, study.id, c.clock, question=form.words.words(), swd=least, metric=measure.key, source=source
            )
        except KnownError as error:
            field = form.field_of(error.field) if isinstance(error, UserError) else None
            (dialog.error.set_sentence if field is None else field.set_error)(error.sentence)
            return
        dialog.accept()
        self._done(changes)

    def _lengthen(self, dialog: LengthenDialog, study: Study, nights: int) -> None:
        from dreamjournal.services import studies

        c = self._context
        try:
            _, changes = studies.lengthen(c.journal, study.id, nights, c.clock)
        except KnownError as error:
            dialog.field.set_error(error.sentence)
            return
        dialog.accept()
        self._done(changes)

    def _stop(self, dialog: StopDialog, study: Study, reason: str) -> None:
        from dreamjournal.services import studies

        c = self._context
        try:
            _, changes = studies.stop(c.journal, study.id, reason, c.clock)
        except KnownError as error:
            dialog.field.set_error(error.sentence)
            return
        dialog.accept()
        self._take_back = lambda: studies.resume(c.journal, study.id, c.clock)
        self._chosen = study.id
        self._done(changes)
        self.undo_offer.offer("The study was stopped.")

    def _unseal(self, study: Study) -> None:
        from dreamjournal.services import studies

        try:
            _, changes = studies.unseal(self._context.journal, study.id, self._context.clock)
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self._done(changes)

    def _on_undo(self) -> None:
        if self._take_back is None:
            return
        take_back, self._take_back = self._take_back, None
        try:
            _, changes = take_back()
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self._chosen = None
        self._done(changes)

    def _done(self, changes: Changes) -> None:
        self._say("")
        self._read()
        self.focus_first()
        self._context.publish(changes, self)

    # ---- the printed plan

    def ask_where(self, study: Study, *, for_helper: bool = False) -> None:
        """Ask where the plan is to be written, and in which form."""
        name = "study-list.pdf" if for_helper else "study-plan.pdf"
        dialog = QFileDialog(self.planner or self, "Print the list" if for_helper else "Print the plan", name, FORMATS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.print_to(study, Path(chosen), for_helper=for_helper))
        dialog.open()

    def ask_helper(self, study: Study) -> None:
        """Say first that the list tells what each night is."""
        asking = ask_for_helper(self.planner or self)
        asking.accepted.connect(lambda: self.ask_where(study, for_helper=True))
        asking.open()

    def print_to(self, study: Study, path: Path, *, for_helper: bool = False) -> None:
        """Write the plan of a study; `for_helper` with what a seal hides. What went wrong is said on the page."""
        context = self._context

        def work(_progress: Any) -> int:
            from dreamjournal.services import journals, study_print

            own = journals.reopen(context.journal)
            try:
                page = study_print.plan(own, study, context.clock, for_helper=for_helper)
            finally:
                own.close()
            return study_print.write(page, path)

        def done(_pages: int) -> None:
            self._tell(f"Saved {context.now_words()}, {path.name}")
            self.saved.emit(path)

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError | OSError):
                raise error
            sentence = (
                error.sentence if isinstance(error, KnownError) else "Could not write to this folder. Choose another."
            )
            if self.planner is not None:
                self.planner.error.set_sentence(sentence)
            else:
                self.error.set_sentence(sentence)

        context.tasks.start(work, on_done=done, on_failed=failed)

    def _tell(self, words: str) -> None:
        """Say something where the person looks: in the planner while it is open."""
        self._say(words)
        if self.planner is not None:
            self.planner.done_step.note.setText(words)
