"""From the empty window to an open journal and back: opening, pages, watching, reminders, quitting in the right order."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from dreamjournal.app import contexts, dialogs
from dreamjournal.app.backing_up import BackingUp
from dreamjournal.app.capture import Capture
from dreamjournal.app.keeping import Keeping
from dreamjournal.app.locking import Locking, Place
from dreamjournal.app.opening import Opening
from dreamjournal.app.pages import first_page, page_specs
from dreamjournal.app.rekeying import Rekeying
from dreamjournal.app.reminding import Owed, Reminding
from dreamjournal.app.watching import Watching
from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import KnownError
from dreamjournal.common.places import place_of
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.runtime.window_state import WindowState, save_state
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import FOLLOW, theme_source

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal


class Lifecycle(QObject):
    """Owns what lives as long as a journal is open. The window only shows; this decides what it shows."""

    locked = Signal(str)
    """The journal was locked, for this reason: "asked", "idle", "screen", "sleep" or "minimised"."""

    def __init__(
        self, app: QApplication, window: MainWindow, instance: SingleInstance, crash: CrashHook, state: WindowState, clock: Clock, *,
        journal: Path, capture: bool, person: str | None,
    ) -> None:  # fmt: skip
        super().__init__(app)
        self._app, self.window, self._instance, self._state, self._clock = app, window, instance, state, clock
        self._crash = crash
        self._capture_wanted, self._person_wanted = capture, person
        self.journal: Journal | None = None
        self.context: PageContext | None = None
        self.bus = Bus(self)
        self.tasks = Tasks(self)
        self.opening = Opening(window, self.tasks, clock, journal, self)
        self.capture = Capture(window, self)
        self.keeping = Keeping(window, instance, self.tasks, clock, self)
        self.locking = Locking(window, self.opening, self.tasks, clock, self)
        self.watching = Watching(self.bus, self.tasks, self)
        self.rekeying = Rekeying(self, window, self.tasks, clock)
        self.backing_up = BackingUp(self, window, self.tasks, clock, self)
        self.reminding: Reminding | None = None
        self._owed: dict[Path, Owed] = {}
        self._opened_first = False
        self.bus.changed.connect(self._on_changed)
        instance.called.connect(self._on_called)
        crash.crashed.connect(self._on_crashed)
        crash.known.connect(self._on_known)
        window.command.connect(self._on_command)
        window.files_dropped.connect(self._on_files)
        window.page_shown.connect(self._on_page_shown)
        window.closing.connect(self._on_window_closing)
        self.locking.due.connect(self.lock)
        self.locking.sleeping.connect(self._on_sleeping)
        self.opening.key_found.connect(self._open)
        self.opening.chosen.connect(self.open_path)
        self.opening.restored.connect(self._open_restored)
        self.opening.quit_requested.connect(self.quit)
        self.keeping.freed.connect(self.opening.begin)
        self.keeping.open_requested.connect(self.opening.ask)
        self.keeping.quit_requested.connect(self.quit)
        theme_source().chosen.connect(self._on_look_chosen)

    @property
    def path(self) -> Path:
        """The journal that is open or is to be opened."""
        return self.opening.path

    # Opening

    def open_first(self) -> None:
        """After the first paint: first start, unlock, or the journal itself."""
        if not self._opened_first:
            self._opened_first = True
            self.open_path(self.path)

    def open_path(self, path: Path, say: str = "") -> None:
        """Open the journal at `path`; what was open is left and closed before. `say`: what was just done to it."""
        if not self.close_journal():
            self.window.ask_about_unsaved(lambda: self.open_path(path, say))
            return
        self.opening.path, self.opening.to_say = path, say
        if self.keeping.hold(path):
            self.opening.begin(path)

    def _open_restored(self, path: Path, words: str) -> None:
        self.backing_up.keep_old()
        self.open_path(path, words)

    def open_sample(self) -> None:
        """The sample journal, made on first use; it never touches the person's own."""
        self.opening.sample()

    def _open(self, key: bytes | None) -> None:
        from dreamjournal.services import journals

        if not self.keeping.hold(self.path):  # it was made only now
            return
        try:
            journal = journals.open_existing(self.path, key=key)
        except KnownError as error:
            self.opening.show_trouble(error)
            return
        self.journal = journal
        try:
            self._attach(journal, None, self.locking.place(self.path))
        except KnownError as error:
            self.close_journal()
            self.opening.show_trouble(error)
            return
        self.watching.begin(journal)
        self.backing_up.attach(journal)
        self.keeping.begin_refilling()
        self._tell(journal)

    def _tell(self, journal: Journal) -> None:
        from dreamjournal.services import once
        from dreamjournal.ui.widgets.notices import Banner

        words = " ".join(part for part in (self.opening.to_say, once.to_tell(journal)) if part)
        self.opening.to_say = ""
        if words:
            self.window.show_banner(Banner(words))

    # A journal is open

    def _attach(self, journal: Journal, person_id: int | None, back: Place | None = None) -> None:
        if back is not None and contexts.is_there(journal, back.person_id):
            person_id = back.person_id
        person_id = contexts.whose(journal, self._person_wanted, person_id)
        self.context = contexts.make(journal, person_id, self._clock, self.bus, self.tasks)
        self._put_on_look(*contexts.look(journal, person_id))
        specs = page_specs(self.context, journal.kind, contexts.open_name(journal, person_id), self)
        self.window.set_pages(
            specs, name=contexts.journal_name(journal), encrypted=journal.encrypted, kept=place_of(journal.path).kept
        )
        self.window.drop_cover()
        typed = self.window.typed_early()
        capture = self._capture_wanted or (back is not None and back.capture)
        if capture and journal.kind == JournalKind.OWN:
            self.capture.show(self.context, typed)
        elif back is not None and self.window.show_page(back.page, back.night):
            page = self.window.page()
            if page is not None:
                page.return_to(back.spot)
        else:
            self.window.show_page(first_page(self.context, self._state.page))
            if sum(c.isalpha() for c in typed) > 1:
                self.capture.keep_typed(self.context, typed)
        self._capture_wanted = False
        QTimer.singleShot(0, self.window, self._empty_old_bin)
        QTimer.singleShot(0, self.window, self._watch_for_locking)
        if self.reminding is not None:
            self.reminding.unlock(self.context)
        elif journal.kind == JournalKind.OWN:
            self.reminding = Reminding(self.context, self.window, self, self._owed.pop(self.path, None))
            QTimer.singleShot(0, self.reminding.start)
        if journal.encrypted:
            self.locking.show_unfinished(journal)

    def _empty_old_bin(self) -> None:
        from dreamjournal.services import bin as the_bin

        if self.journal is not None:
            with contextlib.suppress(KnownError):  # another program is writing: the next start does it
                if the_bin.has_old(self.journal, self._clock):
                    self.backing_up.empty_bin(self.journal)

    def _put_on_look(self, theme: object, scale: object) -> None:
        theme_source().apply(
            theme if isinstance(theme, str) else self._state.theme,
            scale / 100 if isinstance(scale, int | float) and scale else self._state.scale,
        )

    def open_person(self, person_id: int, night: date | None = None) -> None:
        """A nurse opened a patient: the same pages, for that person; with a night, Nights shows it."""
        if self.journal is not None and self.window.leave_all():
            # The page that asked is dropped by this: it must be back in the event loop first.
            journal = self.journal
            QTimer.singleShot(0, lambda: self._attach_person(journal, person_id, night))

    def _attach_person(self, journal: Journal, person_id: int, night: date | None) -> None:
        if self.journal is journal:
            self._attach(journal, person_id)
            if night is not None:
                self.window.show_page("nights", night)

    def show_capture(self) -> None:
        """Everything dark, one field: the evening page stamped lights out, or a second start asked for it."""
        if self.context is not None:
            self.capture.show(self.context)

    # What happens while it is open

    def _on_changed(self, changes: Changes, initiator: object) -> None:
        self.window.refresh(changes, initiator)
        self.watching.seen()
        if Changes.SETTINGS in changes and self.journal is not None and self.context is not None:
            self.locking.watch(self.journal)
            self._put_on_look(*contexts.look(self.journal, self.context.person_id))
        if (
            self.reminding is not None
            and initiator is not self.reminding
            and changes & (Changes.SETTINGS | Changes.REMINDERS)
        ):
            self.reminding.replan()

    def _on_look_chosen(self, _theme: str, scale: float) -> None:
        self._state = replace(self._state, scale=scale)
        if self.journal is not None and self.context is not None:
            from dreamjournal.services import settings

            settings.set_value(self.journal, self.context.person_id or None, "text_scale", round(scale * 100))

    def _on_command(self, command: str) -> None:
        if command == "quit":
            self.quit()
        elif command == "open_journal":
            self.opening.ask()
        elif command == "sample":
            self.open_sample()
        elif self.context is None:
            return
        elif command == "import":
            self._on_files([])
        elif command == "lock":
            self.lock()
        else:
            dialogs.show(command, self.context, self.window, self.backing_up, self.rekeying, self.show_ways_out)

    def _on_files(self, paths: list[str]) -> None:
        if self.context is not None:
            dialogs.show_import(self.context, self.window, paths)

    def _on_page_shown(self, key: str) -> None:
        self._state = replace(self._state, page=key)

    def _on_called(self, arguments: list[str]) -> None:
        self.raise_window()
        if "--capture" in arguments and not self.locking.capture_next() and self.window.page() is not None:
            self.show_capture()

    def raise_window(self) -> None:
        """Bring the one window to the front."""
        self.window.setWindowState(self.window.windowState() & ~self.window.windowState().WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _on_crashed(self, report: str) -> None:
        from dreamjournal.ui.crash_dialog import CrashDialog

        CrashDialog(report, self.window).open()

    def _on_known(self, error: KnownError) -> None:
        dialogs.show_known(error, self.window, self.show_ways_out if self.journal is not None else None)

    def show_ways_out(self, error: KnownError) -> None:
        """Close a journal a part of which cannot be read, and show what can be done about it."""
        if self.close_journal():
            self.opening.show_trouble(error)
        else:
            self.window.ask_about_unsaved(lambda: self.show_ways_out(error))

    # Locking

    @property
    def can_lock(self) -> bool:
        """Whether a journal is open that has a key."""
        return self.journal is not None and self.journal.encrypted

    def lock(self, reason: str = "asked") -> None:
        """Lock a journal that has a key: blank, words kept, key gone. `reason` is for whoever listens, it changes nothing."""
        if not self.can_lock or self.context is None:
            return
        stopped = self.tasks.abandon()  # first: an import that is writing must let the words being typed in
        self.bus.blockSignals(True)  # what is kept on the way changes no page that is about to go
        self.locking.lock(self.context, self.path)
        self.bus.blockSignals(False)
        if self.reminding is not None:
            self.reminding.lock()
        stopped = self.tasks.abandon() or stopped
        self._put_away()
        self.locking.wipe(stopped=stopped)
        self.locked.emit(reason)

    def _watch_for_locking(self) -> None:
        if self.journal is not None:
            self.locking.watch(self.journal)

    def _on_sleeping(self) -> None:
        self.lock("sleep")
        if self.journal is not None:
            self.window.leave_all()

    def _put_away(self) -> None:
        """Close the journal and let go of its key: every holder of this object has none any more."""
        self.watching.end()
        self.locking.unwatch()
        self.backing_up.detach()
        self.window.close_journal()
        assert self.journal is not None
        self.journal.close()
        self.journal.key = None
        self.journal, self.context = None, None

    # Closing

    def _on_window_closing(self) -> None:
        self._remember()
        if self.reminding is None or not self.reminding.stays_in_tray():
            self._app.quit()

    def quit(self) -> None:
        """Leave every page with its words kept, then end."""
        if self.window.leave_all():
            self._remember()
            self._app.quit()
        else:
            self.window.ask_about_unsaved(self.quit)

    def _remember(self) -> None:
        source = theme_source()
        self._state = replace(
            self._state,
            geometry=bytes(self.window.saveGeometry().toBase64().data()).decode(),
            theme=source.choice or FOLLOW,
            scale=source.theme.scale,
            night=source.night and not self._capture_wanted,
        )
        save_state(self._state)

    def close_journal(self) -> bool:
        """Leave and close what is open; False when a page will not be left."""
        if self.journal is None:
            self._end_reminding()  # a locked journal's
            return True
        if not self.window.leave_all():
            return False
        self._end_reminding()
        self.window.drop_cover()
        self._put_away()
        return True

    def _end_reminding(self) -> None:
        if self.reminding is not None:
            owed = self.reminding.shut_down()
            if owed is not None:
                self._owed[owed.path] = owed
            self.reminding = None

    def shut_down(self) -> None:
        """The order matters: nothing may fire into tasks that are gone, no task may write into a closed journal."""
        self.watching.end()
        self.locking.shut_down()
        self._end_reminding()
        self.tasks.shutdown()
        self.backing_up.at_closing()
        self.close_journal()
        self.keeping.release()
        self._instance.release()
        self._crash.uninstall()
