"""Long work and its way back to the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks


@pytest.fixture
def tasks(qapp) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.shutdown()


def test_two_hundred_fast_results_all_arrive_on_the_gui_thread(qtbot, tasks: Tasks) -> None:
    got: list[int] = []
    threads: set[int] = set()

    def done(value: int) -> None:
        got.append(value)
        threads.add(threading.get_ident())

    for number in range(200):
        tasks.start(lambda _p, n=number: n, on_done=done)
    qtbot.waitUntil(lambda: len(got) == 200)
    assert got == list(range(200)) and threads == {threading.get_ident()}
    assert not tasks.busy


def test_an_error_comes_back_as_a_value(qtbot, tasks: Tasks) -> None:
    failed: list[Exception] = []

    def bad(_progress: Progress) -> None:
        raise ValueError("no")

    tasks.start(bad, on_failed=failed.append, on_done=lambda _v: pytest.fail("it was not done"))
    qtbot.waitUntil(lambda: len(failed) == 1)
    assert isinstance(failed[0], ValueError)


def test_an_error_nobody_takes_is_not_silent(qtbot, tasks: Tasks) -> None:
    def bad(_progress: Progress) -> None:
        raise ValueError("no")

    with qtbot.captureExceptions() as caught:
        task = tasks.start(bad)
        qtbot.waitUntil(lambda: not task.is_running)
    assert [kind for kind, _, _ in caught] == [ValueError]


def test_cancel_stops_at_the_next_step(qtbot, tasks: Tasks) -> None:
    begun, go_on = threading.Event(), threading.Event()
    told: list[str] = []

    def long(progress: Progress) -> None:
        begun.set()
        go_on.wait(5)
        progress.step(1, 10)
        told.append("went on")

    task = tasks.start(long, on_cancelled=lambda: told.append("cancelled"), on_done=lambda _v: told.append("done"))
    qtbot.waitUntil(begun.is_set)
    task.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["cancelled"]


def test_progress_is_throttled_and_its_end_is_told(qtbot, tasks: Tasks) -> None:
    seen: list[int] = []
    done: list[object] = []

    def many(progress: Progress) -> None:
        for step in range(1, 5001):
            progress.step(step, 5000, "row")

    tasks.start(many, on_progress=lambda n, _total, _text: seen.append(n), on_done=done.append)
    qtbot.waitUntil(lambda: bool(done))
    qtbot.waitUntil(lambda: 5000 in seen)
    assert len(seen) < 100


def test_shutdown_waits_for_the_worker(qtbot) -> None:
    tasks = Tasks()
    begun, ended = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        begun.set()
        try:
            while True:
                progress.step(0, 0)
        finally:
            ended.set()

    tasks.start(work)
    qtbot.waitUntil(begun.is_set)
    tasks.shutdown()
    assert ended.is_set()


def test_bus_tells_only_of_changes(qtbot) -> None:
    bus = Bus()
    with qtbot.assertNotEmitted(bus.changed):
        bus.publish(Changes.NOTHING)
    with qtbot.waitSignal(bus.changed) as got:
        bus.publish(Changes.DREAMS | Changes.BIN, bus)
    assert got.args == [Changes.DREAMS | Changes.BIN, bus]
