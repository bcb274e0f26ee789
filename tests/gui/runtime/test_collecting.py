"""Windows in reference cycles go on the GUI thread, whatever workers do meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dreamjournal.common.collecting import no_search_for_cycles
from dreamjournal.common.progress import Progress
from dreamjournal.runtime.collecting import FEW, LOOK_EVERY_MS, Collector
from dreamjournal.runtime.tasks import Task, Tasks


@pytest.fixture
def collector(qapp) -> Iterator[Collector]:
    gc.enable()  # as it is when the window starts
    made = Collector()
    made.start()
    yield made
    made.stop()
    assert gc.isenabled()
    gc.disable()


@pytest.fixture
def tasks(qapp) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.shutdown()


@pytest.fixture
def searches() -> Iterator[list[tuple[int, bool]]]:
    """(generation, whether on the GUI thread) of each search."""
    seen: list[tuple[int, bool]] = []

    def heard(phase: str, about: dict[str, int]) -> None:
        if phase == "stop":
            seen.append((about["generation"], threading.current_thread() is threading.main_thread()))

    gc.callbacks.append(heard)
    yield seen
    gc.callbacks.remove(heard)


class Window(QWidget):
    """A window that only a search for cycles frees, and that tells where it went."""

    def __init__(self, gone_in: list[threading.Thread]) -> None:
        super().__init__()
        self.me = self
        self.destroyed.connect(lambda: gone_in.append(threading.current_thread()), Qt.ConnectionType.DirectConnection)


class Round:
    """Something in a cycle."""

    def __init__(self) -> None:
        self.me = self


def rounds(_progress: Progress | None = None) -> None:
    """Enough of them for searches of each generation."""
    for _ in range(FEW * 150):
        Round()


def test_a_worker_searches_for_nothing_and_the_window_goes_on_the_gui_thread(
    qtbot, collector: Collector, tasks: Tasks, searches: list[tuple[int, bool]]
) -> None:
    gone_in: list[threading.Thread] = []
    done: list[object] = []
    Window(gone_in)
    tasks.start(rounds, on_done=done.append)
    qtbot.waitUntil(lambda: bool(done and gone_in), timeout=10 * LOOK_EVERY_MS)
    assert gone_in == [threading.main_thread()]
    assert searches and all(on_gui_thread for _, on_gui_thread in searches)


def test_nothing_is_searched_for_few_or_where_it_was_asked_not_to(
    collector: Collector, searches: list[tuple[int, bool]]
) -> None:
    gc.collect()
    searches.clear()
    collector.look()
    assert not searches
    rounds()
    with no_search_for_cycles():
        collector.look()
    assert not searches
    collector.look()
    assert searches == [(1, True)]


def test_everything_is_searched_once_a_quarter_was_added(
    collector: Collector, searches: list[tuple[int, bool]]
) -> None:
    rounds()
    collector.look()
    kept: list[Any] = []
    searches.clear()
    begun = len(gc.get_objects())
    while not any(generation == 2 for generation, _ in searches):
        kept += [Round() for _ in range(2 * FEW)]
        collector.look()
        assert len(kept) < begun
    assert len(kept) > begun // 5


def test_it_is_given_back_as_it_was(qapp) -> None:
    gc.disable()
    made = Collector()
    made.start()
    made.stop()
    assert not gc.isenabled()
    gc.enable()
    made.start()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
    made.stop()
    gc.disable()


class Page:
    """Stands for a page: work, callback and answer in one, and it tells where it went."""

    def __init__(self, gone_in: list[threading.Thread], fails: bool = False) -> None:
        self.begun, self.go_on, self.fails = threading.Event(), threading.Event(), fails
        weakref.finalize(self, lambda: gone_in.append(threading.current_thread()))

    def work(self, _progress: Progress) -> Page:
        self.begun.set()
        assert self.go_on.wait(5)
        if self.fails:
            raise ValueError
        return self

    def heard(self, *_found: object) -> None:
        """Its callbacks."""


def start(tasks: Tasks, page: Page) -> Task:
    return tasks.start(page.work, on_done=page.heard, on_failed=page.heard, on_progress=page.heard)


@pytest.mark.parametrize("fails", [False, True], ids=["done", "failed"])
@pytest.mark.parametrize("abandoned", [False, True], ids=["heard", "abandoned"])
def test_a_page_does_not_end_in_the_worker(qtbot, tasks: Tasks, fails: bool, abandoned: bool) -> None:
    gone_in: list[threading.Thread] = []
    for _ in range(20):
        page = Page(gone_in, fails)
        task = start(tasks, page)
        qtbot.waitUntil(page.begun.is_set)
        if abandoned:
            tasks.abandon()
        page.go_on.set()
        del page
        qtbot.waitUntil(lambda: not tasks.busy)
        del task
    seen: list[object] = []
    tasks.start(lambda _progress: None, on_done=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    gc.collect()
    assert gone_in == [threading.main_thread()] * 20


def test_neither_does_one_whose_work_never_began(qtbot, tasks: Tasks) -> None:
    gone_in: list[threading.Thread] = []
    first, second, third = Page(gone_in), Page(gone_in), Page(gone_in)
    start(tasks, first)
    start(tasks, second)
    qtbot.waitUntil(first.begun.is_set)
    start(tasks, third)  # not even handed to the worker
    tasks.abandon()
    del second, third
    gc.collect()
    assert gone_in == [threading.main_thread()] * 2
    first.go_on.set()
    tasks.shutdown()
    del first
    assert gone_in == [threading.main_thread()] * 3
