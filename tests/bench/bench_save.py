"""Saving a dream in an encrypted journal of 10,000 dreams against a bare insert and commit of the same row.

Run: `python tests/bench/bench_save.py`. Prints the ratio of the 99th percentiles, taken in turn in one run.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import dreams
from dreamjournal.store.connect import connect
from dreamjournal.store.journal import create_journal

NIGHTS, ROUNDS = 10_000, 400
_WORDS = [
    "harbour",
    "tide",
    "brother",
    "key",
    "bread",
    "wall",
    "voice",
    "boat",
    "shadow",
    "train",
    "stairs",
    "window",
    "rain",
]


def _text(rng: random.Random) -> str:
    return " ".join(rng.choices(_WORDS, k=rng.randint(40, 200)))


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def measure() -> dict[str, float]:
    """Seconds at the 99th percentile of both, and their ratio."""
    rng = random.Random(1)
    clock = FixedClock(datetime(2026, 7, 9, 6, tzinfo=UTC), "Europe/London")
    with tempfile.TemporaryDirectory() as folder:
        journal = create_journal(Path(folder, "journal.db"), passphrase="bench", clock=clock)
        first = date(1999, 1, 1)
        with journal.atomic():
            for n in range(NIGHTS):
                journal.dreams.put(1, DreamDraft(first + timedelta(days=n), _text(rng), tags=("sea",)), clock.now())
        bare = connect(Path(folder, "bare.db"), journal.key)
        schema: Any = journal._db.row("SELECT sql FROM sqlite_master WHERE name = 'dreams'")
        bare.execute(schema["sql"].replace(" REFERENCES persons(id)", ""))
        bare.execute("BEGIN")
        rows = journal._db.rows("SELECT * FROM dreams")
        for row in rows:
            bare.insert("dreams", row)
        bare.execute("COMMIT")
        ours: list[float] = []
        theirs: list[float] = []
        for n in range(ROUNDS):
            night = first + timedelta(days=rng.randrange(NIGHTS))
            text = _text(rng)
            start = perf_counter()
            saved = dreams.save(journal, 1, DreamDraft(night, text, tags=("sea",)), clock)
            ours.append(perf_counter() - start)
            row = {**rows[0], "id": NIGHTS + n + 1, "text": saved.dream.text}
            start = perf_counter()
            bare.execute("BEGIN IMMEDIATE")
            bare.insert("dreams", row)
            bare.execute("COMMIT")
            theirs.append(perf_counter() - start)
        bare.conn.close()
        journal.close()
    return {"ours_p99_s": _p99(ours), "bare_p99_s": _p99(theirs), "ratio": _p99(ours) / _p99(theirs)}


if __name__ == "__main__":
    found = measure()
    print(
        f"save p99 {found['ours_p99_s'] * 1000:.2f} ms, bare p99 {found['bare_p99_s'] * 1000:.2f} ms, ratio {found['ratio']:.2f}"
    )
