"""The bin: each kind of thing comes back as it was; after thirty days it is gone."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import bin as the_bin
from dreamjournal.services import dreams, evenings, mornings, nights
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 8)


@pytest.fixture
def night(journal: Any, clock: FakeClock) -> Any:
    slept(journal, LAST)
    evenings.answer_enhanced(journal, ME, LAST, [("SleepSync", "", 0.5)], clock)
    evenings.add_intake(journal, ME, LAST, "caffeine", clock, amount=1, unit="cup")
    evenings.tick(journal, ME, evenings.steps(journal, ME)[0].id, LAST, clock)
    dreams.save(journal, ME, DreamDraft(LAST, "a dream", tags=("sea",)), clock)
    mornings.save_diary(
        journal, mornings.diary_from_answers(ME, LAST, "Europe/London", {"quality": 4, "into_bed": 1400}), clock
    )
    return nights.night(journal, ME, LAST, clock)


def told(journal: Any, clock: FakeClock) -> str:
    return json.dumps(nights.to_json(nights.nights(journal, ME, clock=clock)))


@pytest.mark.parametrize("kind", ["dream", "exposure", "intake", "evening", "diary", "night"])
def test_what_is_deleted_comes_back_whole(journal: Any, clock: FakeClock, night: Any, kind: str) -> None:
    before, evening_before = told(journal, clock), evenings.evening(journal, ME, LAST)
    match kind:
        case "dream":
            bin_id, _ = the_bin.discard_dream(journal, night.dreams[0].id, clock)
        case "exposure":
            bin_id, _ = the_bin.discard_exposure(journal, night.exposures[0].id, clock)
        case "intake":
            bin_id, _ = the_bin.discard_intake(journal, night.evening.intakes[0].id, clock)
        case "evening":
            bin_id, _ = the_bin.discard_evening(journal, ME, LAST, clock)
        case "diary":
            bin_id, _ = the_bin.discard_diary(journal, ME, LAST, clock)
        case _:
            bin_id, _ = the_bin.discard_night(journal, ME, LAST, clock)
    assert told(journal, clock) != before or evenings.evening(journal, ME, LAST) != evening_before
    assert [(i.id, i.kind) for i in the_bin.items(journal, ME)] == [(bin_id, kind)]
    the_bin.restore(journal, bin_id, clock)
    assert told(journal, clock) == before
    assert evenings.evening(journal, ME, LAST) == evening_before
    assert the_bin.items(journal, ME) == []


def test_after_thirty_days_it_is_gone(journal: Any, clock: FakeClock, night: Any) -> None:
    bin_id, _ = the_bin.discard_dream(journal, night.dreams[0].id, clock)
    clock.advance(days=29)
    assert the_bin.purge_old(journal, clock) == 0
    clock.advance(days=2)
    assert the_bin.purge_old(journal, clock) == 1
    with pytest.raises(UserError, match="no longer in the bin"):
        the_bin.restore(journal, bin_id, clock)


def test_what_is_not_there_cannot_be_deleted(journal: Any, clock: FakeClock) -> None:
    with pytest.raises(UserError):
        the_bin.discard_dream(journal, 99, clock)
    with pytest.raises(UserError):
        the_bin.discard_night(journal, ME, LAST, clock)


def test_what_is_old_goes_when_the_bin_is_tidied(journal: Any, clock: FakeClock, night: Any) -> None:
    the_bin.discard_dream(journal, night.dreams[0].id, clock)
    clock.advance(days=31)
    the_bin.discard_exposure(journal, night.exposures[0].id, clock)
    assert len(the_bin.items(journal, ME)) == 2, "deleting makes no backup, for which the window would stand still"
    the_bin.tidy(journal, clock)
    assert [i.kind for i in the_bin.items(journal, ME)] == ["exposure"]
