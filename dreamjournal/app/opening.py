"""What comes before a journal is open: first start, unlock, the sample, and a journal that cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import KnownError, UserError, WrongPassphrase
from dreamjournal.common.paths import sample_journal
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.main_window import MainWindow

if TYPE_CHECKING:
    from dreamjournal.ui.onboarding.start_page import FirstStart
    from dreamjournal.ui.onboarding.unlock_page import UnlockPage


@runtime_checkable
class TellsErrors(Protocol):
    """A cover that can say why it did not work."""

    def set_error(self, sentence: str) -> None: ...


@runtime_checkable
class RefusesSecrets(Protocol):
    """A cover that knows how a secret was typed, and so what to say when it opened nothing."""

    def refused(self) -> str: ...


@runtime_checkable
class Waits(Protocol):
    """A cover that can say what is being done."""

    def set_busy(self, words: str) -> None: ...


class Opening(QObject):
    """Leads from a path to the key of a journal that is there. It never holds an open journal."""

    key_found = Signal(object)
    """The key of the journal at `path`, or None for a plain one: it can be opened now."""
    chosen = Signal(object)
    """The path of another journal, to be opened in place of this one."""
    restored = Signal(object, str)
    """The path of a journal that was just put in place, to be opened, and what was done."""
    quit_requested = Signal()

    def __init__(self, window: MainWindow, tasks: Tasks, clock: Clock, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._tasks, self._clock = window, tasks, clock
        self.path = path
        self.to_say = ""
        """What was just done to the journal: said while it is locked, and once more when it is open."""

    def begin(self, path: Path) -> None:
        """Show what the journal at `path` needs: first start, unlock, or nothing at all."""
        from dreamjournal.services import journals

        self.path = path
        if not path.exists():
            self._show_first_start()
        elif journals.needs_passphrase(path):
            self._show_unlock()
        else:
            self.key_found.emit(None)

    def ask(self) -> None:
        """Let the person choose another journal."""
        dialog = QFileDialog(self._window, "Open a journal", str(self.path.parent), "Journals (*.db);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.chosen.emit(Path(name)))
        dialog.open()

    def show_trouble(self, error: KnownError) -> None:
        """Say why the journal cannot be opened, and what can be done."""
        from dreamjournal.app.trouble import Trouble

        trouble = Trouble(self._window, self._tasks, self._clock, self.path, error, self)
        trouble.open_requested.connect(self.chosen)
        trouble.restored.connect(self.restored)
        trouble.another_requested.connect(self.ask)
        trouble.quit_requested.connect(self.quit_requested)

    def sample(self) -> None:
        """The sample journal, made on first use; it never touches the person's own."""
        path = sample_journal(
            self.path if self.path.name != "journal.db" or self.path.parent.name != "sample" else None
        )
        if path.exists():
            self.chosen.emit(path)
            return
        cover, clock = self._window.cover(), self._clock
        if isinstance(cover, Waits):
            cover.set_busy("Making the sample…")

        def make(_progress: object) -> None:
            from dreamjournal.services import demo

            demo.make(path, clock)

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            if isinstance(cover, TellsErrors):
                cover.set_error(error.sentence)
            else:
                from dreamjournal.ui.widgets.dialog import show_error

                show_error(self._window, error.what, error.why, error.what_now)

        self._tasks.start(make, on_done=lambda _none: self.chosen.emit(path), on_failed=failed)

    # First start

    def _show_first_start(self) -> None:
        from dreamjournal.ui.onboarding.start_page import FirstStart

        page = FirstStart(self.path)
        page.start_requested.connect(self._on_start)
        page.sample_requested.connect(self.sample)
        page.open_requested.connect(self.ask)
        self._window.show_cover(page)
        self._offer_keyring(page)

    def _offer_keyring(self, page: FirstStart) -> None:
        """Ask the desktop for a keyring while the person reads; the answer comes to the page that is still shown."""

        def ask(_progress: object) -> bool:
            from dreamjournal.services import keys

            return keys.keyring_available()

        def answered(there: bool) -> None:
            if there and self._window.cover() is page:
                page.offer_keyring()

        self._tasks.start(ask, on_done=answered, on_failed=lambda _error: None)

    def _on_start(self, kind: JournalKind, protection: Protection, passphrase: str | None) -> None:
        path, clock = self.path, self._clock
        cover = self._window.cover()
        if isinstance(cover, Waits):
            cover.set_busy("Making it…")

        def make(_progress: object) -> tuple[bytes | None, str | None]:
            from dreamjournal.services import keys

            made = keys.make_journal(path, kind=kind, protection=protection, passphrase=passphrase, clock=clock)
            key = made.journal.key
            made.journal.close()
            return key, made.recovery_code

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            if isinstance(cover, TellsErrors):
                cover.set_error(error.sentence)

        self._tasks.start(make, on_done=lambda made: self.on_made(*made), on_failed=failed)

    def on_made(self, key: bytes | None, code: str | None) -> None:
        """Show the recovery sheet, if there is one, before the journal is opened for the first time."""
        if code is None:
            self.key_found.emit(key)
            return
        from dreamjournal.ui.onboarding.recovery_sheet import RecoverySheetPage

        page = RecoverySheetPage(code)
        page.finished.connect(lambda: self.key_found.emit(key))
        self._window.show_cover(page)

    # Unlock

    def show_locked(self) -> None:
        """The page of a journal that was just locked. Nothing opens it but the person: no variable, no keyring by itself."""
        self._show_unlock_page(locked=True)

    def say_locked(self, sentence: str) -> None:
        """What became of the words that were being written, once it is known."""
        from dreamjournal.ui.onboarding.unlock_page import UnlockPage

        cover = self._window.cover()
        if isinstance(cover, UnlockPage):
            cover.say(sentence)

    def say_reminder(self, sentence: str) -> None:
        """A reminder that neither the desktop nor the tray could show while the journal is locked."""
        from dreamjournal.ui.onboarding.unlock_page import UnlockPage

        cover = self._window.cover()
        if isinstance(cover, UnlockPage):
            cover.remind(sentence)

    def _show_unlock_page(self, *, locked: bool) -> UnlockPage:
        from dreamjournal.ui.onboarding.unlock_page import UnlockPage

        page = UnlockPage(locked=locked)
        page.unlock_requested.connect(self._on_unlock)
        page.keyring_requested.connect(self._on_keyring)
        page.open_requested.connect(self.ask)
        self._window.show_cover(page)
        self._look_at_slots(page)
        return page

    def _look_at_slots(self, page: UnlockPage) -> None:
        """Which ways there are is read while the page is shown: asking a keyring may take a moment."""
        path = self.path

        def look(_progress: object) -> tuple[str, ...]:
            from dreamjournal.services import keys

            found = keys.status(path)
            return tuple(slot.kind for slot in found.slots if slot.kind != "keyring" or found.keyring_available)

        def looked(slots: tuple[str, ...]) -> None:
            if self._window.cover() is page:
                page.set_slots(slots)

        # Later, so that a lock has let go of what ran before; what is wrong with the key file is told by the attempt to open.
        QTimer.singleShot(0, page, lambda: self._tasks.start(look, on_done=looked, on_failed=lambda _error: None))

    def _on_keyring(self) -> None:
        path = self.path

        def unlock(_progress: object) -> bytes | None:
            from dreamjournal.services import keys

            return keys.unlock_from_keyring(path)

        def unlocked(key: bytes | None) -> None:
            cover = self._window.cover()
            if key is not None:
                self.key_found.emit(key)
            elif isinstance(cover, TellsErrors):
                cover.set_error("This computer’s keyring did not open it. Nothing is lost; use another way.")

        self._tasks.start(unlock, on_done=unlocked, on_failed=self._on_unlock_failed)

    def _show_unlock(self) -> None:
        given = os.environ.get("DREAMJOURNAL_PASSPHRASE", "")
        page = self._show_unlock_page(locked=False)
        page.say(self.to_say)
        if given:
            page.field.setText(given)
            page.open_button.click()

    def _on_unlock(self, secret: str) -> None:
        path = self.path

        def unlock(_progress: object) -> bytes:
            # Argon2 takes the better part of a second on purpose; the key comes back, connections belong to their thread.
            from dreamjournal.services import keys

            return keys.unlock(path, secret)

        self._tasks.start(unlock, on_done=self.key_found.emit, on_failed=self._on_unlock_failed)

    def _on_unlock_failed(self, error: Exception) -> None:
        cover = self._window.cover()
        if isinstance(error, WrongPassphrase) and isinstance(cover, TellsErrors):
            cover.set_error(cover.refused() if isinstance(cover, RefusesSecrets) else error.sentence)
        elif isinstance(error, UserError) and error.field == "recovery_code" and isinstance(cover, TellsErrors):
            cover.set_error(error.sentence)
        elif isinstance(error, KnownError):
            self.show_trouble(error)
        else:
            raise error
