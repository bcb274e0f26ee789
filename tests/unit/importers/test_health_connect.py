"""Health Connect's database. The sample is made by `make_sample` below, with Android's own table definitions."""

from __future__ import annotations

import io
import sqlite3  # noqa: TID251 - makes the databases that are read
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import StageCode, Validity
from dreamjournal.importers.health_connect import PLUGIN

DATA = Path(__file__).parents[2] / "data/health_connect"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
RECORD = (
    "row_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB NOT NULL UNIQUE, app_info_id INTEGER, device_info_id INTEGER"
)
INTERVAL = (
    "start_time INTEGER, start_zone_offset INTEGER, end_time INTEGER, end_zone_offset INTEGER, local_date INTEGER"
)
LOCAL = "local_date_time_start_time INTEGER AS (start_time + 1000 * start_zone_offset)"
INSTANT = "time INTEGER, zone_offset INTEGER, local_date INTEGER"
SCHEMA = (
    "CREATE TABLE application_info_table (row_id INTEGER PRIMARY KEY, package_name TEXT NOT NULL UNIQUE, app_name TEXT)",
    f"CREATE TABLE sleep_session_record_table ({RECORD}, {INTERVAL}, notes TEXT, title TEXT, {LOCAL})",
    "CREATE TABLE sleep_stages_table (parent_key INTEGER, stage_start_time INTEGER, stage_end_time INTEGER, stage_type INTEGER)",
    f"CREATE TABLE heart_rate_record_table ({RECORD}, {INTERVAL})",
    "CREATE TABLE heart_rate_record_series_table (parent_key INTEGER, beats_per_minute INTEGER, epoch_millis INTEGER)",
    f"CREATE TABLE heart_rate_variability_rmssd_record_table ({RECORD}, {INSTANT}, heart_rate_variability_millis REAL NOT NULL)",
    f"CREATE TABLE oxygen_saturation_record_table ({RECORD}, {INSTANT}, percentage REAL)",
    f"CREATE TABLE respiratory_rate_record_table ({RECORD}, {INSTANT}, rate REAL)",
    f"CREATE TABLE skin_temperature_record_table ({RECORD}, {INTERVAL}, measurement_location INTEGER, baseline REAL)",
    "CREATE TABLE skin_temperature_delta_table (parent_key INTEGER, delta REAL, epoch_millis INTEGER)",
)
FITBIT, OTHER, BARE = 1, 2, 3
EVENING = datetime(2026, 1, 5, 22, 30)
MISSING = 5e-324


def ms(minute: float, day: int = 0) -> int:
    """Minutes after 22:30 UTC of an evening, in milliseconds."""
    at = EVENING + timedelta(days=day, minutes=minute)
    return round(at.replace(tzinfo=UTC).timestamp() * 1000)


class Maker:
    """Builds a database row by row."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("PRAGMA page_size = 512")
        self.db.execute("PRAGMA user_version = 20")
        for statement in SCHEMA:
            self.db.execute(statement)
        apps = ((FITBIT, "com.fitbit.FitbitMobile", "Fitbit"), (OTHER, "com.example.sleeper", None), (BARE, "com.huami.watch.hmwatchmanager", None))  # fmt: skip
        self.db.executemany("INSERT INTO application_info_table VALUES (?, ?, ?)", apps)
        self.number = 0

    def record(self, table: str, app: int, **values) -> int:
        self.number += 1
        row = {"uuid": self.number.to_bytes(16, "big"), "app_info_id": app, **values}
        marks = ", ".join("?" * len(row))
        found = self.db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        return found.lastrowid or 0

    def session(
        self, app: int, first: float, last: float, parts=(), day: int = 0, lead=3600, tail=3600, **values
    ) -> int:
        """`parts` are (stage, minutes) one after another from `first`."""
        times = {
            "start_time": ms(first, day),
            "end_time": ms(last, day),
            "start_zone_offset": lead,
            "end_zone_offset": tail,
        }
        row = self.record("sleep_session_record_table", app, **{**times, **values})
        at = first
        for stage, minutes in parts:
            self.stage(row, at, at + minutes, stage, day)
            at += minutes
        return row

    def stage(self, row: int, first: float, last: float, stage, day: int = 0) -> None:
        self.db.execute(
            "INSERT INTO sleep_stages_table VALUES (?, ?, ?, ?)", (row, ms(first, day), ms(last, day), stage)
        )

    def instant(self, table: str, column: str, app: int, minute: float, value) -> None:
        self.record(table, app, time=ms(minute), zone_offset=3600, **{column: value})

    def beats(self, app: int, *samples, first: float = 0, last: float = 480) -> None:
        row = self.record("heart_rate_record_table", app, start_time=ms(first), end_time=ms(last))
        self.db.executemany(
            "INSERT INTO heart_rate_record_series_table VALUES (?, ?, ?)", [(row, v, ms(m)) for m, v in samples]
        )

    def skin(self, app: int, baseline, *samples) -> None:
        row = self.record("skin_temperature_record_table", app, start_time=ms(0), end_time=ms(480), baseline=baseline)
        self.db.executemany(
            "INSERT INTO skin_temperature_delta_table VALUES (?, ?, ?)", [(row, v, ms(m)) for m, v in samples]
        )

    def data(self) -> bytes:
        self.db.commit()
        return self.db.serialize()

    def __del__(self) -> None:
        self.db.close()


NIGHT = ((1, 15), (4, 200), (5, 80), (6, 90), (7, 10), (4, 80), (3, 5))
"""480 minutes: awake, light, deep, REM, awake in bed, light, out of bed."""


def make_sample() -> bytes:
    m = Maker()
    m.session(FITBIT, 0, 480, NIGHT)
    m.session(OTHER, -10, 490, ((2, 500),))
    m.session(FITBIT, 0, 470, NIGHT[:-2], day=1)
    m.session(BARE, 0, 400, day=2, lead=-18000, tail=-18000, title="told to nobody", notes="a dream of mine")
    m.beats(FITBIT, (10, 60), (200, 50), (700, 99))
    m.beats(OTHER, (10, 90))
    m.instant("heart_rate_variability_rmssd_record_table", "heart_rate_variability_millis", FITBIT, 100, 42.0)
    m.instant("oxygen_saturation_record_table", "percentage", FITBIT, 100, 95.0)
    m.instant("respiratory_rate_record_table", "rate", FITBIT, 100, 14.0)
    m.skin(FITBIT, 33.5, (100, 0.2), (200, 0.4))
    return m.data()


def read(data: bytes, zone: str | None = None):
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, zone, "f"), NoProgress()))


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def warnings(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def test_the_committed_sample_is_what_the_maker_makes():
    assert sessions(read((DATA / "health_connect_export.db").read_bytes())) == sessions(read(make_sample()))


def test_a_night_with_stages():
    s = sessions(read(make_sample()))[0]
    assert (s.start.iso_z, s.start.offset_min, s.start.zone, s.end.offset_min) == ("2026-01-05T22:30:00Z", 60, None, 60)
    assert s.night_date == date(2026, 1, 5)
    assert [(x.dur_s // 60, x.code) for x in s.stages] == [
        (15, StageCode.W), (200, StageCode.LIGHT), (80, StageCode.N3), (90, StageCode.REM), (10, StageCode.W),
        (80, StageCode.LIGHT), (5, StageCode.W),
    ]  # fmt: skip
    m = s.measures
    assert (m.tst_min, m.light_min, m.deep_min, m.rem_min, m.awake_min, m.tib_min) == (450, 280, 80, 90, 30, 480)
    assert (m.sol_min, m.waso_min, m.rem_latency_min, m.asleep_unspecified_min) == (15, 15, 280, None)
    assert (s.device, s.key) == ("Fitbit", "com.fitbit.FitbitMobile/" + "0" * 31 + "1")


def test_of_several_apps_a_night_the_one_with_most_staged_minutes_counts():
    found = read(make_sample())
    first, second, third, fourth = sessions(found)
    assert (first.validity, second.validity, third.validity) == (Validity.OK, Validity.UNCONFIRMED, Validity.OK)
    assert second.measures.tst_min == 500, "longer, and without stages"
    assert (second.device, second.measures.asleep_unspecified_min) == ("com.example.sleeper", 500)
    assert fourth.validity == Validity.UNSCORED
    (told,) = warnings(found)
    assert "Nights counted from: Fitbit 1" in told


def test_two_unstaged_apps_are_parted_by_their_sleep():
    m = Maker()
    m.session(OTHER, 0, 400, ((2, 400),))
    m.session(BARE, 0, 410, ((2, 410),))
    assert [s.validity for s in sessions(read(m.data()))] == [Validity.UNCONFIRMED, Validity.OK]


def test_the_app_is_the_same_on_every_night_and_gives_way_only_where_it_saw_a_fragment():
    day = 24 * 60
    m = Maker()
    m.session(FITBIT, 0, 480, ((4, 480),))
    m.session(OTHER, 5, 400, ((4, 395),))
    m.session(FITBIT, day, day + 400, ((4, 400),))
    m.session(OTHER, day + 5, day + 460, ((4, 455),))
    m.session(FITBIT, 2 * day, 2 * day + 20, ((4, 20),))
    m.session(OTHER, 2 * day + 5, 2 * day + 450, ((4, 445),))
    m.session(FITBIT, 3 * day, 3 * day + 480, ((4, 480),))
    assert [s.validity == Validity.OK for s in sessions(read(m.data()))] == [
        True,
        False,
        True,
        False,
        False,
        True,
        True,
    ]


def test_one_apps_sessions_of_a_night_all_count():
    m = Maker()
    m.session(FITBIT, 0, 200, ((4, 200),))
    m.session(FITBIT, 220, 480, ((4, 260),))
    found = read(m.data())
    assert [s.validity for s in sessions(found)] == [Validity.OK] * 2
    assert warnings(found) == []


def test_a_session_without_stages_says_nothing_of_sleep():
    s = sessions(read(make_sample()))[3]
    assert (s.validity, s.measures.tst_min, s.measures.tib_min, s.stages) == (Validity.UNSCORED, None, 400, ())
    assert (s.start.offset_min, s.device) == (-300, "Zepp")


def test_vitals_are_means_inside_the_apps_own_session():
    first, second, *_ = sessions(read(make_sample()))
    m = first.measures
    assert (m.hr, m.hrv_rmssd, m.spo2, m.resp, m.temp) == (55, 42, 95, 14, 33.8)
    assert second.measures.hr == 90, "never another app's"
    assert (m.hrv_sdnn, second.measures.spo2) == (None, None)


@pytest.mark.parametrize("value", [MISSING, 0, -1, None, "x", 1e9])
def test_5e_324_and_other_values_that_stand_for_missing_are_none(value):
    m = Maker()
    m.session(FITBIT, 0, 480, NIGHT)
    m.beats(FITBIT, (10, value))
    m.instant("oxygen_saturation_record_table", "percentage", FITBIT, 100, value)
    m.instant("respiratory_rate_record_table", "rate", FITBIT, 100, value)
    if value is not None:
        m.instant("heart_rate_variability_rmssd_record_table", "heart_rate_variability_millis", FITBIT, 100, value)
    m.skin(FITBIT, value, (100, 0.2))
    measures = sessions(read(m.data()))[0].measures
    assert (measures.hr, measures.hrv_rmssd, measures.spo2, measures.resp, measures.temp) == (None,) * 5


def test_offsets_are_seconds_and_may_differ_at_start_and_end():
    m = Maker()
    m.session(FITBIT, 0, 480, NIGHT, lead=20700, tail=-12600)
    (s,) = sessions(read(m.data()))
    assert (s.start.offset_min, s.end.offset_min) == (345, -210)


def test_a_session_without_an_offset_is_placed_in_the_persons_zone():
    m = Maker()
    m.session(FITBIT, 0, 480, NIGHT, lead=None, tail=None)
    (s,) = sessions(read(m.data(), zone="Asia/Tokyo"))
    assert (s.start.zone, s.end.zone, s.start.offset_min) == ("Asia/Tokyo", "Asia/Tokyo", 540)
    with pytest.raises(ZoneNeeded):
        read(m.data())


def test_rem_that_never_occurs_is_none_and_light_of_a_staged_night_may_be_0():
    m = Maker()
    m.session(FITBIT, 0, 480, ((5, 480),))
    measures = sessions(read(m.data()))[0].measures
    assert (measures.rem_min, measures.light_min, measures.deep_min) == (None, 0, 480)


def test_stages_are_cut_to_the_session_and_never_counted_twice():
    m = Maker()
    row = m.session(FITBIT, 0, 480)
    m.stage(row, -30, 100, 4)
    m.stage(row, 90, 300, 5)
    m.stage(row, 300, 600, 4)
    m.stage(row, 700, 800, 6)
    (s,) = sessions(read(m.data()))
    assert [(x.offset_s // 60, x.dur_s // 60) for x in s.stages] == [(0, 100), (100, 200), (300, 180)]
    assert s.measures.tst_min == 480


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"start_time": None}, "no sleep in this row"),
        ({"start_time": "yesterday"}, "no sleep in this row"),
        ({"start_time": 2**62}, "no sleep in this row"),
        ({"start_time": ms(500)}, "the end is before the start"),
        ({"end_time": ms(3000)}, "longer than 24 hours"),
        ({"start_time": -(10**12), "end_time": -(10**12) + 10**7}, "before 1970"),
        ({"start_time": 30 * 10**12, "end_time": 30 * 10**12 + 10**7}, "in the future"),
        ({"start_zone_offset": 100_000}, "offset"),
        ({"start_zone_offset": "+01:00"}, "offset"),
    ],
)
def test_a_bad_session_is_rejected_alone(values, reason):
    m = Maker()
    m.session(FITBIT, 0, 480, NIGHT, **values)
    m.session(FITBIT, 0, 480, NIGHT, day=1)
    found = read(m.data())
    (no,) = rejected(found)
    assert reason in no.reason
    assert len(sessions(found)) == 1


@pytest.mark.parametrize("stage", [8, "deep", -1])
def test_a_stage_of_an_unknown_kind_rejects_its_session(stage):
    m = Maker()
    m.session(FITBIT, 0, 480, ((stage, 60),))
    assert "known kind" in rejected(read(m.data()))[0].reason


def test_titles_and_notes_are_not_read():
    found = read(make_sample())
    assert "dream of mine" not in repr(found)
    assert "nobody" not in repr(found)


def test_a_database_of_few_tables_and_other_columns():
    m = Maker()
    m.session(FITBIT, 0, 480, NIGHT)
    for table in (
        "application_info_table",
        "sleep_stages_table",
        "heart_rate_record_table",
        "skin_temperature_delta_table",
    ):
        m.db.execute(f"DROP TABLE {table}")
    (s,) = sessions(read(m.data()))
    assert (s.device, s.validity, s.key) == ("", Validity.UNSCORED, "0" * 31 + "1")
    m.db.execute("ALTER TABLE sleep_session_record_table ADD COLUMN mood TEXT")
    assert UnknownFields(("mood",)) in read(m.data())
    m.db.execute("DROP TABLE sleep_session_record_table")
    found = read(m.data())
    assert sessions(found) == []
    assert "no table of sleep sessions" in warnings(found)[0]


def test_cut_or_damaged_it_is_refused_or_tells_the_same():
    whole = make_sample()
    full = {s.key: s for s in sessions(read(whole))}
    for i in range(1, 200):
        with pytest.raises(UserError, match="database was not read"):
            read(whole[: len(whole) * i // 200])
    for at in range(0, len(whole), 97):
        try:
            found = sessions(read(whole[:at] + b"\xff" + whole[at + 1 :], zone="Europe/Berlin"))
        except UserError:
            continue
        assert len(found) <= len(full)


def test_a_needed_column_that_is_missing_is_named():
    m = Maker()
    m.db.execute("ALTER TABLE sleep_session_record_table RENAME COLUMN end_time TO ended")
    with pytest.raises(UserError, match="has no column end_time"):
        read(m.data())
    m = Maker()
    m.db.execute("ALTER TABLE sleep_stages_table RENAME COLUMN stage_type TO kind")
    with pytest.raises(UserError, match="has no column stage_type"):
        read(m.data())


def test_content_decides_and_the_name_helps_where_the_names_of_tables_come_late():
    whole = make_sample()
    assert PLUGIN.sniff(whole[:65536], "renamed.bin") == 1
    late = whole[:100] + bytes(65436)
    assert PLUGIN.sniff(late, "in/a/zip/Health_Connect_Export (1).db") == 1
    assert 0 < PLUGIN.sniff(late, "renamed.bin") < 1, "its schema version may be Health Connect's"
    stranger = late[:60] + (70).to_bytes(4, "big") + late[64:]
    assert PLUGIN.sniff(stranger, "places.sqlite") == 0
    assert PLUGIN.sniff(b'{"a": "sleep_session_record_table"}', "health_connect_export.db") == 0


def test_a_database_of_another_app_is_refused():
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE moz_places (id INTEGER)")
    other.commit()
    data = other.serialize()
    other.close()
    with pytest.raises(UserError, match="not Health Connect"):
        read(data)
