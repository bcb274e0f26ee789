"""A difference over time from the nights of a person: drawn and chosen nights, gates, stretches, stopping."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import Cancelled
from dreamjournal.common.progress import CallProgress, NoProgress
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.exposure import Enhancer, EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local, in_zone
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.over_time import OverTime, to_json
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.domain.study import Study
from dreamjournal.services import contrasts, over_time

FIRST = date(2026, 1, 5)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
CLOCK = FixedClock(NOW, "Europe/London")
DEVICE = Enhancer(1, 1, "SleepSync", EnhancerKind.SUPPLEMENT, NOW)
SCHEDULE = "ENNENEENNEENENNE" * 7


def nights(schedule: str = SCHEDULE, *, fades: float = 0.8, seed: int = 2) -> list[Night]:
    """The enhancer adds 60 minutes at first, `fades` less each time it is used."""
    draw, used, out = random.Random(seed), 0, []
    for i, mark in enumerate(schedule):
        day, on = FIRST + timedelta(days=i), mark == "E"
        minutes = 400 + draw.gauss(0, 12) + on * (60 - fades * used)
        used += on
        start = from_local(datetime(day.year, day.month, day.day, 23), "UTC")
        measures = SessionMeasures(tib_min=480, tst_min=minutes)
        end = in_zone(start.utc + timedelta(hours=8), "UTC")
        slept = Session(i, 1, day, "whoop", str(i), SessionKind.MAIN, Validity.OK, start, end, measures)
        exposures = (Exposure(i, 1, day, "SleepSync", EnhancerKind.SUPPLEMENT, "diary"),) if on else ()
        condition = Condition.ENHANCED if on else Condition.NATURAL
        out.append(Night(1, day, condition, exposures=exposures, sessions=(slept,), recall=Recall.REPORT))
    return out


STUDY = Study(1, 1, "SleepSync", "tst", "whoop", 20, FIRST, SCHEDULE, 4, 7, datetime(2026, 1, 1, tzinfo=UTC))


def ask(found: list[Night], *, study: Study | None = STUDY, progress: Any = None, **spec: Any) -> OverTime:
    studies = () if study is None else (study,)
    asked = ContrastSpec(**{"source": "whoop", **spec})
    result = contrasts.compare(found, (DEVICE,), studies, asked, CLOCK)
    return over_time.over_time(found, (DEVICE,), studies, asked, result, CLOCK, progress or NoProgress())


@pytest.mark.parametrize("study", [STUDY, None])
def test_a_device_that_wears_off_is_found_and_told_in_its_design(study: Study | None) -> None:
    found = ask(nights(), study=study)
    assert found.change is not None and found.change.interval[0] < -8 < found.change.interval[1] < 0
    assert "the difference shrank by " in found.sentence and "it seems to be getting smaller" in found.sentence
    assert found.design == ("R" if study else "S") and found.exposures == 56
    assert ("Weekends and drift are allowed for." if study else "Nights were not randomised") in found.sentence
    assert found.notes[0].startswith("By the calendar, ") and "1 in 20" in found.notes[1]


def test_a_steady_difference_does_not_change_enough_to_matter() -> None:
    found = ask(nights(fades=0), swd=30)
    assert "no change that matters, at most " in found.sentence


def test_the_stretches_hold_every_night_once_and_follow_the_change() -> None:
    found = ask(nights())
    assert len(found.stretches) == 4
    assert sum(s.n_enhanced for s in found.stretches) == found.n_enhanced == 56
    assert sum(s.n_natural for s in found.stretches) == found.n_natural == 56
    values = [s.value or 0 for s in found.stretches]
    assert values == sorted(values, reverse=True) and all(s.interval for s in found.stretches)
    assert found.stretches[0].exposures[0] == 1 and found.stretches[-1].exposures[1] == 56
    assert all(a.last < b.first for a, b in zip(found.stretches, found.stretches[1:], strict=False))


def test_gates() -> None:
    few = ask(nights("ENEN"), study=None)
    assert few.change is None and few.sentence.startswith("2 enhanced and 2 natural nights so far. Too few")
    early = ask(nights("ENNENEENNEENENNE" + "EN"), study=None)
    assert "early, not enough to tell" in early.sentence and early.change is not None
    refused = ask(nights("E" * 20), study=None)
    assert refused.sentence.startswith("These nights cannot be compared.") and not refused.stretches
    before = ask(nights("N" * 30 + "E" * 30), study=None)
    assert before.design == "P" and "Before and after lie apart in time" in before.sentence


def test_counts_and_shares_of_chosen_nights_are_not_given_a_slope() -> None:
    found = [replace(n, recall=Recall.REPORT if i % 3 else Recall.NOTHING) for i, n in enumerate(nights())]
    share = ask(found, study=None, metric="recall", source="diary")
    assert share.change is None and "only described" in share.sentence
    drawn = ask(found, study=replace(STUDY, metric="recall", source="diary"), metric="recall", source="diary")
    assert drawn.change is not None and "points" in drawn.sentence


def test_json_has_no_nan_and_every_stretch() -> None:
    for found in (ask(nights()), ask(nights("EN"), study=None)):
        out = json.loads(json.dumps(to_json(found), allow_nan=False))
        assert len(out["stretches"]) == len(found.stretches)
    assert to_json(ask(nights("EN"), study=None))["per_exposures"] is None


def test_behind_a_seal_no_change_is_looked_for() -> None:
    closed = [
        replace(n, study_sealed=True, sealed=True, condition=Condition.UNRECORDED, exposures=(), sessions=())
        for n in nights()
    ]
    found = ask(closed, study=replace(STUDY, sealed=True))
    assert found.sentence.startswith("This study is sealed") and found.change is None and not found.stretches


def test_it_can_be_stopped() -> None:
    def stop(done: int, total: int, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ask(nights(), progress=CallProgress(stop))


def test_a_journal_is_read_and_asked(journal: Any, clock: Any) -> None:
    person = journal.persons.all()[0].id
    result = contrasts.contrast(journal, person, ContrastSpec(), clock)
    found = over_time.for_question(journal, person, ContrastSpec(), result, clock, NoProgress())
    assert "Too few to look for a change" in found.sentence and not found.points


def test_the_reading_of_a_journal_can_be_stopped(journal: Any, clock: Any) -> None:
    from tests.unit.services.made import slept

    for n in range(30):
        slept(journal, FIRST + timedelta(days=n))
    person = journal.persons.all()[0].id
    result = contrasts.contrast(journal, person, ContrastSpec(), clock)
    seen: list[str] = []

    def stop(done: int, total: int, text: str) -> None:
        seen.append(text)
        if len(seen) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        over_time.for_question(journal, person, ContrastSpec(), result, clock, CallProgress(stop))
    assert set(seen) == {"Reading the nights"}
