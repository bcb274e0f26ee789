"""Telling what 1,000 mixed files of a folder are, against merely reading their first 64 KiB.

Run: `python tests/bench/bench_sniff.py`. Prints the ratio of medians, taken in turn in one run (wanted: at most 2), and what the
costliest plug-ins take of it.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dreamjournal.common import heads
from dreamjournal.services import import_child
from tests.samples import samples

FILES, ROUNDS, WANTED = 1000, 15, 2.0


def make(folder: Path) -> list[Path]:
    """Samples as they are and repeated to the size of a year's export, and files of other kinds among them."""
    rng = random.Random(1)
    words = b"the sea was calm and nobody came to the house by the harbour "
    junk = (
        lambda: rng.randbytes(100_000),
        lambda: b"%PDF-1.7\n" + rng.randbytes(80_000),
        lambda: words * 2000,
        lambda: b"id,name,price\n" + b"".join(b"%d,thing %d,%d\n" % (n, n, n * 7) for n in range(4000)),
        lambda: b'{"things": [' + b",".join(b'{"id": %d, "name": "x"}' % n for n in range(4000)) + b"]}",
        lambda: b"<!DOCTYPE html><html>" + words * 2000,
        lambda: b"<?xml version='1.0'?><things>" + b"<thing a='1'/>" * 6000,
        lambda: b"2026-03-12 23:10:00 INFO started\n" * 3000,
    )
    known = samples()
    paths: list[Path] = []
    for n in range(FILES):
        if n % 4 == 3:
            data = junk[n // 4 % len(junk)]()
        else:
            data = known[(n - n // 4) % len(known)].data
            if n % 8 < 5:
                data *= 100_000 // max(1, len(data)) + 1
        path = folder / f"{n:04d}.dat"
        path.write_bytes(data)
        paths.append(path)
    return paths


def only_read(paths: list[Path]) -> int:
    """Bytes of all heads."""
    total = 0
    for path in paths:
        with path.open("rb") as stream:
            total += len(stream.read(heads.HEAD_BYTES))
    return total


def sniffed(paths: list[Path]) -> Counter[str]:
    """How many files of each format, told as an import tells them; members of archives apart."""
    plugins = import_child.the_plugins()
    found: Counter[str] = Counter()
    for path in paths:
        with path.open("rb") as stream:
            head = heads.normalised(stream.read(heads.HEAD_BYTES))
        kind = heads.kind_of(head)
        plugin = import_child.best(plugins, head, kind, path.name)
        found[plugin.key if plugin else f"({kind})"] += 1
    return found


def by_plugin(paths: list[Path]) -> dict[str, float]:
    """Seconds each plug-in's sniff takes over all files of its kinds."""
    read = [(heads.normalised(p.read_bytes()[: heads.HEAD_BYTES]), p.name) for p in paths]
    known = [(head, heads.kind_of(head), name) for head, name in read]
    taken: dict[str, float] = {}
    begun = perf_counter()
    for head, _ in read:
        heads.kind_of(head)
    taken["kind_of"] = perf_counter() - begun
    for plugin in import_child.the_plugins():
        own = [(head, name) for head, kind, name in known if kind in plugin.kinds]
        begun = perf_counter()
        for head, name in own:
            plugin.sniff(head, name)
        taken[plugin.key] = perf_counter() - begun
    return taken


def measure(paths: list[Path]) -> tuple[float, float]:
    """Median seconds of reading and of sniffing."""
    bare: list[float] = []
    ours: list[float] = []
    for _ in range(ROUNDS + 1):
        begun = perf_counter()
        only_read(paths)
        bare.append(perf_counter() - begun)
        begun = perf_counter()
        sniffed(paths)
        ours.append(perf_counter() - begun)
    return statistics.median(bare[1:]), statistics.median(ours[1:])  # the first round loads the plug-ins


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        paths = make(Path(folder))
        bare, ours = measure(paths)
        told = sniffed(paths)
        print(f"{FILES} files: {sum(n for k, n in told.items() if not k.startswith('('))} known, of {len(told)} kinds")
        print(
            f"sniffing: {ours / bare:.2f} x reading their first 64 KiB (wanted {WANTED}); {ours * 1e3:.1f} against {bare * 1e3:.1f} ms"
        )
        for name, seconds in sorted(by_plugin(paths).items(), key=lambda p: -p[1])[:12]:
            print(f"  {name}: {seconds / bare:.2f} x, {seconds * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
