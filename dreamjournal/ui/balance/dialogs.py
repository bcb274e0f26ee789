"""Two small forms: the five monthly questions, and what a clinician said."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.care import ANSWERS, QUESTIONS
from dreamjournal.ui.widgets.choice import FoldingChoice
from dreamjournal.ui.widgets.dates import DateField, parse_date
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.text import Label, Prose


class CheckInDialog(Dialog):
    """Five questions with four words each; any may stay open. `kept` carries {question: answer}."""

    kept = Signal(object)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Five questions", parent, name="checkInDialog", width=640)
        self.body.addWidget(Label("In the last month", "section"))
        self.body.addWidget(
            Prose("About what enhances your nights. Any question may stay open.", kind="control", tone="muted")
        )
        self.choices: dict[str, FoldingChoice] = {}
        for question in QUESTIONS:
            choice = FoldingChoice(
                [(word, word.capitalize()) for word in ANSWERS], question.text, name=f"answer_{question.key}"
            )
            self.choices[question.key] = choice
            self.body.addWidget(Field(question.text, choice))
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="checkInCancel").clicked.connect(self.reject)
        self.add_answer("Keep", primary=True, name="checkInKeep").clicked.connect(self._on_keep)
        self.choices[QUESTIONS[0].key].setFocus()
        self.fit()

    def answers(self) -> dict[str, str]:
        """What is answered now."""
        return {key: str(choice.value()) for key, choice in self.choices.items() if choice.value() is not None}

    def _on_keep(self) -> None:
        if not self.answers():
            self.error.set_sentence("Nothing is answered yet. One answer is enough.")
            return
        self.kept.emit(self.answers())


class InstructionDialog(Dialog):
    """Asks about what, by whom, when, and what was said. `kept` carries (about, day, who, words)."""

    kept = Signal(str, object, str, str)

    def __init__(self, parent: QWidget | None, about: str, today: date) -> None:
        super().__init__("Record an instruction", parent, name="instructionDialog", width=520)
        self._today = today
        self.body.addWidget(Label("What a clinician said", "section"))
        self.body.addWidget(
            Prose(
                "Kept as you write it. The app does not read it; it only knows that there is one.",
                kind="control",
                tone="muted",
            )
        )
        self.about = LineField("About", placeholder="Melatonin", name="instructionAbout")
        self.about.show_text(about)
        self.who = LineField("Who said it", placeholder="Family doctor", name="instructionWho")
        self.on = DateField("When", today, last=today, name="instructionOn")
        self.words = LineField("In their words", placeholder="2 mg from now on", name="instructionWords")
        self.fields = {
            "name": Field("About", self.about), "who": Field("Who said it", self.who), "given_on": Field("When", self.on),
            "words": Field("In their words", self.words),
        }  # fmt: skip
        for field in self.fields.values():
            self.body.addWidget(field)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="instructionCancel").clicked.connect(self.reject)
        self.add_answer("Keep", primary=True, default=True, name="instructionKeep").clicked.connect(self._on_keep)
        (self.who if about else self.about).setFocus()
        self.fit()

    def show_refusal(self, error: KnownError) -> None:
        """Say why it was not kept, under the field it is about."""
        for key, field in self.fields.items():
            field.set_error(error.sentence if key == error.field else "")

    def _on_keep(self) -> None:
        day = parse_date(self.on.text(), self._today)
        if day is None:
            self.fields["given_on"].set_error("This is no date. Write it as 3 May 2026.")
            return
        self.kept.emit(self.about.text(), day, self.who.text(), self.words.text())
