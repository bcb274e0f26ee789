"""Looks a journal over: its pages, references, search index, schema, values, key file, and what lies beside it.

`check` changes nothing. `mend` does what can be done without losing anything; for the rest there are backups and `salvage`.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.common.errors import JournalDamaged, KnownError, StoreError, UserError
from dreamjournal.common.paths import data_dir, keys_path
from dreamjournal.common.places import place_of
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.services.salvaging import Salvaged as Salvaged  # noqa: PLC0414 - one way in for what repairs
from dreamjournal.services.salvaging import put_in_place as put_in_place  # noqa: PLC0414
from dreamjournal.services.salvaging import salvage as salvage  # noqa: PLC0414

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dreamjournal.common.clock import Clock


class State(StrEnum):
    """What a finding amounts to."""

    WELL = "well"
    NOTE = "note"
    """Worth knowing; nothing is wrong with the journal."""
    MENDABLE = "mendable"
    """Not as it should be, and `mend` puts it right without losing anything."""
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Finding:
    """One thing looked at, in a sentence, and what to do about it."""

    key: str
    state: State
    what: str
    what_now: str = ""


@dataclass(frozen=True)
class Checked:
    """All that was looked at, in order, and how much the journal holds."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]

    @property
    def is_well(self) -> bool:
        """Whether nothing is damaged and nothing has to be mended."""
        return not (self.damaged or self.mendable)

    @property
    def damaged(self) -> bool:
        return any(f.state == State.DAMAGED for f in self.findings)

    @property
    def mendable(self) -> bool:
        return any(f.state == State.MENDABLE for f in self.findings)

    @property
    def headline(self) -> str:
        """The whole in a sentence."""
        if self.damaged:
            return "Something in this journal is damaged."
        if self.mendable:
            return "Nothing is lost; something should be put right."
        return "The journal is well."


RESTORE = "Restore a backup, or save what can be read into a new journal."
MEND = "It can be put right without losing anything: dreamjournal check --mend."
BACK_UP = "Make one: dreamjournal backup now."
STEPS = 9
_ASIDE = re.compile(r"-wal\.set-aside-|\.keys(\.copy)?\.aside-\d+$|\.damaged-")


def check(path: Path, key: bytes | None, progress: Progress | None = None) -> Checked:
    """Look the journal at `path` over. It may be open elsewhere.

    Raises UserError (missing, of another program, newer), WrongPassphrase, and Cancelled through `progress`; damage is
    a finding, not an error.
    """
    progress = progress or NoProgress()
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    try:
        _begin(path, key)
        findings += _log(path)
        findings += _inside(path, key, counts, progress)
    except JournalDamaged as error:
        findings.append(Finding("opens", State.DAMAGED, f"The journal cannot be opened: {error.why}.", RESTORE))
    progress.step(STEPS - 1, STEPS, "Looking beside it")
    findings += _key_file(path, key)
    findings += _modes(path)
    findings += _beside(path)
    findings += _place(path)
    findings += _backups(path)
    return Checked(tuple(findings), counts)


def _begin(path: Path, key: bytes | None) -> None:
    """Raise what opening would raise, without changing anything."""
    from dreamjournal.store import opening

    if not opening.is_in_use(
        path
    ):  # else somebody has it open as a journal; closing the file would drop our locks on it
        opening.look(path, has_slots=key is not None)
    try:
        opening.see(path, key)
    except KnownError as error:
        raise opening.why_not(path, key, error) from error


def _inside(path: Path, key: bytes | None, counts: dict[str, int], progress: Progress) -> Iterator[Finding]:
    from dreamjournal.store import integrity
    from dreamjournal.store.connect import SCHEMA_VERSION

    with integrity.opened(path, key) as db:
        progress.step(0, STEPS, "Reading every page")
        broken = integrity.pages(db)
        if key is not None:
            progress.step(1, STEPS, "Reading every seal")
            yield _seals(integrity.cipher_pages(db))
        yield _pages(broken)
        progress.step(2, STEPS, "Following every reference")
        yield _references(integrity.references(db))
        yield from _originals(integrity.torn_originals(db), integrity.strange_notes(db))
        progress.step(4, STEPS, "Comparing the schema")
        version = integrity.version(db)
        missing = integrity.schema_misses(db) if version == SCHEMA_VERSION else []
        yield _schema(missing, version, SCHEMA_VERSION)
        progress.step(5, STEPS, "Looking at every value")
        yield _values(integrity.strange_values(db))
        counts.update(integrity.counts(db))
        # While the other connection is open, closing this one does not fold the log in: check leaves it as it is.
        if version == SCHEMA_VERSION and not any("dreams_fts" in m for m in missing):
            progress.step(7, STEPS, "Comparing the search index")
            agrees = integrity.index_agrees(path, key)
            yield (
                Finding("search", State.WELL, "The search index holds what the dreams hold.")
                if agrees
                else Finding("search", State.MENDABLE, "The search index does not hold what the dreams hold.", MEND)
            )


def _log(path: Path) -> Iterator[Finding]:
    from dreamjournal.store import quarantine

    try:
        torn = quarantine.is_torn(path)
    except OSError:
        return
    if torn:
        what = "The log of the last changes is damaged; what was written last may be missing."
        yield Finding(
            "log", State.DAMAGED, what, "Look at your newest entries; opening the journal keeps a copy of the log."
        )


def _seals(found: list[str]) -> Finding:
    if not found:
        return Finding("seals", State.WELL, "Every page carries an unbroken seal.")
    numbers = [m[1] for line in found if (m := re.search(r"page (\d+)", line))]
    where = f" (page {', '.join(numbers[:10])}{' …' if len(numbers) > 10 else ''})" if numbers else ""
    return Finding("seals", State.DAMAGED, f"The seal of {_many(len(found), 'page')} is broken{where}.", RESTORE)


def _pages(found: list[str]) -> Finding:
    if not found:
        return Finding("pages", State.WELL, "Every page can be read, and they hang together.")
    if all("index" in line or "freelist" in line for line in found):
        return Finding("pages", State.MENDABLE, "An index does not hold what its table holds.", MEND)
    return Finding(
        "pages", State.DAMAGED, f"Part of the file is damaged ({_many(len(found), 'place')} found).", RESTORE
    )


def _references(found: dict[str, int]) -> Finding:
    if not found:
        return Finding("references", State.WELL, "Everything belongs to something that is there.")
    where = ", ".join(f"{n} in {t.replace('_', ' ')}" for t, n in sorted(found.items()))
    return Finding("references", State.DAMAGED, f"Something that other things belong to is gone: {where}.", RESTORE)


def _originals(torn: int, notes: int) -> Iterator[Finding]:
    if torn:
        what = f"{_many(torn, 'kept original')} of an import cannot be read whole."
        yield Finding("originals", State.DAMAGED, what, "Import the file again, if you have it.")
    if notes:
        yield Finding("imports", State.DAMAGED, f"{_many(notes, 'note')} of an import makes no sense.", RESTORE)


def _schema(missing: list[str], version: int, ours: int) -> Finding:
    if version < ours:
        return Finding("schema", State.NOTE, "The journal is of an earlier version; opening it brings it up to date.")
    if not missing:
        return Finding("schema", State.WELL, "Every table, index and trigger is there.")
    what = f"{_many(len(missing), 'part')} of the journal's structure is missing: {', '.join(missing[:6])}."
    if any(m.startswith(("table ", "column ")) and "dreams_fts" not in m for m in missing):
        return Finding("schema", State.DAMAGED, what, RESTORE)
    return Finding("schema", State.MENDABLE, what, MEND)


def _values(found: dict[str, int]) -> Finding:
    if not found:
        return Finding("values", State.WELL, "Every value is one that can be.")
    where = ", ".join(f"{n} in {w.replace('_', ' ')}" for w, n in sorted(found.items()))
    return Finding("values", State.DAMAGED, f"There are values that cannot be: {where}.", RESTORE)


def _key_file(path: Path, key: bytes | None) -> Iterator[Finding]:
    if key is None:
        yield Finding("keys", State.NOTE, "The journal is not encrypted: whoever can read the file can read it.")
        return
    from dreamjournal.services import keys

    try:
        found = keys.status(path)
    except KnownError as error:
        yield Finding("keys", State.DAMAGED, error.sentence, "Put back a copy of the key file from a backup.")
        return
    if found.trouble or not found.copies_on_disk:
        why = found.trouble or "neither copy of the key file can be read"
        yield Finding("keys", State.DAMAGED, f"The key file is of no use: {why}.", "Put back a copy from a backup.")
    elif found.copies_on_disk < 2:
        what = "Only one copy of the key file is good; without any the journal cannot be opened."
        yield Finding("keys", State.MENDABLE, what, MEND)
    else:
        yield Finding("keys", State.WELL, "Both copies of the key file are good and belong to this journal.")


def _own_files(path: Path) -> list[Path]:
    names = (path.name, f"{path.name}-wal", f"{path.name}-shm", keys_path(path).name, keys_path(path).name + ".copy")
    return [f for n in names if (f := path.with_name(n)).is_file()]


def _too_open(path: Path) -> list[Path]:
    """The journal's files, and folders that are the app's own, which others may read or write."""
    if os.name != "posix":
        return []
    folders = [f for f in (path.parent, path.parent / "backups") if f.is_dir()]
    own = [f for f in folders if f.name == "backups" or f == data_dir()]
    return [f for f in (*_own_files(path), *own) if stat.S_IMODE(f.stat().st_mode) & 0o077]


def _modes(path: Path) -> Iterator[Finding]:
    if os.name != "posix":
        return
    found = _too_open(path)
    if found:
        names = ", ".join(f.name for f in found)
        yield Finding("modes", State.MENDABLE, f"Others on this computer may read {names}.", MEND)
    else:
        yield Finding("modes", State.WELL, "Only you may read the journal's files.")


def _beside(path: Path) -> Iterator[Finding]:
    try:
        names = sorted(f.name for f in path.parent.iterdir() if f.name.startswith((path.name, f".{path.name}.")))
    except OSError:
        return
    torn = [n for n in names if n.startswith(".") and ".part" in n]
    aside = [n for n in names if _ASIDE.search(n) and not (".damaged-" in n and n.endswith((".keys", ".copy", "-wal")))]
    if torn:
        what = f"An interrupted run left {_many(len(torn), 'file')} beside the journal: {', '.join(torn[:3])}."
        yield Finding("leftovers", State.NOTE, what, "Delete it once no other program is at work here.")
    if aside:
        what = f"Set aside earlier: {', '.join(aside[:5])}."
        yield Finding("aside", State.NOTE, what, "Keep it until you miss nothing, then delete it.")


def _place(path: Path) -> Iterator[Finding]:
    what, what_now = place_of(path).warning
    if what:
        yield Finding("place", State.NOTE, what, what_now)


def _backups(path: Path) -> Iterator[Finding]:
    from dreamjournal.services import backups

    last = backups.last_verified(path)
    if last is None:
        yield Finding("backup", State.NOTE, "There is no backup that was read through.", BACK_UP)
    else:
        yield Finding("backup", State.WELL, f"The newest good backup is {last.id}.")


def _many(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


# Mending


def mend(path: Path, key: bytes | None, clock: Clock, progress: Progress | None = None) -> tuple[str, ...]:
    """Put right what can be without losing anything, after a backup; what was done, in sentences.

    Nobody else may have the journal open. Raises JournalBusy, UserError, StoreError; damage is left as it is.
    """
    from dreamjournal.services import backups, holding, journals
    from dreamjournal.store import integrity, slots

    progress = progress or NoProgress()
    before = check(path, key, progress)
    wrong = {f.key for f in before.findings if f.state == State.MENDABLE}
    done: list[str] = []
    with holding.alone(path, clock=clock):
        if wrong & {"search", "schema", "pages"}:
            if before.damaged:
                raise StoreError(
                    "Nothing was put right", "part of the journal is damaged", RESTORE[0].lower() + RESTORE[1:-1]
                )
            if "search" in wrong:
                # The index is made from the dreams and holds nothing of its own; and while it is broken no backup counts as good.
                done += integrity.mended(path, key, index=True)
            if wrong & {"schema", "pages"}:
                journal = journals.open_existing(path, key=key)
                try:
                    backups.before(journal, "repair", clock)
                finally:
                    journal.close()
                done += integrity.mended(path, key, schema="schema" in wrong, indexes="pages" in wrong)
        if "keys" in wrong and key is not None:
            slots.mend(path, slots.look(path, slots.salt_of(path)), slots.current(path, key)[0])
            done.append("The second copy of the key file was written again.")
        if "modes" in wrong:
            done += _closed(path)
    return tuple(done)


def _closed(path: Path) -> Iterator[str]:
    try:
        for file in _too_open(path):
            file.chmod(0o700 if file.is_dir() else 0o600)
    except OSError as error:
        raise UserError("Not everything was put right", "a file belongs to somebody else", "ask its owner") from error
    yield "Only you may read the journal's files now."
