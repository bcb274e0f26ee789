"""Reads members of a zip without extracting it, with caps against bombs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO, Any

from dreamjournal.common.errors import UserError

MAX_ENTRIES = 20_000
MAX_TOTAL = 4 * 1024**3
MAX_RATIO = 200
MAX_WORKBOOK = 256 * 1024**2
RATIO_FROM = 10 * 1024**2
MAX_NAME = 240
CHUNK = 1024 * 1024
MAGIC = b"PK\x03\x04"
EMPTY_MAGIC = b"PK\x05\x06"
WIDE_MAGIC = b"PK\x06\x06"
END_WITHIN = 65536 + 22 + 76
"""Within these last bytes stand the end record with its longest comment, and the wide one of large archives before it."""
MAX_INDEX = MAX_ENTRIES * 400
"""Bytes of index that so many entries with long names and extra fields need."""


def is_zip(head: bytes) -> bool:
    """Whether the first bytes are those of a zip."""
    return head.startswith((MAGIC, EMPTY_MAGIC))


def open_zip(stream: IO[bytes], *, most: int | None = None, total: int | None = None) -> zipfile.ZipFile:
    """The zip in a seekable stream. Raises UserError when it is cut off, damaged or outside the caps.

    `most` entries and `total` bytes unpacked are the caps; a whole journal may hold more than an app's export.
    """
    most, total = most or MAX_ENTRIES, total or MAX_TOTAL
    try:
        if _index_size(stream) > MAX_INDEX * most // MAX_ENTRIES:
            raise UserError("The zip was not read", f"it has more than {most} entries")
        archive = zipfile.ZipFile(stream)
    except (*_DAMAGE, struct.error, IndexError, OverflowError) as e:
        raise _damaged() from e
    entries = archive.infolist()
    if len(entries) > most:
        raise UserError("The zip was not read", f"it has more than {most} entries")
    if sum(e.file_size for e in entries) > total:
        raise UserError("The zip was not read", f"it would unpack to more than {total // 1024**3} GiB")
    end = 0
    for e in sorted(entries, key=lambda e: e.header_offset):
        if e.header_offset < end:  # one piece of data standing for thousands of files
            raise UserError("The zip was not read", "its entries share their data, as no app writes it")
        end = e.header_offset + e.compress_size
    return archive


def _index_size(stream: IO[bytes]) -> int:
    """Bytes of the index as the end of the file gives them: reading a long one costs seconds. 0 where it says nothing."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - END_WITHIN))
    tail = stream.read(END_WITHIN)
    stream.seek(0)
    at = tail.rfind(EMPTY_MAGIC)
    if at < 0 or len(tail) < at + 22:
        return 0
    (found,) = struct.unpack_from("<I", tail, at + 12)
    wide = tail.rfind(WIDE_MAGIC, 0, at)
    if found == 0xFFFFFFFF and wide >= 0 and len(tail) >= wide + 48:
        (found,) = struct.unpack_from("<Q", tail, wide + 40)
    return found


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether it is a spreadsheet. Raises UserError when one would unpack to more than a log can hold."""
    names = {e.filename: e for e in archive.infolist()}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        return False
    total = sum(e.file_size for e in names.values())
    packed = max(1, sum(e.compress_size for e in names.values()))
    if total > RATIO_FROM and (total > MAX_WORKBOOK or total > MAX_RATIO * packed):
        raise UserError("The spreadsheet was not read", "it unpacks to far more than a log can hold")
    return True


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in it, folders and what has no name or an over-long one left out, the last of equal names only."""
    by_name = {e.filename: e for e in archive.infolist() if 0 < len(e.filename) <= MAX_NAME and not e.is_dir()}
    return list(by_name.values())


def base_name(info: zipfile.ZipInfo) -> str:
    """The member's name without folders."""
    return info.filename.replace("\\", "/").rsplit("/", 1)[-1]


def head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int = 65536) -> bytes:
    """The first bytes of a member, and no more inflated than these. Raises UserError when it cannot be read."""
    with _Member(archive, info) as member:
        return member.read(size) or b""


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """A member as a stream, never whole in memory. Raises UserError, at once or while it is read, when it is encrypted, damaged
    or a bomb.

    No more is read of a member than it says of itself, so one that promises a bomb need not be unpacked to be known.
    """
    if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise UserError("The zip was not read", "it unpacks to far more than a log can hold")
    return io.BufferedReader(_Member(archive, info), CHUNK)


class _Member(io.RawIOBase):
    """Inflates a member and stops at the caps."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        super().__init__()
        if info.flag_bits & 1:
            raise UserError(
                "The zip was not read", "it is locked with a password", "unpack it first and import the files"
            )
        self._archive, self._info = archive, info
        self._packed = max(1, info.compress_size)
        self._out = 0
        self._stream = self._opened()

    def _opened(self) -> IO[bytes]:
        try:
            return self._archive.open(self._info)
        except _DAMAGE as e:
            raise _damaged() from e

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Back to the start, by opening the member again; nowhere else."""
        if (offset, whence) == (0, io.SEEK_SET):
            self._stream.close()
            self._stream = self._opened()
            self._out = 0
        elif (offset, whence) != (0, io.SEEK_CUR):
            raise io.UnsupportedOperation("only to the start")
        return self._out

    def readinto(self, buffer: Any, /) -> int:
        try:
            data = self._stream.read(len(buffer))
        except _DAMAGE as e:
            raise _damaged() from e
        self._out += len(data)
        if self._out > RATIO_FROM and self._out > MAX_RATIO * self._packed:
            raise UserError("The zip was not read", "it unpacks to far more than a log can hold")
        if self._out > MAX_TOTAL:
            raise UserError("The zip was not read", "a file in it is larger than 4 GiB")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


def _damaged() -> UserError:
    return UserError("The zip was not read", "it is cut off or damaged", "fetch or copy it again")
