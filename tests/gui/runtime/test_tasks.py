"""Long work and its way back to the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Latest, Tasks


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


class Held:
    """Work that waits until it is let go, then gives its value or raises its error, and asks nobody whether to stop."""

    def __init__(self, outcome: object) -> None:
        self.outcome = outcome
        self.begun, self.go_on, self.ended = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, _progress: Progress) -> object:
        self.begun.set()
        assert self.go_on.wait(5)
        self.ended.set()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def test_the_answer_of_the_last_started_comes_once(qtbot, tasks: Tasks) -> None:
    latest, got, failed = Latest(tasks), [], []
    assert not latest.busy
    latest.start(lambda _p: "answer", lambda found: got.append((found, latest.busy)), failed.append)
    assert latest.busy
    qtbot.waitUntil(lambda: not tasks.busy)
    # It was over when its answer came: a page may ask the next thing from there.
    assert got == [("answer", False)] and not failed and not latest.busy


@pytest.mark.parametrize("outcome", ["late answer", ValueError("late failure")], ids=["answer", "failure"])
def test_what_an_earlier_work_gives_late_is_dropped(qtbot, tasks: Tasks, outcome: object) -> None:
    latest, got, failed, earlier = Latest(tasks), [], [], Held(outcome)
    latest.start(earlier, got.append, failed.append)
    qtbot.waitUntil(earlier.begun.is_set)
    latest.start(lambda _p: "new", got.append, failed.append)
    earlier.go_on.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert got == ["new"] and not failed


@pytest.mark.parametrize("outcome", ["late answer", ValueError("late failure")], ids=["answer", "failure"])
def test_what_a_cancelled_work_gives_late_is_dropped(qtbot, tasks: Tasks, outcome: object) -> None:
    latest, got, failed, work = Latest(tasks), [], [], Held(outcome)
    latest.start(work, got.append, failed.append)
    qtbot.waitUntil(work.begun.is_set)
    assert latest.cancel() and not latest.busy
    work.go_on.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert not got and not failed


def test_an_answer_that_waits_to_be_delivered_is_dropped_too(qtbot, tasks: Tasks) -> None:
    latest, got, work = Latest(tasks), [], Held("old")
    latest.start(work, got.append, lambda error: pytest.fail(str(error)))
    qtbot.waitUntil(work.begun.is_set)
    work.go_on.set()
    assert work.ended.wait(5)
    # No event was handled since: the work is over, its answer not delivered, when the next one starts.
    latest.start(lambda _p: "new", got.append, lambda error: pytest.fail(str(error)))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert got == ["new"]


def test_an_earlier_work_is_asked_to_stop(qtbot, tasks: Tasks) -> None:
    latest, got = Latest(tasks), []
    begun = threading.Event()

    def endless(progress: Progress) -> None:
        while True:
            begun.set()
            progress.step(0, 0)

    latest.start(endless, got.append, lambda error: pytest.fail(str(error)))
    qtbot.waitUntil(begun.is_set)
    latest.start(lambda _p: "new", got.append, lambda error: pytest.fail(str(error)))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert got == ["new"]


def test_a_failure_of_the_last_started_comes_once(qtbot, tasks: Tasks) -> None:
    latest, failed = Latest(tasks), []

    def bad(_progress: Progress) -> None:
        raise ValueError("no")

    latest.start(bad, lambda _v: pytest.fail("it was not done"), lambda error: failed.append((str(error), latest.busy)))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert failed == [("no", False)]


def test_cancel_tells_whether_anything_was_under_way(qtbot, tasks: Tasks) -> None:
    latest, got = Latest(tasks), []
    assert not latest.cancel()
    latest.start(lambda _p: 1, got.append, lambda error: pytest.fail(str(error)))
    assert latest.cancel()
    assert not latest.cancel()
    latest.start(lambda _p: 2, got.append, lambda error: pytest.fail(str(error)))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert got == [2] and not latest.cancel()


def test_an_answer_may_start_the_next_work(qtbot, tasks: Tasks) -> None:
    latest, got = Latest(tasks), []

    def first(found: object) -> None:
        got.append(found)
        latest.start(lambda _p: "second", got.append, lambda error: pytest.fail(str(error)))

    latest.start(lambda _p: "first", first, lambda error: pytest.fail(str(error)))
    qtbot.waitUntil(lambda: len(got) == 2)
    assert got == ["first", "second"] and not latest.busy


def test_bus_tells_only_of_changes(qtbot) -> None:
    bus = Bus()
    with qtbot.assertNotEmitted(bus.changed):
        bus.publish(Changes.NOTHING)
    with qtbot.waitSignal(bus.changed) as got:
        bus.publish(Changes.DREAMS | Changes.BIN, bus)
    assert got.args == [Changes.DREAMS | Changes.BIN, bus]


def test_abandoned_work_is_heard_of_no_more_and_new_work_goes_on(qtbot, tasks: Tasks) -> None:
    begun, go_on, seen = threading.Event(), threading.Event(), []

    def work(progress: Progress) -> None:
        begun.set()
        assert go_on.wait(5)
        progress.step(1, 2)
        pytest.fail("it was cancelled")

    heard = lambda *_found: pytest.fail("it was abandoned")
    first = tasks.start(work, on_done=heard, on_failed=heard, on_cancelled=heard, on_progress=heard)
    second = tasks.start(lambda _p: pytest.fail("it never began"), on_done=heard, on_failed=heard)
    assert tasks.abandon() and not tasks.busy  # neither was handed to the worker yet
    first = tasks.start(work, on_done=heard, on_failed=heard, on_cancelled=heard, on_progress=heard)
    second = tasks.start(lambda _p: pytest.fail("it never began"), on_done=heard, on_failed=heard)
    qtbot.waitUntil(begun.is_set)
    assert tasks.abandon() and not tasks.busy and not first.is_running and not second.is_running
    assert not tasks.abandon()
    go_on.set()
    tasks.start(lambda _p: "new", on_done=seen.append)
    qtbot.waitUntil(lambda: seen == ["new"])
