"""Compare: the one honest question. Words come first, the picture after them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec, Fix
from dreamjournal.domain.night import tonight
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.compare.answer import AnswerView, nights_behind
from dreamjournal.ui.compare.ask import Choices, QuestionLine
from dreamjournal.ui.compare.asked_line import AskedLine
from dreamjournal.ui.compare.canvas import Plotted
from dreamjournal.ui.compare.fixes import follow
from dreamjournal.ui.compare.parts import ANSWER, Asked, Part, PartView, parts
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.study.looks import Looks, StudyLine, looks_at, question_of, without_look
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.choice import FoldingChoice
from dreamjournal.ui.widgets.dialog import show_error
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.numbers_hidden import NumbersHidden
from dreamjournal.ui.widgets.page import EmptyState, Page
from dreamjournal.ui.widgets.text import Label, Line

TITLES = {"enhanced": "Enhanced nights", "natural": "Natural nights", "left_out": "Missing or left out"}


class ComparePage(Page):
    """The question line, then its answer, worked out by the worker."""

    answered = Signal(object)
    """The `ContrastResult` now shown."""
    part_shown = Signal(str)
    """The key of the part now shown, once it is worked out."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("compare", "Compare", parent=parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self._plotted: Plotted | None = None
        self._stale = True
        self._last = ContrastSpec()
        self.view: AnswerView | None = None
        self.study_line: StudyLine | None = None
        self.part: PartView | None = None
        self._parts: dict[str, Part] = {part.key: part for part in parts()}
        self.looks = FoldingChoice(
            [(ANSWER, "Answer"), *((part.key, part.title) for part in self._parts.values())],
            "Look at",
            name="compareParts",
        )
        self.looks.set_value(ANSWER)
        self.looks.chosen.connect(lambda key: self.show_part(str(key or ANSWER)))
        self.looks.hide()
        self.question = QuestionLine(tonight(context.clock.now(), context.zone))
        self.question.asked.connect(self._ask)
        self.counted = AskedLine()
        self.counted.usual_asked.connect(self.ask_instead)
        self.working = Label("Working it out…", "caption", "muted")
        self.error = InlineError()
        bring = Button("Import recordings…", icon_name="download", name="compareImport")
        bring.clicked.connect(lambda: self.import_requested.emit([]))
        enhancers = Button("Enhancers…", "primary", name="compareEnhancers")
        enhancers.clicked.connect(self.open_enhancers)
        plan = Button("Plan nights…", name="comparePlan")
        plan.clicked.connect(lambda: self.navigate.emit("study", None))
        self.empty = EmptyState("To compare, the journal needs nights of both kinds.", "", enhancers, plan, bring)
        self.empty.hide()
        self.hidden = NumbersHidden()
        self.hidden.hide()
        self.line = Line()
        self.body.addWidget(self.question)
        self.body.addWidget(self.counted)
        self.body.addWidget(self.line)
        self.body.addWidget(self.error)
        self.body.addWidget(self.looks)
        self.body.addWidget(self.working)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.hidden)
        self.body.addStretch(1)

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        if night is not None:
            self._ask(self.question.spec, night)
        elif self._stale:
            self._ask(self.question.spec)

    def refresh(self, changes: Changes) -> None:
        if changes & (Changes.NIGHTS | Changes.ENHANCERS | Changes.SETTINGS | Changes.STUDIES):
            self._stale = True
            if self.isVisible():
                self._ask(self.question.spec)

    def leave(self) -> bool:
        if self._latest.cancel():
            self._stale = True
        return True

    def focus_first(self) -> None:
        if self.view is not None:
            self.view.sentence.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.question.focus_first()

    def toggle_table(self) -> None:
        if self.part is not None:
            self.part.toggle_table()
        elif self.view is not None:
            self.view.toggle_table()

    # ---- asking

    def _ask(self, spec: ContrastSpec, ended: date | None = None) -> None:
        """Ask a question, or the fixed one of the study with a look after the night `ended`."""
        context, spec = self._context, without_look(spec, self._last)
        if self._hide_numbers():
            return
        self._start(lambda progress: work_out(context, spec, progress, ended), self._on_answer)

    def _hide_numbers(self) -> bool:
        """Show no question and no answer where the person wants no numbers: an answer is made of them."""
        hidden = self._context.hides_numbers
        for widget in (self.question, self.line):
            widget.setVisible(not hidden)
        self.hidden.setVisible(hidden)
        if hidden:
            self._latest.cancel()
            self._stale, self._plotted = False, None
            self._drop_part()
            self._drop_view()
            self.error.set_sentence("")
            for widget in (self.counted, self.looks, self.working, self.empty):
                widget.hide()
        return hidden

    def _start(self, work: Callable[[Progress], Any], on_done: Callable[[Any], None]) -> None:
        self.error.set_sentence("")
        self.working.show()
        self._latest.start(work, on_done, self._on_failed)

    def _on_answer(self, found: tuple[Choices, Plotted, ContrastSpec, Looks]) -> None:
        self._stale = False
        self.working.hide()
        choices, self._plotted, self.question.spec, looks = found
        result = self._plotted.result
        self.question.show_answer(choices, result)
        self.counted.set_spec(self.question.spec)
        self._last = self.question.spec
        nothing = result.enhancer is None or (not result.points and not result.fixes)
        focus = self.focusWidget()
        held = focus is not None and any(w is not None and w.isAncestorOf(focus) for w in (self.view, self.part))
        self._drop_view()
        self._drop_part()
        self.empty.setVisible(nothing)
        self.looks.setVisible(bool(self._parts) and not nothing)
        if nothing:
            self.empty.words.setText(
                f"So far: {result.n_enhanced} enhanced, {result.n_natural} natural. An enhanced night is one you "
                "marked in Tonight, or one whose imported tag or log means an enhancer; a natural night is one you said was natural."
            )
        else:
            self._show_view(self._plotted, looks)
            self.show_part(str(self.looks.value() or ANSWER))
        if held:  # what had the focus is gone
            self.focus_first()
        self.answered.emit(result)

    def _show_view(self, plotted: Plotted, looks: Looks) -> None:
        view = AnswerView(plotted)
        self.study_line = StudyLine(plotted.result, looks)
        self.study_line.look_chosen.connect(lambda look: self.question.choose(look=look))
        answer = view.layout()
        if isinstance(answer, QVBoxLayout):
            answer.insertWidget(1, self.study_line)
        view.nights_asked.connect(self._open_number)
        view.night_opened.connect(lambda day: self.navigate.emit("nights", day))
        view.fix_chosen.connect(self._fix)
        view.save_requested.connect(self.save_plot)
        self.body.insertWidget(self.body.count() - 1, view)
        self.view = view

    # ---- other ways to look at it

    def show_part(self, key: str) -> None:
        """Show the answer, or another part of Compare worked out for the same question."""
        if self._plotted is None or self.view is None:
            return
        if self.looks.value() != key:
            self.looks.set_value(key)
        self._drop_part()
        part = self._parts.get(key)
        self.view.setVisible(part is None)
        self._latest.cancel()
        self.working.hide()
        if part is None:
            self.part_shown.emit(ANSWER)
            return
        context, spec, result = self._context, self.question.spec, self._plotted.result

        def work(progress: Progress) -> Any:
            from dreamjournal.services import journals

            own = journals.reopen(context.journal)
            try:
                return part.work(Asked(own, context.person_id, spec, result, context.clock), progress)
            finally:
                own.close()

        self._start(work, lambda found: self._on_part(part, found))

    def _on_part(self, part: Part, found: Any) -> None:
        self.working.hide()
        view = part.make(found)
        view.night_opened.connect(lambda day: self.navigate.emit("nights", day))
        view.nights_asked.connect(self._list_nights)
        view.question_asked.connect(self.ask_instead)
        view.page_asked.connect(self.go)
        view.part_asked.connect(self.show_part)
        view.keep_asked.connect(self._keep)
        self.body.insertWidget(self.body.count() - 1, view)
        self.part = view
        self.part_shown.emit(part.key)

    def _drop_part(self) -> None:
        if self.part is not None:
            self.body.removeWidget(self.part)
            self.part.hide()
            self.part.deleteLater()
            self.part = None

    def _drop_view(self) -> None:
        if self.view is not None:
            self.body.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
            self.view = None

    def _keep(self, keep: Callable[[Any, int], Changes]) -> None:
        # Nobody is named as the sender: this page too reads again what was kept.
        self._context.publish(keep(self._context.journal, self._context.person_id))

    def ask_instead(self, spec: ContrastSpec) -> None:
        """Ask another question, and show its answer."""
        self.looks.set_value(ANSWER)
        self.question.spec = spec
        self._ask(spec)

    def _list_nights(self, title: str, nights: list[tuple[date, Any]], column: str) -> None:
        NightsDialog(self, title, nights, column, lambda day: self.navigate.emit("nights", day), self._context).open()

    def _on_failed(self, error: Exception) -> None:
        self.working.hide()
        self.error.show_failure(error)

    # ---- acting

    def _open_number(self, key: str) -> None:
        if self._plotted is None:
            return
        result = self._plotted.result
        column = "Why" if key == "left_out" else result.title
        dialog = NightsDialog(
            self,
            TITLES[key],
            nights_behind(result, key),
            column,
            lambda day: self.navigate.emit("nights", day),
            self._context,
        )
        dialog.open()

    def go(self, key: str, night: object = None) -> None:
        """Go to another page; a caseload has no Tonight, what a night was is said in its diary."""
        caseload = self._context.journal.kind == JournalKind.NURSE
        self.navigate.emit("morning" if key == "tonight" and caseload else key, night)

    def _fix(self, fix: Fix) -> None:
        follow(fix, self)

    def open_enhancers(self) -> None:
        """The list of enhancers and what means them."""
        from dreamjournal.ui.enhancers.dialog import EnhancersDialog

        EnhancersDialog(self._context, self).open()

    def save_plot(self) -> None:
        """Ctrl+S: ask where, then save."""
        if self._plotted is None or self._plotted.result.verdict == "refused":
            return
        dialog = QFileDialog(self, "Save plot", "nights.svg", "Drawing (*.svg)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("svg")
        dialog.fileSelected.connect(lambda name: self.save_plot_to(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def save_plot_to(self, path: Path) -> None:
        """Write the plot as SVG in the light colours of paper."""
        from dreamjournal.charts import draw
        from dreamjournal.common.files import atomic_write
        from dreamjournal.domain.report import EstimationPlot

        if self._plotted is None or not isinstance(self._plotted.figure.drawing, EstimationPlot):
            return
        try:
            atomic_write(path, draw.svg(self._plotted.figure.drawing, "a4", outlines=True))
        except OSError:
            show_error(self, "The plot was not saved", "this folder cannot be written to", "choose another")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Save):
            self.save_plot()
            return
        super().keyPressEvent(event)


def work_out(
    context: PageContext, spec: ContrastSpec, progress: Progress, ended: date | None = None
) -> tuple[Choices, Plotted, ContrastSpec, Looks]:
    """In the worker: what can be asked, the answer, its figure as plain data, the question as asked, and its looks.

    Where a study has a look after the night `ended`, its fixed question is asked instead of `spec`.
    """
    from dreamjournal.charts import canvas
    from dreamjournal.services import contrasts, journals, reports, studies
    from dreamjournal.services import enhancers as enhancer_service

    canvas.preload()
    own = journals.reopen(context.journal)
    try:
        progress.step(0, 0)
        begun = studies.all_studies(own, context.person_id)
        if ended is not None:
            spec = question_of(begun, ended) or spec
        names = tuple(e.name for e in enhancer_service.all(own, context.person_id) if not e.retired)
        if spec.enhancer is None and len(names) > 1:
            spec = replace(spec, enhancer=names[0])
        result: ContrastResult = contrasts.contrast(own, context.person_id, spec, context.clock)
        progress.step(0, 0)
        metrics = contrasts.metric_choices(own, context.person_id, context.clock)
        sources = contrasts.source_choices(own, context.person_id, result.metric, context.clock)
    finally:
        own.close()
    shown = tuple((m.key, m.title) for m in metrics if m.nights or m.key == result.metric)
    choices = Choices(names, shown, tuple((s.key, s.nights) for s in sources))
    looks = looks_at(begun, result, spec, context.local(context.clock.now()).date())
    return choices, Plotted(result, reports.estimation_plot(result)), spec, looks
