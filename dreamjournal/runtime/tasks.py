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
    """One piece of work that was started; `is_running` until its result was delivered.

    It alone refers to the work, its callbacks and its outcome, and the worker refers to it alone: what a page handed over or
    is to get is let go of where the page lives. A page whose last reference went in the worker was destroyed there, while it
    was being drawn.
    """

    def __init__(
        self,
        fn: Callable[[Progress], Any],
        on_done: Callable[[Any], None] | None,
        on_failed: Callable[[Exception], None] | None,
        on_progress: Callable[[int, int, str], None] | None,
        on_cancelled: Callable[[], None] | None,
    ) -> None:
        self._cancel = threading.Event()
        self.is_running = True
        self.fn, self.on_done, self.on_failed = fn, on_done, on_failed
        self.on_progress, self.on_cancelled = on_progress, on_cancelled
        self.result: Any = None
        self.error: Exception | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancel.set()

    def work(self, tell: Callable[[int, int, str], None] | None) -> None:
        """Do the work and keep its outcome; for the worker, which has nothing of it left when this returns."""
        try:
            self.result = self.fn(_TaskProgress(self, tell))
        except Exception as error:  # noqa: BLE001 - every failure of the work is delivered to the GUI thread
            self.error = error

    def outcome(self) -> Callable[[], object] | None:
        """What is to be called with the outcome; None where nobody asked for it."""
        if isinstance(self.error, Cancelled):
            return self.on_cancelled
        if self.error is not None:
            return partial(_fail, self.error, self.on_failed)
        return None if self.on_done is None else partial(self.on_done, self.result)

    def let_go(self) -> None:
        """Refer to nothing any more; for the GUI thread, when the worker is done with it."""
        self.fn, self.on_done, self.on_failed, self.on_progress, self.on_cancelled = _nothing, None, None, None, None
        self.result, self.error = None, None


class _TaskProgress:
    """The progress a task's function gets; Qt-free from its side."""

    def __init__(self, task: Task, tell: Callable[[int, int, str], None] | None) -> None:
        self._task, self._tell = task, tell
        self._told = 0.0

    def step(self, done: int, total: int, text: str = "") -> None:
        """Tell progress, at most ten times a second. Raises `Cancelled`."""
        if self._task.is_cancelled:
            raise Cancelled
        now = monotonic()
        if self._tell is not None and (now - self._told >= PROGRESS_EVERY_S or (total and done >= total)):
            self._told = now
            self._tell(done, total, text)


class Tasks(QObject):
    """Starts work on one worker thread, so that two tasks never write the journal at once."""

    # Two signals of one long-lived object carry every word to the GUI thread. A QObject for each task was tried: its last
    # Python reference may go in the worker while its queued signal is being delivered, which crashed (measured).
    _stepped = Signal(object, object)
    _worked = Signal(object)
    rested = Signal()
    """No work is left, and the last result was delivered."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="task")
        self._running: set[Task] = set()
        self._waiting: dict[Task, Future[None]] = {}
        """What was handed to the worker and not heard of since, abandoned or not."""
        self._closed = False
        self._stepped.connect(self._on_stepped, Qt.ConnectionType.QueuedConnection)
        self._worked.connect(self._on_worked, Qt.ConnectionType.QueuedConnection)

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
        task = Task(fn, on_done, on_failed, on_progress, on_cancelled)
        self._running.add(task)
        # Not before what is to be painted now: a worker that reads ten years holds the interpreter against the first frame.
        QTimer.singleShot(0, self, lambda: self._submit(task))
        return task

    def _submit(self, task: Task) -> None:
        if not self._closed and task in self._running:
            self._waiting[task] = self._pool.submit(self._work, task)

    def _work(self, task: Task) -> None:
        """In the worker."""

        def tell(done: int, total: int, text: str) -> None:
            self._stepped.emit(task, (done, total, text))

        task.work(None if task.on_progress is None else tell)
        self._worked.emit(task)

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
            if task not in self._waiting:
                task.let_go()
            elif self._waiting[task].cancel():
                del self._waiting[task]
                task.let_go()
        self._running.clear()
        return found

    def shutdown(self) -> None:
        """Cancel what runs, drop what waits, and come back when the worker is done. Nothing is delivered afterwards."""
        self._closed = True
        for task in tuple(self._running):
            task.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for task in self._running | set(self._waiting):
            task.let_go()
        self._running.clear()
        self._waiting.clear()

    def _on_stepped(self, task: Task, step: tuple[int, int, str]) -> None:
        if not self._closed and task in self._running and task.on_progress is not None:
            task.on_progress(*step)

    def _on_worked(self, task: Task) -> None:
        self._waiting.pop(task, None)
        if self._closed or task not in self._running:
            task.let_go()
            return
        task.is_running = False
        self._running.discard(task)
        callback = task.outcome()
        task.let_go()
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


def _nothing(_progress: Progress) -> None:
    """The work of a task that is over."""
