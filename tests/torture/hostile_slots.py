"""Slot files that somebody damaged, or made to do harm: each is refused in one sentence, quickly, and nothing is changed."""

from __future__ import annotations

import copy
import gzip
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from dreamjournal.store import encryption
from dreamjournal.store.encryption import SlotFile

Bad = tuple[str, bytes | Callable[[Path], None]]


def every(whole: bytes) -> Iterator[Bad]:
    """Names and bytes, or what puts something other than a file there, made from a whole slot file."""
    yield from _bytes(whole)
    document = json.loads(whole)
    for name, change in _changes():
        made = copy.deepcopy(document)
        change(made)
        yield name, sealed(made)
    yield from _things()


def sealed(document: dict[str, Any]) -> bytes:
    """The document with a digest that is right wherever its shape allows one."""
    try:
        text = json.dumps(document).encode("utf-8", "surrogatepass")
        return encryption.encode(msgspec.json.decode(text, type=SlotFile))
    except (msgspec.MsgspecError, ValueError):
        return json.dumps(document).encode("utf-8", "surrogatepass")


def _bytes(whole: bytes) -> Iterator[Bad]:
    yield from {
        "nothing": b"", "zeros": bytes(1300), "random": os.urandom(1300), "words": b"not a key file at all", "null": b"null",
        "a list": b"[]", "an empty object": b"{}", "a number": b"1", "a string": b'"keys"', "NaN": b"NaN", "Infinity": b"Infinity",
        "1e400": b"1e400", "a number of 5,000 digits": b"9" * 5000, "200,000 brackets": b"[" * 200_000,
        "20,000 objects deep": b'{"slots":' * 20_000, "UTF-16": whole.decode().encode("utf-16"), "a byte order mark": b"\xef\xbb\xbf" + whole,
        "Latin-1": whole.replace(b"journal", b"jo\xfcrnal"), "a compressed file": gzip.compress(whole), "twice": whole + whole,
        "a comma at the end": whole.rstrip()[:-1] + b",}", "single quotes": whole.replace(b'"', b"'"), "a NUL": whole.replace(b":", b":\0", 1),
        "a megabyte of blanks": whole + b" " * (1 << 20), "a megabyte in a string": whole.replace(b'"made": "', b'"made": "' + b"A" * (1 << 20)),
    }.items()  # fmt: skip
    for share in (0.05, 0.25, 0.5, 0.75, 0.95, 0.999):
        yield f"cut at {share:.1%}", whole[: int(len(whole) * share)]
    for place in range(5, len(whole) - 5, max(1, len(whole) // 12)):
        if whole[place : place + 1].isalnum():
            flipped = bytes([whole[place] ^ 1])
            yield f"a bit flipped at {place}", whole[:place] + flipped + whole[place + 1 :]


def _changes() -> Iterator[tuple[str, Callable[[dict[str, Any]], object]]]:
    def top(key: str, value: object) -> Callable[[dict[str, Any]], object]:
        return lambda d: d.__setitem__(key, value)

    def slot(key: str, value: object) -> Callable[[dict[str, Any]], object]:
        return lambda d: d["slots"][0].__setitem__(key, value)

    def opens(key: str, value: object) -> Callable[[dict[str, Any]], object]:
        return lambda d: [s["opens"][0].__setitem__(key, value) for s in d["slots"]]

    for value in (0, 3, -1, True, "2", 2.5, None, [2], 10**30):
        yield f"version {value!r}", top("version", value)
    for value in ("", "other-keys", None, 2, "dreamjournal-keys\0"):
        yield f"format {value!r}", top("format", value)
    for value in (0, -1, True, 2**60, 10**400, 1.5, "1", None):
        yield f"generation {str(value)[:12]}", top("generation", value)
    for value in (None, [], {}, [[]], [None], "slots", [1]):
        yield f"slots {value!r}", top("slots", value)
    for number in (9, 10_000):
        yield f"{number} slots", lambda d, n=number: d.__setitem__("slots", [d["slots"][0]] * n)
    yield "the same slot twice", lambda d: d["slots"].append(d["slots"][0])
    yield "only the keyring", lambda d: d.__setitem__("slots", [{**d["slots"][1], "kind": "keyring"}])
    for value in (None, "", "fingerprint", 1, ["passphrase"]):
        yield f"kind {value!r}", slot("kind", value)
    for value in (-1, 1, 31, 2**20 + 1, 99_999_999, 2**31, 2**63, 10**400, True, 1.5, 65536.5, "65536", None):
        yield f"memory {str(value)[:12]}", slot("memory_kib", value)
    for value in (-1, 0, 17, 2**31, 10**400, True, 2.5, None):
        yield f"rounds {str(value)[:12]}", slot("time", value)
    for value in (-1, 0, 17, 2**24, True, None):
        yield f"lanes {str(value)[:12]}", slot("lanes", value)
    yield "all of the work allowed at once", lambda d: d["slots"][0].update(memory_kib=2**20, time=16, lanes=16)
    for key in ("salt", "public", "nonce", "private"):
        for value in ("", "AAAA", "!!", None, 7, "A" * 100_000, ["AAAA"]):
            yield f"{key} {str(value)[:8]}", slot(key, value)
    for key in ("salt", "key", "tag"):
        for value in ("", "AAAA", None, "A" * 100_000):
            yield f"opens {key} {str(value)[:8]}", opens(key, value)
    for value in ([], None, [None], [{}], "x"):
        yield f"opens {value!r}", lambda d, v=value: [s.__setitem__("opens", v) for s in d["slots"]]
    yield "opens 5,000 databases", lambda d: d["slots"][0].__setitem__("opens", d["slots"][0]["opens"] * 5000)
    yield "a sealed key that is none", opens("key", "A" * 108)
    yield "no digest", top("digest", None)
    yield "another journal's name", top("journal", "somebody else's")
    yield "a name of a million letters", top("journal", "j" * 1_000_000)
    yield "a lone surrogate", top("journal", "\ud800")


def _things() -> Iterator[Bad]:
    yield "a folder", lambda path: path.mkdir()
    yield "a link to itself", lambda path: path.symlink_to(path)
    yield "a link to nowhere", lambda path: path.symlink_to(path.with_name("nowhere"))
    yield "an endless device", lambda path: path.symlink_to("/dev/zero")
    yield "a gigabyte", _gigabyte
    if hasattr(os, "mkfifo"):
        yield "a pipe that nobody writes to", os.mkfifo


def _gigabyte(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
