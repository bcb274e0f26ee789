"""Nights written straight into a journal, as many and of whatever kind a test needs."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from dreamjournal.domain.diary import Diary
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.domain.study import Study

FIRST = date(2026, 5, 4)
ZONE = "Europe/London"
NAME = "melatonin 1 mg"
KINDS = {"E": Condition.ENHANCED, "N": Condition.NATURAL, "U": Condition.UNSURE}


@dataclass(frozen=True)
class Made:
    """One night: its kind (E, N, U or - for no answer), what the device recorded, and what the person answered."""

    night: date
    kind: str = "-"
    tst: float | None = None
    device: str = ""
    zone: str = ZONE
    alcohol: bool | None = None
    nap: bool | None = None
    ill: bool | None = None
    free: bool | None = None
    lights_out: time | None = None
    coffee_h: float | None = None
    """Coffee so many hours before lights out."""
    delay_h: float | None = None
    """A diary so many hours after rising."""


def row(kinds: str, first: date = FIRST, **each: Any) -> list[Made]:
    """Nights of the given kinds in a row, each with a value of its own around seven hours."""
    return [Made(first + timedelta(days=i), k, 420.0 + i * 37 % 23, **each) for i, k in enumerate(kinds)]


def write(
    journal: Any, person_id: int, nights: Iterable[Made], *, enhancer: str = NAME,
    kind: EnhancerKind = EnhancerKind.SUPPLEMENT,
) -> None:  # fmt: skip
    """Keep the nights in the journal; the enhancer is made where it is missing."""
    with journal.atomic():
        known = journal.enhancers.by_name(person_id, enhancer)
        if known is None:
            known = journal.enhancers.add(person_id, enhancer, kind, datetime(2026, 1, 1, tzinfo=UTC))
        for made in nights:
            _write(journal, person_id, made, known.id, enhancer, kind)


def _write(journal: Any, person_id: int, made: Made, enhancer_id: int, enhancer: str, kind: EnhancerKind) -> None:
    day = made.night
    bed = from_local(datetime.combine(day, made.lights_out or time(23)), made.zone)
    if bed.local.hour < 12:
        bed = from_local(datetime.combine(day + timedelta(days=1), made.lights_out or time(23)), made.zone)
    tib = 480.0 + day.toordinal() * 37 % 23
    woke = replace(bed, utc=bed.utc + timedelta(minutes=tib))
    if made.kind in KINDS:
        journal.evenings.set_answer(person_id, day, KINDS[made.kind], bed.utc)
    if made.kind == "E":
        journal.exposures.add(Exposure(0, person_id, day, enhancer, kind, "diary", enhancer_id=enhancer_id))
    if made.lights_out is not None:
        journal.evenings.set_lights_out(person_id, day, bed)
    if made.alcohol is not None:
        amount = 1.0 if made.alcohol else None
        journal.evenings.add_intake(
            person_id, day, IntakeKind.ALCOHOL, "", amount, "glass", None, not made.alcohol, bed.utc
        )
    if made.coffee_h is not None:
        at = replace(bed, utc=bed.utc - timedelta(hours=made.coffee_h))
        journal.evenings.add_intake(person_id, day, IntakeKind.CAFFEINE, "coffee", 1.0, "cup", at, False, at.utc)
    if made.tst is not None:
        measures = SessionMeasures(tib_min=tib, tst_min=made.tst)
        journal.sessions.put(
            Session(0, person_id, day, "whoop", f"made-{day}", SessionKind.MAIN, Validity.OK, bed, woke, measures, made.device)
        )  # fmt: skip
    if (made.nap, made.ill, made.free, made.delay_h) != (None, None, None, None):
        entered = woke.utc + timedelta(hours=made.delay_h or 0.2)
        journal.diaries.put(
            Diary(
                person_id, day, into_bed=bed, try_sleep=bed, out_of_bed=woke, final_wake=woke, free_next_day=made.free,
                naps=None if made.nap is None else int(made.nap), illness=made.ill, entered=entered,
            )
        )  # fmt: skip


def study(person_id: int, schedule: str, first: date = FIRST, blocks: Sequence[int] = (), **more: Any) -> Study:
    """A study fixed a week before its first night."""
    fixed = datetime.combine(first - timedelta(days=7), time(20), tzinfo=UTC)
    made = Study(0, person_id, NAME, "tst", "whoop", 20.0, first, schedule, 4, 1, fixed, blocks=tuple(blocks))
    return replace(made, **more)


def worked_example(folder: Path) -> tuple[list[Made], str, list[int]]:
    """The published nights of data set C: the nights, the schedule as drawn, and the block of each.

    They lie in a zone whose clocks do not change, since a night with a change does not count.
    """
    with (folder / "vectors/synthetic_nof1_tst.csv").open(newline="") as f:
        rows = list(csv.DictReader(f))
    by_day = {date.fromisoformat(r["night"]): r for r in rows}
    first, last = min(by_day), max(by_day)
    nights = [
        Made(
            d, "E" if r["enhanced"] == "1" else "N", float(r["tst_min"]) if r["tst_min"] else None, zone="Atlantic/Reykjavik",
            free=None if (d.weekday() in (4, 5)) == (r["weekend_eve"] == "1") else r["weekend_eve"] == "1",
        )
        for d, r in by_day.items()
    ]  # fmt: skip
    schedule = ""
    for i in range((last - first).days + 1):
        found = by_day.get(first + timedelta(days=i))
        if found is None:  # a missing night was of the kind its block of four still lacks
            later = [r["enhanced"] for r in rows if int(r["block"]) == i // 4 and int(r["day_index"]) > i]
            schedule += "E" if schedule[i // 4 * 4 :].count("E") + later.count("1") < 2 else "N"
        else:
            schedule += "E" if found["enhanced"] == "1" else "N"
    return nights, schedule, [i // 4 + 1 for i in range(len(schedule))]


def anything(seed: int, first: date = FIRST) -> list[Made]:
    """Nights of every kind by chance: a few or many, flat or wild, with gaps, travel, other devices, and answers or none."""
    rng = random.Random(seed)
    n = rng.choice((0, 1, 5, 9, 16, 30, 45))
    way, spread, effect = rng.choice("mmmbw"), rng.choice((0.0, 1.0, 40.0, 40.0)), rng.choice((0.0, 45.0, -300.0))
    lost, silent, devices = rng.choice((0.0, 0.2, 1.0)), rng.choice((0.0, 0.15)), rng.choice(("", "A", "AB"))
    nights: list[Made] = []
    for i in range(n):
        day = first + timedelta(days=i)
        kind = rng.choice("EN") if way == "m" else "NE"[i >= n // 2] if way == "b" else "NE"[day.weekday() in (4, 5)]
        tst = None if rng.random() < lost else max(0.0, 430 + rng.gauss(0, spread) + (effect if kind == "E" else 0.0))
        nights.append(
            Made(
                day, rng.choice("U-") if rng.random() < silent else kind, tst, rng.choice(devices) if devices else "",
                zone="Asia/Tokyo" if rng.random() < 0.02 else ZONE, alcohol=rng.choice((None, None, True, False)),
                nap=rng.choice((None, True, False)), ill=rng.random() < 0.05 or None, free=rng.choice((None, True, False)),
                lights_out=rng.choice((None, time(22, 40), time(0, 20))), coffee_h=rng.choice((None, 2.0, 11.0)),
                delay_h=rng.choice((None, 0.1, 40.0)),
            )
        )  # fmt: skip
    return nights
