"""Dream signs: words that stand in more dreams of one kind of night, with their sentences, and those that come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.night import tonight
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.sign import SHUFFLES, Sign, SignSpec, SignsResult
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.signs.card import SentencesDialog, SignCard, of_words
from dreamjournal.ui.signs.recurring import RecurringView
from dreamjournal.ui.signs.words import said
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dates import span_options, span_start
from dreamjournal.ui.widgets.dialog import empty_layout
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import EmptyState, Page, SectionHead
from dreamjournal.ui.widgets.tables import fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Line, Prose, set_shown

SHOWN = 6
"""Signs shown of each kind of night before the person asks for more."""
SPANS: tuple[tuple[object, str], ...] = ((None, "All nights"), *span_options(84, 182, 365))
_READS = Changes.NIGHTS | Changes.ENHANCERS | Changes.SETTINGS | Changes.STUDIES | Changes.BIN | Changes.IMPORTS
HOW = (
    "A word counts once a dream, however often it stands there, and each word is drawn towards your own usual, which weighs as "
    f"much as ten dreams. The kinds of nights were shuffled {SHUFFLES} times, drawn nights inside their blocks and others in "
    "whole runs, to count how many words stand out when nothing differs, and how far apart the farthest of them stands. Common "
    "English words, words in more than half of your dreams, words that name what you use, and [your comments] are not compared. "
    "What a word means is yours to say."
)
COLUMNS = ("Word", "More often", "Natural", "Enhanced", "All dreams", "Any in shuffles")
TITLES = {"enhanced": "In more dreams of enhanced nights", "natural": "In more dreams of natural nights"}


class SignsPage(Page):
    """The sentence first, then the words with their sentences, then the signs over time."""

    found_signs = Signal(object)
    """The `SignsResult` now shown."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("signs", "Dream signs", parent=parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self._stale = True
        self._spec = SignSpec()
        self._limits = {"enhanced": SHOWN, "natural": SHOWN}
        self._undo: Callable[[], Changes] | None = None
        self.result: SignsResult | None = None
        self.cards: list[SignCard] = []
        back = Button("Dreams", "link", icon_name="chevron-left", name="signsBack")
        back.setAccessibleName("Back to Dreams")
        back.clicked.connect(lambda: self.navigate.emit("dreams", None))
        coding = Button("Coding…", "link", name="signsCoding")
        coding.clicked.connect(lambda: self.navigate.emit("coding", None))
        self.add_control(back)
        self.add_control(coding)
        self.enhancer = ComboBox("Enhancer", name="signsEnhancer")
        self.enhancer_field = Field("Enhancer", self.enhancer)
        self.nights = ComboBox("Nights", SPANS, name="signsNights")
        asked = QWidget()
        flow = FlowLayout(asked, 16, 8)
        flow.addWidget(self.enhancer_field)
        flow.addWidget(Field("Nights compared", self.nights))
        self.enhancer_field.hide()
        self.error = InlineError()
        self._nurse = context.journal.kind == JournalKind.NURSE
        self._numbers = True
        self.working = Label(said("Reading your dreams…", nurse=self._nurse), "caption", "muted")
        self.sentence = Prose(kind="lead")
        self.left_out = Label("", "caption", "muted", wrap=True)
        self.how = Label(said(HOW, nurse=self._nurse), "caption", "muted", wrap=True)
        write = Button("New dream", "primary", name="signsNewDream")
        write.clicked.connect(lambda: self.navigate.emit("dreams", None))
        self.empty = EmptyState(
            "No dreams with words yet.", said("Signs are found in what you write down.", nurse=self._nurse), write
        )
        self._found = QWidget()
        self._found_box = QVBoxLayout(self._found)
        self._found_box.setContentsMargins(0, 0, 0, 0)
        self._found_box.setSpacing(12)
        self.table = make_table(
            "Words that stand out", COLUMNS, name="signsTable",
            on_open=self._open_row,
        )  # fmt: skip
        fit_rows(self.table, 12)
        self.table.hide()
        self.recurring = RecurringView(nurse=self._nurse)
        for widget in (
            asked,
            Line(),
            self.error,
            self.working,
            self.empty,
            self.sentence,
            self.left_out,
            self._found,
            self.table,
        ):
            self.body.addWidget(widget)
        self.body.addWidget(self.how)
        self.body.addWidget(self.recurring)
        self.body.addStretch(1)
        self.nights.picked.connect(self._on_nights)
        self.enhancer.picked.connect(lambda name: self._ask(replace(self._spec, enhancer=str(name))))
        self.recurring.keep_asked.connect(self.keep)
        self.recurring.drop_asked.connect(self.drop)
        self.recurring.show_asked.connect(self.show_again)
        self.recurring.sentences_asked.connect(self._open_sentences)
        self.undo_offer.undo_requested.connect(self._on_undo)
        self._show_parts(None)

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        if self._stale:
            self._ask(self._spec)

    def refresh(self, changes: Changes) -> None:
        if changes & _READS:
            self._stale = True
            if self.isVisible():
                self._ask(self._spec)

    def leave(self) -> bool:
        if self._latest.cancel():
            self._stale = True
        return True

    def focus_first(self) -> None:
        first = self.enhancer if self.enhancer_field.isVisibleTo(self) else self.nights
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_table(self) -> None:
        if self.result is not None and self.result.signs and self._numbers:
            to_table = self.table.isHidden()
            self.table.setVisible(to_table)
            self._found.setVisible(not to_table)
            (self.table if to_table else self.nights).setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- asking

    def _on_nights(self, days: object) -> None:
        today = tonight(self._context.clock.now(), self._context.zone)
        first = span_start(today, days) if isinstance(days, int) else None
        self._ask(replace(self._spec, first=first))

    def _ask(self, spec: SignSpec) -> None:
        self._spec = spec
        self.error.set_sentence("")
        set_shown(self.working, True)
        context = self._context
        self._latest.start(
            lambda progress: look(context, spec, progress), lambda found: self._on_found(*found), self._on_failed
        )

    def _on_failed(self, error: Exception) -> None:
        self.working.hide()
        self.error.show_failure(error)

    def _on_found(self, names: tuple[str, ...], found: SignsResult) -> None:
        self._stale, self.result = False, found
        self.working.hide()
        self._spec = replace(self._spec, enhancer=found.enhancer)
        self.enhancer.set_options([(name, name) for name in names])
        self.enhancer.set_value(found.enhancer)
        self.enhancer_field.setVisible(len(names) > 1)
        self._limits = {"enhanced": SHOWN, "natural": SHOWN}
        self._show_parts(found)
        self.found_signs.emit(found)

    def _show_parts(self, found: SignsResult | None) -> None:
        from dreamjournal.services import signs

        # Without numbers the words and their sentences stay; what is said of them is all counts.
        numbers = self._numbers = not self._context.hides_numbers
        any_dreams = found is not None and found.dreams > 0
        self.empty.setVisible(found is not None and not any_dreams)
        for widget in (self.sentence, self.how, self.recurring):
            widget.setVisible(any_dreams and (numbers or widget is self.recurring))
        left_out = signs.left_out_words(found.left_out) if found is not None else ""
        self.left_out.setText(said(left_out, nurse=self._nurse))
        self.left_out.setVisible(any_dreams and numbers and bool(left_out))
        if found is None:
            return
        self.sentence.set_parts(found.sentence)
        self._fill_cards(found)
        self.table.model().set_rows([  # pyright: ignore[reportAttributeAccessIssue] - a RowsModel
            (s.word, s.arm, of_words(s.natural), of_words(s.enhanced), of_words(s.usual), f"{s.any_as_far} of {SHUFFLES}")
            for s in found.signs
        ])  # fmt: skip
        if not found.signs or not numbers:
            self.table.hide()
        self._found.setVisible(self.table.isHidden())
        self.recurring.show_signs(found, numbers=numbers)

    def _fill_cards(self, found: SignsResult) -> None:
        empty_layout(self._found_box)
        self.cards = []
        own = {w.casefold() for w in found.own}
        for arm in ("enhanced", "natural"):
            signs = [s for s in found.signs if s.arm == arm]
            if not signs:
                continue
            self._found_box.addWidget(SectionHead(TITLES[arm]))
            for index, sign in enumerate(signs[: self._limits[arm]]):
                card = SignCard(
                    sign, own=sign.word.casefold() in own, name=f"sign_{arm}_{index + 1}", nurse=self._nurse, numbers=self._numbers
                )  # fmt: skip
                card.night_opened.connect(lambda night: self.navigate.emit("dreams", night))
                card.all_asked.connect(lambda s: self._open_sentences(s.word, s.sentences))
                card.keep_asked.connect(self.keep)
                card.hide_asked.connect(self.hide_word)
                self._found_box.addWidget(card)
                self.cards.append(card)
            rest = len(signs) - self._limits[arm]
            if rest > 0:
                more = Button(
                    f"Show {min(rest, SHOWN)} more" if self._numbers else "Show more", name=f"signsMore_{arm}"
                )
                more.clicked.connect(lambda _checked=False, a=arm: self._more(a))
                self._found_box.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        beyond = found.standing - len(found.signs)
        if beyond > 0 and self._numbers:
            self._found_box.addWidget(Label(f"{beyond} more stand out, less far apart.", "caption", "muted"))

    def _more(self, arm: str) -> None:
        self._limits[arm] += SHOWN
        if self.result is not None:
            self._fill_cards(self.result)

    # ---- acting

    def _open_row(self, row: int) -> None:
        if self.result is not None:
            sign: Sign = self.result.signs[row]
            self._open_sentences(sign.word, sign.sentences)

    def _open_sentences(self, word: str, sentences: Any) -> None:
        SentencesDialog(self, word, sentences, lambda night: self.navigate.emit("dreams", night)).open()

    def keep(self, word: str) -> None:
        """Put a word on the person's list."""
        self._change("keep", "drop", word, said(f"{word} is one of your dream signs.", nurse=self._nurse))

    def drop(self, word: str) -> None:
        """Take a word off the person's list."""
        self._change("drop", "keep", word, said(f"{word} is off your list.", nurse=self._nurse))

    def hide_word(self, word: str) -> None:
        """Never show a word again."""
        self._change("hide", "show", word, f"{word} is hidden.")

    def show_again(self, word: str) -> None:
        """Show a hidden word again."""
        self._change("show", "hide", word, f"{word} can be shown again.")

    def _change(self, act: str, back: str, word: str, said: str) -> None:
        from dreamjournal.services import signs

        journal, person = self._context.journal, self._context.person_id
        try:
            changes = getattr(signs, act)(journal, person, word)
        except KnownError as error:
            self.recurring.set_error(error.sentence)
            return
        self.recurring.set_error("")
        self._undo = lambda: getattr(signs, back)(journal, person, word)
        self.undo_offer.offer(said)
        self._context.publish(changes, self)
        self._ask(self._spec)

    def _on_undo(self) -> None:
        if self._undo is None:
            return
        undo, self._undo = self._undo, None
        self._context.publish(undo(), self)
        self._ask(self._spec)


def look(context: PageContext, spec: SignSpec, progress: Progress) -> tuple[tuple[str, ...], SignsResult]:
    """In the worker: the enhancers to choose from, and what stands out."""
    from dreamjournal.services import enhancers, journals, signs

    own = journals.reopen(context.journal)
    try:
        names = tuple(e.name for e in enhancers.all(own, context.person_id) if not e.retired)
        if (spec.enhancer is not None and spec.enhancer not in names) or (spec.enhancer is None and len(names) > 1):
            spec = replace(spec, enhancer=names[0] if names else None)
        return names, signs.find(own, context.person_id, spec, context.clock, progress)
    finally:
        own.close()
