"""Tells when nobody has typed, clicked or scrolled for a while."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from dreamjournal.common.clock import Clock

LOOK_EVERY_MS = 5000
_SIGNS_OF_LIFE = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseMove, QEvent.Type.Wheel, QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TabletPress,
    QEvent.Type.TabletMove, QEvent.Type.InputMethod,
})  # fmt: skip


class Idle(QObject):
    """Emits `idle` once, when the time is up. The wall clock counts, so that hours in which the machine slept count too.

    It listens at the windows the desktop delivers to, not at every object: a filter in Python on the whole application
    would be asked about each paint and timer.
    """

    idle = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._limit = timedelta(0)
        self._last = clock.now()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._app = QGuiApplication.instance()

    def watch(self, minutes: float) -> None:
        """Watch for this limit, 0 for none; the same limit again goes on counting."""
        if self._limit and self._limit == timedelta(minutes=minutes):
            return
        self.stop()
        if minutes <= 0 or not isinstance(self._app, QGuiApplication):
            return
        self._limit = timedelta(minutes=minutes)
        self._last = self._clock.now()
        self._app.focusWindowChanged.connect(self._on_window)
        for window in self._app.topLevelWindows():
            self._on_window(window)
        self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        if self._limit and isinstance(self._app, QGuiApplication):
            self._app.focusWindowChanged.disconnect(self._on_window)
            for window in self._app.topLevelWindows():
                window.removeEventFilter(self)
        self._limit = timedelta(0)

    @property
    def watching(self) -> bool:
        """Whether a limit is set."""
        return bool(self._limit)

    def look(self) -> None:
        """See whether the time is up; a timer asks every few seconds, and whoever wakes up may."""
        now = self._clock.now()
        self._last = min(self._last, now)  # the clock was set back: count from here, rather than for ever
        if self._limit and now - self._last >= self._limit:
            self.stop()
            self.idle.emit()

    def _on_window(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE:
            # A key after a long sleep of the machine comes before any timer: it must not hide that nobody was here.
            self.look()
            self._last = self._clock.now()
        return False
