"""Journals with something in every table, by chance but always the same for a seed."""

from __future__ import annotations

import hashlib
import io
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dreamjournal.domain.column_map import ColumnMap
from dreamjournal.domain.drafts import Travel
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.session import (
    Recorded,
    Session,
    SessionEvent,
    SessionKind,
    SessionMeasures,
    Stage,
    StageCode,
    Validity,
)
from dreamjournal.services import bin as journal_bin
from dreamjournal.services import dreams, settings
from tests import made_nights

WORDS = (
    "A stair that ends in the sea.", "# no heading\n\n* no list\r\n<b>bold</b> & \"quotes\" \\ back", "夢を見た。海の上の駅。", "חלום על ים",
    "👩‍🚀 afloat \u2028 and\u2029 far", "\ttabbed\x0b\x1b[31m red", "e\u0301 and é are two spellings", "", "=SUM(A1)", "--- \n```\nfence\n```",
)  # fmt: skip


def fill(journal: Any, person_id: int, seed: int, clock: Any) -> None:
    """Put nights of every kind into the journal, and then at least one row into every table of a person."""
    rng = random.Random(seed)
    now = clock.now()
    nights = made_nights.anything(seed, date(2026, 2, 1)) or made_nights.row("EN", date(2026, 2, 1))
    made_nights.write(journal, person_id, nights)
    day = nights[0].night
    with journal.atomic():
        _written(journal, person_id, rng, day, clock)
        _recorded(journal, person_id, rng, day, now)
        _kept_beside(journal, person_id, rng, day, now)


def _written(journal: Any, person: int, rng: random.Random, day: date, clock: Any) -> None:
    now = clock.now()
    saved = []
    for i in range(rng.randint(2, 6)):
        draft = DreamDraft(
            day + timedelta(days=rng.randint(0, 12)), rng.choice(WORDS) + f" {i}", rng.choice([Recall.REPORT, Recall.FRAGMENT]),
            rng.choice([None, 0, 4]), rng.choice([None, 2]), rng.choice([None, -2, 1]), rng.choice([None, True, False]),
            rng.choice([None, 3]), tuple(rng.sample(["sea", "夢", 'a "b"', "x,y"], rng.randint(0, 3))), woke=rng.choice([None, now]),
        )  # fmt: skip
        saved.append(dreams.save(journal, person, draft, clock).dream)
    journal.codings.put(person, saved[0].id, "A. B.", {"joy": rng.randint(0, 3)}, rng.choice([None, now]), now)
    journal_bin.discard_dream(journal, saved[-1].id, clock)
    journal.dreams.save_draft(f"new-{person}", person, day, rng.choice(WORDS), now)
    journal.mornings.set_recall(person, day + timedelta(days=20), rng.choice(list(Recall)), now)
    journal.evenings.set_intention(person, day, rng.choice(WORDS) + "!")
    step = journal.evenings.add_step(person, "Dim the lights")
    gone = journal.evenings.add_step(person, "Old step")
    for each in (step, gone):
        journal.evenings.tick(each.id, day, in_zone(now, "Asia/Tokyo"), now)
    journal.evenings.retire_step(gone.id)
    journal.evenings.add_intake(person, day, IntakeKind.MEDICINE, "zolpidem", 0.1 + 0.2, "mg", None, False, now)
    settings.set_value(journal, person, "bedtime_work", "23:15")


def _recorded(journal: Any, person: int, rng: random.Random, day: date, now: datetime) -> None:
    data = rng.randbytes(2000) + b"x" * rng.randint(0, 3_000_000)
    digest = hashlib.sha256(data).hexdigest()
    brought = journal.imports.start(
        person, name="export.csv", sha256=digest, format="whoop", source="whoop", parser_version=1, zone=None, zone_confidence="offset",
        now=now,
    )  # fmt: skip
    journal.originals.keep(
        brought, rng.choice(["export.CSV", "no ending", "odd.Ünd"]), digest, io.BytesIO(data), len(data), now
    )
    journal.imports.finish(brought, {"rows": {"read": 1}, "warnings": [rng.choice(WORDS)]})
    start = in_zone(datetime.combine(day + timedelta(days=25), time(22), UTC), "Europe/London")
    end = in_zone(start.utc + timedelta(hours=rng.uniform(5, 9)), "Europe/London")
    stages = (Stage(0, 600, StageCode.W), Stage(600, 7200, StageCode.LIGHT), Stage(7800, 1200, StageCode.REM))
    session = journal.sessions.put(
        Session(
            0, person, day + timedelta(days=25), "whoop", f"s{seed_of(rng)}", SessionKind.MAIN, Validity.OK, start, end,
            SessionMeasures(tib_min=480.0, tst_min=rng.uniform(0, 480), hr=rng.choice([None, 0.1 + 0.2, 1e-300, float("inf")])), "band", "1.0",
            stages, (SessionEvent("glitch", start, None, rng.choice(WORDS)),), import_id=brought, vendor_date=day,
            recorded=rng.choice([None, Recorded(start, end, SessionMeasures(tst_min=1 / 3), stages)]),
        )
    )  # fmt: skip
    journal.imports.inserted(brought, "sessions", session)
    tag = journal.tags.put(person, day, "whoop", rng.choice(["melatonin?", "夢"]), 1.0, start, brought)
    journal.tags.put_coverage(person, "sleepsync", "SleepSync", now - timedelta(days=3), now, brought)
    lamp = journal.enhancers.add(person, f"Lamp {person}", EnhancerKind.DEVICE, now)
    journal.enhancers.map(person, "whoop", "melatonin?", lamp.id)
    journal.enhancers.set_only(person, lamp.id, day, None)
    journal.exposures.add(
        Exposure(0, person, day, lamp.name, lamp.kind, "whoop", "2 lux", intensity=0.3, start=start, end=end, enhancer_id=lamp.id,
                 import_id=brought, tag_id=tag, written=now),
        source_id="e1",
    )  # fmt: skip
    journal.imports.changing(brought, "exposures", 1)


def seed_of(rng: random.Random) -> int:
    """A number for names that must differ."""
    return rng.getrandbits(40)


def _kept_beside(journal: Any, person: int, rng: random.Random, day: date, now: datetime) -> None:
    journal.reading.set_zone(person, "fitbit", "Asia/Tokyo")
    journal.reading.add_travel(person, Travel(day, day + timedelta(days=2), "America/New_York"))
    journal.reading.set_columns(person, "a key", ColumnMap((("Bed", "start"), ("Up", "end")), day_first=True))
    journal.reminders.record(person, "wind_down", day, "shown", "", now, now, now)
    journal.reviews.put(person, day, day, "Nn", 7, now)
    journal.reviews.ask(person, day, rng.choice(WORDS) + "?", "Nn", now)
    study = made_nights.study(
        person, "EENN" * 4, day, question=rng.choice(WORDS), seed=rng.getrandbits(63), sealed=rng.random() < 0.3
    )
    journal.studies.put(study)
    journal.screenings.put(person, f"Lamp {person}", {"epilepsy": False}, now)
    journal.balance.put_check_in(person, day, {"mood": "good"}, now)
    journal.balance.put_instruction(person, f"Lamp {person}", day, "Dr. X", rng.choice(WORDS), now)
    journal.balance.put_shown(person, "rest", now)
    handed = {"id": person, "person_id": person, "direction": "out", "digest": "ab", "scope": "{}", "made": 1}
    journal.dump.put("hand_overs", [handed])
