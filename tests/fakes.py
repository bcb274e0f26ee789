"""Fakes that stand in for the machine: a clock that can be set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class FakeClock:
    """A clock for tests: stands still until it is set or advanced. `at` may be in any zone; it is kept in UTC."""

    def __init__(self, at: datetime = datetime(2026, 7, 9, 20, 0, tzinfo=UTC), zone: str = "Europe/London") -> None:
        self._now = at.astimezone(UTC)
        self.zone_name = zone

    def now(self) -> datetime:
        """The instant it was set to, in UTC."""
        return self._now

    def zone(self) -> str:
        """The IANA name it was set to."""
        return self.zone_name

    def set(self, at: datetime) -> None:
        """Jump to `at`; a naive one is a wall clock of the clock's zone."""
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo(self.zone_name))
        self._now = at.astimezone(UTC)

    def advance(self, **span: float) -> datetime:
        """Move on by a timedelta's keywords (`hours=8`) of real time and return the new instant."""
        self._now += timedelta(**span)
        return self._now
