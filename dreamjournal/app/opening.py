"""What comes before a journal is open: first start, unlock, the sample, and a journal that cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import KnownError, WrongPassphrase
from dreamjournal.common.paths import keys_path, sample_journal
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.main_window import MainWindow

if TYPE_CHECKING:
    from dreamjournal.ui.onboarding.unlock_page import UnlockPage


@runtime_checkable
class TellsErrors(Protocol):
    """A cover that can say why it did not work."""

    def set_error(self, sentence: str) -> None: ...


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
    quit_requested = Signal()

    def __init__(self, window: MainWindow, tasks: Tasks, clock: Clock, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._tasks, self._clock = window, tasks, clock
        self.path = path

    def begin(self, path: Path) -> None:
        """Show what the journal at `path` needs: first start, unlock, or nothing at all."""
        self.path = path
        if not path.exists():
            self._show_first_start()
        elif keys_path(path).exists():
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

    def _on_start(self, kind: JournalKind, passphrase: str | None) -> None:
        path, clock = self.path, self._clock
        cover = self._window.cover()
        if isinstance(cover, Waits):
            cover.set_busy("Making it…")

        def make(_progress: object) -> bytes | None:
            from dreamjournal.services import journals

            made = journals.create(path, kind=kind, passphrase=passphrase, clock=clock)
            key = made.key
            made.close()
            return key

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            if isinstance(cover, TellsErrors):
                cover.set_error(error.sentence)

        self._tasks.start(make, on_done=self.key_found.emit, on_failed=failed)

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
        page.open_requested.connect(self.ask)
        self._window.show_cover(page)
        return page

    def _show_unlock(self) -> None:
        given = os.environ.get("DREAMJOURNAL_PASSPHRASE", "")
        page = self._show_unlock_page(locked=False)
        if given:
            page.field.setText(given)
            page.open_button.click()

    def _on_unlock(self, passphrase: str) -> None:
        path = self.path

        def unlock(_progress: object) -> bytes | None:
            # Argon2 takes the better part of a second on purpose; the key comes back, the connection belongs to its thread.
            from dreamjournal.services import journals

            opened = journals.open_existing(path, passphrase=passphrase)
            key = opened.key
            opened.close()
            return key

        self._tasks.start(unlock, on_done=self.key_found.emit, on_failed=self._on_unlock_failed)

    def _on_unlock_failed(self, error: Exception) -> None:
        cover = self._window.cover()
        if isinstance(error, WrongPassphrase) and isinstance(cover, TellsErrors):
            cover.set_error("That did not open it. Nothing is lost; try again.")
        elif isinstance(error, KnownError):
            self.show_trouble(error)
        else:
            raise error
