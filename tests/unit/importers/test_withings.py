"""Withings' sleep.csv and raw sleep states."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, SumRule, UnknownFields
from dreamjournal.domain.session import StageCode, Validity
from dreamjournal.importers.withings import PLUGIN

DATA = Path(__file__).parents[2] / "data/withings"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SLEEP = (DATA / "sleep.csv").read_text()
HEADER, ROW = SLEEP.splitlines()[:2]
RAW = "start,duration,value\n"


def read(data, where="f.csv"):
    raw = data if isinstance(data, bytes) else data.encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where=where), NoProgress()))


def sessions(found):
    return [s for d in found if isinstance(d, RowDraft) for s in d.sessions]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def warnings(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def raw(*rows):
    return read(RAW + "".join(f'{start},"{durations}","{values}"\n' for start, durations, values in rows))


# ---- sleep.csv ------------------------------------------------------------------------------------------------------


def test_a_night_of_a_watch():
    first = sessions(read(SLEEP))[0]
    m = first.measures
    assert (m.tst_min, m.light_min, m.deep_min, m.awake_min, m.sol_min, m.waso_min, m.tib_min, m.hr) == (
        430, 280, 150, 50, 10, 40, 480, 58,
    )  # fmt: skip
    assert (first.start.iso_z, first.start.offset_min) == ("2026-03-13T03:40:00Z", -300)
    assert (first.night_date, first.key) == (date(2026, 3, 12), "start:2026-03-13T03:40Z")


def test_rem_of_0_is_not_measured_and_another_is_kept():
    assert [s.measures.rem_min for s in sessions(read(SLEEP))] == [None, 80, None, None]


def test_heart_rate_of_0_is_missing():
    assert [s.measures.hr for s in sessions(read(SLEEP))] == [58, None, None, 61]


def test_a_night_without_any_stage_and_more_wake_than_window_is_unscored():
    found = read(SLEEP)
    night = sessions(found)[2]
    assert night.validity == Validity.UNSCORED
    m = night.measures
    assert (m.tst_min, m.light_min, m.awake_min, m.sol_min, m.waso_min, m.tib_min) == (
        None,
        None,
        None,
        None,
        None,
        390,
    )
    assert "The totals of 2026-03-14 exceed the time between start and end and are left out." in warnings(found)


def test_stages_beyond_the_window_keep_the_window_and_lose_the_totals():
    found = read(SLEEP)
    night = sessions(found)[3]
    assert night.validity == Validity.OK
    assert (night.measures.tst_min, night.measures.deep_min, night.measures.tib_min) == (None, None, 420)
    assert (night.start.offset_min, len(warnings(found))) == (-240, 3)


def test_stages_short_of_the_window_are_kept():
    short = read(f"{HEADER}\n{ROW.replace('T06:40', 'T10:40')}\n")
    assert (sessions(short)[0].measures.tst_min, sessions(short)[0].measures.tib_min) == (430, 720)
    assert warnings(short) == []


def test_five_minutes_over_are_allowed():
    assert warnings(read(f"{HEADER}\n{ROW.replace(',3000,', ',3300,')}\n")) == []
    assert warnings(read(f"{HEADER}\n{ROW.replace(',3000,', ',3360,')}\n")) != []


def test_the_window_rule_names_the_nights_that_break_it():
    (rule,) = [d for d in read(SLEEP) if isinstance(d, SumRule)]
    assert (rule.checked, rule.nights) == (4, (date(2026, 3, 14), date(2026, 3, 15)))


def test_overlapping_nights_of_the_same_end_are_both_kept():
    other = ROW.replace("T22:40:00", "T22:10:56")
    assert len(sessions(read(f"{HEADER}\n{ROW}\n{other}\n"))) == 2


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-03-13T06:40:00-05:00", "", "no sleep in this row"),
        ("2026-03-13T06:40:00-05:00", "2026-03-13T06:40:00", "to: the offset from UTC is missing"),
        ("2026-03-13T06:40:00-05:00", "13/03/2026 06:40:00", "to: not a date and time"),
        ("2026-03-13T06:40:00-05:00", "2026-03-12T06:40:00-05:00", "the end is before the start"),
        ("2026-03-13T06:40:00-05:00", "2026-03-13T06:40:00-19:00", "the offset from UTC is more than 15 hours"),
        ("2026-03-12T22:40:00-05:00", "0001-01-01T00:00:00+05:00", "from: outside the calendar"),
        ("16800", "much", "light (s): not a number"),
        ("16800", "-16800", "light (s): negative"),
        (",58,", ",fast,", "Average heart rate: not a number"),
    ],
)
def test_a_bad_row_is_rejected_alone(old, new, reason):
    found = read(f"{HEADER}\n{ROW.replace(old, new, 1)}\n{ROW}\n")
    assert len(sessions(found)) == 1
    assert [(d.reason, d.line) for d in rejected(found)] == [(reason, 2)]


def test_a_note_is_told_and_stays_in_the_file():
    found = read(SLEEP)
    assert "1 night carries a note; notes stay in the file." in warnings(found)
    assert not any("a note," in str(d) for d in found)


def test_a_renamed_column_is_named_and_a_missing_one_refused():
    (unknown,) = [d for d in read(SLEEP.replace("Snoring episodes", "Snores")) if isinstance(d, UnknownFields)]
    assert unknown.names == ("Snores",)
    with pytest.raises(UserError, match=r"deep \(s\)"):
        read(SLEEP.replace("deep (s)", "profound (s)"))


def test_utf16_is_read():
    assert sessions(read(b"\xff\xfe" + SLEEP.encode("utf-16-le"))) == sessions(read(SLEEP))
    plain = (DATA / "raw_tracker_sleep-state.csv").read_text()
    assert sessions(read(b"\xff\xfe" + plain.encode("utf-16-le"))) == sessions(read(plain))


# ---- raw states -----------------------------------------------------------------------------------------------------


def test_states_are_read_as_utc_whatever_offset_is_printed():
    (session,) = sessions(raw(("2026-03-13T04:40:00+01:00", "[600,5400,3600,900,300]", "[0,1,2,3,5]")))
    assert (session.start.iso_z, session.end.iso_z) == ("2026-03-13T03:40:00Z", "2026-03-13T06:40:00Z")
    assert [(s.offset_s, s.dur_s, s.code) for s in session.stages] == [
        (0, 600, StageCode.W),
        (600, 5400, StageCode.LIGHT),
        (6000, 3600, StageCode.N3),
        (9600, 900, StageCode.REM),
        (10500, 300, StageCode.UNKNOWN),
    ]


def test_states_join_the_session_of_their_start_and_are_none_by_themselves():
    (session,) = sessions(raw(("2026-03-13T04:40:00+01:00", "[600,5400]", "[2,1]")))
    assert (session.joins_only, session.supplement) == (True, True)
    assert session.key == sessions(read(SLEEP))[0].key
    assert all(v is None for v in vars(session.measures).values())


def test_chunks_in_any_order_of_interleaved_devices_make_one_chain_each():
    found = raw(
        ("2026-03-13T07:40:00+01:00", "[3600]", "[2]"),  # watch, touching the first
        ("2026-03-13T05:00:00+01:00", "[3000,30]", "[1,2]"),  # another device, overlapping it
        ("2026-03-13T04:40:00+01:00", "[10800]", "[1]"),
        ("2026-03-13T09:10:00+01:00", "[1200]", "[1]"),  # half an hour after it
    )
    first, second = sorted((s for s in sessions(found) if s.stages), key=lambda s: s.start.ms)
    assert (first.start.iso_z, first.end.iso_z) == ("2026-03-13T03:40:00Z", "2026-03-13T08:30:00Z")
    assert [(s.offset_s, s.dur_s) for s in first.stages] == [(0, 10800), (10800, 3600), (16200, 1200)]
    assert second.start.iso_z == "2026-03-13T04:00:00Z"
    assert [s.key for s in sessions(found)].count(first.key) == 3, "every row is accounted for"


def test_equal_neighbours_are_one_stage():
    (session,) = sessions(raw(("2026-03-13T04:40:00+01:00", "[60,60,60,60]", "[1,1,2,2]")))
    assert [s.dur_s for s in session.stages] == [120, 120]


def test_bare_lists_without_quotation_marks():
    found = read(RAW + "2026-03-13T04:40:00+01:00,[600],[1]\n2026-03-13T04:50:00+01:00,[600],[2]\n")
    assert [len(s.stages) for s in sessions(found)] == [2, 0]


def test_bogus_runs_of_a_day_are_dropped_with_a_reason():
    found = raw(
        ("2026-03-12T09:00:00+01:00", "[84424]", "[0]"),
        ("2026-03-13T04:40:00+01:00", "[600,90000,600]", "[1,0,2]"),
    )
    assert [d.reason for d in rejected(found)] == ["a run of more than 12 hours in one state: no night's"]
    (session,) = sessions(found)
    assert (session.end.utc - session.start.utc).total_seconds() == 600
    assert "Runs of more than 12 hours in one state are left out: 1." in warnings(found)


def test_awake_and_unknown_alone_are_no_sleep():
    found = raw(
        ("2026-03-12T22:00:00+01:00", "[30,1530]", "[0,5]"),
        ("2026-03-13T04:40:00+01:00", "[600,600]", "[1,2]"),
    )
    assert [d.reason for d in rejected(found)] == ["no sleep in it: awake or unknown only"]


@pytest.mark.parametrize(
    ("durations", "values", "reason"),
    [
        ("[60,60]", "[1]", "as many durations as values are needed"),
        ("[60", "[1]", "duration: not a list"),
        ("[x]", "[1]", "duration: not a list of numbers"),
        ("[1.5]", "[1]", "duration: not a list of numbers"),
        ("[0]", "[1]", "no time in it"),
        ("[-60]", "[1]", "duration: not a list of numbers"),
        ("[60]", "1", "value: not a list"),
    ],
)
def test_a_bad_list_is_rejected_alone(durations, values, reason):
    found = raw(("2026-03-13T02:00:00+01:00", durations, values), ("2026-03-13T04:40:00+01:00", "[60,60]", "[1,2]"))
    assert [d.reason for d in rejected(found)] == [reason]
    assert len(sessions(found)) == 1


@pytest.mark.parametrize(("values", "where"), [("[61,58]", "raw.csv"), ("[0,1]", "raw.csv"), ("[1,2]", "raw_hr_hr.csv"),
                                               ("[1,2]", "x.zip raw_sleep-monitor_snoring.csv")])  # fmt: skip
def test_heart_rates_and_snoring_in_the_same_shape_are_taken_and_give_nothing(values, where):
    data = f'{RAW}2026-03-13T04:40:00+01:00,"[60,60]","{values}"\n'
    assert PLUGIN.sniff(data.encode(), "x") == 1
    assert read(data, where) == []


@pytest.mark.parametrize(
    "data", [b"", b"start,duration,value\n", b"start,duration,value\n1,2,3\n", b"from,to\n", b"{}"]
)
def test_others_files_are_not_withings(data):
    assert PLUGIN.sniff(data, "sleep.csv") == 0


# ---- real -----------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_real_sleep(shared_dir):
    found = read((shared_dir / "fixtures/withings/mohdasti_sleep.csv").read_bytes())
    nights = sessions(found)
    assert len(nights) == 39
    assert [s.measures.rem_min for s in nights if s.measures.rem_min is not None] == [99, 110.5, 55, 4]
    (unscored,) = [s for s in nights if s.validity == Validity.UNSCORED]
    assert (unscored.start.iso_z, unscored.end.iso_z) == ("2026-06-20T08:41:18Z", "2026-06-20T17:30:19Z")
    of_09 = next(s for s in nights if s.night_date == date(2026, 7, 9))
    assert (of_09.measures.deep_min, of_09.measures.rem_min) == (41, 4)
    assert not rejected(found)


@pytest.mark.real
def test_real_states_make_the_night_that_sleep_csv_has(shared_dir):
    """Five chunks become one hypnogram that starts and ends to the second where the row does."""
    rows = read((shared_dir / "fixtures/withings/mohdasti_sleep.csv").read_bytes())
    found = read((shared_dir / "fixtures/withings/mohdasti_raw_tracker_sleep-state_EXCERPT.csv").read_bytes())
    assert sum(d.rows for d in found if isinstance(d, RowDraft)) + len(rejected(found)) == 17
    by_key = {s.key: s for s in sessions(rows)}
    (joined,) = [s for s in sessions(found) if s.key in by_key and s.stages]
    assert joined.start.iso_z == "2026-07-08T08:38:25Z"
    assert joined.end.utc == by_key[joined.key].end.utc
    assert {d.reason for d in rejected(found)} == {
        "no sleep in it: awake or unknown only",
        "a run of more than 12 hours in one state: no night's",
    }
