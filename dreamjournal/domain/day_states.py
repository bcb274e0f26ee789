"""Asleep or awake in each minute of a day from noon to noon, by the local clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.session import SessionKind, StageCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.instant import Instant
    from dreamjournal.domain.session import Session

DAY_MIN = 1440
WHOLE_DAY = (1 << DAY_MIN) - 1
_ASLEEP = frozenset(
    {StageCode.N1, StageCode.N2, StageCode.N3, StageCode.REM, StageCode.LIGHT, StageCode.ASLEEP}
)  # fmt: skip


class DayStates(NamedTuple):
    """One bit a minute from noon, the lowest first: asleep or not, and whether that is known.

    Whole numbers rather than lists: two days are held against each other in a microsecond. `over` holds the minutes
    asleep that lie beyond the next noon, from that noon on.
    """

    asleep: int
    valid: int
    over: int = 0


def recorded_day(night_date: date, sessions: Sequence[Session]) -> DayStates | None:
    """The day of one source's sessions, naps counted; outside its recordings the person is taken to be awake.

    Time whose stage is not known is not valid, nor is the hour a clock change takes away or doubles. None where no session
    has a stage of sleep.
    """
    slept = [s for s in sessions if s.kind != SessionKind.REST]
    if not any(stage.code in _ASLEEP for s in slept for stage in s.stages):
        return None
    asleep = known = unknown = 0
    for session in slept:
        if not any(stage.code in _ASLEEP for stage in session.stages):
            unknown |= _minutes(night_date, session.start, session.end)
            continue
        begun = _seconds(night_date, session.start)
        steady = session.start.offset_min == session.end.offset_min or session.start.zone is None
        for offset_s, dur_s, code in session.stages:
            if code == StageCode.INBED:
                continue
            first = begun + offset_s
            bits = _bits(first, first + dur_s) if steady else _changing(night_date, session.start, offset_s, dur_s)
            if code in _ASLEEP:
                asleep |= bits
            elif code == StageCode.UNKNOWN:
                unknown |= bits
            else:
                known |= bits
    valid = WHOLE_DAY & ~(unknown & ~asleep & ~known) & ~_changed_minutes(night_date, slept[0].start.zone)
    return DayStates(asleep & WHOLE_DAY, valid, asleep >> DAY_MIN)


def told_day(night_date: date, onset: Instant | None, woke: Instant | None) -> DayStates | None:
    """The day of a diary: asleep from falling asleep to the last waking. None where either is not known."""
    if onset is None or woke is None or woke.utc < onset.utc:
        return None
    asleep = _minutes(night_date, onset, woke)
    return DayStates(
        asleep & WHOLE_DAY, WHOLE_DAY & ~_changed_minutes(night_date, onset.zone), asleep >> DAY_MIN
    )  # fmt: skip


def _changing(night_date: date, start: Instant, offset_s: int, dur_s: int) -> int:
    """A stage of a session in which the clocks change, minute by minute."""
    assert start.zone is not None
    bits = 0
    for second in range(offset_s, offset_s + dur_s, 60):
        begun = _seconds(night_date, in_zone(start.utc + timedelta(seconds=second), start.zone))
        bits |= _bits(begun, begun + min(60, offset_s + dur_s - second))
    return bits


def _minutes(night_date: date, start: Instant, end: Instant) -> int:
    return _bits(_seconds(night_date, start), _seconds(night_date, end))


def _seconds(night_date: date, at: Instant) -> int:
    """Whole seconds of the wall clock after noon of the night's date."""
    return round((at.local - _noon(night_date)).total_seconds())


def _bits(begun_s: int, ended_s: int) -> int:
    """The minutes whose middle lies inside; what lies before noon is left out."""
    first, last = max(0, (begun_s + 29) // 60), min(2 * DAY_MIN, (ended_s + 29) // 60)
    return ((1 << (last - first)) - 1) << first if last > first else 0


def _changed_minutes(night_date: date, zone: str | None) -> int:
    """Minutes of the wall clock that a clock change takes away or doubles."""
    if zone is None:
        return 0
    place, noon = ZoneInfo(zone), _noon(night_date)
    if noon.replace(tzinfo=place).utcoffset() == (noon + timedelta(days=1)).replace(tzinfo=place).utcoffset():
        return 0
    bits = 0
    for minute in range(DAY_MIN):
        wall = (noon + timedelta(minutes=minute)).replace(tzinfo=place)
        if wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset():
            bits |= 1 << minute
    return bits


def _noon(night_date: date) -> datetime:
    return datetime.combine(night_date, time(12))
