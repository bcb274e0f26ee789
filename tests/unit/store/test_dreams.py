"""Dreams, drafts and search: any words in, the same words out, any query safe."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.store.columns import clean
from dreamjournal.store.dreams import match_expression
from dreamjournal.store.fts import ensure_fts
from tests.fakes import FakeClock

NIGHT = date(2026, 7, 8)
FIXTURE_OK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@FIXTURE_OK
@given(text=st.text(st.characters(codec=None)))
def test_words_come_back_as_they_went_in(journal: Any, clock: FakeClock, text: str) -> None:
    dream = journal.dreams.put(1, DreamDraft(NIGHT, text), clock.now())
    assert journal.dreams.get(dream.id).text == clean(text)
    assert journal.dreams.get(dream.id) == dream


@FIXTURE_OK
@given(query=st.text())
def test_no_query_is_an_error(journal: Any, clock: FakeClock, query: str) -> None:
    journal.dreams.put(1, DreamDraft(NIGHT, "low tide"), clock.now())
    journal.dreams.search(1, query)
    journal.dreams.suggestion(1, query)


def test_search_finds_prefixes_phrases_and_tags_and_follows_every_change(journal: Any, clock: FakeClock) -> None:
    harbour = journal.dreams.put(
        1, DreamDraft(NIGHT, "The harbour is empty at low tide", tags=("Brother",)), clock.now()
    )
    journal.dreams.put(1, DreamDraft(NIGHT, "A train", recall=Recall.FRAGMENT), clock.now())
    hits = journal.dreams.search(1, "harb tide")
    assert [h.dream.id for h in hits] == [harbour.id]
    assert [harbour.text[a:b] for a, b in hits[0].spans] == ["harbour", "tide"]
    assert [h.dream.id for h in journal.dreams.search(1, '"low tide"')] == [harbour.id]
    assert journal.dreams.search(1, '"tide low"') == []
    assert [h.dream.id for h in journal.dreams.search(1, "brother")] == [harbour.id]
    assert journal.dreams.suggestion(1, "harbor") == ("harbour", 1)
    journal.dreams.update(harbour.id, DreamDraft(NIGHT, "The h\u00e1rbour moved inland"), clock.now())
    assert [h.dream.id for h in journal.dreams.search(1, "harbour inland")] == [harbour.id]
    assert journal.dreams.search(1, "tide") == []
    journal.dreams.delete(harbour.id)
    assert journal.dreams.search(1, "harbour") == []


def test_the_index_is_made_again_when_a_table_rebuild_dropped_its_triggers(journal: Any, clock: FakeClock) -> None:
    db = journal._db
    db.utils["dreams"].transform(rename={})
    for name in [
        r["name"] for r in db.rows("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='dreams'")
    ]:
        db.execute(f"DROP TRIGGER {name}")
    journal.dreams.put(1, DreamDraft(NIGHT, "unseen"), clock.now())
    assert journal.dreams.search(1, "unseen") == []
    ensure_fts(db)
    assert len(journal.dreams.search(1, "unseen")) == 1
    journal.dreams.put(1, DreamDraft(NIGHT, "unseen too"), clock.now())
    assert len(journal.dreams.search(1, "unseen")) == 2


def test_one_persons_dreams_stay_out_of_anothers_search(journal: Any, clock: FakeClock) -> None:
    other = journal.persons.add("P-2", clock.now())
    journal.dreams.put(other.id, DreamDraft(NIGHT, "secret garden", tags=("x",)), clock.now())
    assert journal.dreams.search(1, "secret") == []
    assert journal.dreams.tags(1) == []
    assert journal.dreams.count(1) == 0


def test_a_draft_is_one_per_slot(journal: Any, clock: FakeClock) -> None:
    journal.dreams.save_draft("capture", 1, NIGHT, "low ti", clock.now())
    journal.dreams.save_draft("capture", 1, NIGHT, "low tide", clock.now())
    assert journal.dreams.draft("capture", 1).text == "low tide"
    assert len(journal.dreams.drafts(1)) == 1
    journal.dreams.drop_draft("capture", 1)
    assert journal.dreams.draft("capture", 1) is None


def test_match_expression() -> None:
    assert match_expression('fly "low tide" *(') == '"fly"* AND "low tide"'
    assert match_expression('" - "') == ""
