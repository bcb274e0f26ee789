"""jrnl's JSON export."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, UnknownFields
from dreamjournal.domain.journal_entries import MORNING_AFTER
from dreamjournal.importers import day_one
from dreamjournal.importers.jrnl import PLUGIN

SAMPLE = (Path(__file__).parents[2] / "data/jrnl/dreams.json").read_bytes()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ENTRY = {
    "title": "A lake.",
    "body": "It was green.",
    "date": "2026-07-10",
    "time": "06:40",
    "tags": [],
    "starred": False,
}


def read(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where="j.json"), NoProgress()))


def one(**changes):
    return read({"tags": {}, "entries": [{**ENTRY, **changes}]})


def dreams(found):
    return [d for r in found if isinstance(r, RowDraft) for d in r.dreams]


def rejected(found):
    return [(r.where, r.reason) for r in found if isinstance(r, Rejected)]


def remarks(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def test_entries_with_their_tags_and_nights_and_without_a_zone():
    found = read(SAMPLE)
    assert [(d.draft.night_date.isoformat(), d.draft.text, d.draft.tags, d.draft.lucidity) for d in dreams(found)] == [
        ("2026-07-09", "I flew over a lake.\nThe lake was green. @water @lucid", ("water", "lucid"), 3),
        ("2026-07-11", "A train that never came.", (), None),
    ]
    assert rejected(found) == [("j.json entry 3", "no words in this entry")]


@pytest.mark.parametrize(
    ("time", "night"),
    [
        ("06:40", "2026-07-09"),
        ("00:10", "2026-07-09"),
        ("23:10", "2026-07-10"),
        ("12:00", "2026-07-10"),
        ("", "2026-07-09"),
    ],
)
def test_the_night_goes_by_the_time(time, night):
    found = one(time=time)
    assert dreams(found)[0].draft.night_date.isoformat() == night
    assert remarks(found) == ([] if time else [MORNING_AFTER])


def test_ids_go_by_the_minute_so_that_an_edited_entry_keeps_its_own():
    found = read({"entries": [ENTRY, ENTRY, {**ENTRY, "time": "06:41"}]})
    assert [d.source_id for d in dreams(found)] == ["2026-07-10T06:40/1", "2026-07-10T06:40/2", "2026-07-10T06:41/1"]
    assert dreams(one(title="Quite another title."))[0].source_id == "2026-07-10T06:40/1"
    assert dreams(one(uuid="77AB"))[0].source_id == "77AB"


def test_tags_lose_their_sign_and_tags_of_the_text_are_found():
    assert dreams(one(tags=["@sea", "#night", 7], body="It was #green."))[0].draft.tags == ("sea", "night", "green")


def test_a_journal_of_which_a_part_is_marked_as_dreams_says_so():
    found = read({"entries": [{**ENTRY, "tags": ["@dream"]}, ENTRY]})
    assert remarks(found) == ["All 2 entries were taken as dreams; 1 of 2 say so by a tag."]
    assert remarks(read({"entries": [{**ENTRY, "tags": ["@dream"]}]})) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": "2026-02-30"}, "not a date and time"), ({"date": None}, "not a date and time"), ({"date": 7}, "not a date and time"),
        ({"time": "25:00"}, "not a date and time"), ({"date": "2027-07-10"}, "in the future"), ({"date": "1969-07-10"}, "before 1970"),
        ({"title": "", "body": " "}, "no words"), ({"title": 7, "body": []}, "no words"), ({"title": "...", "body": ""}, "no words"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_rejected_alone(changes, reason):
    found = read({"entries": [{**ENTRY, **changes}, ENTRY, 7]})
    assert len(dreams(found)) == 1
    assert [w for w, _ in rejected(found)] == ["j.json entry 1", "j.json entry 3"]
    assert reason in rejected(found)[0][1]


def test_unknown_keys_are_named():
    assert UnknownFields(("mood",)) in one(mood="calm")


@pytest.mark.parametrize("data", [{}, [], {"entries": {}}, b'{"entries": [', b"{}"])
def test_what_is_no_export_is_refused_in_words(data):
    with pytest.raises(UserError):
        read(data)


def test_sniffing():
    assert PLUGIN.sniff(SAMPLE, "x") == 0.95
    assert PLUGIN.sniff(b'{"entries": []}', "x") == 0
    assert PLUGIN.sniff((Path(__file__).parents[2] / "data/day_one/Dreams.json").read_bytes(), "x") == 0
    assert day_one.PLUGIN.sniff(SAMPLE, "x") == 0


def test_a_text_of_a_hundred_thousand_letters():
    assert len(dreams(one(body="sea " * 25_000))[0].draft.text) == len("A lake.\n") + 99_999
