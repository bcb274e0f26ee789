"""What a disk may hold after the power went: everything that was synced, and of the rest anything.

The calls of a real run, recorded by `recorder.c`, are replayed up to a cut. Each file then has what was synced, and of the
writes and cuts to length after that none, all, some, some in another order, or some torn into sectors. Names come and go
in the order they were given, since file systems keep a journal of them, but as far as they are not synced any number of
the last may be missing. What follows from `fsync` of a file alone is its content, never its name.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

OPEN, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, LINK, MKDIR, RMDIR, CLOSE = range(1, 11)
SECTOR = 512
LEDGER = "ledger"
HOW = ("none", "all", "some", "other order", "torn")


@dataclass(frozen=True)
class Call:
    """One recorded call; `path` and `to` are relative to the folder."""

    op: int
    fd: int
    a: int
    b: int
    path: str
    data: bytes

    @property
    def to(self) -> str:
        return self.data.decode()


def calls(recorded: bytes, folder: Path) -> list[Call]:
    """What was recorded below `folder`, those of mapped files aside."""
    found: list[Call] = []
    at, root = 0, str(folder.resolve()) + "/"
    while at < len(recorded):
        op, fd, a, b, path_length, length = struct.unpack_from("6q", recorded, at)
        at += 48
        path = recorded[at : at + path_length].decode()
        data = recorded[at + path_length : at + path_length + length]
        at += path_length + length
        if op in (RENAME, LINK):
            data = data.decode().removeprefix(root).encode()
        found.append(Call(op, fd, a, b, (path + "/").removeprefix(root).removesuffix("/"), data))
    return found


@dataclass
class File:
    """One file: what is surely on the disk, and what was written since."""

    synced: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(place, bytes), or (length, None) where it was cut to a length."""

    def sync(self) -> None:
        self.synced, self.since = applied(self.synced, self.since), []


def applied(content: bytes, writes: list[tuple[int, bytes | None]]) -> bytes:
    """Content after these writes in this order."""
    now = bytearray(content)
    for at, data in writes:
        if data is None:
            now = now[:at] if at <= len(now) else now + bytes(at - len(now))
        else:
            if len(now) < at:
                now += bytes(at - len(now))
            now[at : at + len(data)] = data
    return bytes(now)


class Disk:
    """The state of a folder, call by call."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[int, File] = {}
        self.names: dict[str, int] = {}
        self.folders: set[str] = {""}
        for p in sorted(folder.rglob("*")):
            name = p.relative_to(folder).as_posix()
            if p.is_dir():
                self.folders.add(name)
            else:
                self.names[name] = self._new(p.read_bytes())
        self.sure = dict(self.names)
        """Names that are on the disk."""
        self.named: list[tuple[int, str, int | str]] = []
        """What happened to names since: (op, name, number of the file or other name)."""
        self.open: dict[int, int | str] = {}
        """File descriptors: the number of a file, or the name of a folder."""
        self.told = b""

    def _new(self, content: bytes = b"") -> int:
        self.files[len(self.files)] = File(content)
        return len(self.files) - 1

    def do(self, call: Call) -> None:
        """Let one call happen."""
        if call.op == OPEN:
            self._open(call)
        elif call.op == CLOSE:
            self.open.pop(call.fd, None)
        elif call.op in (WRITE, TRUNCATE, SYNC):
            self._change(call)
        elif call.op == MKDIR:
            self.folders.add(call.path)
        elif call.op == RMDIR:
            self.folders.discard(call.path)
        elif call.op == RENAME and call.path in self.folders:
            inside = [n for n in self.names if n.startswith(call.path + "/")]
            self.folders.add(call.to)
            self._name(RENAME, call.path + "/", call.to + "/")
            for name in inside:
                self.names[call.to + name.removeprefix(call.path)] = self.names.pop(name)
        elif call.op == RENAME and call.path in self.names:
            self.names[call.to] = self.names.pop(call.path)
            self._name(RENAME, call.path, call.to)
        elif call.op == LINK and call.path in self.names:
            self.names[call.to] = self.names[call.path]
            self._name(LINK, call.to, self.names[call.path])
        elif call.op == UNLINK and call.path in self.names:
            del self.names[call.path]
            self._name(UNLINK, call.path, 0)

    def _name(self, op: int, name: str, other: int | str) -> None:
        self.named.append((op, name, other))

    def _open(self, call: Call) -> None:
        if call.path in self.folders:
            self.open[call.fd] = call.path
            return
        if call.path not in self.names:
            if not call.a:
                return
            self.names[call.path] = self._new()
            self._name(LINK, call.path, self.names[call.path])
        number = self.names[call.path]
        if call.b:
            self.files[number].since.append((0, None))
        self.open[call.fd] = number

    def _change(self, call: Call) -> None:
        number = self.open.get(call.fd)
        if isinstance(number, str):
            if call.op == SYNC:  # a folder: the journal of names is written up to here
                self.sure, self.named = dict(self.names), []
            return
        if number is None:
            return
        if call.op == WRITE and self.names.get(LEDGER) == number:
            self.told += call.data
        elif call.op == WRITE:
            self.files[number].since.append((call.a, call.data))
        elif call.op == TRUNCATE:
            self.files[number].since.append((call.a, None))
        else:
            self.files[number].sync()

    def after_cut(self, how: str, rng: random.Random) -> dict[str, bytes]:
        """Every file as it may be found: names and contents, the mapped ones aside."""
        names = dict(self.sure)
        kept = {"none": 0, "all": len(self.named)}.get(how, rng.randint(0, len(self.named)))
        for op, name, other in self.named[:kept]:
            if op == LINK:
                names[name] = int(other)
            elif op == UNLINK:
                names.pop(name, None)
            elif name.endswith("/"):
                for old in [n for n in names if n.startswith(name)]:
                    names[str(other) + old.removeprefix(name)] = names.pop(old)
            elif name in names:
                names[str(other)] = names.pop(name)
        found: dict[str, bytes] = {}
        for name, number in names.items():
            if name != LEDGER and not name.endswith("-shm"):
                file = self.files[number]
                found[name] = applied(file.synced, list(_survived(file.since, how, rng)))
        return found


def _survived(
    writes: list[tuple[int, bytes | None]], how: str, rng: random.Random
) -> Iterator[tuple[int, bytes | None]]:
    if how == "none":
        return
    if how == "all":
        yield from writes
        return
    kept = [w for w in writes if rng.random() < 0.5]
    if how == "other order":
        rng.shuffle(kept)
    for at, data in kept if how != "torn" else writes:
        if how != "torn" or data is None:
            yield at, data
            continue
        for start in range(0, len(data), SECTOR):
            if rng.random() < 0.5:
                yield at + start, data[start : start + SECTOR]
