"""The steps of the planner below the question: the nights, what speaks against it, what to expect, and what was fixed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.common.errors import UserError
from dreamjournal.ui.study.view import HASH_WORDS, HashLine
from dreamjournal.ui.study.words import full_date, plan_words
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.fields import Field, NumberField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, Notice
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.text import Label, Prose, set_shown
from dreamjournal.ui.words import count_words, plain_date

if TYPE_CHECKING:
    from dreamjournal.domain.study import Study
    from dreamjournal.services.screening import ScreenQuestion
    from dreamjournal.services.study_plan import PlanPreview

LENGTHS = ((28, "28 nights"), (56, "56 nights"), (84, "84 nights"))
BLOCKS = ((2, "Pairs"), (4, "Blocks of four"))
RUNS = ((2, "2 nights"), (3, "3 nights"))
WHY_LOOKS = (
    "A verdict is looked for after 28 and after 56 nights and at the end, and at no other time. It needs 14 nights of each kind, "
    "so after 28 only if none is missing."
)


class WayOn(QWidget):
    """Why no nights are drawn, and a link to what can be done instead; hidden while there is nothing to say."""

    compare_asked = Signal()

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = Notice(icon_name="info", name=name)
        self.link = Button("Compare the nights you have", "link", name=f"{name}_link")
        self.link.clicked.connect(self.compare_asked)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.notice)
        box.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def say(self, words: str) -> None:
        """Say why; empty words hide it."""
        self.notice.set_text(words)
        set_shown(self, bool(words))

    def words(self) -> str:
        """What it says now."""
        return self.notice.accessibleName()


class NightsForm(QWidget):
    """Length, first night, blocks, washout, sealed: each with its usual value."""

    def __init__(self, first: date, *, own: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        self.nights = ChoiceStrip(LENGTHS, "How long", name="planner_nights", clearable=False)
        self.nights.set_value(56)
        self.first = DateField("First night", first, weekday=True, first=first, name="planner_first")
        self.first.setMaximumWidth(theme_of(self).scaled(190))
        self.blocks = ChoiceStrip(BLOCKS, "Drawn in", name="planner_blocks", clearable=False)
        self.blocks.set_value(4)
        self.runs = ChoiceStrip(RUNS, "At most of one kind in a row", name="planner_runs", clearable=False)
        self.runs.set_value(3)
        self.washout = NumberField("Washout", low=0, high=7, name="planner_washout")
        self.washout.setMaximumWidth(theme_of(self).scaled(72))
        self.washout.set_value(0)
        self.length_field = Field("&How long", self.nights, note=WHY_LOOKS)
        self.first_field = Field("&First night", self.first)
        self.blocks_field = Field(
            "&Drawn in",
            self.blocks,
            note="Each block has as many enhanced as natural nights, so that both kinds are spread evenly.",
        )
        self.runs_field = Field("At most of one kind in a &row", self.runs)
        self.washout_field = Field(
            "&Washout, in nights", self.washout,
            note="So many natural nights after an enhanced one do not count, if what you use lasts into the next night. Usual: 0.",
        )  # fmt: skip
        for group in (
            (self.length_field, self.first_field),
            (self.blocks_field, self.runs_field),
            (self.washout_field,),
        ):
            row = QWidget()
            flow = FlowLayout(row, 28, 12, top=True)
            for field in group:
                if field.note is not None:
                    field.setMinimumWidth(theme_of(self).scaled(300))
                    field.setMaximumWidth(theme_of(self).scaled(420))
                flow.addWidget(field)
            box.addWidget(row)
        self.sealed = TickRow("Sealed until the end", name="planner_sealed", framed=False)
        box.addWidget(self.sealed)
        said = (
            "You will not see what each night is, nor device numbers, until the study has ended. Somebody else keeps the printed "
            "list and prepares the nights."
            if own
            else "The person will not see what each night is, nor device numbers, until the study has ended. You see the list here."
        )
        self.sealed.setAccessibleDescription(said)
        self.sealed_words = Label(said, "tiny", "muted", wrap=True)
        box.addWidget(self.sealed_words)

    def length(self) -> int:
        """How many nights are planned."""
        return int(str(self.nights.value()))

    def block_size(self) -> int:
        """Nights in a block."""
        return int(str(self.blocks.value()))

    def max_run(self) -> int:
        """The longest run of one kind."""
        return int(str(self.runs.value()))

    def washout_nights(self) -> int:
        """Natural nights that do not count after an enhanced one."""
        return int(self.washout.value() or 0)

    def field_of(self, name: str | None) -> Field | None:
        """The field an error belongs to."""
        fields = {
            "nights": self.length_field, "first_night": self.first_field, "block_size": self.blocks_field,
            "max_run": self.runs_field, "washout": self.washout_field,
        }  # fmt: skip
        return fields.get(name or "")

    def clear_errors(self) -> None:
        """Take all sentences away."""
        for field in (self.length_field, self.first_field, self.blocks_field, self.runs_field, self.washout_field):
            field.set_error("")

    def check(self) -> bool:
        """Whether what stands here can be planned; what cannot is said beside its field."""
        if self.washout.is_wrong():
            self.washout_field.set_error("A whole number from 0 to 7.")
            self.washout.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        if self.first.property("invalid"):
            self.first_field.set_error("A date, such as 12 Nov 2026.")
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        return True


class ScreeningStep(QWidget):
    """Yes-or-no questions, none of them answered beforehand; a yes shows the way on instead of a plan."""

    compare_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strips: dict[str, ChoiceStrip] = {}
        self._errors: dict[str, InlineError] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        box.addWidget(Label("3. Before any night is drawn", "section"))
        box.addWidget(Prose("Please answer each. The answers stay in this journal.", tone="muted"))
        self._questions = QVBoxLayout()
        self._questions.setSpacing(12)
        box.addLayout(self._questions)
        self.refusal = WayOn(name="screeningRefusal")
        self.refusal.compare_asked.connect(self.compare_asked)
        box.addWidget(self.refusal)

    def show_questions(self, questions: Sequence[ScreenQuestion]) -> None:
        """Ask these; answers given before in this planner stay where the questions are the same."""
        if [q.key for q in questions] == list(self.strips):
            return
        self.refusal.hide()
        while self._questions.count():
            item = self._questions.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        self.strips, self._errors = {}, {}
        for question in questions:
            row = QWidget()
            column = QVBoxLayout(row)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            column.addWidget(Label(question.words, "body", wrap=True))
            strip = ChoiceStrip(((False, "No"), (True, "Yes")), question.words, name=f"screening_{question.key}")
            strip.chosen.connect(lambda _value, key=question.key: self._on_answer(key))
            column.addWidget(strip)
            error = InlineError()
            column.addWidget(error)
            self._questions.addWidget(row)
            self.strips[question.key], self._errors[question.key] = strip, error

    def focus_first(self) -> None:
        """The first question without an answer."""
        waiting = [s for s in self.strips.values() if s.value() is None]
        for strip in (*waiting, *self.strips.values()):
            strip.setFocus(Qt.FocusReason.OtherFocusReason)
            return

    def answers(self) -> dict[str, bool] | None:
        """Every answer; None while one is missing, which is said below it."""
        missing = [key for key, strip in self.strips.items() if strip.value() is None]
        for key in missing:
            self._errors[key].set_sentence("Yes or no?")
        if missing:
            self.strips[missing[0]].setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        return {key: bool(strip.value()) for key, strip in self.strips.items()}

    def show_refusal(self, error: UserError) -> None:
        """What speaks against it, and the way on."""
        what_now = error.what_now[:1].upper() + error.what_now[1:]
        why = error.why[:1].upper() + error.why[1:]
        self.refusal.say(f"No nights are drawn. {why}. {what_now}.")
        self.refusal.link.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_answer(self, key: str) -> None:
        self._errors[key].set_sentence("")
        self.refusal.hide()


class PreviewStep(QWidget):
    """What the drawn nights would be, without drawing them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(Label("4. What to expect", "section"))
        self.own_words = Label("", "words_morning", wrap=True)
        self.asks = Prose(kind="lead")
        self.facts = Prose()
        self.facts.setObjectName("previewFacts")
        self.width_words = Prose()
        self.width_words.setObjectName("previewWidth")
        self._warnings = QVBoxLayout()
        self._warnings.setSpacing(8)
        for widget in (self.own_words, self.asks, self.facts, self.width_words):
            box.addWidget(widget)
        box.addLayout(self._warnings)
        box.addWidget(
            Prose(
                "“Draw and fix” draws the nights at random and fixes them with the question, under a hash that shows later that "
                "nothing was changed. A study can be stopped at any time. A question changed after the first night makes the "
                "answer exploratory.",
                kind="caption",
                tone="muted",
            )
        )

    def show_preview(self, preview: PlanPreview, own_words: str, asks: str) -> None:
        """Show what a draft would be."""
        study = preview.study_without_id
        self.own_words.setText(own_words)
        self.own_words.setVisible(bool(own_words))
        self.asks.set_parts(asks)
        facts = (
            f"{count_words(study.nights, 'night')}, {plain_date(study.first_night)} to {plain_date(study.last_night)}: "
            f"{preview.enhanced} enhanced and {preview.natural} natural, {preview.work_nights} before a work day and "
            f"{preview.free_nights} before a free one."
        )
        if study.washout:
            facts += f" After the washout about {preview.kept_natural_after_washout} natural nights count."
        if study.sealed:
            facts += " Sealed until the end."
        self.facts.set_parts(facts)
        self.width_words.set_parts(preview.half_width_words)
        while self._warnings.count():
            item = self._warnings.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        for number, warning in enumerate(preview.warnings):
            self._warnings.addWidget(Notice(warning, name=f"previewWarning_{number + 1}"))


class FixedStep(QWidget):
    """The hash, the first night, the printed plan."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)
        self.first = Prose(kind="lead")
        self.plan = Prose()
        self._box.addWidget(self.first)
        self._box.addWidget(self.plan)
        self.hash: HashLine | None = None
        self.print_button = Button("Print the plan…", name="planner_print")
        self.list_button = Button("Print the list for your helper…", name="planner_list")
        self.note = Label("", "caption", "muted", wrap=True)

    def show_study(self, study: Study, *, closed: bool, own: bool) -> None:
        """Show what was fixed."""
        first = f"The first night is {full_date(study.first_night)}."
        if closed:
            first += " What each night is stays sealed; print the list for whoever prepares the nights."
        elif own:
            first += " Tonight will say which night it is."
        self.first.set_parts(first)
        self.plan.set_parts(plan_words(study))
        self.hash = HashLine(study.digest)
        self._box.addWidget(self.hash)
        self._box.addWidget(Label(HASH_WORDS, "caption", "muted", wrap=True))
        row = QWidget()
        flow = FlowLayout(row, 12, 8)
        flow.addWidget(self.print_button)
        if closed:
            flow.addWidget(self.list_button)
        self._box.addWidget(row)
        self._box.addWidget(self.note)
