"""Zepp's SLEEP.csv."""

from __future__ import annotations

import io
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
    ZoneNeeded,
)
from dreamjournal.domain.session import SessionKind, Validity
from dreamjournal.importers.zepp import PLUGIN, RULE

TEXT = (Path(__file__).parents[2] / "data/zepp/SLEEP_1773400000000.csv").read_text()
HEADER = TEXT.split("\n", maxsplit=1)[0]
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(text: str, zone: str | None = "Europe/Berlin"):
    return list(PLUGIN.read(io.BytesIO(text.encode()), ReadOptions(NOW, zone, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def test_stamps_are_utc_and_the_place_is_asked_for():
    with pytest.raises(ZoneNeeded):
        read(TEXT, None)
    session = rows(read(TEXT))[0].sessions[0]
    assert (session.start.iso_z, session.start.zone, session.start.local.hour) == (
        "2026-03-11T22:20:00Z",
        "Europe/Berlin",
        23,
    )
    assert (session.night_date, session.vendor_date) == (date(2026, 3, 11), date(2026, 3, 12))


def test_the_clock_follows_summer_time():
    text = f"{HEADER}\n2026-07-12,92,330,18,2026-07-11 22:20:00+0000,2026-07-12 05:40:00+0000,0,\n"
    assert rows(read(text))[0].sessions[0].start.offset_min == 120


def test_minutes_and_the_rule_of_their_sum():
    found = read(TEXT)
    m = rows(found)[0].sessions[0].measures
    assert (m.tst_min, m.deep_min, m.light_min, m.awake_min, m.tib_min) == (422, 92, 330, 18, 440)
    (rule,) = [d for d in found if isinstance(d, SumRule)]
    assert (rule.rule, rule.checked, rule.broken) == (RULE, 3, 0)
    (rule,) = [d for d in read(TEXT.replace("12,92,330", "12,92,300")) if isinstance(d, SumRule)]
    assert (rule.broken, rule.nights) == (1, (date(2026, 3, 11),))


def test_a_rem_of_zero_is_not_measured_and_a_watch_has_it():
    found = rows(read(TEXT))
    assert (found[0].sessions[0].measures.rem_min, found[2].sessions[0].measures.rem_min) == (None, 80)


def test_equal_stamps_are_a_day_without_sleep():
    found = read(TEXT)
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert (no.reason, no.line, no.sessions) == ("no sleep in this row", 4, 0)
    assert len(rows(found)) == 3


def test_the_naps_column_is_a_json_list():
    found = read(TEXT)
    night, nap = rows(found)[2].sessions
    assert (nap.kind, nap.start.iso_z, nap.measures.tib_min) == (SessionKind.NAP, "2026-03-15T13:00:00Z", 30)
    assert nap.validity == Validity.UNSCORED
    assert night.kind == SessionKind.MAIN
    assert any("Naps of this format" in d.text for d in found if isinstance(d, FileWarning))


@pytest.mark.parametrize("naps", ["{", '"[1, {""start"": 5}]"', '"[{""start"":""14:00""}]"', "soon", '"{""a"":1}"'])
def test_naps_of_another_shape_are_named_and_the_night_is_kept(naps):
    found = read(f"{HEADER}\n2026-03-12,92,330,18,2026-03-11 22:20:00+0000,2026-03-12 05:40:00+0000,0,{naps}\n")
    assert len(rows(found)) == 1
    assert any("were not read" in d.text for d in found if isinstance(d, FileWarning))


def test_a_day_with_naps_only():
    text = f'{HEADER}\n2026-03-12,0,0,0,2026-03-12 00:00:00+0000,2026-03-12 00:00:00+0000,0,"[{{""start"":""2026-03-12 13:00:00+0000"",""stop"":""2026-03-12 13:20:00+0000""}}]"\n'
    (row,) = rows(read(text))
    assert [s.kind for s in row.sessions] == [SessionKind.NAP]


def test_times_without_stages_are_unscored():
    session = rows(read(TEXT.replace("12,92,330,18", "12,0,0,0")))[0].sessions[0]
    assert (session.validity, session.measures.tst_min, session.measures.deep_min) == (Validity.UNSCORED, None, None)


def test_the_older_columns_have_a_time_of_the_last_transfer():
    text = (
        "date,lastSyncTime,deepSleepTime,shallowSleepTime,wakeTime,start,stop\n"
        "2020-02-05,1580900000,92,330,18,2020-02-04 22:20:00+0000,2020-02-05 05:40:00+0000\n"
    )
    assert PLUGIN.sniff(text.encode(), "x") == 1
    assert rows(read(text))[0].sessions[0].measures.tst_min == 422


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("2026-03-11 22:20:00+0000", "2026-03-13 22:20:00+0000"), "the end is before the start"),
        (("2026-03-11 22:20:00+0000", "2026-03-11 22:20:00"), "start: the time has no offset"),
        (("2026-03-11 22:20:00+0000", "soon"), "start: not a date and time"),
        (("2026-03-11 22:20:00+0000", "0001-01-01 00:00:00+0000"), "before 1970"),
        (("2026-03-11 22:20:00+0000", "9999-12-31 23:59:00+0000"), "in the future"),
        (("12,92,330", "12,-92,330"), "negative minutes"),
        (("12,92,330", "12,x,330"), "deepSleepTime: not a number"),
        (("12,92,330", "12,330"), "7 cells where the header has 8"),
    ],
)
def test_a_bad_row_is_rejected_alone(change, reason):
    found = read(TEXT.replace(*change, 1))
    first, _ = [d for d in found if isinstance(d, Rejected)]
    assert reason in first.reason
    assert (first.line, len(rows(found))) == (2, 2)


def test_dates_rewritten_by_a_spreadsheet_are_refused():
    with pytest.raises(UserError, match="saved again by a spreadsheet"):
        read(TEXT.replace("2026-03-11 22:20:00+0000", "11/03/2026 22:20"))


def test_a_new_column_is_named():
    found = read(f"{HEADER},moon\n2026-03-12,92,330,18,2026-03-11 22:20:00+0000,2026-03-12 05:40:00+0000,0,,full\n")
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("moon",)]


@pytest.mark.parametrize(
    "text", ["date,steps,calories,distance,runDistance\n2026-03-12,1,2,3,4\n", "date,time,heartRate\n"]
)
def test_the_other_tables_of_the_export_hold_no_sleep(text):
    assert PLUGIN.sniff(text.encode(), "x") > 0
    assert read(text, None) == []


def test_sniff_by_content():
    assert PLUGIN.sniff(TEXT.encode(), "x") == 1
    assert PLUGIN.sniff(b"date,weight\n", "SLEEP_1.csv") == 0
