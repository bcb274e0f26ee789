"""Two weeks of a real journal: which nights, whose words, and its files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.report import Prose, Report, Table
from dreamjournal.domain.study import Study
from dreamjournal.services import evenings, reports, settings
from tests.fakes import FakeClock

DAY = timedelta(days=1)
LAST = date(2026, 7, 8)
"""Last night by the clock of these tests, 9 July in the evening: a Wednesday."""
FILES = (".pdf", ".html", ".csv", ".json")


def written(night: date, **changes: Any) -> Diary:
    bed = from_local(datetime(night.year, night.month, night.day, 23), "Europe/London")
    wake = replace(bed, utc=bed.utc + timedelta(hours=8))
    plain = Diary(1, night, bed, bed, 40, 1, 5, wake, wake, 3, "secret remark", entered=wake.utc + timedelta(minutes=5))
    return replace(plain, **changes)


def keep(journal: Any, nights: int = 14, last: date = LAST) -> None:
    for back in range(nights):
        journal.diaries.put(written(last - back * DAY))


def page(journal: Any, clock: FakeClock, first: date | None = None, last: date | None = None, **spec: Any) -> Report:
    question = ContrastSpec(first=first, last=last)
    return reports.build(journal, 1, reports.ReportSpec("two-weeks", question, **spec), clock)


def said(report: Report, key: str = "answered") -> str:
    blocks = next(s.blocks for s in report.sections if s.key == key)
    return " ".join(b.text for b in blocks if isinstance(b, Prose)).replace("\u00a0", " ")


def dates(report: Report) -> list[str]:
    return [str(r[0]) for r in report.nights.rows]


def test_the_page_is_of_the_fourteen_nights_to_last_night(journal: Any, clock: FakeClock) -> None:
    keep(journal, 30)
    journal.diaries.delete(1, LAST - 3 * DAY)
    found = page(journal, clock)
    assert dates(found) == [(LAST - n * DAY).isoformat() for n in range(13, -1, -1)]
    assert said(found).startswith("13 of 14 mornings answered \u00b7 none for Sun 5 Jul")
    assert found.title.replace("\u00a0", " ") == "Two weeks for my doctor, 25 June \u2013 8 July 2026"


def test_of_a_longer_range_the_last_fourteen_and_it_is_said(journal: Any, clock: FakeClock) -> None:
    keep(journal, 40)
    found = page(journal, clock, date(2026, 6, 1), date(2026, 6, 30))
    assert (dates(found)[0], dates(found)[-1], len(dates(found))) == ("2026-06-17", "2026-06-30", 14)
    assert "the last 14 of 30 nights asked for" in said(found)


def test_a_shorter_range_is_printed_as_it_is(journal: Any, clock: FakeClock) -> None:
    keep(journal)
    found = page(journal, clock, LAST - 4 * DAY, LAST)
    assert len(dates(found)) == 5
    assert found.title.startswith("5 nights for my doctor, ")
    assert dates(page(journal, clock, LAST, LAST)) == [LAST.isoformat()]


def test_nights_to_come_are_left_out_and_it_is_said(journal: Any, clock: FakeClock) -> None:
    keep(journal)
    found = page(journal, clock, last=LAST + 5 * DAY)
    assert dates(found)[-1] == LAST.isoformat()
    assert "the nights after Wed 8 Jul have not passed yet" in said(found)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(LAST + DAY, None, "none of these nights has passed"), (LAST, LAST - DAY, "ends before it begins")],
)
def test_a_range_without_a_night_is_refused(journal: Any, clock: FakeClock, first: Any, last: Any, words: str) -> None:
    with pytest.raises(UserError, match=words):
        page(journal, clock, first, last)


def test_a_diary_that_ended_long_ago_ends_the_page_and_it_is_said(journal: Any, clock: FakeClock) -> None:
    keep(journal, 20, LAST - 60 * DAY)
    found = page(journal, clock)
    assert dates(found)[-1] == (LAST - 60 * DAY).isoformat()
    assert "the last diary entry is of Sat 9 May, so the page ends there" in said(found)


@pytest.mark.parametrize("nights", [0, 1, 13])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_few_nights_give_a_whole_page_in_every_format(
    journal: Any, clock: FakeClock, tmp_path: Path, nights: int, paper: str
) -> None:
    keep(journal, nights)
    found = page(journal, clock, paper=paper)
    assert found.result["answered"] == nights
    assert len(found.nights.rows) == 14
    for suffix in FILES:
        assert reports.write(found, tmp_path / f"page{suffix}", clock) == 1
    if not nights:
        assert "no diary was kept on these nights" in said(found)


@pytest.mark.parametrize("suffix", FILES)
def test_the_same_journal_and_clock_give_the_same_bytes(
    journal: Any, clock: FakeClock, tmp_path: Path, suffix: str
) -> None:
    keep(journal)
    for name in "ab":
        reports.write(page(journal, clock), tmp_path / f"{name}{suffix}", clock)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_remarks_are_a_part_that_is_ticked_and_dreams_are_never_printed(
    journal: Any, clock: FakeClock, tmp_path: Path
) -> None:
    keep(journal)
    journal.dreams.put(1, DreamDraft(LAST, "secret dream", nightmare=True, distress=2), clock.now())
    file = tmp_path / "page.json"
    reports.write(page(journal, clock), file, clock)
    assert "secret" not in file.read_text()
    reports.write(page(journal, clock, parts=frozenset({"notes"})), file, clock)
    assert "secret remark" in file.read_text()
    assert "secret dream" not in file.read_text()
    assert "Nightmare: on 1 of 1 morning asked, distress 2 of 4 (8 Jul)" in said(page(journal, clock), "asking")


def test_the_rules_of_the_log_are_told_of_the_person(journal: Any, clock: FakeClock) -> None:
    for back in range(14):
        night = LAST - back * DAY
        journal.diaries.put(written(night, events_asked=back < 4, events=("skin", "seizure") if back == 1 else ()))
        evenings.answer_enhanced(journal, 1, night, [("SleepSync", "", 0.5)], clock)
    settings.set_value(journal, 1, "aim_per_week", 3)
    evenings.add_intake(journal, 1, LAST, IntakeKind.ALCOHOL, clock, amount=2, unit="drinks")
    words = said(page(journal, clock), "asking")
    assert "SOL or WASO 31 min or more: 7 of 7 nights known in week 1, 7 of 7 nights known in week 2" in words
    assert "SOL or WASO, weeks running: 2 weeks running" in words
    assert (
        "Unwanted: a seizure on 1 of 4 nights asked (7 Jul); a burn or skin mark on 1 of 4 nights asked (7 Jul)"
        in words
    )
    assert "Two on one night: Alcohol with SleepSync on 1 of 14 nights with an enhancer (8 Jul)" in words
    assert "above their own aim of at most 3 a week" in words
    assert "Driving while sleepy: none on 4 nights asked, of 14" in words
    assert "your" not in words


def test_a_sealed_study_keeps_its_seal_on_paper(journal: Any, clock: FakeClock, tmp_path: Path) -> None:
    keep(journal)
    for back in range(3):
        evenings.answer_enhanced(journal, 1, LAST - back * DAY, [("SleepSync", "", 0.5)], clock)
    fixed = datetime(2026, 7, 5, 12, tzinfo=UTC)
    journal.studies.put(
        Study(0, 1, "SleepSync", "tst", "diary", 20, LAST - 2 * DAY, "ENN" + "E" * 25, 4, 1, fixed, sealed=True)
    )
    found = page(journal, clock)
    assert "3 nights sealed by a study that is still running" in said(found)
    assert [r[1] for r in found.nights.rows[-3:]] == ["sealed"] * 3
    reports.write(found, tmp_path / "page.json", clock)
    assert "SleepSync" not in (tmp_path / "page.json").read_text()


def test_free_days_are_the_persons_own_or_follow_from_the_work_days(journal: Any, clock: FakeClock) -> None:
    keep(journal)
    journal.diaries.put(written(LAST, free_next_day=True))
    journal.diaries.put(written(LAST - 5 * DAY, free_next_day=False))  # a Friday
    settings.set_value(journal, 1, "rise_work", "06:30")
    found = page(journal, clock)
    free = {str(r[0]) for r in found.nights.rows if r[2] == "1"}
    assert free == {"2026-07-08", "2026-07-04", "2026-06-27", "2026-06-26"}
    assert "usual rise time 06:30, works Mon \u2013 Fri" in said(found)


def test_what_was_said_not_to_be_taken_is_no_intake(journal: Any, clock: FakeClock) -> None:
    keep(journal)
    evenings.add_intake(journal, 1, LAST, IntakeKind.ALCOHOL, clock, none_taken=True)
    evenings.add_intake(journal, 1, LAST, IntakeKind.MEDICINE, clock, name="Zopiclone 3.75 mg")
    found = page(journal, clock)
    table = next(b for s in found.sections if s.key == "taken" for b in s.blocks if isinstance(b, Table))
    assert [r[0] for r in table.rows] == ["Zopiclone 3.75 mg"]
    assert "answered none: alcohol on 1" in table.note
    assert "Zopiclone 3.75 mg on 1 of 14 nights with an entry here" in said(found, "asking")


def test_questions_are_printed_as_asked_and_too_many_are_refused(journal: Any, clock: FakeClock) -> None:
    keep(journal)
    found = page(journal, clock, questions=("May I drive?", "  ", "x" * 100_000))
    assert found.result["questions"][0] == "May I drive?"
    assert len(found.result["questions"]) == 2
    assert len(found.result["questions"][1]) <= 200
    with pytest.raises(UserError, match="7 questions have no room"):
        page(journal, clock, questions=("?",) * 7)


def test_only_the_notes_are_a_part_to_tick() -> None:
    assert [c.key for c in reports.part_choices("two-weeks") if not c.fixed] == ["notes"]
