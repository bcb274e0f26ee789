"""Behind the page of a journal that cannot be opened: restoring a backup, saving what can be read, opening what was saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import DiskFull, JournalBusy, JournalTooNew, KnownError, UserError, WrongPassphrase
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Task, Tasks
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.onboarding.trouble import Offered, TroublePage, Ways
from dreamjournal.ui.settings.backup_words import made_words

NEEDED = "Nothing was changed: type the passphrase or the recovery code here first, then choose again."


class Trouble(QObject):
    """Shows why the journal at `path` cannot be opened, and does what is chosen. It holds no open journal."""

    open_requested = Signal(object)
    """The path of a journal to be opened now."""
    restored = Signal(object, str)
    """As `open_requested`, after another file was put in its place; with what was done, to be said once it is open."""
    another_requested = Signal()
    quit_requested = Signal()

    def __init__(
        self, window: MainWindow, tasks: Tasks, clock: Clock, path: Path, error: KnownError, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._tasks, self._clock, self._path = window, tasks, clock, path
        self._task: Task | None = None
        self._saved: Path | None = None
        self.page = TroublePage(error.what, error.why, error.what_now, self._ways(error))
        self.page.again_requested.connect(lambda: self.open_requested.emit(path))
        self.page.open_requested.connect(self.another_requested)
        self.page.quit_requested.connect(self.quit_requested)
        self.page.restore_requested.connect(self._restore)
        self.page.salvage_requested.connect(self._choose_target)
        self.page.stop_requested.connect(self._stop)
        self.page.saved_requested.connect(self._open_saved)
        window.show_cover(self.page)

    def _ways(self, error: KnownError) -> Ways:
        if isinstance(error, UserError | DiskFull | JournalBusy):  # the file is whole: nothing may take its place
            return Ways(again=not isinstance(error, JournalTooNew))
        from dreamjournal.services import backups, journals, salvaging

        listed = [b for b in backups.listed(self._path) if b.verified is not None]
        return Ways(
            salvage=salvaging.restorable(self._path, error),
            backups=[
                Offered(b.id, made_words(b.made, self._clock.zone()), backups.counts_words(b.counts)) for b in listed
            ],
            secret=journals.needs_passphrase(self._path) or any(b.encrypted for b in listed),
        )

    # Restoring

    def _restore(self, backup_id: str, secret: str) -> None:
        path, clock = self._path, self._clock

        def work(progress: Progress) -> str:
            from dreamjournal.services import restoring

            done = restoring.restore(path, backup_id, None, clock, secret=secret, progress=progress)
            return done.told(lambda backup: made_words(backup.made, clock.zone()))

        self._start(work, lambda words: self.restored.emit(path, words))

    # Saving what can be read

    def _choose_target(self, secret: str) -> None:
        stem = self._path.stem
        local = self._clock.now()
        name = str(self._path.with_name(f"{stem}-saved-{local:%Y-%m-%d}.db"))
        dialog = QFileDialog(self._window, "Save what can be read", name, "Journals (*.db)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("db")
        dialog.fileSelected.connect(lambda chosen: self.save_to(Path(chosen), secret))
        dialog.open()

    def save_to(self, target: Path, secret: str) -> None:
        """Save what can be read into a new journal at `target`; the page then offers to open it."""
        path, clock = self._path, self._clock

        def work(progress: Progress) -> str:
            from dreamjournal.services import checking, journals, keys

            key = None
            if journals.needs_passphrase(path):
                key = keys.unlock(path, secret) if secret else keys.unlock_from_keyring(path)
                if key is None:
                    raise UserError("Nothing was saved", "the journal is encrypted", "type its passphrase above")
            return checking.salvage(path, key, target, clock, progress).words

        def done(words: str) -> None:
            self._saved = target
            self.page.set_saved(f"{words} The old file was not changed.")

        self._start(work, done)

    def _open_saved(self, replace: bool) -> None:
        saved, path, clock = self._saved, self._path, self._clock
        if saved is None:
            return
        if not replace:
            self.open_requested.emit(saved)
            return

        def work(_progress: Progress) -> str:
            from dreamjournal.services import checking

            return checking.put_in_place(path, saved, clock).name

        def done(name: str) -> None:
            set_aside = f"The damaged file was set aside as {name}; nothing of it was deleted."
            self.restored.emit(path, f"This is what could be saved. {set_aside}")

        self._start(work, done)

    # The work

    def _start(self, work: Callable[[Progress], str], done: Callable[[str], None]) -> None:
        if self._task is not None:
            return
        self.page.set_progress(0, 0, "Reading")
        self._task = self._tasks.start(
            work,
            on_done=lambda found: self._end(lambda: done(found)),
            on_failed=self._on_failed,
            on_progress=lambda n, total, text: self.page.set_progress(n, total, text) if isValid(self.page) else None,
            on_cancelled=lambda: self._end(lambda: self.page.set_note("Stopped; nothing was changed.")),
        )

    def _end(self, then: Callable[[], None]) -> None:
        self._task = None
        if isValid(self.page):
            then()

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, KnownError):
            raise error
        if not isValid(self.page):
            return
        needed = isinstance(error, WrongPassphrase) and not self.page.secret.text()
        self.page.set_error(NEEDED if needed else error.sentence)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
