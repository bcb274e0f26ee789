"""Balance: natural and enhanced nights against the person's own aim; words first, then the weeks, then what the log shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.balance import aim_words
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.balance.aside import CheckInCard, InstructionsView, NextSteps, NoteOfTheWeek
from dreamjournal.ui.balance.dialogs import CheckInDialog, InstructionDialog
from dreamjournal.ui.balance.nights_view import NightsView
from dreamjournal.ui.balance.shows import ShowsView
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.theme import theme_of, theme_source
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import empty_layout
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import Columns, EmptyState, Page
from dreamjournal.ui.widgets.text import Label, set_shown

if TYPE_CHECKING:
    from dreamjournal.services.balance import Balance
    from dreamjournal.services.prompt_rules import PromptFact

AIMS: tuple[tuple[int | None, str], ...] = (
    (None, "No aim set"), *((n, f"{aim_words(n)[0].upper()}{aim_words(n)[1:]}") for n in range(8)),
)  # fmt: skip
_READ_AGAIN = (
    Changes.NIGHTS
    | Changes.ENHANCERS
    | Changes.SETTINGS
    | Changes.IMPORTS
    | Changes.BIN
    | Changes.CHECK_INS
    | Changes.STUDIES
)


class BalancePage(Page):
    """One reading of the nights, made by the worker; everything the person changes here can be taken back."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("balance", "Balance", parent=parent)
        self._context = context
        self._nurse = context.journal.kind == JournalKind.NURSE
        self._latest = Latest(context.tasks)
        self._stale = True
        self._take_back: Callable[[], Changes] | None = None
        self.found: Balance | None = None
        self.shows: ShowsView | None = None
        self.note: NoteOfTheWeek | None = None
        self.check_in: CheckInCard | None = None
        self.aim = ComboBox("Aim for enhanced nights", AIMS, name="aim")
        self.aim.picked.connect(self._on_aim)
        self.aim_field = Field("The person’s own aim" if self._nurse else "Your own aim for enhanced nights", self.aim)
        self.add_control(self.aim_field)
        self.working = Label("Reading the nights…", "caption", "muted")
        self.error = InlineError()
        say = Button("Say what tonight is", "primary", name="balanceTonight")
        say.clicked.connect(lambda: self.navigate.emit("tonight", None))
        say.setVisible(not self._nurse)
        bring = Button("Import recordings…", icon_name="download", name="balanceImport")
        bring.clicked.connect(lambda: self.import_requested.emit([]))
        self.empty = EmptyState(
            "No nights yet.",
            "Here each week stands as a stack of its natural and enhanced nights, against an aim of your own. "
            "Say in Tonight what a night is, or import recordings.",
            *((bring,) if self._nurse else (say, bring)),
        )
        self.empty.hide()
        self.columns = Columns(right_width=320)
        self.columns.hide()
        self.nights = NightsView(nurse=self._nurse)
        self.nights.nights_asked.connect(self._list)
        self.nights.night_opened.connect(lambda day: self.navigate.emit("nights", day))
        self.columns.left.addWidget(self.nights)
        self._below = QVBoxLayout()
        self.columns.left.addLayout(self._below)
        self.columns.left.addStretch(1)
        self.body.addWidget(self.error)
        self.body.addWidget(self.working)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.columns)
        self.body.addStretch(1)
        self.undo_offer.undo_requested.connect(self._on_undo)
        theme_source().changed.connect(self._on_theme)

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        if self._stale:
            self._read()

    def refresh(self, changes: Changes) -> None:
        if changes & _READ_AGAIN:
            self._stale = True
            if self.isVisible():
                self._read()

    def leave(self) -> bool:
        if self._latest.cancel():
            self._stale = True
        return True

    def focus_first(self) -> None:
        if self.columns.isVisible():
            self.nights.weeks.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.aim.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_table(self) -> None:
        if self.columns.isVisible():
            self.nights.toggle_table()

    # ---- reading

    def _read(self) -> None:
        context = self._context
        self.error.set_sentence("")
        set_shown(self.working, self.found is None)
        self._latest.start(lambda progress: read_apart(context, progress), self._on_read, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self.working.hide()
        self.error.show_failure(error)

    def _on_read(self, found: Balance) -> None:
        self._stale = False
        self.working.hide()
        self.found = found
        self.aim.set_value(found.aim)
        nothing = found.first is None
        self.empty.setVisible(nothing)
        self.columns.setVisible(not nothing)
        if not nothing:
            self.nights.show_nights(found)
            self._show_shows(found)
        self._show_aside(found)

    def _show_shows(self, found: Balance) -> None:
        empty_layout(self._below)
        if found.prompts is None:
            self.shows = None
            return
        self.shows = ShowsView(found.prompts, nurse=self._nurse, numbers=not found.hide_numbers)
        self.shows.nights_asked.connect(self._list_fact)
        self.shows.instruction_asked.connect(self.ask_instruction)
        self._below.addWidget(self.shows)

    def _show_aside(self, found: Balance) -> None:
        right = self.columns.right
        empty_layout(right)
        self.note = self.check_in = None
        if found.first is None:
            return
        self._add_note()
        if found.offer.due:
            self.check_in = CheckInCard(found.offer)
            self.check_in.answer_asked.connect(self.ask_check_in)
            self.check_in.skipped.connect(self._on_skip)
            self.check_in.switched_off.connect(lambda: self._switch_off("check_ins_on", "The questions are off."))
            right.addWidget(self.check_in)
        steps = NextSteps(found.number, nurse=self._nurse)
        steps.page_asked.connect(lambda key: self.navigate.emit(key, None))
        right.addWidget(steps)
        told = InstructionsView(found.instructions)
        told.record_asked.connect(self.ask_instruction)
        told.removed.connect(self._on_remove_instruction)
        right.addWidget(told)
        right.addStretch(1)

    def _add_note(self) -> None:
        """The note of the week; at night, in the dark, none."""
        from dreamjournal.services import cards

        if theme_of(self).is_night:
            return
        now = cards.card_now(self._context.journal, self._context.person_id, self._context.clock)
        if now is None:
            return
        self.note = NoteOfTheWeek(now)
        self.note.put_away.connect(lambda: self._put_away(now.shown.id))
        self.note.switched_off.connect(lambda: self._switch_off("cards_on", "The notes are off."))
        self.columns.right.insertWidget(0, self.note)

    def _on_theme(self) -> None:
        if self.note is not None:
            self.note.setVisible(not theme_of(self).is_night)
        elif self.found is not None and self.found.first is not None and self.isVisible():
            self._add_note()

    # ---- nights behind a number

    def _list_fact(self, fact: PromptFact) -> None:
        hidden = self.found is not None and self.found.hide_numbers
        title = fact.plain if hidden else fact.text
        self._list(f"{title[0].upper()}{title[1:]}", [(d, "" if hidden else said) for d, said in fact.nights], "Logged")

    def _list(self, title: str, nights: list[tuple[date, Any]], column: str) -> None:
        NightsDialog(self, title, nights, column, lambda day: self.navigate.emit("nights", day), self._context).open()

    # ---- what the person changes

    def _on_aim(self, value: object) -> None:
        from dreamjournal.services import balance, settings

        journal, person = self._context.journal, self._context.person_id
        before, aim = settings.get(journal, person, balance.AIM), value if isinstance(value, int) else None
        if aim == before:
            return
        self._act(
            lambda: balance.set_aim(journal, person, aim),
            "Aim changed.",
            lambda: balance.set_aim(journal, person, before),
        )

    def _switch_off(self, key: str, said: str) -> None:
        from dreamjournal.services import settings

        journal, person = self._context.journal, self._context.person_id
        self._act(
            lambda: settings.set_value(journal, person, key, "no"), said,
            lambda: settings.set_value(journal, person, key, "yes"),
        )  # fmt: skip

    def _put_away(self, shown_id: int) -> None:
        from dreamjournal.services import cards

        journal, clock = self._context.journal, self._context.clock
        self._act(
            lambda: cards.put_away(journal, shown_id, clock),
            "Note put away.",
            lambda: cards.take_out(journal, shown_id),
        )

    def _on_skip(self) -> None:
        from dreamjournal.services import check_ins

        context = self._context
        self._keep_check_in(
            lambda: check_ins.skip(context.journal, context.person_id, context.clock), "Passed over for this month."
        )

    def ask_check_in(self) -> CheckInDialog:
        """Open the five questions."""
        from dreamjournal.services import check_ins

        context = self._context
        dialog = CheckInDialog(self)

        def keep(answers: dict[str, str]) -> None:
            self._keep_check_in(
                lambda: check_ins.save(context.journal, context.person_id, answers, context.clock), "Answers kept."
            )
            dialog.accept()

        dialog.kept.connect(keep)
        dialog.open()
        return dialog

    def _keep_check_in(self, keep: Callable[[], tuple[Any, Changes]], said: str) -> None:
        from dreamjournal.services import check_ins

        journal = self._context.journal
        made: list[int] = []

        def act() -> Changes:
            kept, changes = keep()
            made.append(kept.id)
            return changes

        self._act(act, said, lambda: check_ins.take_back(journal, made[0]))

    def ask_instruction(self) -> InstructionDialog:
        """Open the form for what a clinician said."""
        from dreamjournal.services import prompts

        context = self._context
        found = self.found.doses if self.found is not None else ()
        dialog = InstructionDialog(self, found[0].name if found else "", context.local(context.clock.now()).date())

        def keep(about: str, day: date, who: str, words: str) -> None:
            try:
                made, changes = prompts.add_instruction(
                    context.journal, context.person_id, about, day, who, words, context.clock
                )
            except KnownError as error:
                dialog.show_refusal(error)
                return
            dialog.accept()
            person = context.person_id
            self._done(
                changes, "Instruction kept.", lambda: prompts.remove_instruction(context.journal, person, made.id)[1]
            )

        dialog.kept.connect(keep)
        dialog.open()
        return dialog

    def _on_remove_instruction(self, number: int) -> None:
        from dreamjournal.services import prompts

        context = self._context
        try:
            gone, changes = prompts.remove_instruction(context.journal, context.person_id, number)
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self._done(changes, "Instruction removed.", lambda: prompts.put_back(context.journal, gone))

    def _act(self, act: Callable[[], Changes], said: str, back: Callable[[], Changes]) -> None:
        try:
            changes = act()
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self._done(changes, said, back)

    def _done(self, changes: Changes, said: str, back: Callable[[], Changes]) -> None:
        self._take_back = back
        self.undo_offer.offer(said)
        self._settle_focus()
        self._context.publish(changes, self)
        self._read()

    def _settle_focus(self) -> None:
        """What had the focus may be made anew; the way back takes it, and keeps the keyboard where it was."""
        if not self.aim.hasFocus():
            self.undo_offer.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_undo(self) -> None:
        back, self._take_back = self._take_back, None
        if back is None:
            return
        try:
            changes = back()
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self.nights.weeks.setFocus(Qt.FocusReason.OtherFocusReason)
        self._context.publish(changes, self)
        self._read()


def read_apart(context: PageContext, progress: Progress) -> Balance:
    """In the worker: everything the page shows, read through a connection of its own."""
    from dreamjournal.services import balance, journals

    progress.step(0, 0)
    own = journals.reopen(context.journal)
    try:
        return balance.read(own, context.person_id, context.clock)
    finally:
        own.close()
