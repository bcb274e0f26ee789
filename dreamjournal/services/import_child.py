"""Reads foreign files in a child process with limits on memory and CPU time, and streams what it finds as JSON lines.

A parser that crashes, hangs or eats memory ends its own process: the file is refused with a reason and the journal, which
the child never sees, is untouched.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft

MEMORY_BYTES = 1024**3
CPU_SECONDS = 60
SILENCE_SECONDS = 90
HEAD_BYTES = 65536
STEP_SECONDS = 0.1
PACKAGE_ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "HOME", "PYTHONTZPATH", "TMPDIR", "TEMP")
"""The child's environment: no passphrase, nothing it does not need."""


class Request(msgspec.Struct, frozen=True):
    """One file to read. `format` forces a plug-in by its key."""

    path: str
    name: str
    now: datetime
    zone: str | None = None
    format: str | None = None


class Step(msgspec.Struct, frozen=True, tag="step"):
    """How far it is."""

    rows: int


class Found(msgspec.Struct, frozen=True, tag="found"):
    """The format of what follows."""

    format: str
    title: str
    parser_version: int
    needs_zone: bool


class Taken(msgspec.Struct, frozen=True, tag="row"):
    """A row with what it holds."""

    row: RowDraft


class Left(msgspec.Struct, frozen=True, tag="rejected"):
    """A row not taken."""

    row: Rejected


class Doubt(msgspec.Struct, frozen=True, tag="warning"):
    """A warning."""

    warning: FileWarning


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """No plug-in knows the file; `looks_like` says what it seems to be, if that can be told."""

    looks_like: str


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The file cannot be taken, in a sentence."""

    sentence: str


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The end of the file."""


Message = Step | Found | Taken | Left | Doubt | Unknown | Refused | Done


# ---- the child ------------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer requests, one a line of stdin, until it ends."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print would break the lines
    decode = msgspec.json.Decoder(Request)
    encode = msgspec.json.Encoder()
    for line in sys.stdin.buffer:
        _limit()
        for message in _answers(decode.decode(line)):
            out.write(encode.encode(message) + b"\n")
            if not isinstance(message, Taken | Left):
                out.flush()
        out.write(encode.encode(Done()) + b"\n")
        out.flush()


def _limit() -> None:
    """Memory, CPU time for the next file, no files written. Where the system has no such limits there are none."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    wanted = ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0))
    for what, most in (*wanted, (resource.RLIMIT_CPU, cpu)):
        hard = resource.getrlimit(what)[1]
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (soft, hard))


def _answers(request: Request) -> Iterator[Message]:
    try:
        with Path(request.path).open("rb") as stream:
            yield from _read(stream, request)
    except UserError as e:
        yield Refused(e.sentence)
    except MemoryError:
        yield Refused("The file was not read: it needs more memory than a log should.")
    except OSError:
        yield Refused("The file was not read: it cannot be opened; check that it is there and may be read.")
    except Exception as e:  # noqa: BLE001 - a fault of a reader is a refused file with its kind named, never a lost journal
        yield Refused(f"The file was not read: its contents are not what the format promises ({type(e).__name__}).")


def _read(stream: IO[bytes], request: Request) -> Iterator[Message]:
    from dreamjournal.common import zip_files
    from dreamjournal.common.plugins import load_family

    plugins = load_family("dreamjournal.importers")
    forced = [p for p in plugins if p.key == request.format]
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not head:
        raise UserError("The file was not read", "it is empty")
    if not zip_files.is_zip(head):
        plugin = forced[0] if forced else _best(plugins, head, request.name)
        if plugin is None:
            yield Unknown(_looks_like(head))
            return
        yield Found(plugin.key, plugin.title, plugin.parser_version, plugin.needs_zone)
        yield from _plugin(plugin, stream, request, request.name)
        return
    archive = zip_files.open_zip(stream)
    known: dict[str, list[tuple[Any, Any]]] = {}
    passed: list[Any] = []
    for info in zip_files.members(archive):
        plugin = _best(forced or plugins, zip_files.head_of(archive, info, HEAD_BYTES), zip_files.base_name(info))
        if plugin is None:
            passed.append(info)
        else:
            known.setdefault(plugin.key, []).append((plugin, info))
    if not known:
        yield Unknown("an archive of other files" if passed else "an empty archive")
        return
    if len(known) > 1:
        raise UserError("The file was not read", "it holds exports of several kinds", "unpack it and import each")
    found = next(iter(known.values()))
    plugin = found[0][0]
    yield Found(plugin.key, plugin.title, plugin.parser_version, plugin.needs_zone)
    for _, info in found:
        yield from _plugin(
            plugin, zip_files.open_member(archive, info), request, f"{request.name}/{zip_files.base_name(info)}"
        )
    names = sorted({zip_files.base_name(i) for i in passed} - set(plugin.companions))
    if names:
        yield Doubt(FileWarning("In the archive, and not read: " + ", ".join(names[:20])))


def _best(plugins: list[Any], head: bytes, name: str) -> Any:
    score, plugin = max(((p.sniff(head, name), p) for p in plugins), key=lambda s: s[0], default=(0.0, None))
    return plugin if score > 0 else None


def _plugin(plugin: Any, stream: IO[bytes], request: Request, where: str) -> Iterator[Message]:
    if plugin.needs_zone and request.zone is None:
        return  # the parent asks for the zone and comes back
    steps = _Steps()
    options = ReadOptions(request.now, request.zone, where)
    for count, draft in enumerate(plugin.read(stream, options, steps)):
        if isinstance(draft, RowDraft):
            yield Taken(draft)
        elif isinstance(draft, Rejected):
            yield Left(draft)
        else:
            yield Doubt(draft)
        if steps.due():
            yield Step(count + 1)


class _Steps:
    """Progress of a reader, told about ten times a second."""

    def __init__(self) -> None:
        self._last = monotonic()

    def step(self, done: int, total: int, text: str = "") -> None:
        return None

    def due(self) -> bool:
        now = monotonic()
        if now - self._last < STEP_SECONDS:
            return False
        self._last = now
        return True


def _looks_like(head: bytes) -> str:
    start = head.lstrip()[:300].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    for magic, name in (
        (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"SQLite format 3", "a database"),
        (b"\x7fELF", "a program"), (b"MZ", "a program"), (b"\x1f\x8b", "a compressed file"), (b"age-encryption", "a locked file"),
    ):  # fmt: skip
        if head.startswith(magic):
            return name
    if start.startswith((b"{", b"[")):
        return "JSON of another kind"
    return "an XML file of another kind" if start.startswith(b"<?xml") else ""


# ---- the parent -----------------------------------------------------------------------------------------------------


class ChildReader:
    """Hands files to a child, one after another; a child that ends before its time is replaced for the next file."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._decode = msgspec.json.Decoder(Message)

    def __enter__(self) -> ChildReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, request: Request, progress: Progress) -> Iterator[Message]:
        """The messages of one file, without `Step` and `Done`. Raises Cancelled through `progress`."""
        child = self._start()
        try:
            assert child.stdin is not None
            child.stdin.write(msgspec.json.encode(request) + b"\n")
            child.stdin.flush()
        except OSError:
            self._end()
            yield Refused("The file was not read: the reader could not be started.")
            return
        finished = False
        try:
            for message in self._messages(progress, request.name):
                if isinstance(message, Done):
                    finished = True
                    return
                yield message
        finally:
            if not finished:
                self._end()

    def _messages(self, progress: Progress, name: str) -> Iterator[Message]:
        heard = told = monotonic()
        rows = 0
        while True:
            try:
                line = self._lines.get(timeout=STEP_SECONDS)
            except queue.Empty:
                progress.step(rows, 0, name)
                if monotonic() - heard > SILENCE_SECONDS:
                    yield Refused("The file was not read: reading it took too long.")
                    return
                continue
            heard = monotonic()
            if heard - told > STEP_SECONDS:
                progress.step(rows, 0, name)
                told = heard
            if not line:
                yield Refused(self._why())
                return
            try:
                message = self._decode.decode(line)
            except msgspec.DecodeError:
                yield Refused("The file was not read: its reader stopped in the middle.")
                return
            if isinstance(message, Step):
                rows = message.rows
                continue
            yield message

    def _start(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._end()
        env = {k: v for k in PASSED_ON if (v := os.environ.get(k)) is not None}
        env["PYTHONPATH"] = os.pathsep.join([str(PACKAGE_ROOT), *(p for p in sys.path if p.endswith("site-packages"))])
        env["PYTHONUTF8"] = "1"
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "dreamjournal.services.import_child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env,
        )  # fmt: skip
        self._lines = queue.SimpleQueue()
        threading.Thread(target=_pump, args=(self._child, self._lines), name="import-child", daemon=True).start()
        return self._child

    def _why(self) -> str:
        code = None
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._child.wait(5)
        if code is not None and code in (-24, -9):  # SIGXCPU, or SIGKILL by the system when memory ran out
            return "The file was not read: it needs more time or memory than a log should."
        return "The file was not read: its reader broke down; nothing of it was taken."

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None and pipe is child.stdin:
                with contextlib.suppress(OSError):
                    pipe.close()


def _pump(child: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Lines of the child into the queue; an empty one at the end. The thread closes the pipe, which only it reads."""
    assert child.stdout is not None
    with child.stdout as pipe:
        for line in pipe:
            lines.put(line)
    lines.put(b"")


if __name__ == "__main__":
    main()
