"""What the person says of a table's columns."""

from __future__ import annotations

import pytest

from dreamjournal.domain.column_map import ROLES, ColumnMap, describe, header_key, parse_map, problem

HEADER = ("Start", "End", "Deep", "Total, min", "Wine?", "a=b", "unit")


def test_a_map_is_read_from_one_line():
    found = parse_map("Start=start, end=end,DEEP=deep,unit=h,day_first=yes,zone=Europe/Berlin", HEADER)
    assert found == ColumnMap((("Start", "start"), ("End", "end"), ("Deep", "deep")), "h", True, "Europe/Berlin")


def test_columns_with_commas_equal_signs_and_the_names_of_settings():
    found = parse_map('Start=start,End=end,"Total, min=tst",a=b=tag,Wine?=tag,unit=rem', HEADER)
    assert dict(found.columns) == {
        "Start": "start",
        "End": "end",
        "Total, min": "tst",
        "a=b": "tag",
        "Wine?": "tag",
        "unit": "rem",
    }
    assert found.unit == "min"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "when a sleep begins"), ("Start", "not of the form"), ("=start", "not of the form"), ("Begin=start", "no column 'Begin'; columns: Start"),
        ("Start=begin,End=end", "no meaning 'begin'; meanings: start"), ("Start=start,End=start", "two columns"),
        ("Start=start,Start=end", "two meanings"), ("Start=start", "when a sleep begins"), ("Start=start,End=end,unit=days", "none of min, h, s"),
        ("Start=start,End=end,day_first=maybe", "neither yes nor no"), ("Start=start,End=end,zone=Nowhere", "no time zone 'Nowhere'"),
        ("Start=start,End=end,zone=../../etc/passwd", "no time zone"), ("Deep=dream", "holds the date"), ("Start=date,End=wake_date,Deep=dream", "one date"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(text, why):
    with pytest.raises(ValueError, match=why):
        parse_map(text, HEADER)


@pytest.mark.parametrize(
    "roles",
    ["start,end", "start,end_time", "start,duration", "end,duration", "end,start_time", "date,start_time,end_time", "wake_date,start_time,duration",
     "date,end_time,duration", "date,dream", "wake_date,dream", "written,dream", "start,dream", "end,dream", "date,tag", "date,tags"],
)  # fmt: skip
def test_ways_to_place_a_night(roles):
    pairs = tuple((f"c{i}", r) for i, r in enumerate(roles.split(",")))
    assert problem(ColumnMap(pairs), [c for c, _ in pairs]) is None


@pytest.mark.parametrize(
    "roles", ["start", "date,start_time", "start_time,end_time", "date,tst", "dream,title", "duration", "tag"]
)
def test_what_places_no_night(roles):
    pairs = tuple((f"c{i}", r) for i, r in enumerate(roles.split(",")))
    assert problem(ColumnMap(pairs), [c for c, _ in pairs])


def test_a_map_in_words():
    said = describe(ColumnMap((("Start", "start"), ("Deep", "deep")), "h", True, "Europe/Berlin"))
    assert said == (
        "Start: fell asleep or went to bed (date and time); Deep: deep sleep; plain lengths in hours; 03/04 is the 3rd of April; "
        "time zone Europe/Berlin"
    )
    assert "4th of March" in describe(ColumnMap(()))


def test_the_key_of_a_header_heeds_order_and_not_case_or_spacing():
    assert header_key(["Start", "Fell  asleep"]) == header_key(["start ", "fell asleep"])
    assert header_key(["a", "b"]) != header_key(["b", "a"])
    assert header_key(["a b"]) != header_key(["a", "b"])
    assert len(header_key(["\ud800"])) == 32


def test_every_meaning_has_words():
    assert all(words and words == words.strip() for words in ROLES.values())
