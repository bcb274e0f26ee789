"""Whose nights a journal holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.person import JournalKind

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.person import Person
    from dreamjournal.services.journals import Journal


def all_persons(journal: Journal) -> list[Person]:
    """Everybody, by name."""
    return journal.persons.all()


def add(journal: Journal, name: str, clock: Clock) -> tuple[Person, Changes]:
    """Add a person by a name or pseudonym. Raises UserError where it is empty or taken."""
    clean = " ".join(name.split())
    if not clean or len(clean) > 80 or not clean.isprintable():
        raise UserError("Nobody was added", "a name has 1 to 80 ordinary characters", "type another", field="name")
    if journal.persons.by_name(clean) is not None:
        raise UserError("Nobody was added", "that name is in the journal already", "choose another", field="name")
    return journal.persons.add(clean, clock.now()), Changes.PERSONS


def rename(journal: Journal, person_id: int, name: str) -> Changes:
    """Give a person another name. Raises UserError where it is empty or taken."""
    clean = " ".join(name.split())
    other = journal.persons.by_name(clean)
    if not clean or (other is not None and other.id != person_id):
        raise UserError("The name was not changed", "it is empty or taken", "choose another", field="name")
    journal.persons.rename(person_id, clean)
    return Changes.PERSONS


def the_person(journal: Journal, name: str | None = None) -> Person:
    """The person named, or the only one. Raises UserError naming those there are."""
    people = journal.persons.all()
    names = ", ".join(p.name for p in people)
    if name is not None:
        found = next((p for p in people if p.name.casefold() == name.strip().casefold()), None)
        if found is None:
            now = f"choose one of: {names}" if people else "add them with: persons add NAME"
            raise UserError("There is no such person in this journal", "", now, field="person")
        return found
    if len(people) == 1:
        return people[0]
    if not people:
        why = "this journal holds several people by pseudonym" if journal.kind == JournalKind.NURSE else ""
        raise UserError(
            "There is nobody in this journal yet", why, "add someone with: persons add NAME", field="person"
        )
    raise UserError(
        "It is not said whose nights are meant", f"this journal holds {names}", "name one with --person", field="person"
    )
