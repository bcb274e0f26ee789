"""Long work off the GUI thread: one worker, results and errors delivered on the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import Cancelled
from dreamjournal.common.progress import Progress

PROGRESS_EVERY_S = 0.1


class Task(QObject):
    """One running piece of work. Its signals are emitted in the worker and delivered on the GUI thread."""

    progressed = Signal(int, int, str)
    ended = Signal(str, object)
    """("done", result) | ("failed", exception) | ("cancelled", None), exactly once."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._cancel = threading.Event()
        self.is_running = True

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancel.set()


class _TaskProgress:
    """The progress a task's function gets; Qt-free from its side."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._told = 0.0

    def step(self, done: int, total: int, text: str = "") -> None:
        """Tell progress, at most ten times a second. Raises `Cancelled`."""
        if self._task._cancel.is_set():  # noqa: SLF001 - the two classes are one thing seen from two threads
            raise Cancelled
        now = monotonic()
        if now - self._told >= PROGRESS_EVERY_S or (total and done >= total):
            self._told = now
            self._task.progressed.emit(done, total, text)


class Tasks(QObject):
    """Starts work on one worker thread, so that two tasks never write the journal at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="task")
        self._running: set[Task] = set()

    def start(
        self,
        fn: Callable[[Progress], Any],
        *,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        on_progress: Callable[[int, int, str], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> Task:
        """Run `fn(progress)` in the worker. The callbacks run on the GUI thread.

        They are arguments because a fast task is over before a caller could connect to its signals. Without `on_failed`
        an exception goes to `sys.excepthook`, so that no bug is silent.
        """
        task = Task(self)
        if on_progress is not None:
            task.progressed.connect(on_progress, Qt.ConnectionType.QueuedConnection)

        def finish(how: str, value: object) -> None:
            task.is_running = False
            self._running.discard(task)
            task.deleteLater()
            if how == "done" and on_done is not None:
                on_done(value)
            elif how == "cancelled" and on_cancelled is not None:
                on_cancelled()
            elif how == "failed" and isinstance(value, Exception):
                if on_failed is None:
                    raise value
                on_failed(value)

        # A plain function has no thread of its own: connecting through a QObject of the GUI thread queues the call there.
        relay = _Relay(finish, task)
        task.ended.connect(relay.run, Qt.ConnectionType.QueuedConnection)
        self._running.add(task)
        self._pool.submit(_work, fn, task)
        return task

    @property
    def busy(self) -> bool:
        """Whether any work is still running or its result not yet delivered."""
        return bool(self._running)

    def shutdown(self) -> None:
        """Cancel what runs, drop what waits, and come back when the worker is done."""
        for task in tuple(self._running):
            task.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._running.clear()


class _Relay(QObject):
    def __init__(self, call: Callable[[str, object], None], parent: QObject) -> None:
        super().__init__(parent)
        self._call = call

    def run(self, how: str, value: object) -> None:
        self._call(how, value)


def _work(fn: Callable[[Progress], Any], task: Task) -> None:
    try:
        result = fn(_TaskProgress(task))
    except Cancelled:
        task.ended.emit("cancelled", None)
    except Exception as error:  # noqa: BLE001 - every failure of the work is delivered to the GUI thread
        task.ended.emit("failed", error)
    else:
        task.ended.emit("done", result)
