"""Settings and the reminder ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dreamjournal.store.columns import clean, dump, moment, moment_or_none, ms, ms_or_none
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound


class Settings:
    """Key and value, of a person or (person None) of the journal."""

    def __init__(self, db: Db) -> None:
        self._db = db

    @sound
    def get(self, key: str, person_id: int | None = None) -> Any:
        """The value, None where it was never set."""
        row = self._db.row("SELECT value FROM settings WHERE person_id = ? AND key = ?", (person_id or 0, key))
        return None if row is None else json.loads(row["value"])

    def set(self, key: str, value: Any, person_id: int | None = None) -> None:
        self._db.execute(
            "INSERT INTO settings (person_id, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (person_id, key) DO UPDATE SET value = excluded.value",
            (person_id or 0, key, clean(dump(value))),
        )

    @sound
    def all(self, person_id: int | None = None) -> dict[str, Any]:
        rows = self._db.rows("SELECT key, value FROM settings WHERE person_id = ?", (person_id or 0,))
        return {r["key"]: json.loads(r["value"]) for r in rows}


@dataclass(frozen=True)
class LedgerRow:
    """What happened to one planned prompt."""

    id: int
    person_id: int
    kind: str
    nominal_date: date
    outcome: str
    reason: str
    due: datetime
    shown: datetime | None
    answer: str | None
    answered: datetime | None


class Reminders:
    """The ledger of prompts."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def record(
        self, person_id: int, kind: str, nominal_date: date, outcome: str, reason: str, due: datetime, shown: datetime | None,
        now: datetime,
    ) -> bool:  # fmt: skip
        """Note an outcome; False when this prompt of that date already has one (another instance, a resume)."""
        row: Row = {
            "person_id": person_id, "kind": kind, "nominal_date": nominal_date.isoformat(), "outcome": outcome, "reason": reason,
            "due": ms(due), "shown": ms_or_none(shown), "written": ms(now),
        }  # fmt: skip
        with self._db.atomic():
            sql = "SELECT 1 AS n FROM ledger WHERE person_id = ? AND kind = ? AND nominal_date = ?"
            if self._db.row(sql, (person_id, kind, nominal_date.isoformat())) is not None:
                return False
            self._db.insert("ledger", row)
        return True

    def outcome(self, person_id: int, kind: str, nominal_date: date) -> LedgerRow | None:
        """What happened to the prompt of a date."""
        sql = "SELECT * FROM ledger WHERE person_id = ? AND kind = ? AND nominal_date = ?"
        row = self._db.row(sql, (person_id, kind, nominal_date.isoformat()))
        return None if row is None else _ledger(row)

    def answer(self, person_id: int, kind: str, nominal_date: date, answer: str, now: datetime) -> None:
        """What the person did with a prompt."""
        self._db.execute(
            "UPDATE ledger SET answer = ?, answered = ? WHERE person_id = ? AND kind = ? AND nominal_date = ?",
            (answer, ms(now), person_id, kind, nominal_date.isoformat()),
        )

    def log(self, person_id: int) -> list[LedgerRow]:
        """The ledger, the newest first."""
        return [
            _ledger(r)
            for r in self._db.rows(
                "SELECT * FROM ledger WHERE person_id = ? ORDER BY nominal_date DESC, id DESC", (person_id,)
            )
        ]


@sound
def _ledger(row: Row) -> LedgerRow:
    return LedgerRow(
        row["id"], row["person_id"], row["kind"], date.fromisoformat(row["nominal_date"]), row["outcome"], row["reason"],
        moment(row["due"]), moment_or_none(row["shown"]), row["answer"], moment_or_none(row["answered"]),
    )  # fmt: skip
