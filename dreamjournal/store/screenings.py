"""What was answered before an enhancer was put on a schedule."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from dreamjournal.store.columns import clean, dump, moment, ms
from dreamjournal.store.connect import Db
from dreamjournal.store.sound import sound


@dataclass(frozen=True)
class Answered:
    """Yes or no for each question's key, and when it was said."""

    answers: dict[str, bool]
    when: datetime


class Screenings:
    """Answers to the questions that come before a study. Each set is kept; the latest counts."""

    def __init__(self, db: Db) -> None:
        self._db = db

    @sound
    def latest(self, person_id: int, enhancer: str) -> Answered | None:
        """The last answers about this enhancer, upper and lower case alike; None where it was never asked."""
        folded = enhancer.strip().casefold()
        rows = self._db.rows("SELECT * FROM screenings WHERE person_id = ? ORDER BY id DESC", (person_id,))
        row = next((r for r in rows if r["enhancer"].casefold() == folded), None)
        if row is None:
            return None
        return Answered({str(k): bool(v) for k, v in json.loads(row["answers"]).items()}, moment(row["answered"]))

    def put(self, person_id: int, enhancer: str, answers: dict[str, bool], now: datetime) -> int:
        """Keep a set of answers; its id."""
        return self._db.insert(
            "screenings",
            {"person_id": person_id, "enhancer": clean(enhancer), "answers": dump(answers), "answered": ms(now)},
        )
