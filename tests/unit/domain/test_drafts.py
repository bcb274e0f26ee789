"""Drafts are checked before anything is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.drafts import RowRejected, SessionDraft, checked_session
from dreamjournal.domain.instant import at_offset
from dreamjournal.domain.session import SessionMeasures

NOW = datetime(2026, 7, 9, tzinfo=UTC)
START = datetime(2026, 7, 1, 22, tzinfo=UTC)


def draft(minutes=480.0, start=START, **measures):
    return SessionDraft(
        at_offset(start, 60), at_offset(start + timedelta(minutes=minutes), 60), measures=SessionMeasures(**measures)
    )


def test_time_in_bed_is_the_vendors_or_the_window():
    assert checked_session(draft(), NOW)[0].measures.tib_min == 480
    assert checked_session(draft(tib_min=470), NOW)[0].measures.tib_min == 470


def test_minutes_are_kept_to_two_decimals():
    assert checked_session(draft(tst_min=400 + 1 / 3), NOW)[0].measures.tst_min == 400.33


@pytest.mark.parametrize("name", ["tib_min", "tst_min", "sol_min", "waso_min", "awake_min", "deep_min", "rem_min"])
def test_negative_minutes_are_rejected_and_nought_is_not(name):
    assert getattr(checked_session(draft(**{name: 0}), NOW)[0].measures, name) == 0
    with pytest.raises(RowRejected, match="negative minutes"):
        checked_session(draft(**{name: -0.5}), NOW)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (draft(minutes=-1), "before the start"),
        (draft(minutes=0), "no time between"),
        (draft(minutes=24 * 60 + 1), "24 hours"),
        (draft(start=NOW + timedelta(days=3)), "future"),
        (draft(start=datetime(1969, 12, 31, tzinfo=UTC)), "1970"),
    ],
)
def test_impossible_times(bad, reason):
    with pytest.raises(RowRejected, match=reason):
        checked_session(bad, NOW)


def test_a_long_sleep_is_kept_with_a_warning():
    kept, doubts = checked_session(draft(minutes=17 * 60), NOW)
    assert kept.measures.tib_min == 1020
    assert "longer than 16 hours" in doubts[0]


@given(light=st.floats(0, 600), deep=st.floats(0, 600), rem=st.floats(0, 600), awake=st.floats(0, 600))
def test_totals_are_believed_only_within_the_window(light, deep, rem, awake):
    kept, doubts = checked_session(draft(light_min=light, deep_min=deep, rem_min=rem, awake_min=awake), NOW)
    within = light + deep + rem + awake <= 485
    assert (kept.measures.deep_min is not None) == within
    assert bool(doubts) != within


def test_the_key_is_the_id_or_the_start_minute():
    assert draft().key == "start:2026-07-01T22:00Z"
    assert draft(start=START + timedelta(seconds=59)).key == "start:2026-07-01T22:00Z"
    assert SessionDraft(at_offset(START, 0), at_offset(START, 0), "x-1").key == "x-1"


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [("hr", 1e20, 48), ("resp", -1, 14.2), ("spo2", 0.97, 97), ("temp", 300, -0.3), ("hrv_rmssd", 5000, 64)],
)
def test_a_vital_no_body_has_is_left_out_with_a_warning(name, bad, good):
    found, doubts = checked_session(draft(**{name: bad}), NOW)
    assert getattr(found.measures, name) is None
    assert "none a body has" in doubts[0]
    found, doubts = checked_session(draft(**{name: good}), NOW)
    assert (getattr(found.measures, name), doubts) == (good, ())


@pytest.mark.parametrize("name", ["sol_min", "waso_min", "rem_latency_min", "tst_min"])
def test_a_part_longer_than_the_whole_is_not_believed(name):
    found, doubts = checked_session(draft(**{name: 1e20}), NOW)
    assert getattr(found.measures, name) is None
    assert "exceed" in doubts[0]
