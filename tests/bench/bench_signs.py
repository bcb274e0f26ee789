"""Dream signs of 3,000 dreams against counting the words of the same dreams anew for each shuffle.

Run: `python tests/bench/bench_signs.py`. Prints the seconds and the ratio, taken in one run.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.dream_words import words_of
from dreamjournal.domain.sign import SHUFFLES, SignSpec
from dreamjournal.services import enhancers, signs
from dreamjournal.store.journal import create_journal

DREAMS, WORDS, VOCABULARY = 3_000, 150, 20_000
COUNTED = 20
"""Shuffles counted the plain way; the rest is reckoned from them."""


def measure() -> dict[str, float]:
    """Seconds of the answer, of all shuffles counted the plain way, and their ratio."""
    rng = random.Random(3)
    letters = "abcdefghijklmnop"
    vocabulary = ["w" + "".join(rng.choice(letters) for _ in range(rng.randint(2, 7))) for _ in range(VOCABULARY)]
    weights = [1 / (i + 3) for i in range(VOCABULARY)]
    clock = FixedClock(datetime(2026, 5, 5, 8, tzinfo=UTC), "Europe/London")
    texts: list[str] = []
    labels: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        journal = create_journal(Path(folder, "journal.db"), passphrase=None, clock=clock)
        with journal.atomic():
            for n in range(DREAMS):
                day = date(2017, 1, 1) + timedelta(days=n)
                texts.append(" ".join(rng.choices(vocabulary, weights, k=WORDS)) + ".")
                labels.append(rng.random() < 0.5)
                journal.dreams.put(1, DreamDraft(day, texts[-1]), clock.now())
                kind = "enhanced" if labels[-1] else "natural"
                enhancers.log(journal, 1, day, kind, ["SleepSync"] if labels[-1] else [], "", clock)
        began = perf_counter()
        found = signs.find(journal, 1, SignSpec(), clock)
        ours = perf_counter() - began
        journal.close()
    assert found.enhanced + found.natural == DREAMS
    began = perf_counter()
    held = [words_of(text) for text in texts]
    for _ in range(COUNTED):
        rng.shuffle(labels)
        enhanced: Counter[str] = Counter()
        for words, label in zip(held, labels, strict=True):
            if label:
                enhanced.update(words)
    plain = (perf_counter() - began) / COUNTED * SHUFFLES
    return {"signs_s": ours, "plain_s": plain, "ratio": ours / plain, "tried": found.tried}


if __name__ == "__main__":
    found = measure()
    print(
        f"signs {found['signs_s']:.2f} s of {found['tried']} words, counted the plain way {found['plain_s']:.1f} s, ratio {found['ratio']:.3f}"
    )
