"""A corrected session: what follows from the times, what stays beside it, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.correction import correct, original
from dreamjournal.domain.instant import from_local, minutes_between
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.services import corrections, imports, nights
from tests.fakes import FakeClock

DATA = Path(__file__).parents[2] / "data"
LONDON = "Europe/London"
STAGES = (
    Stage(0, 600, StageCode.W),
    Stage(600, 12_000, StageCode.LIGHT),
    Stage(12_600, 600, StageCode.W),
    Stage(13_200, 6_000, StageCode.N3),
    Stage(19_200, 6_000, StageCode.REM),
    Stage(25_200, 3_600, StageCode.W),
)


@pytest.fixture
def clock():
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def me(journal):
    return journal.persons.all()[0].id


def at(day, hour, minute=0):
    return from_local(datetime(2026, 7, day, hour, minute), LONDON)


def made(stages=STAGES):
    return Session(
        1, 1, date(2026, 7, 9), "x", "k", SessionKind.MAIN, Validity.OK, at(9, 23), at(10, 7),
        SessionMeasures(tib_min=480, tst_min=400, deep_min=100, hr=55), stages=stages,
    )  # fmt: skip


def test_stages_are_counted_again_inside_the_corrected_window():
    found = correct(made(), at(9, 23, 10), at(10, 6))
    m = found.measures
    assert (m.tib_min, m.tst_min, m.light_min, m.deep_min, m.rem_min) == (410, 400, 200, 100, 100)
    assert (m.sol_min, m.waso_min, m.awake_min) == (0, 10, 10)
    assert m.hr == 55
    assert found.recorded.start == at(9, 23)
    assert sum(s.dur_s for s in found.stages) == 410 * 60


def test_without_stages_the_device_cannot_say_how_much_was_sleep():
    m = correct(made(()), at(9, 23), at(10, 6)).measures
    assert (m.tib_min, m.tst_min, m.deep_min, m.hr) == (420, None, None, 55)


def test_a_correction_of_a_correction_starts_from_the_recording_and_the_way_back_is_exact():
    once = correct(made(), at(9, 23, 30), at(10, 5))
    twice = correct(once, at(9, 22), at(10, 8))
    assert twice == correct(made(), at(9, 22), at(10, 8))
    assert original(twice) == made()


@given(st.integers(-300, 300), st.integers(1, 900))
def test_no_stage_leaves_the_window_and_sleep_never_grows(shift, length):
    start = at(9, 23)
    begin = replace(start, utc=start.utc.replace() + (at(9, 23, 1).utc - start.utc) * shift)
    end = replace(begin, utc=begin.utc + (at(9, 23, 1).utc - start.utc) * length)
    found = correct(made(), begin, end)
    assert all(s.offset_s >= 0 and s.offset_s + s.dur_s <= length * 60 for s in found.stages)
    assert (found.measures.tst_min or 0) <= 400
    assert found.measures.tib_min == minutes_between(begin, end)


def test_through_the_service_the_night_moves_and_comes_back(journal, me, clock):
    imports.run(journal, me, [DATA / "whoop/sleeps.csv"], clock=clock)
    first = next(iter(journal.sessions.between(me, date.min, date.max).values()))[0]
    before = nights.to_json(nights.nights(journal, me, clock=clock))
    start = corrections.moment(datetime(2026, 3, 10, 22, 0), first.start)
    end = corrections.moment(datetime(2026, 3, 11, 6, 0), first.end)
    corrections.correct(journal, first.id, start, end, clock)
    moved = journal.sessions.get(first.id)
    assert (moved.night_date, moved.measures.tst_min, moved.measures.tib_min) == (date(2026, 3, 10), None, 480)
    again = imports.run(journal, me, [DATA / "whoop/sleeps.csv"], clock=clock)[0][0]
    assert again.rows.unchanged == again.rows.read
    assert journal.sessions.get(first.id) == moved
    corrections.bring_back(journal, first.id)
    assert nights.to_json(nights.nights(journal, me, clock=clock)) == before


def test_a_changed_export_changes_the_recording_and_the_correction_stands(journal, me, clock, tmp_path):
    path = tmp_path / "sleeps.csv"
    text = (DATA / "whoop/sleeps.csv").read_text()
    path.write_text(text)
    imports.run(journal, me, [path], clock=clock)
    first = next(
        s for of in journal.sessions.between(me, date.min, date.max).values() for s in of if s.measures.deep_min == 90
    )
    corrections.correct(
        journal, first.id, corrections.moment(datetime(2026, 3, 12, 23, 30), first.start), first.end, clock
    )
    path.write_text(text.replace(",250,90,81,", ",240,100,81,"))
    assert imports.run(journal, me, [path], clock=clock)[0][0].rows.updated == 1
    found = journal.sessions.get(first.id)
    assert found.recorded.measures.deep_min == 100
    assert found.start.local == datetime(2026, 3, 12, 23, 30)
    corrections.bring_back(journal, first.id)
    assert journal.sessions.get(first.id).measures.deep_min == 100


def test_what_cannot_be_is_refused_in_a_sentence(journal, me, clock):
    imports.run(journal, me, [DATA / "whoop/sleeps.csv"], clock=clock)
    first = next(iter(journal.sessions.between(me, date.min, date.max).values()))[0]
    for start, end, why in (
        (at(9, 23), at(9, 22), "not after"),
        (at(9, 23), at(11, 23, 30), "24 hours"),
        (from_local(datetime(2027, 7, 9, 23), LONDON), from_local(datetime(2027, 7, 10, 7), LONDON), "future"),
    ):
        with pytest.raises(UserError, match=why):
            corrections.correct(journal, first.id, start, end, clock)
    with pytest.raises(UserError, match="no such session"):
        corrections.correct(journal, 9999, at(9, 23), at(10, 7), clock)
    with pytest.raises(UserError, match="never corrected"):
        corrections.bring_back(journal, first.id)
