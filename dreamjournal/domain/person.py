"""Whose nights these are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class JournalKind(StrEnum):
    """One person's journal, or a nurse's caseload."""

    OWN = "own"
    NURSE = "nurse"


@dataclass(frozen=True)
class Person:
    """A person by name they chose for themselves ("me") or pseudonym."""

    id: int
    name: str
    created: datetime


@dataclass(frozen=True)
class Review:
    """A nurse's sign-off: the nights up to `through` were read by `initials` on `reviewed_on`."""

    id: int
    person_id: int
    through: date
    reviewed_on: date
    initials: str
    nights: int
    written: datetime


@dataclass(frozen=True)
class Query:
    """A nurse's question or note tied to a night (or to none), answered and closed."""

    id: int
    person_id: int
    night_date: date | None
    text: str
    initials: str
    asked: datetime
    answer: str = ""
    answered: datetime | None = None
    closed: datetime | None = None


@dataclass(frozen=True)
class HandOver:
    """A signed, encrypted file that went from person to nurse or back."""

    id: int
    person_id: int
    direction: str
    digest: str
    scope: str
    made: datetime
