"""Google Fit's sleep segments and sleep sessions."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import StageCode, Validity
from dreamjournal.importers.google_fit import PLUGIN

DATA = Path(__file__).parents[2] / "data/google_fit"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NAMED = "2026-01-05T22:30:00+01_00_SLEEP.json"
BERLIN = "Europe/Berlin"


def read(data, zone: str | None = BERLIN, where: str = "f"):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, zone, where), NoProgress()))


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def at(minute: float) -> datetime:
    """Minutes after 21:30 UTC."""
    return datetime(2026, 1, 5, 21, 30, tzinfo=UTC) + timedelta(minutes=minute)


def point(first: float, last: float, stage, **changes):
    nanos = [round(at(m).timestamp()) * 10**9 for m in (first, last)]
    return {
        "fitValue": [{"value": {"intVal": stage}}], "originDataSourceId": "", "startTimeNanos": nanos[0], "endTimeNanos": nanos[1],
        "dataTypeName": "com.google.sleep.segment", "modifiedTimeMillis": 1, "rawTimestampNanos": 0,
    } | changes  # fmt: skip


def stream(*points, source="derived:com.google.sleep.segment:com.google.android.gms:merged"):
    return {"Data Source": source, "Data Points": list(points)}


NIGHT = (
    point(0, 15, 1),
    point(15, 215, 4),
    point(215, 295, 5),
    point(295, 385, 6),
    point(385, 390, 3),
    point(390, 480, 4),
)


def filed(**changes):
    def z(minute):
        return at(minute).strftime("%Y-%m-%dT%H:%M:%SZ")

    segments = [("sleep.awake", 0, 15), ("sleep", 15, 300), ("sleep.awake", 300, 310), ("sleep", 310, 480)]
    out = {
        "fitnessActivity": "sleep", "startTime": z(0), "endTime": z(480), "duration": "28800s",
        "segment": [{"fitnessActivity": w, "startTime": z(a), "endTime": z(b)} for w, a, b in segments],
    }  # fmt: skip
    out.update(changes)
    return {k: v for k, v in out.items() if v is not ...}


def test_segments_make_a_night():
    found = read(stream(*reversed(NIGHT)))
    (s,) = sessions(found)
    assert (s.start.iso_z, s.start.zone, s.start.local.hour) == ("2026-01-05T21:30:00Z", BERLIN, 22)
    assert s.night_date == date(2026, 1, 5)
    assert [x.code for x in s.stages] == [
        StageCode.W, StageCode.LIGHT, StageCode.N3, StageCode.REM, StageCode.W, StageCode.LIGHT,
    ]  # fmt: skip
    m = s.measures
    assert (m.tst_min, m.light_min, m.deep_min, m.rem_min, m.awake_min, m.tib_min) == (460, 290, 80, 90, 20, 480)
    assert (m.sol_min, m.waso_min, m.rem_latency_min, m.asleep_unspecified_min) == (15, 5, 280, None)
    assert [d.rows for d in found if isinstance(d, RowDraft)] == [6]
    with pytest.raises(ZoneNeeded):
        read(stream(*NIGHT), zone=None)


def test_sleep_without_stages_is_not_light_and_absent_rem_is_not_0():
    m = sessions(read(stream(point(0, 480, 2))))[0].measures
    assert (m.tst_min, m.asleep_unspecified_min, m.light_min, m.deep_min, m.rem_min) == (480, 480, None, None, None)
    m = sessions(read(stream(point(0, 400, 4), point(400, 480, 5))))[0].measures
    assert (m.light_min, m.deep_min, m.rem_min) == (400, 80, None)


def test_only_wake_is_unscored():
    (s,) = sessions(read(stream(point(0, 60, 1))))
    assert (s.validity, s.measures.tst_min) == (Validity.UNSCORED, None)


def test_a_silence_of_more_than_an_hour_parts_sessions():
    assert len(sessions(read(stream(point(0, 100, 4), point(160, 400, 4))))) == 1
    first, second = sessions(read(stream(point(0, 100, 4), point(161, 400, 4))))
    assert (first.measures.tib_min, second.measures.tib_min) == (100, 239)


def test_overlapping_segments_are_counted_once():
    (s,) = sessions(read(stream(point(0, 200, 4), point(100, 300, 5), point(120, 150, 6))))
    assert s.measures.tst_min == 300


def test_nanoseconds_may_be_text_and_one_apps_copy_is_not_read_beside_the_merged_stream():
    text = point(0, 480, 4)
    text |= {k: str(text[k]) for k in ("startTimeNanos", "endTimeNanos")}
    assert len(sessions(read(stream(text)))) == 1
    found = read(stream(text, source="raw:com.google.sleep.segment:com.example"))
    assert [type(d) for d in found] == [FileWarning]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"startTimeNanos": None}, "startTimeNanos: not a time"),
        ({"startTimeNanos": -5}, "startTimeNanos: not a time"),
        ({"startTimeNanos": 10**30}, "startTimeNanos: not a time"),
        ({"startTimeNanos": True}, "startTimeNanos: not a time"),
        ({"endTimeNanos": 1}, "the end is not after the start"),
        ({"fitValue": []}, "no stage in this point"),
        ({"fitValue": [{"value": {"fpVal": 1.0}}]}, "no stage in this point"),
        ({"fitValue": [{"value": {"intVal": 9}}]}, "a stage that is not known"),
        ({"fitValue": [{"value": {"intVal": True}}]}, "a stage that is not known"),
    ],
)
def test_a_bad_point_is_rejected_alone(changes, reason):
    found = read(stream(point(0, 10, 4, **changes), *NIGHT))
    assert [r.reason for r in rejected(found)] == [reason]
    assert sessions(found)[0].measures.tib_min == 480


def test_every_point_of_a_session_that_is_not_taken_is_a_rejected_row():
    found = read(stream(point(10**7, 10**7 + 100, 4), point(10**7 + 100, 10**7 + 200, 5)))
    assert len(rejected(found)) == 2
    assert sum(r.sessions for r in rejected(found)) == 1
    assert "in the future" in rejected(found)[0].reason


def test_a_filed_session_takes_its_offset_from_the_name():
    (s,) = sessions(read(filed(), zone=None, where=NAMED))
    assert (s.start.offset_min, s.start.zone, s.start.local) == (60, None, datetime(2026, 1, 5, 22, 30))
    (west,) = sessions(read(filed(), zone=None, where="2026-01-05T16_30_00-05_00_SLEEP.json"))
    assert west.start.offset_min == -300


@pytest.mark.parametrize(
    "name", ["x.json", "2026-01-05T23:30:00+01_00_SLEEP.json", "2026-02-31T22:30:00+01_00_SLEEP.json"]
)
def test_a_name_that_does_not_fit_the_times_is_not_believed(name):
    assert sessions(read(filed(), where=name))[0].start.zone == BERLIN
    with pytest.raises(ZoneNeeded):
        read(filed(), zone=None, where=name)


def test_a_filed_session_counts_its_sleep_segments_and_repeats_the_stream():
    (s,) = sessions(read(filed(), where=NAMED))
    m = s.measures
    assert (m.tst_min, m.awake_min, m.waso_min, m.sol_min, m.asleep_unspecified_min, m.light_min) == (
        455,
        25,
        10,
        15,
        455,
        None,
    )
    assert s.supplement
    assert s.key == sessions(read(stream(*NIGHT)))[0].key


def test_a_filed_session_without_segments_does_not_say_how_much_was_sleep():
    (s,) = sessions(read(filed(segment=...), where=NAMED))
    assert (s.validity, s.measures.tst_min, s.measures.tib_min) == (Validity.UNSCORED, None, 480)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"endTime": ...}, "no sleep in this row"),
        ({"startTime": "2026-01-05 21:30"}, "startTime: not an instant"),
        ({"startTime": "2026-02-30T21:30:00Z"}, "startTime: not an instant"),
        ({"endTime": "2026-01-05T20:30:00Z"}, "the end is before the start"),
        ({"endTime": "9999-12-31T23:59:59Z"}, "outside the calendar"),
        ({"startTime": "2036-01-05T21:30:00Z", "endTime": "2036-01-06T05:30:00Z"}, "in the future"),
        ({"segment": ["x"]}, "segment: not an object"),
        ({"segment": [{"fitnessActivity": "sleep"}]}, "startTime: not an instant"),
    ],
)
def test_a_bad_filed_session(changes, reason):
    (no,) = rejected(read(filed(**changes), where=NAMED))
    assert reason in no.reason


def test_other_activities_hold_no_sleep_and_other_json_is_refused():
    assert rejected(read(filed(fitnessActivity="walking")))[0].reason == "no sleep in this row"
    for other in ({}, [], {"Data Points": 3}):
        with pytest.raises(UserError, match="not read"):
            read(other)


def test_renamed_keys_are_named():
    assert UnknownFields(("mood",)) in read(filed(mood=1))
    assert UnknownFields(("mood",)) in read(stream(point(0, 10, 4, mood=1)))


def test_content_decides():
    for path in DATA.iterdir():
        assert PLUGIN.sniff(path.read_bytes(), "renamed.txt") == 1
    assert PLUGIN.sniff(json.dumps(filed(fitnessActivity="walking", segment=[])).encode(), NAMED) == 0
    assert PLUGIN.sniff(b'{"Data Source": "derived:com.google.step_count.delta", "Data Points": []}', NAMED) == 0
