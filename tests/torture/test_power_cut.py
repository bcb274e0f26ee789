"""The power goes while a journal is written: every write, sync and rename of a real run is recorded, then cut anywhere."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.torture import acts, killing, wellness
from tests.torture.acts import World
from tests.torture.counted import COUNTED, FULL, TOLD, size
from tests.torture.power import HOW, LEDGER, SYNC, Call, Disk, calls
from tests.torture.test_kills import checked
from tests.torture.writer import KINDS, Writer

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="calls are recorded on Linux only"),
]
CUTS = size(40, 1000)
THINGS = size(40, 300)
KEYS = {"plain": None, "keyed": killing.KEY}


@pytest.fixture(scope="module")
def recorder(tmp_path_factory):
    """The library that records the calls; skipped where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("there is no C compiler here to build the recorder of system calls with")
    built = tmp_path_factory.mktemp("recorder") / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(built), str(source), "-ldl", "-lpthread"]
    subprocess.run(command, check=True, timeout=60)
    return built


def write(folder: Path, key: bytes | None, seed: int) -> None:
    """In a process of its own: a long evening with the journal in `folder`, each thing in the ledger before and after."""
    sample = acts.build(folder.parent / "sample", key)  # the same journal: what was read of files is made here anew
    world = World(folder / "journal.db", key, sample.plan, sample.again)
    rng = random.Random(seed)
    world.open(world.path)
    writer = Writer(world, killing.Ledger(folder / LEDGER), rng)
    for n in range(THINGS):
        world.clock.advance(minutes=1)
        getattr(writer, KINDS[n % len(KINDS)] if n % 2 else rng.choice(("saving", "drafting", "diary")))()
        writer.ledger.done()
    world.journal.close()


def recorded(recorder: Path, folder: Path, key: bytes | None) -> tuple[Disk, list[Call]]:
    """The folder as it was before, and every call of the evening."""
    world = acts.build(folder / "first", key)
    run = killing.copy_journal(world.path, folder / "run").parent
    disk, log = Disk(run), folder / "calls"
    code = "import sys; from pathlib import Path; from tests.torture.test_power_cut import write\n"
    code += "write(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]) or None, 8)"
    environment = {"LD_PRELOAD": str(recorder), "DREAMJOURNAL_RECORD": str(run), "DREAMJOURNAL_RECORD_TO": str(log)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(run), (key or b"").hex()],
        env=os.environ | environment, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return disk, calls(log.read_bytes(), run)


def begun(world: World) -> dict[str, str]:
    world.open(world.path)
    return {name: what for name, what in wellness.items(world.journal).items() if not name.startswith("backup")}


@pytest.mark.parametrize("named", KEYS)
def test_nothing_acknowledged_is_lost_to_a_power_cut(recorder, named):
    key = KEYS[named]
    rng = random.Random(8)
    problems: list[str] = []
    ways: Counter[str] = Counter()
    with killing.quick_folder() as folder:
        disk, made = recorded(recorder, folder, key)
        assert sum(c.op == SYNC for c in made) > THINGS, "nothing is synced, or the calls were not recorded"
        source = folder / "first" / "journal.db"
        promised = killing.in_child(partial(begun, World(source, key, None, None)))  # type: ignore[arg-type]
        places = sorted(rng.sample(range(1, len(made) + 1), min(CUTS // 2, len(made))))
        done, acknowledged = 0, 0
        for place in places:
            for call in made[done:place]:
                disk.do(call)
            done = place
            how = rng.choice(HOW)
            COUNTED["faults"] += 1
            ways[how] += 1
            said, acknowledged = found_after(disk, how, rng, folder / "cut", key, promised)
            COUNTED["lost"] += len(said)
            problems += [f"cut at call {place} of {len(made)}, un-synced {how}: {s}" for s in said[:4]]
        COUNTED["acknowledged"] += acknowledged
    TOLD.append(
        f"power cuts {len(places)}, {named} ({', '.join(f'{k} {n}' for k, n in sorted(ways.items()))}; {len(made)} calls), "
        f"{acknowledged} items acknowledged, {len(problems)} violations"
    )
    assert not problems, f"{len(problems)} violations:\n" + "\n".join(problems[:30])
    assert len(places) == CUTS // 2 or not FULL


def found_after(
    disk: Disk, how: str, rng: random.Random, folder: Path, key: bytes | None, promised: dict[str, str]
) -> tuple[list[str], int]:
    """What is wrong with what the disk holds after a cut here, and how much had been acknowledged."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in disk.after_cut(how, rng).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    ledger = folder.parent / "told"
    ledger.write_bytes(disk.told)
    now, under_way, acknowledged = killing.told(ledger, promised)
    world = World(folder / "journal.db", key, None, None)  # type: ignore[arg-type]
    said, _ = killing.in_child(partial(checked, world, now, under_way))
    return said, acknowledged
