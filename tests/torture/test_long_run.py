"""Ten years of nights and dreams, encrypted, with restarts in between: opening, saving and backing up stay quick."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

import pytest

from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.services import backups, dreams, journals
from tests.fakes import FakeClock
from tests.samples import NOW, ZONE
from tests.torture import acts, killing, wellness
from tests.torture.counted import COUNTED, FULL, TOLD, size

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork a process"),
]
NIGHTS, DREAMS, RESTARTS = size(365, 3650), size(500, 5000), size(3, 30)
SAMPLES = 550
"""Stages of a night, an epoch each: two million in ten years. The journal keeps stages, not the raw samples of a device."""
SAVES = 40
"""Dreams written between two restarts."""
OPEN_S, SAVE_P99_S, BACKUP_S = 1.0, 0.05, 5.0
WORDS = [
    "the",
    "a",
    "house",
    "sea",
    "stair",
    "and",
    "then",
    "I",
    "was",
    "falling",
    "over",
    "water",
    "with",
    "my",
    "sister",
    "who",
    "said",
    "nothing",
    "at",
    "all",
]
LAST = date(2026, 10, 31)


def nights(first_id: int) -> Iterator[tuple[Session, str]]:
    """A session each night, with a stage for every epoch."""
    codes = (StageCode.LIGHT, StageCode.N3, StageCode.REM, StageCode.W)
    for n in range(NIGHTS):
        day = LAST - timedelta(days=n)
        start = in_zone(datetime(day.year, day.month, day.day, 22, tzinfo=UTC), ZONE)
        end = in_zone(start.utc + timedelta(seconds=52 * SAMPLES), ZONE)
        stages = tuple(Stage(52 * k, 52, codes[(n + k // 20) % 4]) for k in range(SAMPLES))
        measures = SessionMeasures(tib_min=476.7, tst_min=400.0 + n % 60, deep_min=80.0, rem_min=90.0)
        yield (
            Session(
                first_id + n, 1, day, "whoop", f"long {n}", SessionKind.MAIN, Validity.OK, start, end, measures, stages=stages
            ),
            f"{n}",
        )  # fmt: skip


def words(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(30, 250)))


def fill(path: Path, key: bytes) -> None:
    """Ten years, written without looking at the clock."""
    rng = random.Random(22)
    clock = FakeClock(NOW)
    journal = journals.open_existing(path, key=key)
    with journal.atomic():
        journal.sessions.put_all(nights(journal.sessions.next_id()))
        for n in range(DREAMS):
            night = LAST - timedelta(days=n * NIGHTS // DREAMS)
            journal.dreams.put(1, DreamDraft(night, words(rng), tags=("sea",)), clock.now())
    journal.close()


def evening(path: Path, key: bytes, seed: int) -> tuple[float, list[float], dict[str, str]]:
    """Open, write, and end without closing: (seconds to open, seconds of each save, what was acknowledged)."""
    rng = random.Random(seed)
    clock = FakeClock(NOW)
    texts = [words(rng) for _ in range(rng.randint(1, SAVES))]
    begun = perf_counter()
    journal = journals.open_existing(path, key=key)
    dreams.drafts(journal, 1)
    opened = perf_counter() - begun
    times: list[float] = []
    acknowledged: dict[str, str] = {}
    for text in texts:
        night = LAST - timedelta(days=rng.randint(0, NIGHTS - 1))
        begun = perf_counter()
        made = dreams.save(journal, 1, DreamDraft(night, text), clock).dream
        times.append(perf_counter() - begun)
        acknowledged[f"dream 1 {made.id}"] = wellness.digest(text, night)
    return opened, times, acknowledged


def backed_up(path: Path, key: bytes) -> tuple[float, int]:
    """Seconds of a backup with its verification, and its bytes."""
    journal = journals.open_existing(path, key=key)
    begun = perf_counter()
    made = backups.make(journal, "asked", FakeClock(NOW))
    took = perf_counter() - begun
    journal.close()
    return took, made.bytes


def test_ten_years_with_restarts_stay_quick_and_whole(tmp_path):
    world = acts.build(tmp_path / "journal", killing.KEY)
    fill(world.path, killing.KEY)
    promised: dict[str, str] = {}
    opened: list[float] = []
    saves: list[float] = []
    for n in range(RESTARTS):
        COUNTED["faults"] += 1
        took, times, acknowledged = killing.in_child(partial(evening, world.path, killing.KEY, n))
        opened.append(took)
        saves += times
        promised |= acknowledged
    took, size_of = killing.in_child(partial(backed_up, world.path, killing.KEY))
    journal = journals.open_existing(world.path, key=killing.KEY)
    said = wellness.structure(journal._db)
    there = wellness.items(journal)
    journal.close()
    lost = [name for name, what in promised.items() if there.get(name) != what]
    COUNTED["acknowledged"] += len(promised)
    COUNTED["lost"] += len(lost)
    assert not said
    assert not lost
    saves.sort()
    p99 = saves[min(len(saves) - 1, int(len(saves) * 0.99))]
    TOLD.append(
        f"long run: {NIGHTS} nights, {DREAMS + len(saves)} dreams, {NIGHTS * SAMPLES} stages, {size_of // 2**20} MiB, {RESTARTS} restarts: "
        f"open {max(opened) * 1000:.0f} ms at most, save p99 {p99 * 1000:.1f} ms, backup {took:.2f} s"
    )
    if FULL:
        assert max(opened) <= OPEN_S
        assert p99 <= SAVE_P99_S
        assert took <= BACKUP_S
