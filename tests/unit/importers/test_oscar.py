"""OSCAR's CSV."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, SumRule, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import SessionKind
from dreamjournal.importers.oscar import PLUGIN

DATA = Path(__file__).parents[2] / "data/oscar"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SUMMARY = "Date,Session Count,Start,End,Total Time,AHI,CA Count,Median Pressure,95% Pressure"
ROW = "2007-12-31,4,2008-01-01T01:16:28,2008-01-01T10:28:09,09:04:59,4.073,15,11.52,13.86"
BY_SESSION = "Date,Start,AHI,OA,Leak_95th,Hours,Hours_Used,Machine"


def read(data: bytes | str, zone: str | None = "Europe/London"):
    raw = data.encode() if isinstance(data, str) else data
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, zone, "f.csv"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def test_a_day_of_the_summary():
    (row,) = rows(read(f"{SUMMARY}\n{ROW}\n"))
    session, use = row.sessions[0], row.exposures[0]
    assert (session.start.local, session.end.local) == (
        datetime(2008, 1, 1, 1, 16, 28),
        datetime(2008, 1, 1, 10, 28, 9),
    )
    assert (session.kind, session.night_date, session.vendor_date) == (
        SessionKind.REST,
        date(2007, 12, 31),
        date(2007, 12, 31),
    )
    assert (session.measures.tst_min, session.key) == (None, "day:2007-12-31")
    assert (use.name, use.night_date, use.dose) == ("CPAP", date(2007, 12, 31), "9 h 5 min, AHI 4.1")


def test_the_sample_is_whole():
    found = read((DATA / "OSCAR_Summary.csv").read_bytes())
    assert [r.exposures[0].night_date.day for r in rows(found)] == [1, 2, 4]
    assert not [d for d in found if isinstance(d, UnknownFields)]
    assert [(d.checked, d.broken) for d in found if isinstance(d, SumRule)] == [(3, 0)]


def test_the_start_is_local_and_the_rest_is_elapsed_over_a_clock_change():
    row = "2026-03-28,1,2026-03-28T23:00:00,2026-03-29T06:30:00,07:30:00,1.0,0,9,10"
    session = rows(read(f"{SUMMARY}\n{row}\n"))[0].sessions[0]
    assert (session.start.iso_z, session.end.iso_z) == ("2026-03-28T23:00:00Z", "2026-03-29T06:30:00Z")


def test_the_zone_is_asked():
    with pytest.raises(ZoneNeeded):
        read(f"{SUMMARY}\n{ROW}\n", zone=None)


def test_rows_by_session_are_one_exposure_of_their_night():
    found = rows(read((DATA / "by_session.csv").read_bytes()))
    assert [f"{r.sessions[0].start.local:%d %H:%M}" for r in found] == ["01 22:40", "02 00:50", "03 00:16"]
    assert {r.sessions[0].night_date.day for r in found[:2]} == {1}
    assert [len(r.exposures) for r in found] == [1, 0, 1]
    assert found[0].exposures[0].dose == "8 h 0 min, AHI 1.2", "events an hour of the common time: (2·2 + 6·1) / 8"
    assert found[2].exposures[0].dose == "7 h 11 min, AHI 0.8, leak 95 % 0.20 L/s", "the file has litres a minute"
    assert found[0].sessions[0].device == "AirSense 11"


def test_sessions_of_the_export_wizard():
    text = "Date,Session,Start,End,Total Time,AHI\n" + "".join(
        f"2026-03-01,{i},2026-03-01T2{i}:00:00,2026-03-01T2{i}:50:00,00:50:00,{i}.5\n" for i in (1, 2)
    )
    found = rows(read(text))
    assert [len(r.exposures) for r in found] == [1, 0]
    assert found[0].exposures[0].dose == "1 h 40 min, AHI 2.0"


def test_a_serial_number_is_no_device():
    row = "2026-03-01,22:40:12,2.0,2,,2.0,2.0,AirSense 10 23191234567"
    assert rows(read(f"{BY_SESSION}\n{row}\n"))[0].sessions[0].device == "AirSense 10"


def test_an_empty_cell_is_not_zero():
    row = "2026-03-01,22:40:12,,,,2.0,2.0,"
    assert rows(read(f"{BY_SESSION}\n{row}\n"))[0].exposures[0].dose == "2 h 0 min"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("09:04:59", "00:00:00"), "no therapy time"), (("2008-01-01T01:16:28", ""), "no therapy time"),
        (("09:04:59", "9h"), "Total Time"), (("2007-12-31,", "2007-13-31,"), "Date: not a date"),
        (("2008-01-01T10:28:09", "2008-01-01T00:28:09"), "the end is before the start"),
        (("2008-01-01T10:28:09", "2008-01-03T10:28:09"), "longer than 24 hours"), (("T10:28:09", "T25:28:09"), "End: not a date"),
        (("4.073", "many"), "AHI: not a number"), (("4.073", "-4"), "negative"), (("4.073", "1e999"), "AHI: not a number"),
        (("2008-01-01T01", "9999-12-31T23"), "the start is in the future"),
        ((",13.86", ""), "cells where the header has"),
        (("2007-12-31,4,2008-01-01T01:16:28,2008-01-01", "0001-01-01,4,0001-01-01T01:16:28,0001-01-01"), "the start is before 1970"),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_alone(change, reason):
    good = ROW.replace("2007-12-31", "2008-02-01").replace("2008-01-01", "2008-02-02")
    found = read(f"{SUMMARY}\n{ROW.replace(*change)}\n{good}\n")
    assert [r.line for r in rows(found)] == [3]
    (no,) = rejected(found)
    assert reason in no.reason
    assert (no.line, no.where) == (2, "f.csv line 2")


def test_total_time_beyond_the_window_is_named():
    found = read(f"{SUMMARY}\n{ROW.replace('09:04:59', '11:04:59')}\n")
    assert [(d.broken, d.nights) for d in found if isinstance(d, SumRule)] == [(1, (date(2007, 12, 31),))]


def test_a_spreadsheets_copy_and_missing_columns_are_refused_in_words():
    with pytest.raises(UserError, match="spreadsheet"):
        read(f"{SUMMARY}\n{ROW.replace('2007-12-31', '31/12/2007')}\n")
    with pytest.raises(UserError, match="Total Time"):
        read(f"{SUMMARY}\n{ROW}\n".replace("Total Time", "Time"))


def test_semicolons_and_decimal_commas():
    text = f"{SUMMARY}\n{ROW}\n".replace(",", ";").replace("4.073", "4,073")
    assert rows(read(text))[0].exposures[0].dose == "9 h 5 min, AHI 4.1"
    assert PLUGIN.sniff(text.encode(), "x") == 1


def test_unknown_columns_are_named_and_a_machines_own_are_not():
    text = f"{SUMMARY},99.5% EPAP Set,LF Count,Moon phase\n{ROW},1,2,full\n"
    assert [d.names for d in read(text) if isinstance(d, UnknownFields)] == [("Moon phase",)]


def test_details_hold_no_sleep():
    data = "DateTime,Session,Event,Data/Duration\n2026-03-01T22:41:00,1,Hypopnea,12\n"
    assert PLUGIN.sniff(data.encode(), "x") == 1
    assert [type(d) for d in read(data)] == [FileWarning]


@pytest.mark.parametrize("data", [b"Date,Start,Notes\n", b"date,stage\n", b"", b"\xff" * 50, b"Date;Session\n"])
def test_other_tables_are_not_known(data):
    assert PLUGIN.sniff(data, "OSCAR.csv") == 0
