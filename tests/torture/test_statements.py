"""A kill before every statement of every writing use case: each is there whole or not at all, and once acknowledged it is there.

Killing at random moments alone is a weak test: forty such kills were measured to miss an acknowledgement before the commit.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from pathlib import Path

import pytest

import dreamjournal.services
from dreamjournal.services import journals
from tests.fakes import FakeClock
from tests.torture import acts, killing, wellness
from tests.torture.acts import ACTS, Act, World
from tests.torture.counted import COUNTED, FULL, TOLD, size

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork a process"),
]
KILLS = 480
"""Of the short form, over all acts, half of them with a key; short acts have fewer statements than their share."""
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
NOT_ACTS = {
    "demo.make": "makes the sample journal, which holds nothing of a person",
    "balance.read": "reads",
    "imports.write": "is the inner part of reread.apply",
}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """The journal of the acts, plain and with a key."""
    with killing.quick_folder() as folder:
        yield [acts.build(folder / name, key) for name, key in (("plain", None), ("keyed", killing.KEY))], folder


def reference(world: World, act: Act, folder: Path) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """(statements, contents before, contents after) of an act that nobody interrupts."""
    path = killing.copy_journal(world.path, folder)

    def work() -> tuple[list[str], dict[str, str], dict[str, str] | None]:
        counted = killing.Statements()
        killing.watch(counted)
        world.open(path)
        act.first(world)
        before = wellness.contents(world.journal._db)
        counted.begin()
        act.do(world)
        counted.end()
        begun = [sql.lstrip()[:12].upper() for sql in counted.seen]
        try:
            return begun, before, wellness.contents(world.journal._db)
        except killing.driver.ProgrammingError:  # the act closes the journal
            return begun, before, None

    statements, before, seen = killing.in_child(work)
    said, after = wellness.faults_of(path, world.key)
    assert not said, f"{act}, which nobody interrupted: {said}"
    assert seen in (None, after), f"{act}: what it wrote is there for itself alone"
    return statements, before, after


def killed(world: World, act: Act, number: int, folder: Path) -> tuple[bool, list[str], dict[str, str]]:
    """Kill the act before its n-th statement: (whether it was acknowledged, what is wrong, contents)."""
    path = killing.copy_journal(world.path, folder)
    mark = folder / "acknowledged"

    def work() -> None:
        counted = killing.Statements(number)
        killing.watch(counted)
        world.open(path)
        act.first(world)
        counted.begin()
        act.do(world)
        counted.end()
        mark.touch()
        counted.before = len(counted.seen) + 2
        counted.at(counted.before)

    ended, _ = killing.Child(work).result()
    assert ended, f"{act} ended before statement {number}"
    said, found = wellness.faults_of(path, world.key)
    return mark.exists(), said, found


def spread(statements: list[str], take: int, rng: random.Random) -> set[int]:
    """Before which statements to kill: every other one of those is after something was written, where halves show."""
    writes = [n for n, sql in enumerate(statements, 1) if sql.startswith(WRITES)]
    after = range(writes[0] + 1, len(statements) + 1) if writes else range(0)
    chosen = set(rng.sample(after, min(len(after), take - take // 2)))
    others = [n for n in range(1, len(statements) + 1) if n not in chosen]
    return chosen | set(rng.sample(others, min(len(others), take - len(chosen))))


def problems_of(world: World, act: Act, numbers: list[int], folder: Path, before, after) -> list[str]:
    """What is wrong after kills before each of these statements."""
    said: list[str] = []
    for number in numbers:
        COUNTED["faults"] += 1
        acknowledged, wrong, found = killed(world, act, number, folder)
        COUNTED["acknowledged"] += acknowledged
        if acknowledged and found != after:
            wrong.append("what was acknowledged is not there")
        if found not in (before, after) and not act.steps:
            changed = [t for t in found if found[t] != before.get(t) and found[t] != after.get(t)]
            half = [t for t in found if found[t] != before.get(t)]
            wrong.append(f"half of it is there: {changed or half}")
        if wrong:
            COUNTED["lost"] += 1
            said.append(f"{act}, {'keyed' if world.key else 'plain'}, before statement {number}: {'; '.join(wrong)}")
    return said


def test_a_kill_before_any_statement_leaves_each_act_whole_or_undone(worlds):
    """Short: a spread over all acts, every other one with a key. Full: every statement, plain and with a key."""
    (plain, keyed), folder = worlds
    rng = random.Random(6)
    share = KILLS / len(ACTS)
    problems: list[str] = []
    kills, owed = 0, 0.0
    for n, act in enumerate(ACTS):
        for world in (plain, keyed) if FULL else ((plain, keyed)[n % 2],):
            try:
                statements, before, after = reference(world, act, folder / "run")
            except AssertionError as error:  # what does not even work by itself is a violation, and the others go on
                COUNTED["lost"] += 1
                said = str(error)
                problems.append(f"{said.partition(chr(10))[0]} {said[-300:]}")
                continue
            numbers = list(range(1, len(statements) + 3))
            if not FULL:
                owed += share
                take = min(len(numbers), round(owed))
                owed -= take
                last = numbers[-2:]  # before it is told, and after: where an early word of it shows
                numbers = sorted({*spread(statements, max(0, take - 2), rng), *last})
            problems += problems_of(world, act, numbers, folder / "run", before, after)
            kills += len(numbers)
    TOLD.append(f"statement-exact kills {kills} in {len(ACTS)} use cases, {len(problems)} violations")
    assert not problems, f"{len(problems)} violations:\n" + "\n".join(problems[:40])
    assert kills >= size(450, 3000)


def test_every_writing_function_of_the_services_is_among_the_acts():
    covered = {name for act in ACTS for name in act.all_covered}
    missing: list[str] = []
    for module in pkgutil.iter_modules(dreamjournal.services.__path__):
        found = importlib.import_module(f"dreamjournal.services.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if function.__module__ != found.__name__ or name.startswith("_"):
                continue
            returns = str(function.__annotations__.get("return", ""))
            takes = "journal" in inspect.signature(function).parameters
            whole = f"{module.name}.{name}"
            if takes and ("Changes" in returns or returns in ("Saved", "Mapped")) and whole not in covered:
                missing.append(whole)
    assert not sorted(set(missing) - set(NOT_ACTS)), "writing functions that are never killed"


@pytest.mark.parametrize("kind", ["own", "nurse"])
def test_a_journal_killed_while_it_is_made_is_not_there_or_whole(tmp_path, kind):
    """There is nothing to lose yet, but what is left must not pass for a journal."""
    from dreamjournal.domain.person import JournalKind

    def make(path: Path, before: int) -> int:
        counted = killing.Statements(before)
        killing.watch(counted)
        counted.begin()
        journals.create(path, kind=JournalKind(kind), passphrase=None, clock=FakeClock()).close()
        return counted.end()

    with killing.quick_folder() as folder:
        statements = killing.in_child(lambda: make(folder / "whole.db", 0))
        chosen = range(1, statements + 2) if FULL else random.Random(1).sample(range(1, statements + 2), 12)
        problems: list[str] = []
        for number in chosen:
            path = folder / f"{number}" / "journal.db"
            path.parent.mkdir()
            COUNTED["faults"] += 1
            killing.Child(lambda path=path, number=number: make(path, number)).result()
            if not path.exists():
                continue
            said, _ = killing.in_child(lambda path=path: wellness.faults_of(path, None))
            problems += [f"before statement {number}: {s}" for s in said]
        assert not problems, "\n".join(problems)
