"""Hostile inputs made by hand: each a name, the file's name, and how its bytes are made.

Nothing here is random. `bomb` marks what would cost far more than its size if it were believed; `refused` marks what must not
give a single row. The rest may be refused or salvaged.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.samples import Sample, kind_and_head, samples

MIB = 1024 * 1024
DIGITS = b"9" * 5000
DEEP = 200_000


@dataclass(frozen=True)
class Bad:
    """One hostile file."""

    name: str
    file: str
    make: Callable[[], bytes]
    bomb: bool = False
    refused: bool = False

    def __str__(self) -> str:
        return self.name


def catalogue() -> list[Bad]:
    """All of them, names unique."""
    found = [
        *_nothing(), *_text(), *_json(), *_xml(), *_archives(), *_workbooks(), *_edf(), *_fit(), *_sqlite(), *_tables(),
        *_json_values(),
    ]  # fmt: skip
    assert len({b.name for b in found}) == len(found)
    return found


def of_kind(*kinds: str) -> list[Sample]:
    """Samples of a kind, one archive's members not counted."""
    return [s for s in samples() if kind_and_head(s.data)[0] in kinds]


def _first_of_each(found: list[Sample]) -> list[Sample]:
    """Two samples a plug-in are enough: their variants share a reader."""
    out: list[Sample] = []
    for s in found:
        if sum(o.key == s.key for o in out) < 2:
            out.append(s)
    return out


# ---- nothing, binary, text ------------------------------------------------------------------------------------------


def _nothing() -> Iterator[Bad]:
    plain: dict[str, bytes] = {
        "empty": b"", "one NUL": b"\0", "a megabyte of NUL": b"\0" * MIB, "one newline": b"\n", "a million newlines": b"\n" * 10**6,
        "spaces": b" " * MIB, "every byte": bytes(range(256)) * 4096, "only a byte order mark": b"\xef\xbb\xbf",
        "only a UTF-16 mark": b"\xff\xfe", "half a UTF-16 letter": b"\xff\xfea", "a UTF-32 mark": b"\xff\xfe\0\0a\0\0\0",
        "0xFF": b"\xff" * MIB, "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 999,
        "a JPEG": b"\xff\xd8\xff\xe0" + b"\0" * 999, "a program": b"\x7fELF" + b"\0" * 999, "a Windows program": b"MZ" + b"\x90" * 999,
        "a 7z archive": b"7z\xbc\xaf\x27\x1c" + b"\0" * 999, "a rar archive": b"Rar!\x1a\x07\x01\0" + b"\0" * 99,
        "an old spreadsheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "a locked age file": b"age-encryption.org/v1\n",
        "a web page": b"<!DOCTYPE html><html><body>Please log in</body></html>", "a script": b"#!/bin/sh\nrm -rf /\n",
        "a mail": b"From: a@b.example\nSubject: your export\n\nhello\n", "a calendar": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "Java's object": b"\xac\xed\x00\x05sr", "Python's pickle": b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
        "a plist": b"bplist00\xd1\x01\x02", "YAML with an object": b"!!python/object/apply:os.system ['id']\n",
    }  # fmt: skip
    for name, data in plain.items():
        yield Bad(name, "export.csv", lambda data=data: data, refused=True)
    yield Bad("a gzip bomb", "export.csv.gz", lambda: gzip.compress(b"0" * (64 * MIB)), bomb=True, refused=True)
    yield Bad("a tar", "export.tar", _tar, refused=True)


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo("../../escape.csv")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"a,b\n"))
    return out.getvalue()


def _text() -> Iterator[Bad]:
    yield Bad("one line of 20 MiB", "a.csv", lambda: b"x" * (20 * MIB), bomb=True, refused=True)
    yield Bad("one line of a million cells", "a.csv", lambda: b"1," * 10**6, bomb=True, refused=True)
    yield Bad("one line of quotation marks", "a.csv", lambda: b'"' * 10**6, bomb=True, refused=True)
    yield Bad(
        "a million quotation marks on lines of their own", "a.csv", lambda: b'"\n' * 10**6, bomb=True, refused=True
    )
    yield Bad("a quotation mark before a million lines", "a.csv", lambda: b'a,b\n"' + b"1,2\n" * 10**6, bomb=True)
    yield Bad("a header of 100,000 columns", "a.csv", _wide, bomb=True)
    yield Bad(
        "a header of 100,000 equal columns", "a.csv", lambda: b"a," * 10**5 + b"a\n" + b"1," * 10**5 + b"1\n", bomb=True
    )
    yield Bad("5,000 digits", "a.csv", lambda: b"start,end\n" + DIGITS + b"," + DIGITS + b"\n")
    yield Bad("a table of nothing but commas", "a.csv", lambda: b",,,,\n" * 100_000, refused=True)
    yield Bad("carriage returns alone", "a.csv", lambda: b"a,b\r1,2\r" * 1000)
    yield Bad("mixed line ends", "a.csv", lambda: b"a,b\r\n1,2\n3,4\r5,6\n\r\n")
    yield Bad("Unicode line separators", "a.csv", "a,b\u20281,2\u20293,4\x0b5,6\x0c7,8\x85".encode)
    yield Bad("lone surrogates in UTF-8", "a.csv", lambda: b"a,b\n\xed\xa0\x80,\xed\xbf\xbf\n")
    yield Bad("overlong UTF-8", "a.csv", lambda: b"a,b\n\xc0\xaf,\xe0\x80\xaf\n")
    yield Bad("text turned about", "a.txt", lambda: "\u202eunderneath\u202c\u2066\n".encode() * 1000)
    yield Bad("a heap of accents", "a.txt", ("2026-03-12\n\na" + "\u0301" * 10**5).encode)
    yield Bad("a front matter without end", "2026-03-12.md", lambda: b"---\ntitle: x\n" * 20_000)
    yield Bad("YAML's billion laughs", "2026-03.txt", _yaml_laughs, bomb=True)
    yield Bad("YAML nested 200,000 deep", "2026-03.txt", lambda: b"1: {text: " + b"[" * DEEP, bomb=True)
    yield Bad(
        "YAML with an object in it", "2026-03.txt", lambda: b"1: {text: !!python/object/apply:os.system ['id']}\n"
    )
    yield Bad("YAML keys without end", "2026-03.txt", lambda: b"".join(b"%d: {text: a}\n" % n for n in range(20_000)))
    yield Bad("a million dated headings", "a.md", lambda: b"# 2026-03-12\n\na\n\n" * 10**5, bomb=True)
    yield Bad("a dream of 5 MiB", "2026-03-12.txt", lambda: b"I was by the sea and it rained. " * (5 * MIB // 32))
    yield Bad("stages without end", "2026-03-12_23-30.txt", lambda: b"W\n1\n2\n3\nR\n" * 200_000, bomb=True)
    yield Bad("stages that are no stages", "hyp.txt", lambda: b"W\n1\n2\nBanana\n" * 100)
    yield Bad("stages of 5,000 digits", "hyp.txt", lambda: b"0\n1\n" + DIGITS + b"\n")


def _wide() -> bytes:
    return ",".join(f"c{n}" for n in range(10**5)).encode() + b"\n" + b"1," * (10**5 - 1) + b"1\n"


def _yaml_laughs() -> bytes:
    lines = ["1:", "  text: a", 'a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]']
    lines += [f"{b}: &{b} [{','.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    return "\n".join(lines).encode()


# ---- JSON -----------------------------------------------------------------------------------------------------------


def _json() -> Iterator[Bad]:
    texts: dict[str, bytes] = {
        "only a brace": b"{", "only a bracket": b"[", "an empty object": b"{}", "an empty list": b"[]", "null": b"[null]",
        "NaN": b'[{"logId": NaN, "dateOfSleep": Infinity}]', "two values": b'{"a": 1}{"a": 2}', "a trailing comma": b'{"a": 1,}',
        "single quotes": b"{'a': 1}", "comments": b'{"a": 1 /* no */}', "a NUL in a key": b'{"a\\u0000b": 1}',
        "a lone surrogate": b'{"a": "\\ud800"}', "lines of JSON": b'{"a": 1}\n{"a": 2}\n' * 1000,
        "a list of lists": b"[" + b"[1]," * 1000 + b"[1]]",
    }  # fmt: skip
    for name, data in texts.items():
        yield Bad(f"JSON: {name}", "export.json", lambda data=data: data, refused=True)
    yield Bad("JSON: 200,000 lists deep", "a.json", lambda: b"[" * DEEP + b"]" * DEEP, bomb=True, refused=True)
    yield Bad(
        "JSON: 200,000 objects deep", "a.json", lambda: b'{"a":' * DEEP + b"1" + b"}" * DEEP, bomb=True, refused=True
    )
    yield Bad("JSON: never closed, 200,000 deep", "a.json", lambda: b"[" * DEEP, bomb=True, refused=True)
    yield Bad("JSON: 5,000 digits", "a.json", lambda: b'{"a": ' + DIGITS + b"}", refused=True)
    yield Bad("JSON: a million digits", "a.json", lambda: b'{"a": ' + b"9" * 10**6 + b"}", bomb=True, refused=True)
    yield Bad("JSON: an exponent of 5,000 digits", "a.json", lambda: b'{"a": 1e' + DIGITS + b"}", refused=True)
    yield Bad("JSON: a key of 1 MiB", "a.json", lambda: b'{"' + b"k" * MIB + b'": 1}', refused=True)
    yield Bad("JSON: a million keys", "a.json", _many_keys, bomb=True, refused=True)
    yield Bad("JSON: a million empty lists", "a.json", lambda: b"[" + b"[]," * 10**6 + b"[]]", bomb=True, refused=True)
    yield Bad(
        "JSON: larger than any log", "a.json", lambda: b'{"a": "' + b"x" * (65 * MIB) + b'"}', bomb=True, refused=True
    )
    for s in _first_of_each(of_kind("json")):
        # Each begins as the format does, so that its own reader meets the bomb.
        head = s.data.rstrip().rstrip(b"]}")
        yield Bad(f"{s}: then 200,000 deep", s.path.name, lambda h=head: h + b',"z":' + b"[" * DEEP, bomb=True)
        yield Bad(f"{s}: then 5,000 digits", s.path.name, lambda h=head: h + b',"z":' + DIGITS + b"}]}]}")
        yield Bad(f"{s}: in a list", s.path.name, lambda d=s.data: b"[" + d + b"]")
        yield Bad(
            f"{s}: in a list 2,000 times",
            s.path.name,
            lambda d=s.data: b"[" + b",".join([d.strip()] * 2000) + b"]",
            bomb=True,
        )
        yield Bad(f"{s}: in an object", s.path.name, lambda d=s.data: b'{"data":' + d + b"}")
        yield Bad(f"{s}: keys twice", s.path.name, _keys_twice(s.data))


def _many_keys() -> bytes:
    return b"{" + b",".join(b'"k%d":1' % n for n in range(10**6)) + b"}"


def _keys_twice(data: bytes) -> Callable[[], bytes]:
    return lambda: re.sub(rb'("[A-Za-z_]+")\s*:\s*("[^"]*"|-?[0-9.]+)', rb"\1: \2, \1: null, \1: \2", data)


_SWAPS: dict[str, Callable[[Any], Any]] = {
    "null for every value": lambda v: None,
    "true for every value": lambda v: True,
    "text for every number": lambda v: str(v) if isinstance(v, int | float) else v,
    "numbers for every text": lambda v: 7 if isinstance(v, str) else v,
    "lists for every value": lambda v: [v],
    "objects for every value": lambda v: {"value": v},
    "negative numbers": lambda v: -abs(v) - 1 if isinstance(v, int | float) and not isinstance(v, bool) else v,
    "numbers of 300 digits": lambda v: 10**300 if isinstance(v, int | float) and not isinstance(v, bool) else v,
    "numbers beyond 64 bits": lambda v: 2**63 if isinstance(v, int | float) and not isinstance(v, bool) else v,
    "halves for every number": lambda v: v + 0.5 if isinstance(v, int | float) and not isinstance(v, bool) else v,
    "empty text for every text": lambda v: "" if isinstance(v, str) else v,
    "text of 1 MiB": lambda v: "x" * 100_000 if isinstance(v, str) else v,
    "NUL and escapes in every text": lambda v: v + "\0\x1b[31m\u202e" if isinstance(v, str) else v,
    "a half surrogate in every text": lambda v: v + "\ud800" if isinstance(v, str) else v,
}


def _json_values() -> Iterator[Bad]:
    for s in _first_of_each(of_kind("json")):
        for what, change in _SWAPS.items():
            yield Bad(f"{s}: {what}", s.path.name, _swapped(s.data, change))


def _swapped(data: bytes, change: Callable[[Any], Any]) -> Callable[[], bytes]:
    """The same document with every leaf but the marks a reader knows it by changed."""

    def leaves(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: v if k in ("format", "version") else leaves(v) for k, v in value.items()}
        return [leaves(v) for v in value] if isinstance(value, list) else change(value)

    def make() -> bytes:
        try:
            return json.dumps(leaves(json.loads(data.decode("utf-8-sig")))).encode()
        except ValueError:  # lines of JSON
            return data

    return make


# ---- XML ------------------------------------------------------------------------------------------------------------


def _xml() -> Iterator[Bad]:
    laughs = '<!DOCTYPE lolz [<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    inner = b'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="%s" startDate="2026-03-12 23:00:00 +0000" endDate="2026-03-13 06:00:00 +0000" value="HKCategoryValueSleepAnalysisAsleep"/>'
    record = inner % b"Watch"
    start = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    doc = b'<HealthData locale="en_GB">'
    end = b"</HealthData>"
    whole = start + doc + record + end

    def entity(dtd: bytes, source: bytes = b"&x;") -> bytes:
        return start + b"<!DOCTYPE HealthData [" + dtd + b"]>" + doc + inner % source + end

    plain: dict[str, tuple[bytes, bool]] = {
        "billion laughs": ((laughs + f"]><HealthData>{'&j;'}</HealthData>").encode(), True),
        "billion laughs in an attribute": ((laughs + ']><HealthData locale="&j;"></HealthData>').encode(), True),
        "an entity of a file": (entity(b'<!ENTITY x SYSTEM "file:///etc/passwd">'), True),
        "an entity of the network": (entity(b'<!ENTITY x SYSTEM "http://127.0.0.1:9/x">'), True),
        "a parameter entity": (entity(b'<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', b"W"), True),
        "an entity without end": (entity(b'<!ENTITY x "&x;">'), True),
        "a harmless entity": (entity(b'<!ENTITY x "y">'), True),
        "an external DTD": (start + b'<!DOCTYPE HealthData SYSTEM "http://127.0.0.1:9/h.dtd">' + doc + record + end, False),
        "an undeclared entity": (start + doc + inner % b"&nope;" + end, False),
        "a DTD that never ends": (start + b"<!DOCTYPE HealthData [" + b"<!ELEMENT a (b)>" * 10**5, True),
        "no end": (start + doc + record, False),
        "two roots": (whole + doc + end, False),
        "text after the end": (whole + b"x" * 100_000, False),
        "NUL": (whole.replace(b"/>", b"\0/>"), False),
        "U+000B": (whole.replace(b"Watch", b"Wa\x0btch"), False),
        "a wrong declared encoding": (whole.replace(b"UTF-8", b"UTF-16"), False),
        "an unknown encoding": (whole.replace(b"UTF-8", b"x-klingon"), False),
        "UTF-7": (whole.replace(b"UTF-8", b"UTF-7"), False),
        "EBCDIC": (whole.replace(b"UTF-8", b"IBM037"), False),
        "UTF-16": (whole.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"), False),
        "Latin-1 letters": (whole.replace(b"Watch", b"W\xe4tch"), False),
        "an attribute twice": (whole.replace(b' value="', b' value="a" value="'), False),
        "no quotation marks": (whole.replace(b'"', b""), False),
        "a comment around a record": (whole.replace(b"<Record", b"<!-- <Record").replace(b"/></", b"/> --></"), False),
        "CDATA around a record": (whole.replace(b"<Record", b"<![CDATA[<Record").replace(b"/></", b"/>]]></"), False),
        "a processing instruction": (whole.replace(b"<Record", b"<?php x ?><Record"), False),
        "a record within a record": (start + doc + record[:-2] + b">" + record + b"</Record>" + end, False),
        "wrong case": (whole.replace(b"<Record", b"<RECORD"), False),
        "an end before its start": (whole.replace(b"2026-03-13 06", b"2026-03-11 06"), False),
        "year 9999": (whole.replace(b"2026-03-13", b"9999-12-31"), False),
        "year 0001": (whole.replace(b"2026-03-12", b"0001-01-01"), False),
        "30 February": (whole.replace(b"03-12", b"02-30"), False),
        "24:00": (whole.replace(b"23:00:00", b"24:00:00"), False),
        "+25:00": (whole.replace(b"+0000", b"+2500"), False),
        "Arabic digits": (whole.decode().replace("23:00", "٢٣:٠٠").encode(), False),
        "5,000 digits": (whole.replace(b"06:00:00", DIGITS), False),
        "no dates": (re.sub(rb' (start|end)Date="[^"]*"', b"", whole), False),
        "a name with markup": (whole.replace(b"Watch", b"&lt;b&gt;&#x202e;&#7;"), False),
        "a character that XML forbids": (whole.replace(b"Watch", b"&#0;"), False),
    }  # fmt: skip
    for name, (data, bomb) in plain.items():
        yield Bad(f"XML: {name}", "export.xml", lambda data=data: data, bomb=bomb, refused=bomb)
    yield Bad(
        "XML: quadratic entities",
        "export.xml",
        lambda: entity(b'<!ENTITY x "' + b"x" * 100_000 + b'">', b"&x;" * 30_000),
        bomb=True,
        refused=True,
    )
    yield Bad("XML: 200,000 deep", "export.xml", lambda: start + doc + b"<a>" * DEEP + b"</a>" * DEEP + end, bomb=True)
    yield Bad("XML: never closed, 200,000 deep", "export.xml", lambda: start + doc + b"<a>" * DEEP, bomb=True)
    yield Bad("XML: 200,000 records deep", "export.xml", lambda: start + doc + (record[:-2] + b">") * 20_000, bomb=True)
    yield Bad(
        "XML: an attribute of 12 MiB", "export.xml", lambda: start + doc + inner % (b"x" * (12 * MIB)) + end, bomb=True
    )
    yield Bad(
        "XML: an attribute that never closes",
        "export.xml",
        lambda: start + doc + b'<Record type="' + b"x" * (12 * MIB),
        bomb=True,
    )
    yield Bad(
        "XML: 100,000 attributes",
        "export.xml",
        lambda: start + doc + b"<Record " + b" ".join(b'a%d=""' % n for n in range(10**5)) + b"/>" + end,
        bomb=True,
    )
    yield Bad(
        "XML: a comment of 12 MiB",
        "export.xml",
        lambda: start + doc + b"<!--" + b"x" * (12 * MIB) + b"-->" + record + end,
        bomb=True,
    )
    yield Bad("XML: a text of 12 MiB", "export.xml", lambda: start + doc + b"x" * (12 * MIB) + record + end, bomb=True)
    yield Bad(
        "XML: a tag that never ends", "export.xml", lambda: start + doc + b"<Record " + b"\n" * (12 * MIB), bomb=True
    )
    yield Bad(
        "XML: 200,000 sources",
        "export.xml",
        lambda: start + doc + b"".join(inner % b"w%d" % n for n in range(20_000)) + end,
        bomb=True,
    )
    yield Bad("XML: other elements without end", "export.xml", lambda: start + doc + b"<x/>" * 10**6 + end, bomb=True)


# ---- archives -------------------------------------------------------------------------------------------------------

CSV = (
    b"Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),"
    b"Asleep duration (min),In bed duration (min),Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),"
    b"Awake duration (min),Sleep need (min),Sleep debt (min),Sleep efficiency %,Sleep consistency %,Nap\n"
    b"2026-03-12 22:10:00,2026-03-13 22:00:00,UTC+00:00,2026-03-12 22:10:00,2026-03-13 06:10:00,90,15,420,480,240,90,90,60,"
    b"480,10,88,80,false\n"
)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def _zeros(megabytes: int, head: bytes = b"") -> bytes:
    """`head` and then so many MiB of zeros, deflated, made without deflating them all."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = pack.compress(head) + pack.flush(zlib.Z_FULL_FLUSH)
    one = pack.compress(b"0" * MIB) + pack.flush(zlib.Z_FULL_FLUSH)
    return first + one * megabytes + pack.flush(zlib.Z_FINISH)


def raw_zip(
    entries: list[tuple[bytes, bytes, int, int]], *, overlap: bool = False, method: int = 8, flags: int = 0
) -> bytes:
    """A zip from (name, packed bytes, claimed size, claimed CRC); with `overlap` all share the first one's bytes."""
    body, index = io.BytesIO(), io.BytesIO()
    for n, (name, packed, size, crc) in enumerate(entries):
        at = 0 if overlap else body.tell()
        if n == 0 or not overlap:
            body.write(
                struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, flags, method, 0, 33, crc, len(packed), size, len(name), 0)
            )
            body.write(name + packed)
        index.write(
            struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, flags, method, 0, 33, crc, len(packed), size, len(name), 0, 0, 0, 0, 0, at)
            + name
        )  # fmt: skip
    count = min(len(entries), 65535)
    tail = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, index.tell(), body.tell(), 0)
    return body.getvalue() + index.getvalue() + tail


def _copies(packed: bytes, count: int, size: int) -> list[tuple[bytes, bytes, int, int]]:
    return [(b"%d.csv" % n, packed, size, 0) for n in range(count)]


def _locked(data: bytes, bit: int = 1) -> bytes:
    """The zip with every entry's encryption flag set."""
    out = bytearray(data)
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = out.find(magic)
        while at >= 0:
            out[at + offset] |= bit
            at = out.find(magic, at + 4)
    return bytes(out)


def _matryoshka(depth: int, inner: bytes) -> bytes:
    for n in range(depth):
        inner = zipped({f"{n}.zip": inner})
    return inner


def _archives() -> Iterator[Bad]:
    good = zipped({"sleeps.csv": CSV})
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    small = packed.compress(CSV) + packed.flush()
    crc = zlib.crc32(CSV)

    yield Bad(
        "zip: 1 GiB of zeros",
        "a.zip",
        lambda: raw_zip([(b"sleeps.csv", _zeros(1024), 1 << 30, 0)]),
        bomb=True,
        refused=True,
    )
    yield Bad(
        "zip: a known head, then 1 GiB",
        "a.zip",
        lambda: raw_zip([(b"sleeps.csv", _zeros(1024, CSV), (1 << 30) + len(CSV), 0)]),
        bomb=True,
    )
    yield Bad(
        "zip: a known head, then 4 GiB said to be small",
        "a.zip",
        lambda: raw_zip([(b"sleeps.csv", _zeros(4096, CSV), 999, 0)]),
        bomb=True,
    )
    yield Bad(
        "zip: 5 GiB promised",
        "a.zip",
        lambda: raw_zip([(b"%d.csv" % n, small, 1 << 30, crc) for n in range(5)]),
        bomb=True,
        refused=True,
    )
    yield Bad(
        "zip: 100 bombs of 40 MiB",
        "a.zip",
        lambda: raw_zip(_copies(_zeros(40), 100, 40 * MIB)),
        bomb=True,
        refused=True,
    )
    yield Bad(
        "zip: 100 bombs that begin as a known format",
        "a.zip",
        lambda: raw_zip([(b"%d.csv" % n, _zeros(40, CSV), 40 * MIB, 0) for n in range(100)]),
        bomb=True,
    )
    yield Bad(
        "zip: 20,001 entries",
        "a.zip",
        lambda: raw_zip([(b"%d.csv" % n, b"\3\0", 0, 0) for n in range(20_001)]),
        bomb=True,
        refused=True,
    )
    yield Bad(
        "zip: 20,000 empty entries",
        "a.zip",
        lambda: raw_zip([(b"%d.csv" % n, b"\3\0", 0, 0) for n in range(20_000)]),
        bomb=True,
        refused=True,
    )
    yield Bad(
        "zip: 400,000 entries",
        "a.zip",
        lambda: raw_zip([(b"%d" % n, b"\3\0", 0, 0) for n in range(400_000)], overlap=True),
        bomb=True,
        refused=True,
    )
    yield Bad(
        "zip: 19,000 entries that share their bytes",
        "a.zip",
        lambda: raw_zip(_copies(_zeros(1), 19_000, MIB), overlap=True),
        bomb=True,
        refused=True,
    )
    yield Bad(
        "zip: 4,000 entries that share a known file",
        "a.zip",
        lambda: raw_zip([(b"%d.csv" % n, small, len(CSV), crc) for n in range(4000)], overlap=True),
        bomb=True,
        refused=True,
    )
    yield Bad("zip: a zip in a zip", "a.zip", lambda: zipped({"inner.zip": good}), refused=True)
    yield Bad("zip: fifty zips deep", "a.zip", lambda: _matryoshka(50, good), refused=True)
    yield Bad(
        "zip: a bomb in a zip",
        "a.zip",
        lambda: zipped({f"{n}.zip": raw_zip([(b"x", _zeros(64), 64 * MIB, 0)]) for n in range(16)}),
        bomb=True,
        refused=True,
    )
    yield Bad("zip: a known file beside a zip", "a.zip", lambda: zipped({"sleeps.csv": CSV, "inner.zip": good}))
    yield Bad("zip: locked", "a.zip", lambda: _locked(good), refused=True)
    yield Bad("zip: locked, strong", "a.zip", lambda: _locked(good, 0x41), refused=True)
    yield Bad(
        "zip: one of two locked",
        "a.zip",
        lambda: raw_zip([(b"a.csv", small, len(CSV), crc)]) and _half_locked(),
        refused=True,
    )
    yield Bad(
        "zip: packed with AES",
        "a.zip",
        lambda: raw_zip([(b"sleeps.csv", small, len(CSV), crc)], method=99, flags=1),
        refused=True,
    )
    for method in (1, 6, 9, 93, 95, 97, 98):
        yield Bad(
            f"zip: packed by method {method}",
            "a.zip",
            lambda m=method: raw_zip([(b"sleeps.csv", small, len(CSV), crc)], method=m),
            refused=True,
        )
    yield Bad(
        "zip: bzip2, 64 MiB",
        "a.zip",
        lambda: zipped({"sleeps.csv": CSV + b"0" * (64 * MIB)}, zipfile.ZIP_BZIP2),
        bomb=True,
    )
    yield Bad(
        "zip: LZMA, 64 MiB",
        "a.zip",
        lambda: zipped({"sleeps.csv": CSV + b"0" * (64 * MIB)}, zipfile.ZIP_LZMA),
        bomb=True,
    )
    yield Bad("zip: a wrong checksum", "a.zip", lambda: raw_zip([(b"sleeps.csv", small, len(CSV), 7)]))
    yield Bad("zip: a size too small", "a.zip", lambda: raw_zip([(b"sleeps.csv", small, 10, crc)]))
    yield Bad("zip: a size too large", "a.zip", lambda: raw_zip([(b"sleeps.csv", small, 10**6, crc)]))
    yield Bad(
        "zip: stored, and shorter than it says",
        "a.zip",
        lambda: raw_zip([(b"sleeps.csv", CSV[:300], len(CSV), crc)], method=0),
    )
    yield Bad(
        "zip: damaged inside",
        "a.zip",
        lambda: raw_zip([(b"sleeps.csv", small[:60] + b"\xff" * 60 + small[120:], len(CSV), crc)]),
    )
    yield Bad(
        "zip: two names for one entry", "a.zip", lambda: good.replace(b"sleeps.csv", b"cycles.csv", 1), refused=True
    )
    yield Bad("zip: names that climb", "a.zip", lambda: zipped({"../../../../tmp/escape.csv": CSV}))
    yield Bad("zip: an absolute name", "a.zip", lambda: zipped({"/etc/passwd": CSV}))
    yield Bad("zip: a Windows name", "a.zip", lambda: zipped({"C:\\Windows\\sleeps.csv": CSV}))
    yield Bad("zip: a name of control characters", "a.zip", lambda: zipped({"a\x1b[31m\n\u202ecsv": CSV}))
    yield Bad(
        "zip: a name that is no UTF-8",
        "a.zip",
        lambda: raw_zip([(b"\xff\xfe\x80.csv", small, len(CSV), crc)], flags=0x800),
        refused=True,
    )
    yield Bad("zip: a name of 60,000 letters", "a.zip", lambda: zipped({"x" * 60_000: CSV}), refused=True)
    yield Bad("zip: no name at all", "a.zip", lambda: raw_zip([(b"", small, len(CSV), crc)]))
    yield Bad("zip: a link", "a.zip", lambda: _linked("/etc/passwd"), refused=True)
    yield Bad("zip: folders alone", "a.zip", lambda: zipped({"a/": b"", "a/b/": b""}), refused=True)
    yield Bad("zip: an empty zip", "a.zip", lambda: zipped({}), refused=True)
    yield Bad(
        "zip: 2,000 copies of a known file", "a.zip", lambda: zipped({f"{n}.csv": CSV for n in range(2000)}), bomb=True
    )
    yield Bad("zip: one name 1,000 times", "a.zip", lambda: raw_zip([(b"sleeps.csv", small, len(CSV), crc)] * 1000))
    yield Bad("zip: behind a megabyte of something else", "a.zip", lambda: b"x" * MIB + good, refused=True)
    yield Bad("zip: behind a kilobyte of zeros", "a.zip", lambda: b"PK\3\4" + b"\0" * 1000 + good)
    yield Bad(
        "zip: a comment of 60,000 bytes", "a.zip", lambda: good[:-2] + struct.pack("<H", 60_000) + b"PK\5\6" * 15_000
    )
    yield Bad("zip: the end is missing", "a.zip", lambda: good[:-22], refused=True)
    yield Bad("zip: the middle is missing", "a.zip", lambda: good[:100] + good[-80:], refused=True)
    yield Bad("zip: an index of 4 GiB", "a.zip", lambda: good[:-10] + b"\xff\xff\xff\xfe" + good[-6:], refused=True)
    yield Bad("zip: an index beyond the end", "a.zip", lambda: good[:-6] + b"\xff\xff\xff\x7f\0\0", refused=True)
    yield Bad("zip: only the first four bytes", "a.zip", lambda: b"PK\3\4", refused=True)
    yield Bad("zip: named as a table", "sleeps.csv", lambda: good)
    for s in _first_of_each([s for s in samples() if kind_and_head(s.data)[0] != "xlsx"]):
        yield Bad(
            f"{s}: in a zip, then zeros",
            "a.zip",
            lambda d=s.data, n=s.path.name: raw_zip([(n.encode(), _zeros(300, d), 300 * MIB, 0)]),
            bomb=True,
        )
        yield Bad(
            f"{s}: in a locked zip",
            "a.zip",
            lambda d=s.data, n=s.path.name: _locked(zipped({n: d}, zipfile.ZIP_STORED)),
            refused=True,
        )


def _half_locked() -> bytes:
    whole = zipped({"a.csv": CSV, "b.csv": CSV})
    at = whole.rfind(b"PK\1\2")
    return whole[: at + 8] + b"\1" + whole[at + 9 :]


def _linked(target: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        info = zipfile.ZipInfo("sleeps.csv")
        info.external_attr = 0o120777 << 16
        z.writestr(info, target)
    return out.getvalue()


# ---- spreadsheets ---------------------------------------------------------------------------------------------------

_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
_RELS = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
_BOOK = b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sleep" sheetId="1" r:id="rId1"/></sheets></workbook>'
_BOOK_RELS = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
_SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def workbook(rows: bytes, before: bytes = b"", **parts: bytes) -> bytes:
    """A spreadsheet with these rows; `parts` replaces files of it by their last name."""
    sheet = _SHEET + before + b"<sheetData>" + rows + b"</sheetData></worksheet>"
    files = {
        "[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "xl/workbook.xml": _BOOK, "xl/_rels/workbook.xml.rels": _BOOK_RELS,
        "xl/worksheets/sheet1.xml": sheet,
    }  # fmt: skip
    for part, data in parts.items():
        files[
            {"book": "xl/workbook.xml", "sheet": "xl/worksheets/sheet1.xml", "shared": "xl/sharedStrings.xml"}[part]
        ] = data
    return zipped(files)


def _cells(*texts: str, row: int = 1) -> bytes:
    inner = "".join(f'<c r="{chr(65 + i)}{row}" t="inlineStr"><is><t>{t}</t></is></c>' for i, t in enumerate(texts))
    return f'<row r="{row}">{inner}</row>'.encode()


def _workbooks() -> Iterator[Bad]:
    head = _cells("start", "end", "quality")
    night = _cells("2026-03-12 23:00", "2026-03-13 06:30", "7", row=2)
    laughs = '<!DOCTYPE x [<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    odd: dict[str, Callable[[], bytes]] = {
        "no sheet": lambda: workbook(b"", sheet=b""),
        "a sheet that is no XML": lambda: workbook(b"", sheet=b"\0" * 5000),
        "a book that is no XML": lambda: workbook(head, book=b"<workbook"),
        "no rows": lambda: workbook(b""),
        "rows cut off": lambda: workbook(b"", sheet=_SHEET + b"<sheetData>" + head + night[:-20]),
        "a shared text that is not there": lambda: workbook(head + b'<row r="2"><c r="A2" t="s"><v>99999999</v></c></row>'),
        "a shared text below zero": lambda: workbook(head + b'<row r="2"><c r="A2" t="s"><v>-1</v></c></row>'),
        "a cell of another kind": lambda: workbook(head + b'<row r="2"><c r="A2" t="zz"><v>1</v></c></row>'),
        "a cell named nonsense": lambda: workbook(head + b'<row r="2"><c r="!!"><v>1</v></c></row>'),
        "a cell in column ZZZZZZ": lambda: workbook(head + b'<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>'),
        "a cell in row 4,294,967,295": lambda: workbook(head + b'<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>'),
        "row 0": lambda: workbook(head + b'<row r="0"><c r="A0"><v>1</v></c></row>'),
        "a date of 5,000 digits": lambda: workbook(head + b'<row r="2"><c r="A2"><v>' + DIGITS + b"</v></c></row>"),
        "a date before time": lambda: workbook(head + b'<row r="2"><c r="A2" s="1"><v>-99999999</v></c></row>'),
        "NaN": lambda: workbook(head + b'<row r="2"><c r="A2"><v>NaN</v></c><c r="B2"><v>1e400</v></c></row>'),
        "errors": lambda: workbook(head + b'<row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c></row>'),
        "formulas": lambda: workbook(head + b'<row r="2"><c r="A2"><f>WEBSERVICE("http://127.0.0.1")</f></c></row>'),
        "year 9999": lambda: workbook(head + _cells("9999-12-31 23:00", "9999-12-31 23:59", "7", row=2)),
        "an external entity": lambda: workbook(
            b"", sheet=b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + _SHEET + b"<sheetData>" + head + _cells("&a;", "b", "c", row=2) + b"</sheetData></worksheet>",
        ),
    }  # fmt: skip
    for name, make in odd.items():
        yield Bad(f"spreadsheet: {name}", "sleep.xlsx", make)
    bombs: dict[str, Callable[[], bytes]] = {
        "billion laughs": lambda: workbook(b"", sheet=laughs.encode() + b"]>" + _SHEET + b"<sheetData>" + head + _cells("&j;", "b", "c", row=2) + b"</sheetData></worksheet>"),
        "billion laughs in the book": lambda: workbook(head, book=laughs.encode() + b"]>" + _BOOK.replace(b"Sleep", b"&j;")),
        "a sheet said to be all there can be": lambda: workbook(head + night, b'<dimension ref="A1:XFD1048576"/>'),
        "two cells at the far corners": lambda: workbook(head + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "a cell in the last column of 1,000 rows": lambda: workbook(head + b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(2, 1002))),
        "every 100th row": lambda: workbook(head + b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(100, 1_000_000, 100))),
        "1 GiB of rows": lambda: _huge_book(1024),
        "255 MiB of rows": lambda: _huge_book(255),
        "200,000 deep": lambda: workbook(b"<row>" * DEEP),
        "a million shared texts": lambda: workbook(head, shared=b"<sst>" + b"<si><t>a</t></si>" * 10**6 + b"</sst>"),
        "a shared text of 50 MiB": lambda: workbook(head, shared=b"<sst><si><t>" + b"a" * (9 * MIB) + b"</t></si></sst>"),
    }  # fmt: skip
    for name, make in bombs.items():
        yield Bad(f"spreadsheet: {name}", "sleep.xlsx", make, bomb=True)
    yield Bad("spreadsheet: locked", "sleep.xlsx", lambda: _locked(workbook(head + night)), refused=True)
    yield Bad("spreadsheet: cut off", "sleep.xlsx", lambda: workbook(head + night)[:-40], refused=True)


def _huge_book(megabytes: int) -> bytes:
    names = (
        ("[Content_Types].xml", _TYPES),
        ("_rels/.rels", _RELS),
        ("xl/workbook.xml", _BOOK),
        ("xl/_rels/workbook.xml.rels", _BOOK_RELS),
    )
    entries: list[tuple[bytes, bytes, int, int]] = []
    for name, data in names:
        pack = zlib.compressobj(9, zlib.DEFLATED, -15)
        entries.append((name.encode(), pack.compress(data) + pack.flush(), len(data), zlib.crc32(data)))
    entries.append((b"xl/worksheets/sheet1.xml", _zeros(megabytes, _SHEET + b"<sheetData>"), megabytes * MIB, 0))
    return raw_zip(entries)


# ---- EDF, FIT, SQLite -----------------------------------------------------------------------------------------------

_EDF_FIELDS: dict[str, tuple[int, int]] = {
    "version": (0, 8), "patient": (8, 80), "recording": (88, 80), "date": (168, 8), "time": (176, 8), "header size": (184, 8),
    "reserved": (192, 44), "records": (236, 8), "record length": (244, 8), "signals": (252, 4),
}  # fmt: skip
_EDF_LIES: dict[str, tuple[bytes, ...]] = {
    "patient": (b"\xff" * 80, b"\0" * 80), "recording": (b"Startdate 99-XXX-0000",), "date": (b"99.99.99", b"31.02.26", b"01.01.85"),
    "time": (b"25.61.61", b"24.00.00", b"--------"), "header size": (b"0", b"-256", b"99999999", b"abc"),
    "reserved": (b"EDF+D", b"EDF+C", b"BIOSEMI", b"\xff" * 44), "records": (b"-1", b"0", b"-99", b"99999999", b"1e5", b"abc"),
    "record length": (b"0", b"-1", b"1e300", b"nan", b"99999999", b"0,5"), "signals": (b"0", b"-1", b"9999", b"abc", b"512"),
}  # fmt: skip


def _edf() -> Iterator[Bad]:
    for s in _first_of_each(of_kind("edf")):
        for field, lies in _EDF_LIES.items():
            at, width = _EDF_FIELDS[field]
            for lie in lies:
                data = s.data[:at] + lie[:width].ljust(width) + s.data[at + width :]
                yield Bad(f"{s}: {field} {lie[:12]!r}", s.path.name, lambda data=data: data)
        count = int(s.data[252:256])
        for what, before, width, lie in (
            ("samples", 216, 8, b"99999999"), ("no samples", 216, 8, b"0"), ("samples below zero", 216, 8, b"-1"), ("equal range", 120, 8, b"5"),
            ("a range of NaN", 104, 8, b"nan"), ("a label that ends in NUL", 0, 16, b"EDF Annot\0"), ("a label of 0xFF", 0, 16, b"\xff" * 16),
        ):  # fmt: skip
            at = 256 + before * count
            data = s.data[:at] + lie.ljust(width) * count + s.data[at + width * count :]
            yield Bad(f"{s}: {what}", s.path.name, lambda data=data: data)
        yield Bad(f"{s}: header alone", s.path.name, lambda d=s.data, c=count: d[: 256 * (c + 1)])
        yield Bad(f"{s}: half a header", s.path.name, lambda d=s.data: d[:300])
        yield Bad(f"{s}: 32 MiB of zeros behind", s.path.name, lambda d=s.data: d + b"\0" * (32 * MIB), bomb=True)
        yield Bad(
            f"{s}: annotations of 0x14",
            s.path.name,
            lambda d=s.data, c=count: d[: 256 * (c + 1)] + b"\x14" * (len(d) - 256 * (c + 1)),
        )
        yield Bad(
            f"{s}: onsets of 5,000 digits",
            s.path.name,
            lambda d=s.data: re.sub(rb"\+[0-9.]{4,}", lambda m: b"+" + b"9" * (len(m[0]) - 1), d),
        )
    yield Bad("EDF: only its first bytes", "a.edf", lambda: b"0       ", refused=True)
    yield Bad("EDF: blanks", "a.edf", lambda: b"0       " + b" " * 4096, refused=True)
    yield Bad("BDF", "a.bdf", lambda: b"\xffBIOSEMI" + b" " * 4096, refused=True)


def _fit() -> Iterator[Bad]:
    yield Bad("FIT: a head alone", "a.fit", lambda: b"\x0e\x10\xd9\x07\0\0\0\0.FIT\0\0", refused=True)
    yield Bad("FIT: 4 GiB promised", "a.fit", lambda: b"\x0e\x10\xd9\x07\xff\xff\xff\xff.FIT\0\0", refused=True)
    yield Bad(
        "FIT: a definition of 255 fields and nothing else",
        "a.fit",
        lambda: b"\x0e\x10\xd9\x07\x00\x10\0\0.FIT\0\0" + b"\x40\0\0\0\0\xff" + b"\xff" * 4090,
        refused=True,
    )
    yield Bad(
        "FIT: data before any definition",
        "a.fit",
        lambda: b"\x0e\x10\xd9\x07\x00\x10\0\0.FIT\0\0" + b"\0" * 4098,
        refused=True,
    )
    for s in _first_of_each(of_kind("fit")):
        d = s.data
        odd: dict[str, bytes] = {
            "a longer size": d[:4] + struct.pack("<I", 2**31) + d[8:], "a shorter size": d[:4] + struct.pack("<I", 10) + d[8:],
            "a header of 255 bytes": b"\xff" + d[1:], "a header of 0 bytes": b"\0" + d[1:], "no checksum": d[:-2], "a wrong checksum": d[:-2] + b"\xff\xff",
            "times of 0xFF": re.sub(rb"[\x3a-\x45]...(?=.)", b"\xff\xff\xff\xff", d[14:], count=40, flags=re.DOTALL).join((d[:14], b"")),
            "zeros from the middle": d[: len(d) // 2] + b"\0" * (len(d) - len(d) // 2), "0xFF from the middle": d[: len(d) // 2] + b"\xff" * (len(d) - len(d) // 2),
            "two files in one": d + d, "compressed times": d[:14] + b"\x80" * 100 + d[14:],
        }  # fmt: skip
        for what, data in odd.items():
            yield Bad(f"{s}: {what}", s.path.name, lambda data=data: data)
        yield Bad(f"{s}: 300 files in one", s.path.name, lambda d=d: d * 300, bomb=True)


def _sqlite() -> Iterator[Bad]:
    head = b"SQLite format 3\0"
    yield Bad("SQLite: a head alone", "a.db", lambda: head, refused=True)
    yield Bad("SQLite: zeros behind", "a.db", lambda: head + b"\0" * 8192, refused=True)
    yield Bad("SQLite: 0xFF behind", "a.db", lambda: head + b"\xff" * 8192, refused=True)
    yield Bad("SQLite: an empty database", "a.db", database, refused=True)
    yield Bad(
        "SQLite: another app's",
        "a.db",
        lambda: database("CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)"),
        refused=True,
    )
    for s in _first_of_each(of_kind("sqlite")):
        d = s.data
        size = struct.unpack(">H", d[16:18])[0]
        odd: dict[str, bytes] = {
            "a page of 1 byte": d[:16] + b"\0\1" + d[18:], "a page of 65,536": d[:16] + b"\0\1" + d[18:], "a page of 0": d[:16] + b"\0\0" + d[18:],
            "a page of 513": d[:16] + b"\2\1" + d[18:], "reserved bytes": d[:20] + b"\xff" + d[21:], "a later format": d[:18] + b"\xff\xff" + d[20:],
            "4 billion pages": d[:28] + b"\xff\xff\xff\xff" + d[32:], "a free list without end": d[:32] + b"\0\0\0\2\xff\xff\xff\xff" + d[40:],
            "UTF-16 said": d[:56] + b"\0\0\0\2" + d[60:], "encoding 9": d[:56] + b"\0\0\0\x09" + d[60:], "half of it": d[: len(d) // 2],
            "one byte short": d[:-1], "one page alone": d[:size], "no schema": d[:100] + b"\0" * (size - 100) + d[size:],
            "a schema that is no SQL": d.replace(b"CREATE TABLE", b"CREATE TBALE"), "cell pointers of 0xFF": d[:108] + b"\xff" * 64 + d[172:],
            "a page that is its own child": d[:100] + b"\x05\0\0\0\1\0\0\0\0\0\0\0\1" + d[113:],
        }  # fmt: skip
        for n in range(1, max(2, len(d) // size)):
            odd[f"page {n + 1} of zeros"] = d[: n * size] + b"\0" * size + d[(n + 1) * size :]
            odd[f"page {n + 1} of 0xFF"] = d[: n * size] + b"\xff" * size + d[(n + 1) * size :]
        for what, data in list(odd.items())[:40]:
            yield Bad(f"{s}: {what}", s.path.name, lambda data=data: data)
        for what, statements in _sql_lies(s):
            yield Bad(
                f"{s}: {what}",
                s.path.name,
                lambda d=d, statements=statements: changed_database(d, statements),
                bomb=True,
            )


def _sql_lies(sample: Sample) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a hostile database does in place of the tables a reader asks for."""
    for table in tables_of(sample.data):
        if "sleep" not in table.lower():
            continue
        columns = columns_of(sample.data, table)
        listed = ", ".join(f'"{c}"' for c in columns)
        forever = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
            + ", ".join(f'i AS "{c}"' for c in columns)
            + " FROM n"
        )
        many = forever.replace("FROM n)", "FROM n LIMIT 100000000)")
        yield f"a view without end for {table}", (f'DROP TABLE "{table}"', f'CREATE VIEW "{table}" AS {forever}')
        yield f"a view of 100 million rows for {table}", (f'DROP TABLE "{table}"', f'CREATE VIEW "{table}" AS {many}')
        yield (
            f"text in every column of {table}",
            (
                f'CREATE TABLE z AS SELECT {listed} FROM "{table}"',
                f'DROP TABLE "{table}"',
                f'ALTER TABLE z RENAME TO "{table}"',
                *(f'UPDATE "{table}" SET "{c}" = \'x\'' for c in columns),
            ),
        )
        yield (
            f"bytes in every column of {table}",
            (
                f'CREATE TABLE z AS SELECT {listed} FROM "{table}"',
                f'DROP TABLE "{table}"',
                f'ALTER TABLE z RENAME TO "{table}"',
                *(f'UPDATE "{table}" SET "{c}" = x\'ff00ff\'' for c in columns),
            ),
        )
        yield (
            f"nothing in every column of {table}",
            (
                f'CREATE TABLE z AS SELECT {listed} FROM "{table}"',
                f'DROP TABLE "{table}"',
                f'ALTER TABLE z RENAME TO "{table}"',
                *(f'UPDATE "{table}" SET "{c}" = NULL' for c in columns),
            ),
        )
        yield (
            f"numbers beyond reason in {table}",
            (
                f'CREATE TABLE z AS SELECT {listed} FROM "{table}"',
                f'DROP TABLE "{table}"',
                f'ALTER TABLE z RENAME TO "{table}"',
                *(f'UPDATE "{table}" SET "{c}" = 9223372036854775807' for c in columns),
            ),
        )
        yield f"no {table}", (f'DROP TABLE "{table}"',)
        for column in columns[:8]:
            yield (
                f"no column {column} in {table}",
                (
                    f'CREATE TABLE z AS SELECT {", ".join(chr(34) + c + chr(34) for c in columns if c != column)} FROM "{table}"',
                    f'DROP TABLE "{table}"',
                    f'ALTER TABLE z RENAME TO "{table}"',
                ),
            )
        return


def database(*statements: str) -> bytes:
    """A plain SQLite file made by these statements."""
    return changed_database(b"", statements)


def changed_database(data: bytes, statements: tuple[str, ...]) -> bytes:
    """The database after these statements."""
    with _opened(data) as (conn, path):
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("PRAGMA user_version = 1")
        for statement in statements:
            conn.execute(statement)
        conn.commit()
        conn.execute("VACUUM")
        conn.close()
        return path.read_bytes()


def tables_of(data: bytes) -> list[str]:
    with _opened(data) as (conn, _):
        return [r[0] for r in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def columns_of(data: bytes, table: str) -> list[str]:
    with _opened(data) as (conn, _):
        return [r[1] for r in conn.execute(f'PRAGMA table_info("{table}")')]


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[tuple[Any, Path]]:
    import sqlcipher3

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        path.write_bytes(data)
        conn = sqlcipher3.connect(path)
        try:
            yield conn, path
        finally:
            conn.close()


# ---- tables and JSON of every format --------------------------------------------------------------------------------


def _sub(pattern: bytes, new: bytes) -> Callable[[bytes], bytes]:
    found = re.compile(pattern)
    return lambda d: found.sub(new, d)


def _arabic(data: bytes) -> bytes:
    return data.decode("utf-8", "replace").translate({ord("0") + n: 0x0660 + n for n in range(10)}).encode()


def _full_width(data: bytes) -> bytes:
    return _body(
        data, lambda b: b.decode("utf-8", "replace").translate({ord("0") + n: 0xFF10 + n for n in range(10)}).encode()
    )


def _body(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Changed behind the first line alone, so that the file is still known."""
    head, end, rest = data.partition(b"\n")
    return head + end + change(rest)


_DAY = rb"(20\d\d)-(\d\d)-(\d\d)"
_CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "decimal commas": _sub(rb"(?<=\d)\.(?=\d)", b","),
    "semicolons": lambda d: d.replace(b",", b";"),
    "tabs": lambda d: d.replace(b",", b"\t"),
    "semicolons and decimal commas": lambda d: re.sub(rb"(?<=\d)\.(?=\d)", b",", d.replace(b",", b";")),
    "a colon as delimiter": lambda d: d.replace(b",", b":"),
    "saved by a spreadsheet, day first": _sub(_DAY, rb"\3/\2/\1"),
    "saved by a spreadsheet, month first": _sub(_DAY + rb"[T ](\d\d):(\d\d)(:\d\d)?", rb"\2/\3/\1 \4:\5 PM"),
    "saved by a spreadsheet, as numbers": _sub(_DAY + rb"[T ]\d\d:\d\d(:\d\d)?", rb"46093.9236"),
    "saved by a spreadsheet, padded": lambda d: d.replace(b"\n", b",,,,,,\n"),
    "saved by a spreadsheet, every cell quoted": lambda d: b"\n".join(b'"' + line.replace(b'"', b'""').replace(b",", b'","') + b'"' for line in d.split(b"\n")),
    "saved by a spreadsheet, ids rounded": _sub(rb"\b\d{11,19}\b", b"1.77336E+12"),
    "UTF-16 without a mark": lambda d: d.decode("utf-8", "replace").encode("utf-16-le"),
    "UTF-32": lambda d: d.decode("utf-8", "replace").encode("utf-32"),
    "UTF-16 cut in a letter": lambda d: d.decode("utf-8", "replace").encode("utf-16")[:-1],
    "Windows-1252": lambda d: _body(d, lambda b: b.replace(b"a", b"\xe4")),
    "NUL at every line": lambda d: d.replace(b"\n", b"\0\n"),
    "NUL in every date": _sub(rb"(20\d\d)-", b"\\1\0-"),
    "control characters": lambda d: _body(d, lambda b: b.replace(b",", b",\x07\x1b[2J")),
    "lone surrogates": lambda d: _body(d, lambda b: b.replace(b",", b",\xed\xa0\x80")),
    "5,000 digits": lambda d: _body(d, lambda b: re.sub(rb"\d+", DIGITS, b, count=3)),
    "5,000 digits everywhere": lambda d: _body(d[:4000], lambda b: re.sub(rb"\d+", DIGITS, b, count=300)),
    "NaN": lambda d: _body(d, lambda b: re.sub(rb"(?<=[,;:\s])\d+(\.\d+)?(?=[,;}\s])", b"NaN", b)),
    "Infinity": lambda d: _body(d, lambda b: re.sub(rb"(?<=[,;:\s])\d+(\.\d+)?(?=[,;}\s])", b"Infinity", b)),
    "1e400": lambda d: _body(d, lambda b: re.sub(rb"(?<=[,;:\s])\d+(\.\d+)?(?=[,;}\s])", b"1e400", b)),
    "negative numbers": lambda d: _body(d, lambda b: re.sub(rb"(?<=[,;:\s])(\d+(\.\d+)?)(?=[,;}\s])", rb"-\1", b)),
    "underscores in numbers": lambda d: _body(d, lambda b: re.sub(rb"(?<=\d)(?=\d)", b"_", b)),
    "hexadecimal numbers": lambda d: _body(d, lambda b: re.sub(rb"(?<=[,;:\s])(\d+)(?=[,;}\s])", rb"0x\1", b)),
    "epochs beyond time": _sub(rb"\b1[67]\d{8,11}\b", b"99999999999999999999"),
    "epochs below zero": _sub(rb"\b1[67]\d{8,11}\b", b"-62135596801000"),
    "year 0": _sub(rb"20\d\d-", b"0000-"),
    "year 1": _sub(rb"20\d\d-", b"0001-"),
    "year 9999": _sub(rb"20\d\d-", b"9999-"),
    "year 99999": _sub(rb"20\d\d-", b"99999-"),
    "year 26": _sub(rb"20(\d\d)-", rb"\1-"),
    "30 February": _sub(rb"(20\d\d)-\d\d-\d\d", rb"\1-02-30"),
    "24:00": _sub(rb"([T ])\d\d:\d\d", rb"\g<1>24:00"),
    "a 61st minute": _sub(rb"([T ]\d\d):\d\d", rb"\1:61"),
    "+25:00": _sub(rb"([+-])\d\d:?\d\d\b", rb"\g<1>25:00"),
    "no offset": _sub(rb"([+-])\d\d:\d\d\b", b""),
    "every date the same": _sub(_DAY, b"2026-03-12"),
    "every clock the same": _sub(rb"\d\d:\d\d:\d\d", b"03:00:00"),
    "Arabic digits": _arabic,
    "full-width digits": _full_width,
    "no header": lambda d: d.partition(b"\n")[2],
    "header alone": lambda d: d.partition(b"\n")[0] + b"\n",
    "header twice": lambda d: d.partition(b"\n")[0] + b"\n" + d,
    "columns twice": lambda d: b"\n".join(line + b"," + line for line in d.split(b"\n")),
    "one column less": lambda d: b"\n".join(line.partition(b",")[2] for line in d.split(b"\n")),
    "one line": lambda d: d.replace(b"\n", b" "),
    "every row 200 times": lambda d: d + d.partition(b"\n")[2] * 200,
    "the file 500 times": lambda d: d * 500,
    "rows from the last": lambda d: _body(d, lambda b: b"\n".join(reversed(b.split(b"\n")))),
    "backwards": lambda d: d[::-1],
    "a quotation mark never closed": lambda d: _body(d, lambda b: b.replace(b",", b',"', 1)),
    "quotation marks everywhere": lambda d: _body(d, lambda b: b.replace(b",", b'",')),
    "a cell of 2 MiB": lambda d: _body(d, lambda b: b.replace(b",", b"," + b"x" * (2 * MIB), 1)),
    "a million cells": lambda d: d.rstrip() + b"," * 10**6 + b"\n",
    "formulas": lambda d: _body(d, lambda b: re.sub(rb"(?<=[,;])(?=[^,;\n])", b"=cmd|' /C calc'!A1+", b)),
    "markup": lambda d: _body(d, lambda b: b.replace(b" ", b"<img src=x onerror=alert(1)>")),
    "binary behind": lambda d: d + bytes(range(256)) * 256,
    "cut in the middle of a line": lambda d: d[: len(d) * 2 // 3 + 1],
}  # fmt: skip


def _tables() -> Iterator[Bad]:
    for s in _first_of_each(of_kind("text", "json")):
        for what, change in _CHANGES.items():
            yield Bad(
                f"{s}: {what}" if kind_and_head(s.data)[0] == "text" else f"{s} as text: {what}",
                s.path.name,
                lambda d=s.data, change=change: change(d),
            )
