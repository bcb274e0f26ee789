"""Which dreams are coded, and what is masked in them."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.coding import LEAST_WORDS, MOST_WORDS, CodingSet, SetCounts
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import codings, settings
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dates import span_options, span_start
from dreamjournal.ui.widgets.dialog import AskDialog
from dreamjournal.ui.widgets.fields import ComboBox, Field, LineField, NumberField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, SavedNote
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words, plain_date

SPANS: tuple[tuple[object, str], ...] = ((None, "All nights"), *span_options(84, 182, 365, 730))


class SetView(QWidget):
    """Chooses a set and makes it; `made` carries the `Changes`."""

    made = Signal(object)

    def __init__(self, context: PageContext, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._today = context, today
        self.nights = ComboBox("Nights", SPANS, name="codingNights")
        self.least = NumberField("Words at least", low=1, high=100_000, name="codingLeast")
        self.most = NumberField("Words at most", low=1, high=100_000, name="codingMost")
        self.least.set_value(LEAST_WORDS)
        self.most.set_value(MOST_WORDS)
        row = QWidget()
        flow = FlowLayout(row, 16, 8, top=True)
        flow.addWidget(Field("Nights", self.nights))
        flow.addWidget(Field("Words at least", self.least))
        flow.addWidget(Field("Words at most", self.most))
        self.counts = Label("", "body", wrap=True)
        self.error = InlineError()
        self.now = Label("", "caption", "muted", wrap=True)
        self.make = Button("Choose these dreams", "primary", name="codingMake")
        self.make.clicked.connect(self._on_make)
        self.masked = LineField("Also masked", placeholder="humming, blue light", name="codingMasked")
        self.masked.edited.connect(self._on_masked)
        self.masked_field = Field("Also masked, with commas between", self.masked)
        self.names = Label("", "caption", "muted", wrap=True)
        self.saved = SavedNote()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(SectionHead("Which dreams"))
        column.addWidget(row)
        column.addWidget(self.counts)
        column.addWidget(self.error)
        column.addWidget(self.make, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.now)
        column.addSpacing(8)
        column.addWidget(SectionHead("What is masked"))
        column.addWidget(self.masked_field)
        column.addWidget(self.saved)
        column.addWidget(self.names)
        column.addStretch(1)
        self.nights.picked.connect(lambda _days: self.show_counts())
        self.least.edited.connect(self.show_counts)
        self.most.edited.connect(self.show_counts)

    def show_set(self, chosen: CodingSet | None) -> None:
        """Show the set there is, what a new one would hold, and what is masked."""
        if chosen is None:
            self.now.setText("")
        else:
            when = plain_date(self._context.local(chosen.made).date())
            self.now.setText(
                f"The set now: {count_words(len(chosen.dreams), 'dream')} of {chosen.least_words} to {chosen.most_words} words, chosen on "
                f"{when}, shuffled with seed {chosen.seed}."
            )
        self.make.setText("Choose these dreams" if chosen is None else "Choose these dreams instead")
        self._chosen = chosen
        journal, person = self._context.journal, self._context.person_id
        self.masked.show_text(", ".join(settings.get(journal, person, codings.MASKED)))
        shown = codings.masked_words(journal, person)
        whose = "the person’s" if journal.kind == JournalKind.NURSE else "your"
        self.names.setText(
            f"Masked in every dream: dates, clock times, [{whose} comments] and, in any spelling, "
            + ", ".join(shown)
            + "."
        )
        self.show_counts()

    def _wanted(self) -> tuple[date | None, int, int] | None:
        if self.least.value() is None or self.most.value() is None:
            self.error.set_sentence("Both lengths are whole numbers from 1 on.")
            return None
        days = self.nights.value()
        first = span_start(self._today, days) if isinstance(days, int) else None
        return first, int(self.least.value() or 0), int(self.most.value() or 0)

    def show_counts(self) -> None:
        """Say how many dreams would be chosen, and why the others not."""
        self.error.set_sentence("")
        wanted = self._wanted()
        self.counts.setText("")
        self.make.setEnabled(False)
        if wanted is None:
            return
        first, least, most = wanted
        try:
            found = codings.counts(self._context.journal, self._context.person_id, first, None, least, most)
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self.counts.setText(counts_words(found, least, nurse=self._context.journal.kind == JournalKind.NURSE))
        self.make.setEnabled(found.chosen > 0)

    def _on_make(self) -> None:
        if self._chosen is None:
            self._make()
            return
        ask = AskDialog(
            self, "Choose other dreams?", "What was coded stays with its dreams; where a dream is in both sets it counts in the new one.",
            "Choose these", name="codingReplace",
        )  # fmt: skip
        ask.accepted.connect(self._make)
        ask.open()

    def _make(self) -> None:
        wanted = self._wanted()
        if wanted is None:
            return
        context = self._context
        try:
            _, changes = codings.make_set(
                context.journal, context.person_id, context.clock, wanted[0], None, wanted[1], wanted[2]
            )
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self.made.emit(changes)

    def _on_masked(self) -> None:
        context = self._context
        try:
            changes = settings.set_value(context.journal, context.person_id, codings.MASKED, self.masked.text() or None)
        except KnownError as error:
            self.masked_field.set_error(error.sentence)
            return
        self.masked_field.set_error("")
        self.saved.saved(context.now_words())
        self.show_set(self._chosen)
        self.made.emit(changes)


def counts_words(found: SetCounts, least: int, *, nurse: bool = False) -> str:
    """How many dreams would be chosen, why the others not, and what brings some in where there are none."""
    left = [
        f"{n} {words}" for n, words in (
            (found.short, "shorter"), (found.long, "longer"), (found.without_text, "without text"),
            (found.may_not_be_own, f"that may not be {'the person’s' if nurse else 'your'} own"),
        ) if n
    ]  # fmt: skip
    said = f"{count_words(found.chosen, 'dream')} would be coded."
    said = f"{said} Left out: {', '.join(left)}." if left else said
    if not found.chosen and found.short and least > 1:
        said += f" Lower “Words at least” from {least} to bring short ones in."
    return said
