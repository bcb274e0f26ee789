"""Deletes and takes back: the bin keeps what was deleted for 30 days."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.services import backups, recall

if TYPE_CHECKING:
    from datetime import date

    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.bin import BinItem

DAYS = 30
_CHANGED = {
    "dream": Changes.DREAMS,
    "exposure": Changes.EXPOSURES,
    "intake": Changes.EVENINGS,
    "evening": Changes.EVENINGS | Changes.EXPOSURES,
    "diary": Changes.DIARY,
    "night": Changes.NIGHTS,
}


def discard_dream(journal: Journal, dream_id: int, clock: Clock) -> tuple[int, Changes]:
    """Put a dream in the bin; returns (bin id, changes). Raises UserError where there is none of that id."""
    with journal.atomic():
        dream = journal.dreams.get(dream_id)
        bin_id = journal.bin.discard_dream(dream_id, clock.now())
        if dream is not None:
            recall.settle(journal, dream.person_id, dream.night_date, clock.now())
    return bin_id, Changes.DREAMS | Changes.BIN


def discard_exposure(journal: Journal, exposure_id: int, clock: Clock) -> tuple[int, Changes]:
    """Put an exposure in the bin. Raises UserError."""
    return journal.bin.discard_exposure(exposure_id, clock.now()), Changes.EXPOSURES | Changes.BIN


def discard_intake(journal: Journal, intake_id: int, clock: Clock) -> tuple[int, Changes]:
    """Put something taken in the bin. Raises UserError."""
    return journal.bin.discard_intake(intake_id, clock.now()), Changes.EVENINGS | Changes.BIN


def discard_evening(journal: Journal, person_id: int, night: date, clock: Clock) -> tuple[int, Changes]:
    """Put all that was said of an evening in the bin. Raises UserError where nothing was."""
    return journal.bin.discard_evening(person_id, night, clock.now()), _CHANGED["evening"] | Changes.BIN


def discard_diary(journal: Journal, person_id: int, night: date, clock: Clock) -> tuple[int, Changes]:
    """Put a night's diary in the bin. Raises UserError where there is none."""
    return journal.bin.discard_diary(person_id, night, clock.now()), Changes.DIARY | Changes.BIN


def discard_night(journal: Journal, person_id: int, night: date, clock: Clock) -> tuple[int, Changes]:
    """Put a whole night in the bin: words, answers, recordings. Raises UserError where there is nothing."""
    return journal.bin.discard_night(person_id, night, clock.now()), Changes.NIGHTS | Changes.BIN


def restore(journal: Journal, bin_id: int, clock: Clock | None = None) -> Changes:
    """Take something back. Raises UserError where it is gone or a newer entry stands in its place."""
    from dreamjournal.common.clock import SystemClock

    with journal.atomic():
        item = journal.bin.restore(bin_id)
        if item.kind == "dream" and item.night_date is not None:
            recall.settle(journal, item.person_id, item.night_date, (clock or SystemClock()).now())
    return _CHANGED[item.kind] | Changes.BIN


def items(journal: Journal, person_id: int) -> list[BinItem]:
    """What is in the bin, the newest first."""
    return journal.bin.all(person_id)


def has_old(journal: Journal, clock: Clock) -> bool:
    """Whether anything has been in the bin for 30 days."""
    return journal.bin.has_older(clock.now() - timedelta(days=DAYS))


def purge_old(journal: Journal, clock: Clock) -> int:
    """Forget for good what has been in the bin for 30 days, after a backup; returns how many things. Raises StoreError."""
    if not has_old(journal, clock):
        return 0
    backups.before(journal, "delete", clock)
    return journal.bin.purge(clock.now() - timedelta(days=DAYS))


def tidy(journal: Journal, clock: Clock) -> None:
    """`purge_old` where it can be done now. It may make a backup: a command does it when it ends, the window in its worker."""
    with suppress(KnownError):  # no room for the backup before it: another time
        purge_old(journal, clock)
