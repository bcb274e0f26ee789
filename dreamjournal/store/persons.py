"""Persons, reviews, queries and studies."""

from __future__ import annotations

from datetime import date, datetime

from dreamjournal.domain.person import Person, Query, Review
from dreamjournal.store.columns import clean, moment, moment_or_none, ms, ms_or_none
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound


class Persons:
    """Whose nights these are."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def all(self) -> list[Person]:
        """Persons by name."""
        return [_person(r) for r in self._db.rows("SELECT * FROM persons ORDER BY name COLLATE NOCASE")]

    def add(self, name: str, now: datetime) -> Person:
        row: Row = {"name": clean(name), "created": ms(now)}
        return _person({**row, "id": self._db.insert("persons", row)})

    def get(self, person_id: int) -> Person | None:
        row = self._db.row("SELECT * FROM persons WHERE id = ?", (person_id,))
        return None if row is None else _person(row)

    def by_name(self, name: str) -> Person | None:
        """By name, upper and lower case alike."""
        return next((p for p in self.all() if p.name.casefold() == name.strip().casefold()), None)

    def rename(self, person_id: int, name: str) -> None:
        self._db.update("persons", person_id, {"name": clean(name)})


class Reviews:
    """A nurse's sign-offs and open notes."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def put(
        self, person_id: int, through: date, reviewed_on: date, initials: str, nights: int, now: datetime
    ) -> Review:
        row: Row = {
            "person_id": person_id, "through": through.isoformat(), "reviewed_on": reviewed_on.isoformat(), "initials": clean(initials),
            "nights": nights, "written": ms(now),
        }  # fmt: skip
        return _review({**row, "id": self._db.insert("reviews", row)})

    def last(self, person_id: int) -> Review | None:
        found = self.all(person_id)
        return found[0] if found else None

    def all(self, person_id: int) -> list[Review]:
        """Sign-offs, the newest first."""
        return [
            _review(r)
            for r in self._db.rows("SELECT * FROM reviews WHERE person_id = ? ORDER BY id DESC", (person_id,))
        ]

    def queries(self, person_id: int, *, open_only: bool = True) -> list[Query]:
        """Notes, the newest first."""
        where = " AND closed IS NULL" if open_only else ""
        return [
            _query(r)
            for r in self._db.rows(f"SELECT * FROM queries WHERE person_id = ?{where} ORDER BY id DESC", (person_id,))
        ]

    def ask(self, person_id: int, night: date | None, text: str, initials: str, now: datetime) -> Query:
        row: Row = {
            "person_id": person_id, "night_date": night.isoformat() if night else None, "text": clean(text), "initials": clean(initials),
            "asked": ms(now), "answer": "", "answered": None, "closed": None,
        }  # fmt: skip
        return _query({**row, "id": self._db.insert("queries", row)})

    def answer(self, query_id: int, text: str, now: datetime) -> None:
        self._db.update("queries", query_id, {"answer": clean(text), "answered": ms(now)})

    def close(self, query_id: int, now: datetime | None) -> None:
        """Close a note; None opens it again."""
        self._db.update("queries", query_id, {"closed": ms_or_none(now)})


@sound
def _person(row: Row) -> Person:
    return Person(row["id"], row["name"], moment(row["created"]))


@sound
def _review(row: Row) -> Review:
    return Review(
        row["id"], row["person_id"], date.fromisoformat(row["through"]), date.fromisoformat(row["reviewed_on"]), row["initials"],
        row["nights"], moment(row["written"]),
    )  # fmt: skip


@sound
def _query(row: Row) -> Query:
    return Query(
        row["id"], row["person_id"], date.fromisoformat(row["night_date"]) if row["night_date"] else None, row["text"], row["initials"],
        moment(row["asked"]), row["answer"], moment_or_none(row["answered"]), moment_or_none(row["closed"]),
    )  # fmt: skip
