"""Dreams: kept, counted as recall, drafted, found, taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.night import Condition
from dreamjournal.services import bin as the_bin
from dreamjournal.services import dreams, evenings, mornings, nights
from dreamjournal.services.dreams import DreamFilter
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 8)
HARBOUR = "Low tide, and the harbour is empty."


def recall(journal: Any, night: date = LAST) -> Recall | None:
    return journal.mornings.recall(ME, night)


def test_the_night_s_recall_is_the_best_its_dreams_give(journal: Any, clock: FakeClock) -> None:
    mornings.set_recall(journal, ME, LAST, Recall.NOTHING, clock)
    fragment = dreams.save(journal, ME, DreamDraft(LAST, "a door", Recall.FRAGMENT), clock).dream
    assert recall(journal) == Recall.FRAGMENT
    whole = dreams.save(journal, ME, DreamDraft(LAST, HARBOUR), clock).dream
    assert recall(journal) == Recall.REPORT
    bin_id, _ = dreams.delete(journal, whole.id, clock)
    assert recall(journal) == Recall.FRAGMENT
    dreams.delete(journal, fragment.id, clock)
    assert recall(journal) is None
    the_bin.restore(journal, bin_id, clock)
    assert recall(journal) == Recall.REPORT
    assert journal.dreams.get(whole.id).text == HARBOUR


def test_words_beside_an_answer_without_content_keep_both(journal: Any, clock: FakeClock) -> None:
    dreams.save(journal, ME, DreamDraft(LAST, "blue, nothing more", Recall.WHITE), clock)
    night = nights.night(journal, ME, LAST, clock)
    assert (night.recall, len(night.dreams)) == (Recall.WHITE, 1)


def test_a_dream_moved_to_another_night_takes_its_recall_along(journal: Any, clock: FakeClock) -> None:
    kept = dreams.save(journal, ME, DreamDraft(LAST, HARBOUR), clock).dream
    dreams.save(journal, ME, DreamDraft(date(2026, 7, 7), HARBOUR), clock, kept.id)
    assert recall(journal) is None
    assert recall(journal, date(2026, 7, 7)) == Recall.REPORT


def test_a_scale_out_of_range_keeps_nothing(journal: Any, clock: FakeClock) -> None:
    with pytest.raises(UserError) as refused:
        dreams.save(journal, ME, DreamDraft(LAST, HARBOUR, lucidity=5), clock)
    assert refused.value.field == "lucidity"
    assert nights.nights(journal, ME, clock=clock) == []
    with pytest.raises(UserError):
        dreams.save(journal, ME, DreamDraft(LAST, HARBOUR), clock, dream_id=99)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_words_come_back_as_they_were(journal: Any, clock: FakeClock, text: str) -> None:
    kept = dreams.save(journal, ME, DreamDraft(LAST, text), clock).dream
    assert journal.dreams.get(kept.id).text == text


def test_a_draft_lives_until_it_is_saved(journal: Any, clock: FakeClock) -> None:
    slot = mornings.draft_slot(LAST)
    dreams.autosave(journal, ME, slot, LAST, "half a sen", clock)
    kept = mornings.morning(journal, ME, LAST, clock).draft
    assert kept is not None
    assert (kept.text, kept.night_date) == ("half a sen", LAST)
    dreams.save(journal, ME, DreamDraft(LAST, "half a sentence"), clock, slot=slot)
    assert dreams.draft(journal, ME, slot) is None
    dreams.autosave(journal, ME, "other", LAST, "x", clock)
    dreams.autosave(journal, ME, "other", LAST, "", clock)
    assert dreams.drafts(journal, ME) == []


def test_words_of_one_night_gather_in_one_fragment_and_leave_the_question_open(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 9, 3, 12))
    dreams.keep_night_words(journal, ME, "the harbour", clock, slot="night")
    clock.set(datetime(2026, 7, 9, 4, 40))
    saved = dreams.keep_night_words(journal, ME, "no shadows", clock)
    night = nights.night(journal, ME, LAST, clock)
    assert [d.id for d in night.dreams] == [saved.dream.id]
    assert night.dreams[0].text == "03:12  the harbour\n\n04:40  no shadows"
    assert (night.dreams[0].recall, night.recall) == (Recall.FRAGMENT, None)


def test_the_list_is_filtered_by_words_night_tag_lucidity_and_condition(journal: Any, clock: FakeClock) -> None:
    evenings.answer(journal, ME, LAST, "natural", clock)
    dreams.save(journal, ME, DreamDraft(LAST, HARBOUR, tags=("sea",), lucidity=3), clock)
    dreams.save(journal, ME, DreamDraft(date(2026, 7, 7), "a wall", lucidity=0), clock)

    def found(**wanted: Any) -> list[str]:
        return [r.dream.text for r in dreams.list_dreams(journal, ME, DreamFilter(**wanted), clock)]

    assert found() == [HARBOUR, "a wall"]
    assert (
        found(query="harb")
        == found(tag="SEA")
        == found(lucidity_min=2)
        == found(condition=Condition.NATURAL)
        == [HARBOUR]
    )
    assert found(last=date(2026, 7, 7)) == found(condition=Condition.UNRECORDED) == ["a wall"]
    assert found(query="nowhere") == []
    row = dreams.list_dreams(journal, ME, DreamFilter(query="harbour"), clock)[0]
    assert [HARBOUR[a:b] for a, b in row.spans] == ["harbour"]
    assert dreams.suggestion(journal, ME, "harbor") == ("harbour", 1)
    assert dreams.tags(journal, ME) == [("sea", 1)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(query=st.text(max_size=30))
def test_no_query_is_an_error(journal: Any, clock: FakeClock, query: str) -> None:
    if journal.dreams.count(ME) == 0:
        dreams.save(journal, ME, DreamDraft(LAST, HARBOUR), clock)
    dreams.list_dreams(journal, ME, DreamFilter(query=query), clock)
    dreams.suggestion(journal, ME, query)


def test_a_dream_of_a_merged_night_says_so(journal: Any, clock: FakeClock) -> None:
    slept(journal, LAST, source="sleepsync", merged=True)
    dreams.save(journal, ME, DreamDraft(LAST, HARBOUR), clock)
    dreams.save(journal, ME, DreamDraft(date(2026, 7, 7), "a wall"), clock)
    assert [r.dream.may_not_be_own for r in dreams.list_dreams(journal, ME, clock=clock)] == [True, False]
    assert nights.night(journal, ME, LAST, clock).dreams[0].may_not_be_own
