"""Hands files to the import child and gives back what it tells; a child that breaks down is a refused file, no more."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from dreamjournal.common.clock import monotonic
from dreamjournal.common.progress import Progress
from dreamjournal.services.import_messages import STEP_SECONDS, Done, Message, Refused, Request, Step, sendable

SILENCE_SECONDS = 90
BLOCK_BYTES = 256 * 1024
MAX_BLOCKS = 32
"""Blocks of lines that wait for the parent; then the child waits, so that a fast reader does not fill the parent's memory."""
MAX_LINE = 32 * 1024 * 1024
PACKAGE_ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "HOME", "PYTHONTZPATH", "TMPDIR", "TEMP")
"""The child's environment: no passphrase, nothing it does not need."""


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
            request, path=sendable(request.path), name=request.name.encode("utf-8", "replace").decode(),
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
