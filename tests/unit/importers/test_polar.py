"""Polar's account export and AccessLink JSON."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import ReadOptions, Rejected, RowDraft, SumRule, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import StageCode, Validity
from dreamjournal.importers.polar import PLUGIN

DATA = Path(__file__).parents[2] / "data/polar"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
RESULT = json.loads((DATA / "sleep_result.json").read_text())[0]
V3 = json.loads((DATA / "accesslink_v3.json").read_text())["nights"][0]


def read(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where="f"), NoProgress()))


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def reasons(found):
    return [d.reason for d in found if isinstance(d, Rejected)]


def result(**hypnogram):
    row = deepcopy(RESULT)
    row["sleepResult"]["hypnogram"] |= hypnogram
    return row


def test_it_says_that_no_real_file_was_seen():
    assert PLUGIN.seen is False


def test_account_export():
    session = sessions(read([RESULT]))[0]
    m = session.measures
    assert (m.tib_min, m.tst_min, m.awake_min, m.waso_min, m.sol_min) == (480, 450, 30, 30, None)
    assert (m.light_min, m.deep_min, m.rem_min, m.asleep_unspecified_min, m.vendor_se_pct) == (240, 90, 90, 30, 93.75)
    assert (session.start.iso_z, session.start.offset_min) == ("2026-01-05T21:30:00Z", 60)
    assert (session.night_date, session.vendor_date) == (date(2026, 1, 5), date(2026, 1, 6))


def test_states_are_light_and_never_n1_or_n2_and_a_change_after_the_end_is_no_stage():
    stages = sessions(read([RESULT]))[0].stages
    assert [(s.offset_s, s.dur_s, s.code) for s in stages] == [
        (0, 7200, StageCode.LIGHT),
        (7200, 5400, StageCode.N3),
        (12600, 5400, StageCode.REM),
        (18000, 1800, StageCode.W),
        (19800, 7200, StageCode.LIGHT),
        (27000, 1800, StageCode.UNKNOWN),
    ]


@pytest.mark.parametrize("state", ["SOMETHING", None, 7])
def test_a_state_not_known_is_unknown(state):
    row = result(sleepStateChanges=[{"offsetFromStart": "PT0S", "state": state}])
    assert [s.code for s in sessions(read([row]))[0].stages] == [StageCode.UNKNOWN]


def test_v4_counts_in_seconds_and_says_the_same():
    assert sessions(read((DATA / "accesslink_v4.json").read_bytes())) == sessions(read([RESULT]))


def test_a_night_without_phases_is_unspecified_sleep():
    row = deepcopy(RESULT)
    del row["evaluation"]["phaseDurations"]
    m = sessions(read([row]))[0].measures
    assert (m.tst_min, m.asleep_unspecified_min, m.light_min, m.rem_min) == (450, 450, None, None)


def test_a_night_without_evaluation_is_unscored():
    row = deepcopy(RESULT)
    row["evaluation"] = None
    session = sessions(read([row]))[0]
    assert (session.validity, session.measures.tst_min) == (Validity.UNSCORED, None)


def test_recovery_joins_the_night_of_its_date():
    (session,) = sessions(read((DATA / "nightly_recovery.json").read_bytes()))
    assert session.key == sessions(read([RESULT]))[0].key
    assert (session.supplement, session.joins_only) == (True, True)
    assert (session.measures.hr, session.measures.hrv_rmssd, session.measures.resp) == (60, 42, 15)


def test_recharge_of_accesslink():
    row = {
        "date": "2026-01-06",
        "heart_rate_avg": 52,
        "heart_rate_variability_avg": 48,
        "breathing_rate_avg": 13.5,
        "ans_charge": 1,
    }
    (session,) = sessions(read({"recharges": [row]}))
    assert (session.measures.hr, session.measures.hrv_rmssd, session.measures.resp) == (52, 48, 13.5)


# ---- AccessLink v3 --------------------------------------------------------------------------------------------------


def test_v3_is_seconds():
    m = sessions(read({"nights": [V3]}))[0].measures
    assert (m.tst_min, m.light_min, m.deep_min, m.rem_min, m.asleep_unspecified_min) == (400, 225, 75, 90, 10)
    assert (m.awake_min, m.waso_min, m.hr) == (20, 20, 51)


def test_v3_clock_times_are_ordered_by_the_time_since_the_start_past_midnight():
    stages = sessions(read([V3]))[0].stages
    assert [s.code for s in stages] == [
        StageCode.LIGHT,
        StageCode.N3,
        StageCode.REM,
        StageCode.W,
        StageCode.UNKNOWN,
        StageCode.LIGHT,
    ]
    assert stages[0].offset_s == 0
    assert [s.offset_s for s in stages] == sorted(s.offset_s for s in stages)
    assert stages[-1].offset_s + stages[-1].dur_s == 7 * 3600


@pytest.mark.parametrize(
    ("code", "stage"),
    [
        (0, "W"),
        (1, "REM"),
        (2, "LIGHT"),
        (3, "LIGHT"),
        (4, "N3"),
        (5, "UNKNOWN"),
        (6, "UNKNOWN"),
        ("1", "UNKNOWN"),
        (True, "UNKNOWN"),
    ],
)
def test_v3_codes(code, stage):
    assert [s.code.value for s in sessions(read([V3 | {"hypnogram": {"23:30": code}}]))[0].stages] == [stage]


def test_rules_name_the_nights_that_break_them():
    row = deepcopy(RESULT)
    row["evaluation"]["asleepDuration"] = "PT6H"
    rules = [d for d in read([row]) if isinstance(d, SumRule)]
    assert [(d.broken, d.nights) for d in rules] == [(1, (date(2026, 1, 5),))] * 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (V3 | {"sleep_end_time": None}, "no sleep in this row"),
        (V3 | {"date": None}, "no date: the record belongs to no night"),
        (V3 | {"hypnogram": {"25:00": 1}}, "hypnogram: not a clock time"),
        (V3 | {"light_sleep": "much"}, "light_sleep: not a length of time"),
        (V3 | {"light_sleep": True}, "light_sleep: not a length of time"),
        (V3 | {"sleep_end_time": "2026-01-05T06:30:20+01:00"}, "the end is before the start"),
        (result(sleepStart="soon"), "sleepStart: not a date and time"),
        (result(sleepStart="2026-01-05T22:30:00+19:00"), "the offset from UTC is more than 15 hours"),
        (result(sleepStateChanges=[5]), "sleepStateChanges: not an object"),
        (result(sleepStateChanges=[{"offsetFromStart": "P", "state": "REM"}]), "offsetFromStart: not a length of time"),
        (5, "not an object"),
    ],
)
def test_a_bad_record_is_rejected_alone(row, reason):
    found = read([row, RESULT])
    assert reasons(found) == [reason]
    assert len(sessions(found)) == 1


def test_a_time_without_offset_asks_for_the_zone():
    with pytest.raises(ZoneNeeded):
        read([result(sleepStart="2026-01-05T22:30:00")])


@pytest.mark.parametrize(
    "row",
    [
        {"night": "2026-01-06", "sleepScoreResult": {"sleepScore": 82}, "sleepScoreBaselines": {}},
        {
            "night": "2026-01-06",
            "sleepWake": [{"sleepStateChanges": {"sleepWakeStateChangeModels": [{"millisInDay": 1}]}}],
        },
        {"hrvData": {"samples": [37]}, "breathingRateData": {"samples": [14]}},
    ],
)
def test_scores_and_wake_times_are_taken_and_give_nothing(row):
    assert PLUGIN.sniff(json.dumps([row]).encode(), "x") == 1
    assert read([row]) == []


def test_flows_web_pages_with_another_code_table_are_not_read():
    flow = {"night": "2026-01-06", "sleepWakeStates": [{"offsetFromStart": 0, "state": 3}]}
    assert PLUGIN.sniff(json.dumps([flow]).encode(), "sleep_result.json") == 0


def test_unknown_keys_are_named_and_another_frame_refused():
    assert [d.names for d in read([V3 | {"moon": 1}]) if isinstance(d, UnknownFields)] == [("moon",)]
    with pytest.raises(UserError):
        read(b'"text"')
