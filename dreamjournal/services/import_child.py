"""Reads foreign files in a child process with limits on memory and CPU time, and streams what it finds as JSON lines.

A parser that crashes, hangs or eats memory ends its own process: the file is refused with a reason and the journal, which
the child never sees, is untouched.
"""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import gc
import io
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Literal

import msgspec

from dreamjournal.common import heads
from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.column_map import ColumnMap, ColumnQuestion
from dreamjournal.domain.drafts import (
    ColumnsNeeded,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    StartNeeded,
    SumRule,
    Travel,
    UnknownFields,
    ZoneNeeded,
)

if TYPE_CHECKING:
    from zipfile import ZipInfo

    from dreamjournal.domain.importer import Importer

MEMORY_BYTES = 1024**3
CPU_SECONDS = 60
SILENCE_SECONDS = 90
STEP_SECONDS = 0.1
BLOCK_BYTES = 256 * 1024
MAX_BLOCKS = 32
"""Blocks of lines that wait for the parent; then the child waits, so that a fast reader does not fill the parent's memory."""
MAX_LINE = 32 * 1024 * 1024
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
    zones: dict[str, str] = {}
    """Zones once named for sources, used where `zone` is None."""
    travel: tuple[Travel, ...] = ()
    start: datetime | None = None
    columns: dict[str, ColumnMap] = {}
    size: int | None = None
    """Where set, the file's bytes follow the request and `path` is not opened."""


class Step(msgspec.Struct, frozen=True, tag="step"):
    """How many bytes of the file are read."""

    done: int


class Found(msgspec.Struct, frozen=True, tag="found"):
    """The format of what follows, up to the next `Found`."""

    format: str
    title: str
    parser_version: int
    seen: bool
    gathers: bool


class Taken(msgspec.Struct, frozen=True, tag="row"):
    """A row with what it holds."""

    row: RowDraft


class Left(msgspec.Struct, frozen=True, tag="rejected"):
    """A row not taken."""

    row: Rejected


class Doubt(msgspec.Struct, frozen=True, tag="warning"):
    """A warning."""

    warning: FileWarning


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """How far the file keeps a rule of its format."""

    rule: SumRule


class Strange(msgspec.Struct, frozen=True, tag="strange"):
    """Fields that no reader knows."""

    fields: UnknownFields


class Asks(msgspec.Struct, frozen=True, tag="asks"):
    """What only the person can say before this can be read: the zone, the start, or what the columns mean."""

    what: Literal["zone", "start", "columns"]
    question: ColumnQuestion | None = None


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The end of a `Found`, with the zones that were needed because the file names none."""

    zones: tuple[str, ...]


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """No plug-in knows the file; `looks_like` says what it seems to be, if that can be told."""

    looks_like: str


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The file cannot be taken, in a sentence."""

    sentence: str


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The end of the file."""


Message = Step | Found | Taken | Left | Doubt | Rule | Strange | Asks | Ended | Unknown | Refused | Done


# ---- the child ------------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer requests, one a line of stdin, until it ends."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print would break the lines
    decode = msgspec.json.Decoder(Request)
    encode = msgspec.json.Encoder()
    inbox = sys.stdin.buffer
    the_plugins()  # before no file may be written any more: Python keeps its compiled modules
    while line := inbox.readline():
        request = decode.decode(line)
        data = None if request.size is None else inbox.read(request.size)
        _limit()
        gc.disable()  # rows go out as they come and hold no cycles: a quarter of the time of ten years with stages

        def tell(done: int) -> None:
            out.write(encode.encode(Step(done)) + b"\n")
            out.flush()

        for message in _answers(request, data, tell):
            out.write(encode.encode(message) + b"\n")
        out.write(encode.encode(Done()) + b"\n")
        out.flush()
        gc.collect()


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


def _answers(request: Request, data: bytes | None, tell: Callable[[int], None]) -> Iterator[Message]:
    try:
        with io.BytesIO(data) if data is not None else Path(_as_given(request.path)).open("rb") as stream:
            yield from _read(stream, request, tell)
    except UserError as e:
        yield Refused(e.sentence)
    except MemoryError:
        yield Refused("The file was not read: it needs more memory than a log should.")
    except OSError:
        yield Refused("The file was not read: it cannot be opened; check that it is there and may be read.")
    except Exception as e:  # noqa: BLE001 - a fault of a reader is a refused file with its kind named, never a lost journal
        yield Refused(f"The file was not read: its contents are not what the format promises ({type(e).__name__}).")


def _read(stream: IO[bytes], request: Request, tell: Callable[[int], None]) -> Iterator[Message]:
    from dreamjournal.common import zip_files

    steps = _Steps(stream, tell)
    plugins = the_plugins()
    forced = tuple(p for p in plugins if p.key == request.format)
    head = heads.normalised(stream.read(heads.HEAD_BYTES))
    stream.seek(0)
    kind = heads.kind_of(head)
    if kind == "empty":
        raise UserError("The file was not read", "it is empty")
    if kind != "zip" or any(kind in p.kinds for p in forced):
        plugin = forced[0] if forced else best(plugins, head, kind, request.name)
        if plugin is None:
            yield Unknown(_looks_like(head))
            return
        yield from _section(plugin, request, ((stream, request.name),), steps)
        return
    archive = zip_files.open_zip(stream)
    if zip_files.is_workbook(archive):
        stream.seek(0)
        plugin = forced[0] if forced else best(plugins, head, "xlsx", request.name)
        if plugin is not None:
            yield from _section(plugin, request, ((stream, request.name),), steps)
            return
    known: dict[str, list[tuple[Importer, ZipInfo]]] = {}
    passed: list[tuple[ZipInfo, str]] = []
    for info in zip_files.members(archive):
        name = zip_files.base_name(info)
        head = heads.normalised(zip_files.head_of(archive, info, heads.HEAD_BYTES))
        kind = heads.kind_of(head)
        plugin = best(forced or plugins, head, kind, name)
        if plugin is None or not plugin.in_archives:
            passed.append((info, kind))
        else:
            known.setdefault(plugin.key, []).append((plugin, info))
    if not known:
        yield Unknown("an archive of other files" if passed else "an empty archive")
        return
    for found in known.values():
        files = (
            (zip_files.open_member(archive, info), f"{request.name}/{zip_files.base_name(info)}") for _, info in found
        )
        yield from _section(found[0][0], request, files, steps)
    expected = {c for found in known.values() for c in found[0][0].companions}
    names = sorted({zip_files.base_name(info) for info, kind in passed if kind != "zip"})
    names = [n for n in names if not any(fnmatch.fnmatchcase(n, c) for c in expected)]
    if names:
        more = f" and {len(names) - 20} more" if len(names) > 20 else ""
        yield Doubt(FileWarning("In the archive, and not read: " + ", ".join(names[:20]) + more))
    inner = sorted(zip_files.base_name(info) for info, kind in passed if kind == "zip")
    if inner:
        yield Doubt(FileWarning(f"An archive inside the archive is not opened; unpack {inner[0]} and import it."))


def _sendable(path: str) -> str:
    """A file's name may hold bytes that are no UTF-8; JSON carries each byte as one letter."""
    return os.fsencode(path).decode("latin-1")


def _as_given(path: str) -> str:
    return os.fsdecode(path.encode("latin-1"))


@functools.cache
def the_plugins() -> tuple[Importer, ...]:
    """Every importer, by name; those for any table or text stand behind those of one format."""
    from dreamjournal.common.plugins import load_family

    return tuple(sorted(load_family("dreamjournal.importers"), key=_is_generic))


@functools.cache
def _of_kind(kind: str) -> tuple[Importer, ...]:
    return tuple(p for p in the_plugins() if kind in p.kinds)


def _is_generic(plugin: Importer) -> bool:
    return plugin.generic


def best(plugins: Sequence[Importer], head: bytes, kind: str, name: str) -> Importer | None:
    """The plug-in that is surest of this file, None where none knows it. `head` is normalised.

    Nothing is asked after one that is sure, and what is for any table or text only where nothing else knows the file.
    """
    score = 0.0
    found: Importer | None = None
    for plugin in _of_kind(kind) if plugins is the_plugins() else plugins:
        if kind not in plugin.kinds or (found is not None and _is_generic(plugin)):
            continue
        told = plugin.sniff(head, name)
        if told > score:
            score, found = told, plugin
            if score >= 1:
                break
    return found


def _section(
    plugin: Importer, request: Request, files: Iterable[tuple[IO[bytes], str]], steps: _Steps
) -> Iterator[Message]:
    yield Found(plugin.key, plugin.title, plugin.parser_version, plugin.seen, plugin.gathers)
    asked: set[str] = set()
    zone = request.zone or request.zones.get(plugin.key)
    try:
        for stream, where in files:
            options = ReadOptions(request.now, zone, where, request.travel, request.start, request.columns, asked)
            for draft in plugin.read(stream, options, steps):
                if isinstance(draft, RowDraft):
                    yield Taken(draft)
                elif isinstance(draft, Rejected):
                    yield Left(draft)
                elif isinstance(draft, SumRule):
                    yield Rule(draft)
                elif isinstance(draft, UnknownFields):
                    yield Strange(draft)
                else:
                    yield Doubt(draft)
                steps.step(0, 0)
    except ZoneNeeded:
        yield Asks("zone")
    except StartNeeded:
        yield Asks("start")
    except ColumnsNeeded as e:
        yield Asks("columns", e.question)
    except UserError as e:
        yield Refused(e.sentence)
    else:
        yield Ended(tuple(sorted(asked)))


class _Steps:
    """Progress of a reader in bytes of the file, told about ten times a second."""

    def __init__(self, outer: IO[bytes], tell: Callable[[int], None]) -> None:
        self._outer = outer
        self._tell = tell
        self._last = monotonic()

    def step(self, done: int, total: int, text: str = "") -> None:
        now = monotonic()
        if now - self._last >= STEP_SECONDS:
            self._last = now
            self._tell(self._outer.tell())


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
        self._blocks: queue.Queue[bytes] = queue.Queue(MAX_BLOCKS)
        self._pump: threading.Thread | None = None
        self._decode = msgspec.json.Decoder(Message)

    def __enter__(self) -> ChildReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(
        self, request: Request, progress: Progress, data: bytes | None = None, *, before: int = 0, total: int = 0
    ) -> Iterator[Message]:
        """The messages of one file, without `Step` and `Done`. Raises Cancelled through `progress`.

        With `data` these bytes are read in place of the file. Progress is told in bytes: `before` of `total` are done.
        """
        child = self._start()
        request = msgspec.structs.replace(
            request, path=_sendable(request.path), name=request.name.encode("utf-8", "replace").decode(),
            size=None if data is None else len(data),
        )  # fmt: skip
        try:
            assert child.stdin is not None
            child.stdin.write(msgspec.json.encode(request) + b"\n")
            if data is not None:
                child.stdin.write(data)
            child.stdin.flush()
        except OSError:
            self._end()
            yield Refused("The file was not read: the reader could not be started.")
            return
        finished = False
        # Each is told once it is known whether it was the last: who stops at the last leaves the child ready.
        held: Message | None = None
        try:
            for message in self._messages(progress, request.name, before, total):
                finished = isinstance(message, Done)
                if held is not None:
                    yield held
                held = message
                if finished:
                    return
            if held is not None:
                yield held
        finally:
            if not finished:
                self._end()

    def _messages(self, progress: Progress, name: str, before: int, total: int) -> Iterator[Message]:
        heard = told = monotonic()
        done = 0
        while True:
            try:
                block = (
                    self._blocks.get_nowait() if not self._blocks.empty() else self._blocks.get(timeout=STEP_SECONDS)
                )
            except queue.Empty:
                progress.step(before + done, total, name)
                if monotonic() - heard > SILENCE_SECONDS:
                    yield Refused("The file was not read: reading it took too long.")
                    return
                continue
            heard = monotonic()
            if heard - told > STEP_SECONDS:
                progress.step(before + done, total, name)
                told = heard
            if not block:
                yield Refused(self._why())
                return
            try:
                messages = self._decode.decode_lines(block)
            except (msgspec.DecodeError, ValueError):
                yield Refused("The file was not read: its reader stopped in the middle.")
                return
            for message in messages:
                if isinstance(message, Step):
                    done = message.done
                else:
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
        self._blocks = queue.Queue(MAX_BLOCKS)
        self._pump = threading.Thread(target=_pump, args=(self._child, self._blocks), name="import-child", daemon=True)
        self._pump.start()
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
        while self._pump is not None and self._pump.is_alive():  # it may wait for room
            with contextlib.suppress(queue.Empty):
                self._blocks.get(timeout=0.01)
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()


def _pump(child: subprocess.Popen[bytes], blocks: queue.Queue[bytes]) -> None:
    """Whole lines of the child into the queue, many at a time; an empty block at the end.

    The thread closes the pipe, which only it reads. A line beyond any row ends the child.
    """
    assert child.stdout is not None
    with child.stdout as pipe:
        begun: list[bytes] = []
        size = 0
        while chunk := os.read(pipe.fileno(), BLOCK_BYTES):
            end = chunk.rfind(b"\n") + 1
            if end:
                blocks.put(b"".join((*begun, chunk[:end])))
                begun, size = [], 0
            if end < len(chunk):
                begun.append(chunk[end:])
                size += len(chunk) - end
                if size > MAX_LINE:
                    child.kill()
                    break
    blocks.put(b"")


if __name__ == "__main__":
    main()
