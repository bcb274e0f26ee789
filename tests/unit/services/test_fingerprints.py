"""A fingerprint on paper: which report it is, and what of its nights has changed since; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition
from dreamjournal.services import fingerprints, reports

SPEC = reports.ReportSpec(
    contrast=ContrastSpec("tst", "diary", "Lamp", first=date(2026, 5, 1), last=date(2026, 6, 19)),
    parts=frozenset({"raster"}),
)


def diary(person: int, day: date, minutes: int = 0) -> Diary:
    bed = from_local(datetime(day.year, day.month, day.day, 23), "Europe/London")
    wake = from_local(datetime(day.year, day.month, day.day, 6) + timedelta(days=1, minutes=minutes), "Europe/London")
    return Diary(person, day, bed, bed, 10, 1, 5, wake, wake, 3, entered=wake.utc + timedelta(minutes=5))


@pytest.fixture
def me(journal: Any, clock: Any) -> int:
    person = int(journal.persons.all()[0].id)
    lamp = journal.enhancers.add(person, "Lamp", EnhancerKind.DEVICE, clock.now())
    for i in range(50):
        day = date(2026, 5, 1) + timedelta(days=i)
        journal.diaries.put(diary(person, day, (i * 37) % 60))
        journal.evenings.set_answer(person, day, Condition.ENHANCED if i % 2 else Condition.NATURAL, clock.now())
        if i % 2:
            journal.exposures.add(
                Exposure(0, person, day, "Lamp", EnhancerKind.DEVICE, "diary", enhancer_id=lamp.id, written=clock.now())
            )
    return person


def made(journal: Any, me: int, clock: Any, spec: Any = SPEC, how: str = ".pdf") -> Any:
    report = reports.build(journal, me, spec, clock)
    fingerprints.keep(journal, me, spec, report, how, clock)
    return report


def test_an_unchanged_journal_gives_the_same_report_back(journal: Any, me: int, clock: Any) -> None:
    report = made(journal, me, clock)
    made(journal, me, clock, how="printed")
    found = fingerprints.check(journal, me, report.fingerprint.lower().replace(" ", ""), clock)
    assert found.known and found.same is True and not found.changes
    assert [how for _, how in found.made] == [".pdf", "printed"]
    assert (found.kind, found.title, found.first, found.last, found.nights) == (
        "contrast", report.title, date(2026, 5, 1), date(2026, 6, 19), 50,
    )  # fmt: skip


def test_changed_and_left_out_nights_are_named(journal: Any, me: int, clock: Any) -> None:
    report = made(journal, me, clock)
    journal.diaries.put(diary(me, date(2026, 5, 20), minutes=55))
    journal.diaries.put(replace(diary(me, date(2026, 5, 22)), illness=True))
    found = fingerprints.check(journal, me, report.fingerprint, clock)
    assert found.same is False
    assert {c.kind: c.nights for c in found.changes} == {
        "changed": (date(2026, 5, 20),),
        "left out": (date(2026, 5, 22),),
    }
    assert "1 night changed; 1 night left out that counted before" in found.words


def test_nights_that_came_since_are_added_where_all_nights_were_asked_for(journal: Any, me: int, clock: Any) -> None:
    whole = replace(SPEC, contrast=ContrastSpec("tst", "diary", "Lamp"))
    report = made(journal, me, clock, whole)
    later = date(2026, 6, 20)
    journal.diaries.put(diary(me, later))
    journal.evenings.set_answer(me, later, Condition.NATURAL, clock.now())
    found = fingerprints.check(journal, me, report.fingerprint, clock)
    assert later in {d for c in found.changes if c.kind == "added" for d in c.nights}
    made(journal, me, clock)  # the same nights asked for by date
    assert fingerprints.check(journal, me, report.fingerprint, clock).known


def test_an_unknown_fingerprint_is_not_guessed_and_nonsense_is_refused(journal: Any, me: int, clock: Any) -> None:
    report = reports.build(journal, me, SPEC, clock)  # made, but it never left the app
    found = fingerprints.check(journal, me, report.fingerprint, clock)
    assert not found.known and found.same is None and not found.title and "cannot be told" in found.words
    for text in ("", "12", "A" * 17, "G" * 16):
        with pytest.raises(UserError):
            fingerprints.check(journal, me, text, clock)


def test_what_cannot_be_made_again_says_that_the_changes_are_unknown(journal: Any, me: int, clock: Any) -> None:
    report = made(journal, me, clock)
    kept = journal.settings.get(fingerprints.KEY, me)
    kept[-1]["spec"]["contrast"]["enhancer"] = "Gone"
    journal.settings.set(fingerprints.KEY, kept, me)
    found = fingerprints.check(journal, me, report.fingerprint, clock)
    assert found.known and found.same is None and "not known" in found.words
    kept[-1]["spec"]["choice_of_tomorrow"] = 1
    journal.settings.set(fingerprints.KEY, kept, me)
    assert fingerprints.check(journal, me, report.fingerprint, clock).same is None


def test_neither_words_of_the_page_nor_a_typed_name_are_kept(journal: Any, me: int, clock: Any) -> None:
    journal.dreams.put(me, DreamDraft(date(2026, 5, 2), "secret words"), clock.now())
    spec = replace(SPEC, dream_texts=True)
    report = replace(reports.build(journal, me, spec, clock), person="Jane Example")
    fingerprints.keep(journal, me, spec, report, "printed", clock)
    kept = str(journal.settings.get(fingerprints.KEY, me))
    assert "secret" not in kept and "Jane" not in kept


def test_the_list_is_of_one_person_and_has_an_end(
    journal: Any, me: int, clock: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(fingerprints, "MOST", 2)
    for day in (10, 11, 12):
        made(journal, me, FixedClock(datetime(2026, 7, day, 8).astimezone(), "Europe/London"))
    assert len(journal.settings.get(fingerprints.KEY, me)) == 2
    other = journal.persons.add("P-2", clock.now()).id
    report = reports.build(journal, me, SPEC, clock)
    assert not fingerprints.check(journal, other, report.fingerprint, clock).known


def test_a_page_of_a_fortnight_is_compared_with_the_same_fortnight(journal: Any, me: int, clock: Any) -> None:
    spec = reports.ReportSpec("two-weeks", questions=("What about snoring?",))
    report = made(journal, me, clock, spec)
    assert fingerprints.check(journal, me, report.fingerprint, clock).same is True
    journal.diaries.put(diary(me, date(2026, 6, 20)))
    later = FixedClock(datetime(2026, 7, 20, 8).astimezone(), "Europe/London")
    assert {c.kind for c in fingerprints.check(journal, me, report.fingerprint, later).changes} <= {"changed"}


def test_what_has_changed_beside_the_nights_is_not_guessed(journal: Any, me: int, clock: Any) -> None:
    report = made(journal, me, clock)
    kept = journal.settings.get(fingerprints.KEY, me)
    kept[-1] |= {"fingerprint": "0123 4567 89AB CDEF", "version": "0.0.1"}  # as an older app would have counted it
    journal.settings.set(fingerprints.KEY, kept, me)
    found = fingerprints.check(journal, me, "0123456789abcdef", clock)
    assert found.same is False and not found.changes and found.title == report.title
    assert "cannot be told" in found.words and "0.0.1" in found.words
