"""Two programs with one journal: both write and nothing is lost; one window holds, and what is dead, stopped or far away is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dreamjournal.common.clock import monotonic
from dreamjournal.services import holding, journals
from dreamjournal.store import lock_file
from tests.torture.counted import COUNTED, size
from tests.torture.wellness import structure

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(os.name != "posix", reason="processes are stopped by signals"),
]

WRITES = size(100, 1000)
STARTS = size(3, 20)

WRITER = """
import sys
from datetime import date
from pathlib import Path
from dreamjournal.common.errors import JournalBusy
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import dreams, journals, room
from tests.fakes import FakeClock
path, name, n = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
clock = FakeClock()
journal = journals.open_existing(path)
print("open", flush=True)
sys.stdin.readline()
for i in range(n):
    text = f"{name} {i} w" + "w" * (i % 97)
    while True:
        try:
            done = room.kept(journal, lambda: dreams.save(journal, 1, DreamDraft(date(2026, 7, 1), text), clock))
        except JournalBusy:
            continue
        break
    print(done.dream.id, text, flush=True)
journal.close()
"""

HOLDER = """
import sys
from pathlib import Path
from dreamjournal.services import holding
held = holding.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
held.release()
"""


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() in ("open", "held")
    return process


def ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.fixture
def path(tmp_path: Path, clock) -> Path:
    made = tmp_path / "journal.db"
    journals.create(made, passphrase=None, clock=clock).close()
    return made


def test_two_programs_write_at_once(path: Path) -> None:
    both = [started(WRITER, path, name, WRITES) for name in ("one", "two")]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    if WRITES > 100:  # one of them is suspended in the middle, which costs the other nothing
        os.kill(both[0].pid, signal.SIGSTOP)
        threading_wait(0.5)
        os.kill(both[0].pid, signal.SIGCONT)
    said = [process.communicate()[0].splitlines() for process in both]
    assert [p.returncode for p in both] == [0, 0]
    promised = {int(line.split(" ", 1)[0]): line.split(" ", 1)[1] for lines in said for line in lines}
    assert len(promised) == 2 * WRITES
    journal = journals.open_existing(path)
    kept = {d.id: d.text for d in journal.dreams.all(1)}
    lost = [n for n, text in promised.items() if kept.get(n) != text]
    COUNTED["acknowledged"] += len(promised)
    COUNTED["lost"] += len(lost)
    assert not lost
    assert len(kept) == 2 * WRITES
    assert structure(journal._db) == []
    journal.close()


def threading_wait(seconds: float) -> None:
    import threading

    threading.Event().wait(seconds)


@pytest.mark.parametrize("n", range(size(3, 50)))
def test_a_killed_window_is_followed_silently_and_a_stopped_one_is_named(path: Path, n: int) -> None:
    process = started(HOLDER, path)
    try:
        if n % 2:
            os.kill(process.pid, signal.SIGSTOP)
        began = monotonic()
        with pytest.raises(holding.HeldElsewhere) as raised:
            holding.hold(path)
        assert monotonic() - began < 1
        assert f"process {process.pid} has it" in raised.value.sentence
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        COUNTED["faults"] += 2
        assert lock_file.lock_path(path).exists()
        held = holding.hold(path)
        held.release()
        assert not lock_file.lock_path(path).exists()
    finally:
        ended(process)


@pytest.mark.parametrize("since", ["1970-01-01T00:00:00+00:00", "2999-12-31T23:59:59+00:00", "yesterday", None, 5])
def test_no_clock_decides_who_holds(path: Path, since: object) -> None:
    left = {"pid": os.getppid(), "host": lock_file.this_host(), "since": since}
    lock_file.lock_path(path).write_text(json.dumps(left))
    COUNTED["inputs"] += 1
    holding.hold(path).release()
    left["host"] = "far-away"
    lock_file.lock_path(path).write_text(json.dumps(left))
    with pytest.raises(holding.HeldElsewhere) as raised:
        holding.hold(path)
    assert "far-away" in raised.value.sentence
    holding.hold(path, anyway=True).release()


def test_starts_at_once_leave_one_window_and_a_stopped_one_is_told(path: Path, tmp_path: Path) -> None:
    place = tmp_path / "r"
    place.mkdir(mode=0o700)
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", TMPDIR=str(place), XDG_STATE_HOME=str(place / "state"))

    def window() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dreamjournal", "--journal", str(path)], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    all_started = [window() for _ in range(STARTS)]
    alive = all_started
    try:
        until = monotonic() + 90
        while len(alive) > 1 and monotonic() < until:
            threading_wait(0.1)
            alive = [p for p in all_started if p.poll() is None]
        assert len(alive) == 1
        assert [p.returncode for p in all_started if p is not alive[0]] == [0] * (STARTS - 1)
        found = holding.holder(path)
        assert found is not None
        assert found.pid == alive[0].pid
        os.kill(alive[0].pid, signal.SIGSTOP)
        late = window()
        all_started.append(late)
        threading_wait(2)
        assert late.poll() is None, "the page that names the process stands"
        os.kill(alive[0].pid, signal.SIGCONT)
        assert late.wait(30) == 0, "the first window answers at last, and was handed the start"
        COUNTED["faults"] += STARTS + 1
    finally:
        for process in all_started:
            process.kill()
            _, said = process.communicate()
            assert b"Traceback" not in said
