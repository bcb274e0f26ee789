"""Damage by chance, seeded: what a bad disk, a broken download, an editor or malice makes of a good file."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.samples import Sample

TOKENS = (
    b"\0", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"{", b"}", b"[", b"]", b"<", b">", b"&", b"=", b":", b"-", b"+", b".", b"%", b"\\",
    b"NaN", b"null", b"true", b"1e400", b"-1", b"99999", b"9" * 400, b"0000-00-00", b"9999-12-31", b"24:00", b"+25:00", b"\xff", b"\xed\xa0\x80",
    "٣".encode(), "２".encode(), "\u2028".encode(), b"\\ud800", b"&lt;", b"<!ENTITY x 'y'>", b"]]>", b"-->", b"\x80\x80\x80\x80", b"\x7f\xff\xff\xff",
)  # fmt: skip


@dataclass(frozen=True)
class Mutated:
    """One damaged sample; the name says how to make it again."""

    sample: Sample
    name: str
    data: bytes


def mutations(found: list[Sample], total: int, seed: int = 1, *, cuts: int = 1) -> Iterator[Mutated]:
    """At least `total` changes by chance, spread over the samples, and each sample cut off at `cuts` places."""
    each = -(-total // len(found))
    for s in found:
        whole = s.data
        for i in range(cuts):
            at = len(whole) * i // cuts if cuts > 1 else random.Random(f"{seed}/{s}").randrange(len(whole) + 1)
            yield Mutated(s, f"{s} cut {i}/{cuts}", whole[:at])
        for n in range(each):
            rng = random.Random(f"{seed}/{s}/{n}")
            how = rng.choice(HOW)
            data = how(whole, rng)
            for _ in range(rng.choice((0, 0, 0, 1, 3))):
                data = rng.choice(HOW)(data, rng)
            yield Mutated(s, f"{s} {how.__name__} {n}", data[: 4 * len(whole) + 65536])


def flipped(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def overwritten(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    size = rng.choice((1, 2, 4, 16, 256))
    return data[:at] + rng.randbytes(min(size, len(data) - at)) + data[at + size :]


def spliced(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(TOKENS) * rng.choice((1, 1, 1, 3, 500)) + data[at + rng.choice((0, 0, 1, 5)) :]


def moved(data: bytes, rng: random.Random) -> bytes:
    a, b, to = (rng.randrange(len(data) + 1) for _ in range(3))
    a, b = min(a, b), min(max(a, b), min(a, b) + 4096)
    return data[:to] + data[a:b] + data[to:]


def dropped(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice((1, 2, 7, 40, 400)) :]


def lines_changed(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(len(lines))
        match rng.randrange(4):
            case 0:
                lines.insert(at, lines[at])
            case 1:
                lines[at : at + 1] = []
            case 2:
                lines.insert(rng.randrange(len(lines) + 1), lines.pop(at))
            case _:
                lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
        lines = lines or [b""]
    return b"\n".join(lines)


def delimiters_swapped(data: bytes, rng: random.Random) -> bytes:
    old, new = rng.choice(
        (
            (b",", b";"),
            (b",", b"\t"),
            (b";", b","),
            (b":", b"."),
            (b".", b","),
            (b"-", b"/"),
            (b'"', b""),
            (b"\n", b"\r"),
            (b" ", b"T"),
        )
    )
    if rng.random() < 0.5:
        return data.replace(old, new)
    return data.replace(old, new, rng.randrange(1, 20))


def digits_stormed(data: bytes, rng: random.Random) -> bytes:
    """Every number, or one in some, becomes another of its length, or a much longer one."""
    share = rng.choice((0.02, 0.2, 1.0))

    def other(match: re.Match[bytes]) -> bytes:
        if rng.random() > share:
            return match[0]
        size = len(match[0]) if rng.random() < 0.9 else rng.choice((1, 9, 20, 400))
        return bytes(rng.choice(b"0123456789") for _ in range(size))

    return re.sub(rb"[0-9]+", other, data)


def values_swapped(data: bytes, rng: random.Random) -> bytes:
    """Values change places: a night ends in another year, a number stands where a text was."""
    found = list(re.finditer(rb'"[^"\n]{0,60}"|[^,;:<>{}\[\]"\n]{1,60}', data[:200_000]))
    if len(found) < 2:
        return data
    a, b = sorted(rng.sample(found, 2), key=lambda m: m.start())
    return data[: a.start()] + b[0] + data[a.end() : b.start()] + a[0] + data[b.end() :]


HOW: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped, overwritten, spliced, moved, dropped, lines_changed, delimiters_swapped, digits_stormed, values_swapped,
)  # fmt: skip
