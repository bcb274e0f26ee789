"""The real plot among eight: the same values, the same counts, always the same eight, and chance alone decides its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis.lineup import SIZE, Shuffles, shuffles
from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.services import contrasts
from dreamjournal.services.lineup import Lineup, lineup
from tests.made_nights import row, study, write

CLOCK = FixedClock(datetime(2026, 10, 1, 12, tzinfo=UTC), "Europe/London")
labels = st.lists(st.booleans(), min_size=14, max_size=60)


def asked(journal: Any, **spec: Any) -> Lineup:
    person = journal.persons.all()[0].id
    question = ContrastSpec(**spec)
    return lineup(journal, person, question, contrasts.contrast(journal, person, question, CLOCK))


def kept(journal: Any, kinds: str, *, drawn: bool = False) -> None:
    person = journal.persons.all()[0].id
    write(journal, person, row(kinds))
    if drawn:
        journal.studies.put(study(person, kinds))


@given(labels, st.integers(0, 2**32), st.booleans())
def test_eight_different_labellings_with_the_real_one_among_them(enhanced: list[bool], seed: int, blocks: bool) -> None:
    found = shuffles(enhanced, [i // 4 for i in range(len(enhanced))] if blocks else None, seed)
    if found is None:
        return
    assert len(set(found.labels)) == SIZE
    assert found.labels[found.real] == tuple(enhanced)
    assert {sum(x) for x in found.labels} == {sum(enhanced)}
    assert found == shuffles(enhanced, [i // 4 for i in range(len(enhanced))] if blocks else None, seed)


@given(labels, st.integers(0, 2**32))
def test_labels_dealt_in_blocks_keep_each_blocks_counts(enhanced: list[bool], seed: int) -> None:
    blocks = [i // 4 for i in range(len(enhanced))]
    found = shuffles(enhanced, blocks, seed)
    for other in found.labels if found is not None else ():
        for b in set(blocks):
            places = [i for i, own in enumerate(blocks) if own == b]
            assert sum(other[i] for i in places) == sum(enhanced[i] for i in places)


def test_labels_that_move_along_keep_their_runs() -> None:
    enhanced = [c == "E" for c in "EEENNNNEENNNEEEEENNENNNN"]
    found = shuffles(enhanced, None, 3)
    assert found is not None
    for other in found.labels:
        assert _changes(other) <= _changes(enhanced) + 1


def _changes(values: Any) -> int:
    return len(list(groupby(values))) - 1


def test_before_and_after_finds_eight_and_too_few_ways_find_none() -> None:
    assert isinstance(shuffles([False] * 10 + [True] * 10, None, 1), Shuffles)
    assert shuffles([True, False] * 10, None, 1) is None  # only one other way to alternate
    assert shuffles([True, False] * 2, [0, 0, 1, 1], 1) is None


def test_the_real_one_is_anywhere() -> None:
    enhanced = [c == "E" for c in "ENNEENNE" * 4]
    places = Counter(found.real for seed in range(400) if (found := shuffles(enhanced, None, seed)) is not None)
    assert set(places) == set(range(SIZE)) and max(places.values()) < 90


@pytest.mark.parametrize("drawn", [True, False])
def test_the_same_eight_come_each_time(journal: Any, drawn: bool) -> None:
    kept(journal, "ENNENEENENNE" * 3, drawn=drawn)
    one = asked(journal)
    assert one.blocks is drawn and len(one.panels) == SIZE and not one.why_not
    assert one == asked(journal) == asked(journal, swd=99.0)
    values = sorted(one.panels[0].natural + one.panels[0].enhanced)
    assert all(sorted(p.natural + p.enhanced) == values for p in one.panels)
    assert {(len(p.natural), len(p.enhanced)) for p in one.panels} == {(one.n_natural, one.n_enhanced)}


def test_another_question_gets_another_eight(journal: Any) -> None:
    kept(journal, "ENNENEENENNE" * 3)
    person = journal.persons.all()[0].id
    question = ContrastSpec()
    result = contrasts.contrast(journal, person, question, CLOCK)
    one = lineup(journal, person, question, result)
    fewer = lineup(journal, person, question, replace(result, points=result.points[:-1]))
    assert [p.natural for p in one.panels] != [p.natural for p in fewer.panels]


def test_few_nights_are_told(journal: Any) -> None:
    kept(journal, "ENENEN")
    assert asked(journal).why_not.startswith("There are 3 enhanced and 3 natural nights; from 7 of each")


def test_refused_nights_have_no_plot_to_pick(journal: Any) -> None:
    kept(journal, "E" * 20)
    assert asked(journal).why_not.startswith("These nights cannot be compared") and not asked(journal).panels
