"""Backups and restoring under kills before every statement and file operation, on full disks, and on a fresh machine."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection
from dreamjournal.services import backups, dreams, journals, keys, restoring
from dreamjournal.store import backups as folders
from tests.fakes import FakeClock
from tests.torture.counted import COUNTED, FULL, size
from tests.torture.killing import Statements, can_fork, in_child, quick_folder, watch
from tests.torture.wellness import backup_faults

pytestmark = [pytest.mark.torture, pytest.mark.skipif(not can_fork(), reason="needs fork")]

CALLS = ("open", "mkdir", "rename", "replace", "link", "unlink", "rmdir", "fsync", "close")
THEN, NOW = "what was dreamt then", "what was dreamt since"
CODE_ONLY = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


@dataclass(frozen=True)
class World:
    """A closed journal that holds THEN and NOW, with one good backup that holds THEN."""

    folder: Path
    key: bytes | None
    backup: str

    def fresh(self) -> Path:
        """The journal in a copy of the folder."""
        target = self.folder.with_name("run")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder, target, copy_function=shutil.copy2)
        return target / "j.db"


def _texts(path: Path, key: bytes | None) -> list[str]:
    opened = journals.open_existing(path, key=key)
    try:
        return sorted(d.text for d in opened.dreams.all(1))
    finally:
        opened.close()


def _write(path: Path, key: bytes | None, text: str) -> None:
    opened = journals.open_existing(path, key=key)
    dreams.save(opened, 1, DreamDraft(date(2026, 7, 8), text), FakeClock())
    opened.close()


def _world(folder: Path, kind: str) -> World:
    folder.mkdir()
    path, clock = folder / "j.db", FakeClock()
    protection = Protection.NONE if kind != "keyed" else Protection.PASSPHRASE
    made = keys.make_journal(
        path, kind=JournalKind.OWN, protection=protection, passphrase="stair" if kind == "keyed" else None, clock=clock
    )
    key = made.journal.key
    dreams.save(made.journal, 1, DreamDraft(date(2026, 7, 7), THEN), clock)
    backup = backups.make(made.journal, "asked", clock)
    made.journal.close()
    if kind == "converted":  # the backup is plain, the journal has a key since: restoring writes it anew under that
        keys.encrypt(path, protection=Protection.PASSPHRASE, passphrase="stair", clock=clock)
        key = keys.unlock(path, "stair")
    _write(path, key, NOW)
    return World(folder, key, backup.id)


class Points(Statements):
    """Statements, and calls of the system, in one count."""

    def watch_files(self) -> None:
        for name in CALLS:
            inner = getattr(os, name)

            def called(*args: Any, _inner: Any = inner, _name: str = name, **more: Any) -> Any:
                self(_name)
                return _inner(*args, **more)

            setattr(os, name, called)


def _killed_before(work: Callable[[], None], number: int) -> tuple[bool, int]:
    """Whether the child died at that point, and how many points there are where it did not."""
    from tests.torture.killing import Child

    def run() -> int:
        points = Points(number)
        watch(points)
        points.watch_files()
        points.begin()
        work()
        return points.end()

    killed, seen = Child(run).result()
    return killed, seen or 0


def _numbers(total: int, share: int) -> list[int]:
    """Which points: all of them in the full form, else some, always the last ones, where things are put in place."""
    if FULL:
        return list(range(1, total + 1))
    some = random.Random(total).sample(range(1, total - 4), share)
    return sorted({*some, *range(total - 3, total + 1)})


def _back_up(path: Path, key: bytes | None) -> None:
    folders.make(path, key, "asked", FakeClock().now() + timedelta(hours=3), NoProgress())


def _good(path: Path) -> list[str]:
    """The backups that say they are good, and are as they were made."""
    found = [b for b in backups.listed(path) if b.verified is not None]
    for each in found:
        folders.whole(each, NoProgress())
    return [b.id for b in found]


@pytest.mark.parametrize("kind", ["plain", "keyed"])
def test_a_kill_at_any_point_of_a_backup(kind: str) -> None:
    with quick_folder() as folder:
        world = in_child(lambda: _world(folder / "world", kind))
        first = world.fresh()
        killed, total = _killed_before(lambda: _back_up(first, world.key), 0)
        assert not killed and total > 60
        for number in _numbers(total, 3):
            path = world.fresh()
            _killed_before(lambda path=path: _back_up(path, world.key), number)
            COUNTED["faults"] += 1

            def look(path: Path = path) -> tuple[list[str], list[str], list[str]]:
                assert backup_faults(path, world.key) == [], "a backup has its name before it is whole"
                good = _good(path)
                found = _texts(path, world.key)
                _back_up(path, world.key)
                hidden = [p.name for p in folders.folder_of(path).iterdir() if p.name.startswith(".")]
                return good, found, hidden

            good, found, hidden = in_child(look)
            COUNTED["acknowledged"] += 3
            COUNTED["lost"] += (world.backup not in good) + len({THEN, NOW} - set(found))
            assert world.backup in good and found == [NOW, THEN] and hidden == []


@pytest.mark.parametrize("kind", ["plain", "keyed", "converted"])
def test_a_kill_at_any_point_of_a_restore(kind: str) -> None:
    with quick_folder() as folder:
        world = in_child(lambda: _world(folder / "world", kind))

        def restore(path: Path) -> None:
            restoring.restore(path, world.backup, world.key, FakeClock(FakeClock().now() + timedelta(hours=3)))

        first = world.fresh()
        killed, total = _killed_before(lambda: restore(first), 0)
        assert not killed and total > 100
        states: set[str] = set()
        for number in _numbers(total, 3):
            path = world.fresh()
            _killed_before(lambda path=path: restore(path), number)
            COUNTED["faults"] += 1

            def look(path: Path = path) -> tuple[list[str], list[str], bool, list[str]]:
                found, good = _texts(path, world.key), _good(path)
                newest = next(b for b in backups.listed(path) if b.verified is not None)
                kept = _held(newest, world.key) == [NOW, THEN]
                restore(path)
                return found, good, kept, _texts(path, world.key)

            found, good, kept, after = in_child(look)
            states.add("now" if found == [NOW, THEN] else "then")
            COUNTED["acknowledged"] += 3
            whole = found == [NOW, THEN] or (found == [THEN] and kept)
            COUNTED["lost"] += (not whole) + (world.backup not in good)
            assert whole and world.backup in good and after == [THEN], number
        assert states == {"now", "then"}


def _held(backup: Any, key: bytes | None) -> list[str]:
    from dreamjournal.store import copying

    db = copying.opened(backup.file, key if backup.encrypted else None)
    try:
        return sorted(r["text"] for r in db.rows("SELECT text FROM dreams"))
    finally:
        db.conn.close()


@pytest.mark.parametrize("kind", ["plain", "keyed"])
def test_a_full_disk(kind: str) -> None:
    with quick_folder() as folder:
        world = in_child(lambda: _world(folder / "world", kind))
        largest = max(p.stat().st_size for p in world.folder.rglob("*") if p.is_file())
        for number in range(size(2, 50)):
            limit = largest * number // size(2, 50)
            for act in (
                _back_up,
                lambda p, k: restoring.restore(p, world.backup, k, FakeClock(FakeClock().now() + timedelta(hours=3))),
            ):
                path = world.fresh()

                def limited(path: Path = path, act: Any = act, limit: int = limit) -> str:
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
                    try:
                        act(path, world.key)
                    except KnownError as error:
                        return error.sentence
                    finally:
                        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                    return ""

                said = in_child(limited)
                found, good, parts = in_child(
                    lambda path=path: (
                        _texts(path, world.key), _good(path), [p.name for p in path.parent.rglob("*.part")]
                    )
                )  # fmt: skip
                COUNTED["faults"] += 1
                COUNTED["acknowledged"] += 3
                COUNTED["lost"] += (world.backup not in good) + len({THEN, NOW} - set(found))
                assert said.startswith(("No backup was made: ", "Nothing was restored: ")), (said, limit)
                assert found == [NOW, THEN] and good == [world.backup] and parts == []


def test_every_thinned_backup_on_a_fresh_machine_by_the_recovery_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CODE_ONLY.items():
        monkeypatch.setenv(name, value)
    clock, old = FakeClock(), tmp_path / "old" / "j.db"
    made = keys.make_journal(
        old, kind=JournalKind.OWN, protection=Protection.PASSPHRASE, passphrase="forgotten since", clock=clock
    )
    assert made.recovery_code is not None
    promised: dict[str, list[str]] = {}
    words: list[str] = []
    for day in range(size(20, 400)):
        for _ in range(2 if FULL or day % 8 == 0 else 1):
            words.append(f"dream {len(words)}")
            dreams.save(made.journal, 1, DreamDraft(date(2026, 7, 1), words[-1]), clock)
            backup = backups.make(made.journal, "timer", clock)
            promised[backup.id] = sorted(words)
            backups.thin(old, clock)
            clock.advance(hours=5)
        clock.advance(hours=24 if FULL else 24 * 6)
    made.journal.close()
    left = [b.id for b in backups.listed(old)]
    assert len(left) > 10 and left[0] == max(promised)
    shutil.copytree(folders.folder_of(old), tmp_path / "stick")
    shutil.rmtree(old.parent)
    for name in left:
        path = tmp_path / "machine" / name / "journal.db"
        restoring.restore_as(tmp_path / "stick" / name, path, clock, secret=made.recovery_code)
        opened = journals.open_existing(path, passphrase=made.recovery_code)
        found = sorted(d.text for d in opened.dreams.all(1))
        opened.close()
        COUNTED["acknowledged"] += len(promised[name])
        COUNTED["lost"] += len(set(promised[name]) - set(found))
        assert found == promised[name]
