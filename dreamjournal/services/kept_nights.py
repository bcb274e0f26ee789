"""Nights as they are known, read once for as long as their journal stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.night import last_night, tonight
from dreamjournal.services import nights as the_nights
from dreamjournal.services import settings

if TYPE_CHECKING:
    from datetime import date

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.night import Night
    from dreamjournal.services.journals import Journal


def nights(
    journal: Journal, person_id: int, first: date | None, last: date | None, clock: Clock, *, stages: bool = True
) -> list[Night]:  # fmt: skip
    """`nights.nights`, in a list of the caller's own.

    Reading ten years of them takes longer than a page does. They change with what the journal holds and with the night it
    is now, on which what a study seals opens.
    """

    def read() -> list[Night]:
        return the_nights.nights(journal, person_id, first, last, clock, stages=stages)

    held = journal.held()
    if held is None:
        return read()
    zone = settings.zone_of(journal, person_id, clock)
    when = (zone, tonight(clock.now(), zone), last_night(clock.now(), zone))
    return list(held.get("nights", (person_id, first, last, stages, when), read))
