"""Ten years of nights: 30 measures and 48 ways of counting against scipy.stats.permutation_test, and the window meanwhile.

Run: python tests/bench/bench_contrast.py. Prints ratios taken in one run, import included on both sides, each in a process of
its own. scipy gets its fastest fair form: the vectorised difference of means, all 78 columns in one call over one set of
labels; its relabelings ignore blocks and weekends, and it gives no interval. Ours are whole answers: blocks, weekends, interval,
REML, effect sizes and sentence, each rule with its own nights and labels.

The window is a real one, without a screen, on a journal of ten years on disk. A timer beats every 5 ms in its thread while the
worker counts otherwise; the longest silence is how long it was blocked. Where other processes want the machine too, a silence
is also time in which this one was not let on: `worked` is how much of the longest one it had itself.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

NIGHTS, METRICS, RULES, RELABELINGS = 3_652, 30, 48, 4_999
ROUNDS = 3
RATIO, MEMORY_MB, BLOCKED_MS = 1 / 3, 300, 50
FIRST = date(2016, 1, 1)


def peak_mb() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---- ours: 30 measures of the same nights, and 48 rules


def drawn(draw: random.Random) -> list[tuple[date, bool, str]]:
    """Ten years of nights, half of each block of four enhanced."""
    nights: list[tuple[date, bool, str]] = []
    for block in range(NIGHTS // 4):
        labels = [True, True, False, False]
        draw.shuffle(labels)
        nights += [
            (FIRST + timedelta(days=block * 4 + i), label, str(block)) for i, label in enumerate(labels)
        ]  # fmt: skip
    return nights


def ours() -> dict[str, float]:
    """Seconds, import included, for the answers to 30 + 48 questions; making the nights is not counted."""
    draw = random.Random(1)
    begun = time.perf_counter()
    from dreamjournal.analysis import answer as answers
    from dreamjournal.analysis import multiverse
    from dreamjournal.domain.contrast import NightPoint
    from dreamjournal.domain.multiverse import Rule
    from dreamjournal.metrics.tst import PLUGIN as TST

    took = time.perf_counter() - begun
    plan = drawn(draw)

    def night(day: date, enhanced: bool, block: str | None, value: float) -> NightPoint:
        weekend = day.weekday() in (4, 5)
        return NightPoint(
            day, "enhanced" if enhanced else "natural", value + 20 * enhanced + 30 * weekend, weekend, block
        )

    def asked(source: str, points: list[NightPoint], design: Any) -> answers.Question:
        return answers.Question(TST, source, "SleepSync", design, tuple(points), planned=NIGHTS, swd=20.0)

    measures = [
        asked("whoop", [night(d, e, b, draw.gauss(420, 45)) for d, e, b in plan], "R") for _ in range(METRICS)
    ]  # fmt: skip
    rules: list[tuple[Rule, answers.Question]] = []
    for source in ("whoop", "oura"):
        base = {d: draw.gauss(420, 45) for d, _, _ in plan}
        used = {d: e if draw.random() > 0.04 else not e for d, e, _ in plan}
        for boundary in (12, 18):
            # A few nights have another main sleep, or none, when the night begins at another hour.
            there = {
                d: v + 60 * (draw.random() < 0.02) for d, v in base.items() if boundary == 12 or draw.random() > 0.02
            }
            naps = {d: v + draw.choice((0, 0, 0, 40)) for d, v in there.items()}
            for washout in (0, 1, 2):
                for labels in ("planned", "used"):
                    label = {d: e if labels == "planned" else used[d] for d, e, _ in plan}
                    kept = [
                        (d, b) for d, _, b in plan
                        if d in there and (label[d] or not any(label.get(d - timedelta(days=k)) for k in range(1, washout + 1)))
                    ]  # fmt: skip
                    for with_naps in (False, True):
                        values = naps if with_naps else there
                        points = [night(d, label[d], b if labels == "planned" else None, values[d]) for d, b in kept]
                        question = asked(source, points, "R" if labels == "planned" else "S")
                        rules.append((Rule(source, with_naps, washout, boundary, labels), question))  # pyright: ignore[reportArgumentType]
    assert len(measures) == METRICS and len(rules) == RULES
    begun = time.perf_counter()
    told = answers.answers(measures)
    found = multiverse.counted(rules, rules[0][0])
    whole = multiverse.multiverse(TST, found, rules[0][0], 20.0, (), ())
    took += time.perf_counter() - begun
    assert all(r.estimate.interval is not None for r in told) and len(whole.ways) == RULES
    return {"seconds": took, "peak_mb": peak_mb()}


def theirs() -> dict[str, float]:
    """Seconds, import included, for scipy's permutation test of as many columns and relabelings."""
    begun = time.perf_counter()
    import numpy as np
    import scipy.stats

    took = time.perf_counter() - begun
    rng = np.random.default_rng(1)
    label = np.array([enhanced for _, enhanced, _ in drawn(random.Random(1))])
    y = 420 + rng.normal(0, 45, (NIGHTS, METRICS + RULES)) + 20 * label[:, None]
    begun = time.perf_counter()
    found = scipy.stats.permutation_test(
        (y[label].T, y[~label].T), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
        n_resamples=RELABELINGS, vectorized=True, batch=64, axis=-1, rng=np.random.default_rng(1),
    )  # fmt: skip
    took += time.perf_counter() - begun
    assert len(found.pvalue) == METRICS + RULES
    return {"seconds": took, "peak_mb": peak_mb()}


# ---- the window meanwhile


def make_journal(path: Path) -> None:
    """Ten years from a wrist device, a session log, a ring and a diary with naps, drawn by a study."""
    from dreamjournal.common.clock import FixedClock
    from dreamjournal.domain.instant import from_local, in_zone
    from dreamjournal.domain.session import SessionKind, SessionMeasures
    from dreamjournal.domain.study import Study, digest_of
    from dreamjournal.services import imports, journals, nights, synthetic

    series = synthetic.make(synthetic.Truth(nights=NIGHTS), first_night=FIRST)
    clock = FixedClock(datetime(2026, 1, 2, 8, tzinfo=UTC), series.zone)
    journal = journals.create(path, passphrase=None, clock=clock)
    person = journal.persons.all()[0].id
    draw = random.Random(3)
    with journal.atomic():
        for night in series.nights:
            if night.recorded:
                naps = draw.choice((0, 0, 1))
                diary = replace(synthetic.diary_of(night, person), naps=naps, nap_min=20.0 * naps)
                journal.diaries.put(diary)
                journal.mornings.set_recall(person, night.night_date, night.recall, night.final_wake.utc)
        fixed = series.nights[0].into_bed.utc - timedelta(days=14)
        study = Study(
            0, person, "SleepSync", "tst", "whoop", 20.0, FIRST, series.schedule, synthetic.BLOCK, 7, fixed,
            fixed_nights=NIGHTS,
        )  # fmt: skip
        journal.studies.put(replace(study, digest=digest_of(study)))
    log, wrist = path.with_name("sleepsync-export.json"), path.with_name("sleeps.csv")
    log.write_text(json.dumps(synthetic.sleepsync_export(series)))
    wrist.write_text(synthetic.whoop_sleeps_csv(series))
    receipts, _ = imports.run(journal, person, [log, wrist], zone=series.zone, clock=clock)
    assert not any(r.error for r in receipts)
    enhancer = journal.enhancers.by_name(person, "SleepSync")
    assert enhancer is not None
    journal.enhancers.set_only(person, enhancer.id, FIRST, None)
    with journal.atomic():
        for i, night in enumerate(nights.nights(journal, person, None, None, clock, stages=False)):
            for s in night.sessions:
                if s.source != "whoop" or s.measures.tst_min is None:
                    continue
                ring = SessionMeasures(tib_min=s.measures.tib_min, tst_min=s.measures.tst_min + draw.gauss(-10, 25))
                start = replace(s.start, utc=s.start.utc + timedelta(minutes=7))
                journal.sessions.put(replace(
                    s, id=0, source="oura", source_id=f"ring-{i}", start=start, measures=ring, import_id=None, copy_of=None,
                    stages=(),
                ))  # fmt: skip
                if draw.random() < 0.3:
                    at = datetime.combine(night.night_date, datetime.min.time()) + timedelta(hours=draw.randint(13, 17))
                    begin, minutes = from_local(at, series.zone), draw.randint(15, 90)
                    asleep = SessionMeasures(tib_min=float(minutes), tst_min=minutes - 5.0)
                    for source in ("whoop", "oura"):
                        journal.sessions.put(replace(
                            s, id=0, source=source, source_id=f"nap-{i}", kind=SessionKind.NAP, start=begin,
                            end=in_zone(begin.utc + timedelta(minutes=minutes), series.zone), measures=asleep, import_id=None,
                            copy_of=None, stages=(),
                        ))  # fmt: skip
    journal.close()


def now() -> tuple[float, float]:
    """The clock, and the processor time this process has had, in s."""
    return time.perf_counter(), time.process_time()


def window(path: Path) -> dict[str, float]:
    """The longest silence of a timer in the window's thread while the worker works, in ms, and how long the work took."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from dreamjournal.common.clock import FixedClock
    from dreamjournal.common.progress import Progress
    from dreamjournal.domain.contrast import ContrastSpec
    from dreamjournal.runtime.collecting import Collector
    from dreamjournal.runtime.tasks import Tasks
    from dreamjournal.services import contrasts, journals, multiverse, over_time
    from dreamjournal.ui.theme import install

    app = QApplication([])
    Collector(app).start()
    install(app, "light")
    journal = journals.open_existing(path)
    person = journal.persons.all()[0].id
    clock = FixedClock(datetime(2026, 1, 2, 8, tzinfo=UTC), "Europe/London")
    tasks = Tasks()
    measured: dict[str, float] = {}

    def answer(progress: Progress) -> Any:
        own = journals.reopen(journal)
        try:
            return contrasts.contrast(own, person, ContrastSpec(), clock)
        finally:
            own.close()

    def otherwise(result: Any) -> Callable[[Progress], Any]:
        def work(progress: Progress) -> Any:
            own = journals.reopen(journal)
            try:
                return multiverse.for_question(own, person, ContrastSpec(), result, clock, progress)
            finally:
                own.close()

        return work

    def change(result: Any) -> Callable[[Progress], Any]:
        def work(progress: Progress) -> Any:
            own = journals.reopen(journal)
            try:
                return over_time.for_question(own, person, ContrastSpec(), result, clock, progress)
            finally:
                own.close()

        return work

    def beat_while(name: str, work: Callable[[Progress], Any]) -> Any:
        loop, beats, found = QEventLoop(), [now()], []
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(5)
        timer.timeout.connect(lambda: beats.append(now()))
        timer.start()

        def done(value: Any) -> None:
            beats.append(now())
            found.append(value)
            loop.quit()

        tasks.start(work, on_done=done)
        loop.exec()
        timer.stop()
        gaps = [(1000 * (b[0] - a[0]), 1000 * min(b[0] - a[0], b[1] - a[1])) for a, b in pairwise(beats)]
        measured[f"{name}_s"] = beats[-1][0] - beats[0][0]
        measured[f"{name}_cpu_s"] = beats[-1][1] - beats[0][1]
        measured[f"{name}_blocked_ms"] = max(gap for gap, _ in gaps)
        measured[f"{name}_worked_ms"] = max(worked for _, worked in gaps)
        measured[f"{name}_over_50"] = sum(gap > BLOCKED_MS for gap, _ in gaps)
        return found[0]

    # What the machine itself does to the timer: a worker that only sleeps.
    beat_while("sleep", lambda progress: threading.Event().wait(4))
    result = beat_while("answer", answer)
    whole = beat_while("otherwise", otherwise(result))
    beat_while("over_time", change(result))
    measured["rules"] = whole.considered
    measured["ways"] = len(whole.ways)
    measured["peak_mb"] = peak_mb()
    tasks.shutdown()
    journal.close()
    return measured


# ---- both


def apart(*arguments: str) -> dict[str, float]:
    """The numbers of one part, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments], cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def measure() -> dict[str, float]:
    """All numbers: medians of times taken in turn, so that a busy machine slows both sides alike."""
    rounds = [(apart("ours"), apart("theirs")) for _ in range(ROUNDS)]
    mine, other = ([r[side]["seconds"] for r in rounds] for side in (0, 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.db")
        apart("journal", str(path))
        at_work = apart("window", str(path))
    return {
        "ours_s": statistics.median(mine), "scipy_s": statistics.median(other),
        "ratio": statistics.median(a / b for a, b in zip(mine, other, strict=True)),
        "ours_mb": max(r[0]["peak_mb"] for r in rounds), "scipy_mb": max(r[1]["peak_mb"] for r in rounds),
        **at_work,
    }  # fmt: skip


def report(t: dict[str, float]) -> None:
    """Print what was measured."""
    print(f"{NIGHTS} nights, {METRICS} measures, {RULES} rules, {RELABELINGS:,} relabelings, imports included")
    print(
        f"ours {t['ours_s']:.2f} s, scipy.stats.permutation_test {t['scipy_s']:.2f} s: {t['ratio']:.3f} of it (≤ {RATIO:.3f})"
    )
    print(f"most memory: ours {t['ours_mb']:.0f} MB, scipy {t['scipy_mb']:.0f} MB (≤ {MEMORY_MB} MB)")
    for name in ("sleep", "answer", "otherwise", "over_time"):
        print(
            f"window, {name}: {t[f'{name}_s']:.2f} s ({t[f'{name}_cpu_s']:.2f} s of processor), blocked for at most"
            f" {t[f'{name}_blocked_ms']:.0f} ms, {t[f'{name}_worked_ms']:.0f} ms of it at work"
            f" (≤ {BLOCKED_MS} ms; {t[f'{name}_over_50']:.0f} silences longer)"
        )
    print(
        f"  {t['rules']:.0f} ways looked at, {t['ways']:.0f} shown; the whole window holds at most {t['peak_mb']:.0f} MB"
    )


def test_contrast() -> None:
    t = measure()
    report(t)
    assert t["ratio"] <= RATIO and t["ours_mb"] <= MEMORY_MB and t["otherwise_worked_ms"] <= BLOCKED_MS


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    if part == "journal":
        make_journal(Path(sys.argv[2]))
        print("{}")
    elif part:
        print(json.dumps(ours() if part == "ours" else theirs() if part == "theirs" else window(Path(sys.argv[2]))))
    else:
        report(measure())
