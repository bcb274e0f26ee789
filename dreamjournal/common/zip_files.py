"""Reads members of a zip without extracting it, with caps against bombs."""

from __future__ import annotations

import io
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


def is_zip(head: bytes) -> bool:
    """Whether the first bytes are those of a zip."""
    return head.startswith((MAGIC, EMPTY_MAGIC))


def open_zip(stream: IO[bytes]) -> zipfile.ZipFile:
    """The zip in a seekable stream. Raises UserError when it is cut off, damaged or outside the caps."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, UnicodeDecodeError) as e:
        raise UserError("The zip was not read", "it is cut off or damaged", "fetch or copy it again") from e
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UserError("The zip was not read", f"it has more than {MAX_ENTRIES} entries")
    if sum(e.file_size for e in entries) > MAX_TOTAL:
        raise UserError("The zip was not read", "it would unpack to more than 4 GiB")
    return archive


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
    """The files in it, folders and over-long names left out, the last of equal names only."""
    by_name = {e.filename: e for e in archive.infolist() if not e.is_dir() and len(e.filename) <= MAX_NAME}
    return list(by_name.values())


def base_name(info: zipfile.ZipInfo) -> str:
    """The member's name without folders."""
    return info.filename.replace("\\", "/").rsplit("/", 1)[-1]


def head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int = 65536) -> bytes:
    """The first bytes of a member. Raises UserError when it cannot be read."""
    with open_member(archive, info) as stream:
        return stream.read(size)


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """A member as a stream, never whole in memory. Reading raises UserError when it is encrypted, damaged or a bomb."""
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
