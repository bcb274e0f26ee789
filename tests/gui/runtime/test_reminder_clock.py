"""The reminder's clock: a real scheduler, told due on the GUI thread, through suspends and clocks that are set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from os import times

import pytest
import time_machine
from PySide6.QtCore import QThread

from dreamjournal.common.clock import SystemClock
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.reminder import Outcome
from dreamjournal.runtime.reminder_clock import HEARTBEAT, JOB, ReminderClock
from dreamjournal.services import reminders, settings
from dreamjournal.services.reminders import Next, NoNext
from dreamjournal.store.journal import Journal

NIGHT = date(2026, 7, 9)
DUE = datetime(2026, 7, 9, 21, 15, tzinfo=UTC)
Make = Callable[..., ReminderClock]


@pytest.fixture
def make(qapp) -> Iterator[Make]:
    """Clocks that look once a second and let a woken desktop settle for none; all are shut down."""
    made: list[ReminderClock] = []

    def _make(**options) -> ReminderClock:
        made.append(ReminderClock(**{"heartbeat_s": 1, "settle_s": 0, **options}))
        return made[-1]

    yield _make
    for each in made:
        each.shutdown()
        each.deleteLater()


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    """The machine's own clock, at 15:00 in London and running."""
    with time_machine.travel(datetime(2026, 7, 9, 14, 0, tzinfo=UTC), tick=True) as traveller:
        yield traveller


def work_so_far() -> float:
    """Seconds of work of this process, which no other process delays."""
    return times().user


def planned(due: datetime, night: date = NIGHT) -> Next:
    at = in_zone(due, "Europe/London")
    return Next(at, at.local, "Europe/London", night, "")


def test_it_is_due_once_on_this_thread(qtbot, make: Make, travel) -> None:
    travel.move_to(DUE - timedelta(seconds=0.3))
    clock, seen = make(), []
    clock.due.connect(lambda night: seen.append((night, QThread.currentThread() is clock.thread())))
    with qtbot.waitSignal(clock.due, timeout=5000) as told:
        clock.load(lambda: planned(DUE))
    assert told.args == [NIGHT]
    with qtbot.waitSignal(clock._beat, timeout=5000):
        pass
    qtbot.wait_until(lambda: clock._aps.get_job(JOB) is None)
    assert seen == [(NIGHT, True)]


def test_a_suspend_over_the_time(qtbot, make: Make, travel) -> None:
    clock = make()
    clock.load(lambda: planned(DUE))
    with qtbot.waitSignal(clock.due, timeout=5000) as told:
        travel.move_to(DUE + timedelta(minutes=20))  # the lid was closed from 15:00 to 22:35
    assert told.args == [NIGHT]


def test_a_suspend_until_the_morning_shows_nothing(qtbot, make: Make, travel, plain_journal: Journal) -> None:
    machine, person = SystemClock(), plain_journal.persons.all()[0].id
    settings.set_value(plain_journal, person, "bedtime_work", "23:00")
    settings.set_value(plain_journal, person, "zone", "Europe/London")
    clock, decisions = make(), []
    clock.due.connect(lambda night: decisions.append(reminders.fire(plain_journal, person, night, machine)))
    clock.load(lambda: reminders.next_wind_down(plain_journal, person, machine))
    assert clock._aps.get_job(JOB).next_run_time == DUE
    travel.move_to(datetime(2026, 7, 10, 7, 0, tzinfo=UTC))
    qtbot.wait_until(lambda: bool(reminders.log(plain_journal, person)), timeout=5000)
    qtbot.wait_until(lambda: clock._aps.get_job(JOB).next_run_time == DUE + timedelta(days=1), timeout=5000)
    assert not any(d.show for d in decisions)
    (row,) = reminders.log(plain_journal, person)
    assert (row.nominal_date, row.outcome, row.shown) == (NIGHT, Outcome.TOO_LATE, None)


def test_an_evening_from_plan_to_ledger(qtbot, make: Make, travel, plain_journal: Journal) -> None:
    machine, person = SystemClock(), plain_journal.persons.all()[0].id
    settings.set_value(plain_journal, person, "bedtime_work", "23:00")
    settings.set_value(plain_journal, person, "zone", "Europe/London")
    clock, decisions = make(), []

    def ask() -> Next | NoNext:
        return reminders.next_wind_down(plain_journal, person, machine)

    def on_due(night: date) -> None:
        decisions.append(reminders.fire(plain_journal, person, night, machine))
        clock.load(ask)

    clock.due.connect(on_due)
    clock.load(ask)
    with qtbot.waitSignal(clock.due, timeout=5000):
        travel.move_to(DUE)
    assert [d.outcome for d in decisions] == [Outcome.SHOWN]
    assert clock._aps.get_job(JOB).next_run_time == DUE + timedelta(days=1)


def test_a_woken_desktop_is_given_time(qtbot, make: Make, travel) -> None:
    clock = make(settle_s=0.4)
    travel.move_to(DUE + timedelta(minutes=10))
    with qtbot.waitSignal(clock._ran, timeout=5000):
        clock.load(lambda: planned(DUE))
    qtbot.wait_until(clock._settle.isActive, timeout=2000)
    with qtbot.waitSignal(clock.due, timeout=5000):
        pass
    clock.load(lambda: planned(DUE))
    qtbot.wait_until(clock._settle.isActive, timeout=2000)
    clock.load(lambda: NoNext("the reminder is off"))
    assert not clock._settle.isActive(), "a plan that was changed takes back what was about to be said"


def test_a_changed_plan_replaces_and_removes(make: Make, travel) -> None:
    clock = make()
    clock.load(lambda: planned(DUE))
    assert clock._aps.get_job(JOB).next_run_time == DUE
    clock.load(lambda: planned(DUE + timedelta(hours=1)))
    assert clock._aps.get_job(JOB).next_run_time == DUE + timedelta(hours=1)
    assert sorted(j.id for j in clock._aps.get_jobs()) == sorted([HEARTBEAT, JOB])
    clock.load(lambda: NoNext("no bedtime is set"))
    assert clock._aps.get_job(JOB) is None


def test_each_heartbeat_asks_again(qtbot, make: Make, travel) -> None:
    clock, answer = make(), [planned(DUE)]
    clock.load(lambda: answer[0])
    answer[0] = planned(DUE + timedelta(hours=5))  # flew to New York, or another process changed the bedtime
    qtbot.wait_until(lambda: clock._aps.get_job(JOB).next_run_time == DUE + timedelta(hours=5), timeout=5000)


def test_a_clock_set_back_ten_years(qtbot, make: Make, travel) -> None:
    clock = make()
    clock.load(lambda: planned(DUE))
    travel.move_to(datetime(2016, 7, 9, 14, 0, tzinfo=UTC))
    qtbot.wait_until(lambda: clock._aps.get_job(HEARTBEAT).next_run_time.year == 2016, timeout=5000)
    with qtbot.waitSignal(clock._beat, timeout=5000):
        pass
    assert clock._aps.get_job(JOB).next_run_time == DUE


def test_a_clock_set_forward_twenty_years_is_not_counted_out(qtbot, make: Make, travel) -> None:
    clock = make()
    clock.load(lambda: planned(DUE))
    with qtbot.waitSignal(clock._beat, timeout=5000):
        travel.move_to(datetime(2046, 7, 9, 14, 0, tzinfo=UTC))
    began = work_so_far()
    with qtbot.waitSignal(clock._beat, timeout=5000):
        pass
    clock.shutdown()
    assert work_so_far() - began < 2, "the scheduler went through each beat of twenty years"


def test_shutdown_is_final(qtbot, make: Make, travel) -> None:
    clock = make()
    clock.load(lambda: planned(DUE))
    thread = clock._aps._thread
    with qtbot.assertNotEmitted(clock.due, wait=300):
        clock.shutdown()
        travel.move_to(DUE + timedelta(minutes=1))
        clock.load(lambda: planned(DUE))
    assert not thread.is_alive()
    clock.shutdown()
