"""Which dreams are in the book, why others are not, and that nothing else of the person is."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.report import Report
from dreamjournal.domain.study import Study
from dreamjournal.services import enhancers, reports
from dreamjournal.store.journal import memory_journal
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 8)
DAY = timedelta(days=1)
SUFFIXES = (".pdf", ".html", ".md", ".csv", ".json")


def dream(journal: Any, clock: FakeClock, day: date, text: str, **more: Any) -> int:
    return int(journal.dreams.put(ME, DreamDraft(day, text, **more), clock.now()).id)


def book(journal: Any, clock: FakeClock, *parts: str, **asked: Any) -> Report:
    spec = reports.ReportSpec(kind="anthology", parts=frozenset(parts), **asked)
    return reports.build(journal, ME, spec, clock)


def texts(report: Report) -> list[str]:
    return [d["text"] for d in report.result["dreams"]]


def front(report: Report) -> str:
    """What the title page says."""
    facts = [f"{f.label}: {f.text}" for f in report.facts]
    return "\n".join([*facts, *(b.text for s in report.sections if s.key == "about" for b in s.blocks)])  # type: ignore[union-attr]


@pytest.fixture
def five(journal: Any, clock: FakeClock) -> list[int]:
    """Dreams of a natural, an enhanced, an unsure and a silent night, and of one that merged, oldest first."""
    kinds = ("natural", "enhanced", "unsure", None, "enhanced")
    ids: list[int] = []
    for i, kind in enumerate(kinds):
        day = LAST - (4 - i) * DAY
        if kind is not None:
            enhancers.log(journal, ME, day, kind, ["SleepSync"] if kind == "enhanced" else [], "", clock)
        ids.append(dream(journal, clock, day, f"Dream number {i}.", tags=("sea", f"t{i}")))
    slept(journal, LAST, source="sleepsync", merged=True)
    return ids


def test_the_dreams_come_by_date_with_their_text_whole(journal: Any, clock: FakeClock) -> None:
    long = "The sea. " * 11_000
    dream(journal, clock, LAST, long)
    dream(journal, clock, LAST - DAY, "  First.\n\nSecond,\nand its next line.")
    dream(journal, clock, LAST, "Told later.")
    found = book(journal, clock)
    assert texts(found) == ["  First.\n\nSecond,\nand its next line.", long, "Told later."]
    assert [s.title for s in found.sections if s.title] == [
        "1\u00a0\u00b7 Tuesday 7\u00a0July\u00a02026", "2\u00a0\u00b7 Wednesday 8\u00a0July\u00a02026", "3\u00a0\u00b7 Wednesday 8\u00a0July\u00a02026",
    ]  # fmt: skip
    assert "In this book: 3 dreams of 2 nights" in front(found)
    assert "7\u00a0July\u00a02026 \u2013 8\u00a0July\u00a02026" in front(found)


@pytest.mark.parametrize(
    ("title", "printed"),
    [("", "Dreams"), (" \n\x00", "Dreams"), (" Night  sea\n", "Night sea"), ("x" * 300, "x" * 199 + "\u2026")],
)
def test_the_title_is_the_persons_or_dreams(journal: Any, clock: FakeClock, title: str, printed: str) -> None:
    assert book(journal, clock, title=title).title == printed


def test_all_dreams_are_in_unless_it_is_chosen_otherwise(journal: Any, clock: FakeClock, five: list[int]) -> None:
    found = book(journal, clock)
    assert len(texts(found)) == 5
    assert "Left out" not in front(found)


def test_natural_only_says_how_many_stay_out_and_why(journal: Any, clock: FakeClock, five: list[int]) -> None:
    found = book(journal, clock, only_natural=True)
    assert texts(found) == ["Dream number 0."]
    assert "Natural nights only" in front(found)
    assert (
        "Left out: 4 dreams, 1 of a night not said to be natural, 1 of a night that is unsure and 2 of enhanced nights."
        in front(found)
    )


def test_a_night_nothing_was_said_of_is_not_natural(journal: Any, clock: FakeClock) -> None:
    dream(journal, clock, LAST, "Said nothing.")
    found = book(journal, clock, only_natural=True)
    assert texts(found) == []
    assert "Left out: 1 dream of a night not said to be natural" in front(found)
    assert "none to print" in front(found)


def test_dreams_that_may_be_anothers_say_so_or_stay_out(journal: Any, clock: FakeClock, five: list[int]) -> None:
    found = book(journal, clock)
    assert "1 dream is marked: it may not be the person\u2019s own" in front(found)
    assert [d["may_not_be_own"] for d in found.result["dreams"]] == [False] * 4 + [True]
    marked = [
        s.title for s in found.sections for b in s.blocks if "merged" in getattr(b, "text", "") and s.key != "about"
    ]
    assert marked == ["5\u00a0\u00b7 Wednesday 8\u00a0July\u00a02026"]
    own = book(journal, clock, "only_own")
    assert len(texts(own)) == 4
    assert "Left out: 1 dream that may not be the person\u2019s own" in front(own)
    assert "marked" not in front(own)


def test_dreams_are_chosen_by_number_tag_and_date(journal: Any, clock: FakeClock, five: list[int]) -> None:
    assert texts(book(journal, clock, dream_ids=(five[3], five[1]))) == ["Dream number 1.", "Dream number 3."]
    assert texts(book(journal, clock, tags=("#T2", "t4"))) == ["Dream number 2.", "Dream number 4."]
    assert len(texts(book(journal, clock, tags=("SEA",)))) == 5
    span = ContrastSpec(first=LAST - 2 * DAY, last=LAST - DAY)
    assert texts(book(journal, clock, contrast=span)) == ["Dream number 2.", "Dream number 3."]
    found = book(journal, clock, contrast=span, tags=("t3",))
    assert texts(found) == ["Dream number 3."]
    assert "Chosen: Tagged t3" in front(found)
    assert "Left out" not in front(found)  # what was not asked for is not missed


def test_a_chosen_dream_without_words_is_told_of(journal: Any, clock: FakeClock) -> None:
    white = dream(journal, clock, LAST, "", recall=Recall.WHITE)
    dream(journal, clock, LAST, "\u200b \x07\n")
    assert front(book(journal, clock)).count("Left out") == 0
    assert "Left out: 1 dream without words." in front(book(journal, clock, dream_ids=(white,)))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"dream_ids": (1, 99)}, "no dream 99"),
        ({"tags": ("nowhere",)}, "no dream has the tag nowhere"),
        ({"contrast": ContrastSpec(first=LAST, last=LAST - DAY)}, "its first night lies after its last"),
    ],
)
def test_what_is_not_there_is_refused_in_words(
    journal: Any, clock: FakeClock, five: list[int], asked: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        book(journal, clock, **asked)


def test_nobody_elses_dream_can_be_named(journal: Any, clock: FakeClock) -> None:
    other = journal.persons.add("other", clock.now()).id
    theirs = int(journal.dreams.put(other, DreamDraft(LAST, "Not yours."), clock.now()).id)
    with pytest.raises(UserError, match=f"no dream {theirs}"):
        book(journal, clock, dream_ids=(theirs,))
    assert texts(book(journal, clock)) == []


def test_of_a_sealed_night_the_dream_is_printed_and_its_kind_is_not(clock: FakeClock) -> None:
    pages: list[str] = []
    for kind in ("natural", "enhanced"):
        journal = memory_journal(key=None, clock=clock)
        enhancers.log(journal, ME, LAST, kind, ["SleepSync"] if kind == "enhanced" else [], "", clock)
        if kind == "enhanced":
            slept(journal, LAST, source="sleepsync", merged=True)
        dream(journal, clock, LAST, "A sealed sea.")
        fixed = clock.now() - 5 * DAY
        journal.studies.put(
            Study(0, ME, "SleepSync", "tst", "diary", 20, LAST - DAY, "ENNE" * 7, 4, 1, fixed, sealed=True)
        )
        found = book(journal, clock, "kinds")
        assert texts(found) == ["A sealed sea."]
        assert found.result["dreams"][0]["kind"] == "sealed until its study ends"
        left = book(journal, clock, only_natural=True)
        assert texts(left) == []
        assert "Left out: 1 dream of a night sealed until its study ends" in front(left)
        pages.append(repr((found.facts, found.sections, found.nights, found.result, found.fingerprint, left.sections)))
        journal.close()
    assert pages[0] == pages[1]


def test_what_the_night_was_is_said_only_by_choice(journal: Any, clock: FakeClock, five: list[int]) -> None:
    plain = repr(book(journal, clock))
    for word in ("nhanced", "atural night", "nsure", "SleepSync"):
        assert word not in plain
    told = book(journal, clock, "kinds")
    assert [d["kind"] for d in told.result["dreams"]] == [
        "natural night", "enhanced night", "unsure whether natural or enhanced", "not recorded whether natural or enhanced", "enhanced night",
    ]  # fmt: skip


def test_nothing_of_health_diary_or_device_is_in_any_file(journal: Any, clock: FakeClock, tmp_path: Path) -> None:
    bed = from_local(datetime(2026, 7, 8, 23, 1), "Europe/London")
    wake = from_local(datetime(2026, 7, 9, 6, 47), "Europe/London")
    journal.diaries.put(
        Diary(ME, LAST, bed, bed, 10, 1, 5, wake, wake, 3, comments="a headache, Zolpidem", entered=wake.utc)
    )
    enhancers.log(journal, ME, LAST, "enhanced", ["Lamp"], "40 mg", clock)
    slept(journal, LAST, source="oura", hr=57.0)
    dream(
        journal,
        clock,
        LAST,
        "Only this.",
        tags=("secret-tag",),
        nightmare=True,
        distress=4,
        vividness=3,
        lucidity=2,
        tone=-2,
    )
    found = book(journal, clock)
    for suffix in (".html", ".md", ".csv", ".json"):
        reports.write(found, tmp_path / f"x{suffix}", clock)
        said = (tmp_path / f"x{suffix}").read_text(encoding="utf-8-sig").lower()
        assert "only this." in said
        for word in (
            "headache",
            "zolpidem",
            "oura",
            "lamp",
            "23:01",
            "06:47",
            "40 mg",
            "secret-tag",
            "nightmare",
            "distress",
            "vivid",
        ):
            assert word not in said, (suffix, word)


def test_comments_stay_unless_they_are_left_out(journal: Any, clock: FakeClock) -> None:
    dream(journal, clock, LAST, "The sea [as on TV] rose.")
    dream(journal, clock, LAST, "[nothing else]")
    assert texts(book(journal, clock)) == ["The sea [as on TV] rose.", "[nothing else]"]
    found = book(journal, clock, "without_comments")
    assert texts(found) == ["The sea rose."]
    assert "Left out: 1 dream that held comments alone" in front(found)
    assert "comments in [square brackets] are left out" in front(found)


def test_the_choices_of_the_book_are_offered() -> None:
    choices = reports.part_choices("anthology")
    assert [c.key for c in choices if c.fixed] == ["about", "dreams"]
    assert [c.key for c in choices if not c.fixed] == ["kinds", "tags", "without_comments", "only_own", "tag_index"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_journal_and_clock_give_the_same_bytes(
    journal: Any, clock: FakeClock, five: list[int], tmp_path: Path, suffix: str
) -> None:
    files = [tmp_path / f"{n}{suffix}" for n in "ab"]
    for file in files:
        reports.write(book(journal, clock, "tags", "tag_index", "kinds"), file, clock)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_journal_makes_a_book_that_says_so(
    journal: Any, clock: FakeClock, tmp_path: Path, suffix: str
) -> None:
    found = book(journal, clock, "tag_index")
    assert "none to print" in front(found)
    assert reports.write(found, tmp_path / f"x{suffix}", clock) == 1


def test_the_fingerprint_follows_what_is_printed(journal: Any, clock: FakeClock, five: list[int]) -> None:
    prints = {
        book(journal, clock, *p, **a).fingerprint for p, a in [((), {}), (("kinds",), {}), ((), {"title": "Sea"})]
    }
    assert len(prints) == 3
    clock.advance(hours=1)
    assert book(journal, clock).fingerprint in prints


def test_the_table_of_a_book_is_its_dreams(journal: Any, clock: FakeClock, five: list[int], tmp_path: Path) -> None:
    found = book(journal, clock, "tags")
    assert [c.title for c in found.nights.columns] == ["number", "night_date", "may_not_be_own", "tags", "text"]
    assert found.nights.rows[4] == ("5", "2026-07-08", "yes", "sea; t4", "Dream number 4.")
    reports.write(found, tmp_path / "x.json", clock)
    assert json.loads((tmp_path / "x.json").read_text())["nights"][0]["text"] == "Dream number 0."
