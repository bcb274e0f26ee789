"""Dreams in plain text and Markdown."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, StartNeeded, ZoneNeeded
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.journal_entries import MORNING_AFTER
from dreamjournal.importers.text_journal import PLUGIN

DATA = Path(__file__).parents[2] / "data/text_journal"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
PROSE = "I flew over the sea, and the water was green and warm."


def read(data: bytes | str, name: str = "dreams.md", **options):
    raw = data.encode() if isinstance(data, str) else data
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where=name, **options), NoProgress()))


def dreams(found):
    return [d for r in found if isinstance(r, RowDraft) for d in r.dreams]


def rejected(found):
    return [(r.line, r.reason) for r in found if isinstance(r, Rejected)]


def remarks(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def nights(found):
    return [d.draft.night_date.isoformat() for d in dreams(found)]


# ---- when -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["2026-07-10.md", "2026-07-10 The sea.txt", "dream_2026_07_10.txt", "20260710.md", "10.07.2026.txt", "10 July 2026.md",
     "July 10, 2026.txt", "export.zip/journal/2026-07-10.md"],
)  # fmt: skip
def test_the_date_of_a_files_name(name):
    assert nights(read(PROSE, name)) == ["2026-07-09"]


@pytest.mark.parametrize(
    ("first", "text"),
    [
        ("# 2026-07-10", PROSE), ("## Friday, 10 July 2026", PROSE), ("# Dream of 10 July 2026", PROSE), ("2026-07-10", PROSE),
        ("10.07.2026:", PROSE), ("Date: 2026-07-10", PROSE), ("**2026-07-10**", PROSE), ("Freitag, 10. Juli 2026", PROSE),
        ("2026年7月10日", PROSE), ("# 2026-07-10 - The sea", "The sea\n" + PROSE), ("# The sea (2026-07-10)", "The sea\n" + PROSE),
        ("2026-07-10 The sea.", "The sea.\n" + PROSE),
    ],
)  # fmt: skip
def test_the_date_of_a_heading_or_first_line(first, text):
    found = read(f"{first}\n{PROSE}\n")
    assert nights(found) == ["2026-07-09"]
    assert dreams(found)[0].draft.text == text


@pytest.mark.parametrize(
    ("written", "night"),
    [
        ("2026-07-10", "2026-07-09"), ("2026-07-10 06:40", "2026-07-09"), ("2026-07-10T06:40:00", "2026-07-09"),
        ("2026-07-10 23:40", "2026-07-10"), ("2026-07-10 01:40", "2026-07-09"), ("10.07.2026 6:40", "2026-07-09"),
        ('"July 10, 2026"', "2026-07-09"), ("2026-07-10T23:40:00+02:00", "2026-07-10"),
    ],
)  # fmt: skip
def test_the_date_of_front_matter_with_and_without_a_time(written, night):
    assert nights(read(f"---\ndate: {written}\n---\n{PROSE}\n")) == [night]


def test_front_matter_goes_before_the_heading_and_the_heading_before_the_name():
    text = f"# 2026-05-02\n{PROSE}\n"
    assert nights(read(f"---\ndate: 2026-04-02\n---\n{text}", "2026-06-02.md")) == ["2026-04-01"]
    assert nights(read(text, "2026-06-02.md")) == ["2026-05-01"]


def test_a_time_of_day_decides_the_night_and_a_date_alone_is_the_morning_after():
    found = read("[2026-07-10 06:40] One\nwords\n\n[2026-07-10 23:40] Two\nwords\n\n[2026-07-10] Three\nwords\n")
    assert nights(found) == ["2026-07-09", "2026-07-10", "2026-07-09"]
    assert remarks(found) == [MORNING_AFTER]


def test_the_morning_after_is_said_only_where_it_was_needed():
    assert remarks(read(f"[2026-07-10 06:40] One\n{PROSE}\n")) == []


def test_universal_time_in_front_matter_asks_for_the_zone():
    text = f"---\ndate: 2026-07-10T21:40:00Z\n---\n{PROSE}\n"
    with pytest.raises(ZoneNeeded):
        read(text)
    assert nights(read(text, zone="Asia/Tokyo")) == ["2026-07-10"]


def test_dates_with_slashes_count_where_the_file_tells_their_order():
    text = f"03/04/2026\n{PROSE}\n\n13/04/2026\n{PROSE}\n"
    assert nights(read(text)) == ["2026-04-02", "2026-04-12"]
    assert nights(read(text.replace("13/04", "04/13"))) == ["2026-03-03", "2026-04-12"]


def test_a_date_that_can_be_read_in_two_ways_is_rejected():
    found = read(f"03/04/2026\n{PROSE}\n\n05/04/2026\n{PROSE}\n")
    assert rejected(found) == [
        (1, "the date can be read in two ways (03/04/2026)"), (4, "the date can be read in two ways (05/04/2026)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "reason"), [("2027-07-10", "the date is in the future"), ("1969-07-10", "the date is before 1970")]
)
def test_dates_beyond_a_journal_are_rejected(day, reason):
    assert rejected(read(f"# {day}\n{PROSE}\n")) == [(1, reason)]


def test_without_any_date_it_is_asked_for():
    with pytest.raises(StartNeeded):
        read(PROSE)
    assert nights(read(PROSE, start=datetime(2026, 7, 10, 6, 40))) == ["2026-07-09"]


# ---- entries --------------------------------------------------------------------------------------------------------


def test_several_dated_headings_in_one_file():
    found = read((DATA / "dreams.md").read_bytes())
    assert [(d.draft.night_date.day, d.draft.text.split("\n")[0][:10]) for d in dreams(found)] == [
        (9, "The lake"), (10, "A train th"), (12, "Only a sta"),
    ]  # fmt: skip
    assert rejected(found) == [(11, "no words in this entry")]


def test_jrnls_own_text_files():
    found = read("2026-07-10 06:40 The lake.\nIt was green.\n\n2026-07-11 23:50 A train.\nIt never came.\n")
    assert [(d.source_id, d.draft.text) for d in dreams(found)] == [
        ("2026-07-10T06:40/1", "The lake.\nIt was green."), ("2026-07-11T23:50/1", "A train.\nIt never came."),
    ]  # fmt: skip


def test_words_above_the_first_date_are_accounted_for():
    found = read(f"# My dreams\n\nIt began in spring, long ago.\n\n# 2026-07-10\n{PROSE}\n")
    assert rejected(found) == [(1, "no date stands above it")]
    assert len(dreams(found)) == 1


def test_the_title_of_a_journal_is_no_entry():
    assert rejected(read(f"# My dreams\n\n# 2026-07-10\n{PROSE}\n\n# 2026-07-11\n{PROSE}\n")) == []


def test_a_date_within_a_text_begins_no_entry():
    text = f"# 2026-07-10\n{PROSE}\n2026-07-01 was a Wednesday.\nOn 2026-07-02 I wrote it down.\n"
    assert len(dreams(read(text))) == 1


def test_a_file_with_its_own_date_is_one_dream_whatever_one_heading_mentions():
    found = read(f"{PROSE}\n\n## As on 2024-01-01\n{PROSE}\n", "2026-07-10.md")
    assert nights(found) == ["2026-07-09"]
    assert "## As on 2024-01-01" in dreams(found)[0].draft.text


@pytest.mark.parametrize("text", ["---\ndate: 2026-07-10\n---\n", "# 2026-07-10\n", "# 2026-07-10\n\n---\n***\n"])
def test_an_entry_without_words_is_no_dream(text):
    assert [r for _, r in rejected(read(text))] == ["no words in this entry"]


@pytest.mark.parametrize("text", ["", "\n \n", '"' * 3000, "{" * 5000])
def test_a_file_without_any_word_is_refused_in_words(text):
    with pytest.raises(UserError, match="no words"):
        read(text)


# ---- what is written beside the words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tags",
    ["tags: [sea, night walk]", "tags:\n  - sea\n  - night walk", "tags: sea, night walk", 'tags: "#sea, #night walk"',
     "Tags: [sea, 'night walk']"],
)  # fmt: skip
def test_tags_of_front_matter(tags):
    assert dreams(read(f"---\ndate: 2026-07-10\n{tags}\n---\n{PROSE}\n"))[0].draft.tags == ("sea", "night walk")


def test_tags_in_the_text_without_headings_numbers_and_addresses():
    text = "# 2026-07-10\n## The sea\n#sea and #night/walk, #1 of https://x.org/#top and (#été) at &#39; #sea.\n"
    assert dreams(read(text))[0].draft.tags == ("sea", "night/walk", "été")


@pytest.mark.parametrize(
    ("front", "text", "lucidity"),
    [
        ("lucid: true", PROSE, 3), ("lucid: yes", PROSE, 3), ("lucid: false", PROSE, 0), ("lucid: false", PROSE + " #lucid", 0),
        ("tags: [lucid]", PROSE, 3), ("tags: [Lucid-Dream]", PROSE, 3), ("tags: [klartraum]", PROSE, 3), ("", PROSE + " #lucid", 3),
        ("", PROSE + " It was lucid.", None), ("", PROSE, None), ("lucid: perhaps", PROSE, None),
    ],
)  # fmt: skip
def test_lucidity_only_where_it_is_written(front, text, lucidity):
    assert dreams(read(f"---\ndate: 2026-07-10\n{front}\n---\n{text}\n"))[0].draft.lucidity == lucidity


@pytest.mark.parametrize(
    ("front", "bad"), [("nightmare: yes", True), ("tags: [Albtraum]", True), ("nightmare: no", False), ("", None)]
)
def test_nightmares_only_where_it_is_written(front, bad):
    assert dreams(read(f"---\ndate: 2026-07-10\n{front}\n---\n{PROSE}\n"))[0].draft.nightmare is bad


def test_every_entry_is_a_report_and_its_waking_is_not_guessed():
    draft = dreams(read(f"[2026-07-10 06:40] One\n{PROSE}\n"))[0].draft
    assert (draft.recall, draft.woke, draft.vividness, draft.tone) == (Recall.REPORT, None, None, None)


def test_a_title_of_front_matter_is_the_first_line_once():
    draft = dreams(read((DATA / "2026-07-10.md").read_bytes()))[0].draft
    assert draft.text.startswith("The lake\n\nI flew over a lake")
    assert (draft.tags, draft.lucidity, draft.night_date) == (("water", "flying", "voices"), 3, date(2026, 7, 9))
    again = read(f"---\ndate: 2026-07-10\ntitle: The lake\n---\n# The lake\n{PROSE}\n")
    assert dreams(again)[0].draft.text == f"# The lake\n{PROSE}"


def test_a_ruled_off_text_is_no_front_matter():
    text = f"---\nthis is: not\n - yaml: [\n---\n{PROSE}\n"
    assert dreams(read(text, "2026-07-10.md"))[0].draft.text == text.strip()


def test_front_matter_with_references_is_not_followed():
    bomb = "a: &a [x, x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]"
    text = f"---\ndate: 2026-07-10\n{bomb}\n---\n{PROSE}\n"
    assert dreams(read(text, "2026-07-11.md"))[0].draft.text == text.strip()


# ---- the same again -------------------------------------------------------------------------------------------------


def ids(text, name="dreams.md"):
    return [d.source_id for d in dreams(read(text, name))]


def test_an_edited_entry_keeps_its_id():
    text = f"# 2026-07-10 The sea\n{PROSE}\n\n# 2026-07-11\n{PROSE}\n"
    assert ids(text) == ids(text.replace("green", "blue"))
    assert ids(PROSE, "2026-07-10.md") == ids("Quite other words, all of them.", "2026-07-10.md")


def test_two_dreams_of_a_day_have_two_ids():
    text = "".join(f"# 2026-07-10 {title}\n{PROSE}\n\n" for title in ("The sea", "The house", "The sea"))
    assert len(set(ids(text))) == 3
    assert ids(text)[:1] == ids(f"# 2026-07-10 The sea\n{PROSE}\n")


def test_two_files_of_a_day_have_two_ids_and_a_folder_around_them_none():
    assert ids(PROSE, "2026-07-10 a.md") != ids(PROSE, "2026-07-10 b.md")
    assert ids(PROSE, "x.zip/2026-07-10 a.md") == ids(PROSE, "2026-07-10 a.md")


def test_an_id_of_front_matter_is_kept():
    assert ids(f"---\nid: 77ab\ndate: 2026-07-10\n---\n{PROSE}\n") == ["77ab"]


# ---- the words ------------------------------------------------------------------------------------------------------


def test_words_are_the_persons_own_but_for_line_ends():
    words = '  He  said: <b>"no"</b>\t*never*\n\n\n\u00a0end\u200b 🦊 \\. &amp;'
    text = f"# 2026-07-10\n{words}\n"
    assert dreams(read(text.replace("\n", "\r\n")))[0].draft.text == words


def test_a_hundred_thousand_letters_and_one_huge_line():
    long = "sea " * 25_000
    assert len(dreams(read(f"# 2026-07-10\n{long}\n"))[0].draft.text) == 99_999
    assert len(dreams(read("x" * 5_000_000, "2026-07-10.txt"))[0].draft.text) == 5_000_000


def test_other_encodings_are_said():
    found = read("# 10.07.2026\nIch träumte vom Meer und von grünem Wasser.\n".encode("cp1252"))
    assert "träumte" in dreams(found)[0].draft.text
    assert any("Windows-1252" in r for r in remarks(found))
    assert "träumte" in dreams(read("# 10.07.2026\nIch träumte vom Meer.\n".encode("utf-16")))[0].draft.text


@pytest.mark.parametrize("data", [b"\0\1\2\3" * 50, b"# 2026-07-10\nwords\0more\n", b"\xff\0\xff" * 9])
def test_binary_is_refused_in_words(data):
    with pytest.raises(UserError, match="bytes"):
        read(data)


# ---- whose file -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("2026-07-10.txt", PROSE), ("x.md", f"# 2026-07-10\n{PROSE}"), ("x.md", f"---\ndate: 2026-07-10\n---\n{PROSE}"),
        ("x.txt", f"# Dreams\n\n## 10 July 2026\n{PROSE}"), ("x", f"2026-07-10 06:40\n{PROSE}"), ("x.txt", f"10.07.2026\n{PROSE}"),
        ("2026-07-10.md", "昨夜は海の上を飛んでいる夢を見た。"), ("x.txt", f"[2026-07-10 06:40] One\n{PROSE}"),
    ],
)  # fmt: skip
def test_dated_prose_is_known(name, text):
    assert PLUGIN.sniff(text.encode(), name) == 0.1


LICENCE = "Copyright 2026-07-10\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software.\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.txt", PROSE),
        ("2026-07-10.txt", ""),
        ("2026-07-10.txt", "12 13 14\n15 16 17\n"),
        ("README.md", f"# 2026-07-10\n{PROSE}"),
        ("readme", f"# 2026-07-10\n{PROSE}"),
        ("CHANGELOG.md", f"# 2026-07-10\n{PROSE}"),
        ("news.md", f"# Changes\n\n## 1.2.0 - 2026-07-10\n{PROSE}"),
        ("news.md", f"# Changes\n\n## [v1.2.0] 2026-07-10\n{PROSE}"),
        ("LICENSE", f"# 2026-07-10\n{PROSE}"),
        ("2026-07-10.txt", LICENCE),
        ("2026-07-10.log", PROSE),
        ("1.7.12.2.txt", PROSE),
        ("x.txt", f"# Fixes since 1.7.12\n\n{PROSE}"),
        ("2026-07-10.txt", "2026-07-10 12:00:00 INFO all went well here\n" * 9),
        ("2026-07-10.txt", "12:00:00.123 all went well here\n" * 9),
        ("2026-07-10.csv", PROSE),
        ("2026-07-10.txt", "start,end,note\n2026-07-09 23:12,2026-07-10 07:12,slept very well indeed\n"),
        ("2026-07-10.txt", "BEGIN:VCALENDAR\nDTSTART:20260710\nSUMMARY:flew over the sea and more\nEND:VCALENDAR\n"),
        ("2026-07-10.py", PROSE),
        ("2026-07-10.txt", "def fly(over):\n    return sea(over)\n\nclass Water:\n    green = warm()\n"),
        ("2026-07-10.txt", "int main() {\n  return fly(sea);\n}\nvoid walk() {\n  run();\n}\n"),
        ("2026-07-10.txt", "#!/bin/sh\necho flew over the sea today\n"),
        ("2026-07-10.txt", "From: someone\nDate: 2026-07-10\n\n" + PROSE),
        ("2026-07-10.ics", PROSE),
    ],
)
def test_other_texts_are_not_taken(name, text):
    assert PLUGIN.sniff(text.encode(), name) == 0


def test_a_folder_of_two_thousand_files():
    found = [d for n in range(2000) for d in dreams(read(PROSE, f"{date.fromordinal(737_000 + n)}.md"))]
    assert len({d.source_id for d in found}) == len({d.draft.night_date for d in found}) == 2000
