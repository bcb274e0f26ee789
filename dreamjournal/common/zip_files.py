"""Reads members of a zip without extracting it, with caps against bombs."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO

from dreamjournal.common.errors import UserError

MAX_ENTRIES = 20_000
MAX_TOTAL = 4 * 1024**3
MAX_MEMBER = 512 * 1024**2
MAX_RATIO = 200
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


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in it, folders and over-long names left out, the last of equal names only."""
    by_name = {e.filename: e for e in archive.infolist() if not e.is_dir() and len(e.filename) <= MAX_NAME}
    return list(by_name.values())


def base_name(info: zipfile.ZipInfo) -> str:
    """The member's name without folders."""
    return info.filename.replace("\\", "/").rsplit("/", 1)[-1]


def head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int = 65536) -> bytes:
    """The first bytes of a member. Raises UserError when it cannot be read."""
    return _read(archive, info, size, whole=False)


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """A whole member in memory. Raises UserError when encrypted, damaged, too large or a bomb."""
    return io.BytesIO(_read(archive, info, MAX_MEMBER, whole=True))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, *, whole: bool) -> bytes:
    if info.flag_bits & 1:
        raise UserError("The zip was not read", "it is locked with a password", "unpack it first and import the files")
    out = bytearray()
    try:
        with archive.open(info) as stream:
            while len(out) <= limit:
                chunk = stream.read(min(CHUNK, limit + 1 - len(out)))
                if not chunk:
                    break
                out += chunk
                if len(out) > RATIO_FROM and len(out) > MAX_RATIO * max(1, info.compress_size):
                    raise UserError("The zip was not read", "it unpacks to far more than a log can hold")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as e:
        raise UserError("The zip was not read", "it is cut off or damaged", "fetch or copy it again") from e
    if len(out) > limit and whole:
        raise UserError("The zip was not read", f"a file in it is larger than {limit // 1024 // 1024} MiB")
    return bytes(out[:limit])
