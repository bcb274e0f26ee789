"""The child process that reads foreign files, with limits on memory and CPU time, and tells what it finds as JSON lines.

A parser that crashes, hangs or eats memory ends its own process: the file is refused with a reason and the journal, which
the child never sees, is untouched.
"""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import gc
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from dreamjournal.common import heads
from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import UserError
from dreamjournal.domain.drafts import (
    ColumnsNeeded,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    StartNeeded,
    SumRule,
    UnknownFields,
    ZoneNeeded,
)
from dreamjournal.services.import_messages import (
    STEP_SECONDS,
    Asks,
    Done,
    Doubt,
    Ended,
    Found,
    Left,
    Message,
    Refused,
    Request,
    Rule,
    Step,
    Strange,
    Taken,
    Unknown,
    as_given,
)

if TYPE_CHECKING:
    from zipfile import ZipInfo

    from dreamjournal.domain.importer import Importer

MEMORY_BYTES = 1024**3
CPU_SECONDS = 60
MOST_LEFT = 20_000
"""Rejected rows of a file of which hardly any was taken (one in twenty): a million of them would say no more."""


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
        with io.BytesIO(data) if data is not None else Path(as_given(request.path)).open("rb") as stream:
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
    taken = left = 0
    zone = request.zone or request.zones.get(plugin.key)
    try:
        for stream, where in files:
            options = ReadOptions(request.now, zone, where, request.travel, request.start, request.columns, asked)
            for draft in plugin.read(stream, options, steps):
                if isinstance(draft, RowDraft):
                    taken += 1
                    yield Taken(draft)
                elif isinstance(draft, Rejected):
                    left += 1
                    if left > MOST_LEFT and left > 20 * taken:
                        raise UserError(
                            "The file was not read",
                            f"more than {MOST_LEFT:,} of its rows are damaged",
                            "export it again",
                        )
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


if __name__ == "__main__":
    main()
