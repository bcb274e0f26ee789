"""Whose nights: the only one, the named one, or a refusal that names them."""

from __future__ import annotations

from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import persons
from tests.fakes import FakeClock


def test_an_own_journal_holds_one_person(journal: Any) -> None:
    assert persons.the_person(journal).name == "me"
    assert persons.the_person(journal, " ME ").name == "me"


def test_with_several_the_refusal_names_them(journal: Any, clock: FakeClock) -> None:
    persons.add(journal, "P-014", clock)
    with pytest.raises(UserError, match=r"me, P-014.*--person"):
        persons.the_person(journal)
    with pytest.raises(UserError, match=r"no such person.*me, P-014"):
        persons.the_person(journal, "P-015")
    assert persons.the_person(journal, "p-014").name == "P-014"


@pytest.mark.parametrize("name", ["", "   ", "me", "ME", "a\x1bb", "x" * 81])
def test_an_empty_taken_or_unprintable_name_is_refused(journal: Any, clock: FakeClock, name: str) -> None:
    with pytest.raises(UserError):
        persons.add(journal, name, clock)
    assert len(persons.all_persons(journal)) == 1


def test_a_caseload_starts_empty(clock: FakeClock) -> None:
    from dreamjournal.store.journal import memory_journal

    caseload = memory_journal(clock=clock, kind=JournalKind.NURSE)
    with pytest.raises(UserError, match="persons add"):
        persons.the_person(caseload)
    caseload.close()
