"""Studies and the answers before them, kept as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from dreamjournal.domain.study import Study, digest_of

if TYPE_CHECKING:
    from dreamjournal.store.journal import Journal
    from tests.fakes import FakeClock

FIXED = datetime(2026, 7, 9, 20, tzinfo=UTC)


def test_a_study_comes_back_as_it_was_kept(journal: Journal) -> None:
    person = journal.persons.all()[0].id
    study = Study(
        0, person, "SleepSync", "tst", "diary", 30.0, date(2026, 7, 9), "ENNE", 4, 7, FIXED, question="Länger – wirklich?", washout=1,
        max_run=2, blocks=(1, 2, 2, 1), sealed=True, fixed_nights=4,
    )  # fmt: skip
    study = replace(study, digest=digest_of(study))
    kept = journal.studies.put(study)
    assert journal.studies.get(kept.id) == replace(study, id=kept.id)
    late = replace(
        kept, stopped=FIXED + timedelta(days=1), unsealed=FIXED + timedelta(days=2), changed=FIXED + timedelta(days=3),
        lengthened=FIXED + timedelta(days=4), stop_reason="moved",
    )  # fmt: skip
    journal.studies.change(late)
    assert journal.studies.get(kept.id) == late
    assert digest_of(late) == kept.digest


def test_studies_of_a_person_stand_newest_first(journal: Journal) -> None:
    person = journal.persons.all()[0].id
    base = Study(0, person, "SleepSync", "tst", "diary", 30.0, date(2026, 7, 9), "EN", 2, 7, FIXED)
    first, second = journal.studies.put(base), journal.studies.put(base)
    assert [s.id for s in journal.studies.all(person)] == [second.id, first.id]
    assert journal.studies.all(person + 1) == []
    assert journal.studies.get(99) is None


def test_the_latest_answers_about_an_enhancer_count(journal: Journal, clock: FakeClock) -> None:
    person = journal.persons.all()[0].id
    assert journal.screenings.latest(person, "SleepSync") is None
    journal.screenings.put(person, "SleepSync", {"epilepsy": True}, clock.now())
    journal.screenings.put(person, "melatonin", {"prescribed": False}, clock.now())
    later = clock.advance(days=1)
    journal.screenings.put(person, "SleepSync", {"epilepsy": False}, later)
    found = journal.screenings.latest(person, "sleepsync")
    assert found is not None
    assert (found.answers, found.when) == ({"epilepsy": False}, later)
