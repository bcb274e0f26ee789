"""Locking: blank at once, every word kept inside the journal, nothing of it left in the process; and back to the same place."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPixmapCache
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QToolTip, QWidget

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import KnownError
from dreamjournal.runtime.clipboard import ClipboardGuard
from dreamjournal.runtime.idle import Idle
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import KeepsWords, MainWindow

if TYPE_CHECKING:
    from dreamjournal.app.opening import Opening
    from dreamjournal.runtime.session_watch import SessionWatch
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.unfinished import Unfinished
    from dreamjournal.ui.dreams.keeper import Keeper

LONGEST_WORK_MS = 60 * 60 * 1000
"""How long work that somebody walked away from may keep the journal open: no import of ten years takes so long."""
STOPPED = "What was under way was stopped by the lock; nothing is half done. Begin it again."


@dataclass(frozen=True)
class Place:
    """Where the person was, without a word of the journal. `page` "" is none, `person_id` 0 nobody."""

    path: Path
    page: str
    night: date | None
    person_id: int
    capture: bool
    spot: tuple[int, ...] = ()
    """Where on that page, as `Page.spot` gives it."""


class Locking(QObject):
    """Knows when to lock and how; the one who owns the journal closes it in between (`lock`, close, `wipe`).

    What lives from a lock to the next unlock is a `Place`, and words sealed under the journal's key where its file could
    not be written.
    """

    due = Signal(str)
    """It is time to lock: "idle", "screen" or "minimised"."""
    sleeping = Signal()
    """The machine goes to sleep as soon as the slots have returned."""

    def __init__(self, window: MainWindow, opening: Opening, tasks: Tasks, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._opening, self._tasks, self._clock = window, opening, tasks, clock
        self._idle = Idle(clock, self)
        self._idle.idle.connect(self._on_idle)
        self._waits = False
        """Nobody has been here for long enough, and work is let finish first."""
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.timeout.connect(self._on_rested)
        tasks.rested.connect(self._on_rested, Qt.ConnectionType.QueuedConnection)
        self._clipboard = ClipboardGuard(self)
        self._session: SessionWatch | None = None
        self._on_minimise = False
        self._place: Place | None = None
        self._sealed: dict[Path, bytes] = {}
        self._stopped = False
        window.minimised.connect(self._on_minimised)

    # When

    def watch(self, journal: Journal) -> None:
        """Begin to look for reasons to lock, as the journal's settings say; called again when they change."""
        from dreamjournal.services import settings

        if not self._waits:
            self._idle.watch(settings.lock_after_min(journal))
        self._on_minimise = bool(journal.encrypted and settings.get(journal, None, "lock_on_minimise"))
        if self._session is None:
            from dreamjournal.runtime.session_watch import SessionWatch

            self._session = SessionWatch(self)
            self._session.screen_locked.connect(lambda: self.due.emit("screen"))
            self._session.sleeping.connect(self.sleeping)
            self._session.woke.connect(self._idle.look)

    def unwatch(self) -> None:
        """The journal is closed: nothing of it is to be locked any more."""
        self._idle.stop()
        self._longest.stop()
        self._waits = False

    def shut_down(self) -> None:
        """Listen no more."""
        self.unwatch()
        if self._session is not None:
            self._session.shutdown()
            self._session = None

    def _on_idle(self) -> None:
        if self._tasks.busy:
            # A key does not take this back: who comes now may be somebody else.
            self._waits = True
            self._longest.start(LONGEST_WORK_MS)
        else:
            self.due.emit("idle")

    def _on_rested(self) -> None:
        # Work that begins as the last one ends belongs to it; after the longest time none is waited for.
        if self._waits and not (self._tasks.busy and self._longest.isActive()):
            self.due.emit("idle")

    def _on_minimised(self) -> None:
        if self._on_minimise:
            self.due.emit("minimised")

    # Locking

    @property
    def is_locked(self) -> bool:
        """Whether a journal waits to be unlocked."""
        return self._place is not None

    def lock(self, context: PageContext, path: Path) -> None:
        """Blank the screen, then keep every word. Afterwards nothing on the screen needs the journal any more."""
        window = self._window
        curtains = _draw_curtains()
        QGuiApplication.inputMethod().commit()  # half a syllable is a word as well
        cover, page = window.cover(), window.page()
        self._place = Place(
            path, "" if page is None else page.page_key, None if page is None else page.shown_night(), context.person_id,
            cover is not None and cover.objectName() == "nightCapture", () if page is None else page.spot(),
        )  # fmt: skip
        self.unwatch()
        keepers = _keepers([*window.pages(), *([cover] if cover is not None else []), *_dialogs()])
        typed = any(keeper.dirty for keeper in keepers)  # before the focus goes and writes what was typed
        dialogs = self._blank()
        for curtain in curtains:
            curtain.hide()
            curtain.deleteLater()
        kept = self._keep(context, path, cover, dialogs, keepers, typed=typed)
        said = "" if kept is None else f"Your words from {_clock_words(context, kept)} are kept."
        self._opening.say_locked(said)
        for dialog in dialogs:
            dialog.deleteLater()

    def _blank(self) -> list[QDialog]:
        """Cover everything within this event; the dialogs that were open, hidden."""
        self._opening.show_locked()
        dialogs = _dialogs()
        QToolTip.hideText()
        for widget in QApplication.topLevelWidgets():
            if widget is not self._window:
                if isinstance(widget, QLabel) and widget.inherits("QTipLabel"):
                    widget.clear()
                widget.hide()
        cover = self._window.cover()
        if cover is not None:
            cover.repaint()
        return dialogs

    def _keep(
        self, context: PageContext, path: Path, cover: QWidget | None, dialogs: list[QDialog], keepers: list[Keeper], *,
        typed: bool,
    ) -> datetime | None:  # fmt: skip
        """Get every word into the journal, or seal it; when the newest of them was written, None without any."""
        from dreamjournal.services import dreams, unfinished
        from dreamjournal.ui.unfinished_fields import in_dialog

        person_id = context.person_id
        parts = [*self._window.pages(), *([cover] if isinstance(cover, KeepsWords) else [])]
        found: list[Unfinished] = []
        for part in parts:
            self._whatever_happens(part.leave)
        for keeper in keepers:
            self._whatever_happens(keeper.flush)
        for part in parts:
            only_here = part.unsaved()
            if only_here and isinstance(part, QWidget):
                found.append(unfinished.Unfinished(part.accessibleName(), "", only_here, person_id))
        for dialog in dialogs:
            found.extend(in_dialog(dialog, person_id))
        sealed = unfinished.keep_or_seal(context.journal, found) if found else None
        if sealed is not None:
            self._sealed[path] = sealed
        if typed or found:
            return self._clock.now()
        with suppress(KnownError):
            written = [draft.written for draft in dreams.drafts(context.journal, person_id)] if person_id else []
            return max(written, default=None)
        return None

    def _whatever_happens(self, act: Callable[[], object]) -> None:
        """A mistake of ours in one page must not leave the others open: it is told once the journal is closed."""
        try:
            act()
        except KnownError:
            return  # the words are still in their field, which is asked next
        except Exception as error:  # noqa: BLE001 - see above
            bare = error.with_traceback(None)  # its frames hold words
            QTimer.singleShot(0, lambda: sys.excepthook(type(bare), bare, None))

    def wipe(self, *, stopped: bool) -> None:
        """After the journal is closed: forget what the process remembers beside it. `stopped`: work was under way."""
        from dreamjournal.services import forgetting

        self._stopped = stopped
        self._clipboard.clear()
        QPixmapCache.clear()
        forgetting.forget_content()
        # The pages themselves go when this returns to the event loop; what pointed at them in circles goes after them.
        QTimer.singleShot(0, self, gc.collect)

    # And back

    def place(self, path: Path) -> Place | None:
        """Where the person was when the journal at `path` was locked; asking takes it."""
        place, self._place = self._place, None
        return place if place is not None and place.path == path else None

    def capture_next(self) -> bool:
        """A second start asks for night capture while the journal is locked: it comes after the unlock."""
        if self._place is None:
            return False
        self._place = replace(self._place, capture=True)
        return True

    def show_unfinished(self, journal: Journal) -> None:
        """Tell of words that stood in no draft, and of what the lock stopped."""
        from dreamjournal.services import unfinished
        from dreamjournal.ui.widgets.notices import Banner

        sealed = self._sealed.get(journal.path)
        if sealed is not None and journal.key is not None:
            words = unfinished.unseal(journal.key, sealed)
            with suppress(KnownError):  # still no room: they stay sealed, and are shown all the same
                unfinished.keep(journal, words)
                del self._sealed[journal.path]
        else:
            words = ()
        found = unfinished.kept(journal) or words
        stopped, self._stopped = self._stopped, False
        if found:
            where = dict.fromkeys(each.where for each in found)
            banner = Banner(f"Not finished before the lock, and kept: {', '.join(where)}.", (("show", "Show it"),))
            banner.action_invoked.connect(lambda _key: self._show(journal, found))
            self._window.show_banner(banner)
        elif stopped:
            self._window.show_banner(Banner(STOPPED))

    def _show(self, journal: Journal, found: tuple[Unfinished, ...]) -> None:
        from dreamjournal.services import unfinished
        from dreamjournal.ui.unfinished_dialog import UnfinishedDialog

        dialog = UnfinishedDialog(self._window, found)

        def forget() -> None:
            self._sealed.pop(journal.path, None)
            unfinished.forget(journal)

        dialog.forgotten.connect(forget)
        dialog.open()


def _draw_curtains() -> list[QWidget]:
    """Cover each window with a bare sheet, painted now: a page that is hidden writes first, and may wait for the journal."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.hide()
    drawn: list[QWidget] = []
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            curtain = QWidget(window)
            curtain.setObjectName("shell")
            curtain.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            curtain.setGeometry(window.rect())
            curtain.show()
            curtain.raise_()
            curtain.repaint()
            drawn.append(curtain)
    return drawn


def _dialogs() -> list[QDialog]:
    """Every dialog that is open, and those of the window that wait to be."""
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
    return [w for w in found if w.isVisible() or w.parentWidget() is not None]


def _keepers(parts: list[QWidget]) -> list[Keeper]:
    from dreamjournal.ui.dreams.keeper import Keeper

    return [keeper for part in parts for keeper in part.findChildren(Keeper)]


def _clock_words(context: PageContext, moment: datetime) -> str:
    from dreamjournal.ui.words import time_words

    return time_words(context.local(moment), hours=context.hours)
