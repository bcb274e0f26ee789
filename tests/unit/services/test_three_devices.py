"""One person, the same nights on WHOOP, Oura and Withings: side by side, copies marked, nothing counted twice."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import combinations, permutations

import pytest

from dreamjournal.services import imports, nights
from tests.fakes import FakeClock

pytestmark = pytest.mark.real

FILES = {
    "whoop": ("mohdasti_sleeps.csv", "mohdasti_physiological_cycles_EXCERPT.csv", "mohdasti_journal_entries.csv"),
    "oura": ("mohdasti_trends_2026_EXCERPT.csv",),
    "withings": ("mohdasti_sleep.csv", "mohdasti_raw_tracker_sleep-state_EXCERPT.csv"),
}
COPIES = {
    ("2026-06-20 01:41:18", "whoop"),
    ("2026-06-26 00:56:56", "oura"),
    ("2026-07-06 03:09:28", "oura"),
    ("2026-07-08 01:38:25", "oura"),
    ("2026-07-09 01:27:58", "oura"),
    ("2026-07-10 02:52:30", "oura"),
    ("2026-07-12 23:18:29", "oura"),
}
"""Start on Withings' clock, and the source it was copied from."""


@pytest.fixture
def clock():
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def me(journal):
    return journal.persons.all()[0].id


def take(journal, me, paths, clock):
    receipts, _ = imports.run(journal, me, paths, clock=clock)
    assert [f.error for f in receipts] == [None] * len(receipts)
    for f in receipts:
        assert f.rows.read == f.rows.kept + f.rows.updated + f.rows.unchanged + f.rows.merged + f.rows.rejected
        assert f.rows.rejected == len(f.rejected)
    return receipts


def paths(shared_dir, *sources):
    return [shared_dir / "fixtures" / s / name for s in sources for name in FILES[s]]


def sessions(journal, me):
    found = journal.sessions.between(me, date(2020, 1, 1), date(2026, 12, 31))
    return [s for of_night in found.values() for s in of_night]


def copies(journal, me):
    every = sessions(journal, me)
    source = {s.id: s.source for s in every}
    return {(s.source, f"{s.start.local}", source[s.copy_of]) for s in every if s.copy_of is not None}


def shown(journal, me, clock):
    return json.dumps(nights.to_json(nights.nights(journal, me, clock=clock)), sort_keys=True)


@pytest.mark.parametrize("order", list(permutations(FILES)), ids="-".join)
def test_the_copies_are_withings_whatever_came_first(journal, me, clock, shared_dir, order):
    for source in order:
        take(journal, me, paths(shared_dir, source), clock)
    assert copies(journal, me) == {("withings", start, source) for start, source in COPIES}


def test_in_one_go_three_sources_stand_side_by_side_and_no_night_counts_twice(journal, me, clock, shared_dir):
    receipts = take(journal, me, paths(shared_dir, *FILES), clock)
    assert {f.path: f.sessions.kept for f in receipts} == {
        "mohdasti_sleeps.csv": 14,
        "mohdasti_physiological_cycles_EXCERPT.csv": 0,
        "mohdasti_journal_entries.csv": 0,
        "mohdasti_trends_2026_EXCERPT.csv": 10,
        "mohdasti_sleep.csv": 39,
        "mohdasti_raw_tracker_sleep-state_EXCERPT.csv": 0,
    }
    every = sessions(journal, me)
    night = {s.source: s.measures for s in every if s.night_date == date(2026, 7, 9)}
    assert {k: (m.deep_min, m.rem_min) for k, m in night.items()} == {
        "whoop": (77, 40),
        "oura": (62, 80),
        "withings": (41, 4),
    }
    assert copies(journal, me) == {("withings", start, source) for start, source in COPIES}
    assert not any(s.counts for s in every if s.copy_of is not None)
    counted = [s for s in every if s.counts]
    for a, b in combinations(counted, 2):
        if a.source == b.source:
            assert a.end.utc <= b.start.utc or b.end.utc <= a.start.utc, (a.source, a.start.local, b.start.local)


def test_the_raw_states_give_the_hypnogram_of_the_night_they_belong_to(journal, me, clock, shared_dir):
    take(journal, me, paths(shared_dir, "withings"), clock)
    night = next(s for s in sessions(journal, me) if f"{s.start.local}" == "2026-07-08 01:38:25")
    assert len(night.stages) > 60
    assert (night.measures.deep_min, night.measures.rem_min, night.start.offset_min) == (80, 110.5, -420)


def test_a_second_import_changes_nothing(journal, me, clock, shared_dir):
    take(journal, me, paths(shared_dir, *FILES), clock)
    before = shown(journal, me, clock)
    for f in take(journal, me, paths(shared_dir, *FILES), clock):
        assert (f.rows.kept, f.rows.updated, f.nights.new, f.nights.updated) == (0, 0, 0, 0), f.path
    assert shown(journal, me, clock) == before


@pytest.mark.parametrize("order", [("oura", "whoop", "withings"), ("withings", "oura", "whoop")], ids="-".join)
def test_undo_restores_the_nights_exactly(journal, me, clock, shared_dir, order):
    states = [shown(journal, me, clock)]
    done = []
    for source in order:
        receipts = take(journal, me, paths(shared_dir, source), clock)
        done.append([f.import_id for f in receipts])
        states.append(shown(journal, me, clock))
    for ids, state in zip(reversed(done), reversed(states[:-1]), strict=True):
        for import_id in sorted(ids, reverse=True):
            imports.undo(journal, import_id, clock)
        assert shown(journal, me, clock) == state


def test_whole_folders_mark_the_same_withings_sessions(journal, me, clock, shared_dir):
    take(journal, me, [shared_dir / "fixtures" / s for s in ("withings", "whoop", "oura")], clock)
    of_withings = {(start, source) for s, start, source in copies(journal, me) if s == "withings"}
    assert of_withings == COPIES
