"""Who has a journal open: refused, taken over, told, and never held up by a file alone."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import JournalBusy
from dreamjournal.services import holding
from dreamjournal.store import lock_file

HOLDS = """
import sys
from pathlib import Path
from dreamjournal.services import holding
held = holding.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
held.release()
print("released", flush=True)
sys.stdin.readline()
"""


@contextmanager
def another(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the journal until a line is written to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def lock_of(path: Path) -> Path:
    return path.with_name("journal.db.lock")


def test_a_journal_is_held_once_and_let_go(path: Path, clock) -> None:
    held = holding.hold(path, clock=clock)
    said = json.loads(lock_of(path).read_bytes())
    assert said == {"pid": os.getpid(), "host": lock_file.this_host(), "since": clock.now().isoformat()}
    assert stat.S_IMODE(lock_of(path).stat().st_mode) == 0o600
    with pytest.raises(holding.HeldElsewhere):
        holding.hold(path)
    found = holding.holder(path)
    assert found is not None
    assert (found.pid, found.same_host, found.since) == (os.getpid(), True, clock.now())
    held.release()
    held.release()
    assert not lock_of(path).exists()
    assert holding.holder(path) is None
    assert not list(path.parent.iterdir())


def test_another_window_is_named_and_refused_within_a_second(path: Path) -> None:
    with another(path) as process:
        began = monotonic()
        with pytest.raises(JournalBusy) as raised:
            holding.hold(path)
        assert monotonic() - began < 1
        assert raised.value.sentence == (
            f"The journal is open in another window: process {process.pid} has it; close that window first."
        )
        with pytest.raises(holding.HeldElsewhere), holding.alone(path):
            pytest.fail("not alone")
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "released\n"
        with holding.alone(path):
            assert holding.holder(path) is not None
        assert holding.holder(path) is None


def test_what_a_killed_window_left_is_taken_over_silently(path: Path) -> None:
    with another(path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert lock_of(path).exists()
        assert holding.holder(path) is None
        holding.hold(path).release()
    assert not lock_of(path).exists()


def test_a_suspended_window_still_holds(path: Path) -> None:
    with another(path) as process:
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(holding.HeldElsewhere) as raised:
            holding.hold(path)
        assert raised.value.pid == process.pid
        os.kill(process.pid, signal.SIGCONT)


def test_the_window_itself_is_alone(path: Path) -> None:
    held = holding.hold(path)
    with holding.alone(path):
        pass
    assert holding.holder(path) is not None
    held.release()


@pytest.mark.parametrize(
    "left",
    [
        b"",
        b"\0" * 40,
        b"[" * 5000,
        b"{}",
        b'{"pid": -1, "host": "x"}',
        b'{"pid": true, "host": 3}',
        b"\xff\xfe",
        json.dumps({"pid": 1, "host": lock_file.this_host(), "since": "never"}).encode(),
        json.dumps({"pid": 1, "host": lock_file.this_host(), "since": "2999-01-01T00:00:00+00:00"}).encode(),
    ],
)
def test_a_file_alone_holds_nobody_up(path: Path, left: bytes) -> None:
    lock_of(path).write_bytes(left)
    lock_of(path).chmod(0o644)
    held = holding.hold(path)
    assert stat.S_IMODE(lock_of(path).stat().st_mode) == 0o600
    assert json.loads(lock_of(path).read_bytes())["pid"] == os.getpid()
    held.release()


def test_another_computer_is_told_and_may_be_overruled(path: Path) -> None:
    left = json.dumps({"pid": 4711, "host": "attic\n\x1b[31m", "since": "2026-07-01T20:15:00+00:00"})
    lock_of(path).write_text(left)
    with pytest.raises(holding.HeldElsewhere) as raised:
        holding.hold(path)
    assert not raised.value.same_host
    assert raised.value.sentence == (
        "This journal is open on another computer: attic[31m, since 2026-07-01 20:15 UTC; close it there first."
    )
    assert lock_of(path).read_text() == left
    held = holding.hold(path, anyway=True)
    assert json.loads(lock_of(path).read_bytes())["pid"] == os.getpid()
    held.release()


@pytest.mark.parametrize("fault", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL])
def test_a_place_without_locks_refuses_nobody(path: Path, monkeypatch: pytest.MonkeyPatch, fault: int) -> None:
    import fcntl

    def none(*_: object) -> None:
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(fcntl, "flock", none)
    first, second = holding.hold(path), holding.hold(path)
    assert holding.holder(path) is None
    first.release()
    second.release()
    assert not lock_of(path).exists()


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "missing folder", "file as folder", "long"])
def test_a_lock_file_that_cannot_be_is_no_refusal(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "journal.db"
    other = tmp_path / "other"
    other.write_text("not to be touched")
    match kind:
        case "folder":
            lock_of(path).mkdir()
        case "fifo":
            os.mkfifo(lock_of(path))
        case "link":
            lock_of(path).symlink_to(other)
        case "missing folder":
            path = tmp_path / "none" / "journal.db"
        case "file as folder":
            path = other / "journal.db"
        case _:
            path = tmp_path / ("x" * 252)
    assert holding.holder(path) is None
    held = holding.hold(path)
    held.release()
    assert other.read_text() == "not to be touched"


def test_a_link_to_a_journal_is_the_same_journal(path: Path, tmp_path: Path) -> None:
    path.touch()
    link = tmp_path / "elsewhere.db"
    link.symlink_to(path)
    held = holding.hold(link)
    with pytest.raises(holding.HeldElsewhere):
        holding.hold(path)
    held.release()


def test_many_at_once_leave_one(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\nfrom dreamjournal.services import holding\nsys.stdin.readline()\n"
        "try:\n h = holding.hold(Path(sys.argv[1])); print('held', flush=True)\n"
        "except holding.HeldElsewhere: print('refused', flush=True)\nsys.stdin.readline()"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]  # fmt: skip
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [p.stdout.readline() for p in started if p.stdout is not None]
    for process in started:
        process.communicate("\n")
    assert sorted(said) == ["held\n"] + ["refused\n"] * 5
