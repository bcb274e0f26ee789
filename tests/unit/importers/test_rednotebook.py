"""RedNotebook's months."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, StartNeeded
from dreamjournal.domain.journal_entries import MORNING_AFTER
from dreamjournal.importers.rednotebook import PLUGIN

SAMPLE = (Path(__file__).parents[2] / "data/rednotebook/2026-07.txt").read_bytes()
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(data: bytes | str, name: str = "2026-07.txt", **options):
    raw = data.encode() if isinstance(data, str) else data
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where=name, **options), NoProgress()))


def dreams(found):
    return [d for r in found if isinstance(r, RowDraft) for d in r.dreams]


def rejected(found):
    return [(r.line, r.reason) for r in found if isinstance(r, Rejected)]


def remarks(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def test_days_of_a_month_are_the_mornings_after():
    found = read(SAMPLE)
    assert [(d.draft.night_date.isoformat(), d.draft.text[:12]) for d in dreams(found)] == [
        ("2026-07-09", "I flew over "), ("2026-07-10", "A train that"), ("2026-07-10", "The house wi"), ("2026-07-12", "A staircase,"),
    ]  # fmt: skip
    assert rejected(found) == [(15, "no words in this entry")]
    assert MORNING_AFTER in remarks(found)


def test_tags_in_the_text_and_in_the_category_tags():
    first = dreams(read(SAMPLE))[0].draft
    assert (first.tags, first.lucidity) == (("lucid", "water", "flying"), 3)


def test_names_of_categories_are_tags_and_their_notes_stay():
    found = read("10:\n  Idea: {Write it down: null, Draw it: null}\n  text: I flew over the sea.\n")
    assert (dreams(found)[0].draft.tags, dreams(found)[0].draft.text) == (("Idea",), "I flew over the sea.")
    assert "2 notes of the month that are not its dreams stay in the file." in remarks(found)


def test_notes_under_a_category_of_dreams_are_the_dreams_and_the_text_is_not():
    found = [d for d in dreams(read(SAMPLE)) if d.draft.night_date.day == 10]
    assert [d.draft.text for d in found] == ["A train that never came.", "The house with the long stairs."]
    assert found[0].draft.tags == ("Work", "Dreams")
    assert "2 notes of the month that are not its dreams stay in the file." in remarks(read(SAMPLE))


def test_a_month_of_which_a_part_is_marked_as_dreams_says_so():
    assert "All 3 entries were taken as dreams; 1 of 3 say so by a tag." in remarks(read(SAMPLE))


@pytest.mark.parametrize(
    "name", ["2026-07.txt", "2026-07.TXT", "data.zip/2026-07.txt", "C:\\data\\2026-07.txt", "2026-07"]
)
def test_the_month_is_in_the_name(name):
    assert dreams(read("10: {text: 'I flew.'}", name))[0].draft.night_date.isoformat() == "2026-07-09"


@pytest.mark.parametrize("name", ["july.txt", "2026-13.txt", "2026-00.txt", "12026-07.txt", "f"])
def test_without_a_month_in_the_name_it_is_asked_for(name):
    with pytest.raises(StartNeeded):
        read("10: {text: 'I flew.'}", name)
    found = read("10: {text: 'I flew.'}", name, start=datetime(2026, 7, 1))
    assert dreams(found)[0].draft.night_date.isoformat() == "2026-07-09"


@pytest.mark.parametrize("day", ["32", "0", "31st", "-1", "2026-07-10", "null", "99999999999999999999"])
def test_what_is_no_day_of_the_month_is_rejected_alone(day):
    found = read(f"9: {{text: 'I flew.'}}\n{day}: {{text: 'I fell.'}}\n")
    assert len(dreams(found)) == 1
    assert [line for line, _ in rejected(found)] == [2]
    assert "no day of this month" in rejected(found)[0][1]


def test_february_has_no_thirtieth():
    assert rejected(read("30: {text: 'I flew.'}", "2026-02.txt")) == [(1, "'30' is no day of this month")]


@pytest.mark.parametrize("content", ["{}", "{text: ''}", "{text: {a: b}}", "{text: '...'}", "{Tags: {sea: null}}"])
def test_a_day_without_words_is_rejected(content):
    assert rejected(read(f"9: {{text: I flew.}}\n10: {content}\n")) == [(2, "no words in this entry")]


@pytest.mark.parametrize("content", ["", "null", "[]", "some words"])
def test_a_day_of_another_shape_is_rejected(content):
    assert rejected(read(f"9: {{text: I flew.}}\n10: {content}\n")) == [(2, "not a day with a text")]


def test_an_edited_day_keeps_its_id():
    assert (
        dreams(read("10: {text: 'I flew.'}"))[0].source_id
        == dreams(read("10: {text: 'I fell.'}"))[0].source_id
        == "2026-07-10"
    )


def test_values_that_look_like_something_else_stay_words():
    texts = ["yes", "2026-07-10", "1e5", "0x10", "1:30"]
    assert [dreams(read(f"10: {{text: {t}}}"))[0].draft.text for t in texts] == texts


def test_line_ends_and_breaks_within_a_text():
    assert dreams(read('10: {text: "One\\r\\n\\r\\nTwo \\U0001F98A"}'))[0].draft.text == "One\n\nTwo 🦊"


@pytest.mark.parametrize(
    "data",
    [
        "", "just words", "- a\n- b\n", "10: [unclosed", "10: {text: 'a", "a: &x [1]\n10: *x\n", "[" * 200_000, "{" * 5000,
        "10:\n" + "".join(" " * n + "a:\n" for n in range(1, 60)), "10: {text: '\0'}",
    ],
)  # fmt: skip
def test_other_yaml_bombs_and_damage_are_refused_in_words(data):
    with pytest.raises(UserError):
        read(data)


def test_code_in_yaml_is_not_run():
    found = read("10: {text: !!python/object/apply:os.system ['echo no']}\n")
    assert dreams(found) == []


def test_a_month_larger_than_any_is_refused():
    with pytest.raises(UserError, match="larger than"):
        read("10: {text: '" + "x" * (9 * 1024 * 1024) + "'}")
    assert len(dreams(read("10: {text: '" + "sea " * 25_000 + "'}"))[0].draft.text) == 99_999


@pytest.mark.parametrize(
    ("text", "name", "score"),
    [
        (SAMPLE.decode(), "renamed.txt", 0.9), ("{1: {text: 'I flew.'}}", "x", 0.9), ("1:\n  text: I flew.\n", "x", 0.9),
        ("1:\n  Dreams: {I flew.: null}\n", "2026-07.txt", 0.9), ("1:\n  Dreams: {I flew.: null}\n", "x.txt", 0),
        ("10:30 I flew over the sea\n", "2026-07.txt", 0), ("1: one\n2: two\n", "2026-07.txt", 0), ("41: {text: a}\n", "x", 0),
        ("name: value\n", "2026-07.txt", 0),
    ],
)  # fmt: skip
def test_sniffing(text, name, score):
    assert PLUGIN.sniff(text.encode(), name) == score
