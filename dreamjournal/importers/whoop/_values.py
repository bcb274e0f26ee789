"""What WHOOP's variants share: offsets, instants, numbers, and the sums its sleeps keep."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from dreamjournal.common.csv_rows import number
from dreamjournal.domain.drafts import RowRejected, SessionDraft, SumRules
from dreamjournal.domain.instant import Instant, at_offset

NO_DATA_MIN = 10
"""Time in bed exceeds asleep + awake by the minutes without data: 2 to 7 in recent exports."""
ASLEEP_RULE = "time asleep = light + deep + REM"
IN_BED_RULE = f"time in bed = asleep + awake, or up to {NO_DATA_MIN} min more (without data)"
UNSEEN = "This variant of WHOOP's data has not yet been seen in the wild: check a night you know."
NO_SLEEP = "no sleep in this row"
OPEN = "still running: it has no end yet"
STEP = 200
_OFFSET = re.compile(r"(?:UTC)?([+-])([0-9]{2}):?([0-9]{2})")


@lru_cache(maxsize=64)
def offset_min(zone: str) -> int:
    """Minutes east of "UTC+02:00", "-0400" and the like. Raises RowRejected."""
    match = _OFFSET.fullmatch(zone)
    if match is None:
        if zone in ("Z", "UTC", "UTCZ"):
            return 0
        raise RowRejected("the time zone is missing" if not zone else "the time zone is not an offset from UTC")
    offset = (int(match[2]) * 60 + int(match[3])) * (-1 if match[1] == "-" else 1)
    if abs(offset) > 15 * 60:
        raise RowRejected("the offset from UTC is more than 15 hours")
    return offset


def stamp(text: Any, what: str, offset: int) -> Instant:
    """An ISO time in UTC (or with its offset), lived at `offset`. Raises RowRejected."""
    try:
        if not isinstance(text, str) or not 19 <= len(text) <= 40 or not text.isascii():
            raise ValueError
        at = datetime.fromisoformat(text)
        return at_offset(at if at.tzinfo else at.replace(tzinfo=UTC), offset)
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{what}: not a date and time") from e


def value(row: dict[str, str], column: str) -> float | None:
    """The number in a column, None where it is empty or there is no such column. Raises RowRejected."""
    try:
        return number(row.get(column, ""))
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def check_sums(rules: SumRules, session: SessionDraft) -> None:
    """Note whether the totals of a session add up."""
    m = session.measures
    if m.tst_min is None:
        return
    parts = (m.light_min, m.deep_min, m.rem_min)
    if None not in parts:
        rules.check(ASLEEP_RULE, session.night_date, abs(m.tst_min - sum(p or 0 for p in parts)) < 0.1)
    if m.tib_min is not None and m.awake_min is not None:
        over = m.tib_min - m.tst_min - m.awake_min
        rules.check(IN_BED_RULE, session.night_date, -0.1 < over <= NO_DATA_MIN)
