"""A study: which night it is over, what it hides, what its digest covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.domain.study import Study, commitment, digest_of, looks_of, planned_arms

FIRST = date(2026, 7, 9)
FIXED = datetime(2026, 7, 9, 20, tzinfo=UTC)
STUDY = Study(
    1, 1, "SleepSync", "tst", "diary", 30.0, FIRST, "ENNENEEN", 4, 7, FIXED, question="Longer?", blocks=(1, 2, 2, 1, 1, 1, 2, 2),
    fixed_nights=8,
)  # fmt: skip


def test_drawn_nights_have_an_arm_and_a_block() -> None:
    plan = planned_arms(STUDY)
    assert list(plan) == [FIRST + timedelta(days=i) for i in range(8)]
    assert plan[FIRST] == ("enhanced", "1")
    assert plan[FIRST + timedelta(days=2)] == ("natural", "2")
    assert planned_arms(replace(STUDY, blocks=()))[FIRST + timedelta(days=4)] == ("natural", "2")


def test_nights_after_a_stop_are_not_planned() -> None:
    stopped = replace(STUDY, stopped=datetime(2026, 7, 11, 18, tzinfo=UTC))
    assert list(planned_arms(stopped)) == [FIRST, FIRST + timedelta(days=1)]


def test_a_seal_holds_until_the_last_night_is_past_or_it_is_opened() -> None:
    sealed = replace(STUDY, sealed=True)
    assert sealed.hides(FIRST)
    assert sealed.hides(STUDY.last_night)
    assert not sealed.hides(STUDY.last_night + timedelta(days=1))
    assert not replace(sealed, unsealed=FIXED).hides(FIRST)
    assert not replace(sealed, stopped=FIXED).hides(FIRST)
    assert not STUDY.hides(FIRST)


@pytest.mark.parametrize("other", [
    {"enhancer": "melatonin"}, {"metric": "sol"}, {"source": "whoop"}, {"swd": 20.0}, {"question": "Shorter?"}, {"schedule": "NENENEEN"},
    {"first_night": FIRST + timedelta(days=1)}, {"seed": 8}, {"washout": 1}, {"max_run": 2}, {"sealed": True},
    {"blocks": (1, 1, 1, 1, 2, 2, 2, 2)}, {"fixed": FIXED + timedelta(seconds=1)},
])  # fmt: skip
def test_the_digest_changes_with_everything_it_covers(other: dict[str, Any]) -> None:
    assert digest_of(replace(STUDY, **other)) != digest_of(STUDY)


def test_the_digest_does_not_cover_what_comes_after() -> None:
    later = replace(
        STUDY, schedule=STUDY.schedule + "ENNE", blocks=(*STUDY.blocks, 3, 3, 3, 3), stopped=FIXED, unsealed=FIXED, id=9
    )
    assert digest_of(later) == digest_of(STUDY)
    assert commitment(later)["schedule"] == STUDY.schedule


def test_looks_are_the_set_ones_and_every_end() -> None:
    long = replace(STUDY, schedule="EN" * 30, blocks=(), fixed_nights=0)
    assert looks_of(long) == (28, 56, 60)
    assert looks_of(STUDY) == (8,)
    assert looks_of(replace(long, schedule="EN" * 30, fixed_nights=40)) == (28, 40, 56, 60)


@pytest.mark.parametrize(("fixed", "zone", "before", "day"), [
    (datetime(2026, 7, 10, 1, tzinfo=UTC), "America/New_York", True, FIRST),  # 21:00 of the first evening there
    (datetime(2026, 7, 10, 1, tzinfo=UTC), "UTC", True, FIRST),
    (datetime(2026, 7, 8, 20, tzinfo=UTC), "Pacific/Auckland", True, FIRST),
    (datetime(2026, 7, 11, 1, tzinfo=UTC), "America/New_York", False, FIRST + timedelta(days=1)),
])  # fmt: skip
def test_fixed_before_the_first_night_is_so_in_every_zone(fixed: datetime, zone: str, before: bool, day: date) -> None:
    study = replace(STUDY, fixed=fixed)
    assert (study.fixed_before, study.fixed_on(zone)) == (before, day)
