"""Long work off the GUI thread: one worker, results and errors delivered on the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import Cancelled
from dreamjournal.common.progress import Progress

PROGRESS_EVERY_S = 0.1


class Task:
    """One piece of work that was started; `is_running` until its result was delivered."""

    def __init__(self) -> None:
        self._cancel = threading.Event()
        self.is_running = True

    @property
    def is_cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancel.set()


class _TaskProgress:
    """The progress a task's function gets; Qt-free from its side."""

    def __init__(self, task: Task, tell: Callable[[int, int, str], None]) -> None:
        self._task, self._tell = task, tell
        self._told = 0.0

    def step(self, done: int, total: int, text: str = "") -> None:
        """Tell progress, at most ten times a second. Raises `Cancelled`."""
        if self._task.is_cancelled:
            raise Cancelled
        now = monotonic()
        if now - self._told >= PROGRESS_EVERY_S or (total and done >= total):
            self._told = now
            self._tell(done, total, text)


class Tasks(QObject):
    """Starts work on one worker thread, so that two tasks never write the journal at once."""

    # One signal of one long-lived object carries every call to the GUI thread. A QObject for each task was tried: its last
    # Python reference may go in the worker while its queued signal is being delivered, which crashed (measured).
    _arrived = Signal(object, object)
    rested = Signal()
    """No work is left, and the last result was delivered."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="task")
        self._running: set[Task] = set()
        self._waiting: dict[Task, Future[None]] = {}
        self._closed = False
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

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
        task = Task()

        def tell(done: int, total: int, text: str) -> None:
            if on_progress is not None:
                self._arrived.emit(task, partial(on_progress, done, total, text))

        def work() -> None:
            try:
                result = fn(_TaskProgress(task, tell))
            except Cancelled:
                self._arrived.emit(task, lambda: self._end(task, on_cancelled))
            except Exception as error:  # noqa: BLE001 - every failure of the work is delivered to the GUI thread
                self._arrived.emit(task, lambda caught=error: self._end(task, lambda: _fail(caught, on_failed)))
            else:
                self._arrived.emit(task, lambda: self._end(task, None if on_done is None else partial(on_done, result)))

        self._running.add(task)
        # Not before what is to be painted now: a worker that reads ten years holds the interpreter against the first frame.
        QTimer.singleShot(0, self, lambda: self._submit(task, work))
        return task

    def _submit(self, task: Task, work: Callable[[], None]) -> None:
        if not self._closed and task in self._running:
            self._waiting[task] = self._pool.submit(work)

    @property
    def busy(self) -> bool:
        """Whether any work is still running or its result not yet delivered."""
        return bool(self._running)

    def abandon(self) -> bool:
        """Cancel all work and hear of none of it again: what asked for it is going away. Whether anything was under way.

        Work that is inside a step ends by itself at the next one; work started afterwards waits for that.
        """
        found = bool(self._running)
        for task in self._running:
            task.cancel()
            task.is_running = False
            if task in self._waiting:
                self._waiting[task].cancel()
        self._running.clear()
        self._waiting.clear()
        return found

    def shutdown(self) -> None:
        """Cancel what runs, drop what waits, and come back when the worker is done. Nothing is delivered afterwards."""
        self._closed = True
        for task in tuple(self._running):
            task.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._running.clear()
        self._waiting.clear()

    def _on_arrived(self, task: Task, call: Callable[[], None]) -> None:
        if not self._closed and task in self._running:
            call()

    def _end(self, task: Task, callback: Callable[[], None] | None) -> None:
        task.is_running = False
        self._running.discard(task)
        self._waiting.pop(task, None)
        try:
            if callback is not None:
                callback()
        finally:
            if not self._running:
                self.rested.emit()


class Latest:
    """Work of which only the last started counts: what came before it is cancelled, and its late answer is dropped."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._task: Task | None = None

    def start(
        self, fn: Callable[[Progress], Any], on_done: Callable[[Any], None], on_failed: Callable[[Exception], None]
    ) -> None:
        """Run `fn(progress)` in the worker instead of what runs now. The callbacks run on the GUI thread.

        Neither is called once the work was cancelled or other work was started. Both may start work again.
        """
        self.cancel()

        def counts() -> bool:
            if self._task is not task:
                return False
            self._task = None
            return True

        def done(found: Any) -> None:
            if counts():
                on_done(found)

        def failed(error: Exception) -> None:
            if counts():
                on_failed(error)

        # Nothing is delivered before this returns to the event loop, so `counts` finds the task.
        task = self._tasks.start(fn, on_done=done, on_failed=failed)
        self._task = task

    def cancel(self) -> bool:
        """Cancel what runs and drop its answer; whether anything was under way."""
        task, self._task = self._task, None
        if task is None:
            return False
        task.cancel()
        return True

    @property
    def busy(self) -> bool:
        """Whether an answer is still awaited."""
        return self._task is not None


def _fail(error: Exception, on_failed: Callable[[Exception], None] | None) -> None:
    if on_failed is None:
        raise error
    on_failed(error)
