"""The Morning page: the dream, then the diary, then the device; in a nurse's journal the Diary page for paper entry."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.diary import Diary, doubts, measure
from dreamjournal.domain.night import last_night
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import bin as bin_service
from dreamjournal.services import dreams, mornings, nights, settings
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams.elsewhere import save_elsewhere
from dreamjournal.ui.dreams.keeper import Keeper, reason_of
from dreamjournal.ui.morning.diary_form import WORDS, Computed, DiaryForm
from dreamjournal.ui.morning.dream_part import DreamPart
from dreamjournal.ui.morning.side import MorningSide
from dreamjournal.ui.study.closed import closed_words
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dates import DateStepper
from dreamjournal.ui.widgets.notices import InlineError, SavedNote
from dreamjournal.ui.widgets.page import Columns, Page
from dreamjournal.ui.widgets.text import Line
from dreamjournal.ui.words import NONE, duration_words, long_date, night_words, percent_words, time_words

SLEEP_NEEDS = ("try_sleep", "sol", "waso", "final_wake")


class MorningPage(Page):
    """Words and answers are drafted while typing; the diary counts once it is saved, and then device numbers open."""

    def __init__(self, context: PageContext) -> None:
        self._paper = context.journal.kind == JournalKind.NURSE
        super().__init__("morning", "Diary" if self._paper else "Morning")
        self._context = context
        self._night = self._now_night()
        self._binned: int | None = None
        self.stepper = DateStepper(self._night, last=self._night)
        self.stepper.night_chosen.connect(self._go_to)
        self.add_control(self.stepper)
        self.dream = DreamPart(context, self)
        self.form = DiaryForm(context.hours)
        self.computed = Computed()
        self.diary_saved = SavedNote()
        self.nothing = InlineError()
        self.save = Button("Save diary", "primary", name="saveDiary")
        self.remove = Button("Remove diary", "link", name="removeDiary")
        self.side = MorningSide(context)
        self._build()
        self._keeper = Keeper(self._write_draft, self)
        self._keeper.kept.connect(self.diary_saved.draft_kept)
        self._keeper.failed.connect(lambda reason: self.diary_saved.failed(reason, elsewhere=True))
        self.diary_saved.elsewhere_requested.connect(lambda: save_elsewhere(self, self._diary_as_text()))
        self._connect()

    # What the shell calls.

    def activate(self, night: date | None) -> None:
        self._go_to(night or self._now_night())

    def refresh(self, changes: Changes) -> None:
        if not changes & (Changes.NIGHTS | Changes.SETTINGS | Changes.BIN | Changes.ENHANCERS | Changes.STUDIES):
            return
        if not self._keeper.dirty and not self.dream.editing.unsaved:
            self._read()
        else:
            # Unsaved words stay; what stands beside them is read again.
            self._show_side()

    def leave(self) -> bool:
        self.dream.editing.leave()
        self._keeper.flush()
        return True

    def unsaved(self) -> str:
        texts = (self.dream.editing.unkept, self._diary_as_text() if self._keeper.dirty else "")
        return "\n".join(text for text in texts if text)

    def shown_night(self) -> date | None:
        return self._night

    def focus_first(self) -> None:
        target = self.dream.recall if self.dream.recall.value() is None else self.dream.words
        if not target.isVisibleTo(self):
            target = self.dream.recall
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def step_night(self, days: int) -> None:
        self.stepper.step(days)

    def new_dream(self) -> bool:
        """Ctrl+N: another dream of this night."""
        self.dream.new_dream()
        return True

    # Parts.

    def _build(self) -> None:
        columns = Columns(right_width=256)
        left = columns.left
        left.addWidget(self.dream)
        left.addWidget(Line())
        left.addWidget(self.form)
        left.addWidget(Line())
        end = QHBoxLayout()
        end.setSpacing(16)
        end.addWidget(self.computed, 1)
        end.addWidget(self.save)
        left.addLayout(end)
        left.addWidget(self.nothing)
        below = QHBoxLayout()
        below.addWidget(self.remove)
        below.addStretch(1)
        below.addWidget(self.diary_saved)
        left.addLayout(below)
        left.addStretch(1)
        columns.right.addWidget(self.side)
        # A box layout gives an item of policy Ignored without stretch no width at all, its fixed width notwithstanding.
        columns.right_widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.body.addWidget(columns, 1)

    def _connect(self) -> None:
        self.form.edited.connect(self._on_edited)
        self.form.settled.connect(self._on_settled)
        self.save.clicked.connect(self._on_save)
        self.remove.clicked.connect(self._on_remove)
        self.side.open_requested.connect(self._on_open_without)
        self.side.night_requested.connect(lambda: self.navigate.emit("nights", self._night))
        self.side.evening_requested.connect(lambda: self.navigate.emit("tonight", self._night))
        self.dream.editing.dream_saved.connect(lambda _dream: self._show_side())
        self.undo_offer.undo_requested.connect(self._on_undo)
        for number in range(1, 6):
            shortcut = QShortcut(
                QKeySequence(f"Alt+{number}"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
            )
            shortcut.activated.connect(lambda n=number: self.dream.choose(n))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._on_save)

    # Reading.

    def _now_night(self) -> date:
        return last_night(self._context.clock.now(), self._context.zone)

    def _go_to(self, night: date) -> None:
        self.leave()
        if self.unsaved():
            # They belong to this night and are nowhere else: the page stays here until they are kept.
            self.stepper.set_night(self._night, last=self._now_night())
            return
        if night != self._night:
            self.undo_offer.hide()
        self._night = night
        self._read()

    def _read(self) -> None:
        context = self._context
        self.stepper.set_night(self._night, last=self._now_night())
        self.set_title("Diary" if self._paper else "Morning", f"The night of {night_words(self._night)}")
        now = mornings.morning(context.journal, context.person_id, self._night, context.clock)
        if not self.dream.editing.unsaved:
            self.dream.show_night(self._night, now.recall, now.dreams)
        kept = dreams.draft(context.journal, context.person_id, self._slot())
        lights_out = now.evening.lights_out if now.diary is None else None
        self.form.show_diary(now.diary, lights_out)
        drafted = kept is not None and self.form.show_draft(kept.text)
        self._keeper.forget()
        if drafted:
            self.diary_saved.draft_kept()
        elif now.diary is not None and now.diary.entered is not None:
            self.diary_saved.saved(time_words(context.local(now.diary.entered), hours=context.hours))
        else:
            self.diary_saved.clear()
        self.nothing.set_sentence("")
        self.remove.setVisible(now.diary is not None)
        self._show_computed()
        self._show_side()

    def _show_side(self) -> None:
        context = self._context
        now = mornings.morning(context.journal, context.person_id, self._night, context.clock)
        night = nights.night(context.journal, context.person_id, self._night, context.clock)
        hidden = bool(settings.get(context.journal, context.person_id, "hide_numbers"))
        self.side.show_night(
            night, now.sources, now.evening, now.dreams, sealed=now.sealed, hidden=hidden,
            closed=closed_words(context, self._night),
        )  # fmt: skip
        self.side.edit.setVisible(not self._paper)
        self.computed.setVisible(not hidden)

    # The diary.

    def _slot(self) -> str:
        return f"diary {self._night.isoformat()}"

    def _diary(self) -> Diary:
        context = self._context
        return mornings.diary_from_answers(context.person_id, self._night, context.zone, self.form.answers())

    def _on_edited(self) -> None:
        self.diary_saved.clear()
        self.nothing.set_sentence("")
        self._keeper.touch()
        self._show_computed()

    def _on_settled(self) -> None:
        self._show_errors()

    def _show_errors(self) -> None:
        errors: dict[str, str] = {}
        try:
            errors = dict(reversed(doubts(self._diary())))
        except UserError as error:
            if error.field is not None:
                errors = {error.field: error.sentence}
        self.form.show_errors(errors | self.form.wrong())

    def _show_computed(self) -> None:
        try:
            diary = self._diary()
        except UserError:
            self.computed.show_values(NONE, "", "Share of time in bed", NONE, "")
            return
        m = measure(diary)
        sleep_needs = _needs(diary, SLEEP_NEEDS) if m.tst is None else ""
        good = m.tst is not None and m.tst >= 0
        if diary.tasafa is not None:
            share_name, share, needs = "Share of time spent trying to sleep", m.se_dse, SLEEP_NEEDS
        else:
            share_name, share, needs = "Share of time in bed", m.se_tib, ("into_bed", "out_of_bed", *SLEEP_NEEDS)
        self.computed.show_values(
            duration_words(m.tst) if good else NONE, sleep_needs, share_name, percent_words(share) if good else NONE,
            _needs(diary, needs) if share is None else "",
        )  # fmt: skip

    def _write_draft(self) -> None:
        context = self._context
        # A form emptied again is no draft; over a saved diary it is one, since emptying is a change.
        empty = not self.form.answers() and not self.form.wrong() and self.remove.isHidden()
        text = "" if empty else self.form.as_draft()
        context.kept(
            lambda: dreams.autosave(context.journal, context.person_id, self._slot(), self._night, text, context.clock)
        )

    def _diary_as_text(self) -> str:
        lines = [f"The diary of {long_date(self._night)}", "", *self.form.as_lines()]
        return "\n".join(lines) + "\n"

    def _on_save(self) -> None:
        context = self._context
        self.dream.editing.save()
        if not self.form.answers():
            self._show_errors()
            self.nothing.set_sentence("Nothing is answered yet. One answer is enough.")
            return
        wrong = self.form.wrong()
        try:
            diary = self._diary()
            changes = context.kept(lambda: self._save_diary(diary, whole=not wrong))
        except KnownError as error:
            if isinstance(error, UserError) and error.field in self.form.fields:
                self.form.show_errors({str(error.field): error.sentence} | wrong)
            self._keeper.touch()
            self._keeper.flush()
            self.diary_saved.failed(reason_of(error), elsewhere=not isinstance(error, UserError))
            return
        if wrong:
            # What can be read is saved; what cannot stays as typed, in the form and in its draft.
            self._keeper.touch()
            self._keeper.flush()
        else:
            self._keeper.forget()
        self._show_errors()
        self.diary_saved.saved(context.now_words())
        self.remove.show()
        self._show_side()
        context.publish(changes, self)

    def _save_diary(self, diary: Diary, *, whole: bool) -> Changes:
        context = self._context
        with context.journal.atomic():
            changes = mornings.save_diary(context.journal, diary, context.clock)
            if whole:
                dreams.drop_draft(context.journal, context.person_id, self._slot())
        return changes

    def _on_remove(self) -> None:
        context = self._context
        try:
            self._binned, changes = context.kept(
                lambda: bin_service.discard_diary(context.journal, context.person_id, self._night, context.clock)
            )
            dreams.drop_draft(context.journal, context.person_id, self._slot())
        except KnownError as error:
            self.diary_saved.failed(reason_of(error))
            return
        self._read()
        self.save.setFocus()
        self.undo_offer.offer("Diary removed.")
        context.publish(changes, self)

    def _on_undo(self) -> None:
        if self._binned is None:
            return
        bin_id, self._binned = self._binned, None
        try:
            context = self._context
            changes = context.kept(lambda: bin_service.restore(context.journal, bin_id, context.clock))
        except KnownError as error:
            self._binned = bin_id
            self.diary_saved.failed(reason_of(error))
            return
        self._read()
        self._context.publish(changes, self)

    def _on_open_without(self) -> None:
        context = self._context
        try:
            changes = context.kept(
                lambda: mornings.pass_over(context.journal, context.person_id, self._night, context.clock)
            )
        except KnownError as error:
            self.diary_saved.failed(reason_of(error))
            return
        self._show_side()
        context.publish(changes, self)

    def hideEvent(self, event: QHideEvent) -> None:
        self.leave()
        super().hideEvent(event)


def _needs(diary: Diary, names: tuple[str, ...]) -> str:
    """Which answers are still missing: needs “Got up”."""
    missing = [WORDS[name] for name in WORDS if name in names and getattr(diary, name) is None]
    if not missing:
        return ""
    shown = ", ".join(f"“{word}”" for word in missing[:2])
    return f"needs {shown}" + (f" and {len(missing) - 2} more" if len(missing) > 2 else "")
