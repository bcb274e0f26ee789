"""Ten years of nights (3,650) of each CSV and JSON format into an encrypted journal, whole process, against the bare library.

Run: `python tests/bench/bench_formats.py [format …]`. The bare process reads the same rows with csv or msgspec and inserts them in
one go into an encrypted SQLite file. Prints the ratio of the medians of CPU and wall seconds (wanted: at most 3), what one night
costs by itself (starting up), and how 20 years cost against 10. The key derivation is apart: it is measured and taken off both
where a passphrase is used. `--profile FORMAT` prints where reader and writer spend their time.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
DATA = ROOT / "tests/data"
NIGHTS, ROUNDS, WANTED = 3650, 3, 3.0
FIRST = date(2006, 1, 1)
PASSPHRASE = "four ordinary words"
BARE = """
import csv, sys
import sqlcipher3
path, kind, delimiter, db = sys.argv[1:5]
if kind == "csv":
    with open(path, newline="", encoding="utf-8-sig") as f:
        rows = list(csv.reader(f, delimiter=delimiter))
else:
    import msgspec
    with open(path, "rb") as f:
        found = msgspec.json.decode(f.read())
    if isinstance(found, dict):
        found = next(v for v in found.values() if isinstance(v, list))
    encode = msgspec.json.Encoder().encode
    rows = [[v if isinstance(v, (str, int, float, type(None))) else encode(v) for v in r.values()] for r in found]
width = max(map(len, rows))
conn = sqlcipher3.connect(db)
conn.execute("PRAGMA key = \\"x'" + "42" * 32 + "'\\"")
conn.execute("PRAGMA journal_mode = WAL")
conn.execute("PRAGMA synchronous = FULL")
conn.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, " + ", ".join(f"c{n}" for n in range(width)) + ")")
sql = "INSERT INTO t (" + ", ".join(f"c{n}" for n in range(width)) + ") VALUES (" + ", ".join("?" * width) + ")"
with conn:
    conn.executemany(sql, (r + [None] * (width - len(r)) for r in rows))
conn.close()
"""


class Format(NamedTuple):
    """A file of so many nights, made from a night of a sample."""

    name: str
    kind: str
    delimiter: str
    make: Callable[[int], bytes]


_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_DOTTED = re.compile(r"\b(\d\d)\. (\d\d)\. (20\d\d)\b")
_EPOCH = re.compile(r"\b(1[67]\d{11})\b")
_WORDS = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]{2} \d{1,2}, 20\d\d\b")
_ID = re.compile(r"\b(3\d{10}|[0-9a-f]{8}(?=-)|m-\d+)\b")


def moved(text: str, days: int, n: int) -> str:
    """The night's text, so many days later, with ids of its own."""

    def iso(m: re.Match[str]) -> str:
        return (date(int(m[1]), int(m[2]), int(m[3])) + timedelta(days=days)).isoformat()

    def words(m: re.Match[str]) -> str:
        day = datetime.strptime(m[0].split(", ", 1)[1] + " +0000", "%b %d, %Y %z") + timedelta(days=days)
        return f"{day:%A, %b} {day.day}, {day:%Y}"

    text = _ISO.sub(iso, text)
    text = _DOTTED.sub(lambda m: f"{date(int(m[3]), int(m[2]), int(m[1])) + timedelta(days=days):%d. %m. %Y}", text)
    text = _WORDS.sub(words, text)
    text = _ID.sub(
        lambda m: (
            f"m-{n}"
            if m[0].startswith("m-")
            else f"{int(m[0], 16) + n:08x}"
            if "-" not in m[0] and len(m[0]) == 8
            else str(int(m[0]) + n)
        ),
        text,
    )
    return _EPOCH.sub(lambda m: str(int(m[0]) + days * 86_400_000), text)


def repeated(head: str, night: str, join: str = "", tail: str = "") -> Callable[[int], bytes]:
    """The night over and over, from 2006 on."""
    found = _ISO.search(night)
    dotted = _DOTTED.search(night)
    if found:
        base = date(int(found[1]), int(found[2]), int(found[3]))
    else:
        assert dotted is not None
        base = date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
    away = (FIRST - base).days

    def make(nights: int) -> bytes:
        return (head + join.join(moved(night, away + n, n) for n in range(nights)) + tail).encode()

    return make


def lines(path: str, header: int = 1, row: int = 0, rows: int = 1) -> Callable[[int], bytes]:
    """From a table: `header` lines, then row `row` (from 0) and the `rows` - 1 behind it for each night."""
    text = (DATA / path).read_text(encoding="utf-8-sig").replace("\r\n", "\n").splitlines(keepends=True)
    return repeated("".join(text[:header]), "".join(text[header + row : header + row + rows]))


def records(path: str, under: str = "") -> Callable[[int], bytes]:
    """From JSON: the first record of the list, or of the list under a key, for each night."""
    found = json.loads((DATA / path).read_bytes())
    one = json.dumps((found[under] if under else found)[0], indent=None)
    return repeated(f'{{"{under}": [' if under else "[", one, ",", "]}" if under else "]")


def android() -> Callable[[int], bytes]:
    """Each record has a header of its own."""
    text = (DATA / "sleep_as_android/sleep-export.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return repeated("", "".join(text[:3]))


def formats() -> list[Format]:
    """Those whose sample is here."""
    made: list[tuple[str, str, str, Callable[[], Callable[[int], bytes]]]] = [
        ("whoop", "csv", ",", lambda: lines("whoop/sleeps.csv")),
        ("whoop cycles", "csv", ",", lambda: lines("whoop/physiological_cycles.csv")),
        ("whoop API", "json", "", lambda: records("whoop/api_v2_sleep.json", "records")),
        ("oura trends", "csv", ",", lambda: lines("oura/trends_2026.csv")),
        ("oura sleepmodel", "csv", ";", lambda: lines("oura/sleepmodel.csv")),
        ("oura API", "json", "", lambda: records("oura/api_v2_sleep.json", "data")),
        ("withings", "csv", ",", lambda: lines("withings/sleep.csv")),
        ("fitbit", "json", "", lambda: records("fitbit/sleep-2026-03-12.json")),
        ("sleep_as_android", "csv", ",", android),
        ("sleep_cycle", "csv", ";", lambda: lines("sleep_cycle/sleepdata.csv")),
        ("garmin", "json", "", lambda: records("garmin/2026-01-05_2026-04-15_12345678_sleepData.json")),
        ("samsung", "csv", ",", lambda: lines("samsung/sleep.csv", header=2)),
        ("autosleep", "csv", ",", lambda: lines("autosleep/autosleep.csv")),
        ("zepp", "csv", ",", lambda: lines("zepp/SLEEP_1773400000000.csv")),
    ]
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    return [Format(n, k, d, make()) for n, k, d, make in made if not wanted or n in wanted]


class Cost(NamedTuple):
    """Seconds of CPU, children included, and of the clock."""

    cpu: float
    wall: float


def cost(command: list[str], **env: str) -> Cost:
    """Of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = perf_counter()
    done = subprocess.run(command, env={**os.environ, **env}, cwd=ROOT, capture_output=True, text=True, check=False)
    wall = perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr[-500:] + done.stdout[-500:]
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def bare(f: Format, path: Path, folder: Path) -> Cost:
    target = folder / "bare.db"
    for p in folder.glob("bare.db*"):
        p.unlink()
    return cost([sys.executable, "-c", BARE, str(path), f.kind, f.delimiter, str(target)])


def ours(path: Path, folder: Path, key: Cost) -> Cost:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(empty_journal(folder), home)
    command = [
        sys.executable,
        "-m",
        "dreamjournal",
        "import",
        str(path),
        "--zone",
        "Europe/London",
        "--journal",
        str(home / "journal.db"),
    ]
    taken = cost(command, DREAMJOURNAL_PASSPHRASE=PASSPHRASE, PYTHONPATH=str(ROOT))
    return Cost(taken.cpu - key.cpu, taken.wall - key.wall)


@cache
def empty_journal(folder: Path) -> Path:
    from dreamjournal.common.clock import FixedClock
    from dreamjournal.services import journals

    home = folder / "empty"
    home.mkdir()
    journals.create(
        home / "journal.db", passphrase=PASSPHRASE, clock=FixedClock(datetime(2026, 7, 1, tzinfo=UTC), "Europe/London")
    ).close()
    return home


def key_cost(folder: Path) -> Cost:
    """What the passphrase costs beside the key."""
    from dreamjournal.services import journals

    path = empty_journal(folder) / "journal.db"
    journal = journals.open_existing(path, passphrase=PASSPHRASE)
    key = journal.key
    journal.close()
    found: list[Cost] = []
    for _ in range(ROUNDS):
        cpu, wall = process_time(), perf_counter()
        journals.open_existing(path, passphrase=PASSPHRASE).close()
        words = process_time() - cpu, perf_counter() - wall
        cpu, wall = process_time(), perf_counter()
        journals.open_existing(path, key=key).close()
        found.append(Cost(words[0] - (process_time() - cpu), words[1] - (perf_counter() - wall)))
    return middle(found)


def middle(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(c.cpu for c in costs), statistics.median(c.wall for c in costs))


def measure(f: Format, folder: Path, key: Cost) -> None:
    """Print one format's line."""
    path = folder / f"{f.name.replace(' ', '_')}.{f.kind}"
    path.write_bytes(f.make(NIGHTS))
    theirs: list[Cost] = []
    mine: list[Cost] = []
    for _ in range(ROUNDS):
        theirs.append(bare(f, path, folder))
        mine.append(ours(path, folder, key))
    size = path.stat().st_size
    path.write_bytes(f.make(1))
    start = ours(path, folder, key)
    path.write_bytes(f.make(2 * NIGHTS))
    double = ours(path, folder, key)
    a, b = middle(mine), middle(theirs)
    grows = (double.cpu - start.cpu) / max(0.001, a.cpu - start.cpu)
    print(
        f"{f.name:17} {size / 1e6:5.1f} MB  CPU {a.cpu / b.cpu:5.2f} x  wall {a.wall / b.wall:5.2f} x  "
        f"({a.cpu:.2f} s and {a.wall:.2f} s against {b.cpu:.2f} s and {b.wall:.2f} s; one night {start.cpu:.2f} s; 20 years {grows:.2f} x of 10)",
        flush=True,
    )


def profile(f: Format, folder: Path) -> None:
    """Print where the reader and the writer spend their time, each in this process."""
    import cProfile
    import pstats

    from dreamjournal.common.clock import FixedClock
    from dreamjournal.services import import_child, import_messages, imports
    from dreamjournal.store.journal import memory_journal

    data = f.make(NIGHTS)
    path = folder / "x"
    path.write_bytes(data)
    clock = FixedClock(datetime(2026, 7, 1, tzinfo=UTC), "Europe/London")
    request = import_messages.Request("", "x", clock.now(), "Europe/London")
    import msgspec

    encode = msgspec.json.Encoder().encode
    import_child.the_plugins()
    reader = cProfile.Profile()
    begun = perf_counter()
    n = sum(len(encode(m)) for m in import_child._answers(request, data, lambda done: None))
    print(f"reader and its JSON: {perf_counter() - begun:.3f} s, {n / 1e6:.1f} MB")
    reader.enable()
    for m in import_child._answers(request, data, lambda done: None):
        encode(m)
    reader.disable()
    pstats.Stats(reader).sort_stats("tottime").print_stats(18)
    journal = memory_journal(clock=clock, key=bytes(32))
    begun = perf_counter()
    plan = imports.preview(journal, 1, [path], zone="Europe/London", clock=clock)
    print(f"preview: {perf_counter() - begun:.3f} s")
    writer = cProfile.Profile()
    begun = perf_counter()
    writer.enable()
    imports.commit(journal, plan, clock)
    writer.disable()
    print(f"commit, profiled: {perf_counter() - begun:.3f} s")
    pstats.Stats(writer).sort_stats("tottime").print_stats(25)
    journal.close()


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = key_cost(folder)
        if "--profile" in sys.argv:
            for f in formats():
                profile(f, folder)
            return
        print(
            f"key derivation, apart: {key.cpu:.2f} s CPU, {key.wall:.2f} s; wanted at most {WANTED} x the bare library"
        )
        for f in formats():
            measure(f, folder, key)


if __name__ == "__main__":
    main()
