"""Wires the wind-down reminder: the clock says when, the service decides, the desktop, the tray or a banner says it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.tray import Tray
from dreamjournal.ui.widgets.notices import Banner

if TYPE_CHECKING:
    from dreamjournal.app.lifecycle import Lifecycle
    from dreamjournal.services.reminders import Next, NoNext

KEY = "wind_down"
TITLE = "Time to wind down."
ACTIONS = (("open", "Open"), ("not_tonight", "Not tonight"))


class Reminding(QObject):
    """Made when a journal is open; `start` is called after its first page is on the screen."""

    def __init__(self, context: PageContext, window: MainWindow, life: Lifecycle) -> None:
        super().__init__(life)
        self._context, self._window, self._life = context, window, life
        self._clock: Any = None
        self._notifier: Any = None
        self._tray: Tray | None = None
        self._night: date | None = None

    def start(self) -> None:
        """Load the scheduler and the desktop's notices."""
        if self._life.context is not self._context:
            return
        from dreamjournal.runtime.notify import pick_notifier
        from dreamjournal.runtime.reminder_clock import ReminderClock

        if Tray.available():
            self._tray = Tray(self)
            self._tray.open_requested.connect(self._life.raise_window)
            self._tray.quit_requested.connect(self._life.quit)
            self._tray.note_clicked.connect(lambda _key: self._on_answer(KEY, "open"))
        self._notifier = pick_notifier(self)
        self._notifier.action_invoked.connect(self._on_answer)
        self._notifier.failed.connect(self._on_notifier_failed)
        self._clock = ReminderClock(self, clock=self._context.clock)
        self._clock.due.connect(self._on_due)
        self.replan()

    def replan(self) -> None:
        """A bedtime, the lead, the zone or the switch was changed."""
        if self._clock is None:
            return
        self._clock.load(self._next)

    def _next(self) -> Next | NoNext:
        from dreamjournal.services import reminders

        context = self._context
        return reminders.next_wind_down(context.journal, context.person_id, context.clock)

    def stays_in_tray(self) -> bool:
        """Whether closing the window leaves the app running for a reminder that is planned."""
        if self._tray is None:
            return False
        from dreamjournal.services.reminders import Next

        return isinstance(self._next(), Next)

    def shut_down(self) -> None:
        """Stop the scheduler first, then what it would speak through."""
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

    def _on_due(self, nominal: object) -> None:
        if not isinstance(nominal, date) or self._life.context is not self._context:
            return
        from dreamjournal.services import reminders

        context = self._context
        decision = reminders.fire(context.journal, context.person_id, nominal, context.clock)
        if decision.show and self._notifier is not None:
            self._night = nominal
            self._notifier.show(KEY, TITLE, "", ACTIONS)
        context.publish(decision.changes, self)

    def _on_notifier_failed(self, _key: str) -> None:
        if self._tray is not None and Tray.can_show_notes():
            self._tray.show_note(KEY, TITLE, "")
            return
        banner = Banner(TITLE, ACTIONS)
        banner.action_invoked.connect(lambda action: self._on_answer(KEY, action))
        self._window.show_banner(banner)

    def _on_answer(self, key: str, action: str) -> None:
        if key != KEY or self._night is None or self._life.context is not self._context:
            return
        from dreamjournal.services import reminders

        context = self._context
        context.publish(reminders.answer(context.journal, context.person_id, self._night, action, context.clock), self)
        if action == "open":
            self._life.raise_window()
            self._window.show_page("tonight", self._night)
