"""Garmin's export, web service and FIT files."""

from __future__ import annotations

import io
import json
import struct
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fitdecode.utils import compute_crc
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import (
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    SumRule,
    UnknownFields,
    ZoneNeeded,
)
from dreamjournal.domain.session import SessionKind, StageCode, Validity
from dreamjournal.importers.garmin import PLUGIN

DATA = Path(__file__).parents[2] / "data/garmin"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def read(data, zone: str | None = BERLIN):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, zone, "f"), NoProgress()))


def sample(name: str, zone: str | None = BERLIN):
    return read((DATA / name).read_bytes(), zone)


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def warnings(found):
    return " ".join(d.text for d in found if isinstance(d, FileWarning))


def record(**changes):
    """A record of the account export: 22:30 to 06:30 in Berlin."""
    out = {
        "sleepStartTimestampGMT": "2026-01-05T21:30:00.0", "sleepEndTimestampGMT": "2026-01-06T05:30:00.0",
        "calendarDate": "2026-01-06", "sleepWindowConfirmationType": "ENHANCED_CONFIRMED_FINAL",
        "deepSleepSeconds": 5400, "lightSleepSeconds": 16200, "remSleepSeconds": 5400, "awakeSleepSeconds": 1800,
        "unmeasurableSeconds": 0, "retro": False,
    }  # fmt: skip
    out.update(changes)
    return {k: v for k, v in out.items() if v is not ...}


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def answer(top=None, **changes):
    """An answer of the web service: the same night."""
    dto = {
        "id": 1, "calendarDate": "2026-01-06", "sleepTimeSeconds": 27000, "napTimeSeconds": 0,
        "sleepWindowConfirmationType": "enhanced_confirmed_final",
        "sleepStartTimestampGMT": ms("2026-01-05T21:30"), "sleepEndTimestampGMT": ms("2026-01-06T05:30"),
        "sleepStartTimestampLocal": ms("2026-01-05T22:30"), "sleepEndTimestampLocal": ms("2026-01-06T06:30"),
        "deepSleepSeconds": 5400, "lightSleepSeconds": 16200, "remSleepSeconds": 5400, "awakeSleepSeconds": 1800,
        "unmeasurableSleepSeconds": 0,
    }  # fmt: skip
    dto.update(changes)
    return {"dailySleepDTO": {k: v for k, v in dto.items() if v is not ...}, **(top or {})}


def levels(*parts):
    """Levels one after another from 21:30 GMT: (code, minutes)."""
    at = datetime(2026, 1, 5, 21, 30)
    out = []
    for code, minutes in parts:
        out.append({"startGMT": at.isoformat() + ".0", "endGMT": (at + timedelta(minutes=minutes)).isoformat() + ".0", "activityLevel": code})  # fmt: skip
        at += timedelta(minutes=minutes)
    return out


# ---- the account export ----------------------------------------------------------------------------------------------


def test_records_are_gmt_and_lived_in_the_persons_zone():
    (s,) = sessions(read([record()]))
    assert s.start.iso_z == "2026-01-05T21:30:00Z"
    assert (s.start.zone, s.start.offset_min, s.start.local.hour) == (BERLIN, 60, 22)
    assert (s.night_date, s.vendor_date) == (date(2026, 1, 5), date(2026, 1, 6))
    m = s.measures
    assert (m.deep_min, m.light_min, m.rem_min, m.awake_min, m.tst_min, m.tib_min) == (90, 270, 90, 30, 450, 480)
    assert (m.waso_min, m.sol_min, s.stages) == (None, None, ()), "totals only"
    with pytest.raises(ZoneNeeded):
        read([record()], zone=None)


def test_rem_that_an_old_watch_does_not_measure_is_none():
    (s,) = sessions(read([record(remSleepSeconds=..., lightSleepSeconds=21600)]))
    assert (s.measures.rem_min, s.measures.tst_min) == (None, 450)


@pytest.mark.parametrize(
    ("word", "validity"),
    [
        ("ENHANCED_CONFIRMED_FINAL", "ok"), ("ENHANCED_CONFIRMED", "ok"), ("AUTO_CONFIRMED_TENTATIVE", "ok"),
        ("auto_confirmed_final", "ok"), ("MANUALLY_CONFIRMED", "ok"), ("MANUALLY_CORRECTED", "ok"), (None, "ok"),
        ("UNCONFIRMED", "unconfirmed"), ("unconfirmed", "unconfirmed"), ("OFF_WRIST", "off_wrist"), ("off_wrist", "off_wrist"),
    ],
)  # fmt: skip
def test_confirmation_is_read_by_pattern(word, validity):
    (s,) = sessions(read([record(sleepWindowConfirmationType=word)]))
    assert s.validity == validity


def test_a_new_kind_of_confirmation_is_loud_and_taken():
    found = read([record(sleepWindowConfirmationType="HYPER_VERIFIED")])
    assert sessions(found)[0].validity == Validity.OK
    assert "HYPER_VERIFIED" in warnings(found)


def test_an_unconfirmed_night_without_durations_is_kept_without_measures():
    gone = dict.fromkeys(("deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds", "awakeSleepSeconds"), ...)
    (s,) = sessions(read([record(sleepWindowConfirmationType="UNCONFIRMED", **gone)]))
    assert (s.validity, s.measures.tst_min, s.measures.tib_min) == (Validity.UNCONFIRMED, None, 480)
    (s,) = sessions(read([record(**gone)]))
    assert s.validity == Validity.UNSCORED
    (s,) = sessions(read([record(**dict.fromkeys(gone, 0))]))
    assert (s.validity, s.measures.tst_min, s.measures.deep_min) == (Validity.UNSCORED, None, None), (
        "0 is not a measure"
    )


def test_a_record_without_times_holds_no_sleep_unless_it_lists_naps():
    found = read([record(sleepStartTimestampGMT=...), record()])
    assert [r.reason for r in rejected(found)] == ["no sleep in this row"]
    nap = {
        "napStartTimestampGMT": "2026-01-06T13:00:00.0",
        "napEndTimestampGMT": "2026-01-06T13:40:00.0",
        "napTimeSec": 2100,
    }
    (s,) = sessions(read([record(sleepStartTimestampGMT=..., napList=[nap])]))
    assert (s.kind, s.measures.tst_min, s.measures.tib_min) == (SessionKind.NAP, 35, 40)


def test_naps_of_a_record_are_sessions_beside_the_night():
    night, nap = sessions(sample("2026-01-05_2026-04-15_12345678_sleepData.json"))[:2]
    assert (night.kind, nap.kind) == (SessionKind.MAIN, SessionKind.NAP)
    assert nap.start.local == datetime(2026, 1, 6, 14, 0)


def test_vitals_of_a_record():
    found = read(
        [record(spo2SleepSummary={"averageSPO2": 95.5, "averageHR": 52, "lowestSPO2": 88}, averageRespiration=13.5)]
    )
    m = sessions(found)[0].measures
    assert (m.spo2, m.hr, m.resp, m.hrv_rmssd) == (95.5, 52, 13.5, None)
    m = sessions(read([record(spo2SleepSummary={"averageSPO2": 0, "averageHR": -1}, averageRespiration=-1)]))[
        0
    ].measures
    assert (m.spo2, m.hr, m.resp) == (None, None, None)


def test_the_rules_and_renamed_keys():
    found = read([record(), record(awakeSleepSeconds=600, sleepQualia=3)])
    (rule,) = [d for d in found if isinstance(d, SumRule)]
    assert (rule.checked, rule.broken, rule.nights) == (2, 1, (date(2026, 1, 5),))
    assert UnknownFields(("sleepQualia",)) in found


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sleepStartTimestampGMT": "2026-01-06"}, "not a date and time"),
        ({"sleepStartTimestampGMT": "2026-02-30T10:00:00.0"}, "not a date and time"),
        ({"sleepStartTimestampGMT": "2026-01-05T21:30:00+01:00"}, "not a date and time"),
        ({"sleepStartTimestampGMT": True}, "not a date and time"),
        ({"sleepStartTimestampGMT": 10**13}, "the start is in the future"),
        ({"sleepStartTimestampGMT": 10**300}, "not a date and time"),
        ({"sleepEndTimestampGMT": "2026-01-05T20:30:00.0"}, "the end is before the start"),
        (
            {"sleepStartTimestampGMT": "0001-01-01T00:00:00.0", "sleepEndTimestampGMT": "0001-01-01T08:00:00.0"},
            "calendar",
        ),
        (
            {"sleepStartTimestampGMT": "9999-12-31T23:00:00.0", "sleepEndTimestampGMT": "9999-12-31T23:59:00.0"},
            "calendar",
        ),
        ({"deepSleepSeconds": "5400"}, "deepSleepSeconds: not a number"),
        ({"deepSleepSeconds": False}, "deepSleepSeconds: not a number"),
        ({"deepSleepSeconds": -60}, "negative minutes"),
    ],
)
def test_a_bad_record_is_rejected_alone(changes, reason):
    found = read([record(**changes), record()])
    (no,) = rejected(found)
    assert reason in no.reason
    assert len(sessions(found)) == 1


# ---- the web service -------------------------------------------------------------------------------------------------


def test_local_times_are_wall_clocks_written_as_gmt():
    (s,) = sessions(read(answer(), zone=None))
    assert (s.start.iso_z, s.start.zone, s.start.offset_min) == ("2026-01-05T21:30:00Z", None, 60)
    assert s.start.local == datetime(2026, 1, 5, 22, 30)
    assert (s.measures.tst_min, s.measures.tib_min) == (450, 480)


def test_a_night_of_a_clock_change_has_two_offsets():
    (s,) = sessions(read(answer(
        sleepStartTimestampGMT=ms("2026-03-28T22:00"), sleepEndTimestampGMT=ms("2026-03-29T05:00"),
        sleepStartTimestampLocal=ms("2026-03-28T23:00"), sleepEndTimestampLocal=ms("2026-03-29T07:00"),
        sleepTimeSeconds=..., deepSleepSeconds=..., lightSleepSeconds=..., remSleepSeconds=...,
    ), zone=None))  # fmt: skip
    assert (s.start.offset_min, s.end.offset_min) == (60, 120)
    assert s.measures.tib_min == 420


def test_without_local_times_the_zone_is_asked():
    bare = answer(sleepStartTimestampLocal=..., sleepEndTimestampLocal=None)
    assert sessions(read(bare))[0].start.zone == BERLIN
    with pytest.raises(ZoneNeeded):
        read(bare, zone=None)


def test_an_offset_no_place_has_is_rejected():
    found = read(answer(sleepStartTimestampLocal=ms("2026-01-07T22:30")))
    assert "15 hours" in rejected(found)[0].reason


def test_code_2_is_rem_with_rem_data_and_awake_without():
    top = {"sleepLevels": levels((3, 20), (1, 200), (0, 90), (2, 90), (1, 80)), "remSleepData": True}
    (new,) = sessions(read(answer(top)))
    assert [s.code for s in new.stages] == [StageCode.W, StageCode.LIGHT, StageCode.N3, StageCode.REM, StageCode.LIGHT]
    assert (new.measures.sol_min, new.measures.waso_min, new.measures.rem_latency_min) == (20, 0, 290)
    (old,) = sessions(read(answer(top | {"remSleepData": False}, remSleepSeconds=0)))
    assert [s.code for s in old.stages] == [StageCode.W, StageCode.LIGHT, StageCode.N3, StageCode.W, StageCode.LIGHT]
    assert (old.measures.rem_min, old.measures.waso_min, old.measures.rem_latency_min) == (None, 90, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"deviceRemCapable": True}, "REM"), ({"deviceRemCapable": False}, "W"), ({"remSleepSeconds": 60}, "REM"), ({"remSleepSeconds": None}, "W")],
)  # fmt: skip
def test_without_the_flag_code_2_follows_what_else_is_said_of_rem(changes, code):
    (s,) = sessions(read(answer({"sleepLevels": levels((2, 100), (1, 380))}, **changes)))
    assert s.stages[0].code == code


def test_unmeasurable_levels_are_unknown_and_a_half_staged_night_has_no_waso():
    (s,) = sessions(read(answer({"sleepLevels": levels((1, 60), (-1, 20), (3, 10)), "remSleepData": True})))
    assert s.stages[1].code == StageCode.UNKNOWN
    assert (s.measures.waso_min, s.measures.sol_min) == (None, None)


def test_naps_of_the_service():
    naps = [
        {"napTimeSec": 1500, "napStartTimestampGMT": "2026-01-06T13:00:00", "napEndTimestampGMT": "2026-01-06T13:30:00"}
    ]
    night, nap = sessions(read(answer({"dailyNapDTOS": naps}, napTimeSeconds=1500), zone=None))
    assert (nap.kind, nap.measures.tst_min, nap.start.offset_min) == (SessionKind.NAP, 25, night.start.offset_min)
    found = read(answer(napTimeSeconds=1200))
    assert len(sessions(found)) == 1
    assert "20 minutes of naps on 2026-01-06 have no times" in warnings(found)


def test_vitals_of_the_service():
    beats = [{"startGMT": ms("2026-01-05T22:00"), "value": 50}, {"startGMT": ms("2026-01-06T02:00"), "value": 60}, {"startGMT": ms("2026-01-06T12:00"), "value": 90}]  # fmt: skip
    top = {"avgOvernightHrv": 41.0, "avgSkinTempDeviationC": -0.3, "sleepHeartRate": beats, "restingHeartRate": 48}
    m = sessions(read(answer(top, averageSpO2Value=95, averageRespirationValue=14)))[0].measures
    assert (m.hrv_rmssd, m.temp, m.hr, m.spo2, m.resp) == (41, -0.3, 55, 95, 14), (
        "the day's resting rate is not the night's"
    )


def test_an_answer_without_sleep_is_rejected_and_strangers_are_refused():
    empty = answer(sleepStartTimestampGMT=None, sleepEndTimestampGMT=None)
    assert [r.reason for r in rejected(read([empty, answer()]))] == ["no sleep in this row"]
    for other in ({"a": 1}, [1, 2], [{"logId": 3}]):
        with pytest.raises(UserError, match="no sleep records"):
            read(other)
    assert read([]) == []


def test_the_same_night_has_one_key_in_every_format():
    keys = {sessions(read(x))[0].key for x in ([record()], answer(), fit(*NIGHT))}
    assert keys == {"start:2026-01-05T21:30Z"}


# ---- FIT -------------------------------------------------------------------------------------------------------------

EPOCH = datetime(1989, 12, 31)
NIGHT = ((0, 1), (10, 2), (130, 3), (220, 4), (280, 0), (290, 2), (470, 1))
"""Minute from 21:30 GMT and level of each message."""


def seconds(minute: float) -> int:
    return int((datetime(2026, 1, 5, 21, 30) + timedelta(minutes=minute) - EPOCH).total_seconds())


def message(local: int, number: int, fields, rows) -> bytes:
    """A definition and its data: fields are (number, base type, struct letter)."""
    out = struct.pack("<BBBHB", 0x40 | local, 0, 0, number, len(fields))
    out += b"".join(struct.pack("<BBB", n, struct.calcsize(letter), base) for n, base, letter in fields)
    return out + b"".join(struct.pack("<B" + "".join(f[2] for f in fields), local, *row) for row in rows)


def fit(*parts, kind=49, begin: float | None = 0, end: float | None = 480, correlate: int | None = None) -> bytes:
    body = message(
        0, 0, [(0, 0x00, "B"), (1, 0x84, "H"), (2, 0x84, "H"), (4, 0x86, "I")], [(kind, 1, 3289, seconds(490))]
    )
    edges = [(seconds(m), 74, k) for m, k in ((begin, 0), (end, 1)) if m is not None]
    body += message(1, 21, [(253, 0x86, "I"), (0, 0x00, "B"), (1, 0x00, "B")], edges)
    body += message(2, 275, [(253, 0x86, "I"), (0, 0x00, "B")], [(seconds(m), level) for m, level in parts])
    body += message(3, 346, [(6, 0x02, "B"), (11, 0x02, "B")], [(81, 3)])
    if correlate is not None:
        body += message(4, 162, [(253, 0x86, "I"), (3, 0x86, "I")], [(seconds(0), seconds(0) + correlate)])
    head = struct.pack("<BBHI4s", 14, 0x10, 2100, len(body), b".FIT")
    head += struct.pack("<H", compute_crc(head))
    return head + body + struct.pack("<H", compute_crc(head + body))


def test_a_fit_night():
    found = read(fit(*NIGHT))
    (s,) = sessions(found)
    assert [(x.offset_s // 60, x.dur_s // 60, x.code) for x in s.stages] == [
        (0, 10, StageCode.W), (10, 120, StageCode.LIGHT), (130, 90, StageCode.N3), (220, 60, StageCode.REM),
        (280, 10, StageCode.UNKNOWN), (290, 180, StageCode.LIGHT), (470, 10, StageCode.W),
    ]  # fmt: skip
    m = s.measures
    assert (m.light_min, m.deep_min, m.rem_min, m.awake_min, m.tst_min, m.tib_min) == (300, 90, 60, 20, 450, 480)
    assert (m.sol_min, m.waso_min, m.rem_latency_min) == (10, 10, 210)
    assert (s.start.zone, s.device, s.source_id) == (BERLIN, "fenix6 sport", "")
    assert [d.rows for d in found if isinstance(d, RowDraft)] == [7]


def test_a_fit_night_that_tells_the_local_clock_needs_no_zone():
    (s,) = sessions(read(fit(*NIGHT, correlate=-18000), zone=None))
    assert (s.start.offset_min, s.start.zone) == (-300, None)
    with pytest.raises(ZoneNeeded):
        read(fit(*NIGHT), zone=None)


def test_fit_levels_without_events_and_two_nights_in_one_file():
    (s,) = sessions(read(fit(*NIGHT, begin=None, end=None)))
    assert s.measures.tib_min == 470, "the last level has no known length"
    day = 24 * 60
    two = sessions(read(fit(*NIGHT, *((m + day, level) for m, level in NIGHT), begin=None, end=None)))
    assert [x.start.local.day for x in two] == [5, 6]


def test_levels_that_are_none_are_rejected_one_by_one():
    found = read(fit(*NIGHT[:3], (140, 9), (150, 77), *NIGHT[3:]))
    assert [r.reason for r in rejected(found)] == ["a level without a time or of an unknown kind"] * 2
    assert sessions(found)[0].measures.tst_min == 450


def test_an_activity_holds_no_sleep():
    found = read(fit(kind=4))
    assert [type(d) for d in found] == [FileWarning]
    assert read(fit()) == [], "a sleep file without levels"


@pytest.mark.parametrize("part", [b"", b"\0" * 20, b".FIT", b"\x0e\x10\x00\x00\x00\x00\x00\x10.FIT" + b"\0" * 50])
def test_a_damaged_fit_file_is_refused_in_words(part):
    whole = fit(*NIGHT)
    damaged = [whole[:14] + part, whole[:-1], whole[:40], whole[:60] + b"\xff" + whole[61:], whole + part[:3] + b"x"]
    for data in damaged:
        with pytest.raises(UserError, match="FIT file cannot be read"):
            read(data)


def test_a_fit_file_larger_than_a_night_is_refused():
    body = b"\0" * (5 * 1024 * 1024)
    head = struct.pack("<BBHI4s", 12, 0x10, 2100, len(body), b".FIT")
    with pytest.raises(UserError, match="cannot be read"):
        read(head + body)
    many = message(1, 500, [], []) + b"\1" * 300_000
    head = struct.pack("<BBHI4s", 12, 0x10, 2100, len(many), b".FIT")
    with pytest.raises(UserError, match="more messages than a night"):
        read(head + many + b"\0\0")


@given(at=st.integers(0, 400), byte=st.integers(0, 255))
def test_no_flipped_byte_of_a_fit_file_goes_unnoticed(at, byte):
    whole = fit(*NIGHT)
    at %= len(whole)
    if whole[at] == byte or at == 1:
        return
    try:
        found = read(whole[:at] + bytes([byte]) + whole[at + 1 :])
    except UserError:
        return
    assert all(s.start.utc < s.end.utc for s in sessions(found))
    assert at < 14, "only what the checksum of the header does not cover"


# ---- all -------------------------------------------------------------------------------------------------------------


def test_content_decides():
    for path in DATA.iterdir():
        assert PLUGIN.sniff(path.read_bytes()[:65536], "renamed.txt") == 1
        assert sessions(read(path.read_bytes()))
    assert PLUGIN.sniff(b'[{"logId": 1, "dateOfSleep": "2020-01-01"}]', "x_sleepData.json") == 0
    assert PLUGIN.sniff(b"sleepStartTimestampGMT,calendarDate\n", "x.csv") == 0


def test_the_committed_fit_sample_is_what_the_writer_above_makes():
    assert (DATA / "12345678_SLEEP_DATA.fit").read_bytes() == fit(*NIGHT)


@pytest.mark.real
def test_a_trimmed_answer_of_the_service(shared_dir):
    found = read((shared_dir / "fixtures/garmin/api_dailySleepData_anup-shesh.json").read_bytes(), zone=None)
    (s,) = sessions(found)
    assert (s.start.iso_z, s.start.offset_min, s.start.zone) == ("2026-01-14T17:45:00Z", 300, None)
    assert s.start.local == datetime(2026, 1, 14, 22, 45)
    assert (s.measures.tib_min, s.measures.hrv_rmssd, s.measures.spo2, s.measures.resp) == (440, 39, 95, 15)
    assert s.measures.tst_min is None, "its trimmed totals add up to more than the night"
    assert not [d for d in found if isinstance(d, UnknownFields)]
    for words in ("exceed the time", "20 minutes of naps", "outside the night"):
        assert words in warnings(found)
