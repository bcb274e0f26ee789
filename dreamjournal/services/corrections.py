"""The person corrects the times of a recorded session; what was recorded stays beside it and can be brought back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import UserError
from dreamjournal.domain import correction
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.drafts import RowRejected, check_instant
from dreamjournal.domain.instant import Instant, from_local, from_local_offset
from dreamjournal.domain.session import Session

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

LONGEST = timedelta(hours=24)


def get(journal: Journal, session_id: int) -> Session:
    """The session. Raises UserError where there is none."""
    found = journal.sessions.get(session_id)
    if found is None:
        raise UserError("Nothing was corrected", "there is no such session", "see the list of nights")
    return found


def moment(local: datetime, like: Instant) -> Instant:
    """The instant of a wall clock in the zone of `like`, or at its offset where no zone is known."""
    return from_local(local, like.zone) if like.zone else from_local_offset(local, like.offset_min)


def correct(journal: Journal, session_id: int, start: Instant, end: Instant, clock: Clock) -> Changes:
    """Set other times. Sleep times are counted again from the recorded stages, or are unknown where there are none.

    Raises UserError for an unknown session and for times that cannot be.
    """
    session = get(journal, session_id)
    try:
        check_instant(start, clock.now(), "start")
        check_instant(end, clock.now(), "end")
    except RowRejected as e:
        raise UserError("Nothing was corrected", str(e), "type the date and the time again", field="start") from e
    if end.utc <= start.utc:
        raise UserError(
            "Nothing was corrected", "the end is not after the start", "check the date of the end as well", field="end"
        )
    if end.utc - start.utc > LONGEST:
        raise UserError("Nothing was corrected", "that is longer than 24 hours", "check both dates", field="end")
    journal.sessions.update(correction.correct(session, start, end))
    return Changes.NIGHTS


def bring_back(journal: Journal, session_id: int) -> Changes:
    """The recorded times count again. Raises UserError for an unknown session, or one that was never corrected."""
    session = get(journal, session_id)
    if session.recorded is None:
        raise UserError("Nothing was brought back", "this session was never corrected", "see the list of nights")
    journal.sessions.update(correction.original(session))
    return Changes.NIGHTS
