"""What a window does to have a journal to itself: holds it, is found by later starts, and keeps room back beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal

from dreamjournal.common.clock import Clock
from dreamjournal.runtime.single_instance import Answer, SingleInstance
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.main_window import MainWindow

if TYPE_CHECKING:
    from dreamjournal.services.holding import Held, HeldElsewhere

LOOK_AGAIN_MS = 1500
SOON_MS = 150
REFILL_EVERY_MS = 60_000


class Keeping(QObject):
    """`hold` before a journal is opened, `release` after it is closed."""

    freed = Signal(object)
    """The path of a journal that was held elsewhere and is free now, or is to be opened all the same; it is held here."""
    open_requested = Signal()
    quit_requested = Signal()

    def __init__(
        self, window: MainWindow, instance: SingleInstance, tasks: Tasks, clock: Clock, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._instance, self._tasks, self._clock = window, instance, tasks, clock
        self._held: Held | None = None
        self._wanted: Path | None = None
        self._first = True
        self._looks = 0
        self._again = QTimer(self)
        self._again.setInterval(LOOK_AGAIN_MS)
        self._again.timeout.connect(self._look_again)
        self._refill = QTimer(self)
        self._refill.setInterval(REFILL_EVERY_MS)
        self._refill.timeout.connect(self.refill)

    def hold(self, path: Path, *, anyway: bool = False) -> bool:
        """Hold the journal at `path`; False where another has it, after that was said."""
        from dreamjournal.services import holding

        self._again.stop()
        if self._held is not None and self._held.path == path:
            return True
        self.release()
        if path.exists():
            try:
                self._held = holding.hold(path, clock=self._clock, anyway=anyway)
            except holding.HeldElsewhere as error:
                self._show_elsewhere(path, error)
                return False
        self._first = False
        self._instance.listen(path)
        return True

    def release(self) -> None:
        """Let others have the journal."""
        self._again.stop()
        self._refill.stop()
        if self._held is not None:
            self._held.release()
            self._held = None

    def begin_refilling(self) -> None:
        """Keep room back beside the open journal, now and whenever it was given up."""
        QTimer.singleShot(0, self, self.refill)
        self._refill.start()

    def refill(self) -> None:
        """Keep room back, in the worker."""
        from dreamjournal.services import room

        if self._held is None or room.is_kept_back(self._held.path):
            return
        path = self._held.path

        def fill(_progress: object) -> bool:
            return room.refill(path)

        self._tasks.start(fill)

    def _show_elsewhere(self, path: Path, error: HeldElsewhere) -> None:
        from dreamjournal.ui.onboarding import elsewhere

        self._wanted = path
        # It was called just before the first paint: to wait for it twice would keep the person waiting.
        known = self._first and self._instance.is_silent
        answer = self._instance.call(path) if error.same_host and not known else Answer.NOBODY
        if answer == Answer.TAKEN and self._first:
            # Started twice at once: the other was quicker, and has the arguments now.
            self.quit_requested.emit()
            return
        if error.same_host:
            page = elsewhere.other_window(error.pid, answers=answer == Answer.TAKEN)
        else:
            since = error.holder.since
            local = since.astimezone(ZoneInfo(self._clock.zone())) if since else None
            page = elsewhere.other_computer(error.host, local)
        page.again_requested.connect(lambda: self._try(anyway=False))
        page.anyway_requested.connect(lambda: self._try(anyway=True))
        page.open_requested.connect(self.open_requested)
        page.quit_requested.connect(self.quit_requested)
        self._window.show_cover(page)
        if error.same_host:
            self._looks = 0
            self._again.start()

    def _try(self, *, anyway: bool) -> None:
        if self._wanted is not None and self.hold(self._wanted, anyway=anyway):
            self.freed.emit(self._wanted)

    def _look_again(self) -> None:
        """The other window has gone, or answers at last."""
        from dreamjournal.services import holding

        if self._wanted is None:
            return
        if holding.holder(self._wanted) is None:
            self._try(anyway=False)
            return
        # Rarely and shortly: this window must not stand still as well, nor heap up calls for one that is stopped.
        self._looks += 1
        if self._first and self._looks.bit_count() == 1 and self._instance.call(self._wanted, SOON_MS) == Answer.TAKEN:
            self._again.stop()
            self.quit_requested.emit()
