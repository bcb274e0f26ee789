"""Which backups stay: all of two days, then one a day, a week and a month for a while, as Anki keeps its own.

The rule reads nothing but when each was made, and whether it is known to be good. The newest stays whatever it is, and so does the
newest good one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS, WEEKS, MONTHS = 12, 10, 9
"""So many days, weeks and months with a backup keep one, after the two days that keep all."""


@dataclass(frozen=True)
class Made:
    """A backup as this rule sees it. `good`: it was opened and read through, and nothing has been found wrong since."""

    id: str
    made: datetime
    good: bool = True


def kept(backups: Iterable[Made], now: datetime, zone: str) -> frozenset[str]:
    """The ids that stay, by the local days of `zone`.

    Going back from the newest: everything of today and yesterday; then of each of twelve days the newest; then of ten
    weeks; then of nine months. Days without a backup do not count, so a long absence removes nothing by itself. One
    that is not good takes no place of a good one: it goes once it is older than two days and a good one is newer.
    """
    local = ZoneInfo(zone)
    ordered = sorted(backups, key=lambda b: (b.made, b.id), reverse=True)
    yesterday = now.astimezone(local).date() - timedelta(days=1)
    stay = {b.id for b in ordered[:1]}
    left = {"day": DAYS, "week": WEEKS, "month": MONTHS}
    last: date | None = None
    newer_good = False
    for backup in ordered:
        day = backup.made.astimezone(local).date()
        if not backup.good:
            if day >= yesterday or not newer_good:
                stay.add(backup.id)
            continue
        newer_good = True
        if day >= yesterday:
            stay.add(backup.id)
            last = day
            continue
        unit = next((u for u in ("day", "week", "month") if left[u]), None)
        if last is None or (unit is not None and _start(day, unit) < _start(last, unit)):
            stay.add(backup.id)
            last = day
            if unit is not None:
                left[unit] -= 1
    return frozenset(stay)


def _start(day: date, unit: str) -> date:
    """The first day of the day's own week or month."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day
