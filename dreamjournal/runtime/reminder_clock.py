"""Says when a reminder is due: APScheduler waits in its own thread, everything that decides runs on the GUI thread.

Never QtScheduler, whose timers outlive it, nor CronTrigger, which loses and doubles evenings where the clocks change; the
times come from the service. Loaded after the first paint, as APScheduler takes about 0.1 s to import.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from dreamjournal.common.clock import Clock, SystemClock
from dreamjournal.services.reminders import Next, NoNext

JOB = "wind_down"
HEARTBEAT = "heartbeat"
HEARTBEAT_S = 60
"""APScheduler sleeps through a suspend unless it looks again (agronholm/apscheduler#794), so it never waits longer."""
SETTLE_S = 20.0
"""A desktop that has just woken up or logged in is not ready to show a notice."""
LATE = timedelta(seconds=90)


class _Nominal(BaseTrigger):
    """Fires once, at an instant that the service worked out."""

    def __init__(self, due: datetime) -> None:
        self._due = due

    def get_next_fire_time(  # pyright: ignore[reportIncompatibleMethodOverride] - its base is typed as returning None
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        return self._due if previous_fire_time is None else None


class _Every(BaseTrigger):
    """Fires so often, counted from now. IntervalTrigger goes through each beat that a suspend or a clock set forward left out:
    four months at one a second took 27 s of a scheduler that could not be stopped meanwhile (measured)."""

    def __init__(self, seconds: int) -> None:
        self._step = timedelta(seconds=seconds)

    def get_next_fire_time(  # pyright: ignore[reportIncompatibleMethodOverride] - as above
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        return now + self._step


class ReminderClock(QObject):
    """Emits `due(nominal date)` on the GUI thread, once for each `load` that found a reminder.

    The plan is asked for again at every heartbeat, so that a journey, a resume or a setting changed by the command line
    moves it. `heartbeat_s` and `settle_s` are in seconds.
    """

    due = Signal(object)
    _ran = Signal(object)
    _beat = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Clock | None = None,
        heartbeat_s: int = HEARTBEAT_S,
        settle_s: float = SETTLE_S,
    ) -> None:
        super().__init__(parent)
        self._clock = clock or SystemClock()
        self._heartbeat_s = heartbeat_s
        self._next_due: Callable[[], Next | NoNext] | None = None
        self._planned: Next | None = None
        self._seen = self._clock.now()
        # Both are emitted in APScheduler's thread; the journal and the widgets belong to this one.
        self._ran.connect(self._on_ran, Qt.ConnectionType.QueuedConnection)
        self._beat.connect(self._on_beat, Qt.ConnectionType.QueuedConnection)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(round(settle_s * 1000))
        self._settle.timeout.connect(self._emit)
        # A clock set back leaves APScheduler waiting for the old time (agronholm/apscheduler#351); Qt's timer does not mind.
        self._watch = QTimer(self)
        self._watch.setInterval(round(heartbeat_s * 1000))
        self._watch.timeout.connect(self._on_watch)
        self._watch.start()
        self._aps: BackgroundScheduler | None = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._aps.add_job(self._beat.emit, _Every(heartbeat_s), id=HEARTBEAT)
        self._aps.start()

    def load(self, next_due: Callable[[], Next | NoNext]) -> None:
        """Replace what is planned by what `next_due` says; it is called on this thread, now and at every heartbeat."""
        self._next_due = next_due
        self._plan(anew=True)

    def shutdown(self) -> None:
        """Stop without waiting. Nothing is emitted any more; a second call does nothing."""
        if self._aps is None:
            return
        aps, self._aps, self._next_due, self._planned = self._aps, None, None, None
        self._watch.stop()
        self._settle.stop()
        # Stopped while it removes a job that has run, APScheduler 3.11.3 looks for it in the wrong list and its thread dies.
        aps.remove_all_jobs()
        aps.shutdown(wait=False)

    def _plan(self, *, anew: bool = False) -> None:
        if self._aps is None or self._next_due is None:
            return
        found = self._next_due()
        planned = found if isinstance(found, Next) else None
        if _key(planned) == _key(self._planned) and not anew:
            return
        self._planned = planned
        self._settle.stop()
        if planned is not None:
            self._aps.add_job(
                self._ran.emit, _Nominal(planned.due.utc), args=[_key(planned)], id=JOB, replace_existing=True
            )
        elif self._aps.get_job(JOB) is not None:
            self._aps.remove_job(JOB)

    def _on_ran(self, key: object) -> None:
        if self._planned is None or key != _key(self._planned):
            return  # the plan was changed while this was on its way
        if self._clock.now() - self._planned.due.utc > LATE:
            self._settle.start()
        else:
            self._emit()

    def _emit(self) -> None:
        if self._planned is not None:
            self.due.emit(self._planned.nominal_date)

    def _on_beat(self) -> None:
        self._seen = max(self._seen, self._clock.now())
        self._plan()

    def _on_watch(self) -> None:
        now, before = self._clock.now(), self._seen
        self._seen = now
        if now < before and self._aps is not None:
            self._aps.reschedule_job(HEARTBEAT, trigger=_Every(self._heartbeat_s))
            self._plan(anew=True)


def _key(planned: Next | None) -> tuple[object, datetime] | None:
    return None if planned is None else (planned.nominal_date, planned.due.utc)
