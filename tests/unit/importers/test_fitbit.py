"""Fitbit's sleep logs, scores and web table."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
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
    Travel,
    UnknownFields,
    ZoneNeeded,
)
from dreamjournal.domain.session import SessionKind, StageCode, Validity
from dreamjournal.importers.fitbit import PLUGIN

DATA = Path(__file__).parents[2] / "data/fitbit"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NEW_YORK = "America/New_York"


def read(data: bytes | str, zone: str | None = NEW_YORK, **more):
    raw = data.encode() if isinstance(data, str) else data
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, zone, "f", **more), NoProgress()))


def sample(name: str, **more):
    return read((DATA / name).read_bytes(), **more)


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def rules(found):
    return {d.rule: d for d in found if isinstance(d, SumRule)}


def log(**changes):
    """One stages log of 8 hours from 23:00, every stage 2 hours long."""
    start = datetime(2026, 1, 5, 23, 0)
    data = [
        {"dateTime": (start + timedelta(hours=2 * i)).isoformat() + ".000", "level": level, "seconds": 7200}
        for i, level in enumerate(("light", "deep", "rem", "wake"))
    ]
    out = {
        "logId": 1, "dateOfSleep": "2026-01-06", "startTime": "2026-01-05T23:00:00.000", "endTime": "2026-01-06T07:00:00.000",
        "duration": 28800000, "minutesToFallAsleep": 0, "minutesAsleep": 360, "minutesAwake": 120, "minutesAfterWakeup": 0,
        "timeInBed": 480, "efficiency": 90, "type": "stages", "infoCode": 0, "mainSleep": True,
        "levels": {"summary": {k: {"count": 1, "minutes": 120} for k in ("light", "deep", "rem", "wake")}, "data": data, "shortData": []},
    }  # fmt: skip
    out.update(changes)
    return {k: v for k, v in out.items() if v is not ...}


def one(**changes):
    return read(json.dumps([log(**changes)]))


# ---- logs ------------------------------------------------------------------------------------------------------------


def test_a_stages_log():
    main, nap, classic = sessions(sample("sleep-2026-03-12.json"))
    assert (main.source_id, main.kind, main.validity) == ("31500000001", SessionKind.MAIN, Validity.OK)
    assert main.start.iso_z == "2026-03-13T03:10:30Z"
    assert (main.start.zone, main.start.offset_min) == (NEW_YORK, -240)
    assert (main.night_date, main.vendor_date) == (date(2026, 3, 12), date(2026, 3, 13))
    m = main.measures
    assert (m.light_min, m.deep_min, m.rem_min, m.awake_min) == (319, 58, 70, 23.5)
    assert m.tst_min == m.light_min + m.deep_min + m.rem_min
    assert (m.sol_min, m.rem_latency_min, m.tib_min, m.vendor_se_pct) == (10, 210, 470, 91)
    assert m.waso_min == m.awake_min - 10
    assert sum(s.dur_s for s in main.stages) == 28230
    assert all(a.code != b.code for a, b in zip(main.stages, main.stages[1:], strict=False))
    assert nap.kind == SessionKind.NAP
    assert classic.kind == SessionKind.MAIN


def test_classic_naps_of_infocode_2_are_kept_and_minutes_asleep_is_their_sleep():
    _, nap, _ = sessions(sample("sleep-2026-03-12.json"))
    assert (nap.kind, nap.validity) == (SessionKind.NAP, Validity.OK)
    m = nap.measures
    assert (m.tst_min, m.asleep_unspecified_min, m.awake_min, m.sol_min) == (45, 45, 7, 0)
    assert (m.light_min, m.deep_min, m.rem_min, m.waso_min) == (None, None, None, None)
    assert [s.code for s in nap.stages] == [StageCode.ASLEEP, StageCode.W]


def test_short_wakes_are_painted_over_the_stages():
    start = datetime(2026, 1, 5, 23, 0)
    data = [
        {"dateTime": start.isoformat(), "level": "light", "seconds": 480 * 60 - 36 * 60},
        {"dateTime": (start + timedelta(minutes=444)).isoformat(), "level": "wake", "seconds": 36 * 60},
    ]
    short = [
        {"dateTime": (start + timedelta(minutes=5 + 10 * i)).isoformat(), "level": "wake", "seconds": 60} for i in range(43)
    ]  # fmt: skip
    levels = {"summary": {}, "data": data, "shortData": short}
    (without,) = sessions(one(levels={"summary": {}, "data": data}))
    (painted,) = sessions(one(levels=levels))
    assert (without.measures.awake_min, painted.measures.awake_min) == (36, 79)
    assert painted.measures.tst_min == 480 - 79
    assert len(painted.stages) == 2 * 43 + 2


def test_a_wake_that_lies_beside_the_grid_is_painted_to_the_second():
    short = [{"dateTime": "2026-01-05T23:10:07.000", "level": "wake", "seconds": 45}]
    levels = log()["levels"] | {"shortData": short}
    (s,) = sessions(one(levels=levels))
    assert s.measures.light_min == 119.25
    assert s.stages[1].offset_s == 607


def test_the_night_of_the_clock_change_keeps_the_offset_of_its_start():
    found = one(
        startTime="2021-03-14T00:44:30.000", endTime="2021-03-14T09:18:30.000", duration=514 * 60000, timeInBed=514,
        dateOfSleep="2021-03-14", levels={"summary": {}, "data": []},
    )  # fmt: skip
    (s,) = sessions(found)
    assert (s.end.utc - s.start.utc) == timedelta(minutes=514)
    assert s.start.iso_z == "2021-03-14T05:44:30Z"
    assert s.end.local == datetime(2021, 3, 14, 10, 18, 30), "the clocks went forward; the vendor's end did not"
    assert all(not r.broken for r in rules(found).values())


def test_a_zone_is_needed_and_travel_is_heeded():
    with pytest.raises(ZoneNeeded):
        read(json.dumps([log()]), zone=None)
    travel = (Travel(date(2026, 1, 5), date(2026, 1, 5), "Asia/Tokyo"),)
    (s,) = sessions(read(json.dumps([log()]), travel=travel))
    assert (s.start.zone, s.end.zone) == ("Asia/Tokyo", "Asia/Tokyo")


def test_a_log_that_stands_in_two_monthly_files_has_one_key():
    summary = log()["levels"]["summary"]
    other = {k: v | {"thirtyDayAvgMinutes": 55} for k, v in summary.items()}
    (a,), (b,) = sessions(one()), sessions(one(levels=log()["levels"] | {"summary": other}))
    assert a == b
    assert a.key == "1"


def test_the_api_wraps_the_list_and_names_the_main_sleep_otherwise():
    (s,) = sessions(sample("api_sleep.json"))
    assert (s.kind, s.source_id) == (SessionKind.MAIN, "31500000004")
    (nap,) = sessions(read(json.dumps({"sleep": [log(mainSleep=..., isMainSleep=False)]})))
    assert nap.kind == SessionKind.NAP


def test_minutes_of_the_summary_stand_in_where_there_are_no_stages():
    (s,) = sessions(one(levels={"summary": log()["levels"]["summary"], "data": []}))
    m = s.measures
    assert (m.tst_min, m.light_min, m.deep_min, m.rem_min, m.waso_min, m.sol_min) == (360, 120, 120, 120, None, None)


def test_nothing_said_of_sleep_is_unscored_and_never_0():
    (s,) = sessions(one(levels={}, minutesAsleep=0, minutesAwake=None))
    assert (s.validity, s.measures.tst_min, s.measures.deep_min) == (Validity.UNSCORED, None, None)


def test_the_rules_of_real_logs_are_checked():
    good = rules(sample("sleep-2026-03-12.json"))
    assert {r: (d.checked, d.broken) for r, d in good.items()} == {
        "end - start is the duration, or 30 seconds more": (3, 0),
        "the date is that of the end": (3, 0),
        "minutes asleep = deep + light + REM": (1, 0),
        "the stages add up to the summary's minutes within 1 minute": (1, 0),
    }
    bad = rules(one(minutesAsleep=300, duration=1, dateOfSleep="2026-01-05", levels=log()["levels"] | {"shortData": [
        {"dateTime": "2026-01-05T23:10:00.000", "level": "wake", "seconds": 180}]}))  # fmt: skip
    assert [d.broken for d in bad.values()] == [1, 1, 1, 1]
    assert bad["the date is that of the end"].nights == (date(2026, 1, 5),)


def test_a_renamed_key_is_named():
    assert UnknownFields(("minutesRested",)) in one(minutesRested=3)
    assert not [d for d in sample("sleep-2026-03-12.json") if isinstance(d, UnknownFields)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"startTime": ...}, "no sleep in this row"),
        ({"startTime": "2026-01-05"}, "startTime: not a date and time"),
        ({"startTime": "2026-01-05T23:00:00Z"}, "startTime: not a date and time"),
        ({"startTime": "٢٠٢٦-01-05T23:00:00.000"}, "startTime: not a date and time"),
        ({"startTime": 5}, "startTime: not a date and time"),
        ({"endTime": "2026-01-05T22:00:00.000"}, "the end is before the start"),
        ({"endTime": "2026-02-06T07:00:00.000"}, "longer than 24 hours"),
        ({"startTime": "0001-01-01T00:00:00", "endTime": "0001-01-01T08:00:00"}, "outside the calendar"),
        ({"startTime": "1960-01-01T00:00:00", "endTime": "1960-01-01T08:00:00"}, "before 1970"),
        ({"startTime": "9999-12-31T20:00:00", "endTime": "9999-12-31T23:59:00"}, "outside the calendar"),
        ({"logId": None}, "logId"),
        ({"logId": True}, "logId"),
        ({"logId": 3.5}, "logId"),
        ({"minutesAsleep": "360"}, "minutesAsleep: not a number"),
        ({"minutesAsleep": True}, "minutesAsleep: not a number"),
        ({"timeInBed": 10**400}, "out of range"),
        ({"timeInBed": -5}, "negative minutes"),
        ({"levels": {"data": [{"dateTime": "2026-01-05T23:00:00", "level": "nrem", "seconds": 60}]}}, "levels.data"),
        ({"levels": {"data": [{"dateTime": "2026-01-05T23:00:00Z", "level": "rem", "seconds": 60}]}}, "levels.data"),
        ({"levels": {"data": [{"dateTime": "2026-01-05T23:00:00", "level": "rem", "seconds": 10**30}]}}, "levels.data"),
        ({"levels": {"data": ["x"]}}, "levels.data"),
        ({"levels": {"shortData": 7}}, "levels.shortData"),
    ],
)
def test_a_bad_log_is_rejected_alone(changes, reason):
    found = read(json.dumps([log(**changes), log(logId=2)]))
    assert [s.source_id for s in sessions(found)] == ["2"]
    (no,) = rejected(found)
    assert reason in no.reason
    assert (no.where, no.line) == ("f record 1", 1)


def test_stages_outside_the_window_are_cut():
    data = [{"dateTime": "2026-01-05T22:00:00", "level": "rem", "seconds": 7200}, {"dateTime": "2026-01-06T06:30:00", "level": "light", "seconds": 7200}]  # fmt: skip
    (s,) = sessions(one(levels={"data": data}))
    assert [(x.offset_s, x.dur_s) for x in s.stages] == [(0, 3600), (27000, 1800)]


@pytest.mark.parametrize("data", ["[", '{"sleep": 3}', "3", '[{"logId": 1'])
def test_other_json_is_refused(data):
    with pytest.raises(UserError, match="not read"):
        read(data)


@pytest.mark.parametrize("data", ["[1, null]", '{"a": 1}', "[[]]"])
def test_records_that_are_no_logs_are_rejected(data):
    found = read(data)
    assert rejected(found)
    assert not sessions(found)


# ---- sleep_score.csv -------------------------------------------------------------------------------------------------


def test_a_score_joins_its_log_and_its_z_is_local():
    first, second = sessions(sample("sleep_score.csv"))
    assert (first.source_id, first.supplement, first.joins_only) == ("31500000001", True, True)
    assert first.end.iso_z == "2026-03-13T11:01:00Z", "07:01 in New York, not in Greenwich"
    assert [(e.kind, e.detail) for e in first.events] == [("score", "84"), ("resting_hr", "57")]
    assert second.source_id == "31500000003", "blank composition and duration scores since 2024"


def test_the_resting_heart_rate_of_a_day_is_not_the_heart_rate_of_a_night():
    assert all(v is None for s in sessions(sample("sleep_score.csv")) for v in vars(s.measures).values())


def test_bad_scores_and_a_spreadsheets_copy():
    text = (DATA / "sleep_score.csv").read_text()
    found = read(text.replace("31500000001,", "abc,").replace("58,", "fast,"))
    assert [r.reason for r in rejected(found)] == [
        "sleep_log_entry_id: not a number",
        "resting_heart_rate: not a number",
    ]
    for old, new in (("31500000001", "3.15E+10"), ("2026-03-13T07:01:00Z", "3/13/2026 7:01")):
        with pytest.raises(UserError, match="spreadsheet"):
            read(text.replace(old, new))
    assert len(sessions(read(text.replace(",", ";")))) == 2
    assert UnknownFields(("mood",)) in read(text.replace("restlessness", "mood"))
    with pytest.raises(UserError, match="overall_score"):
        read("sleep_log_entry_id,timestamp\n1,2026-03-13T07:01:00Z\n")


# ---- the web site's CSV ----------------------------------------------------------------------------------------------


def test_the_web_sites_table():
    found = sample("fitbit_export.csv")
    night, nap = sessions(found)
    assert night.start.local == datetime(2026, 3, 12, 23, 10)
    assert (night.measures.tst_min, night.measures.rem_min, night.measures.tib_min) == (400, 80, 471)
    assert nap.start.local == datetime(2026, 3, 13, 14, 2)
    assert (nap.measures.rem_min, nap.measures.asleep_unspecified_min) == (None, 45)
    assert any("not yet been seen in the wild" in d.text for d in found if isinstance(d, FileWarning))


def test_the_web_sites_table_among_others_with_thousands_and_noon():
    text = (DATA / "fitbit_export.csv").read_text()
    text = "Body\nDate,Weight\n2026-03-12,70\n\n" + text.replace('"400"', '"1,400"').replace("2:02PM", "12:02PM")
    found = read(text + "Food Log 20260312\nMeal,Food\nx,y\n")
    assert not rejected(found)
    assert sessions(found)[1].start.local.hour == 12
    assert sessions(found)[0].measures.tst_min is None, "1,400 minutes do not fit the night"


@pytest.mark.parametrize("clock", ["2026-03-12 23:10", "2026-13-12 11:10PM", "2026-03-12 13:10PM", "later"])
def test_a_bad_clock_of_the_web_table(clock):
    found = read((DATA / "fitbit_export.csv").read_text().replace("2026-03-12 11:10PM", clock))
    assert [r.reason for r in rejected(found)] == ["Start Time: not a date and time"]


def test_a_row_of_the_web_table_that_is_cut_off_is_rejected():
    text = (DATA / "fitbit_export.csv").read_text()
    assert [r.reason for r in rejected(read(text[: text.index('"60"')]))] == ["Minutes Deep Sleep: empty"]


def test_the_web_table_saved_again_is_refused():
    with pytest.raises(UserError, match="spreadsheet"):
        read((DATA / "fitbit_export.csv").read_text().replace("2026-03-12 11:10PM", "03/12/2026 23:10"))


# ---- all -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    ["timestamp,rmssd,nremhr,entropy", "timestamp,daily_respiratory_rate", "timestamp,average_value,lower_bound,upper_bound",
     "type,sleep_start,sleep_end,temperature_samples,nightly_temperature", "sleep_id,sleep_type,minutes_in_sleep_period",
     "sleep_id,sleep_stage_id,sleep_stage_type,start_utc_offset", "sleep_id,sleep_score_id,overall_score"],
)  # fmt: skip
def test_tables_that_tell_of_no_sleep_of_their_own_are_known(header):
    data = f"{header}\n2026-03-13T00:00:00,1,2,3\n".encode()
    assert PLUGIN.sniff(data, "x") == 1
    assert [type(d) for d in read(data)] == ([FileWarning] if "sleep_type" in header else [])


def test_content_decides():
    for path in DATA.iterdir():
        assert PLUGIN.sniff(path.read_bytes(), "renamed.txt") == 1
    assert PLUGIN.sniff(b'[{"dateTime": "01/01/20 00:00:05", "value": {"bpm": 70}}]', "sleep-2020-01-01.json") == 0
    assert PLUGIN.sniff(b"", "sleep_score.csv") == 0
