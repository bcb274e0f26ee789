"""Tonight: steps, the answer, what was taken, lights out; all back-datable, nothing from the future."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import Condition
from dreamjournal.services import evenings, nights
from tests.fakes import FakeClock

ME = 1
TONIGHT = date(2026, 7, 9)
BEFORE = date(2026, 7, 8)


def test_three_steps_are_suggested_once_and_stay_removed(journal: Any) -> None:
    steps = evenings.steps(journal, ME)
    assert [s.title for s in steps] == list(evenings.SUGGESTED_STEPS)
    for step in steps:
        evenings.retire_step(journal, step.id)
    assert evenings.steps(journal, ME) == []


def test_steps_are_added_moved_reworded(journal: Any) -> None:
    first = evenings.steps(journal, ME)[0]
    added, _ = evenings.add_step(journal, ME, "  Phone   in the hall ")
    evenings.move_step(journal, added.id, 0)
    evenings.rename_step(journal, first.id, "Lamps off")
    assert [s.title for s in evenings.steps(journal, ME)][:2] == ["Phone in the hall", "Lamps off"]
    with pytest.raises(UserError):
        evenings.add_step(journal, ME, "   ")


def test_a_tick_keeps_when_it_happened_and_when_it_was_written(journal: Any, clock: FakeClock) -> None:
    step = evenings.steps(journal, ME)[0]
    evenings.tick(journal, ME, step.id, BEFORE, clock, at=time(22, 18))
    tick = evenings.evening(journal, ME, BEFORE).ticks[0]
    assert tick.happened.local == datetime(2026, 7, 8, 22, 18)
    assert tick.written == clock.now()
    evenings.untick(journal, ME, step.id, BEFORE)
    assert evenings.evening(journal, ME, BEFORE).ticks == ()


def test_a_time_after_midnight_belongs_to_the_evening_before(journal: Any, clock: FakeClock) -> None:
    assert evenings.lights_out(journal, ME, BEFORE, clock, at=time(0, 40)).utc == datetime(
        2026, 7, 8, 23, 40, tzinfo=UTC
    )
    assert evenings.when(journal, ME, BEFORE, 12 * 60, clock).local.date() == BEFORE


def test_a_time_to_come_asks_whether_it_was_yesterday(journal: Any, clock: FakeClock) -> None:
    with pytest.raises(UserError, match="was that yesterday, 22:40"):
        evenings.lights_out(journal, ME, TONIGHT, clock, at=time(22, 40))
    assert evenings.evening(journal, ME, TONIGHT).lights_out is None


def test_an_answer_replaces_the_earlier_one_and_names_add_up(journal: Any, clock: FakeClock) -> None:
    changes = evenings.answer_enhanced(
        journal, ME, TONIGHT, [("SleepSync", "", 0.6), ("melatonin", "1 mg", None), ("MELATONIN", "", None)], clock
    )
    assert Changes.ENHANCERS in changes
    night = nights.night(journal, ME, TONIGHT, clock)
    assert night.condition == Condition.ENHANCED
    assert [(e.name, e.dose, e.intensity, e.kind) for e in night.exposures] == [
        ("SleepSync", "", 0.6, EnhancerKind.DEVICE), ("melatonin", "1 mg", None, EnhancerKind.OTHER),
    ]  # fmt: skip
    evenings.answer(journal, ME, TONIGHT, "natural", clock)
    night = nights.night(journal, ME, TONIGHT, clock)
    assert (night.condition, night.exposures) == (Condition.NATURAL, ())
    evenings.answer(journal, ME, TONIGHT, None, clock)
    assert nights.night(journal, ME, TONIGHT, clock).condition == Condition.UNRECORDED


@pytest.mark.parametrize("named", [[], [("", "", None)], [("x", "", 1.5)], [("a\x07b", "", None)]])
def test_an_answer_that_cannot_be_leaves_the_earlier_one(
    journal: Any, clock: FakeClock, named: list[tuple[str, str, float | None]]
) -> None:
    evenings.answer(journal, ME, TONIGHT, "unsure", clock)
    with pytest.raises(UserError):
        evenings.answer_enhanced(journal, ME, TONIGHT, [("SleepSync", "", None), *named] if named else [], clock)
    night = nights.night(journal, ME, TONIGHT, clock)
    assert (night.answer, night.exposures) == (Condition.UNSURE, ())


def test_a_night_to_come_cannot_be_answered(journal: Any, clock: FakeClock) -> None:
    with pytest.raises(UserError, match="2026-07-20"):
        evenings.answer(journal, ME, date(2026, 7, 20), "natural", clock)


def test_intakes_hold_amount_time_or_an_affirmed_none(journal: Any, clock: FakeClock) -> None:
    coffee, _ = evenings.add_intake(journal, ME, TONIGHT, "caffeine", clock, amount=2, unit="cups", at=time(14, 30))
    evenings.add_intake(journal, ME, TONIGHT, IntakeKind.ALCOHOL, clock, none_taken=True, amount=3)
    evening = evenings.evening(journal, ME, TONIGHT)
    assert [(i.kind, i.amount, i.none_taken) for i in evening.intakes] == [
        ("caffeine", 2, False),
        ("alcohol", None, True),
    ]
    assert evening.intakes[0].happened is not None
    assert evening.intakes[0].happened.local == datetime(2026, 7, 9, 14, 30)
    evenings.update_intake(journal, ME, TONIGHT, coffee, "caffeine", clock, amount=3, unit="cups", at=time(8, 0))
    assert evenings.evening(journal, ME, TONIGHT).intakes[0].amount == 3
    evenings.delete_intake(journal, coffee, clock)
    assert [i.kind for i in evenings.evening(journal, ME, TONIGHT).intakes] == ["alcohol"]
    with pytest.raises(UserError):
        evenings.add_intake(journal, ME, TONIGHT, "medicine", clock, name="x", amount=-1)
    with pytest.raises(UserError, match="has not come yet"):
        evenings.add_intake(journal, ME, TONIGHT, "caffeine", clock, at=time(22, 30))


def test_the_last_used_is_what_the_person_wrote_last(journal: Any, clock: FakeClock) -> None:
    assert evenings.last_used_enhancer(journal, ME) is None
    evenings.answer_enhanced(journal, ME, TONIGHT, [("A", "", None)], clock)
    clock.advance(minutes=5)
    evenings.answer_enhanced(journal, ME, BEFORE, [("B", "2 mg", None)], clock)
    last = evenings.last_used_enhancer(journal, ME)
    assert last is not None
    assert (last.name, last.dose) == ("B", "2 mg")


def test_the_line_before_sleep_is_kept_as_typed(journal: Any) -> None:
    evenings.set_intention(journal, ME, TONIGHT, "  If I see the harbour…\n")
    assert evenings.evening(journal, ME, TONIGHT).intention == "  If I see the harbour…\n"


def test_a_step_belongs_to_the_routine_from_when_it_was_there(journal: Any, clock: FakeClock) -> None:
    """Steps have no dates: an earlier evening is not held against a step that was added later."""
    ids = [s.id for s in evenings.steps(journal, ME)]

    def sizes() -> list[int | None]:
        found = journal.evenings.between(ME, date(2026, 7, 1), TONIGHT)
        return [found[d].steps if d in found else None for d in (date(2026, 7, 6), date(2026, 7, 7), BEFORE, TONIGHT)]

    for day in (6, 7, 8):
        evenings.tick(journal, ME, ids[0], date(2026, 7, day), clock)
    assert sizes() == [3, 3, 3, None]
    later, _ = evenings.add_step(journal, ME, "Tea")
    evenings.tick(journal, ME, later.id, BEFORE, clock)
    assert sizes() == [1, 1, 4, None]
    evenings.tick(journal, ME, ids[2], date(2026, 7, 7), clock)
    evenings.tick(journal, ME, ids[2], date(2026, 7, 6), clock)
    assert sizes() == [3, 3, 4, None]
    evenings.retire_step(journal, ids[0])
    evenings.tick(journal, ME, later.id, TONIGHT, clock)
    assert sizes() == [3, 3, 4, 3]
