"""An instant: UTC, the zone it was lived in, and the offset that was in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Instant:
    """A point in time with its place.

    `utc` is aware, in UTC; `offset_min` is the offset in force there and then, in minutes east; `zone` is the IANA
    name or None where only the offset is known.
    """

    utc: datetime
    offset_min: int
    zone: str | None = None

    @property
    def local(self) -> datetime:
        """The wall clock, naive."""
        return (self.utc + timedelta(minutes=self.offset_min)).replace(tzinfo=None)

    @property
    def ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return round(self.utc.timestamp() * 1000)

    @property
    def iso_z(self) -> str:
        """UTC as `2026-07-09T22:10:00Z`, with milliseconds only where there are some."""
        text = self.utc.astimezone(UTC).isoformat(timespec="milliseconds" if self.utc.microsecond else "seconds")
        return text.replace("+00:00", "Z")


def in_zone(utc: datetime, zone: str) -> Instant:
    """The instant `utc` (aware) lived in `zone`. Raises zoneinfo.ZoneInfoNotFoundError."""
    utc = utc.astimezone(UTC)
    offset = utc.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    return Instant(utc, int(offset.total_seconds() // 60), zone)


def at_offset(utc: datetime, offset_min: int) -> Instant:
    """The instant `utc` (aware) where only the offset is known."""
    return Instant(utc.astimezone(UTC), offset_min, None)


def from_ms(ms: int, offset_min: int, zone: str | None) -> Instant:
    """The inverse of `Instant.ms`."""
    return Instant(_EPOCH + timedelta(0, 0, 0, ms), offset_min, zone)


def from_local(local: datetime, zone: str, *, later: bool = False) -> Instant:
    """The instant of a naive wall clock in `zone`; in the doubled hour the earlier one unless `later`.

    A wall clock inside the spring gap is read with the offset before the gap, as zoneinfo does.
    """
    aware = local.replace(tzinfo=ZoneInfo(zone), fold=1 if later else 0)
    return in_zone(aware.astimezone(UTC), zone)


def from_local_offset(local: datetime, offset_min: int) -> Instant:
    """The instant of a naive wall clock at a fixed offset."""
    return at_offset(local.replace(tzinfo=UTC) - timedelta(minutes=offset_min), offset_min)


def minutes_between(start: Instant, end: Instant) -> float:
    """Elapsed minutes by UTC subtraction: two aware datetimes of one ZoneInfo would ignore a clock change."""
    return (end.utc - start.utc).total_seconds() / 60
