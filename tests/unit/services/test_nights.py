"""Nights: what each was, what sets it apart, and the document of `nights --json`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import Condition, NightFlag
from dreamjournal.services import enhancers, evenings, mornings, nights, settings
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 8)
DAY = timedelta(days=1)


def flags(journal: Any, clock: FakeClock) -> dict[date, set[NightFlag]]:
    return {n.night_date: set(n.flags) for n in nights.nights(journal, ME, clock=clock)}


def test_only_nights_with_something_are_listed(journal: Any, clock: FakeClock) -> None:
    assert nights.nights(journal, ME, clock=clock) == []
    assert nights.night(journal, ME, LAST, clock).condition == Condition.UNRECORDED
    slept(journal, LAST)
    slept(journal, LAST - 3 * DAY)
    assert [n.night_date for n in nights.nights(journal, ME, clock=clock)] == [LAST - 3 * DAY, LAST]
    assert [n.night_date for n in nights.nights(journal, ME, LAST - DAY, None, clock)] == [LAST]
    assert nights.nights(journal, ME, LAST, LAST - DAY, clock) == []


def test_silence_is_never_natural(journal: Any, clock: FakeClock) -> None:
    slept(journal, LAST)
    assert nights.night(journal, ME, LAST, clock).condition == Condition.UNRECORDED
    evenings.answer_enhanced(journal, ME, LAST, [("X", "", None)], clock)
    evenings.answer(journal, ME, LAST, None, clock)
    assert nights.night(journal, ME, LAST, clock).condition == Condition.UNRECORDED


def test_an_empty_log_is_natural_only_for_the_only_enhancer(journal: Any, clock: FakeClock) -> None:
    enhancers.add(journal, ME, "SleepSync", EnhancerKind.DEVICE, clock)
    enhancers.add(journal, ME, "melatonin", EnhancerKind.SUPPLEMENT, clock)
    slept(journal, LAST)
    slept(journal, LAST - DAY)
    noon = datetime(2026, 7, 8, 11, tzinfo=UTC)  # 12:00 in London
    journal.tags.put_coverage(ME, "sleepsync", "SleepSync", noon, noon + DAY, None)
    assert nights.night(journal, ME, LAST, clock).condition == Condition.UNRECORDED
    enhancers.only(journal, ME, "melatonin")
    assert nights.night(journal, ME, LAST, clock).condition == Condition.UNRECORDED
    enhancers.only(journal, ME, "sleepsync")
    night = nights.night(journal, ME, LAST, clock)
    assert (night.condition, night.covered_by, night.only_enhancer) == (Condition.NATURAL, ("SleepSync",), "SleepSync")
    assert nights.night(journal, ME, LAST - DAY, clock).condition == Condition.UNRECORDED
    assert nights.conditions(journal, ME, clock=clock) == {LAST: Condition.NATURAL}


def test_a_log_that_ends_before_noon_does_not_cover_the_night(journal: Any, clock: FakeClock) -> None:
    enhancers.add(journal, ME, "SleepSync", EnhancerKind.DEVICE, clock)
    enhancers.only(journal, ME, "SleepSync")
    slept(journal, LAST)
    noon = datetime(2026, 7, 8, 11, tzinfo=UTC)
    journal.tags.put_coverage(ME, "sleepsync", "SleepSync", noon, noon + DAY - timedelta(minutes=1), None)
    assert nights.night(journal, ME, LAST, clock).condition == Condition.UNRECORDED


def test_natural_and_an_exposure_is_unsure_with_both_shown(journal: Any, clock: FakeClock) -> None:
    journal.tags.put(ME, LAST, "whoop", "Melatonin?", 1, None, None)
    evenings.answer(journal, ME, LAST, "natural", clock)
    enhancers.map_tag(journal, ME, "whoop", "melatonin?", "melatonin", clock)
    night = nights.night(journal, ME, LAST, clock)
    assert (night.condition, night.answer, [e.name for e in night.exposures]) == (
        Condition.UNSURE,
        Condition.NATURAL,
        ["melatonin"],
    )


def test_clock_change_and_diary_flags(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 11, 1, 9, tzinfo=UTC))
    for night in (date(2026, 10, 23), date(2026, 10, 24), date(2026, 10, 25)):
        slept(journal, night)
    answers = {"illness": True, "travel": True, "on_call": False}
    mornings.save_diary(journal, mornings.diary_from_answers(ME, date(2026, 10, 23), "Europe/London", answers), clock)
    found = flags(journal, clock)
    assert found[date(2026, 10, 23)] == {NightFlag.ILLNESS, NightFlag.TRAVEL}
    assert found[date(2026, 10, 24)] == {NightFlag.DST}
    assert found[date(2026, 10, 25)] == set()


def test_a_change_of_zone_flags_two_nights_on_each_side(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 30, 9, tzinfo=UTC))
    first = date(2026, 7, 1)
    for i in range(12):
        slept(journal, first + i * DAY, zone="Europe/London" if i < 6 else "America/New_York")
    moved = [i for i in range(12) if NightFlag.ZONE_CHANGE in flags(journal, clock)[first + i * DAY]]
    assert moved == [4, 5, 6, 7, 8]
    # A narrow look sees the change beside it too.
    night = nights.night(journal, ME, first + 8 * DAY, clock)
    assert NightFlag.ZONE_CHANGE in night.flags


def test_another_name_for_the_same_time_is_no_change_of_zone(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 30, 9, tzinfo=UTC))
    for i in range(6):
        slept(journal, date(2026, 7, 1) + i * DAY, zone="Europe/Berlin" if i < 3 else "Europe/Paris")
    assert all(NightFlag.ZONE_CHANGE not in f for f in flags(journal, clock).values())


def test_offsets_without_a_name_follow_the_home_zone_through_a_clock_change(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 11, 30, 9, tzinfo=UTC))
    for i in range(8):  # London's offsets around 25 October, and a week later a journey
        slept(journal, date(2026, 10, 21) + i * DAY, zone=None, offset=60 if i < 4 else 0)
    slept(journal, date(2026, 11, 10), zone=None, offset=-300)
    found = flags(journal, clock)
    assert found[date(2026, 10, 24)] == {NightFlag.DST}
    assert found[date(2026, 10, 23)] == found[date(2026, 10, 26)] == set()
    assert found[date(2026, 11, 10)] == {NightFlag.ZONE_CHANGE}


def test_sources_stand_in_the_person_s_order_and_are_never_blended(journal: Any, clock: FakeClock) -> None:
    slept(journal, LAST, source="whoop", hours=8)
    slept(journal, LAST, source="oura", hours=7)
    settings.set_value(journal, ME, "source_priority", "oura whoop")
    night = nights.night(journal, ME, LAST, clock)
    assert [(s.source, s.measures.tst_min) for s in night.sessions] == [("oura", 390), ("whoop", 450)]


def test_the_document_has_null_for_what_a_source_does_not_say(journal: Any, clock: FakeClock) -> None:
    slept(journal, LAST, rem_min=81.239)
    mornings.save_diary(
        journal,
        mornings.diary_from_answers(
            ME, LAST, "Europe/London",
            {"into_bed": 1400, "try_sleep": 1421, "sol": 25, "waso": 20, "nawk": 2, "final_wake": 422, "out_of_bed": 450, "quality": 4},
        ),
        clock,
    )  # fmt: skip
    (night,) = json.loads(json.dumps(nights.to_json(nights.nights(journal, ME, clock=clock))))["nights"]
    assert (night["night_date"], night["condition"], night["recall"], night["dreams"]) == (
        "2026-07-08",
        "unrecorded",
        None,
        0,
    )
    (session,) = night["sessions"]
    assert {"source", "kind", "validity", "start", "end", "zone", "offset_min", "copy_of", "import_id"} <= set(session)
    assert (session["start"], session["zone"], session["offset_min"]) == ("2026-07-08T22:00:00Z", "Europe/London", 60)
    assert (session["tib_min"], session["tst_min"], session["se_pct"], session["rem_min"]) == (
        480.0,
        450.0,
        93.75,
        81.24,
    )
    assert session["deep_min"] is None
    assert session["sol_min"] is None
    diary = night["diary"]
    assert (diary["tst_min"], diary["se_dse_pct"], diary["tasafa"], diary["events"]) == (396.0, None, None, None)
    assert diary["se_tib_pct"] == pytest.approx(100 * 396 / 490, abs=0.005)
    assert diary["into_bed"] == "2026-07-08T22:20:00Z"


def test_ten_years_are_read_with_one_query_a_table(journal: Any, clock: FakeClock) -> None:
    first = date(2016, 7, 12)
    with journal.atomic():
        for i in range(400):
            slept(journal, first + i * DAY)
    asked: list[str] = []
    journal._db.conn.set_trace_callback(asked.append)
    assert len(nights.nights(journal, ME, clock=clock)) == 400
    journal._db.conn.set_trace_callback(None)
    assert len(asked) < 30


def test_a_covered_night_without_anything_else_is_listed_and_one_with_a_recording_is_not_empty(
    journal: Any, clock: FakeClock
) -> None:
    clock.set(datetime(2026, 7, 20, 9, tzinfo=UTC))
    enhancers.add(journal, ME, "SleepSync", EnhancerKind.DEVICE, clock)
    enhancers.only(journal, ME, "SleepSync")
    noon = datetime(2026, 7, 8, 11, tzinfo=UTC)  # 12:00 in London
    journal.tags.put_coverage(ME, "sleepsync", "SleepSync", noon, noon + 2 * DAY, None)
    slept(journal, date(2026, 7, 9), source="sleepsync")
    found = {n.night_date: n.condition for n in nights.nights(journal, ME, clock=clock)}
    assert found == {date(2026, 7, 8): Condition.NATURAL, date(2026, 7, 9): Condition.UNRECORDED}
    assert nights.conditions(journal, ME, clock=clock) == {date(2026, 7, 8): Condition.NATURAL}
