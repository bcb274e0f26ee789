"""ResMed's STR.edf."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, SumRule, ZoneNeeded
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.session import SessionKind
from dreamjournal.importers.resmed import PLUGIN
from tests.edf_made import Made, hypnogram, therapy
from tests.edf_made import edf as made

DATA = Path(__file__).parents[2] / "data/resmed"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
MARCH_1 = (date(2026, 3, 1) - date(1970, 1, 1)).days
USED = {"date": MARCH_1 + 30, "pairs": [(700, 1000)]}


def read(data: bytes, zone: str | None = "Europe/London"):
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, zone, "STR.edf"), NoProgress()))


def days(*made_days, **more):
    return read(therapy([{"date": MARCH_1 + i, **d} for i, d in enumerate(made_days)], **more))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def warnings(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def local(found):
    return [(f"{s.start.local:%d %H:%M}", f"{s.end.local:%d %H:%M}") for r in rows(found) for s in r.sessions]


@pytest.mark.parametrize("slots", [10, 20])
def test_each_mask_time_is_a_rest_and_together_one_exposure(slots):
    (row,) = rows(days({"pairs": [(640, 642), (645, 880), (883, 1130)]}, slots=slots))
    assert [(f"{s.start.local:%d %H:%M}", s.kind, s.measures.tst_min) for s in row.sessions] == [
        ("01 22:40", SessionKind.REST, None), ("01 22:45", SessionKind.REST, None), ("02 02:43", SessionKind.REST, None),
    ]  # fmt: skip
    assert {(s.night_date, s.vendor_date) for s in row.sessions} == {(date(2026, 3, 1), date(2026, 3, 1))}
    (use,) = row.exposures
    assert (use.name, use.kind, use.night_date) == ("CPAP", EnhancerKind.THERAPY, date(2026, 3, 1))
    assert use.dose == "8 h 4 min, AHI 3.5, leak 95 % 0.28 L/s"
    assert (use.start, use.end) == (row.sessions[0].start, row.sessions[-1].end)


def test_a_mask_put_on_after_midnight_belongs_to_the_evening_before():
    (row,) = rows(days({"pairs": [(800, 1100)]}))
    assert row.sessions[0].start.local == datetime(2026, 3, 2, 1, 20)
    assert row.sessions[0].night_date == row.exposures[0].night_date == date(2026, 3, 1)


def test_minutes_after_noon_are_elapsed_over_a_clock_change():
    found = read(therapy([{"date": MARCH_1 + 27, "pairs": [(660, 1110)]}]))  # 28 March 2026
    session = rows(found)[0].sessions[0]
    assert (session.start.iso_z, session.end.iso_z) == ("2026-03-28T23:00:00Z", "2026-03-29T06:30:00Z")
    assert session.measures.tib_min == 450


def test_the_zone_is_asked():
    with pytest.raises(ZoneNeeded):
        read(therapy([USED]), zone=None)


def test_a_day_without_use_is_covered_from_noon_to_noon():
    found = days({"pairs": [(640, 900)]}, {}, {"minutes": 0}, USED)
    covered = [(c.start.iso_z, c.end.iso_z) for r in rows(found) for c in r.coverages]
    assert covered == [
        ("2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z"), ("2026-03-03T12:00:00Z", "2026-03-04T12:00:00Z"),
    ]  # fmt: skip
    assert not any(r.exposures for r in rows(found) if r.coverages)


def test_the_last_day_of_the_card_is_never_said_to_be_without():
    found = days({"pairs": [(640, 900)]}, {})
    assert len(rows(found)) == 1
    assert rejected(found)[0].reason == "the card's last day may not be over: it says nothing yet"


def test_a_day_of_a_clock_change_is_covered_to_the_next_noon_on_the_wall():
    found = read(therapy([{"date": MARCH_1 + 27}, USED]))
    (cover,) = rows(found)[0].coverages
    assert (cover.start.iso_z, cover.end.iso_z) == ("2026-03-28T12:00:00Z", "2026-03-29T11:00:00Z")


def test_mask_times_of_no_length_are_counted_and_left_out():
    found = days({"pairs": [(655, 655), (655, 1010), (1015, 1015)]})
    assert local(found) == [("01 22:55", "02 04:50")]
    assert "Mask times shorter than a minute, left out: 2." in warnings(found)


def test_a_mask_only_tried_on_is_neither_use_nor_a_day_without():
    found = days({"pairs": [(655, 655)]}, USED)
    assert rejected(found)[0].reason == "the mask was on for less than a minute"
    assert len(rows(found)) == 1 and not rows(found)[0].coverages


def test_on_since_noon_and_still_on_at_noon():
    found = days({"pairs": [(0, 45)]}, {"pairs": [(1380, 0)]}, {}, USED)
    assert local(found)[:2] == [("01 12:00", "01 12:45"), ("03 11:00", "03 12:00")]


def test_therapy_over_noon_is_one_mask_time_of_the_night_before():
    found = days({"pairs": [(960, 1440)]}, {"pairs": [(0, 90)]}, USED)
    assert local(found)[0] == ("02 04:00", "02 13:30")
    first, second = rows(found)[:2]
    assert first.exposures[0].dose.startswith("9 h 30 min")
    assert not second.sessions and not second.exposures, "the next night was without"
    assert second.coverages
    assert not [r for r in found if isinstance(r, SumRule) and r.broken]


def test_therapy_over_noon_and_again_in_the_evening():
    found = days({"pairs": [(960, 1440)]}, {"pairs": [(0, 90), (700, 1000)]})
    assert local(found) == [("02 04:00", "02 13:30"), ("02 23:40", "03 04:40")]
    assert rows(found)[1].exposures[0].dose.startswith("5 h 0 min")


def test_mask_times_without_an_end_or_beyond_the_day_are_left_out():
    found = days({"pairs": [(600, -1), (700, 1000), (1100, 1441), (900, 800)]})
    assert local(found) == [("01 23:40", "02 04:40")]
    assert "Mask times without an end or beyond the day, left out: 3." in warnings(found)
    assert rejected(days({"pairs": [(600, -1)]}, USED))[0].reason == "no mask time can be read"


@pytest.mark.parametrize("events", [3, 6])
def test_the_count_of_mask_events_is_not_relied_on(events):
    assert len(local(days({"pairs": [(640, 700), (710, 800), (810, 900)], "events": events}))) == 3


def test_therapy_without_mask_times_is_still_an_exposure():
    (row,) = rows(days({"minutes": 372, "ahi": 35}))
    assert not row.sessions
    assert (row.exposures[0].dose, row.exposures[0].start) == ("6 h 12 min, AHI 3.5", None)


def test_what_the_machine_did_not_say_is_left_out_of_the_words():
    (row,) = rows(days({"pairs": [(640, 700)], "ahi": -1, "leak": -1}))
    assert row.exposures[0].dose == "1 h 0 min"


def test_the_mode_is_named_where_its_number_and_its_settings_agree():
    assert rows(days({"pairs": [(640, 700)], "mode": 1}))[0].exposures[0].mode == "APAP"
    assert rows(days({"pairs": [(640, 700)], "mode": 6}))[0].exposures[0].mode == ""
    assert rows(days({"pairs": [(640, 700)], "mode": -1}))[0].exposures[0].mode == ""


def test_two_machines_of_one_day_are_two_exposures_and_the_same_day_again_is_the_same():
    def ids(*pairs):
        return [e.source_id for r in rows(days({"pairs": list(pairs)})) for e in r.exposures]

    assert ids((640, 700)) == ids((640, 700), (800, 900))
    assert ids((640, 700)) != ids((650, 700))


def test_the_sum_rule_names_the_nights_that_break_it():
    rule = next(
        d for d in days({"pairs": [(640, 900)]}, {"pairs": [(640, 900)], "minutes": 500}) if isinstance(d, SumRule)
    )
    assert (rule.checked, rule.broken, rule.nights) == (2, 1, (date(2026, 3, 2),))


def test_a_file_cut_off_gives_its_complete_days():
    whole = therapy([{"date": MARCH_1 + i, "pairs": [(640, 900 + i)]} for i in range(4)])
    found = read(whole[:-100])
    assert len(rows(found)) == 2 or len(rows(found)) == 3
    assert any("cut off" in w for w in warnings(found))


def test_days_without_a_date_or_in_the_future_are_rejected():
    found = read(therapy([{"date": -1, "pairs": [(640, 900)]}, {"date": 24000, "pairs": [(640, 900)]}, USED]))
    assert [d.reason for d in rejected(found)] == ["the day has no date", "the day is in the future (2035-09-17)"]
    assert [(d.where, d.sessions, d.exposures) for d in rejected(found)] == [
        ("STR.edf record 1", 1, 1), ("STR.edf record 2", 1, 1)
    ]  # fmt: skip
    assert len(rows(found)) == 1


def test_a_lying_range_makes_no_date_and_no_night():
    whole = therapy([{"date": MARCH_1, "pairs": [(640, 900)]}, USED])
    for lie in (b"1e300   ", b"99999999", b"-1e9    "):
        found = read(whole.replace(b"24836.00", lie, 1))
        assert [d.reason for d in rejected(found)] == ["the day has no date"] * 2
        assert not rows(found)


def test_every_record_is_accounted_for():
    found = read((DATA / "STR.edf").read_bytes())
    assert len(rows(found)) + len(rejected(found)) == 5


def test_no_serial_number_is_kept():
    assert "23191234567" not in repr(days({"pairs": [(640, 900)]}))


def test_the_machines_other_records_hold_no_sleep():
    eve = hypnogram([(0, 0, "Recording starts"), (300, 12, "Hypopnea")])
    brp = made([Made("Flow.40ms", 4), Made("Crc16", 1)], [b"\0" * 10])
    cut = made([Made("Flow.40ms", 4), Made("Crc16", 1)], [b"\0" * 10], fields={"records": 9})
    for data in (eve, brp, cut):
        (only,) = read(data)
        assert "STR.edf" in only.text
    assert PLUGIN.sniff(brp, "x") > 0
    assert PLUGIN.sniff(eve, "x") == 0, "without the signal of checksums it is any recording's"


def test_a_missing_signal_is_named():
    with pytest.raises(UserError, match="MaskOff"):
        read(made([Made("Date", 1, 0, 24836, 0, 24836), Made("MaskOn", 1, 0, 1440, 0, 1440)], [b"\0" * 4]))


@pytest.mark.real
def test_recorded_machines(shared_dir):
    folder = shared_dir / "fixtures/cpap"
    found = {p.name.split(".")[0]: read(p.read_bytes()) for p in sorted(folder.glob("*.STR.edf"))}
    assert {name: len(rows(f)) + len(rejected(f)) for name, f in found.items()} == {
        "AirBreak_AS10_ASVAuto": 9, "AirCurve_10_VAuto": 115, "AirSense_11_APAP": 78,
    }  # fmt: skip
    # A mode that is not sure has no name: two machines were in their mode 3 for a while.
    assert {name: {e.mode for r in rows(f) for e in r.exposures} - {""} for name, f in found.items()} == {
        "AirBreak_AS10_ASVAuto": {"ASVAuto"}, "AirCurve_10_VAuto": {"VAuto"}, "AirSense_11_APAP": {"APAP"},
    }  # fmt: skip
    first = rows(found["AirSense_11_APAP"])[0]
    assert first.exposures[0].night_date == date(2024, 8, 19)
    assert first.exposures[0].dose.startswith("8 h 48 min, AHI 3.5")
    assert len(first.sessions) == 12, "fourteen pairs, two of no length"
    for f in found.values():
        assert all(not rule.broken for rule in f if isinstance(rule, SumRule))
        assert all(s.night_date == e.night_date for r in rows(f) for s in r.sessions for e in r.exposures)
    assert sum(len(r.coverages) for r in rows(found["AirCurve_10_VAuto"])) == 15


@pytest.mark.real
def test_recorded_events_of_a_machine_are_passed(shared_dir):
    for name in ("20241017_221843_CSL.edf", "20241017_221843_EVE.edf"):
        data = (shared_dir / "fixtures/cpap" / name).read_bytes()
        assert PLUGIN.sniff(data, name) > 0
        assert [type(d) for d in read(data)] == [FileWarning]
