"""Sleep Cycle's sleepdata.csv."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import Validity
from dreamjournal.importers.sleep_cycle import PLUGIN

DATA = Path(__file__).parents[2] / "data/sleep_cycle"
OLD = (DATA / "sleepdata_old.csv").read_text()
NEW = (DATA / "sleepdata.csv").read_text()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SECONDS = "Start;End;Sleep Quality;Time in bed (seconds);Time asleep (seconds);Time before sleep (seconds);Notes"


def read(text: str | bytes, zone: str | None = "Europe/Berlin"):
    data = text.encode() if isinstance(text, str) else text
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, zone, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def one(line: str, header: str = SECONDS, zone: str = "Europe/Berlin"):
    (row,) = rows(read(f"{header}\n{line}\n", zone))
    return row.sessions[0]


def test_a_local_time_without_a_zone_asks_for_one():
    with pytest.raises(ZoneNeeded):
        read(NEW, None)
    start = rows(read(NEW))[0].sessions[0].start
    assert (start.iso_z, start.zone) == ("2026-03-11T22:10:00Z", "Europe/Berlin")


def test_the_newer_columns():
    session = rows(read(NEW))[0].sessions[0]
    m = session.measures
    assert (m.tib_min, m.tst_min, m.sol_min, m.asleep_unspecified_min, m.hr) == (450, 420, 11, 420, 54)
    assert (m.light_min, m.deep_min, m.rem_min, m.waso_min, m.vendor_se_pct) == (None,) * 5
    assert [(e.kind, e.detail) for e in session.events] == [
        ("rating", "81 of 100"),
        ("mood", "Good"),
        ("snoring", "12 minutes"),
    ]


def test_the_older_columns():
    session = rows(read(OLD))[0].sessions[0]
    m = session.measures
    assert (m.tib_min, m.tst_min, m.hr) == (435, None, 58)
    assert session.validity == Validity.OK
    assert [(e.kind, e.detail) for e in session.events] == [("rating", "74 of 100"), ("mood", ":)")]


def test_the_sleep_quality_is_a_score_and_no_efficiency():
    assert rows(read(OLD))[0].sessions[0].measures.vendor_se_pct is None


def test_zero_is_missing():
    nap, night = (r.sessions[0] for r in rows(read(NEW))[1:])
    assert (nap.measures.hr, nap.measures.tst_min, nap.measures.sol_min, nap.validity) == (
        None,
        None,
        None,
        Validity.UNSCORED,
    )
    assert (night.measures.hr, night.measures.tst_min) == (None, 400)
    assert rows(read(OLD))[2].sessions[0].measures.hr is None


def test_without_a_quality_an_older_row_is_unscored():
    assert rows(read(OLD))[2].sessions[0].validity == Validity.UNSCORED


def test_notes_joined_by_colons_are_tags():
    assert [(t.tag, t.value, t.night_date) for t in rows(read(OLD))[0].tags] == [
        ("Coffee", 1.0, date(2016, 3, 11)),
        ("Stressful day", 1.0, date(2016, 3, 11)),
    ]
    assert [t.tag for t in rows(read(NEW))[0].tags] == ["Melatonin", "No coffee"]
    assert rows(read(NEW))[1].tags == ()


def test_a_night_over_a_clock_change_keeps_its_real_length():
    session = one("2026-03-28 23:00:00;2026-03-29 07:30:00;80%;27000.0;25000.0;300.0;")
    assert (session.end.utc - session.start.utc).total_seconds() == 7.5 * 3600


@pytest.mark.parametrize(("seconds", "woke"), [(10800, "2026-10-25T00:30:00Z"), (14400, "2026-10-25T01:30:00Z")])
def test_in_the_doubled_hour_the_time_in_bed_tells_which(seconds, woke):
    session = one(f"2026-10-24 23:30:00;2026-10-25 02:30:00;80%;{seconds}.0;9000.0;300.0;")
    assert session.end.iso_z == woke


def test_an_end_before_the_start_within_the_doubled_hour_is_the_later_one():
    session = one("2026-10-25 02:50:00;2026-10-25 02:20:00;9%;;;;")
    assert (session.start.iso_z, session.end.iso_z) == ("2026-10-25T00:50:00Z", "2026-10-25T01:20:00Z")


def test_a_day_may_hold_several_sleeps():
    assert len({r.sessions[0].key for r in rows(read(NEW))}) == 3


def test_columns_drift_in_case_and_spaces_and_a_new_one_is_named():
    header = SECONDS.replace("Time in bed (seconds)", "Time in bed(seconds)").replace("Notes", "Notes;Moon")
    found = read(f"{header}\n2026-03-11 23:10:00;2026-03-12 06:40:00;81%;27000.0;25200.0;660.0;;full\n")
    assert rows(found)[0].sessions[0].measures.tib_min == 450
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("moon",)]
    assert not [d for d in read(NEW) + read(OLD) if isinstance(d, UnknownFields)]


def test_a_decimal_comma_is_read():
    assert one("2026-03-11 23:10:00;2026-03-12 06:40:00;81 %;27000,5;25200,0;660,0;").measures.tst_min == 420


def test_stages_are_read_with_a_word_of_caution():
    header = "Start;End;Sleep Quality;Awake (seconds);Dream (seconds);Light (seconds);Deep (seconds);" + SECONDS[24:]
    found = read(f"{header}\n2026-03-11 23:10:00;2026-03-12 06:40:00;81%;1200;5400;12600;7200;27000;25200;660;\n")
    m = rows(found)[0].sessions[0].measures
    assert (m.awake_min, m.rem_min, m.light_min, m.deep_min, m.asleep_unspecified_min) == (20, 90, 210, 120, None)
    assert any("not yet been seen" in d.text for d in found if isinstance(d, FileWarning))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("2026-03-12 06:40:00", "2026-03-11 06:40:00"), "the end is before the start"),
        (("2026-03-12 06:40:00", ""), "no sleep in this row"),
        (("2026-03-12 06:40:00", "2026-03-15 06:40:00"), "longer than 24 hours"),
        (("2026-03-12 06:40:00", "9999-12-31 23:59:59"), "in the future"),
        (("2026-03-11 23:10:00", "0001-01-01 00:00:00"), "before 1970"),
        (("2026-03-11 23:10:00", "2026-02-30 23:10:00"), "not a date and time"),
        (("25200.0", "much"), "not a number"),
        (("660.0", "-660.0"), "negative minutes"),
        ((";Normal;", ";"), "20 cells where the header has 21"),
    ],
)
def test_a_bad_row_is_rejected_alone(change, reason):
    found = read(NEW.replace(*change, 1))
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert (no.line, len(rows(found))) == (2, 2)


def test_dates_rewritten_by_a_spreadsheet_are_refused():
    with pytest.raises(UserError, match="saved again by a spreadsheet"):
        read(NEW.replace("2026-03-11 23:10:00", "11.03.2026 23:10"))


def test_sniff_by_content():
    assert PLUGIN.sniff(OLD.encode(), "x") == 1
    assert PLUGIN.sniff(NEW.encode(), "x") == 1
    assert PLUGIN.sniff(b"Start;End;Title\n", "sleepdata.csv") == 0
