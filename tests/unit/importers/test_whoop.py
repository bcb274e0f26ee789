"""WHOOP's three files."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, SumRule, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import SessionKind, Validity
from dreamjournal.importers.whoop import PLUGIN

DATA = Path(__file__).parents[2] / "data/whoop"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEADER = (DATA / "sleeps.csv").read_text().splitlines()[0]
ROW = (DATA / "sleeps.csv").read_text().splitlines()[1]


def read(data: bytes | str):
    raw = data.encode() if isinstance(data, str) else data
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where="f.csv"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def one(row: str):
    return read(f"{HEADER}\n{row}\n")


def test_sleeps_minutes_and_offset():
    found = rows(read((DATA / "sleeps.csv").read_bytes()))
    first = found[0].sessions[0]
    assert first.start.iso_z == "2026-03-12T22:10:00Z"
    assert (first.start.zone, first.start.offset_min) == (None, 60)
    m = first.measures
    assert (m.tst_min, m.tib_min, m.awake_min, m.light_min, m.deep_min, m.rem_min) == (421, 450, 29, 250, 90, 81)
    assert (m.waso_min, m.sol_min, m.vendor_se_pct, m.hr) == (None, None, 94, None)
    assert first.night_date == date(2026, 3, 12)
    assert first.vendor_date == date(2026, 3, 13)
    assert first.stages == ()


def test_nap_and_unscored():
    kinds = [(r.sessions[0].kind, r.sessions[0].validity) for r in rows(read((DATA / "sleeps.csv").read_bytes()))]
    assert kinds == [
        (SessionKind.MAIN, Validity.OK),
        (SessionKind.NAP, Validity.OK),
        (SessionKind.MAIN, Validity.OK),
        (SessionKind.MAIN, Validity.UNSCORED),
    ]
    unscored = rows(read((DATA / "sleeps.csv").read_bytes()))[3].sessions[0].measures
    assert (unscored.tst_min, unscored.deep_min, unscored.tib_min) == (None, None, 450)


def test_the_offset_of_the_row_holds_for_the_whole_row_over_a_clock_change():
    session = rows(one(
        "2022-03-27 00:01:43,2022-03-28 00:00:00,UTC+01:00,2022-03-27 00:01:43,2022-03-27 07:45:50,80,15,440,464,300,70,70,24,480,0,95,80,false"
    ))[0].sessions[0]  # fmt: skip
    assert session.start.iso_z == "2022-03-26T23:01:43Z"
    assert session.end.iso_z == "2022-03-27T06:45:50Z"


def test_cycles_carry_vitals_and_repeat_a_sleep():
    found = read((DATA / "physiological_cycles.csv").read_bytes())
    session = rows(found)[0].sessions[0]
    assert session.supplement
    assert (session.measures.hr, session.measures.hrv_rmssd, session.measures.temp, session.measures.spo2) == (
        52,
        64,
        33.4,
        96.2,
    )
    assert [(r.reason, r.line) for r in rejected(found)] == [("no sleep in this row", 4)]


def test_journal_answers_belong_to_the_night_of_the_cycle_start():
    found = read((DATA / "journal_entries.csv").read_bytes())
    tags = [(t.night_date.isoformat(), t.tag, t.value) for r in rows(found) for t in r.tags]
    assert tags == [
        ("2026-03-12", "Took melatonin?", 1.0),
        ("2026-03-12", "Have any caffeine?", 0.0),
        ("2026-03-06", "Took melatonin?", 1.0),
    ]
    assert rejected(found)[0].reason.startswith("no cycle")
    assert any("1 answers carry a note" in d.text for d in found if isinstance(d, FileWarning))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("2026-03-13 06:40:00", "2026-03-12 06:40:00"), "the end is before the start"),
        (("2026-03-12 23:10:00,2026-03-13", "9999-12-31 23:10:00,2026-03-13"), "in the future"),
        (("421", "-421"), "negative minutes (time asleep)"),
        (("421", "4e999"), "not a number"),
        (("UTC+01:00", "Berlin"), "not an offset"),
        (("UTC+01:00", "UTC+99:00"), "more than 15 hours"),
        (("2026-03-13 06:40:00", "2026-02-30 06:40:00"), "not a date and time"),
        (("2026-03-13 06:40:00", "2026-03-13 24:00:00"), "not a date and time"),
        (("2026-03-13 06:40:00", "٢٠٢٦-03-13 06:40:00"), "not a date and time"),
        (("false", "fal"), "neither true nor false"),
        ((",94,80,false", ",94"), "cells where the header has"),
        (("2026-03-13 06:40:00", '"2026-03-13 06:40:00'), "quotation mark"),
        (("2026-03-13 06:40:00", "2026-03-14 06:40:00"), "longer than 24 hours"),
        (("2026-03-12 23:10:00", "1969-03-12 23:10:00"), "before 1970"),
    ],
)
def test_a_bad_row_is_rejected_alone_with_line_and_reason(change, reason):
    bad = ROW.replace(*change)
    found = read(f"{HEADER}\n{bad}\n{ROW}\n")
    assert len(rows(found)) == 1, "the good row after it is taken"
    (no,) = rejected(found)
    assert reason in no.reason
    assert (no.line, no.where) == (2, "f.csv line 2")


def test_unknown_columns_are_named():
    found = read(f"{HEADER},Moon phase\n{ROW},full\n")
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("Moon phase",)]
    assert len(rows(found)) == 1


def test_a_missing_column_and_a_spreadsheets_copy_are_refused_in_words():
    with pytest.raises(UserError, match="Wake onset"):
        read(HEADER.replace("Wake onset", "Woke"))
    with pytest.raises(UserError, match="spreadsheet"):
        read(HEADER.replace(",", ";") + "\n" + ROW.replace(",", ";"))


def test_totals_beyond_the_window_are_left_out_with_a_warning():
    found = one(ROW.replace(",421,450,250,", ",921,450,750,"))
    session = rows(found)[0].sessions[0]
    assert (session.measures.tst_min, session.measures.light_min, session.measures.tib_min) == (None, None, 450)
    assert any("exceed" in d.text for d in found if isinstance(d, FileWarning))


@pytest.mark.real
def test_three_devices_night(shared_dir):
    found = read((shared_dir / "fixtures/whoop/mohdasti_sleeps.csv").read_bytes())
    by_night = {r.sessions[0].night_date: r.sessions[0].measures for r in rows(found)}
    assert len(by_night) == 14
    assert (by_night[date(2026, 7, 9)].deep_min, by_night[date(2026, 7, 9)].rem_min) == (77, 40)


def test_sum_rules_are_checked_and_name_the_nights():
    good = {d.rule: d for d in read((DATA / "sleeps.csv").read_bytes()) if isinstance(d, SumRule)}
    assert {(d.checked, d.broken) for d in good.values()} == {(3, 0)}
    assert len(good) == 2
    asleep, in_bed = [d for d in one(ROW.replace(",421,450,", ",411,450,")) if isinstance(d, SumRule)]
    assert (asleep.broken, asleep.nights) == (1, (date(2026, 3, 12),))
    assert in_bed.broken == 0, "10 min without data are usual"
    assert [d.broken for d in one(ROW.replace(",421,450,", ",421,462,")) if isinstance(d, SumRule)] == [0, 1]
    assert [d.broken for d in one(ROW.replace(",421,450,", ",421,445,")) if isinstance(d, SumRule)] == [0, 1]


def test_dates_a_spreadsheet_changed_refuse_the_file_in_one_sentence():
    for changed in ("13/03/2026 06:40", "3/13/2026 6:40", "13.03.2026 06:40:00"):
        cells = ROW.split(",")
        cells[0] = cells[3] = cells[4] = changed
        with pytest.raises(UserError, match="saved again by a spreadsheet") as e:
            read(f"{HEADER}\n{','.join(cells)}\n")
        assert "as WHOOP gave it" in str(e.value)


def test_the_newest_cycle_has_no_end_and_is_read():
    cells = ROW.split(",")
    cells[1] = ""
    assert len(rows(one(",".join(cells)))) == 1


def test_a_trailing_space_in_a_question_makes_no_second_tag():
    found = read("Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes\n"
                 "2026-03-12 23:10:00,,UTC+01:00,Have any caffeine? ,true,\n")  # fmt: skip
    assert rows(found)[0].tags[0].tag == "Have any caffeine?"


# ---- API v2 ---------------------------------------------------------------------------------------------------------

API = json.loads((DATA / "api_v2_sleep.json").read_text())["records"]


def api(*records):
    return read(json.dumps(records))


def test_api_v2_is_milliseconds_with_its_offset():
    found = read((DATA / "api_v2_sleep.json").read_bytes())
    main, nap, pending = (r.sessions[0] for r in rows(found))
    m = main.measures
    assert (m.tst_min, m.tib_min, m.awake_min, m.light_min, m.deep_min, m.rem_min) == (420, 450, 30, 240, 90, 90)
    assert (m.resp, m.vendor_se_pct) == (14.2, 93.5)
    assert (main.start.iso_z, main.start.offset_min, main.key) == ("2026-03-12T22:15:00Z", 60, API[0]["id"])
    assert main.vendor_date == date(2026, 3, 13)
    assert (nap.kind, main.kind) == (SessionKind.NAP, SessionKind.MAIN)
    assert (pending.validity, pending.measures.tst_min) == (Validity.UNSCORED, None)
    assert any("not yet been seen in the wild" in d.text for d in found if isinstance(d, FileWarning))


@pytest.mark.parametrize("state", ["PENDING_SCORE", "UNSCORABLE"])
def test_api_unscored_is_kept_without_totals(state):
    session = rows(api(API[0] | {"score_state": state, "score": None}))[0].sessions[0]
    assert (session.validity, session.measures.tst_min, session.measures.tib_min) == (Validity.UNSCORED, None, 450)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"end": None}, "still running: it has no end yet"),
        ({"start": None}, "no sleep in this row"),
        ({"timezone_offset": None}, "the time zone is missing"),
        ({"timezone_offset": "Berlin"}, "the time zone is not an offset from UTC"),
        ({"start": "tomorrow"}, "start: not a date and time"),
        ({"start": 17}, "start: not a date and time"),
        ({"end": "2026-03-12T20:00:00.000Z"}, "the end is before the start"),
        (
            {"score": {"stage_summary": {"total_light_sleep_time_milli": True}}},
            "total_light_sleep_time_milli: not a number",
        ),
    ],
)
def test_api_a_bad_record_is_rejected_alone(change, reason):
    found = api(API[0] | change, API[1])
    assert [d.reason for d in rejected(found)] == [reason]
    assert len(rows(found)) == 1


def test_api_recovery_joins_the_sleep_it_names():
    (row,) = rows(read((DATA / "api_v2_recovery.json").read_bytes()))
    session = row.sessions[0]
    assert (session.key, session.supplement, session.joins_only) == (API[0]["id"], True, True)
    m = session.measures
    assert (m.hr, m.hrv_rmssd, m.spo2, m.temp, m.tst_min) == (51, 61.5, 96.4, 33.6, None)


def test_api_cycles_are_passed_over_and_unknown_keys_named():
    cycle = {"id": 1, "start": "2026-03-12T22:15:00.000Z", "end": None, "score_state": "SCORED", "score": {"strain": 9}}
    assert not rows(api(cycle))
    found = api(API[0] | {"moon": 1})
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("moon",)]
    assert [d.reason for d in rejected(api(5, None))] == ["not an object"] * 2


# ---- privacy export -------------------------------------------------------------------------------------------------

PRIVACY = (DATA / "privacy_sleeps.csv").read_text()


def test_privacy_export_reads_the_range_and_milliseconds():
    found = read(PRIVACY)
    main, nap = (r.sessions[0] for r in rows(found))
    m = main.measures
    assert (m.tst_min, m.tib_min, m.awake_min, m.deep_min, m.vendor_se_pct) == (420, 450, 30, 90, 93)
    assert (main.start.iso_z, main.end.iso_z, main.start.offset_min) == (
        "2026-03-12T22:15:00Z",
        "2026-03-13T05:45:00Z",
        60,
    )
    assert (nap.kind, nap.vendor_date) == (SessionKind.NAP, date(2026, 3, 13))
    assert any("not yet been seen in the wild" in d.text for d in found if isinstance(d, FileWarning))


@pytest.mark.parametrize(
    "during",
    [
        '[""2026-03-12T22:15:00"",""2026-03-13T05:45:00"")',
        '[""2026-03-12 22:15:00+00"",""2026-03-13 05:45:00+00"")',
        "[2026-03-12 22:15:00+00:00,2026-03-13 05:45:00+00:00)",
        "['2026-03-12T23:15:00+01:00', '2026-03-13T06:45:00+01:00']",
    ],
)
def test_privacy_ranges_in_every_spelling(during):
    first = PRIVACY.replace("['2026-03-12T22:15:00.000Z','2026-03-13T05:45:00.000Z')", during)
    assert rows(read(first))[0].sessions[0] == rows(read(PRIVACY))[0].sessions[0]


@pytest.mark.parametrize(
    ("during", "reason"),
    [
        ("['2026-03-12T22:15:00.000Z',)", "still running: it has no end yet"),
        ("[soon,later)", "during: not a date and time"),
        ("yesterday", "during: not a range of two times"),
    ],
)
def test_privacy_bad_ranges_are_rejected_alone(during, reason):
    found = read(PRIVACY.replace("['2026-03-12T22:15:00.000Z','2026-03-13T05:45:00.000Z')", during))
    assert [d.reason for d in rejected(found)] == [reason]
    assert len(rows(found)) == 1


def test_privacy_without_an_offset_asks_for_the_zone():
    bare = PRIVACY.replace("+0100", "")
    with pytest.raises(ZoneNeeded):
        read(bare)
    options = ReadOptions(NOW, zone="Europe/Paris")
    found = list(PLUGIN.read(io.BytesIO(bare.encode()), options, NoProgress()))
    assert rows(found)[0].sessions[0].start.zone == "Europe/Paris"


@pytest.mark.real
def test_real_rules_hold(shared_dir):
    for name in ("mohdasti_sleeps.csv", "mohdasti_physiological_cycles_EXCERPT.csv"):
        found = read((shared_dir / "fixtures/whoop" / name).read_bytes())
        assert {d.broken for d in found if isinstance(d, SumRule)} == {0}
        assert not [d for d in found if isinstance(d, UnknownFields | FileWarning)]


@pytest.mark.real
def test_real_shape_of_the_api(shared_dir):
    found = read((shared_dir / "fixtures/whoop/dexta_api_v2_sleep.json").read_bytes())
    assert [(r.sessions[0].kind, r.sessions[0].validity, r.sessions[0].measures.tst_min) for r in rows(found)] == [
        (SessionKind.MAIN, Validity.OK, 410),
        (SessionKind.NAP, Validity.OK, 40),
        (SessionKind.MAIN, Validity.UNSCORED, None),
    ]


def test_the_german_export_says_the_same_and_is_called_unseen():
    data = (DATA / "Schlaf.csv").read_bytes()
    assert PLUGIN.sniff(data, "x.csv") == 1
    found = read(data)
    assert rows(found) == rows(read((DATA / "sleeps.csv").read_bytes()))
    assert not [d for d in found if isinstance(d, UnknownFields)]
    assert any("not yet been seen in the wild" in d.text for d in found if isinstance(d, FileWarning))
