"""One patient's review: facts with a link to the nights behind each, open notes, sign-off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.patients.note import NoteDialog
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.dialog import AskDialog
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.icon import IconLabel
from dreamjournal.ui.widgets.page import STACK_BELOW, Card
from dreamjournal.ui.widgets.text import Label, Line, Prose
from dreamjournal.ui.words import count_words, plain_date

if TYPE_CHECKING:
    from dreamjournal.domain.person import Query
    from dreamjournal.services.reviews import Fact, PatientRow


class ReviewCard(Card):
    """What is to be read of one person before signing off."""

    open_requested = Signal()
    night_requested = Signal(object)
    changed = Signal(object)
    """`Changes` of a note or a sign-off."""

    def __init__(
        self, context: PageContext, row: PatientRow, facts: Sequence[Fact], notes: Sequence[Query], today: date, initials: str,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(kind="card", pad=0, parent=parent)
        self.setObjectName("review")
        self._context, self._row, self._notes, self._today = context, row, list(notes), today
        self._split = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._split.setSpacing(0)
        self.box.addLayout(self._split)
        self._split.addWidget(self._make_facts(facts), 6)
        self._split.addWidget(Line(vertical=True))
        self._split.addWidget(self._make_notes(initials), 5)

    def _make_facts(self, facts: Sequence[Fact]) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label(self._row.person.name, "section"))
        last = self._row.last_review
        since = f"since {plain_date(last.reviewed_on)}" if last is not None else "not reviewed yet"
        head.addWidget(Label(f"{count_words(self._row.new_nights, 'night')} {since}", "caption", "muted"), 1)
        link = Button(f"Open {self._row.person.name}", "link", name="openPatient")
        link.clicked.connect(self.open_requested)
        head.addWidget(link)
        column.addLayout(head)
        for number, fact in enumerate(facts):
            if number:
                column.addWidget(Line())
            column.addLayout(self._fact_row(fact, number))
        if not facts:
            column.addWidget(
                Label("Nothing to point out in these nights. Open the person to read them.", "body", "muted", wrap=True)
            )
        column.addStretch(1)
        return side

    def _fact_row(self, fact: Fact, number: int) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(IconLabel("info", "muted", small=True), 0, Qt.AlignmentFlag.AlignTop)
        words = Prose(*fact_parts(fact), kind="control")
        words.setObjectName(f"fact_{number}")
        words.link_activated.connect(lambda _key, f=fact: self.show_nights(f))
        line.addWidget(words, 1)
        return line

    def show_nights(self, fact: Fact) -> NightsDialog:
        """The nights behind a fact; one opens at Enter."""
        context = replace(self._context, person_id=self._row.person.id)
        dialog = NightsDialog(self, fact.text, [(d, "") for d in fact.nights], "", self.night_requested.emit, context)
        dialog.open()
        return dialog

    def _make_notes(self, initials: str) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(Label("Open notes", "label", strong=True), 1)
        note = Button("Write a note…", "link", name="writeNote")
        note.setToolTip("Alt+N")
        note.clicked.connect(self.write_note)
        head.addWidget(note)
        column.addLayout(head)
        for number, query in enumerate(self._notes):
            if number:
                column.addWidget(Line())
            column.addLayout(self._note_row(query))
        if not self._notes:
            column.addWidget(Label("None.", "body", "muted"))
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.on = DateField("Reviewed on", self._today, last=self._today, name="reviewedOn")
        self.initials = LineField("Initials", name="initials")
        self.initials.show_text(initials)
        self.initials.setMaximumWidth(theme_of(self).scaled(90))
        self.on_field, self.initials_field = Field("Reviewed on", self.on), Field("Initials", self.initials)
        row.addWidget(self.on_field)
        row.addWidget(self.initials_field)
        self.sign = Button(f"Sign off {count_words(self._row.new_nights, 'night')}", "primary", name="signOff")
        self.sign.setEnabled(self._row.new_nights > 0)
        self.sign.setToolTip("Alt+S" if self._row.new_nights else "No night is new since the last review")
        self.sign.clicked.connect(self.ask_sign_off)
        row.addWidget(Field(" ", self.sign))
        row.addStretch(1)
        column.addLayout(row)
        return side

    def _note_row(self, query: Query) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(query.text, "control", wrap=True))
        about = f"{query.initials}, {plain_date(self._context.local(query.asked).date())}"
        if query.night_date is not None:
            about += f", night of {plain_date(query.night_date)}"
        words.addWidget(Label(about, "tiny", "muted"))
        line.addLayout(words, 1)
        done = Button("Close", "link", name=f"closeNote_{query.id}")
        done.setAccessibleName(f"Close the note: {query.text}")
        done.clicked.connect(lambda: self._close(query.id))
        line.addWidget(done, 0, Qt.AlignmentFlag.AlignTop)
        return line

    # ---- acting

    def write_note(self) -> NoteDialog:
        """Alt+N."""
        dialog = NoteDialog(self, self._today, self.initials.text())
        dialog.kept.connect(lambda night, text, initials: self._keep_note(dialog, night, text, initials))
        dialog.open()
        return dialog

    def _keep_note(self, dialog: NoteDialog, night: date | None, text: str, initials: str) -> None:
        from dreamjournal.services import reviews

        context = self._context
        try:
            _, changes = reviews.ask(context.journal, self._row.person.id, night, text, initials, context.clock)
        except KnownError as error:
            dialog.show_error(error)
            return
        dialog.accept()
        self.changed.emit(changes)

    def _close(self, query_id: int) -> None:
        from dreamjournal.services import reviews

        self._act(lambda: reviews.close(self._context.journal, query_id, self._context.clock))

    def ask_sign_off(self) -> AskDialog | None:
        """Alt+S: with notes still open it asks once."""
        if not self.sign.isEnabled():
            return None
        if not self._notes:
            self.sign_off()
            return None
        count = count_words(len(self._notes), "note")
        ask = AskDialog(
            self,
            f"Sign off with {count} open?",
            "The notes stay open and are listed with the next review.",
            "Sign off",
            name="askSignOff",
        )
        ask.accepted.connect(self.sign_off)
        ask.open()
        return ask

    def sign_off(self) -> None:
        """Sign off the nights shown with the date and initials."""
        from dreamjournal.services import reviews

        self._act(
            lambda: reviews.sign_off(
                self._context.journal, self._row.person.id, self.on.date(), self.initials.text(), self._context.clock
            )
        )

    def _act(self, act: Callable[[], Changes]) -> None:
        self.on_field.set_error("")
        self.initials_field.set_error("")
        try:
            changes = act()
        except KnownError as error:
            (self.on_field if error.field == "reviewed_on" else self.initials_field).set_error(error.sentence)
            return
        self.changed.emit(changes)

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        stacked = self.width() / theme_of(self).scale < STACK_BELOW
        self._split.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)


def fact_parts(fact: Fact) -> list[str | tuple[str, str]]:
    """The fact with its count as a link to its nights."""
    before, found, after = fact.text.partition(fact.link) if fact.link else (fact.text, "", "")
    if not found:
        return (
            [fact.text + " ", (count_words(len(fact.nights), "night"), "link:nights")] if fact.nights else [fact.text]
        )
    return [before, (found, "link:nights"), after]
