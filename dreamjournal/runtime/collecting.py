"""Searches for reference cycles on the GUI thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 1000
FEW = 700
"""So few new objects are not worth a search; the interpreter's own measure."""
OLD_PER_NEW = 4
"""All there is is gone through once a quarter was added to it, as the interpreter does."""


class Collector(QObject):
    """Takes the search for cycles over from the interpreter, from `start` to `stop`.

    The interpreter searches in whatever thread happens to make an object. A worker then destroyed windows and timers that were
    still being drawn or waited for, and the process died of it (measured: a dropped window in a cycle and a worker that makes
    lists, within seconds). What is no longer referred to is freed at once all the same, wherever that is.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = False
        self._old, self._added = 0, 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """From now on no other thread searches."""
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give the search back to the interpreter, when no worker is left. A second call does nothing."""
        self._timer.stop()
        if self._was_on:
            self._was_on = False
            gc.enable()

    def look(self) -> None:
        """Search what is new if it is worth it, and everything if much was added. Nothing within `no_search_for_cycles`."""
        new = gc.get_count()[0]
        if new < FEW or gc.get_threshold()[0] == 0:
            return
        self._added += new
        if self._old and self._added * OLD_PER_NEW > self._old:
            gc.collect()
            self._old = 0
        else:
            gc.collect(1)
        if not self._old:  # and the first time, when the first window is only just there
            self._old, self._added = len(gc.get_objects()), 0
