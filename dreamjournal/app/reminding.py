"""Wires the wind-down reminder: the clock says when, the service decides, the desktop, the tray or a banner says it.

While the journal is locked the times planned before are all that is known: the words are the same neutral ones, and what was
shown and answered goes into the ledger after the unlock.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.reminder import EARLY
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.tray import Tray
from dreamjournal.ui.widgets.notices import Banner

if TYPE_CHECKING:
    from dreamjournal.app.lifecycle import Lifecycle
    from dreamjournal.services.reminders import Next, NoNext, Waiting

KEY = "wind_down"
TITLE = "Time to wind down."
ACTIONS = (("open", "Open"), ("not_tonight", "Not tonight"))


@dataclass(frozen=True)
class Owed:
    """What a locked journal's ledger does not know yet. Without its key this waits here, until the app ends."""

    path: Path
    person_id: int
    shown: tuple[tuple[Next, datetime], ...]
    answers: tuple[tuple[date, str], ...]


class Reminding(QObject):
    """Made when a journal is open; `start` is called after its first page is on the screen."""

    def __init__(self, context: PageContext, window: MainWindow, life: Lifecycle, owed: Owed | None = None) -> None:
        """`owed` is of an earlier lock of this journal, after which another one was opened."""
        super().__init__(life)
        self._path, self._person_id = context.journal.path, context.person_id
        if owed is not None:
            _pay(context, owed)
        self._window, self._life = window, life
        self._context: PageContext | None = context
        self._wall = context.clock
        self._planned: tuple[Waiting, ...] = ()
        """While locked: what was planned and has not been shown."""
        self._shown: list[tuple[Next, datetime]] = []
        self._answers: list[tuple[date, str]] = []
        self._clock: Any = None
        self._notifier: Any = None
        self._tray: Tray | None = None
        self._night: date | None = None

    def start(self) -> None:
        """Load the scheduler and the desktop's notices."""
        if self._notifier is not None or self._context is None or self._life.context is not self._context:
            return
        self._start_speaking()
        self.replan()

    def _start_speaking(self) -> None:
        from dreamjournal.runtime.notify import pick_notifier
        from dreamjournal.runtime.reminder_clock import ReminderClock

        if Tray.available():
            self._tray = Tray(self)
            self._tray.open_requested.connect(self._life.raise_window)
            self._tray.quit_requested.connect(self._life.quit)
            self._tray.lock_requested.connect(self._life.lock)
            self._tray.set_lock(shown=self._context is not None and self._life.can_lock)
            self._tray.note_clicked.connect(lambda _key: self._on_answer(KEY, "open"))
        self._notifier = pick_notifier(self)
        self._notifier.action_invoked.connect(self._on_answer)
        self._notifier.failed.connect(self._on_notifier_failed)
        self._clock = ReminderClock(self, clock=self._wall)
        self._clock.due.connect(self._on_due)

    def replan(self) -> None:
        """A bedtime, the lead, the zone or the switch was changed."""
        if self._clock is None:
            return
        self._clock.load(self._next)

    def lock(self) -> None:
        """The journal is about to be closed: keep the times, let go of everything else."""
        from dreamjournal.services import reminders

        context = self._context
        if context is None:
            return
        with suppress(KnownError):
            self._planned = reminders.upcoming(context.journal, context.person_id, context.clock)
        self._context = None
        if self._tray is not None:
            self._tray.set_lock(shown=False)
        if self._notifier is None:  # not started yet: it is, without a journal, so that this evening is not missed
            self._start_speaking()
        self.replan()

    def unlock(self, context: PageContext) -> None:
        """The journal is open again: into the ledger with what was shown and answered meanwhile."""
        if self._context is None:
            _pay(context, self._owed())
            self._planned, self._shown = (), []
        self._context = context
        if self._tray is not None:
            self._tray.set_lock(shown=self._life.can_lock)
        asked = [night for night, said in self._answers if said == "open"]
        self._answers = []
        if self._notifier is None:
            self.start()
        else:
            self.replan()
        if asked:
            self._window.show_page("tonight", asked[-1])

    def _next(self) -> Next | NoNext:
        from dreamjournal.services import reminders

        context = self._context
        if context is not None:
            return reminders.next_wind_down(context.journal, context.person_id, context.clock)
        now = self._wall.now()
        self._planned = tuple(each for each in self._planned if now <= each.until)
        return self._planned[0].next if self._planned else reminders.NoNext("The journal is locked.")

    def stays_in_tray(self) -> bool:
        """Whether closing the window leaves the app running for a reminder that is planned."""
        if self._tray is None:
            return False
        from dreamjournal.services.reminders import Next

        return isinstance(self._next(), Next)

    def _owed(self) -> Owed:
        return Owed(self._path, self._person_id, tuple(self._shown), tuple(self._answers))

    def shut_down(self) -> Owed | None:
        """Stop the scheduler first, then what it would speak through. What a locked journal is to be told comes back."""
        if self._clock is not None:
            self._clock.shutdown()
            self._clock = None
        if self._notifier is not None:
            self._notifier.shutdown()
            self._notifier = None
        if self._tray is not None:
            self._tray.close()
            self._tray = None
        self.deleteLater()
        return self._owed() if self._context is None and self._shown else None

    def _on_due(self, nominal: object) -> None:
        context = self._context
        if not isinstance(nominal, date) or self._life.context is not context:
            return
        if context is None:
            self._on_due_locked(nominal)
            return
        from dreamjournal.services import reminders

        decision = reminders.fire(context.journal, context.person_id, nominal, context.clock)
        if decision.show and self._notifier is not None:
            self._night = nominal
            self._notifier.show(KEY, TITLE, "", ACTIONS)
        context.publish(decision.changes, self)

    def _on_due_locked(self, nominal: date) -> None:
        due = next((each for each in self._planned if each.next.nominal_date == nominal), None)
        now = self._wall.now()
        if due is None or self._notifier is None or not due.next.due.utc - EARLY <= now <= due.until:
            return
        self._planned = tuple(each for each in self._planned if each is not due)
        self._shown.append((due.next, now))
        self._night = nominal
        self._notifier.show(KEY, TITLE, "", ACTIONS)
        self.replan()

    def _on_notifier_failed(self, _key: str) -> None:
        if self._tray is not None and Tray.can_show_notes():
            self._tray.show_note(KEY, TITLE, "")
            return
        if self._context is None:
            self._life.opening.say_reminder(TITLE)
            return
        banner = Banner(TITLE, ACTIONS)
        banner.action_invoked.connect(lambda action: self._on_answer(KEY, action))
        self._window.show_banner(banner)

    def _on_answer(self, key: str, action: str) -> None:
        context = self._context
        if key != KEY or self._night is None or self._life.context is not context:
            return
        if context is None:
            self._answers.append((self._night, action))
            if action == "open":
                self._life.raise_window()
            return
        from dreamjournal.services import reminders

        context.publish(reminders.answer(context.journal, context.person_id, self._night, action, context.clock), self)
        if action == "open":
            self._life.raise_window()
            self._window.show_page("tonight", self._night)


def _pay(context: PageContext, owed: Owed) -> None:
    """Write into the ledger what was shown and answered while the journal was locked."""
    from dreamjournal.services import reminders

    with suppress(KnownError):
        for shown, at in owed.shown:
            reminders.shown_while_locked(context.journal, owed.person_id, shown, at, context.clock)
        for night, said in owed.answers:
            reminders.answer(context.journal, owed.person_id, night, said, context.clock)
