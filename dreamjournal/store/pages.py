"""Reads the pages of an encrypted journal from outside, to tell a key that does not fit from a page that is damaged.

The driver says "file is not a database" for both. Each page of SQLCipher 4 ends in a random start value (16 bytes) and an
HMAC-SHA512 over page, start value and page number (https://www.zetetic.net/sqlcipher/design/).
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from pathlib import Path
from typing import IO

PAGE = 4096
_SALT, _MAC, _START = 16, 64, 16
LOOKED_AT = 400
"""Pages looked at in search of one that fits; a key that fits fits nearly all."""


class Fit(StrEnum):
    """Whether a key is the key of a file."""

    FITS = "fits"
    FIRST_PAGE_DAMAGED = "first page damaged"
    NO = "no"


def fit(path: Path, key: bytes) -> Fit:
    """Whether `key` fits the file. Never call it while this process has the file open: closing it would drop its locks.

    Raises OSError.
    """
    with path.open("rb") as stream:
        first = stream.read(PAGE)
        mac_key = _mac_key(key, first[:_SALT])
        if is_whole(first, 1, mac_key):
            return Fit.FITS
        size = path.stat().st_size // PAGE
        step = max(1, size // LOOKED_AT)
        fits = any(is_whole(_page(stream, n), n, mac_key) for n in range(2, size + 1, step))
    return Fit.FIRST_PAGE_DAMAGED if fits else Fit.NO


def _page(stream: IO[bytes], number: int) -> bytes:
    stream.seek((number - 1) * PAGE)
    return stream.read(PAGE)


def _mac_key(key: bytes, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", key, bytes(b ^ 0x3A for b in salt), 2, len(key))


def is_whole(page: bytes, number: int, mac_key: bytes) -> bool:
    """Whether a page is as it was written under the key."""
    if len(page) != PAGE:
        return False
    covered = page[_SALT if number == 1 else 0 : PAGE - _MAC]
    made = hmac.new(mac_key, covered + number.to_bytes(4, "little"), "sha512").digest()
    return hmac.compare_digest(made, page[PAGE - _MAC : PAGE])


def log_fits(log: Path, path: Path, key: bytes) -> bool:
    """Whether any page in a write-ahead log was written under the key of the journal at `path`. Raises OSError."""
    with path.open("rb") as stream:
        mac_key = _mac_key(key, stream.read(_SALT))
    with log.open("rb") as stream:
        head = stream.read(32)
        for _ in range(LOOKED_AT):
            frame = stream.read(24)
            page = stream.read(PAGE)
            if len(frame) < 24 or len(page) < PAGE or frame[8:16] != head[16:24]:  # the salts of an older round
                return False
            if is_whole(page, int.from_bytes(frame[:4], "big"), mac_key):
                return True
    return False


def units_after(log: Path, replayed: int) -> int:
    """How many whole units of writing begin no earlier than after the first `replayed` pages of a log. Raises OSError.

    Only ends of units that carry the log's own salts count; others are left from an earlier round.
    """
    with log.open("rb") as stream:
        head = stream.read(32)
        stream.seek(32 + replayed * (24 + PAGE))
        ends = 0
        while len(frame := stream.read(24)) == 24 and frame[8:16] == head[16:24]:
            ends += frame[4:8] != b"\0\0\0\0"
            stream.seek(PAGE, 1)
        return ends
