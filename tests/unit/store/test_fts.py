"""What the search index keeps of words that are in no dream any more: nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.services import bin as the_bin
from dreamjournal.services import dreams
from dreamjournal.store.fts import forget_words
from dreamjournal.store.journal import Journal, create_journal
from tests.fakes import FakeClock

NEEDLE = "xylophonequartz"


def draft(text: str) -> DreamDraft:
    return DreamDraft(date(2026, 7, 1), text, Recall.REPORT)


@pytest.fixture
def kept(tmp_path: Path, clock: FakeClock) -> Journal:
    """A plain journal, whose file can be looked into, with the needle in one dream of many."""
    journal = create_journal(tmp_path / "journal.db", passphrase=None, clock=clock)
    for n in range(30):
        dreams.save(journal, 1, draft(f"a stair {n} into the sea"), clock)
    dreams.save(journal, 1, draft(f"a {NEEDLE} in the hall"), clock)
    dreams.save(journal, 1, draft("a boat"), clock)
    return journal


def needles(journal: Journal) -> int:
    journal.fold()
    return journal.path.read_bytes().count(NEEDLE[1:].encode())  # the index may share a first letter


def the_one(journal: Journal) -> int:
    return journal.dreams.search(1, NEEDLE)[0].dream.id


def test_a_changed_dream_leaves_no_word(kept: Journal, clock: FakeClock) -> None:
    assert needles(kept) == 2, "in the dream and in the index"
    kept.dreams.update(the_one(kept), draft("other words"), clock.now())
    assert needles(kept) == 0
    assert not kept.dreams.search(1, NEEDLE)
    assert len(kept.dreams.search(1, "stair")) == 30
    kept.close()


def test_a_dream_in_the_bin_leaves_the_index(kept: Journal, clock: FakeClock) -> None:
    the_bin.discard_dream(kept, the_one(kept), clock)
    assert needles(kept) == 1, "in the bin alone"
    kept.close()


def test_an_index_of_an_earlier_version_forgets_from_its_first_emptied_bin(kept: Journal, clock: FakeClock) -> None:
    kept._db.execute("INSERT INTO dreams_fts (dreams_fts, rank) VALUES ('secure-delete', 0)")
    kept.dreams.update(the_one(kept), draft("other words"), clock.now())
    assert needles(kept) > 0
    forget_words(kept._db)
    assert needles(kept) == 0
    number = kept.dreams.put(1, draft(f"again {NEEDLE}"), clock.now()).id
    kept.dreams.update(number, draft("other words"), clock.now())
    assert needles(kept) == 0
    kept.close()
