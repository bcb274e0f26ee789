"""Opening a journal with its passphrase against one Argon2id of the same cost and a bare open with the raw key.

Run: `python tests/bench/bench_open.py`. Prints the ratio, of medians taken in turn in one run.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import journals
from dreamjournal.store.connect import connect
from dreamjournal.store.encryption import ARGON
from dreamjournal.store.journal import create_journal

NIGHTS, ROUNDS = 3650, 21
CLOCK = FixedClock(datetime(2026, 7, 9, 6, tzinfo=UTC), "Europe/London")


def argon() -> None:
    """One Argon2id of the cost of a passphrase slot."""
    from argon2.low_level import Type, hash_secret_raw

    hash_secret_raw(
        b"bench", os.urandom(16), time_cost=ARGON.time, memory_cost=ARGON.memory_kib, parallelism=ARGON.lanes,
        hash_len=32, type=Type.ID,
    )  # fmt: skip


def bare(path: Path, key: bytes) -> None:
    """The connection alone, with the raw key, and one row read."""
    db = connect(path, key)
    db.row("SELECT kind FROM journal")
    db.conn.close()


def ours(path: Path) -> None:
    """What a person waits for."""
    journals.open_existing(path, passphrase="bench").close()


def measure() -> dict[str, float]:
    """Seconds of each, medians, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.db")
        journal = create_journal(path, passphrase="bench", code=bytes(16), clock=CLOCK)
        first = date(2016, 1, 1)
        with journal.atomic():
            for n in range(NIGHTS):
                journal.dreams.put(
                    1, DreamDraft(first + timedelta(days=n), "a long walk by the sea " * 40), CLOCK.now()
                )
        key = journal.key
        journal.close()
        assert key is not None
        works = {"ours": lambda: ours(path), "argon": argon, "bare": lambda: bare(path, key)}
        times: dict[str, list[float]] = {name: [] for name in works}
        for n in range(ROUNDS + 1):
            for name, work in works.items():
                begun = perf_counter()
                work()
                if n:  # the first loads the modules
                    times[name].append(perf_counter() - begun)
    found = {name: statistics.median(taken) for name, taken in times.items()}
    return {**found, "ratio": found["ours"] / (found["argon"] + found["bare"])}


def test_opening_costs_little_more_than_its_key() -> None:
    found = measure()
    print(words(found))
    assert found["ratio"] <= 1.2


def words(found: dict[str, float]) -> str:
    """The figures in a line."""
    return (
        f"open with passphrase {found['ours'] * 1000:.0f} ms; Argon2id {found['argon'] * 1000:.0f} ms + bare open "
        f"{found['bare'] * 1000:.1f} ms; ratio {found['ratio']:.2f}"
    )


if __name__ == "__main__":
    print(words(measure()))
