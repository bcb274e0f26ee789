"""Eight Sleep's sleep_nights.json."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import ReadOptions, Rejected, RowDraft, Travel, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import StageCode, Validity
from dreamjournal.importers.eight_sleep import PLUGIN

FILE = Path(__file__).parents[2] / "data/eight_sleep/sleep_nights.json"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NIGHT = json.loads(FILE.read_text())["sessions"][0]


def read(data, zone="Europe/Berlin", **more):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, zone=zone, where="f", **more), NoProgress()))


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def reasons(found):
    return [d.reason for d in found if isinstance(d, Rejected)]


def one(**changes):
    (session,) = sessions(read([NIGHT | changes]))
    return session


def test_it_says_that_no_real_file_was_seen():
    assert PLUGIN.seen is False


def test_a_night_from_getting_into_bed_to_getting_up():
    session = one()
    assert (session.start.iso_z, session.end.iso_z) == ("2026-03-12T23:10:00Z", "2026-03-13T05:40:00Z")
    m = session.measures
    assert (m.tst_min, m.light_min, m.deep_min, m.rem_min) == (360, 180, 90, 90)
    assert (m.sol_min, m.waso_min, m.awake_min, m.rem_latency_min) == (15, 15, 30, 275)
    assert session.night_date == date(2026, 3, 12)


def test_out_of_bed_in_the_night_is_wake_and_at_the_ends_no_part_of_it():
    assert [(s.offset_s, s.dur_s, s.code) for s in one().stages] == [
        (0, 900, StageCode.W),
        (900, 7200, StageCode.LIGHT),
        (8100, 5400, StageCode.N3),
        (13500, 300, StageCode.W),
        (13800, 3600, StageCode.LIGHT),
        (17400, 5400, StageCode.REM),
        (22800, 600, StageCode.W),
    ]


def test_utc_without_an_offset_asks_for_the_zone_and_follows_a_journey():
    with pytest.raises(ZoneNeeded):
        read([NIGHT], zone=None)
    assert (one().start.zone, one().start.offset_min) == ("Europe/Berlin", 60)
    away = Travel(date(2026, 3, 10), date(2026, 3, 20), "America/New_York")
    assert sessions(read([NIGHT], travel=(away,)))[0].start.zone == "America/New_York"


def test_vitals_leave_gaps_out():
    m = one().measures
    assert (m.hr, m.hrv_rmssd, m.resp) == (51, 62, 14.25)
    assert one(timeseries={"heartRate": [["t", 0], ["t", None], ["t"], 5]}).measures.hr is None
    assert one(timeseries=None).measures.hr is None


def test_the_beds_warmth_is_neither_skin_temperature_nor_an_exposure():
    (row,) = [d for d in read([NIGHT]) if isinstance(d, RowDraft)]
    assert row.exposures == ()
    assert row.sessions[0].measures.temp is None


def test_awake_only_is_unscored_and_empty_no_sleep():
    session = one(stages=[{"stage": "awake", "duration": 1800}])
    assert (session.validity, session.measures.tst_min, session.measures.awake_min) == (Validity.UNSCORED, None, None)
    assert (
        reasons(read([NIGHT | {"stages": []}, NIGHT | {"stages": [{"stage": "out", "duration": 60}]}]))
        == ["no sleep in this row"] * 2
    )


@pytest.mark.parametrize("frame", [lambda n: [n], lambda n: {"sessions": [n]}, lambda n: n])
def test_every_frame_is_read(frame):
    assert sessions(read(frame(NIGHT))) == [one()]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ts": "now"}, "ts: not a number"),
        ({"ts": True}, "ts: not a number"),
        ({"ts": 9e10}, "the start is in the future (4821-12-26)"),
        ({"ts": -9e10}, "ts: outside the calendar"),
        ({"ts": -9e8}, "the start is before 1970"),
        ({"stages": [5]}, "stages: not an object"),
        ({"stages": [{"stage": "light", "duration": "long"}]}, "duration: not a number"),
        ({"stages": [{"stage": "light", "duration": -5}]}, "duration: not one of a night's stage"),
        ({"stages": [{"stage": "light", "duration": 80000}] * 2}, "longer than 24 hours"),
    ],
)
def test_a_bad_record_is_rejected_alone(change, reason):
    found = read([NIGHT | change, NIGHT])
    assert reasons(found) == [reason]
    assert len(sessions(found)) == 1


def test_a_stage_not_known_is_unknown_and_new_keys_are_named():
    found = read(
        [NIGHT | {"stages": [{"stage": "light", "duration": 60}, {"stage": "dream", "duration": 60}], "moon": 1}]
    )
    assert [s.code for s in sessions(found)[0].stages] == [StageCode.LIGHT, StageCode.UNKNOWN]
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("moon",)]
    found = read([NIGHT | {"timeseries": {"heatingLevel": []}}])
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("timeseries.heatingLevel",)]


def test_another_frame_is_refused():
    with pytest.raises(UserError):
        read(b'{"nothing": 1}')
    assert PLUGIN.sniff(b'{"stages": []}', "sleep_nights.json") == 0
