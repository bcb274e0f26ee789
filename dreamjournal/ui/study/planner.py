"""Planning a study: the question first, then what speaks against it, then what to expect, and only then the draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams.keeper import Keeper
from dreamjournal.ui.study.offers import Offers
from dreamjournal.ui.study.planner_steps import FixedStep, NightsForm, PreviewStep, ScreeningStep, WayOn
from dreamjournal.ui.study.question_form import QuestionForm
from dreamjournal.ui.study.words import question_words
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.text import Label, Line, tip

if TYPE_CHECKING:
    from dreamjournal.domain.study import Study
    from dreamjournal.services.study_plan import PlanPreview, StudyDraft

SLOT = "study question"
"""Where the words of a question not asked yet are kept."""


class Planner(Dialog):
    """Four steps: question, what speaks against it, what to expect, fixed. Going back keeps every answer."""

    fixed = Signal(object, object)
    """(`Study`, `Changes`): it is in the journal."""
    compare_asked = Signal()
    print_asked = Signal(object)
    """The `Study` whose plan is to be printed."""
    list_asked = Signal(object)
    """The sealed `Study` whose list is to be printed for whoever prepares the nights."""

    def __init__(self, context: PageContext, offers: Offers, parent: QWidget | None) -> None:
        super().__init__("Plan a study", parent, name="planner", width=760)
        self._context, self._offers = context, offers
        self._latest = Latest(context.tasks)
        self._preview: PlanPreview | None = None
        self._step = 0
        self.study: Study | None = None
        self.title = Label("Plan a study", "verdict", wrap=True)
        self.body.addWidget(self.title)
        self._steps = (self._make_question(), self._make_screening(), self._make_preview(), self._make_fixed())
        for step in self._steps:
            self.body.addWidget(step)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.body.addStretch(1)
        self.back = self.add_answer("Back", name="planner_back")
        self.back.clicked.connect(lambda: self._go(self._step - 1))
        self.foot.addStretch(1)
        self.cancel = self.add_answer("Not now", name="planner_cancel")
        self.cancel.clicked.connect(self.reject)
        self.next = self.add_answer("Go on", primary=True, name="planner_next")
        self.next.clicked.connect(self._on_next)
        self._keeper = Keeper(self._keep_words, self)
        self._restore_words()
        self._go(0)
        self._on_enhancer()
        self.resize(self.width(), min(self._room(), 760))
        self.form.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _room(self) -> int:
        return (self.screen().availableGeometry().height() if self.screen() else 800) - 80

    # ---- the steps

    def _make_question(self) -> QWidget:
        own = self._context.journal.kind == JournalKind.OWN
        step = _column()
        box = _box(step)
        box.addWidget(Label("1. Your question" if own else "1. The question", "section"))
        self.form = QuestionForm(self._offers, name="planner")
        self.form.words.setFixedHeight(theme_of(self).scaled(72) + 12)
        self.form.typed.connect(self._on_typed)
        self.form.enhancers_asked.connect(self._on_enhancers)
        self.form.enhancer.picked.connect(lambda _name: self._on_enhancer())
        box.addWidget(self.form)
        self.refused = WayOn(name="plannerRefused")
        self.refused.compare_asked.connect(self._on_compare)
        box.addWidget(self.refused)
        box.addWidget(Line())
        box.addWidget(Label("2. The nights", "section"))
        self.nights = NightsForm(self._earliest(), own=own)
        box.addWidget(self.nights)
        return step

    def _earliest(self) -> date:
        from dreamjournal.services import study_plan

        return study_plan.earliest_night(self._context.journal, self._context.person_id, self._context.clock)

    def _make_screening(self) -> QWidget:
        self.screening = ScreeningStep()
        self.screening.compare_asked.connect(self._on_compare)
        return self.screening

    def _make_preview(self) -> QWidget:
        self.preview = PreviewStep()
        return self.preview

    def _make_fixed(self) -> QWidget:
        self.done_step = FixedStep()
        self.done_step.print_button.clicked.connect(lambda: self.print_asked.emit(self.study))
        self.done_step.list_button.clicked.connect(lambda: self.list_asked.emit(self.study))
        return self.done_step

    def _go(self, step: int) -> None:
        self._step = step
        for index, widget in enumerate(self._steps):
            widget.setVisible(index == step)
        self.error.set_sentence("")
        self.back.setVisible(0 < step < 3)
        self.cancel.setVisible(step < 3)
        self.next.setText(("Go on", "Go on", "Draw and fix", "Done")[step])
        self.next.setEnabled(step != 0 or self.refused.isHidden())
        self.title.setText("Plan a study" if step < 3 else "The question and its nights are fixed.")
        self.scroll_area.verticalScrollBar().setValue(0)
        if step == 1:
            self.screening.focus_first()
        elif step > 1:
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        elif step == 0:
            self.form.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_next(self) -> None:
        (self._leave_question, self._leave_screening, self._draw, self.accept)[self._step]()

    # ---- the question's words are never lost

    def _on_typed(self) -> None:
        self.form.words_field.set_error("")
        self._keeper.touch()

    def _keep_words(self) -> None:
        from dreamjournal.services import dreams

        c = self._context
        dreams.autosave(c.journal, c.person_id, SLOT, None, self.form.words.words(), c.clock)

    def _restore_words(self) -> None:
        from dreamjournal.services import dreams

        kept = dreams.draft(self._context.journal, self._context.person_id, SLOT)
        if kept is not None:
            self.form.words.set_words(kept.text)

    # ---- step 1

    def _on_enhancer(self) -> None:
        """A drug or a therapy is told at once that it is never put on a schedule."""
        from dreamjournal.services import studies

        name, refused = self.form.enhancer_name(), None
        if name:
            refused = studies.screening(self._context.journal, self._context.person_id, name).refused
        self.form.enhancer_field.set_error("")
        self.refused.say(refused or "")
        self.next.setEnabled(not refused)
        self.next.setToolTip(tip(refused or ""))

    def _on_enhancers(self) -> None:
        from dreamjournal.ui.enhancers.dialog import EnhancersDialog

        dialog = EnhancersDialog(self._context, self)
        dialog.finished.connect(lambda _result: self._read_enhancers())
        dialog.open()

    def _read_enhancers(self) -> None:
        from dreamjournal.services import enhancers

        c = self._context
        names = tuple(e.name for e in enhancers.all(c.journal, c.person_id) if not e.retired)
        new = [n for n in names if n not in self._offers.enhancers]
        self._offers = replace(self._offers, enhancers=names)
        self.form.set_offers(self._offers)
        if new:
            self.form.enhancer.set_value(new[-1])
        self._on_enhancer()
        self.form.enhancer.setFocus(Qt.FocusReason.OtherFocusReason)

    def draft(self, seed: int | None = None) -> StudyDraft:
        """What stands in the form."""
        from dreamjournal.services.study_plan import StudyDraft

        form, nights = self.form, self.nights
        return StudyDraft(
            form.enhancer_name(), form.chosen().key, form.source_key(), form.swd(), form.words.words(),
            nights.length(), nights.washout_nights(), nights.first.date(), nights.sealed.isChecked(),
            nights.block_size(), nights.max_run(), seed,
        )  # fmt: skip

    def _leave_question(self) -> None:
        self._keeper.flush()
        self.nights.clear_errors()
        if not self.form.check() or not self.nights.check():
            return
        context, draft = self._context, self.draft()

        def work(progress: Progress) -> PlanPreview:
            from dreamjournal.services import journals, studies

            own = journals.reopen(context.journal)
            try:
                progress.step(0, 0)
                return studies.preview(own, context.person_id, draft, context.clock)
            finally:
                own.close()

        self._start(work, self._on_preview)

    def _on_preview(self, found: PlanPreview) -> None:
        from dreamjournal.services import studies

        self._preview = found
        measure = self.form.chosen()
        own_words = found.study_without_id.question
        asks = question_words(found.study_without_id, measure.title, measure.unit)
        self.preview.show_preview(found, own_words, asks)
        c = self._context
        self.screening.show_questions(studies.screening(c.journal, c.person_id, self.form.enhancer_name()).questions)
        self._go(1 if self.screening.strips else 2)

    # ---- step 2

    def _leave_screening(self) -> None:
        answers = self.screening.answers()
        if answers is None:
            return
        if any(answers.values()):
            self._refuse(answers)
            return
        self._go(2)

    def _refuse(self, answers: dict[str, bool]) -> None:
        """A yes is kept, and answered with what to do instead."""
        from dreamjournal.services import enhancers, screening

        c = self._context
        try:
            screening.keep(
                c.journal, enhancers.the_enhancer(c.journal, c.person_id, self.form.enhancer_name()), answers, c.clock
            )
        except UserError as error:
            self.screening.show_refusal(error)
        except KnownError as error:
            self.error.set_sentence(error.sentence)

    # ---- step 3

    def _draw(self) -> None:
        from dreamjournal.services import dreams, studies

        if self._preview is None:
            return
        c, answers = self._context, self.screening.answers() or {}
        draft = self.draft(self._preview.study_without_id.seed)
        try:
            with c.journal.atomic():
                study, changes = studies.begin(c.journal, c.person_id, draft, answers, c.clock)
                dreams.drop_draft(c.journal, c.person_id, SLOT)
        except KnownError as error:
            self._show_error(error)
            return
        self._keeper.forget()
        self.study = study
        self.done_step.show_study(
            study, closed=studies.is_sealed(c.journal, study, c.clock), own=c.journal.kind == JournalKind.OWN
        )
        self._go(3)
        self.fixed.emit(study, changes)

    # ---- errors and ways out

    def _show_error(self, error: Exception) -> None:
        """A sentence beside its field, on the step that has it; else at the end. Raises what is no `KnownError`."""
        field: Field | None = None
        if isinstance(error, UserError):
            field = self.form.field_of(error.field) or self.nights.field_of(error.field)
        if not isinstance(error, UserError) or field is None:
            self.error.show_failure(error)
            return
        self._go(0)
        field.set_error(error.sentence)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.scroll_area.ensureWidgetVisible(field)

    def _on_compare(self) -> None:
        self._keeper.flush()
        self.reject()
        self.compare_asked.emit()

    def _start(self, work: Callable[[Progress], Any], on_done: Callable[[Any], None]) -> None:
        self.next.setEnabled(False)

        def done(found: Any) -> None:
            self.next.setEnabled(True)
            on_done(found)

        def failed(error: Exception) -> None:
            self.next.setEnabled(True)
            self._show_error(error)

        self._latest.start(work, done, failed)

    def done(self, result: int) -> None:
        self._latest.cancel()
        self._keeper.flush()
        super().done(result)

    def hideEvent(self, event: QHideEvent) -> None:
        self._keeper.flush()
        super().hideEvent(event)


def _column() -> QWidget:
    from PySide6.QtWidgets import QVBoxLayout

    widget = QWidget()
    box = QVBoxLayout(widget)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(14)
    return widget


def _box(widget: QWidget) -> Any:
    return widget.layout()
