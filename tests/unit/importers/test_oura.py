"""Oura's trends CSV, account export, API v2 and v1, and tags."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import (
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    SumRule,
    UnknownFields,
)
from dreamjournal.domain.session import SessionKind, StageCode, Validity
from dreamjournal.importers.oura import PLUGIN

DATA = Path(__file__).parents[2] / "data/oura"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TRENDS = (DATA / "trends_2026.csv").read_text()
MODEL = (DATA / "sleepmodel.csv").read_text()
V2 = {
    "id": "a", "day": "2026-03-13", "type": "long_sleep", "bedtime_start": "2026-03-12T23:00:00+01:00",
    "bedtime_end": "2026-03-13T07:00:00+01:00", "time_in_bed": 28800, "total_sleep_duration": 25800,
    "deep_sleep_duration": 4800, "light_sleep_duration": 15600, "rem_sleep_duration": 5400, "awake_time": 3000,
}  # fmt: skip


def read(data, where="f"):
    raw = data if isinstance(data, bytes) else data.encode() if isinstance(data, str) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where=where), NoProgress()))


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def tags(found):
    return [t for d in found if isinstance(d, RowDraft) for t in d.tags]


def reasons(found):
    return [d.reason for d in found if isinstance(d, Rejected)]


def warnings(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def one(**changes):
    (session,) = sessions(read([V2 | changes]))
    return session


# ---- trends ---------------------------------------------------------------------------------------------------------


def test_trends_are_seconds_and_rmssd():
    first = sessions(read(TRENDS))[0]
    m = first.measures
    assert (m.tib_min, m.tst_min, m.light_min, m.deep_min, m.rem_min, m.awake_min) == (480, 430, 260, 80, 90, 50)
    assert (m.sol_min, m.waso_min) == (10, 40)
    assert (m.hr, m.hrv_rmssd, m.hrv_sdnn, m.resp, m.temp, m.vendor_se_pct) == (55.5, 42, None, 14.5, -0.12, 90)
    assert (first.start.iso_z, first.start.offset_min, first.start.zone) == ("2026-03-12T22:00:00Z", 60, None)
    assert (first.night_date, first.vendor_date) == (date(2026, 3, 12), date(2026, 3, 13))
    assert (first.kind, first.stages) == (SessionKind.MAIN, ())


def test_trends_columns_in_any_order_give_the_same():
    lines = [line.split(",") for line in TRENDS.splitlines()]
    order = sorted(range(len(lines[0])), key=lambda i: (i * 7) % len(lines[0]))
    shuffled = "\n".join(",".join(row[i] for i in order) for row in lines) + "\n"
    assert sessions(read(shuffled)) == sessions(read(TRENDS))


def test_trends_of_2020_say_time_for_duration_and_sleep_timing_twice():
    found = read((DATA / "trends_2020.csv").read_text())
    first = sessions(found)[0].measures
    assert (first.tst_min, first.light_min, first.tib_min, first.temp) == (430, 260, 480, -0.12)
    assert not [d for d in found if isinstance(d, UnknownFields)]


@pytest.mark.parametrize(
    ("written", "drifted"),
    [
        ("Total Bedtime ", "Total Bedtime"),
        ("Temperature Deviation (°C)", "Temperature Deviation"),
        ("Temperature Deviation (°C)", "Temperature Deviation (Â°C)"),
        ("Total Sleep Duration", "total sleep time"),
        ("Sleep Timin Score", "Sleep Timing Score"),
        ("Average HRV", "  average hrv "),
    ],
)
def test_trends_names_may_drift(written, drifted):
    changed = TRENDS.replace(written, drifted)
    assert changed != TRENDS
    found = read(changed)
    assert sessions(found) == sessions(read(TRENDS))
    assert not [d for d in found if isinstance(d, UnknownFields)]


def test_trends_none_and_empty_are_missing_and_never_0():
    second = sessions(read(TRENDS))[1].measures
    assert (second.hrv_rmssd, second.sol_min, second.waso_min, second.temp) == (None, None, None, None)
    assert reasons(read(TRENDS)) == ["no sleep in this row"]
    emptied = sessions(read(TRENDS.replace("None", "")))[1].measures
    assert emptied == second


def test_trends_sleep_timing_is_not_a_clock_time():
    assert sessions(read(TRENDS.replace(",14000,", ",1,"))) == sessions(read(TRENDS))


def test_trends_rules_are_checked_and_name_the_nights():
    found = {d.rule: d for d in read(TRENDS.replace(",25800,", ",25740,")) if isinstance(d, SumRule)}
    assert found["time asleep = light + deep + REM"].nights == (date(2026, 3, 12),)
    assert found["time in bed = time asleep + awake"].broken == 1
    assert found["the date is the morning's"] == SumRule("the date is the morning's", 2, 0)


def test_a_renamed_column_is_named():
    found = read(TRENDS.replace("Average HRV", "Mean HRV"))
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("mean hrv",)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-03-13T07:00:00.000+01:00", "2026-03-12T07:00:00.000+01:00", "the end is before the start"),
        ("2026-03-13T07:00:00.000+01:00", "2026-03-13T07:00", "bedtime end: the offset from UTC is missing"),
        ("2026-03-13T07:00:00.000+01:00", "soon", "bedtime end: not a date and time"),
        ("2026-03-13T07:00:00.000+01:00", "9999-12-31T23:59:00-14:00", "bedtime end: not a date and time"),
        ("2026-03-13T07:00:00.000+01:00", "2026-03-13T07:00:00.000+23:00", "the offset from UTC is more than 15 hours"),
        (",25800,", ",1e999,", "total sleep duration: not a number"),
        (",25800,", ",-25800,", "negative minutes (time asleep)"),
    ],
)
def test_trends_bad_row_is_rejected_alone(old, new, reason):
    found = read(TRENDS.replace(old, new, 1))
    assert len(sessions(found)) == 1
    assert reasons(found)[0] == reason


def test_trends_without_its_columns_is_refused():
    with pytest.raises(UserError, match="bedtime end"):
        read(TRENDS.replace("Bedtime End", "Got Up"))


# ---- API v2 ---------------------------------------------------------------------------------------------------------


def test_api_list_or_data_is_the_same():
    assert sessions(read([V2])) == sessions(read({"data": [V2], "next_token": None})) == sessions(read(V2))
    assert one().key == "a"


def test_api_stage_digits():
    digits = "4211133324" + "2" * 86
    stages = one(sleep_phase_5_min=digits).stages
    assert [(s.offset_s, s.dur_s, s.code) for s in stages] == [
        (0, 300, StageCode.W),
        (300, 300, StageCode.LIGHT),
        (600, 900, StageCode.N3),
        (1500, 900, StageCode.REM),
        (2400, 300, StageCode.LIGHT),
        (2700, 300, StageCode.W),
        (3000, 86 * 300, StageCode.LIGHT),
    ]
    assert one(sleep_phase_5_min=digits).measures.rem_latency_min == 20


def test_api_last_digit_is_partial():
    stages = one(sleep_phase_5_min="2" * 97).stages
    assert sum(s.dur_s for s in stages) == 28800
    stages = one(bedtime_end="2026-03-13T06:57:30+01:00", sleep_phase_5_min="2" * 95 + "4").stages
    assert (stages[-1].code, stages[-1].dur_s) == (StageCode.W, 150)


def test_api_30_second_digits_are_preferred():
    assert one(sleep_phase_30_sec="1" * 960, sleep_phase_5_min="2" * 96).stages[0].code == StageCode.N3
    assert one(sleep_phase_30_sec="41" * 480).stages[1].offset_s == 30


@pytest.mark.parametrize("spoiled", ["4.42224E+95", 4422244222, "4422,4422", "4422 0"])
def test_a_hypnogram_turned_into_a_number_is_left_out_with_a_warning(spoiled):
    found = read([V2 | {"sleep_phase_5_min": spoiled}])
    assert sessions(found)[0].stages == ()
    assert sessions(found)[0].measures.tst_min == 430
    assert any("a spreadsheet's doing" in w for w in warnings(found))


def test_api_kinds_and_several_sleeps_a_day():
    rows = [
        V2,
        V2 | {"id": "b", "bedtime_start": "2026-03-13T07:30:00+01:00", "bedtime_end": "2026-03-13T11:00:00+01:00"},
        V2 | {"id": "c", "type": "late_nap"},
        V2 | {"id": "d", "type": "rest"},
        V2 | {"id": "e", "type": "sleep"},
    ]
    rows[1] |= {
        "total_sleep_duration": 12000,
        "deep_sleep_duration": 0,
        "light_sleep_duration": 12000,
        "awake_time": 600,
    }
    rows[1] |= {"rem_sleep_duration": 0}
    kinds = [s.kind for s in sessions(read(rows))]
    assert kinds == [SessionKind.MAIN, SessionKind.MAIN, SessionKind.NAP, SessionKind.REST, SessionKind.NAP]


def test_api_deleted_and_open_are_rejected():
    found = read([V2 | {"type": "deleted"}, V2 | {"bedtime_end": None}, V2 | {"bedtime_start": None}])
    assert reasons(found) == ["deleted in Oura", "still running: it has no end yet", "no sleep in this row"]
    assert [d.sessions for d in found if isinstance(d, Rejected)] == [1, 1, 0]


def test_api_nulls_are_missing():
    session = one(**dict.fromkeys(("total_sleep_duration", "deep_sleep_duration", "awake_time", "latency"), None))
    assert session.validity == Validity.UNSCORED
    assert (session.measures.tst_min, session.measures.deep_min, session.measures.waso_min) == (None, None, None)
    assert one(heart_rate={"interval": 300, "items": [None, None]}, average_heart_rate=None).measures.hr is None
    assert one(average_heart_rate=0, average_hrv=0).measures.hr is None
    assert one(readiness={"temperature_deviation": None}).measures.temp is None
    assert one(readiness={"temperature_deviation": -0.3}).measures.temp == -0.3


def test_api_offsets_of_start_and_end_differ_over_a_clock_change():
    session = one(bedtime_start="2026-03-28T23:00:00+01:00", bedtime_end="2026-03-29T07:00:00+02:00", time_in_bed=25200,
                  total_sleep_duration=20000, deep_sleep_duration=5000, light_sleep_duration=10000, rem_sleep_duration=5000)  # fmt: skip
    assert (session.end.utc - session.start.utc).total_seconds() == 7 * 3600
    assert (session.start.offset_min, session.end.offset_min) == (60, 120)


@pytest.mark.parametrize("bad", [True, "900", [1], {}])
def test_api_numbers_must_be_numbers(bad):
    assert reasons(read([V2 | {"total_sleep_duration": bad}, V2])) == ["total_sleep_duration: not a number"]


def test_api_numbers_beyond_any_night_are_named_so():
    assert reasons(read([V2 | {"total_sleep_duration": 1e300}, V2])) == ["total_sleep_duration: out of range"]


def test_api_strange_things_are_rejected_and_not_raised():
    found = read([V2 | {"bedtime_start": 5}, "text", None, 7, [], V2 | {"type": 9, "id": None, "day": "soon"}])
    assert len(reasons(found)) == 5
    assert sessions(found)[0].kind == SessionKind.MAIN
    assert sessions(found)[0].vendor_date is None


def test_api_unknown_keys_are_named_and_the_variant_is_called_unseen():
    found = read([V2 | {"moon": 1}])
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("moon",)]
    assert any("not yet been seen in the wild" in w for w in warnings(found))


def test_readiness_and_other_records_are_taken_and_give_nothing():
    data = {"data": [{"id": "r", "day": "2026-03-13", "score": 80, "contributors": {}, "temperature_deviation": 0.1}]}
    assert PLUGIN.sniff(json.dumps(data).encode(), "x") == 1
    assert read(data) == []


# ---- account export -------------------------------------------------------------------------------------------------


def test_sleepmodel_with_semicolons_and_json_in_cells():
    found = read(MODEL)
    first, nap, last = sessions(found)
    assert (first.key, first.measures.tst_min, first.measures.temp, first.measures.resp) == ("m-1", 430, -0.12, 14.5)
    assert first.stages[0].code == StageCode.W
    assert sum(s.dur_s for s in first.stages) == 28800
    assert nap.kind == SessionKind.NAP
    assert (nap.measures.rem_min, nap.stages[-1].dur_s) == (0, 300)
    assert last.stages == ()
    assert reasons(found) == ["deleted in Oura"]
    assert any("not yet been seen in the wild" in w for w in warnings(found))


def test_sleepmodel_and_the_api_give_the_same_night():
    api = read((DATA / "api_v2_sleep.json").read_bytes())
    assert sessions(api)[0].measures == sessions(read(MODEL))[0].measures
    assert sessions(api)[0].stages == sessions(read(MODEL))[0].stages


def test_sleepmodel_hypnogram_stays_text():
    digits = "1" * 96
    changed = MODEL.replace(next(c for c in MODEL.split(";") if len(c) == 96), digits)
    (stage,) = sessions(read(changed))[0].stages
    assert (stage.code, stage.dur_s) == (StageCode.N3, 28800)


def test_enhanced_tags_become_tags_of_their_night():
    found = read((DATA / "enhancedtag.csv").read_text())
    assert [(t.night_date.isoformat(), t.tag) for t in tags(found)] == [
        ("2026-03-12", "alcohol"),
        ("2026-03-12", "Magnesium 300 mg"),
        ("2026-03-13", "melatonin"),
    ]
    assert tags(found)[2].at is None
    assert reasons(found) == ["a note without a tag; notes stay in the file"]
    assert any("1 tag carries a comment" in w for w in warnings(found))
    assert not any("two glasses" in str(d) for d in found if not isinstance(d, Rejected))


def test_api_tags_old_and_new():
    assert [t.tag for t in tags(read((DATA / "api_v2_enhanced_tag.json").read_bytes()))] == [
        "alcohol",
        "Magnesium 300 mg",
    ]
    old = {"id": "1", "day": "2026-03-12", "text": None, "timestamp": "2026-03-13T00:30:00+01:00"}
    found = read({"data": [old | {"tags": ["tag_generic_nocaffeine", "tag_sleep_earplugs"]}]})
    assert [(t.tag, t.night_date) for t in tags(found)] == [
        ("nocaffeine", date(2026, 3, 12)),
        ("earplugs", date(2026, 3, 12)),
    ]


def test_a_tag_over_several_days_is_a_tag_of_each_night():
    row = {"tag_type_code": "tag_generic_sick", "start_time": "2026-03-12T18:00:00+01:00", "start_day": "2026-03-12"}
    found = read([row | {"end_time": "2026-03-14T20:00:00+01:00", "end_day": "2026-03-14"}])
    assert [t.night_date.day for t in tags(found)] == [12, 13, 14]
    found = read([{"tag_type_code": "tag_generic_sick", "start_day": "2026-03-12", "end_day": "2999-03-14"}])
    assert len(tags(found)) == 60


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start_time": None, "start_day": None}, "no date: the tag belongs to no night"),
        ({"start_time": "2029-01-01T10:00:00+01:00"}, "the time is in the future (2029-01-01)"),
        ({"start_time": None, "start_day": "1960-01-01"}, "the date is not one of a recorded night"),
        ({"end_time": "0001-01-01T00:00:00+00:00"}, "the end is before 1970"),
    ],
)
def test_a_tag_without_a_night_is_rejected(change, reason):
    row = {"tag_type_code": "x", "start_time": "2026-03-12T18:00:00+01:00", "start_day": "2026-03-12"}
    assert reasons(read([row | change])) == [reason]


@pytest.mark.parametrize(
    "header",
    [
        "id;contributors;day;score;timestamp",
        "id;contributors;day;score;temperature_deviation;temperature_trend_deviation;timestamp",
        "id;breathing_disturbance_index;day;spo2_percentage",
        "id;day;optimal_bedtime;recommendation;status",
        "bpm;source;timestamp",
        "skin_temp;timestamp",
    ],
)
def test_other_tables_of_the_account_export_are_taken_and_give_nothing(header):
    data = f"{header}\n1;2;3\n"
    assert PLUGIN.sniff(data.encode(), "x.csv") == 1
    assert read(data) == []


def test_companions_of_the_export_are_known_in_both_spellings():
    assert {"dailyactivity.csv", "DailyReadiness.csv", "temperature.csv"} <= set(PLUGIN.companions)


# ---- API v1 ---------------------------------------------------------------------------------------------------------


def test_v1_account_json():
    main, nap = sessions(read((DATA / "account_v1.json").read_bytes()))
    m = main.measures
    assert (m.tst_min, m.tib_min, m.sol_min, m.hr, m.hrv_rmssd, m.temp) == (430, 480, 5, 52.5, 61, -0.12)
    assert (main.stages[0].code, sum(s.dur_s for s in main.stages)) == (StageCode.W, 28800)
    assert main.vendor_date == date(2019, 3, 12)
    assert (nap.kind, nap.start.offset_min, nap.start.iso_z) == (SessionKind.NAP, 60, "2019-03-13T13:00:00Z")


def test_v1_is_known_though_the_sleep_comes_last():
    head = b'{"activity":[{"summary_date":"2019-03-12","class_5min":"' + b"1" * 70_000
    assert PLUGIN.sniff(head[:65536], "x") == 1


# ---- sniffing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b'{"day":1}', b"date,sleep,wake\n", b"from,to,light\n", b"", b"id;day\n1;2\n"]
)
def test_others_files_are_not_oura(data):
    assert PLUGIN.sniff(data, "oura_trends.csv") == 0


@pytest.mark.real
def test_real_trends(shared_dir):
    found = read((shared_dir / "fixtures/oura/mohdasti_trends_2026_EXCERPT.csv").read_bytes())
    by_night = {s.night_date: s.measures for s in sessions(found)}
    assert len(by_night) == 10
    assert (by_night[date(2026, 7, 9)].deep_min, by_night[date(2026, 7, 9)].rem_min) == (62, 80)
    assert [d for d in found if not isinstance(d, RowDraft | SumRule)] == []
    assert [(d.checked, d.broken) for d in found if isinstance(d, SumRule)] == [(10, 0)] * 3


@pytest.mark.real
def test_real_shape_of_the_api(shared_dir):
    found = read((shared_dir / "fixtures/oura/dexta_api_v2_sleep.json").read_bytes())
    assert [(s.night_date, s.kind, s.measures.tst_min) for s in sessions(found)] == [
        (date(2026, 6, 9), SessionKind.MAIN, 410),
        (date(2026, 6, 9), SessionKind.NAP, 40),
    ]
    assert reasons(found) == ["deleted in Oura", "still running: it has no end yet"]
    assert read((shared_dir / "fixtures/oura/dexta_api_v2_daily_readiness.json").read_bytes()) == []
