"""Sees that somebody else wrote into the open journal: the command line, another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

WATCH_EVERY_MS = 1500


class Watching(QObject):
    """Looks every moment and a half at the journal's version, and tells the bus that anything may have changed."""

    def __init__(self, bus: Bus, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._bus, self._tasks = bus, tasks
        self._journal: Journal | None = None
        self._version = 0
        self._timer = QTimer(self)
        self._timer.setInterval(WATCH_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def begin(self, journal: Journal) -> None:
        """A journal was opened, and its pages show what is in it."""
        self._journal = journal
        self.seen()
        self._timer.start()

    def seen(self) -> None:
        """The pages have read what is there now."""
        if self._journal is not None:
            from dreamjournal.services import journals

            self._version = journals.data_version(self._journal)

    def end(self) -> None:
        """The journal is about to be closed."""
        self._timer.stop()
        self._journal = None

    def look(self) -> None:
        """Tell, once, of what others wrote. While our own work writes there is nothing to tell: it does so itself."""
        if self._journal is None or self._tasks.busy:
            return
        from dreamjournal.services import journals

        try:
            version = journals.data_version(self._journal)
        except KnownError:  # its drive is gone: whoever saves next says so, and looking goes on
            return
        if version != self._version:
            self._version = version
            self._bus.publish(Changes.ALL, self)
