"""Kills at any moment, while a journal is worked on: what was acknowledged before is there, and nothing is there by half."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from dreamjournal.services import journals
from tests.torture import acts, killing, old_journals, wellness
from tests.torture.acts import World
from tests.torture.counted import COUNTED, TOLD, size
from tests.torture.writer import KINDS, Writer

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork a process"),
]
KILLS = size(100, 2000)
SAME_JOURNAL = 20
"""Kills of one journal before it is laid aside for a fresh one."""
LATEST_S = 0.05
OFTEN = 400
"""Things a child does, should nobody kill it."""


MIGRATING = "migrating"


def _killed_later(work: Callable[[Callable[[], None]], None], seconds: float) -> None:
    """Run `work` in a child and kill it so long after it said that it began."""
    ready, begun = os.pipe()
    child = killing.Child(lambda: work(lambda: os.write(begun, b"!") and None))
    os.close(begun)
    os.read(ready, 1)
    os.close(ready)
    child.wait(seconds)
    child.kill()
    child.result()


def _work(world: World, ledger_at: Path, kind: str, seed: int) -> Callable[[Callable[[], None]], None]:
    def work(begin: Callable[[], None]) -> None:
        world.open(world.path)
        writer = Writer(world, killing.Ledger(ledger_at), random.Random(seed))
        begin()
        for n in range(OFTEN):
            world.clock.advance(seconds=5)
            getattr(writer, kind if n % 3 else writer.rng.choice(("drafting", "saving", kind)))()
            writer.ledger.done()

    return work


def test_nothing_acknowledged_is_lost_to_kills_at_any_moment():
    rng = random.Random(20261127)
    problems: list[str] = []
    shares: Counter[str] = Counter()
    acknowledged = 0
    with killing.quick_folder() as folder:
        sources = [acts.build(folder / name, key) for name, key in (("plain", None), ("keyed", killing.KEY))]
        world, promised = sources[0], {}
        for n in range(KILLS):
            kind = KINDS[n % len(KINDS)]
            if n % SAME_JOURNAL == 0:
                source = sources[n // SAME_JOURNAL % 2]
                path = killing.copy_journal(source.path, folder / "run")
                world = World(path, source.key, source.plan, source.again)
                promised = killing.in_child(partial(_promised, world))
            ledger = folder / f"ledger {n}"
            world.clock.advance(minutes=10)
            _killed_later(_work(world, ledger, kind, n), rng.random() * LATEST_S)
            COUNTED["faults"] += 1
            shares[kind] += 1
            promised, under_way, number = killing.told(ledger, promised)
            acknowledged += number
            said, found = killing.in_child(partial(checked, world, promised, under_way))
            COUNTED["lost"] += len(said)
            problems += [f"kill {n}, {kind}, {'keyed' if world.key else 'plain'}: {s}" for s in said[:5]]
            promised = found  # what was under way and is there counts from now on
            ledger.unlink(missing_ok=True)
        for n in range(max(10, KILLS // 10)):
            COUNTED["faults"] += 1
            shares[MIGRATING] += 1
            problems += _migrations_killed(folder / "migrating", n, rng)
    COUNTED["acknowledged"] += acknowledged
    TOLD.append(
        f"random kills {sum(shares.values())} ({', '.join(f'{k} {n}' for k, n in shares.items())}), {acknowledged} items "
        f"acknowledged, {len(problems)} violations"
    )
    assert not problems, f"{len(problems)} violations:\n" + "\n".join(problems[:40])
    assert acknowledged > KILLS


def _promised(world: World) -> dict[str, str]:
    world.open(world.path)
    return wellness.items(world.journal)


def checked(
    world: World, promised: dict[str, str], under_way: dict[str, tuple[str, ...]]
) -> tuple[list[str], dict[str, str]]:
    """What is wrong, and what is there."""
    journal = journals.open_existing(world.path, key=world.key)
    try:
        found = wellness.items(journal)
    finally:
        journal.close()
    said, _ = wellness.faults_of(world.path, world.key, promised, under_way)
    return said, found


def _migrations_killed(folder: Path, n: int, rng: random.Random) -> list[str]:
    """An old journal, killed while it is opened, must then open with every row."""
    key, version = (None, killing.KEY)[n % 2], old_journals.VERSIONS[n % len(old_journals.VERSIONS)]
    source = folder / f"{version} {n % 2}" / "journal.db"
    if not source.exists():
        killing.in_child(lambda: old_journals.make(source, key, version))
    before, columns = killing.in_child(lambda: old_journals.read(source, key))

    path = killing.copy_journal(source, folder / "run")

    def work(begin: Callable[[], None]) -> None:
        begin()
        journals.open_existing(path, key=key).close()

    _killed_later(work, rng.random() * LATEST_S)
    said, _ = killing.in_child(lambda: wellness.faults_of(path, key))
    if not said and killing.in_child(lambda: old_journals.read(path, key, columns))[0] != before:
        said = ["rows are lost"]
    COUNTED["lost"] += len(said)
    return [f"a migration from {version}, {'keyed' if key else 'plain'}: {s}" for s in said]
