"""AutoSleep's CSV."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, UnknownFields, ZoneNeeded
from dreamjournal.domain.session import Validity
from dreamjournal.importers.autosleep import PLUGIN

TEXT = (Path(__file__).parents[2] / "data/autosleep/autosleep.csv").read_text()
HEADER, PLAIN, SEVERAL, CHANGE, BARE = TEXT.rstrip("\n").split("\n")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(text: str, zone: str | None = None):
    return list(PLUGIN.read(io.BytesIO(text.encode()), ReadOptions(NOW, zone, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def lines(*body: str) -> str:
    return "\n".join([HEADER, *body]) + "\n"


def test_the_stamp_carries_the_only_offset():
    session = rows(read(TEXT))[0].sessions[0]
    assert (session.start.iso_z, session.start.offset_min, session.start.zone) == ("2026-03-06T07:05:00Z", -480, None)
    assert (session.night_date, session.vendor_date) == (date(2026, 3, 5), date(2026, 3, 6))


def test_lengths_and_vitals():
    m = rows(read(TEXT))[0].sessions[0].measures
    assert (m.tib_min, m.tst_min, m.awake_min, m.sol_min, m.deep_min) == (460, 423, 25, 12, 95)
    assert (m.asleep_unspecified_min, m.light_min, m.rem_min, m.waso_min) == (328, None, None, None)
    assert (m.vendor_se_pct, m.hr, m.hrv_sdnn, m.hrv_rmssd, m.resp, m.spo2) == (92, 52.1, 64, None, 14.6, 96.1)


def test_quality_is_a_length_and_no_percentage():
    events = [(e.kind, e.detail) for e in rows(read(TEXT))[0].sessions[0].events]
    assert events == [("rating", "310 minutes of quality sleep"), ("note", "Rain all night")]


def test_zero_is_not_measured():
    m = rows(read(TEXT))[1].sessions[0].measures
    assert (m.sol_min, m.resp, m.spo2) == (None, None, None)


def test_tags_and_notes():
    assert [(t.tag, t.night_date) for t in rows(read(TEXT))[0].tags] == [
        ("CPAP", date(2026, 3, 5)),
        ("late meal", date(2026, 3, 5)),
    ]


def test_a_day_of_several_sleeps_is_joined_by_the_vendor_and_said():
    found = read(TEXT)
    m = rows(found)[1].sessions[0].measures
    assert (m.tib_min, m.tst_min) == (500, 460)
    (text,) = [d.text for d in found if isinstance(d, FileWarning)]
    assert "On 1 day AutoSleep joined several sleeps" in text


def test_before_a_change_of_clocks_the_evening_had_the_older_offset():
    session = rows(read(TEXT))[2].sessions[0]
    assert (session.start.offset_min, session.end.offset_min) == (-480, -420)
    assert session.measures.tib_min == 450
    assert (session.end.utc - session.start.utc).total_seconds() == 450 * 60


def test_to_bed_after_the_change_the_time_in_bed_tells():
    late = CHANGE.replace("2026-03-07 23:00:00", "2026-03-08 03:30:00").replace("07:30:00,00:30", "04:00:00,00:30")
    late = late.replace(",07:00:00,", ",03:30:00,").replace("01:10:00", "00:40:00")
    session = rows(read(lines(SEVERAL, late)))[1].sessions[0]
    assert (session.start.offset_min, session.end.offset_min) == (-420, -420)


def test_a_row_is_dated_by_its_waketime_when_its_stamp_is_of_the_day_after():
    """The stamp of Saturday's row is Sunday's, past the change of clocks; Friday's stamp has Saturday's offset."""
    friday = PLAIN.replace("2026-03-06T20:59:59-08:00", "2026-03-07T20:59:59-08:00")
    saturday = SEVERAL.replace("2026-03-07T20:59:59-08:00", "2026-03-08T20:59:59-07:00")
    first, second = (r.sessions[0] for r in rows(read(lines(friday, saturday))))
    assert first.vendor_date == date(2026, 3, 6)
    assert (second.vendor_date, second.end.offset_min, second.start.offset_min) == (date(2026, 3, 7), -480, -480)


def test_the_dates_in_words_depend_on_the_language_and_are_not_read():
    changed = TEXT.replace("Thursday, Mar 5, 2026", "jeudi 5 mars 2026")
    assert [r.sessions for r in rows(read(changed))] == [r.sessions for r in rows(read(TEXT))]


def test_a_row_without_sleep_times_is_unscored():
    session = rows(read(TEXT))[3].sessions[0]
    assert (session.validity, session.measures.tst_min, session.measures.awake_min) == (Validity.UNSCORED, None, None)


def test_a_stamp_without_an_offset_asks_for_the_zone():
    bare = lines(PLAIN.replace("2026-03-06T20:59:59-08:00", "2026-03-06T20:59:59"))
    with pytest.raises(ZoneNeeded):
        read(bare)
    assert rows(read(bare, "America/Los_Angeles"))[0].sessions[0].start.iso_z == "2026-03-06T07:05:00Z"


def test_newer_columns_for_rem_come_with_a_word_of_caution_and_unknown_ones_are_named():
    found = read(f"{HEADER},rem,moon\n{PLAIN},01:20:00,full\n")
    m = rows(found)[0].sessions[0].measures
    assert (m.rem_min, m.asleep_unspecified_min) == (80, 423 - 95 - 80)
    assert any("not yet been seen" in d.text for d in found if isinstance(d, FileWarning))
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("moon",)]
    assert not [d for d in read(TEXT) if isinstance(d, UnknownFields)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("2026-03-06 06:45:00", ""), "no sleep in this row"),
        (("2026-03-06 06:45:00", "2026-03-05 06:45:00"), "the end is before the start"),
        (("2026-03-06 06:45:00", "late"), "waketime: not a date and time"),
        (("2026-03-05 23:05:00", "0001-01-01 00:00:00"), "before 1970"),
        (("07:03:00", "7h"), "asleep: not a length"),
        ((",92.0,", ",good,"), "efficiency: not a number"),
        ((",52.1,", ","), "cells where the header has"),
    ],
)
def test_a_bad_row_is_rejected_alone(change, reason):
    found = read(TEXT.replace(*change, 1))
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert (no.line, len(rows(found))) == (2, 3)


def test_dates_rewritten_by_a_spreadsheet_are_refused():
    with pytest.raises(UserError, match="saved again by a spreadsheet"):
        read(TEXT.replace("2026-03-05 23:05:00", "3/5/26 23:05"))


def test_a_missing_column_is_named():
    with pytest.raises(UserError, match="missing: waketime"):
        read(TEXT.replace("waketime", "woke", 1))


def test_sniff_by_content():
    assert PLUGIN.sniff(TEXT.encode(), "x") == 1
    assert PLUGIN.sniff(b'"ISO8601","fromDate","toDate","bedtime","waketime"\n', "x") == 1
    assert PLUGIN.sniff(b"ISO8601,value\n", "AutoSleep.csv") == 0
