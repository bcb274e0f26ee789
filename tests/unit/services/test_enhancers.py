"""Enhancers: mapping tags, deriving exposures, the only one, and the log."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.night import Condition
from dreamjournal.services import enhancers, nights
from tests.fakes import FakeClock

ME = 1
FIRST = date(2026, 7, 1)
DAY = timedelta(days=1)
QUESTION = "Took melatonin?"


@pytest.fixture
def answered(journal: Any) -> Any:
    """A question answered yes, no, yes on three nights."""
    for i, value in enumerate((1, 0, None)):
        journal.tags.put(ME, FIRST + i * DAY, "whoop", QUESTION, value, None, None)
    return journal


def names(journal: Any) -> dict[date, list[str]]:
    return {
        d: [e.name for e in found]
        for d, found in journal.exposures.between(ME, FIRST - 9 * DAY, FIRST + 90 * DAY).items()
    }


def test_a_mapping_reaches_back(answered: Any, clock: FakeClock) -> None:
    before = enhancers.preview_map(answered, ME, "whoop", QUESTION)
    mapped = enhancers.map_tag(answered, ME, "whoop", "took MELATONIN? ", "melatonin", clock)
    assert before == mapped.nights
    assert (mapped.nights.yes, mapped.nights.no) == ((FIRST, FIRST + 2 * DAY), (FIRST + DAY,))
    assert names(answered) == {FIRST: ["melatonin"], FIRST + 2 * DAY: ["melatonin"]}
    conditions = nights.conditions(answered, ME, clock=clock)
    assert conditions == {FIRST: Condition.ENHANCED, FIRST + 2 * DAY: Condition.ENHANCED}
    enhancers.only(answered, ME, "melatonin")
    assert nights.conditions(answered, ME, clock=clock)[FIRST + DAY] == Condition.NATURAL


def test_mapping_twice_or_anew_leaves_one_exposure(answered: Any, clock: FakeClock) -> None:
    enhancers.map_tag(answered, ME, "whoop", QUESTION, "melatonin", clock)
    enhancers.map_tag(answered, ME, "whoop", QUESTION, "melatonin", clock)
    enhancers.derive(answered, ME, None, clock)
    assert names(answered)[FIRST] == ["melatonin"]
    mapped = enhancers.map_tag(answered, ME, "whoop", QUESTION, "valerian", clock)
    assert names(answered)[FIRST] == ["valerian"]
    enhancers.unmap(answered, ME, mapped.rule.id)
    assert names(answered) == {}
    assert enhancers.rules(answered, ME) == []


def test_an_answer_that_turns_to_no_takes_its_exposure_along(answered: Any, clock: FakeClock) -> None:
    enhancers.map_tag(answered, ME, "whoop", QUESTION, "melatonin", clock)
    answered.tags.put(ME, FIRST, "whoop", QUESTION, 0, None, None)
    enhancers.derive(answered, ME, None, clock)
    assert names(answered) == {FIRST + 2 * DAY: ["melatonin"]}


@pytest.mark.parametrize(("source", "tag"), [("whoop", "No such?"), ("whop", QUESTION), ("sleepmeter", "")])
def test_an_unknown_source_or_tag_is_refused_with_a_list(
    answered: Any, clock: FakeClock, source: str, tag: str
) -> None:
    with pytest.raises(UserError):
        enhancers.map_tag(answered, ME, source, tag, "melatonin", clock)
    assert enhancers.all(answered, ME) == []


def test_a_mapping_may_come_before_the_import(journal: Any, clock: FakeClock) -> None:
    enhancers.map_tag(journal, ME, "whoop", QUESTION, "melatonin", clock)
    journal.tags.put(ME, FIRST, "whoop", QUESTION, 1, None, None)
    enhancers.derive(journal, ME, None, clock)
    assert names(journal) == {FIRST: ["melatonin"]}


def test_an_imported_name_becomes_an_enhancer(journal: Any, clock: FakeClock) -> None:
    journal.exposures.add(Exposure(0, ME, FIRST, "SleepSync", EnhancerKind.DEVICE, "sleepsync"))
    enhancers.derive(journal, ME, None, clock)
    (known,) = enhancers.all(journal, ME)
    assert (known.name, known.kind) == ("SleepSync", EnhancerKind.DEVICE)
    assert journal.exposures.of_night(ME, FIRST)[0].enhancer_id == known.id


def test_a_log_adds_names_up_and_replaces_the_earlier_answer(journal: Any, clock: FakeClock) -> None:
    enhancers.log(journal, ME, FIRST, "enhanced", ["A", "B"], ["1 mg", "2 mg"], clock)
    assert [(e.name, e.dose) for e in journal.exposures.of_night(ME, FIRST)] == [("A", "1 mg"), ("B", "2 mg")]
    enhancers.log(journal, ME, FIRST, "enhanced", ["B"], "", clock)
    assert names(journal) == {FIRST: ["B"]}
    enhancers.log(journal, ME, FIRST, "unsure", [], "", clock)
    assert names(journal) == {}


def test_a_log_that_says_too_little_is_refused(journal: Any, clock: FakeClock) -> None:
    with pytest.raises(UserError):
        enhancers.log(journal, ME, FIRST, "enhanced", [], "", clock)
    enhancers.add(journal, ME, "A", "device", clock)
    enhancers.log(journal, ME, FIRST, "enhanced", [], "", clock)
    assert names(journal) == {FIRST: ["A"]}
    enhancers.add(journal, ME, "B", "drug", clock)
    with pytest.raises(UserError, match="A, B"):
        enhancers.log(journal, ME, FIRST, "enhanced", [], "", clock)
    with pytest.raises(UserError):
        enhancers.log(journal, ME, FIRST, "natural", ["A"], "", clock)
    with pytest.raises(UserError, match="one dose for each"):
        enhancers.log(journal, ME, FIRST, "enhanced", ["A", "B"], "1 mg", clock)
    assert names(journal) == {FIRST: ["A"]}


def test_a_name_stands_once(journal: Any, clock: FakeClock) -> None:
    enhancers.add(journal, ME, "Melatonin", "supplement", clock)
    with pytest.raises(UserError, match="already"):
        enhancers.add(journal, ME, "melatonin", "drug", clock)
    with pytest.raises(UserError, match="Melatonin"):
        enhancers.the_enhancer(journal, ME, "zolpidem")


_DAYS = st.none() | st.integers(0, 20).map(lambda i: FIRST + i * DAY)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(said=st.lists(st.tuples(st.sampled_from(["A", "B", None]), _DAYS, _DAYS), max_size=5))
def test_of_overlapping_words_on_the_only_one_the_last_counts(
    journal: Any, clock: FakeClock, said: list[tuple[str | None, date | None, date | None]]
) -> None:
    for name in ("A", "B"):
        if journal.enhancers.by_name(ME, name) is None:
            enhancers.add(journal, ME, name, "device", clock)
    enhancers.only(journal, ME, None)
    expected: dict[date, str | None] = {FIRST + i * DAY: None for i in range(21)}
    for name, first, last in said:
        if first is not None and last is not None and first > last:
            with pytest.raises(UserError):
                enhancers.only(journal, ME, name, first, last)
            continue
        enhancers.only(journal, ME, name, first, last)
        for day in expected:
            if (first is None or first <= day) and (last is None or day <= last):
                expected[day] = name
    for day in expected:
        journal.tags.put(ME, day, "whoop", "anything", 1, None, None)
    assert {n.night_date: n.only_enhancer for n in nights.nights(journal, ME, clock=clock)} == expected
