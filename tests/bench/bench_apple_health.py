"""Imports made-up Apple Health exports into an encrypted journal, whole process, against healthkit-to-sqlite and zipfile.

Run: `python tests/bench/bench_apple_health.py`, or `pytest tests/bench/bench_apple_health.py -s`. Needs
`../shared/bench/gen_apple_health.py`, and for the peer the path of healthkit-to-sqlite 1.0.1 in `HEALTHKIT_TO_SQLITE`
(in a venv of its own). `BENCH_FOLDER` keeps the exports between runs, `BENCH_GIGABYTE=0` leaves the 1 GB file out.

What is compared is the way to a finished file: the peer stores every record, we store sleep and the vitals inside it.
The key derivation is apart: it is what importing one record costs with a passphrase more than without, and is taken off.
The strict parser is made to read by a comment in the file, before which the fast path declines. Ratios are of one run,
taken in turn; a pair is run three times and its median is given.
"""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT.parent / "shared/bench/gen_apple_health.py"
PEER = os.environ.get("HEALTHKIT_TO_SQLITE", "")
ROUNDS = 3
GIGABYTE = os.environ.get("BENCH_GIGABYTE", "1") != "0"
ONE_RECORD = (
    '<HealthData><Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="W" startDate="2026-01-09 23:00:00 +0100"'
    ' endDate="2026-01-10 06:00:00 +0100" value="HKCategoryValueSleepAnalysisAsleepCore"/></HealthData>'
)


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU and of the clock, and MiB at the peak: of the largest process, and of all added up."""

    cpu: float
    wall: float
    largest: float
    together: float

    def less(self, other: float) -> Cost:
        """Without a part that is measured apart."""
        return Cost(self.cpu - other, self.wall - other, self.largest, self.together)


def run(command: list[str], **env: str) -> Cost:
    """Run to its end, and watch the memory of it and of its children."""
    peaks: dict[int, int] = {}
    tick = threading.Event()  # never set: a look every 10 ms
    started = time.perf_counter()
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | env
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, cwd=ROOT)
    while True:
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        for one in _family(child.pid):
            peaks[one] = max(peaks.get(one, 0), _peak(one))
        tick.wait(0.01)
    wall = time.perf_counter() - started
    assert child.stderr is not None
    said = child.stderr.read()
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, said[-500:]
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, sum(peaks.values()) / 1024)


def _family(pid: int) -> list[int]:
    try:
        own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(grandchild for child in own for grandchild in _family(int(child)))]


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def ours(export: Path, folder: Path, *, passphrase: str = "bench") -> Cost:
    """`dreamjournal import` of one file into a new journal."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        journal = Path(place, "journal.db")
        command = [sys.executable, "-m", "dreamjournal", "import", str(export), "--journal", str(journal), "--json"]
        return run(command, DREAMJOURNAL_PASSPHRASE=passphrase, XDG_DATA_HOME=place)


def theirs(export: Path, folder: Path) -> Cost:
    """`healthkit-to-sqlite` of one file into a new database."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return run([PEER, str(export), str(Path(place, "health.db")), "--silent"])


def inflate(export: Path) -> float:
    """Seconds to merely read the XML out of the zip."""
    started = time.perf_counter()
    with zipfile.ZipFile(export) as z:
        largest = max(z.infolist(), key=lambda i: i.file_size)
        with z.open(largest) as f:
            while f.read(1024 * 1024):
                pass
    return time.perf_counter() - started


def make(folder: Path, size: str, years: int) -> Path:
    """A made-up export, once."""
    out = folder / f"h{size}.zip"
    if not out.exists():
        command = [sys.executable, str(GENERATOR), str(out), "--years", str(years), "--size", size]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return out


def for_the_strict_parser(export: Path) -> Path:
    """The same export with a comment behind its root, which the fast path leaves to the strict parser."""
    out = export.with_name(f"{export.stem}-strict.zip")
    if out.exists():
        return out
    with zipfile.ZipFile(export) as z, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as copy:
        largest = max(z.infolist(), key=lambda i: i.file_size)
        with z.open(largest) as f, copy.open(largest.filename, "w", force_zip64=True) as g:
            head = f.read(1024 * 1024)
            at = head.index(b">", head.index(b"<HealthData ")) + 1
            g.write(head[:at] + b"<!-- -->" + head[at:])
            shutil.copyfileobj(f, g, 1024 * 1024)
    return out


def key_derivation(folder: Path) -> float:
    """Seconds that a passphrase costs, which no importer can change."""
    one = folder / "one.xml"
    one.write_text(ONE_RECORD)
    pairs = [(ours(one, folder).cpu, ours(one, folder, passphrase="").cpu) for _ in range(ROUNDS)]
    return max(0.0, statistics.median(a - b for a, b in pairs))


def measure(folder: Path) -> dict[str, float]:
    """Every ratio, by what it is of; a peer that is absent is left out."""
    compileall.compile_dir(ROOT / "dreamjournal", quiet=2)  # as installing does; the peer was installed
    small = make(folder, "100M", 1)
    strict = for_the_strict_parser(small)
    key = key_derivation(folder)
    found: dict[str, float] = {"key derivation, s": key}
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        fast, slow = ours(small, folder).less(key), ours(strict, folder).less(key)
        one = {
            "100 MB, fast, cpu s": fast.cpu, "100 MB, strict, cpu s": slow.cpu, "100 MB, cpu, fast / strict": fast.cpu / slow.cpu,
            "100 MB, fast, parent + child MiB": fast.together, "100 MB, strict, parent + child MiB": slow.together,
        }  # fmt: skip
        if PEER:
            peer = theirs(small, folder)
            one |= {
                "100 MB, healthkit-to-sqlite, cpu s": peer.cpu, "100 MB, cpu, peer / fast": peer.cpu / fast.cpu,
                "100 MB, cpu, peer / strict": peer.cpu / slow.cpu, "100 MB, wall, peer / fast": peer.wall / fast.wall,
            }  # fmt: skip
        rounds.append(one)
    found |= {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    if GIGABYTE:
        large = make(folder, "1000M", 7)
        merely = inflate(large)
        fast = ours(large, folder).less(key)
        slow = ours(for_the_strict_parser(large), folder).less(key)
        found |= {
            "1 GB, fast, cpu s": fast.cpu, "1 GB, strict, cpu s": slow.cpu,
            "1 GB, wall, fast / zipfile inflate": fast.wall / merely, "1 GB, wall, strict / zipfile inflate": slow.wall / merely,
            "1 GB / 100 MB, cpu, fast": fast.cpu / found["100 MB, fast, cpu s"],
            "1 GB / 100 MB, peak, fast": fast.together / found["100 MB, fast, parent + child MiB"],
            "1 GB, fast, parent + child MiB": fast.together, "1 GB, strict, parent + child MiB": slow.together,
        }  # fmt: skip
        if PEER:
            peer = theirs(large, folder)
            found |= {"1 GB, cpu, peer / fast": peer.cpu / fast.cpu, "1 GB, wall, peer / fast": peer.wall / fast.wall}
    return found


LIMITS = {
    "100 MB, cpu, peer / strict": (3, None), "100 MB, cpu, peer / fast": (6, None), "1 GB, cpu, peer / fast": (8, None),
    "1 GB, wall, fast / zipfile inflate": (None, 12), "1 GB, wall, strict / zipfile inflate": (None, 25),
    "1 GB / 100 MB, cpu, fast": (None, 11), "1 GB / 100 MB, peak, fast": (None, 1.2),
    "1 GB, fast, parent + child MiB": (None, 200), "1 GB, strict, parent + child MiB": (None, 200),
}  # fmt: skip
"""At least, at most."""


def tell(found: dict[str, float]) -> list[str]:
    """Print every figure with its limit; the names of those outside."""
    outside: list[str] = []
    for name, value in found.items():
        low, high = LIMITS.get(name, (None, None))
        limit = f"  (at least {low})" if low else f"  (at most {high})" if high else ""
        print(f"{name:<44} {value:8.2f}{limit}")
        if (low and value < low) or (high and value > high):
            outside.append(name)
    return outside


def _folder() -> tuple[Path, bool]:
    kept = os.environ.get("BENCH_FOLDER")
    return (Path(kept), True) if kept else (Path(tempfile.mkdtemp(prefix="bench-apple-health-")), False)


def test_apple_health() -> None:
    """Within its limits; the peer's are skipped with the peer."""
    if not GENERATOR.exists():
        pytest.skip("the generator (../shared/bench/gen_apple_health.py) is not beside this checkout")
    folder, kept = _folder()
    try:
        print()
        outside = tell(measure(folder))
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
    assert not outside
    if not PEER:
        pytest.skip("HEALTHKIT_TO_SQLITE does not name the peer; its ratios were left out")


if __name__ == "__main__":
    where, keep = _folder()
    tell(measure(where))
    if not keep:
        shutil.rmtree(where, ignore_errors=True)
