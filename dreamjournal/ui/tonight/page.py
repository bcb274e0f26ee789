"""The Tonight page: the routine, a line before sleep, what tonight is, what was taken, lights out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.evening import Evening, IntakeKind, RoutineStep
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import Condition, Night, tonight
from dreamjournal.services import bin as bin_service
from dreamjournal.services import enhancers, evenings, nights, reminders, settings
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams.elsewhere import save_elsewhere
from dreamjournal.ui.dreams.keeper import Keeper, reason_of
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.tonight.condition_card import ConditionCard
from dreamjournal.ui.tonight.enhanced_dialog import EnhancedDialog, dose_words
from dreamjournal.ui.tonight.intake_card import IntakeCard
from dreamjournal.ui.tonight.intake_dialog import IntakeDialog
from dreamjournal.ui.tonight.moment import Moment
from dreamjournal.ui.tonight.moment_field import MomentDialog
from dreamjournal.ui.tonight.routine_card import RoutineCard
from dreamjournal.ui.tonight.steps_dialog import StepsDialog
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dates import DateStepper
from dreamjournal.ui.widgets.notices import SavedNote
from dreamjournal.ui.widgets.page import Columns, Page, SectionHead
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.widgets.words_edit import WordsEdit
from dreamjournal.ui.words import clock_words, long_date, time_words

_SHOWN = (
    Changes.EVENINGS
    | Changes.EXPOSURES
    | Changes.ENHANCERS
    | Changes.SETTINGS
    | Changes.BIN
    | Changes.REMINDERS
    | Changes.STUDIES
)


class TonightPage(Page):
    """Thirty seconds at most, all of it optional, any of it for an earlier night."""

    capture_requested = Signal()
    """Lights are out: show night capture and turn the night theme on."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("tonight", "Tonight")
        self._context = context
        self._night = self._now_night()
        self._evening = Evening(context.person_id, self._night)
        self._steps: list[RoutineStep] = []
        self._undo: Callable[[], object] | None = None
        self.stepper = DateStepper(self._night, last=self._night)
        self.stepper.night_chosen.connect(self._go_to)
        self.add_control(self.stepper)
        self.routine = RoutineCard(context.hours)
        self.intention = WordsEdit("A line before sleep", kind="words_morning", name="intention")
        self.condition = ConditionCard()
        self.intakes = IntakeCard(context.hours)
        self.saved = SavedNote()
        self._build()
        self._keeper = Keeper(self._write_intention, self)
        self._keeper.kept.connect(self._on_kept)
        self._keeper.failed.connect(self._on_failed)
        self.saved.elsewhere_requested.connect(lambda: save_elsewhere(self, self._as_text()))
        self._connect()

    # What the shell calls.

    def activate(self, night: date | None) -> None:
        self._go_to(night or self._now_night())

    def refresh(self, changes: Changes) -> None:
        if changes & _SHOWN:
            self._read()

    def leave(self) -> bool:
        self._keeper.flush()
        return True

    def unsaved(self) -> str:
        return self._as_text() if self._keeper.dirty else ""

    def shown_night(self) -> date | None:
        return self._night

    def focus_first(self) -> None:
        if not self.routine.focus_next_open():
            self.intention.setFocus(Qt.FocusReason.OtherFocusReason)

    def step_night(self, days: int) -> None:
        self.stepper.step(days)

    # Parts.

    def _build(self) -> None:
        columns = Columns(ratio=(21, 20))
        left, right = columns.left, columns.right
        left.addWidget(self.routine)
        left.addSpacing(8)
        left.addWidget(SectionHead("A line before sleep"))
        left.addWidget(self.intention)
        left.addStretch(1)
        right.addWidget(self.condition)
        right.addSpacing(8)
        right.addWidget(self.intakes)
        self.remove = Button("Remove this evening", "link", name="removeEvening")
        self.remove.clicked.connect(self._on_remove)
        right.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch(1)
        self.body.addSpacing(8)
        self.body.addWidget(columns, 1)
        foot = self.foot()
        said = QVBoxLayout()
        said.setSpacing(2)
        self.facts = Prose(kind="caption", tone="muted")
        self.facts.setObjectName("tonightFacts")
        self.facts.link_activated.connect(lambda _key: self._ask_lights_out())
        said.addWidget(self.facts)
        # Left to itself the note's narrow maximum would hold the whole column, and the button would take the room.
        said.addWidget(self.saved, 0, Qt.AlignmentFlag.AlignLeft)
        foot.addLayout(said, 1)
        self.explain = Label("", "caption", "muted")
        self.explain.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.explain)
        self.lights_out = Button("Lights out", "primary", icon_name="moon", name="lightsOut", large=True)
        foot.addWidget(self.lights_out)

    def _connect(self) -> None:
        self.routine.ticked.connect(self._on_ticked)
        self.routine.unticked.connect(self._on_unticked)
        self.routine.time_requested.connect(self._on_step_time)
        self.routine.edit_requested.connect(self._on_edit_steps)
        self.intention.words_changed.connect(self._on_intention)
        self.intention.left.connect(self._keeper.flush)
        self.condition.chosen.connect(self._on_condition)
        self.condition.cleared.connect(self._on_clear)
        self.condition.plan_requested.connect(lambda: self.navigate.emit("study", None))
        self.intakes.opened.connect(self._on_intake)
        self.lights_out.clicked.connect(self._on_lights_out)
        self.undo_offer.undo_requested.connect(self._on_undo)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._on_lights_out)

    # Reading.

    def _now_night(self) -> date:
        return tonight(self._context.clock.now(), self._context.zone)

    def _go_to(self, night: date) -> None:
        if not self._keeper.flush() and night != self._night:
            # The line belongs to this evening and is nowhere else: the page stays here until it is kept.
            self.stepper.set_night(self._night, last=self._now_night())
            return
        if night != self._night:
            self.undo_offer.hide()
            self.saved.clear()
        self._night = night
        self._read()

    def _read(self) -> None:
        context = self._context
        now = self._now_night()
        self.stepper.set_night(self._night, last=now)
        self.set_title("Tonight" if self._night == now else "That evening", long_date(self._night))
        seen = nights.night(context.journal, context.person_id, self._night, context.clock)
        evening = evenings.evening(context.journal, context.person_id, self._night)
        sealed = self._show_plan()
        if sealed:
            evening = replace(
                evening, answer=None, answered=None
            )  # an answer given elsewhere would tell what the night is
        self._evening = evening
        self._steps = list(evenings.steps(context.journal, context.person_id))
        self.routine.show_steps(self._steps, evening.ticks)
        if not self._keeper.dirty and self.intention.words() != evening.intention:
            self.intention.set_words(evening.intention)
        said = [e for e in seen.exposures if e.source == "diary"]
        names = tuple(f"{e.name} {dose_words(e)}".strip() for e in (said or seen.exposures))
        self.condition.show_answer(evening.answer, names, _unanswered(seen, evening))
        self.intakes.show_intakes(evening.intakes)
        # On a sealed night removing the evening would take along what is noted of it and not shown.
        something = evening != Evening(context.person_id, self._night) or bool(said)
        self.remove.setVisible(something and not sealed)
        self._show_foot()

    def _show_plan(self) -> bool:
        """Show what a study drew for the night; whether a seal keeps it closed."""
        c, words, sealed = self._context, "", False
        # The service brings the measures and their statistics with it, which a journal without a study does not need.
        if c.journal.studies.all(c.person_id):
            from dreamjournal.services import studies

            planned = studies.tonight(c.journal, c.person_id, self._night, c.clock)
            if planned is not None:
                words, sealed = planned.words, planned.arm is None
        self.condition.show_plan(words, sealed=sealed)
        return sealed

    def _show_foot(self) -> None:
        evening, context = self._evening, self._context
        is_tonight = self._night == self._now_night()
        parts: list[str | tuple[str, str]] = []
        if evening.lights_out is not None:
            parts += [
                f"Lights out {time_words(evening.lights_out.local, hours=context.hours)}. ",
                ("Change", "link:lights_out"),
            ]
        elif is_tonight:
            parts += [words for words in (self._wind_down_words(), self._bedtime_words()) if words]
        self.facts.set_parts(*parts)
        self.facts.setVisible(bool(parts))
        if is_tonight:
            stamped = evening.lights_out is not None
            self.lights_out.setText("Night page" if stamped else "Lights out")
            self.explain.setText(
                "Back to the dark page" if stamped else "Stamps the time and opens\nthe dark night page"
            )
        else:
            self.lights_out.setText("Lights out…")
            self.explain.setText("When was it?")

    def _bedtime_words(self) -> str:
        context = self._context
        works = (self._night + timedelta(days=1)).weekday() in settings.get(
            context.journal, context.person_id, "work_days"
        )
        work, free = (settings.get(context.journal, context.person_id, f"bedtime_{day}") for day in ("work", "free"))
        bedtime = work if works else free or work
        if not bedtime:
            return ""
        hour, minute = map(int, bedtime.split(":"))
        return f"Bedtime {clock_words(hour * 60 + minute, hours=context.hours)}."

    def _wind_down_words(self) -> str:
        context = self._context
        rows = reminders.log(context.journal, context.person_id)
        shown = next((row.shown for row in rows if row.nominal_date == self._night and row.shown is not None), None)
        return (
            "" if shown is None else f"Wind-down was shown at {time_words(context.local(shown), hours=context.hours)}. "
        )

    # Writing: every change is kept at once.

    def _do(self, change: Callable[[], object], changes: Changes = Changes.EVENINGS) -> bool:
        try:
            result = self._context.kept(change)
        except KnownError as error:
            self._on_failed(reason_of(error))
            self._read()
            return False
        self._read()
        self.saved.saved(self._context.now_words())
        self._context.publish(result if isinstance(result, Changes) else changes, self)
        return True

    def _on_ticked(self, step_id: int) -> None:
        if self._night == self._now_night():
            self._do(
                lambda: evenings.tick(
                    self._context.journal, self._context.person_id, step_id, self._night, self._context.clock
                )
            )
        else:
            # On an earlier evening "now" would be a wrong time: the person says when it was.
            self._read()
            self._on_step_time(step_id)

    def _on_unticked(self, step_id: int) -> None:
        self._do(lambda: evenings.untick(self._context.journal, self._context.person_id, step_id, self._night))

    def _on_step_time(self, step_id: int) -> None:
        step = next(s for s in self._steps if s.id == step_id)
        tick = next((t for t in self._evening.ticks if t.step_id == step_id), None)
        minutes = None if tick is None else tick.happened.local.hour * 60 + tick.happened.local.minute

        def chosen(moment: Moment) -> None:
            c = self._context
            at = moment.happened.local.time()
            if tick is not None and moment.night != self._night:
                self._do(lambda: evenings.untick(c.journal, c.person_id, step_id, self._night))
            self._do(lambda: evenings.tick(c.journal, c.person_id, step_id, moment.night, c.clock, at=at))
            if moment.night != self._night:
                self._go_to(moment.night)

        self._ask_moment(step.title, minutes, chosen)

    def _ask_moment(self, title: str, minutes: int | None, then: Callable[[Moment], None]) -> None:
        dialog = MomentDialog(self, self._context, self._night, title, minutes)
        dialog.moment_chosen.connect(then)
        dialog.open()

    def _on_edit_steps(self) -> None:
        dialog = StepsDialog(self, self._context)
        dialog.changed.connect(lambda changes: (self._read(), self._context.publish(changes, self)))
        dialog.open()

    def _on_intention(self) -> None:
        self.saved.clear()
        self._keeper.touch()

    def _write_intention(self) -> None:
        context = self._context
        context.kept(
            lambda: evenings.set_intention(context.journal, context.person_id, self._night, self.intention.words())
        )

    def _as_text(self) -> str:
        return f"The evening of {long_date(self._night)}\n\n{self.intention.words().strip()}\n"

    def _on_failed(self, reason: str) -> None:
        self.saved.failed(reason, elsewhere=self._keeper.dirty)

    def _on_kept(self) -> None:
        self.saved.saved(self._context.now_words())
        self._context.publish(Changes.EVENINGS, self)

    def _on_condition(self, condition: Condition) -> None:
        if condition == Condition.ENHANCED:
            self._read()
            self._ask_enhanced()
            return
        c, said = self._context, "natural" if condition == Condition.NATURAL else "unsure"
        self._do(lambda: evenings.answer(c.journal, c.person_id, self._night, said, c.clock))

    def _on_clear(self) -> None:
        c = self._context
        if self._evening.answer is not None:
            self._do(lambda: evenings.answer(c.journal, c.person_id, self._night, None, c.clock))

    def _ask_enhanced(self) -> None:
        c = self._context
        known = [e for e in enhancers.all(c.journal, c.person_id) if not e.retired]
        seen = nights.night(c.journal, c.person_id, self._night, c.clock)
        said = [e for e in seen.exposures if e.source == "diary"]
        last = evenings.last_used_enhancer(c.journal, c.person_id)
        dialog = EnhancedDialog(self, known, said, last)
        dialog.enhanced_by.connect(self._on_enhanced_by)
        dialog.open()

    def _on_enhanced_by(self, named: list[tuple[str, str, float | None]], new: tuple[str, EnhancerKind] | None) -> None:
        c = self._context

        def keep() -> object:
            with c.journal.atomic():
                if new is not None:
                    enhancers.add(c.journal, c.person_id, new[0], new[1], c.clock)
                return evenings.answer_enhanced(c.journal, c.person_id, self._night, named, c.clock)

        self._do(keep, Changes.EVENINGS | Changes.EXPOSURES | Changes.ENHANCERS)
        self.condition.radios[Condition.ENHANCED].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_intake(self, kind: IntakeKind) -> None:
        dialog = IntakeDialog(self, self._context, self._night, kind, self._evening.intakes)
        dialog.kept.connect(self._on_intake_kept)
        dialog.removed.connect(self._on_intake_removed)
        dialog.open()

    def _on_intake_kept(
        self,
        intake_id: int | None,
        kind: IntakeKind,
        name: str,
        amount: float | None,
        unit: str,
        moment: Moment | None,
        none: bool,
    ) -> None:
        c = self._context
        night = self._night if moment is None else moment.night
        at = None if moment is None else moment.happened.local.time()
        if intake_id is None:
            done = self._do(lambda: evenings.add_intake(
                c.journal, c.person_id, night, kind, c.clock, name=name, amount=amount, unit=unit, at=at, none_taken=none
            ))  # fmt: skip
        else:
            done = self._do(lambda: evenings.update_intake(
                c.journal, c.person_id, night, intake_id, kind, c.clock, name=name, amount=amount, unit=unit, at=at, none_taken=none
            ))  # fmt: skip
        if done and night != self._night:
            self._go_to(night)

    def _on_intake_removed(self, intake_id: int) -> None:
        c = self._context
        self._discard(lambda: evenings.delete_intake(c.journal, intake_id, c.clock), "Intake removed.")

    def _on_remove(self) -> None:
        c = self._context
        self._discard(
            lambda: bin_service.discard_evening(c.journal, c.person_id, self._night, c.clock), "Evening removed."
        )

    def _discard(self, act: Callable[[], tuple[int, Changes]], words: str) -> None:
        self._keeper.flush()
        try:
            bin_id, changes = self._context.kept(act)
        except KnownError as error:
            self._on_failed(reason_of(error))
            return
        self.focus_first()
        self._undo = lambda: bin_service.restore(self._context.journal, bin_id, self._context.clock)
        self._read()
        self.saved.clear()
        self.undo_offer.offer(words)
        self._context.publish(changes | Changes.BIN, self)

    def _on_undo(self) -> None:
        if self._undo is not None:
            undo, self._undo = self._undo, None
            self._do(undo, Changes.EVENINGS | Changes.EXPOSURES | Changes.BIN)

    # Lights out.

    def _on_lights_out(self) -> None:
        self._keeper.flush()
        if self._night != self._now_night():
            self._ask_lights_out()
            return
        if self._evening.lights_out is None:
            c = self._context
            if not self._do(
                lambda: evenings.lights_out(c.journal, c.person_id, self._night, c.clock) and Changes.EVENINGS
            ):
                return
        self.capture_requested.emit()

    def _ask_lights_out(self) -> None:
        at = self._evening.lights_out
        minutes = None if at is None else at.local.hour * 60 + at.local.minute

        def chosen(moment: Moment) -> None:
            c = self._context
            clock_time: time = moment.happened.local.time()
            self._do(
                lambda: (
                    evenings.lights_out(c.journal, c.person_id, moment.night, c.clock, at=clock_time)
                    and Changes.EVENINGS
                )
            )
            if moment.night != self._night:
                self._go_to(moment.night)

        self._ask_moment("Lights out", minutes, chosen)

    # Keys and sizes.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
            return
        key = event.key()
        letters = {Qt.Key.Key_N: Condition.NATURAL, Qt.Key.Key_E: Condition.ENHANCED, Qt.Key.Key_U: Condition.UNSURE}
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.routine.press(key - Qt.Key.Key_0)
        elif key in letters and not self.condition.sealed:
            row = self.condition.radios[letters[Qt.Key(key)]]
            row.setFocus(Qt.FocusReason.ShortcutFocusReason)
            row.click()
        elif key == Qt.Key.Key_Backspace:
            self._on_clear()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        self.intention.setFixedHeight(theme_of(self).scaled(96))
        # At large text the button says enough by itself.
        self.explain.setVisible(self.width() / theme_of(self).scale >= 720)

    def hideEvent(self, event: QHideEvent) -> None:
        self._keeper.flush()
        super().hideEvent(event)


def _unanswered(night: Night, evening: Evening) -> str:
    """What stands under the choice where the person said nothing but the journal knows something."""
    if evening.answer is not None:
        if night.condition != evening.answer:
            return "You said natural, and something is on record for this night, so it counts as not sure."
        return ""
    if night.condition == Condition.NATURAL and night.only_enhancer:
        return f"The {night.only_enhancer} log covers this night and is empty, so it is natural."
    if night.condition == Condition.ENHANCED:
        names = ", ".join(dict.fromkeys(e.name for e in night.exposures))
        return f"{names} is on record for this night, so it is enhanced."
    return ""
