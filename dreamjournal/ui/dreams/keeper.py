"""Keeps what is being typed: written to the journal at most two seconds after the first key, tried again on failure."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from dreamjournal.common.errors import KnownError

WRITE_AFTER_MS = 1500
"""From the first unsaved key, not the last: someone who never stops typing is kept as well. The promise is 2 s."""
TRY_AGAIN_MS = 5000


class Keeper(QObject):
    """Calls `write` soon after `touch`; `flush` calls it at once (focus lost, page left, window closing).

    `write` stores the words and may raise KnownError; then the words stay unsaved here and it is called again.
    """

    kept = Signal()
    failed = Signal(str)
    """The reason, as a clause: "the disk is full"."""

    def __init__(self, write: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._dirty = False
        self.error: KnownError | None = None
        """Why the last attempt failed, None after one that did not."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    @property
    def dirty(self) -> bool:
        """Whether something typed is not in the journal yet."""
        return self._dirty

    def touch(self) -> None:
        """Something was typed."""
        self._dirty = True
        if not self._timer.isActive():
            self._timer.start(WRITE_AFTER_MS)

    def flush(self) -> bool:
        """Write now what is unsaved; whether nothing unsaved is left."""
        self._timer.stop()
        if not self._dirty:
            return True
        try:
            self._write()
        except KnownError as error:
            self._timer.start(TRY_AGAIN_MS)
            self.error = error
            self.failed.emit(reason_of(error))
            return False
        self._dirty = False
        self.error = None
        self.kept.emit()
        return True

    def forget(self) -> None:
        """What is shown is what the journal holds."""
        self._timer.stop()
        self._dirty = False
        self.error = None


def reason_of(error: KnownError) -> str:
    """The reason of an error as a clause: its `why`, or what happened where no reason is known."""
    text = (error.why or error.what).rstrip(".")
    return text[:1].lower() + text[1:]


def not_saved(reason: str) -> str:
    """What stands in place of "Saved" while the words are only on the screen."""
    return f"Not saved yet: {reason}. Your words are still here."
