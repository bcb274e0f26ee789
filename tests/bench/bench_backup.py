"""A backup of ten years, read through and compared, against a bare VACUUM INTO of the same journal.

Run: `python tests/bench/bench_backup.py`. Prints seconds and the ratio, in turn in one run, with and without a key. Ten years:
3,650 nights with two million stages, 5,000 dreams.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.progress import NoProgress
from dreamjournal.services import journals
from dreamjournal.store import backups, copying
from dreamjournal.store.connect import connect

NIGHTS, DREAMS, STAGES, ROUNDS, WANTED, LONGEST_S = 3650, 5000, 550, 5, 2.0, 5.0
CLOCK = FixedClock(datetime(2026, 7, 9, 6, tzinfo=UTC), "Europe/London")


def fill(path: Path, key: bytes | None) -> None:
    """Nights with stages, and dreams, put in as rows: only their amount matters here."""
    rng, first = random.Random(1), date(2016, 7, 1)
    nights = [(first + timedelta(days=n)).isoformat() for n in range(NIGHTS)]
    words = ["harbour", "tide", "brother", "key", "bread", "wall", "voice", "boat", "shadow", "train"]
    db = connect(path, key)
    with db.atomic():
        db.execute_many(
            "INSERT INTO sessions (person_id, night_date, source, source_id, kind, validity, start_ms, end_ms, stages)"
            " VALUES (1, ?, 'oura', ?, 'main', 'ok', ?, ?, ?)",
            (
                (d, f"s{n}", n * 86_400_000, n * 86_400_000 + 28_800_000, "".join(rng.choices("WLDR", k=STAGES)))
                for n, d in enumerate(nights)
            ),
        )
        db.execute_many(
            "INSERT INTO dreams (person_id, night_date, text, recall, written, changed, source) VALUES (1, ?, ?, 'report', 0, 0, 'own')",
            ((nights[n % NIGHTS], " ".join(rng.choices(words, k=rng.randint(40, 250)))) for n in range(DREAMS)),
        )
    db.conn.close()


def measure(encrypted: bool) -> tuple[float, float, int]:
    """Median seconds of a verified backup and of a bare VACUUM INTO, and the size of the journal."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.db")
        made = journals.create(path, passphrase="bench" if encrypted else None, clock=CLOCK)
        key = made.key
        made.close()
        fill(path, key)
        whole: list[float] = []
        bare: list[float] = []
        for n in range(ROUNDS):
            target = Path(folder, f"bare{n}.db")
            start = perf_counter()
            db = connect(path, key)
            db.conn.execute("VACUUM INTO ?", (str(target),)).fetchall()
            db.conn.close()
            copying.sync(target)
            bare.append(perf_counter() - start)
            start = perf_counter()
            backups.make(path, key, "asked", CLOCK.now(), NoProgress())
            whole.append(perf_counter() - start)
        return statistics.median(whole), statistics.median(bare), path.stat().st_size


def main() -> None:
    """Measure and print both."""
    for encrypted in (False, True):
        whole, bare, size = measure(encrypted)
        print(
            f"{'encrypted' if encrypted else 'plain':<9} {size / 1e6:5.1f} MB: backup {whole:.2f} s, VACUUM INTO {bare:.2f} s, "
            f"ratio {whole / bare:.2f} (wanted {WANTED}, {LONGEST_S} s)"
        )


if __name__ == "__main__":
    main()
