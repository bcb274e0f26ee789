"""What can be done to a running study: change the question, add nights, stop it. Each says beforehand what it means."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from dreamjournal.domain.study import Study
from dreamjournal.ui.study.offers import Offers
from dreamjournal.ui.study.question_form import QuestionForm
from dreamjournal.ui.study.words import full_date
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dialog import AskDialog, Dialog
from dreamjournal.ui.widgets.fields import Field
from dreamjournal.ui.widgets.notices import InlineError, Notice
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.widgets.words_edit import WordsEdit

ADDED = ((28, "28"), (56, "56"))


class ChangeDialog(Dialog):
    """The question again, to be changed. `changed` carries nothing: the page reads the form."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None, study: Study, offers: Offers, *, begun: bool) -> None:
        super().__init__("Change the question", parent, name="changeStudy", width=640)
        self.body.addWidget(Label("Change the question", "section"))
        if begun:
            words = (
                "The nights have begun. A question changed now was not fixed before them, so its answer will be called "
                "exploratory, on the screen and on paper. What was fixed is kept, with its date."
            )
            self.body.addWidget(Notice(words, name="changeStudy_begun"))
        else:
            self.body.addWidget(
                Prose("The first night is still to come: the changed question is fixed anew, with a new hash.")
            )
        self.form = QuestionForm(offers, name="changeStudy", with_enhancer=False)
        self.form.fill(study.question, study.enhancer, study.metric, study.source, study.swd)
        self.form.words.setFixedHeight(theme_of(self).scaled(72) + 12)
        self.body.addWidget(self.form)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Leave it as it is", name="changeStudy_stay").clicked.connect(self.reject)
        self.go = self.add_answer("Change it", primary=True, name="changeStudy_go")
        self.go.clicked.connect(self._on_go)
        self.form.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()

    def _on_go(self) -> None:
        if self.form.check():
            self.wanted.emit()


class LengthenDialog(Dialog):
    """How many nights to add."""

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None, study: Study, *, begun: bool) -> None:
        super().__init__("Lengthen the study", parent, name="lengthenStudy", width=560)
        self.body.addWidget(Label("Lengthen the study", "section"))
        planned = f"{study.nights} nights are planned, until {full_date(study.last_night)}."
        if begun:
            words = (
                f"{planned} Nights added now are drawn the same way. How long to go on was then not settled beforehand, so answers "
                "that count the added nights will be called exploratory; the looks that were set stay planned."
            )
        else:
            words = f"{planned} The first night is still to come: the longer study is drawn and fixed anew, with a new hash."
        self.body.addWidget(Prose(words))
        self.nights = ChoiceStrip(ADDED, "Nights to add", name="lengthenStudy_nights", clearable=False)
        self.nights.set_value(28)
        self.field = Field("Nights to add", self.nights)
        self.body.addWidget(self.field)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Leave it as it is", name="lengthenStudy_stay").clicked.connect(self.reject)
        go = self.add_answer("Add these nights", primary=True, name="lengthenStudy_go")
        go.clicked.connect(lambda: self.wanted.emit(int(str(self.nights.value()))))
        self.nights.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()


class StopDialog(Dialog):
    """Whether to stop, and why if the person wants to say."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None, study: Study) -> None:
        super().__init__("Stop the study", parent, name="stopStudy", width=560)
        self.body.addWidget(Label("Stop the study?", "section"))
        self.body.addWidget(
            Prose(
                "Nothing is lost: the nights so far stay, and can be compared. A study may be stopped at any time; "
                "that it was stopped stands on the page and on its reports."
            )
        )
        self.reason = WordsEdit("Why, if you want to say", kind="words_list", name="stopStudy_reason")
        self.reason.setFixedHeight(theme_of(self).scaled(60) + 12)
        self.field = Field("Why, if you want to say", self.reason)
        self.body.addWidget(self.field)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Go on with it", name="stopStudy_stay").clicked.connect(self.reject)
        go = self.add_answer("Stop it", primary=True, name="stopStudy_go")
        go.clicked.connect(lambda: self.wanted.emit(" ".join(self.reason.words().split())))
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()


def ask_unseal(parent: QWidget, study: Study) -> AskDialog:
    """Ask once whether the seal is to be opened before the end."""
    return AskDialog(
        parent,
        "Open the seal now?",
        f"The study ends on {full_date(study.last_night)}. Once it is open you know which night is which, "
        "and it cannot be closed again. That it was opened, and when, is recorded and stands on the reports.",
        "Open the seal",
        stay="Leave it sealed",
        name="unsealStudy",
    )


def ask_for_helper(parent: QWidget) -> AskDialog:
    """Ask before the list that tells what each night is goes to a file."""
    return AskDialog(
        parent,
        "Print the list for your helper?",
        "The list tells what each night is. Let whoever prepares your nights choose the file and open it, "
        "so that you do not see it yourself.",
        "Choose a file…",
        stay="Not now",
        name="helperList",
    )
