"""Things a test puts into a journal: sessions as an importer would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.session import Session, SessionEvent, SessionKind, SessionMeasures, Validity


def slept(
    journal: Any, night: date, *, source: str = "whoop", zone: str | None = "Europe/London", offset: int = 0, hours: float = 8, merged: bool = False,
    person: int = 1, **measures: float,
) -> int:  # fmt: skip
    """A session of the night from 22:00 UTC on; returns its id."""
    begun = datetime(night.year, night.month, night.day, 22, tzinfo=UTC)
    ended = begun + timedelta(hours=hours)

    def lived(utc: datetime) -> Instant:
        return in_zone(utc, zone) if zone else at_offset(utc, offset)

    session = Session(
        0, person, night, source, f"{source}-{night}", SessionKind.MAIN, Validity.OK, lived(begun), lived(ended),
        SessionMeasures(**{"tib_min": hours * 60, "tst_min": hours * 60 - 30, **measures}),  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    if merged:
        session = replace(session, events=(SessionEvent("merge", lived(begun), None, "pseudonym"),))
    return int(journal.sessions.put(session))
