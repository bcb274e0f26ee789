"""Backups while the window is open: every half hour when something changed, and at closing; and restoring one.

All of it is work of the worker, over connections of its own, so that nobody who types waits for it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.runtime.tasks import Task, Tasks
from dreamjournal.ui.main_window import MainWindow

if TYPE_CHECKING:
    from dreamjournal.services.backups import Backup
    from dreamjournal.services.journals import Journal

LOOK_EVERY_MS = 5 * 60_000
FIRST_LOOK_MS = 60_000
QUICK_BYTES = 48 * 1024 * 1024
"""A journal up to this size is backed up at closing within half a second (measured); a larger one would hold the end up."""


class Opens(Protocol):
    """What restoring needs of the one who owns the open journal."""

    def close_journal(self) -> bool: ...

    def open_path(self, path: Path, say: str = "") -> None: ...


class BackingUp(QObject):
    """Lives as long as the app: after a restore it removes no backup before the app starts anew."""

    def __init__(self, owner: Opens, window: MainWindow, tasks: Tasks, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._owner, self._window, self._tasks, self._clock = owner, window, tasks, clock
        self._journal: Journal | None = None
        self._task: Task | None = None
        self._thins = True
        self._told = ""
        self._told_away = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.setInterval(FIRST_LOOK_MS)
        self._first.timeout.connect(self.look)

    @property
    def thins(self) -> bool:
        """Whether old backups are removed after a new one."""
        return self._thins

    def keep_old(self) -> None:
        """A backup was restored: remove none before the app starts anew, whatever comes of it."""
        self._thins = False

    def attach(self, journal: Journal) -> None:
        """A journal is open: look now and then whether a backup is due."""
        self._journal = journal
        if not journal.is_passing:
            self._timer.start()
            self._first.start()

    def detach(self) -> None:
        """The journal is about to be closed."""
        self._timer.stop()
        self._first.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._journal = None

    def look(self) -> None:
        """Make a backup in the worker where one is due, and bring it to the second place where that is due."""
        journal, clock = self._journal, self._clock
        if journal is None or self._task is not None or self._tasks.busy:
            return
        from dreamjournal.services import backups, second_place
        from dreamjournal.services import bin as the_bin

        try:
            if the_bin.has_old(journal, clock):
                self.empty_bin(journal)
            place = second_place.state(journal, clock)
            wants_copy = place is not None and (second_place.due(journal, clock) or backups.due(journal, clock))
            if not (wants_copy or backups.due(journal, clock)):
                self._say_away(place)
                return
        except KnownError as error:
            self._on_failed(error)
            return
        thins = self._thins

        def work(progress: Progress) -> None:
            if backups.due(journal, clock):
                backups.make(journal, "timer", clock, progress)
                if thins:
                    backups.thin(journal.path, clock)
            if place is not None and second_place.due_at(place, journal, clock):
                second_place.bring_to(place, journal, clock, progress, thin=thins)

        self._task = self._tasks.start(
            work, on_done=self._on_done, on_failed=self._on_failed, on_cancelled=lambda: self._on_done(None)
        )

    def empty_bin(self, journal: Journal) -> None:
        """Forget in the worker what has been in the bin for 30 days, after a backup; what cannot be done now waits."""
        clock = self._clock

        def work(_progress: Progress) -> None:
            from dreamjournal.services import bin as the_bin
            from dreamjournal.services import journals

            own = journals.reopen(journal)
            try:
                the_bin.purge_old(own, clock)
            finally:
                own.close()

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            _log(error)

        self._tasks.start(work, on_failed=failed)

    def at_closing(self) -> None:
        """The app ends: a last backup where one is due and the journal is small enough not to hold the end up."""
        journal = self._journal
        if journal is None or journal.is_passing:
            return
        from dreamjournal.services import backups

        try:
            if journal.path.stat().st_size <= QUICK_BYTES and backups.due(journal, self._clock):
                backups.make(journal, "timer", self._clock, NoProgress())
                if self._thins:
                    backups.thin(journal.path, self._clock)
        except (KnownError, OSError) as error:
            _log(error)

    def restore(self, backup: Backup, secret: str) -> None:
        """Close the journal, put the backup in its place in the worker, and open it again."""
        journal = self._journal
        if journal is None:
            return
        path, key, clock = journal.path, journal.key, self._clock
        if not self._owner.close_journal():
            return
        from dreamjournal.ui.settings.backup_words import made_words
        from dreamjournal.ui.settings.restoring_page import RestoringPage

        self.keep_old()
        self._window.show_cover(RestoringPage())

        def work(progress: Progress) -> str:
            from dreamjournal.services import restoring

            done = restoring.restore(path, backup, key, clock, secret=secret, progress=progress)
            return done.told(lambda backup: made_words(backup.made, clock.zone()))

        self._tasks.start(
            work,
            on_done=lambda words: self._on_restored(path, words),
            on_failed=lambda error: self._on_not_restored(path, error),
            on_cancelled=lambda: self._owner.open_path(path),
        )

    def _on_restored(self, path: Path, words: str) -> None:
        self._owner.open_path(path, words)

    def _on_not_restored(self, path: Path, error: Exception) -> None:
        from dreamjournal.ui.widgets.dialog import show_error

        self._owner.open_path(path)
        if not isinstance(error, KnownError):
            raise error
        show_error(self._window, error.what, error.why, error.what_now)

    def _on_done(self, _made: object) -> None:
        self._task = None
        self._told = ""

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, KnownError):
            raise error
        _log(error)
        if error.sentence != self._told:  # said once, not every few minutes
            self._told = error.sentence
            self._banner(error.sentence)

    def _say_away(self, place: object) -> None:
        from dreamjournal.services import second_place

        if self._told_away or not isinstance(place, second_place.SecondPlace) or not place.missed or place.seen is None:
            return
        self._told_away = True
        self._banner(second_place.line(place, f"{place.seen:%-d %B}", encrypted=True))

    def _banner(self, words: str) -> None:
        from dreamjournal.ui.widgets.notices import Banner

        self._window.show_banner(Banner(words))


def _log(error: Exception) -> None:
    words = error.sentence if isinstance(error, KnownError) else type(error).__name__
    logging.getLogger("dreamjournal").info(words)
