"""WHOOP's three files."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft
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
    assert any("Moon phase" in d.text for d in found if isinstance(d, FileWarning))
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
