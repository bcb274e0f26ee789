"""The only place that asks the machine for the time or the zone."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Clock(Protocol):
    """What the services ask for the time: a fake one in tests."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def zone(self) -> str:
        """The IANA name of the zone the machine is in."""
        ...


def system_zone() -> str:
    """IANA name of the machine's zone, "UTC" when it cannot be told."""
    name = os.environ.get("TZ", "").lstrip(":")
    if name and _known(name):
        return name
    try:
        target = os.path.realpath("/etc/localtime")
        if "zoneinfo/" in target:
            name = target.split("zoneinfo/", 1)[1]
            if _known(name):
                return name
        text = Path("/etc/timezone").read_text(encoding="utf-8").strip()
        if _known(text):
            return text
    except OSError:
        pass
    try:  # Windows has no /etc; tzlocal comes with APScheduler and knows the registry.
        import tzlocal

        found = str(tzlocal.get_localzone_name())
        if _known(found):
            return found
    except Exception:  # noqa: BLE001 - whatever the platform raises, UTC is the honest answer
        pass
    return "UTC"


def _known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class SystemClock:
    """The machine's clock and zone."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def zone(self) -> str:
        return system_zone()


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: reports under SOURCE_DATE_EPOCH, and tests."""

    at: datetime
    zone_name: str = "UTC"

    def now(self) -> datetime:
        return self.at

    def zone(self) -> str:
        return self.zone_name


def report_clock() -> Clock:
    """The clock of reports and the sample: SOURCE_DATE_EPOCH where set (seconds since 1970), else the machine's.

    The zone under SOURCE_DATE_EPOCH is UTC unless TZ names one, so that the same value gives the same bytes anywhere.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        name = os.environ.get("TZ", "")
        return FixedClock(datetime.fromtimestamp(int(epoch), UTC), name if name and _known(name) else "UTC")
    return SystemClock()


def monotonic() -> float:
    """Seconds that never run backwards, for timeouts."""
    return time.monotonic()
