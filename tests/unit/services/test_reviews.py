"""A nurse's review: what changed in words, facts with their nights, notes, sign-off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.night import Condition
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import dreams, evenings, mornings, prompts, reviews, settings
from tests.fakes import FakeClock
from tests.unit.services.made import slept

FIRST = date(2026, 6, 1)
DAY = timedelta(days=1)


@pytest.fixture
def ward(clock: FakeClock) -> Iterator[Any]:
    from dreamjournal.store.journal import memory_journal

    clock.set(datetime(2026, 7, 9, 9, tzinfo=UTC))
    caseload = memory_journal(clock=clock, kind=JournalKind.NURSE)
    caseload.persons.add("P-014", clock.now())
    yield caseload
    caseload.close()


def nights_of(
    ward: Any, clock: FakeClock, first: date, n: int, *, said: str = "natural", diary: bool = True, **answers: object
) -> None:
    person = ward.persons.by_name("P-014").id
    for i in range(n):
        night = first + i * DAY
        if said == "natural":
            evenings.answer(ward, person, night, "natural", clock)
        elif said == "unsure":
            evenings.answer(ward, person, night, "unsure", clock)
        elif said:
            evenings.answer_enhanced(
                ward, person, night, [(said.split("/", maxsplit=1)[0], said.rsplit("/")[1], None)], clock
            )
        else:
            slept(ward, night, person=person)
        if diary:
            mornings.save_diary(
                ward, mornings.diary_from_answers(person, night, "Europe/London", {"quality": 3, **answers}), clock
            )


def signed(ward: Any, clock: FakeClock) -> int:
    person = ward.persons.by_name("P-014").id
    reviews.sign_off(ward, person, date(2026, 7, 9), "MK", clock)
    return int(person)


def test_the_first_review_says_how_much_there_is(ward: Any, clock: FakeClock) -> None:
    (row,) = reviews.caseload(ward, clock)
    assert (row.what_changed, row.new_nights, row.last14, row.last_review) == ("Nothing recorded yet", 0, (), None)
    nights_of(ward, clock, FIRST, 3)
    (row,) = reviews.caseload(ward, clock)
    assert (row.what_changed, row.new_nights) == ("First review, 3 nights.", 3)
    assert row.last14 == (Condition.UNRECORDED,) * 11 + (Condition.NATURAL,) * 3


def test_a_first_import_tells_its_rejected_rows(ward: Any, clock: FakeClock) -> None:
    person = ward.persons.by_name("P-014").id
    nights_of(ward, clock, FIRST, 2, said="", diary=False)
    begun = ward.imports.start(
        person,
        name="x.csv",
        sha256="0",
        format="whoop",
        source="whoop",
        parser_version=1,
        zone=None,
        zone_confidence="offset",
        now=clock.now(),
    )
    ward.imports.finish(begun, {"rows": {"rejected": 3}})
    assert reviews.what_changed(ward, person, clock) == "First import, 2 nights. 3 rows rejected."


def test_nothing_new_and_a_dose_that_rose(ward: Any, clock: FakeClock) -> None:
    nights_of(ward, clock, FIRST, 7, said="Melatonin/1 mg")
    person = signed(ward, clock)
    assert reviews.what_changed(ward, person, clock) == "No change"
    nights_of(ward, clock, FIRST + 7 * DAY, 2, said="Melatonin/1 mg")
    assert reviews.what_changed(ward, person, clock) == "No change"
    nights_of(ward, clock, FIRST + 9 * DAY, 3, said="Melatonin/3 mg")
    assert reviews.what_changed(ward, person, clock) == "Melatonin 3 mg from 10 Jun, was 1 mg."
    fact = reviews.facts(ward, person, clock)[0]
    assert (
        fact.text
        == "Melatonin 3 mg on 3 nights from 10 Jun, 1 mg before. The log holds no instruction from a clinician."
    )
    assert fact.nights == tuple(FIRST + i * DAY for i in (9, 10, 11))
    assert fact.link in fact.text


def test_missing_diaries_unrecorded_and_unsure_nights(ward: Any, clock: FakeClock) -> None:
    nights_of(ward, clock, FIRST, 7)
    person = signed(ward, clock)
    nights_of(ward, clock, FIRST + 7 * DAY, 4)
    nights_of(ward, clock, FIRST + 11 * DAY, 1, diary=False)
    assert reviews.what_changed(ward, person, clock) == "Diary missing on 1 night. Nothing else new."
    nights_of(ward, clock, FIRST + 12 * DAY, 2, said="unsure")
    assert reviews.what_changed(ward, person, clock) == "Two nights marked not sure. Diary missing on 1 night."
    nights_of(ward, clock, FIRST + 14 * DAY, 3, said="")
    assert reviews.what_changed(ward, person, clock).startswith("Not recorded on 3 of 10 nights; was 0 of 7.")


def test_alcohol_and_a_second_enhancer_are_counted_together(ward: Any, clock: FakeClock) -> None:
    nights_of(ward, clock, FIRST, 2)
    person = signed(ward, clock)
    for i in (2, 3, 4):
        night = FIRST + i * DAY
        nights_of(ward, clock, night, 1, said="SleepSync/")
        evenings.add_intake(ward, person, night, "alcohol", clock, amount=1, unit="glass", none_taken=i == 4)
    assert reviews.what_changed(ward, person, clock) == "Alcohol with SleepSync on 2 nights."
    assert "Alcohol with SleepSync on 2 of 3 nights." in [f.text for f in reviews.facts(ward, person, clock)]


def test_facts_are_counts_with_a_base_and_thirty_minutes_do_not_count(ward: Any, clock: FakeClock) -> None:
    nights_of(ward, clock, FIRST, 5, sol=31)
    nights_of(ward, clock, FIRST + 5 * DAY, 1, sol=30)
    person = signed(ward, clock)
    nights_of(ward, clock, FIRST + 6 * DAY, 3, sol=30)
    nights_of(ward, clock, FIRST + 9 * DAY, 1, sol=45, waso=31, events_asked=True, events=("headache",))
    texts = {f.text: f for f in reviews.facts(ward, person, clock)}
    assert texts["Took 31 min or more to fall asleep on 1 of 4 nights; 5 of 6 in the review before."].nights == (
        FIRST + 9 * DAY,
    )
    assert "Awake 31 min or more in the night on 1 of 1 nights." in texts
    assert "Noted headache on 1 of 1 nights asked." in texts


def test_a_nightmare_is_a_count_without_its_words(ward: Any, clock: FakeClock) -> None:
    person = ward.persons.by_name("P-014").id
    dreams.save(ward, person, DreamDraft(FIRST, "", nightmare=True, distress=3), clock)
    dreams.save(ward, person, DreamDraft(FIRST + DAY, ""), clock)
    (fact,) = reviews.facts(ward, person, clock)
    assert fact.text == "Nightmare with distress on 1 of 2 mornings asked. Dream texts are not shared with you."
    assert (fact.nights, fact.link) == ((FIRST,), "1 of 2")


def test_sign_off_needs_initials_nights_and_a_day_that_came(ward: Any, clock: FakeClock) -> None:
    person = ward.persons.by_name("P-014").id
    with pytest.raises(UserError, match="no night is new"):
        reviews.sign_off(ward, person, date(2026, 7, 9), "MK", clock)
    nights_of(ward, clock, FIRST, 2)
    with pytest.raises(UserError, match="initials"):
        reviews.sign_off(ward, person, date(2026, 7, 9), " ", clock)
    with pytest.raises(UserError, match="not come yet"):
        reviews.sign_off(ward, person, date(2026, 7, 10), "MK", clock)
    reviews.sign_off(ward, person, date(2026, 7, 9), "MK", clock)
    (done,) = reviews.reviews(ward, person)
    assert (done.through, done.nights, done.initials) == (FIRST + DAY, 2, "MK")
    assert reviews.new_nights(ward, person, clock) == ()


def test_notes_are_open_until_closed(ward: Any, clock: FakeClock) -> None:
    person = ward.persons.by_name("P-014").id
    note, _ = reviews.ask(ward, person, FIRST, " Who raised the dose? ", "MK", clock)
    assert note.text == "Who raised the dose?"
    assert reviews.caseload(ward, clock)[0].open_notes == 1
    reviews.close(ward, note.id, clock)
    assert (reviews.notes(ward, person), len(reviews.notes(ward, person, open_only=False))) == ([], 1)
    with pytest.raises(UserError):
        reviews.ask(ward, person, FIRST, "  ", "MK", clock)


def test_hours_of_cpap_differ_every_night_and_are_no_change_of_dose(ward: Any, clock: FakeClock) -> None:
    nights_of(ward, clock, FIRST, 14)
    person = signed(ward, clock)
    for i in range(14, 20):
        ward.exposures.add(
            Exposure(0, person, FIRST + i * DAY, "CPAP", EnhancerKind.THERAPY, "resmed", dose=f"6 h {i} min, AHI 3.{i}")
        )
    assert "CPAP" not in reviews.what_changed(ward, person, clock)
    assert not any("CPAP" in f.text for f in reviews.facts(ward, person, clock))


def test_what_the_balance_page_finds_over_weeks_stands_in_the_review(ward: Any, clock: FakeClock) -> None:
    nights_of(ward, clock, FIRST, 14, said="SleepSync/")
    person = ward.persons.by_name("P-014").id
    assert not any("aim" in f.text for f in reviews.facts(ward, person, clock))
    settings.set_value(ward, person, "aim_per_week", 2)
    (fact,) = [f for f in reviews.facts(ward, person, clock) if "aim" in f.text]
    assert fact.text.startswith("More nights than their aim: 14 enhanced nights in 2 weeks running")
    assert "your" not in fact.text
    assert len(fact.nights) == 14
    assert fact.link in fact.text
    signed(ward, clock)
    nights_of(ward, clock, FIRST + 14 * DAY, 1)
    assert not any("aim" in f.text for f in reviews.facts(ward, person, clock))  # nothing of it lies in the new nights


def test_an_instruction_on_record_is_told_with_the_dose(ward: Any, clock: FakeClock) -> None:
    nights_of(ward, clock, FIRST, 7, said="Melatonin/1 mg")
    person = signed(ward, clock)
    nights_of(ward, clock, FIRST + 7 * DAY, 3, said="Melatonin/3 mg")
    prompts.add_instruction(ward, person, "melatonin", FIRST + 7 * DAY, "GP", "3 mg for a month", clock)
    assert reviews.facts(ward, person, clock)[0].text == (
        "Melatonin 3 mg on 3 nights from 8 Jun, 1 mg before. The log holds an instruction of 8 Jun by GP: 3 mg for a month."
    )
