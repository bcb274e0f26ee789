"""When a file without a date begins: from its name, else from the person."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from dreamjournal.domain.drafts import EARLIEST_YEAR, ReadOptions, StartNeeded

_WHEN = re.compile(
    r"(?<!\d)(\d{4})([-_.]?)(\d\d)\2(\d\d)(?:[T _.-]{1,3}([01]\d|2[0-3])([-_.:h]?)([0-5]\d)(?:\6([0-5]\d))?)?(?!\d)",
    re.ASCII,
)
LATEST_YEAR = 2100


def named(where: str) -> tuple[date, time | None] | None:
    """The date, and the time where it stands behind it, in a file's name: 2026-03-04_22-15, 20260304_221500.

    Only the last part of a path counts.
    """
    for match in _WHEN.finditer(where.replace("\\", "/").rsplit("/", 1)[-1]):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
        if EARLIEST_YEAR <= year < LATEST_YEAR:
            try:
                found = date(year, month, day)
            except ValueError:
                continue
            return found, time(int(match[5]), int(match[7]), int(match[8] or 0)) if match[5] else None
    return None


def start_of(options: ReadOptions, clock: time | None = None, day: date | None = None) -> datetime:
    """The naive start: `day` and `clock` from the file, else from its name, else what the person said.

    A clock of the file counts before any other. Raises StartNeeded where the date or the time stays unknown.
    """
    name = named(options.where)
    if day is None and name is not None:
        day = name[0]
        clock = clock or name[1]
    if day is not None and clock is not None:
        return datetime.combine(day, clock)
    said = options.start
    if said is None:
        raise StartNeeded
    said = said.replace(tzinfo=None)
    if clock is None:
        return said if day is None else datetime.combine(day, said.time())
    start = datetime.combine(said.date(), clock)
    if said.time() != time(0):  # the person said a time too: the file's clock nearest to it
        start = min((start + timedelta(days=n) for n in (-1, 0, 1)), key=lambda at: abs(at - said))
    return start
