"""When and how big, in the words of the backups on screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.words import short_date, time_words


def when_words(context: PageContext, at: datetime) -> str:
    """An instant: today 14:30, yesterday 09:12, Tue 3 Mar, 08:00."""
    local, now = context.local(at), context.local(context.clock.now())
    clock = time_words(local, hours=context.hours)
    if local.date() == now.date():
        return f"today {clock}"
    if local.date() == now.date() - timedelta(days=1):
        return f"yesterday {clock}"
    return f"{short_date(local.date(), year=local.year != now.year)}, {clock}"


def made_words(made: datetime, zone: str) -> str:
    """When a backup was made, where no journal is open: Tue 3 Mar 2026, 08:00."""
    local = made.astimezone(ZoneInfo(zone))
    return f"{short_date(local.date())}, {time_words(local)}"


def size_words(size: int) -> str:
    """12 kB, 3.4 MB."""
    return f"{max(1, round(size / 1000))} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"
