"""Forks a child that does something to a journal, and kills it: at a moment, or before a statement.

The modules are loaded once, by a process that has no journal open; each child opens a connection of its own. What a child
says it is about to do, and what it was told is done, goes to a file that survives it.
"""

from __future__ import annotations

import json
import os
import pickle
import select
import shutil
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver  # the driver's own trace is what kills before a statement

from tests.samples import NOW

KEY = bytes(range(32))
FILES = ("", "-wal", "-shm", ".keys", ".keys.copy")


def can_fork() -> bool:
    """Whether this system has what is needed."""
    return hasattr(os, "fork")


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: what a kill leaves does not depend on the disk."""
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="dj-torture-", dir=shm if os.access(shm, os.W_OK) else None) as made:
        yield Path(made)


class Child:
    """A forked process that runs `work` and hands back what it returns."""

    def __init__(self, work: Callable[[], Any]) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            try:
                try:
                    said: Any = ("ok", work())
                except BaseException:  # noqa: BLE001 - told to the parent, which raises it
                    said = ("raised", traceback.format_exc())
                with os.fdopen(writing, "wb") as out:
                    out.write(pickle.dumps(said))
            finally:
                os._exit(0)
        os.close(writing)
        self._reading = reading

    def wait(self, seconds: float) -> bool:
        """Whether it ended within this time."""
        return bool(select.select([self._reading], [], [], seconds)[0])

    def kill(self) -> None:
        """End it as a power switch would end the process."""
        os.kill(self.pid, signal.SIGKILL)

    def result(self) -> tuple[bool, Any]:
        """(whether it was killed, what it returned). Raises AssertionError where it raised."""
        with os.fdopen(self._reading, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status):
            return True, None
        how, value = pickle.loads(data)
        assert how == "ok", value
        return False, value


def in_child(work: Callable[[], Any]) -> Any:
    """What `work` returns, done in a process of its own."""
    killed, value = Child(work).result()
    assert not killed
    return value


class Statements:
    """Counts the statements of every connection of this process, and ends the process before the n-th."""

    def __init__(self, before: int = 0) -> None:
        self.before = before
        self.seen: list[str] = []
        self.on = False

    def __call__(self, sql: str) -> None:
        if self.on:
            self.seen.append(sql)
            self.at(len(self.seen))

    def at(self, number: int) -> None:
        """Die here where this is the one."""
        if number == self.before:
            os.kill(os.getpid(), signal.SIGKILL)

    def begin(self) -> None:
        """From here on statements count."""
        self.on = True

    def end(self) -> int:
        """No more count. A kill one later is one between the last statement and the word that it is done."""
        self.on = False
        self.at(len(self.seen) + 1)
        return len(self.seen)


def watch(counted: Statements) -> None:
    """In a child: have every connection opened from now on counted."""
    opened = driver.connect

    def connect(*args: Any, **more: Any) -> Any:
        conn = opened(*args, **more)
        conn.set_trace_callback(counted)
        return conn

    driver.connect = connect


def copy_journal(source: Path, folder: Path) -> Path:
    """A copy of a closed journal and its keys in a fresh folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    target = folder / "journal.db"
    for suffix in FILES:
        there = source.with_name(source.name + suffix)
        if there.exists():
            shutil.copyfile(there, target.with_name(target.name + suffix))
    return target


def seal(path: Path, key: bytes | None) -> None:
    """Put the key of a closed journal into a slot file, under a recovery code: no Argon2 is part of this."""
    if key is not None:
        from dreamjournal.store import encryption, slots

        database = encryption.Database("b7", slots.salt_of(path), key)
        slots.begin(path, database, None, bytes(16), keyring=False, made=NOW)


class Ledger:
    """What a child was about to do and what it was told is done, a line each, written past every buffer of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def about(self, name: str, *outcomes: str) -> None:
        """`name` may become any of these."""
        self._line({"about": name, "outcomes": outcomes})

    def acknowledge(self, name: str, what: str) -> None:
        """`name` is promised to be this from now on."""
        self._line({"is": name, "what": what})

    def done(self) -> None:
        """Nothing is under way."""
        self._line({"done": 1})

    def close(self) -> None:
        os.close(self._file)

    def _line(self, what: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(what).encode() + b"\n")


def told(path: Path, promised: dict[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]], int]:
    """(what is promised after a ledger, what was under way at its end, how many acknowledgements it has)."""
    now, under_way, acknowledged = dict(promised), {}, 0
    for line in path.read_bytes().splitlines() if path.exists() else ():
        said = json.loads(line)
        if "about" in said:
            under_way[said["about"]] = tuple(said["outcomes"])
        elif "is" in said:
            now[said["is"]] = said["what"]
            acknowledged += 1
        else:
            under_way = {}
    return now, under_way, acknowledged
