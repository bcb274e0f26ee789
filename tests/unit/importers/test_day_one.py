"""Day One's JSON export."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, ZoneNeeded
from dreamjournal.domain.journal_entries import MORNING_AFTER
from dreamjournal.importers.day_one import PLUGIN

SAMPLE = (Path(__file__).parents[2] / "data/day_one/Dreams.json").read_bytes()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ENTRY = {"uuid": "77AB", "creationDate": "2026-07-10T04:40:00Z", "timeZone": "Europe/Berlin", "text": "A lake\\."}


def read(data, zone=None):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, zone, "d.json"), NoProgress()))


def one(zone=None, **changes):
    return read({"metadata": {"version": "1.0"}, "entries": [{**ENTRY, **changes}]}, zone)


def dreams(found):
    return [d for r in found if isinstance(r, RowDraft) for d in r.dreams]


def rejected(found):
    return [(r.where, r.reason) for r in found if isinstance(r, Rejected)]


def remarks(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def test_entries_keep_their_own_id_zone_tags_and_words():
    found = read(SAMPLE)
    assert [(d.source_id[:2], d.draft.night_date.isoformat(), d.draft.text) for d in dreams(found)] == [
        ("0A", "2026-07-09", "The lake\n\nI flew over a lake. It was green!"),
        ("1A", "2026-07-10", "A train that never came - and a platform."),
        ("2A", "2026-07-11", "A staircase without end."),
    ]
    assert (dreams(found)[0].draft.tags, dreams(found)[0].draft.lucidity) == (("water", "lucid"), 3)
    assert rejected(found) == [("d.json entry 4", "no words in this entry")]


def test_the_night_goes_by_the_entrys_own_zone():
    at = "2026-07-10T03:30:00Z"
    zones = {"Asia/Tokyo": "2026-07-10", "Europe/Berlin": "2026-07-09", "America/Los_Angeles": "2026-07-09"}
    for zone, night in zones.items():
        assert dreams(one(creationDate=at, timeZone=zone))[0].draft.night_date.isoformat() == night


@pytest.mark.parametrize("zone", [None, "", "GMT+0200", "Nowhere/Here", "../etc", 7])
def test_an_entry_without_a_known_zone_asks_for_one(zone):
    with pytest.raises(ZoneNeeded):
        one(timeZone=zone)
    assert dreams(one("Asia/Tokyo", timeZone=zone))[0].draft.night_date.isoformat() == "2026-07-10"


def test_an_entry_of_a_whole_day_is_the_morning_after():
    found = one(isAllDay=True, creationDate="2026-07-10T21:00:00Z")
    assert dreams(found)[0].draft.night_date.isoformat() == "2026-07-09"
    assert remarks(found) == [MORNING_AFTER]
    assert remarks(one()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1\\. 2\\- 3\\! \\(x\\) \\#sea \\[a\\]", "1. 2- 3! (x) #sea [a]"),
        ("a back\\\\slash and C:\\home", "a back\\slash and C:\\home"),
        ("*kept* as [it](https://x.org) is", "*kept* as [it](https://x.org) is"),
    ],
)
def test_only_the_escapes_day_one_wrote_are_taken_away(text, words):
    assert dreams(one(text=text))[0].draft.text == words


def test_pictures_stay_in_the_export_and_are_counted():
    found = one(text="One\n![](dayone-moment://AB)\n![a](dayone-moment:/video/CD)\nTwo")
    assert dreams(found)[0].draft.text == "One\nTwo"
    assert remarks(found) == ["2 pictures, sounds or films stay in the export; only words are read."]


def test_words_kept_as_pieces_only_are_put_together():
    pieces = json.dumps({"contents": [{"text": "A "}, {"embeddedObjects": []}, {"text": "lake\n"}, 7, {"text": 7}]})
    assert dreams(one(text="", richText=pieces))[0].draft.text == "A lake"
    assert rejected(one(text="", richText="{")) == [("d.json entry 1", "its text is damaged")]


def test_an_edited_entry_keeps_its_id_and_one_without_goes_by_its_instant():
    assert dreams(one(text="Quite other words."))[0].source_id == "77AB"
    assert dreams(one(uuid=None))[0].source_id == "at:2026-07-10T04:40:00Z"


def test_a_journal_of_which_a_part_is_marked_as_dreams_says_so():
    found = read({"entries": [{**ENTRY, "tags": ["Dreams"]}, {**ENTRY, "uuid": "b"}]})
    assert remarks(found) == ["All 2 entries were taken as dreams; 1 of 2 say so by a tag."]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"creationDate": "2026-07-10 04:40"}, "not an instant in UTC"), ({"creationDate": 7}, "not an instant in UTC"),
        ({"creationDate": "2026-02-30T04:40:00Z"}, "not a date and time"), ({"creationDate": "0001-01-01T00:00:00Z"}, "outside the calendar"),
        ({"creationDate": "9999-12-31T23:59:00Z"}, "outside the calendar"), ({"creationDate": "2027-07-10T04:40:00Z"}, "in the future"),
        ({"text": " ... "}, "no words"), ({"text": 7}, "no words"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_rejected_alone(changes, reason):
    found = read({"entries": [{**ENTRY, **changes}, ENTRY, 7]})
    assert len(dreams(found)) == 1
    assert [w for w, _ in rejected(found)] == ["d.json entry 1", "d.json entry 3"]
    assert reason in rejected(found)[0][1]


@pytest.mark.parametrize("data", [{}, [], {"entries": {}}, b'{"entries": ['])
def test_what_is_no_export_is_refused_in_words(data):
    with pytest.raises(UserError):
        read(data)


def test_sniffing():
    assert PLUGIN.sniff(SAMPLE, "x") == 0.95
    late = b'{"metadata":{"version":"1.0"},"entries":[{"richText":"com.bloombuilt.dayone-ios' + b"x" * 70_000
    assert PLUGIN.sniff(late[:65536], "x") == 0.9
    assert PLUGIN.sniff(b'{"entries": [], "creationDate": 1}', "x") == 0


def test_a_text_of_a_hundred_thousand_letters():
    assert len(dreams(one(text="sea " * 25_000))[0].draft.text) == 99_999
