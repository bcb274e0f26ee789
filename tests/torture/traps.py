"""Traps for what may not be fetched: a server that counts who asks, and a file that tells who opened it."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import os
import select
import struct
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

IN_OPEN = 0x20
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000201"
    "3d2b6c510000000049454e44ae426082"
)
"""A PNG of one dot."""


class Traps:
    """`http` ends in a slash; `fetched` is each path asked for, `opened` how often the file was opened."""

    def __init__(self, folder: Path) -> None:
        self.fetched: list[str] = []
        self.picture = folder / "trap.png"
        self.picture.write_bytes(PICTURE)
        asked = self.fetched

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.http = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self.file = self.picture.as_uri()
        self._notify = _watched(self.picture)

    @property
    def opened(self) -> int:
        """How often the file was opened so far; 0 where the system does not tell."""
        found = 0
        while self._notify >= 0 and select.select([self._notify], [], [], 0)[0]:
            data = os.read(self._notify, 65536)
            at = 0
            while at < len(data):
                _, mask, _, length = struct.unpack_from("iIII", data, at)
                found += bool(mask & IN_OPEN)
                at += 16 + length
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._notify >= 0:
            os.close(self._notify)


def _watched(path: Path) -> int:
    """A descriptor of inotify on the file, or -1."""
    if not sys.platform.startswith("linux"):
        return -1
    libc = ctypes.CDLL(None, use_errno=True)
    notify = libc.inotify_init()
    if notify >= 0:
        libc.inotify_add_watch(notify, os.fsencode(path), IN_OPEN)
    return notify


@contextlib.contextmanager
def traps(folder: Path) -> Iterator[Traps]:
    """Traps set in `folder`, taken away again."""
    found = Traps(folder)
    try:
        yield found
    finally:
        found.close()
