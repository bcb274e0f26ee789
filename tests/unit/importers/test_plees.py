"""Plees Tracker's CSV."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import ReadOptions, Rejected, RowDraft, UnknownFields, ZoneNeeded
from dreamjournal.importers.plees import PLUGIN

TEXT = (Path(__file__).parents[2] / "data/plees/plees-tracker.csv").read_text()
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(text: str | bytes, zone: str | None = "Europe/Berlin"):
    data = text.encode() if isinstance(text, str) else text
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, zone, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def test_milliseconds_of_utc_are_placed_in_the_persons_zone():
    with pytest.raises(ZoneNeeded):
        read(TEXT, None)
    session = rows(read(TEXT))[0].sessions[0]
    assert (session.start.iso_z, session.start.local.hour, session.night_date) == (
        "2026-03-12T22:30:00Z",
        23,
        date(2026, 3, 12),
    )
    assert (session.measures.tst_min, session.measures.tib_min) == (450, 450)


def test_a_rating_of_zero_is_none():
    found = [[e.detail for e in r.sessions[0].events] for r in rows(read(TEXT))]
    assert found == [["4 of 5"], [], ["2 of 5"]]


def test_two_sleeps_within_one_minute_are_two():
    text = "sid,start,stop,rating\n2,1608323062156,1608323063678,5\n3,1608323066387,1608323067794,3\n"
    assert len({r.sessions[0].key for r in rows(read(text))}) == 2


def test_a_number_that_starts_again_on_a_new_phone_is_no_id():
    again = TEXT.replace("2,1773441000500", "1,1773441000500")
    assert [r.sessions for r in rows(read(again))] == [r.sessions for r in rows(read(TEXT))]


def test_a_comment_and_an_unknown_column():
    found = read("sid,start,stop,rating,comment,moon\n1,1773354600000,1773381600000,4,warm,full\n")
    assert [e.detail for e in rows(found)[0].sessions[0].events] == ["4 of 5", "warm"]
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("moon",)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("1773381600000", ""), "no sleep in this row"),
        (("1773381600000", "1773354500000"), "the end is before the start"),
        (("1773381600000", "1773354600000"), "no time between them"),
        (("1773381600000", "999999999999999"), "after the year 9999"),
        (("1773354600000", "-5"), "not a time in milliseconds"),
        (("1773354600000", "5"), "longer than 24 hours"),
        ((",4\n", ",good\n"), "rating: not a number"),
        ((",4\n", "\n"), "3 cells where the header has 4"),
    ],
)
def test_a_bad_row_is_rejected_alone(change, reason):
    found = read(TEXT.replace(*change, 1))
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert (no.line, len(rows(found))) == (2, 2)


def test_sniff_by_content():
    assert PLUGIN.sniff(TEXT.encode(), "x") == 1
    assert PLUGIN.sniff(b"sid,name\n", "plees-tracker.csv") == 0


@pytest.mark.real
def test_the_example(shared_dir):
    path = shared_dir / "fixtures/sleepdiary_misc/PleesTracker/examples/plees-tracker.csv"
    found = rows(read(path.read_bytes(), "Europe/London"))
    assert [r.sessions[0].start.iso_z for r in found] == [
        "2020-12-18T20:23:49.380Z",
        "2020-12-18T20:24:22.156Z",
        "2020-12-18T20:24:26.387Z",
    ]
    assert len({r.sessions[0].key for r in found}) == 3
