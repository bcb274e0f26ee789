"""Backups of a journal: made before whatever could lose something and every half hour, read through, thinned out.

Restoring is in `restoring`, copies on a stick are in `second_place`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.common.errors import KnownError, StoreError, UserError
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.domain import thinning

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.backups import Backup as Backup  # noqa: PLC0414 - the type, for those who may not see the store
    from dreamjournal.store.backups import Reason

EVERY = timedelta(minutes=30)
WHY = {
    "timer": "while you wrote", "asked": "asked for", "migration": "before an update", "import": "before an import",
    "delete": "before deleting", "restore": "before restoring", "rekey": "before a new key", "decrypt": "before decrypting",
    "encrypt": "before encrypting", "repair": "before a repair", "unknown": "not known",
}  # fmt: skip
"""Why a backup was made, in words."""


def make(journal: Journal, reason: Reason, clock: Clock, progress: Progress | None = None) -> Backup:
    """Make a backup now, whether or not anything changed. Raises StoreError, and Cancelled through `progress`."""
    from dreamjournal.store import backups

    if journal.is_passing:
        raise UserError("No backup was made", "this journal is in memory only", "keep it in a file first")
    return backups.make(journal.path, journal.key, reason, clock.now(), progress or NoProgress())


def before(journal: Journal, reason: Reason, clock: Clock, progress: Progress | None = None) -> Backup | None:
    """What every risky act calls first: a backup, where the journal holds anything and changed since the newest good one.

    Raises StoreError where it cannot be made: then the act must not begin.
    """
    if not wanted(journal):
        return None
    try:
        return make(journal, reason, clock, progress)
    except KnownError as error:
        raise StoreError(
            "Nothing was done", f"no backup could be made before it, {error.why}", error.what_now
        ) from error


def wanted(journal: Journal) -> bool:
    """Whether the journal holds anything that no good backup has."""
    from dreamjournal.store import backups

    return not journal.is_passing and backups.current(journal.path) is None and holds_anything(journal)


def holds_anything(journal: Journal) -> bool:
    """Whether there is more in the journal than in a new one."""
    from dreamjournal.store import copying

    return copying.holds_anything(journal.path, journal.key)


def due(journal: Journal, clock: Clock) -> bool:
    """Whether the half-hourly backup should be made now: something changed, and the last good one is old enough."""
    if journal.is_passing:
        return False
    last = last_verified(journal.path)
    if last is not None and timedelta(0) <= clock.now() - last.made < EVERY:
        return False
    return wanted(journal)


def listed(path: Path) -> tuple[Backup, ...]:
    """The backups beside the journal at `path`, the newest first. No key is needed."""
    from dreamjournal.store import backups

    return backups.listed(backups.folder_of(path))


def last_verified(path: Path) -> Backup | None:
    """The newest backup that was read through and nothing is known against."""
    return next((b for b in listed(path) if b.verified is not None), None)


def found(path: Path, backup_id: str) -> Backup:
    """The backup of that id beside the journal. Raises UserError."""
    for backup in listed(path):
        if backup.id == backup_id:
            return backup
    raise UserError("There is no such backup", "no folder of that name is there", "see: dreamjournal backup list")


def verify(
    path: Path, backup: Backup | str, key: bytes | None, clock: Clock, progress: Progress | None = None
) -> Backup:
    """Open a backup again and read it through. Raises UserError, WrongPassphrase, StoreError (it is not good)."""
    from dreamjournal.store import backups

    wanted_one = found(path, backup) if isinstance(backup, str) else backup
    return backups.verify(wanted_one, key, clock.now(), progress or NoProgress())


def thin(path: Path, clock: Clock) -> tuple[str, ...]:
    """Remove the backups that are older than they need be; the ids that went. Called after a new one was verified.

    What cannot be removed now is removed another time.
    """
    from dreamjournal.store import backups

    return thin_at(backups.folder_of(path), clock)


def thin_at(home: Path, clock: Clock) -> tuple[str, ...]:
    """The same in any folder of backups."""
    from dreamjournal.store import backups

    here = backups.listed(home)
    stay = thinning.kept((thinning.Made(b.id, b.made, b.verified is not None) for b in here), clock.now(), clock.zone())
    gone: list[str] = []
    for backup in here:
        if backup.id not in stay:
            try:
                backups.remove(backup)
            except OSError:
                continue
            gone.append(backup.id)
    return tuple(gone)


def now_counts(journal: Journal) -> dict[str, int]:
    """What the journal holds now, counted as a backup's counts are. Raises StoreError."""
    from dreamjournal.store import copying

    return copying.held(journal.path, journal.key).counts


def newer_words(now: dict[str, int], then: dict[str, int]) -> str:
    """What came in since a backup, as far as counts tell: "3 nights and 2 dreams came in since"; "" where nothing did."""
    more = [(now.get(key, 0) - then.get(key, 0), word) for key, word in (("nights", "night"), ("dreams", "dream"))]
    parts = [_many(n, word) for n, word in more if n > 0]
    return " and ".join(parts) + " came in since" if parts else ""


def counts_words(counts: dict[str, int]) -> str:
    """What a backup holds, in words: 1,204 nights, 312 dreams."""
    parts = [_many(counts.get(key, 0), word) for key, word in (("nights", "night"), ("dreams", "dream"))]
    return ", ".join(parts)


def _many(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"
