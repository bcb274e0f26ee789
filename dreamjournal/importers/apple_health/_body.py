"""The part of an export after its prolog: the DOCTYPE is dropped before any parser sees it.

Apple's own DTD was malformed for a year (export version 12: the ATTLIST of VisionPrescription is never closed), and
nothing in it is needed. What it could do harm with, entities, is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.errors import UserError

CHUNK = 512 * 1024
PROLOG_MOST = 1024 * 1024
ILLEGAL = bytes(b for b in range(32) if b not in (9, 10, 13))
"""Control characters no XML may hold. Exports have been seen with U+000B in them."""
ROOT = re.compile(rb"<HealthData[\s/>]")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PLAIN = ("utf-8", "utf8", "us-ascii", "ascii")


@dataclass(frozen=True)
class Body:
    """The bytes from `<HealthData` on. `lines` is how many lines of the file stand before it."""

    encoding: str
    lines: int
    chunks: Iterator[bytes]

    @property
    def is_utf8(self) -> bool:
        """Whether `<`, `"` and the letters of names are single bytes and mean themselves."""
        return self.encoding.lower() in _PLAIN


def open_body(stream: IO[bytes]) -> Body:
    """The body of an export. Raises UserError when it has none or declares entities."""
    head = stream.read(CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        source, encoding = _from_utf16(stream, head), "UTF-8"
        head = next(source, b"")
    else:
        source, encoding = _pieces(stream), ""
    found = ROOT.search(head)
    while found is None and len(head) < PROLOG_MOST:
        more = next(source, b"")
        if not more:
            break
        head += more
        found = ROOT.search(head)
    if found is None:
        raise UserError(
            "The file was not read", "it has no <HealthData in it", "import the export.xml or the zip as Apple gave it"
        )
    prolog = head[: found.start()]
    if b"<!ENTITY" in prolog:
        raise UserError("The file was not read", "it declares entities, which no export of Apple Health does")
    if not encoding:
        declared = _ENCODING.search(prolog)
        encoding = declared[1].decode("ascii") if declared else "UTF-8"
        if encoding.lower().startswith("utf-16"):  # it is not, or the root would not have been found
            encoding = "UTF-8"
    return Body(encoding, prolog.count(b"\n"), _joined(head[found.start() :], source))


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while data := stream.read(CHUNK):
        yield data


def _from_utf16(stream: IO[bytes], first: bytes) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")(errors="strict")
    try:
        yield decoder.decode(first).encode("utf-8")
        for data in _pieces(stream):
            yield decoder.decode(data).encode("utf-8")
        decoder.decode(b"", final=True)
    except UnicodeError as e:
        raise UserError("The file was not read", "it is not the UTF-16 it says it is", "export it again") from e
