"""What rewrites the whole journal under another key or none: it is closed for that, and opened again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.protection import Protection
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.main_window import MainWindow

if TYPE_CHECKING:
    from dreamjournal.app.lifecycle import Lifecycle

WORDS = {
    "rekey": "Writing it anew under another key…",
    "decrypt": "Removing the encryption…",
    "encrypt": "Encrypting it…",
}


DONE = {
    "rekey": "The journal has a new key. It opens as before.",
    "decrypt": "The journal is no longer encrypted.",
    "encrypt": "The journal is encrypted now.",
}


class Rekeying(QObject):
    """Holds the key only from the closing of the journal to its opening."""

    def __init__(self, owner: Lifecycle, window: MainWindow, tasks: Tasks, clock: Clock) -> None:
        super().__init__(owner)
        self._owner, self._window, self._tasks, self._clock = owner, window, tasks, clock

    def rewrite(self, what: str, protection: Protection | None, passphrase: str | None) -> None:
        """Give the open journal a new key, encrypt it or take the encryption off; `what` as the keys card says it."""
        journal = self._owner.journal
        if journal is None:
            return
        path, key, clock = journal.path, journal.key, self._clock
        if not self._owner.close_journal():
            return
        from dreamjournal.ui.onboarding.busy_page import BusyPage

        self._window.show_cover(BusyPage(WORDS[what]))

        def work(progress: Progress) -> tuple[bytes | None, str | None]:
            return _rewrite(path, key, what, protection, passphrase, clock, progress)

        def done(made: tuple[bytes | None, str | None]) -> None:
            self._owner.opening.to_say = DONE[what]
            self._owner.opening.on_made(*made)

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            self._owner.opening.key_found.emit(key)
            from dreamjournal.ui.widgets.dialog import show_error

            show_error(self._window, error.what, error.why, error.what_now)

        self._tasks.start(work, on_done=done, on_failed=failed)


def _rewrite(
    path: Path, key: bytes | None, what: str, protection: Protection | None, passphrase: str | None, clock: Clock,
    progress: Progress,
) -> tuple[bytes | None, str | None]:  # fmt: skip
    """The key that opens the journal from now on, and a recovery code to be written down."""
    from dreamjournal.services import keys

    if what == "rekey" and key is not None:
        return keys.rekey(path, key, clock, progress), None
    if what == "decrypt" and key is not None:
        keys.decrypt(path, key, clock, progress)
        return None, None
    code = keys.encrypt(
        path, protection=protection or Protection.PASSPHRASE, passphrase=passphrase, clock=clock, progress=progress
    )  # fmt: skip
    return (keys.unlock(path, code) if code else None), code
