"""Apple Health: sessions built from samples, one source a night, and files that mean harm."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common import heads, zip_files
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, UnknownFields
from dreamjournal.domain.session import SessionKind, StageCode, Validity
from dreamjournal.importers.apple_health import PLUGIN
from dreamjournal.importers.apple_health._sources import label

DATA = Path(__file__).parents[2] / "data/apple_health"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
WATCH = "Ada\u2019s Apple\u00a0Watch"
PHONE = "iPhone de Ada"
DEVICE = "&lt;&lt;HKDevice: 0x2815f3c00&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,2, software:10.3&gt;"


class Unseekable(io.RawIOBase):
    """A member of a zip as another program would give it: read once, from its start."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self._stream.readinto(buffer)


def stamp(text: str) -> str:
    """`09 23:10` is in July 2026 in Berlin; anything longer stands as it is."""
    return text if len(text) > 12 else f"2026-07-{text[:2]} {text[3:]}:00 +0200"


def sleep(value: str, start: str, end: str, source: str = WATCH, tz: str = "", more: str = "") -> str:
    value = value if value.isdigit() else f"HKCategoryValueSleepAnalysis{value}"
    head = (
        f' <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="{source}" sourceVersion="10.3"{more}'
        f' creationDate="{stamp(end)}" startDate="{stamp(start)}" endDate="{stamp(end)}" value="{value}"'
    )
    entry = f'>\n  <MetadataEntry key="HKTimeZone" value="{tz}"/>\n </Record>\n'
    return head + (entry if tz else "/>\n")


def vital(name: str, unit: str, value: str, start: str, end: str = "") -> str:
    return (
        f' <Record type="HKQuantityTypeIdentifier{name}" sourceName="{WATCH}" sourceVersion="10.3" device="{DEVICE}"'
        f' unit="{unit}" creationDate="{stamp(start)}" startDate="{stamp(start)}" endDate="{stamp(end or start)}" value="{value}"/>\n'
    )


def document(*records: str, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    return f'{prolog}<HealthData locale="de_DE">\n{"".join(records)}</HealthData>\n'.encode()


def read(*records: str, data: bytes | None = None, **options: Any) -> list[Any]:
    """What both ways of reading give, which must be the same."""
    raw = document(*records) if data is None else data
    given = ReadOptions(NOW, where="export.xml", **options)
    fast = list(PLUGIN.read(io.BytesIO(raw), given, NoProgress()))
    strict = list(PLUGIN.read(io.BufferedReader(Unseekable(raw)), given, NoProgress()))
    assert fast == strict
    return fast


def sessions(found: list[Any]) -> list[Any]:
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def rejected(found: list[Any]) -> list[Rejected]:
    return [d for d in found if isinstance(d, Rejected)]


def warnings(found: list[Any]) -> list[str]:
    return [d.text for d in found if isinstance(d, FileWarning)]


def rows(found: list[Any]) -> int:
    """Data rows accounted for."""
    return sum(d.rows + d.merged if isinstance(d, RowDraft) else isinstance(d, Rejected) for d in found)


NIGHT = (
    sleep("AsleepCore", "09 23:10", "10 01:10", tz="Europe/Berlin"),
    sleep("AsleepDeep", "10 01:10", "10 02:10", tz="Europe/Berlin"),
    sleep("Awake", "10 02:10", "10 02:20", tz="Europe/Berlin"),
    sleep("AsleepREM", "10 02:20", "10 03:50", tz="Europe/Berlin"),
    sleep("AsleepCore", "10 03:50", "10 06:30", tz="Europe/Berlin"),
)


# ---- recognised by content ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["export.xml", "dışa aktarılan.xml", "导出.xml", "x"])
def test_known_by_content_whatever_the_name(name):
    for path in sorted(DATA.glob("*.xml")):
        head = heads.normalised(path.read_bytes()[: heads.HEAD_BYTES])
        assert heads.kind_of(head) in PLUGIN.kinds
        assert PLUGIN.sniff(head, name) == 1.0


def test_the_root_may_stand_behind_a_long_doctype_and_other_xml_is_not_ours():
    doctype = b"<!DOCTYPE HealthData [\n" + b"<!ELEMENT HealthData ANY>\n" * 2000 + b"]>\n"
    assert PLUGIN.sniff(doctype + b"<HealthData>", "a") == 1.0
    assert PLUGIN.sniff(doctype, "export.xml") == 0.0
    assert PLUGIN.sniff(b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>', "export.xml") == 0.0
    assert PLUGIN.sniff(b"<HealthDataSet>", "export.xml") == 0.0


def test_a_member_of_a_zip_is_read_by_the_fast_path_and_again_where_it_declines():
    for comment in ("", "<!-- c -->"):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as z:
            z.writestr("apple_health_export/导出.xml", document(*NIGHT, comment))
        opened = zip_files.open_zip(archive)
        with zip_files.open_member(opened, zip_files.members(opened)[0]) as stream:
            assert stream.seekable()
            found = list(PLUGIN.read(stream, ReadOptions(NOW, where="z"), NoProgress()))
        assert len(sessions(found)) == 1


# ---- what a night is ------------------------------------------------------------------------------------------------


def test_a_night_of_stages():
    (session,) = sessions(read(*NIGHT))
    m = session.measures
    assert (session.kind, session.validity, session.device) == (SessionKind.MAIN, Validity.OK, "Apple Watch")
    assert (session.start.iso_z, session.end.iso_z) == ("2026-07-09T21:10:00Z", "2026-07-10T04:30:00Z")
    assert (session.start.zone, session.start.offset_min) == ("Europe/Berlin", 120)
    assert session.night_date == date(2026, 7, 9)
    assert (m.tst_min, m.light_min, m.deep_min, m.rem_min, m.asleep_unspecified_min) == (430, 280, 60, 90, None)
    assert (m.awake_min, m.waso_min, m.sol_min, m.tib_min, m.rem_latency_min) == (10, 10, None, 440, 190)
    assert [s.code for s in session.stages] == [
        StageCode.LIGHT, StageCode.N3, StageCode.W, StageCode.REM, StageCode.LIGHT,
    ]  # fmt: skip
    assert (session.stages[1].offset_s, session.stages[1].dur_s) == (7200, 3600)
    assert session.source_id == "Apple Watch 2026-07-09T21:10Z"
    assert (m.hr, m.hrv_rmssd, m.hrv_sdnn, m.resp, m.spo2, m.temp) == (None,) * 6


def test_where_and_rows_of_a_session():
    found = read(*NIGHT)
    (row,) = [d for d in found if isinstance(d, RowDraft)]
    assert (row.where, row.line, row.rows, row.merged) == ("export.xml record 1", 1, 5, 0)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Asleep", StageCode.ASLEEP), ("AsleepUnspecified", StageCode.ASLEEP), ("AsleepCore", StageCode.LIGHT),
        ("AsleepDeep", StageCode.N3), ("AsleepREM", StageCode.REM), ("1", StageCode.ASLEEP), ("3", StageCode.LIGHT),
        ("4", StageCode.N3), ("5", StageCode.REM),
    ],
)  # fmt: skip
def test_stage_names_and_old_raw_values(value, code):
    (session,) = sessions(read(sleep(value, "09 23:00", "10 06:00")))
    assert [s.code for s in session.stages] == [code]
    assert session.measures.tst_min == 420


def test_one_unspecified_stretch_says_nothing_of_wake_or_stages():
    (session,) = sessions(read(sleep("AsleepUnspecified", "09 23:00", "10 06:00")))
    m = session.measures
    assert (m.asleep_unspecified_min, m.light_min, m.deep_min, m.rem_min) == (420, None, None, None)
    assert (m.waso_min, m.awake_min, m.sol_min) == (None, None, None)


def test_a_source_that_writes_only_core_says_nothing_of_deep_sleep():
    m = sessions(read(sleep("AsleepCore", "09 23:00", "10 06:00")))[0].measures
    assert (m.light_min, m.deep_min, m.rem_min) == (420, None, None)


def test_records_up_to_an_hour_apart_are_one_session_and_an_hour_and_a_minute_two():
    for end, start, count in (("10 02:00", "10 03:00", 1), ("10 02:00", "10 03:01", 2)):
        found = sessions(read(sleep("AsleepCore", "09 23:00", end), sleep("AsleepDeep", start, "10 06:00")))
        assert len(found) == count
        assert sum(s.measures.tst_min for s in found) == pytest.approx(360 if count == 1 else 359)


def test_a_gap_without_records_is_neither_sleep_nor_wake():
    found = sessions(read(sleep("AsleepCore", "09 23:00", "10 02:00"), sleep("AsleepDeep", "10 02:30", "10 06:00")))
    m = found[0].measures
    assert (m.tst_min, m.tib_min, m.waso_min, m.awake_min) == (390, 420, None, None)


def test_the_order_of_the_records_does_not_matter():
    whole = sessions(read(*NIGHT))[0]
    again = sessions(read(*reversed(NIGHT)))[0]
    assert (whole.stages, whole.measures) == (again.stages, again.measures)


def test_a_night_may_begin_after_midnight_and_naps_keep_their_day():
    found = sessions(read(
        sleep("AsleepCore", "10 00:40", "10 06:00"), sleep("AsleepCore", "10 14:00", "10 15:10"),
        sleep("AsleepREM", "10 15:10", "10 15:20"),
    ))  # fmt: skip
    assert [s.night_date for s in found] == [date(2026, 7, 9), date(2026, 7, 10)]
    assert [s.measures.tst_min for s in found] == [320, 80]


def test_overlapping_records_of_one_source_are_counted_once():
    found = read(
        sleep("Asleep", "09 23:00", "10 06:00"), sleep("Awake", "10 01:00", "10 01:30"),
        sleep("AsleepDeep", "10 02:00", "10 03:00"), sleep("AsleepREM", "10 02:30", "10 03:30"),
    )  # fmt: skip
    (session,) = sessions(found)
    m = session.measures
    assert (m.tst_min, m.awake_min, m.deep_min, m.rem_min, m.asleep_unspecified_min) == (390, 30, 30, 60, 300)
    assert sum(s.dur_s for s in session.stages) == 7 * 3600
    assert rows(found) == 4


def test_records_written_twice_are_merged():
    found = read(*NIGHT, *NIGHT)
    (row,) = [d for d in found if isinstance(d, RowDraft)]
    assert (row.rows, row.merged, row.sessions[0].measures.tst_min) == (5, 5, 430)


# ---- time in bed ----------------------------------------------------------------------------------------------------


def test_fragments_of_the_phones_clock_are_one_envelope_and_never_sleep():
    found = read(
        sleep("InBed", "09 22:40", "10 00:10", PHONE), sleep("InBed", "10 00:12", "10 03:00", PHONE),
        sleep("InBed", "10 03:04", "10 06:50", PHONE), *NIGHT,
    )  # fmt: skip
    (session,) = sessions(found)
    assert (session.measures.tib_min, session.measures.tst_min) == (490, 430)
    assert session.start.iso_z == "2026-07-09T21:10:00Z", "the watch's own start"
    assert session.measures.sol_min is None, "the phone's bedtime is not the watch's"
    assert (rows(found), warnings(found)) == (8, [])


def test_time_in_bed_of_the_same_app_begins_the_session():
    found = read(
        sleep("InBed", "09 22:50", "10 06:40", "Pillow"), sleep("AsleepUnspecified", "09 23:10", "10 06:30", "Pillow")
    )
    (session,) = sessions(found)
    assert session.start.iso_z == "2026-07-09T20:50:00Z"
    assert (session.measures.tib_min, session.measures.sol_min, session.measures.tst_min) == (470, 20, 440)
    assert [(s.offset_s, s.code) for s in session.stages] == [(1200, StageCode.ASLEEP)]


def test_time_in_bed_without_sleep_is_rest_and_unscored():
    found = read(sleep("InBed", "09 22:40", "10 00:10", PHONE), sleep("InBed", "10 00:15", "10 06:50", PHONE))
    (session,) = sessions(found)
    assert (session.kind, session.validity, session.device) == (SessionKind.REST, Validity.UNSCORED, "iPhone")
    assert (session.measures.tib_min, session.measures.tst_min, session.stages) == (490, None, ())
    assert rows(found) == 2


def test_lying_awake_is_no_sleep():
    (session,) = sessions(read(sleep("Awake", "09 23:00", "10 01:00")))
    assert (session.kind, session.validity, session.measures.tst_min) == (SessionKind.REST, Validity.UNSCORED, None)


def test_two_blocks_in_one_time_in_bed_do_not_count_it_twice():
    found = sessions(read(
        sleep("InBed", "09 22:00", "10 08:00", PHONE), sleep("AsleepCore", "09 23:00", "10 02:00"),
        sleep("AsleepCore", "10 03:30", "10 07:00"),
    ))  # fmt: skip
    assert [s.measures.tib_min for s in found] == [240, 270]


def test_time_in_bed_of_a_schedule_longer_than_a_day_is_no_envelope():
    found = read(
        *(sleep("InBed", f"{d:02d} 00:00", f"{d:02d} 23:59", PHONE) for d in (8, 9, 10)), *NIGHT,
    )  # fmt: skip
    (session,) = sessions(found)
    assert (session.measures.tib_min, rows(found)) == (440, 8)


# ---- several sources ------------------------------------------------------------------------------------------------


def app_night(name: str = "NightLog") -> tuple[str, ...]:
    return (sleep("AsleepUnspecified", "09 23:00", "10 04:00", name), sleep("AsleepCore", "10 04:00", "10 06:40", name))


def test_of_several_sources_one_counts_and_stages_are_never_put_together():
    found = read(*app_night(), *NIGHT)
    app, watch = sessions(found)
    assert (app.device, app.validity, app.measures.tst_min) == ("NightLog", Validity.UNCONFIRMED, 460)
    assert (watch.device, watch.validity, watch.measures.tst_min) == ("Apple Watch", Validity.OK, 430)
    assert watch.measures.deep_min == 60
    assert app.measures.deep_min is None
    assert len({s.source_id for s in (app, watch)}) == 2
    assert rows(found) == 7
    (said,) = warnings(found)
    assert said.startswith("1 night was recorded by several sources")
    assert "Apple Watch on 1" in said


def test_the_source_is_the_same_on_every_night_and_gives_way_only_where_it_saw_a_fragment():
    found = sessions(read(
        sleep("AsleepCore", "08 23:00", "09 07:00"), sleep("AsleepCore", "08 23:10", "09 06:00", "NightLog"),
        sleep("AsleepCore", "09 23:00", "10 06:00"), sleep("AsleepCore", "09 23:10", "10 07:00", "NightLog"),
        sleep("AsleepCore", "10 23:00", "10 23:20"), sleep("AsleepCore", "10 23:10", "11 06:30", "NightLog"),
        sleep("AsleepCore", "11 23:00", "12 07:00"),
    ))  # fmt: skip
    counted = [(s.night_date.day, s.device) for s in found if s.validity == Validity.OK]
    assert counted == [(8, "Apple Watch"), (9, "Apple Watch"), (10, "NightLog"), (11, "Apple Watch")]


def test_without_stages_the_source_with_most_sleep_counts():
    found = sessions(read(sleep("Asleep", "09 23:00", "10 05:00", "A"), sleep("Asleep", "09 23:30", "10 06:30", "B")))
    assert [(s.device, s.validity) for s in found] == [("A", Validity.UNCONFIRMED), ("B", Validity.OK)]


def test_the_second_half_of_a_night_from_another_source_is_not_added_to_the_first():
    found = sessions(read(
        sleep("AsleepCore", "09 23:00", "10 03:00"), sleep("AsleepDeep", "10 03:00", "10 03:30"),
        sleep("AsleepCore", "10 04:00", "10 07:00", "NightLog"),
    ))  # fmt: skip
    assert [s.validity for s in found] == [Validity.OK, Validity.UNCONFIRMED]


def test_a_nap_that_only_another_source_saw_counts():
    found = read(*NIGHT, sleep("AsleepUnspecified", "09 14:00", "09 14:40", "NightLog"))
    nap, night = sessions(found)
    assert (nap.device, nap.validity, nap.night_date) == ("NightLog", Validity.OK, date(2026, 7, 9))
    assert night.validity == Validity.OK
    assert warnings(found) == []


def test_two_watches_of_two_people_called_alike_stay_apart():
    found = sessions(read(*NIGHT, *(r.replace(WATCH, "Bo\u2019s Apple Watch") for r in NIGHT)))
    assert [s.device for s in found] == ["Apple Watch"] * 2
    assert sorted(s.validity for s in found) == [Validity.OK, Validity.UNCONFIRMED]
    assert len({s.source_id for s in found}) == 2


def test_a_source_that_never_stops_does_not_take_the_night_from_the_others():
    junk = [sleep("Asleep", f"{d:02d} 00:00", f"{d + 1:02d} 00:00", "Junk") for d in range(7, 12)]
    found = read(*junk, sleep("Asleep", "09 23:00", "10 06:00"))
    assert [(s.device, s.validity) for s in sessions(found)] == [("Apple Watch", Validity.OK)]
    assert len(rejected(found)) == 5


def test_the_nights_choice_is_made_for_each_night():
    late = [r.replace("2026-07-10", "2026-07-12").replace("2026-07-09", "2026-07-11") for r in app_night()]
    found = sessions(read(*NIGHT, *app_night(), *late))
    assert [(s.device, s.validity) for s in found] == [
        ("NightLog", Validity.UNCONFIRMED), ("Apple Watch", Validity.OK), ("NightLog", Validity.OK),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ada\u2019s Apple\u00a0Watch", "Apple Watch"), ("Ada's iPhone", "iPhone"), ("Apple Watch von Ada", "Apple Watch"),
        ("Apple Watch de Ada", "Apple Watch"), ("AdaのApple Watch", "Apple Watch"), ("“Ada”的 Apple\u00a0Watch", "Apple Watch"),
        ("iPhone (Ада)", "iPhone"), ("Adas Apple Watch Ultra", "Apple Watch"), ("Sam & Lou\u2019s iPad", "iPad"),
        ("Ada\u2019s Ring", "Ring"), ("AutoSleep", "AutoSleep"), ("Sleep Cycle", "Sleep Cycle"), ("Oura", "Oura"),
        ("", "unnamed source"), ("Machine", "Machine"),
    ],
)  # fmt: skip
def test_names_of_people_are_left_out_of_sources(name, said):
    assert label(name, "17.2", "") == said


def test_a_watch_with_a_name_of_its_own_is_known_by_its_device():
    device = "<<HKDevice: 0x1>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, software:10.3>"
    assert label("Ada", "10.3", device) == "Apple Watch"
    assert label("AutoSleep", "6.9", device) == "AutoSleep", "an app that reads the watch has a version of its own"


def test_no_name_of_a_person_anywhere():
    found = read(*NIGHT, sleep("Asleep", "12 23:00", "12 22:00"), *app_night("Ada\u2019s Ring"))
    assert "Ada" not in repr(found)


# ---- time zones -----------------------------------------------------------------------------------------------------


def test_without_a_named_zone_the_printed_offset_holds():
    (session,) = sessions(read(sleep("AsleepCore", "2026-01-09 23:00:00 -0530", "2026-01-10 06:00:00 -0530")))
    assert (session.start.zone, session.start.offset_min) == (None, -330)
    assert session.start.iso_z == "2026-01-10T04:30:00Z"
    assert session.night_date == date(2026, 1, 9)


def test_a_named_zone_wins_over_the_phones_offset():
    records = [sleep("AsleepCore", "10 05:00", "10 12:00", tz="America/New_York")]
    (session,) = sessions(read(*records))
    assert (session.start.zone, session.start.offset_min) == ("America/New_York", -240)
    assert session.night_date == date(2026, 7, 9), "23:00 in New York, though the phone at home prints 05:00"


def test_the_night_of_a_clock_change_has_its_real_length():
    found = sessions(read(
        sleep("AsleepCore", "2026-03-28 23:00:00 +0100", "2026-03-29 07:00:00 +0200"),
        sleep("AsleepCore", "2026-10-24 23:00:00 +0200", "2026-10-25 07:00:00 +0100", tz="Europe/Berlin"),
    ))  # fmt: skip
    assert [s.measures.tst_min for s in found] == [420, 540]
    assert [(s.start.offset_min, s.end.offset_min) for s in found] == [(60, 120), (120, 60)]


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "Europe", "/etc/localtime", "x" * 5000])
def test_a_zone_that_is_none_is_passed_over(zone):
    (session,) = sessions(read(sleep("AsleepCore", "09 23:00", "10 06:00", tz=zone)))
    assert (session.start.zone, session.start.offset_min) == (None, 120)


def test_the_zone_of_a_workout_or_of_a_correlation_is_not_the_sleeps():
    workout = (
        ' <Workout workoutActivityType="W">\n  <MetadataEntry key="HKTimeZone" value="Asia/Tokyo"/>\n </Workout>\n'
    )
    inside = '<Correlation type="c">' + sleep("AsleepCore", "12 23:00", "13 06:00").strip()
    inside += '<MetadataEntry key="HKTimeZone" value="Asia/Tokyo"/></Correlation>'
    with_child = sleep("AsleepCore", "10 23:00", "11 06:00", tz="Mars/Base")
    found = sessions(read(sleep("AsleepCore", "08 23:00", "09 06:00"), workout, with_child, workout, inside))
    assert [s.start.zone for s in found] == [None, None, None]


# ---- vitals ---------------------------------------------------------------------------------------------------------


def one(*records: str) -> Any:
    return sessions(read(*records, *NIGHT))[0].measures


def test_heart_rate_is_the_mean_of_the_samples_asleep():
    m = one(
        vital("HeartRate", "count/min", "90", "09 23:09"), vital("HeartRate", "count/min", "50", "09 23:10"),
        vital("HeartRate", "count/min", "60.5", "10 05:00"), vital("HeartRate", "count/min", "99", "10 02:15"),
        vital("HeartRate", "count/min", "99", "10 06:30"), vital("RestingHeartRate", "count/min", "40", "10 05:00"),
    )  # fmt: skip
    assert m.hr == 55.25


def test_hrv_is_sdnn_and_never_rmssd():
    m = one(vital("HeartRateVariabilitySDNN", "ms", "40.25", "10 01:00"))
    assert (m.hrv_sdnn, m.hrv_rmssd, m.hr) == (40.25, None, None)


def test_oxygen_is_a_fraction_though_its_unit_is_percent():
    assert (
        one(vital("OxygenSaturation", "%", "0.97", "10 01:00"), vital("OxygenSaturation", "%", "0.95", "10 01:05")).spo2
        == 96
    )


def test_breathing_rate():
    assert one(vital("RespiratoryRate", "count/min", "14.5", "10 01:00", "10 01:01")).resp == 14.5


@pytest.mark.parametrize(
    ("unit", "value", "temp"),
    [
        ("degC", "35.21", 35.21),
        ("degF", "95.0", 35.0),
        ("degC", "0.23", None),
        ("degC", "60", None),
        ("K", "308", None),
    ],
)
def test_wrist_temperature_is_absolute_and_must_be_plausible(unit, value, temp):
    assert one(vital("AppleSleepingWristTemperature", unit, value, "09 22:50", "10 06:40")).temp == temp


@pytest.mark.parametrize("value", ["0", "-5", "9" * 5000, "nan", "1e999", "", "72 bpm", "７２"])
def test_a_value_that_is_no_heart_rate_is_no_sample(value):
    assert one(vital("HeartRate", "count/min", value, "10 01:00")).hr is None


def test_a_sample_that_cannot_be_does_not_spoil_the_others():
    assert one(*(vital("HeartRate", "count/min", v, "10 01:00") for v in ("9e20", "50", "0", "60"))).hr == 55


def test_vitals_go_to_what_counts_and_not_to_the_other_sources():
    found = sessions(read(vital("HeartRate", "count/min", "50", "10 01:00"), *NIGHT, *app_night()))
    assert [(s.device, s.measures.hr) for s in found] == [("NightLog", None), ("Apple Watch", 50)]


def test_samples_need_not_be_in_order_of_time():
    times = ["10 05:00", "09 23:20", "10 04:00", "10 01:00"]
    assert one(*(vital("HeartRate", "count/min", str(50 + i), t) for i, t in enumerate(times))).hr == 51.5


# ---- Correlation ----------------------------------------------------------------------------------------------------


def test_records_inside_a_correlation_are_copies():
    copies = [vital("HeartRate", "count/min", "60", "10 01:00"), NIGHT[0]]
    found = read(
        vital("HeartRate", "count/min", "50", "10 00:50"), copies[0], *NIGHT,
        '<Correlation type="HKCorrelationTypeIdentifierBloodPressure" sourceName="x">', *copies, "</Correlation>\n",
        '<Correlation type="empty"/>\n', vital("HeartRate", "count/min", "70", "10 03:00"),
    )  # fmt: skip
    (row,) = [d for d in found if isinstance(d, RowDraft)]
    assert (row.rows, row.merged) == (5, 1)
    assert row.sessions[0].measures.hr == 60, "50, 60 and 70, the copy of 60 left out"


# ---- bad records ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (sleep("AsleepDozing", "09 23:00", "10 06:00"), "a kind of sleep that this reader does not know"),
        (sleep("AsleepCore", "10 06:00", "09 23:00"), "the end is before the start"),
        (sleep("AsleepCore", "09 23:00", "09 23:00"), "the end is the start"),
        (sleep("AsleepCore", "09 23:00", "11 00:00"), "longer than 24 hours"),
        (sleep("AsleepCore", "2027-07-09 23:00:00 +0200", "2027-07-10 06:00:00 +0200"), "in the future"),
        (sleep("AsleepCore", "1969-07-09 23:00:00 +0200", "1969-07-10 06:00:00 +0200"), "before 1970"),
        (sleep("AsleepCore", "0001-01-01 00:00:00 +0200", "9999-12-31 23:59:59 -1200"), "before 1970"),
        (sleep("AsleepCore", "2026-02-30 23:00:00 +0200", "10 06:00"), "not a date and time"),
        (sleep("AsleepCore", "2026-07-09 24:00:00 +0200", "10 06:00"), "not a date and time"),
        (sleep("AsleepCore", "2026-07-09 23:00:60 +0200", "10 06:00"), "not a date and time"),
        (sleep("AsleepCore", "2026-07-09 23:00:00 +2500", "10 06:00"), "not a date and time"),
        (sleep("AsleepCore", "2026-07-09T23:00:00Z", "10 06:00"), "not a date and time"),
        (sleep("AsleepCore", "٢٠٢٦-07-09 23:00:00 +0200", "10 06:00"), "not a date and time"),
        (sleep("AsleepCore", "09 23:00", "10 06:00").replace("startDate", "beginDate"), "no start"),
        (sleep("AsleepCore", "09 23:00", "10 06:00").replace(" value=", " grade="), "no kind of sleep"),
    ],
)  # fmt: skip
def test_a_bad_record_is_rejected_alone(record, reason):
    found = read(record, *NIGHT)
    (no,) = rejected(found)
    assert reason in no.reason
    assert (no.where, no.line) == ("export.xml record 1", 1)
    assert sessions(found)[0].measures.tst_min == 430
    assert rows(found) == 6


def test_a_new_kind_of_sleep_is_loud():
    found = read(sleep("AsleepDozing", "09 23:00", "10 06:00"), *NIGHT)
    (unknown,) = [d for d in found if isinstance(d, UnknownFields)]
    assert unknown.names == ("SleepAnalysis value HKCategoryValueSleepAnalysisAsleepDozing",)


def test_sleep_that_never_ends_is_rejected_record_by_record():
    found = read(*(sleep("Asleep", f"{d:02d} 00:00", f"{d + 1:02d} 00:00") for d in range(1, 4)))
    assert sessions(found) == []
    assert [(r.line, r.reason, r.sessions) for r in rejected(found)] == [
        (n, "longer than 24 hours", int(n == 1)) for n in (1, 2, 3)
    ]


def test_a_file_without_sleep_gives_nothing():
    assert read(vital("HeartRate", "count/min", "60", "10 01:00")) == []


# ---- bad files ------------------------------------------------------------------------------------------------------

BROKEN_DTD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|VisionPrescription)*)>
<!ATTLIST VisionPrescription
  type CDATA #REQUIRED
<!ELEMENT RightEye EMPTY>
]>
"""


def test_apples_malformed_dtd_is_dropped():
    assert len(sessions(read(data=document(*NIGHT, prolog=BROKEN_DTD)))) == 1


@pytest.mark.parametrize("bad", ["\x0b", "\x00", "\x0c", "\x1f"])
@pytest.mark.parametrize(
    "place", ["Ada", "Record type", "23:10", "AsleepDeep", "MetadataEntry", "HKTimeZone", 'e="Eur']
)
def test_control_characters_are_taken_out_wherever_they_stand(bad, place):
    text = document(*NIGHT).decode()
    at = text.index(place) + len(place) // 2
    found = read(data=(text[:at] + bad + text[at:]).encode())
    assert found == read(*NIGHT)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE HealthData [<!ENTITY a "b">]>',
        '<!DOCTYPE HealthData [<!ENTITY % a SYSTEM "http://localhost/x"> %a;]>',
        '<!DOCTYPE HealthData [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused(prolog):
    with pytest.raises(UserError, match="entities"):
        read(data=document(*NIGHT, prolog=prolog))
    with pytest.raises(UserError, match="well-formed"):
        read(sleep("AsleepCore", "09 23:00", "10 06:00", "&a;"))


def refused(data: bytes, *, strict: bool = False) -> str:
    """The sentence, the same from both ways of reading; with `strict` of the strict one alone."""
    sentences: set[str] = set()
    streams = (io.BufferedReader(Unseekable(data)), io.BytesIO(data))
    for stream in streams[:1] if strict else streams:
        with pytest.raises(UserError) as e:
            list(PLUGIN.read(stream, ReadOptions(NOW, where="x"), NoProgress()))
        sentences.add(e.value.sentence)
    (sentence,) = sentences
    return sentence


def test_a_file_that_is_cut_off_is_refused_wherever_it_is_cut():
    data = document(vital("HeartRate", "count/min", "50", "10 01:00"), *NIGHT)
    start = data.index(b"<HealthData") + 12
    for at in range(start, len(data) - len(b"/HealthData>\n") - 1, 13):
        assert "it is cut off" in refused(data[:at]), at


def test_what_is_not_well_formed_is_refused_with_its_line():
    data = document(*NIGHT, prolog=BROKEN_DTD).replace(b"</HealthData>", b"<a></b></HealthData>")
    line = data[: data.index(b"<a></b>")].count(b"\n") + 1
    assert (
        refused(data, strict=True)
        == f"The file was not read: it is not well-formed XML, at line {line}; export it again."
    )


def test_what_the_fast_path_passes_over_is_not_checked():
    data = document("<a></b>", *NIGHT)
    assert "well-formed" in refused(data, strict=True)
    assert len(sessions(list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW), NoProgress())))) == 1


def test_no_root_is_refused():
    assert "no <HealthData" in refused(b"<?xml version='1.0'?><Other/>")
    assert "no <HealthData" in refused(b"")


def test_deep_nesting_is_refused():
    assert "nested" in refused(b"<HealthData>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</HealthData>")
    deep = b'<Record type="HKCategoryTypeIdentifierSleepAnalysis" >'
    assert "nested" in refused(b"<HealthData>" + deep * 20_000)


def test_an_attribute_of_twelve_mebibytes_is_refused():
    for data in (
        document(sleep("AsleepCore", "09 23:00", "10 06:00", "x" * 12 * 1024 * 1024)),
        document(*NIGHT, '<ExportDate value="' + "x" * 12 * 1024 * 1024 + '"/>'),
    ):
        assert "longer than 4 MiB" in refused(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "iso-8859-1", "cp1252"])
def test_other_encodings(encoding):
    text = document(*NIGHT).decode().replace("\u2019", "'")
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + text.replace("UTF-8", "UTF-16").encode(encoding)
    elif encoding.startswith("utf"):
        data = text.encode(encoding)
    else:
        data = text.replace("UTF-8", encoding).encode(encoding)
    assert sessions(read(data=data))[0].device == "Apple Watch"


@pytest.mark.parametrize("encoding", ["martian", "gb18030", "utf-7"])
def test_an_encoding_no_parser_knows_is_refused(encoding):
    assert encoding in refused(document(*NIGHT).replace(b"UTF-8", encoding.encode()))


def test_bytes_that_are_no_utf_8_are_refused():
    assert "well-formed" in refused(document(*NIGHT).replace("\u2019".encode(), b"\xe9"))


def test_a_gigabyte_would_pass_through_a_few_mebibytes():
    one_day = "".join(vital("BasalEnergyBurned", "kcal", str(i), "08 10:00") for i in range(2000)).encode()
    pulse = vital("HeartRate", "count/min", "50", "10 01:00").encode() * 500

    class Long(io.RawIOBase):
        def __init__(self) -> None:
            self.left = [b"</HealthData>", *(r.encode() for r in NIGHT), *[one_day, pulse] * 30, b"<HealthData>"]
            self.rest = b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any, /) -> int:
            while not self.rest and self.left:
                self.rest = self.left.pop()
            part, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
            buffer[: len(part)] = part
            return len(part)

    tracemalloc.start()
    try:
        found = list(PLUGIN.read(io.BufferedReader(Long()), ReadOptions(NOW, where="x"), NoProgress()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sessions(found)[0].measures.hr == 50
    assert peak < 8 * 1024 * 1024


# ---- samples and recorded files -------------------------------------------------------------------------------------


def test_the_samples_are_read_and_every_record_is_accounted_for():
    for path in sorted(DATA.glob("*.xml")):
        data = path.read_bytes()
        assert rows(read(data=data)) == data.count(b'type="HKCategoryTypeIdentifierSleepAnalysis"'), path.name


@pytest.mark.real
def test_tagbugs_export(shared_dir):
    found = read(data=(shared_dir / "fixtures/apple_health/tagbug_synthetic_export.xml").read_bytes())
    (session,) = sessions(found)
    assert (session.start.iso_z, session.end.iso_z) == ("2024-01-01T23:00:00Z", "2024-01-02T06:30:00Z")
    assert (session.measures.light_min, session.measures.tst_min, session.device) == (450, 450, "Test")


@pytest.mark.real
def test_dogsheeps_export_holds_no_sleep(shared_dir):
    data = (shared_dir / "fixtures/apple_health/dogsheep_export_nosleep.xml").read_bytes()
    assert PLUGIN.sniff(heads.normalised(data), "export.xml") == 1.0
    assert read(data=data) == []
