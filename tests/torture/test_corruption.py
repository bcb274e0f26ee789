"""Damages journals, logs, key files and backups at random, and holds the app to never crashing and never telling a wrong word.

What was ever written is known. Each round ends in one of: opens and reads as it was, says in words why not, saved with what
was lost counted, or restored from its backup. A dream that is read back and was never written like that is a violation.

Two things cannot be seen by anybody without an anchor outside: an old page of the same encrypted journal put back in its
place carries a good seal, and a plain journal has no seals at all. Rounds of these two kinds count what nobody could notice
and hold the rest to the same rules.
"""

from __future__ import annotations

import contextlib
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from dreamjournal.common.errors import KnownError, WrongPassphrase
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.services import backups, checking, dreams, evenings, journals, keys, mornings, nights, restoring
from dreamjournal.store import encryption
from tests.fakes import FakeClock
from tests.torture.counted import COUNTED, size

pytestmark = pytest.mark.torture
PAGE = 4096
WORDS = "four ordinary words"
PARTS = ("db", "db", "db", "wal", "keys", "both keys", "backup")
DREAMS = 60


@dataclass
class Ground:
    """A journal with a log, a backup and an older state of its pages, as they are before damage; and all that was ever written."""

    folder: Path
    key: bytes | None
    written: frozenset[str]
    now: dict[int, str]
    old: bytes

    @property
    def passphrase(self) -> str | None:
        return WORDS if self.key is not None else None


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module", params=["plain", "encrypted"])
def ground(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: FakeClock
) -> Iterator[Ground]:
    # The cost of the slots is not what is tortured here.
    cheap = pytest.MonkeyPatch()
    cheap.setattr(encryption, "ARGON", encryption.Cost(8, 1, 1))
    cheap.setattr(encryption.passphrase_slot, "__defaults__", (encryption.ARGON,))
    folder = tmp_path_factory.mktemp(request.param)
    path = folder / "work" / "journal.db"
    passphrase = WORDS if request.param == "encrypted" else None
    journal = journals.create(path, passphrase=passphrase, clock=clock)
    written: set[str] = set()

    def put(text: str, number: int) -> int:
        written.add(text)
        return dreams.save(
            journal, 1, DreamDraft(date(2026, 6, 1) + timedelta(days=number % 20), text, Recall.REPORT), clock
        ).dream.id

    ids = [put(_text(n, "first"), n) for n in range(DREAMS)]
    for n in range(40):
        night = date(2026, 6, 1) + timedelta(days=n)
        given = {"into_bed": 1380, "try_sleep": 1390, "final_wake": 420, "out_of_bed": 430, "sol": 10.0, "quality": 4}
        mornings.save_diary(journal, mornings.diary_from_answers(1, night, "Europe/London", given), clock)
        evenings.add_intake(journal, 1, night, "caffeine", clock, name="tea", amount=1.0, unit="cup")
    key = journal.key
    journal.close()
    old = path.read_bytes()
    journal = journals.open_existing(path, key=key)
    for n in range(0, DREAMS, 3):
        text = _text(n, "changed")
        written.add(text)
        journal.dreams.update(ids[n], DreamDraft(date(2026, 6, 1), text, Recall.REPORT), clock.now())
    journal.close()
    journal = journals.open_existing(path, key=key)
    backups.make(journal, "asked", clock)
    for n in range(12):
        put(_text(n, "in the log"), n)
    now = {d.id: d.text for d in journal.dreams.all(1)}
    shutil.copytree(path.parent, folder / "whole", ignore=shutil.ignore_patterns("*-shm", "*.lock", "*.ballast"))
    journal.close()
    yield Ground(folder / "whole", key, frozenset(written), now, old)
    cheap.undo()


def _text(number: int, when: str) -> str:
    return f"{when} {number}: " + f"a stair that ends in the sea {number} " * (number % 40 + 1)


def _damage(rng: random.Random, file: Path, old: bytes, journal: bytes) -> str:
    """Damage a file; how."""
    data = bytearray(file.read_bytes())
    kinds = ["flip", "flip", "zero", "truncate"]
    if len(data) >= 3 * PAGE:
        kinds += ["zero", "duplicate", "old page"]
    kind = rng.choice(kinds) if data else "nothing"
    pages = max(1, len(data) // PAGE)
    where = rng.randrange(pages) * PAGE
    match kind:
        case "flip":
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case "zero":
            data[where : where + PAGE] = bytes(len(data[where : where + PAGE]))
        case "truncate":
            del data[rng.randrange(len(data)) :]
        case "duplicate":
            data[where : where + PAGE] = data[(other := rng.randrange(pages) * PAGE) : other + PAGE]
        case "old page":
            data[where : where + PAGE] = (old[where : where + PAGE] or journal[:PAGE]).ljust(PAGE, b"\0")[:PAGE]
        case _:
            pass
    file.write_bytes(bytes(data))
    return kind


def _read(path: Path, key: bytes | None) -> dict[int, str]:
    journal = journals.open_existing(path, key=key)
    try:
        nights.nights(journal, 1, None, None, FakeClock())  # what is in the other tables: read, or told to be damaged
        for read in (
            journal.bin.all,
            journal.imports.all,
            journal.studies.all,
            journal.balance.check_ins,
            journal.codings.all,
        ):
            read(1)
        return {d.id: d.text for d in journal.dreams.all(1)}
    finally:
        journal.close()


@pytest.mark.parametrize("seed", range(size(30, 500)))
def test_damage_is_told_and_never_read_as_words(ground: Ground, tmp_path: Path, clock: FakeClock, seed: int) -> None:
    rng = random.Random(seed)
    part = rng.choice(PARTS if ground.key is not None else PARTS[:4] + PARTS[-1:])
    work = tmp_path / "work"
    shutil.copytree(ground.folder, work)
    path = work / "journal.db"
    backup = next(iter((work / "backups" / "journal.db").iterdir()))
    files = {
        "db": [path], "wal": [Path(f"{path}-wal")], "keys": [Path(f"{path}.keys")],
        "both keys": [Path(f"{path}.keys"), Path(f"{path}.keys.copy")], "backup": [rng.choice([backup / "journal.db", backup / "manifest.json"])],
    }[part]  # fmt: skip
    kinds = [_damage(rng, f, ground.old, path.read_bytes()) for f in files]
    COUNTED["inputs"] += 1
    COUNTED["acknowledged"] += len(ground.now)
    blind = ground.key is None or "old page" in kinds
    """Whether a change may be one that nobody can notice."""
    outcome = _outcome(ground, path, clock, part, blind)
    OUTCOMES[f"{'encrypted' if ground.key else 'plain'}, {part}: {outcome}"] += 1


OUTCOMES: Counter[str] = Counter()


def _outcome(ground: Ground, path: Path, clock: FakeClock, part: str, blind: bool) -> str:
    secret = ground.passphrase
    try:
        if ground.key is not None:
            assert keys.unlock(path, WORDS) == ground.key
    except WrongPassphrase:  # the passphrase is right: it must never be told that it is not
        _violation("the right passphrase was called wrong")
    except KnownError:
        if part not in ("both keys", "db"):
            _violation(f"the key file was called bad after damage to the {part}")
        return _restored(ground, path, clock)
    try:
        checked = checking.check(path, ground.key)
    except WrongPassphrase:
        _violation("damage was called a wrong passphrase")
    except KnownError:
        return _restored(ground, path, clock)
    try:
        found = _read(path, ground.key)
    except KnownError:
        found = None
    if found is not None:
        _only_what_was_written(ground, found, blind)
        if found == ground.now:
            if part == "backup":
                return _backup_told(ground, path, clock)
            return "all there" if checked.is_well else "all there, and the damage was told"
        if checked.is_well and part == "wal":
            # A cut or damaged log ends early, as after a power cut: what is missing is its last part.
            lost = set(ground.now) - set(found)
            assert not lost or min(lost) > max(found)
            told = bool(list(path.parent.glob("*-wal.damaged-*")))
            return (
                "the end of the log is gone, and that was told"
                if told
                else "the end of the log is gone, as after a power cut"
            )
        if checked.is_well:
            assert blind, "something is missing and the check calls the journal well"
            return "changed unnoticed, as it may in a plain journal or by an old page with a good seal"
    target = path.with_name("saved.db")
    try:
        saved = checking.salvage(path, ground.key, target, clock)
    except KnownError:
        return _restored(ground, path, clock)
    got = _read(target, ground.key)
    _only_what_was_written(ground, got, blind)
    if secret:
        assert keys.unlock(target, secret) == ground.key
    told = saved.tables["dreams"]
    if not blind and part == "db":
        assert told.at_least or len(got) + told.lost >= len(ground.now) - 12, (told, len(got))
    assert told.kept == len(got)
    return "saved, with what was lost counted"


def _restored(ground: Ground, path: Path, clock: FakeClock) -> str:
    listed = [b for b in backups.listed(path) if b.verified is not None]
    assert listed
    restoring.restore(path, listed[0], None, clock, secret=ground.passphrase or "")
    opened = journals.open_existing(path, passphrase=ground.passphrase)
    found = {d.id: d.text for d in opened.dreams.all(1)}
    opened.close()
    _only_what_was_written(ground, found, blind=False)
    assert len(found) == DREAMS
    return "restored from its backup"


def _backup_told(ground: Ground, path: Path, clock: FakeClock) -> str:
    listed = backups.listed(path)
    assert listed
    with contextlib.suppress(KnownError):
        backups.verify(path, listed[0], ground.key, clock)
        return "the backup is good all the same"
    assert backups.last_verified(path) is None or backups.last_verified(path) != listed[0]
    return "the backup is known not to be good"


def _only_what_was_written(ground: Ground, found: dict[int, str], blind: bool) -> None:
    wrong = [text for text in found.values() if text not in ground.written]
    if wrong and not (blind and ground.key is None):
        _violation(f"{len(wrong)} dreams were read that nobody wrote")
    if wrong:
        OUTCOMES["plain, words changed that only the search index can notice"] += 1


def _violation(what: str) -> NoReturn:
    COUNTED["lost"] += 1
    pytest.fail(what)


def test_outcomes_are_told() -> None:
    """Printed in the full form: how the rounds ended."""
    for outcome, times in sorted(OUTCOMES.items()):
        print(f"{times:5} {outcome}")  # noqa: T201 - what `-s` is for
