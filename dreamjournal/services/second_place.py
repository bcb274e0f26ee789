"""A second place for backups: a stick or another folder that gets the newest good one now and then.

When it was last seen is kept beside the backups, not in the journal: a backup must not be a change of what it backs up.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dreamjournal.common.errors import UserError
from dreamjournal.common.files import atomic_write
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.services import backups as the_backups

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.backups import Backup

FOLDER, EVERY = "backup_second_place", "backup_second_every_h"
STATE = "second.json"
SILENT = timedelta(days=7)
"""So long a stick may be away before it is mentioned, and never less than three times its own interval."""
READABLE = "This journal is not encrypted, so whoever finds the copy can read it."


@dataclass(frozen=True)
class SecondPlace:
    """What is known of the second place. `present`: it is there now; `copied`: when it last got a backup."""

    folder: Path
    every: timedelta
    present: bool
    copied: datetime | None
    seen: datetime | None
    missed: bool
    """It has been away so long that it is worth a line."""


def state(journal: Journal, clock: Clock) -> SecondPlace | None:
    """What is known of the journal's second place, None where it has none."""
    from dreamjournal.services import settings

    folder = settings.get(journal, None, FOLDER)
    if not folder or journal.is_passing:
        return None
    every = timedelta(hours=int(settings.get(journal, None, EVERY)))
    said = _said(journal.path)
    same = said.get("folder") == folder
    copied, seen = (_instant(said.get(name)) if same else None for name in ("copied", "seen"))
    present = Path(folder).is_dir()
    since = seen or (_instant(said.get("chosen")) if same else None)
    missed = not present and since is not None and clock.now() - since > max(SILENT, 3 * every)
    return SecondPlace(Path(folder), every, present, copied, seen, missed)


def due(journal: Journal, clock: Clock) -> bool:
    """Whether the second place is there and should get the newest good backup now."""
    place = state(journal, clock)
    if place is None:
        return False
    _note(journal.path, place.folder, clock, seen=place.present)
    return due_at(place, journal, clock)


def due_at(place: SecondPlace, journal: Journal, clock: Clock) -> bool:
    """The same for a place that is known, in another thread than the journal's."""
    newest = the_backups.last_verified(journal.path)
    if not place.present or newest is None:
        return False
    if place.copied is not None and timedelta(0) <= clock.now() - place.copied < place.every:
        return False
    return all(b.id != newest.id or b.verified is None for b in listed(place.folder, journal.uid))


def bring(journal: Journal, clock: Clock, progress: Progress | None = None) -> Backup | None:
    """Copy the newest good backup to the second place, read it through there and thin out what is there.

    None where there is nothing to copy or the place is not there. Raises StoreError and Cancelled.
    """
    place = state(journal, clock)
    return bring_to(place, journal, clock, progress) if place is not None else None


def bring_to(
    place: SecondPlace, journal: Journal, clock: Clock, progress: Progress | None = None, *, thin: bool = True
) -> Backup | None:  # fmt: skip
    """The same for a place that is known, in another thread than the journal's: nothing is asked of its connection."""
    newest = the_backups.last_verified(journal.path)
    if newest is None or not place.present:
        return None
    made = copy_to(newest, place.folder, journal.uid, journal.key, clock, progress)
    _note(journal.path, place.folder, clock, seen=True, copied=True)
    if thin:
        the_backups.thin_at(home_of(place.folder, journal.uid), clock)
    return made


def copy_to(
    backup: Backup, folder: Path, uid: str, key: bytes | None, clock: Clock, progress: Progress | None = None
) -> Backup:  # fmt: skip
    """Copy one backup to any folder that is there, and read it through there. Raises UserError, StoreError, Cancelled."""
    from dreamjournal.store import backups

    if not folder.is_dir():
        raise UserError("No copy was made", "the folder is not there", "put in the stick, or choose another folder")
    opens = key if key is None or not backup.encrypted else _key_of(backup, key)
    return backups.copy_to(backup, home_of(folder, uid), clock.now(), opens, progress or NoProgress())


def home_of(folder: Path, uid: str) -> Path:
    """Where a journal's backups are in a second place: the name tells nothing of whose it is."""
    return folder / "dreamjournal-backups" / f"journal-{uid[:8] or 'old'}"


def listed(folder: Path, uid: str) -> tuple[Backup, ...]:
    """The backups of a journal in a second place, the newest first."""
    from dreamjournal.store import backups

    return backups.listed(home_of(folder, uid), "second")


def found_in(folder: Path) -> tuple[Backup, ...]:
    """Every backup in a folder a person names: one backup itself, a folder of them, a stick with several journals'."""
    from dreamjournal.store import backups

    if (folder / backups.MANIFEST).is_file():
        return (backups.read(folder),)
    homes = [folder]
    for base in (folder / "dreamjournal-backups", folder / "backups", folder):
        with suppress(OSError):
            homes += [h for h in base.iterdir() if h.is_dir() and h not in homes]
    found = {b.folder: b for home in homes for b in backups.listed(home, "second")}
    return tuple(sorted(found.values(), key=lambda b: (b.made, b.id), reverse=True))


def line(place: SecondPlace, day: str, encrypted: bool) -> str:
    """One calm line on the second place. `day` is the day it was last seen or got a copy, in the words of the screen."""
    if place.missed:
        return f"The second place has not been seen since {day}."
    if not place.present:
        return (
            f"The second place is not here just now; last copy {day}."
            if place.copied
            else "The second place is not here just now."
        )
    words = f"Last copy in the second place: {day}." if place.copied else "The second place has no copy yet."
    return words if encrypted else f"{words} {READABLE}"


def _key_of(backup: Backup, key: bytes) -> bytes | None:
    from dreamjournal.store import copying

    return key if copying.opens(backup.file, key) else None


def _said(path: Path) -> dict[str, Any]:
    from dreamjournal.store import backups

    try:
        found: object = json.loads((backups.folder_of(path) / STATE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _note(path: Path, folder: Path, clock: Clock, *, seen: bool, copied: bool = False) -> None:
    """Keep when the place was seen, at most once an hour, and when it got a copy. A full disk keeps nothing."""
    from dreamjournal.store import backups

    said = _said(path)
    if said.get("folder") != str(folder):
        said = {"folder": str(folder), "chosen": _text(clock.now())}
    elif not copied:
        last = _instant(said.get("seen"))
        if not seen or (last is not None and timedelta(0) <= clock.now() - last < timedelta(hours=1)):
            return
    if seen:
        said["seen"] = _text(clock.now())
    if copied:
        said["copied"] = _text(clock.now())
    home = backups.folder_of(path)
    if home.is_dir():
        with suppress(OSError):
            atomic_write(home / STATE, json.dumps(said).encode())


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None
