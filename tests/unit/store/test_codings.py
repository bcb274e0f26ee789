"""Codings: one for each dream and rater, gone with their dream."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dreamjournal.domain.dream import DreamDraft
from tests.fakes import FakeClock

ME = 1


def dream(journal: Any, clock: FakeClock) -> int:
    return journal.dreams.put(ME, DreamDraft(date(2026, 7, 8), "A door."), clock.now()).id


def test_a_coding_is_kept_as_it_was_given(journal: Any, clock: FakeClock) -> None:
    one = dream(journal, clock)
    kept = journal.codings.put(ME, one, "AB", {"emotions.sad": 2}, clock.now(), clock.now())
    assert journal.codings.get(one, "AB") == kept
    assert kept.codes == {"emotions.sad": 2}
    assert kept.finished == clock.now()
    assert journal.codings.get(one, "CD") is None


def test_a_later_coding_replaces_the_earlier_one_of_the_same_rater_only(journal: Any, clock: FakeClock) -> None:
    one = dream(journal, clock)
    journal.codings.put(ME, one, "AB", {"emotions.sad": 2}, clock.now(), clock.now())
    journal.codings.put(ME, one, "CD", {"emotions.sad": 5}, None, clock.now())
    later = clock.now() + timedelta(minutes=5)
    journal.codings.put(ME, one, "AB", {}, None, later)
    found = {c.rater: c for c in journal.codings.all(ME)}
    assert set(found) == {"AB", "CD"}
    assert (found["AB"].codes, found["AB"].finished, found["AB"].written) == ({}, None, later)
    assert found["CD"].codes == {"emotions.sad": 5}


def test_a_coding_goes_with_its_dream_and_can_be_taken_away(journal: Any, clock: FakeClock) -> None:
    one, two = dream(journal, clock), dream(journal, clock)
    for each in (one, two):
        journal.codings.put(ME, each, "AB", {"emotions.sad": 1}, None, clock.now())
    journal.codings.drop(two, "AB")
    assert [c.dream_id for c in journal.codings.all(ME)] == [one]
    journal.dreams.delete(one)
    assert journal.codings.all(ME) == []


def test_one_person_s_codings_are_not_another_s(journal: Any, clock: FakeClock) -> None:
    one = dream(journal, clock)
    journal.codings.put(ME, one, "AB", {}, None, clock.now())
    assert journal.codings.all(ME + 1) == []


def test_a_dream_comes_back_from_the_bin_with_what_was_counted_in_it(journal: Any, clock: FakeClock) -> None:
    one = dream(journal, clock)
    kept = journal.codings.put(ME, one, "AB", {"emotions.sad": 1}, clock.now(), clock.now())
    for discard in (
        lambda: journal.bin.discard_dream(one, clock.now()),
        lambda: journal.bin.discard_night(ME, date(2026, 7, 8), clock.now()),
    ):
        item = discard()
        assert journal.codings.all(ME) == []
        journal.bin.restore(item)
        assert journal.codings.all(ME) == [kept]


def test_counts_follow_a_dream_that_comes_back_under_another_number(journal: Any, clock: FakeClock) -> None:
    one = dream(journal, clock)
    journal.codings.put(ME, one, "AB", {"emotions.sad": 1}, None, clock.now())
    item = journal.bin.discard_dream(one, clock.now())
    newer = journal.dreams.put(ME, DreamDraft(date(2026, 7, 7), "Another."), clock.now()).id
    assert newer == one, "the number was given away"
    journal.bin.restore(item)
    found = journal.codings.all(ME)
    assert [journal.dreams.get(c.dream_id).text for c in found] == ["A door."]
