"""What a file is, told from its first bytes alone; names are never trusted."""

from __future__ import annotations

import codecs
import io
from typing import IO, Any

HEAD_BYTES = 65536

_MAGICS = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"SQLite format 3\0", "sqlite"), (b"0       ", "edf"),
)  # fmt: skip
_NOT_CONTROL = bytes(n for n in range(256) if not (n < 9 or 14 <= n < 27 or 28 <= n < 32))


def normalised(data: bytes) -> bytes:
    """The first bytes of a file with UTF-16 turned into UTF-8 and the byte order mark taken away; never raises."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data[: len(data) // 2 * 2].decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    return data[3:] if data.startswith(codecs.BOM_UTF8) else data


def kind_of(head: bytes) -> str:
    """The kind of a normalised head: zip, sqlite, edf, fit, json, xml, text or binary; empty for no bytes at all."""
    if not head:
        return "empty"
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    if head[8:12] == b".FIT":
        return "fit"
    first = head[:512]
    start = first.lstrip()[:1]
    if b"\0" in first or len({*first.translate(None, _NOT_CONTROL)}) > 1:
        return "binary"
    if start in (b"{", b"["):
        return "json"
    return "xml" if start == b"<" else "text"


def peeked(first: bytes, stream: IO[bytes]) -> IO[bytes]:
    """The whole of a stream that cannot be wound back, of which `first` was read already."""
    return io.BufferedReader(_Peeked(first, stream))


class _Peeked(io.RawIOBase):
    def __init__(self, first: bytes, stream: IO[bytes]) -> None:
        super().__init__()
        self._first, self._stream = first, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._first[: len(buffer)] if self._first else self._stream.read(len(buffer))
        self._first = self._first[len(data) :] if self._first else b""
        buffer[: len(data)] = data
        return len(data)
