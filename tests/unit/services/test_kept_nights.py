"""Nights and reports are read once for as long as nothing changes, and never told as they were before a change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.report import Report
from dreamjournal.services import journals, kept_nights, reports
from dreamjournal.store.journal import Journal
from tests.fakes import FakeClock

NOW = datetime(2026, 7, 10, 8, tzinfo=UTC)
DAY = date(2026, 7, 8)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Iterator[Journal]:
    made = journals.create(tmp_path / "j.db", passphrase=None, clock=clock)
    yield made
    made.close()


def _told(journal: Journal, clock: FakeClock) -> list[str]:
    found = kept_nights.nights(journal, _me(journal), None, None, clock, stages=False)
    return [d.text for n in found for d in n.dreams]


def _me(journal: Journal) -> int:
    return journal.persons.all()[0].id


def _tell(journal: Journal, text: str) -> None:
    journal.dreams.put(_me(journal), DreamDraft(DAY, text), NOW)


def _book(journal: Journal, clock: FakeClock, paper: str = "a4") -> Report:
    return reports.build(journal, _me(journal), reports.ReportSpec(kind="anthology", paper=paper), clock)


def test_nights_are_the_same_ones_until_this_connection_or_another_writes(journal: Journal, clock: FakeClock) -> None:
    _tell(journal, "one")
    first = kept_nights.nights(journal, _me(journal), None, None, clock)
    again = kept_nights.nights(journal, _me(journal), None, None, clock)
    assert all(a is b for a, b in zip(first, again, strict=True))
    assert first is not again  # a list of the caller's own
    _tell(journal, "two")
    assert _told(journal, clock) == ["one", "two"]
    other = journals.reopen(journal)
    _tell(other, "three")
    other.close()
    assert _told(journal, clock) == ["one", "two", "three"]


def test_what_is_read_within_a_unit_that_is_undone_is_not_kept(journal: Journal, clock: FakeClock) -> None:
    _tell(journal, "one")
    seen: list[str] = []

    def write() -> None:
        with journal.atomic():
            _tell(journal, "undone")
            seen.extend(_told(journal, clock))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert seen == ["one", "undone"]
    assert _told(journal, clock) == ["one"]


def test_a_worker_shares_what_its_journal_keeps_and_its_closing_keeps_it(journal: Journal, clock: FakeClock) -> None:
    _tell(journal, "one")
    held = journal.held()
    worker = journals.reopen(journal, held)
    found = kept_nights.nights(worker, _me(journal), None, None, clock)
    worker.close()
    assert kept_nights.nights(journal, _me(journal), None, None, clock)[0] is found[0]


def test_a_report_is_made_once_for_both_papers_and_anew_after_a_change(journal: Journal, clock: FakeClock) -> None:
    _tell(journal, "one garden")
    first = _book(journal, clock)
    clock.advance(seconds=60)
    again, letter = _book(journal, clock), _book(journal, clock, "letter")
    assert again.sections is first.sections is letter.sections
    assert (again.printed, letter.paper) == (clock.now(), "letter")
    _tell(journal, "another garden")
    assert _book(journal, clock).fingerprint != first.fingerprint


def test_another_question_is_another_report(journal: Journal, clock: FakeClock) -> None:
    _tell(journal, "one")
    whole = _book(journal, clock)
    spec = reports.ReportSpec(kind="anthology", contrast=ContrastSpec(first=date(2026, 7, 9)))
    assert reports.build(journal, _me(journal), spec, clock).fingerprint != whole.fingerprint
