"""Codings of dreams: what each rater counted in each dream."""

from __future__ import annotations

import json
from datetime import datetime

from dreamjournal.domain.coding import Coding
from dreamjournal.store.columns import clean, dump, moment, moment_or_none, ms, ms_or_none
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound


class Codings:
    """The repository of codings, one for each dream and rater."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def all(self, person_id: int) -> list[Coding]:
        """All codings of a person's dreams, by dream and rater."""
        sql = "SELECT * FROM codings WHERE person_id = ? ORDER BY dream_id, rater"
        return [_coding(r) for r in self._db.rows(sql, (person_id,))]

    def get(self, dream_id: int, rater: str) -> Coding | None:
        """One rater's coding of one dream."""
        row = self._db.row("SELECT * FROM codings WHERE dream_id = ? AND rater = ?", (dream_id, rater))
        return None if row is None else _coding(row)

    def put(
        self, person_id: int, dream_id: int, rater: str, codes: dict[str, int], finished: datetime | None, now: datetime
    ) -> Coding:
        """Keep a coding, new or changed."""
        values = (person_id, dream_id, clean(rater), dump(codes), ms(now), ms_or_none(finished))
        self._db.execute(
            "INSERT INTO codings (person_id, dream_id, rater, codes, written, finished) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (dream_id, rater) DO UPDATE SET codes = excluded.codes, written = excluded.written, "
            "finished = excluded.finished",
            values,
        )
        return Coding(person_id, dream_id, clean(rater), dict(codes), now, finished)

    def drop(self, dream_id: int, rater: str) -> None:
        """Take a coding away, as if the dream had not been opened yet."""
        self._db.execute("DELETE FROM codings WHERE dream_id = ? AND rater = ?", (dream_id, rater))


@sound
def _coding(row: Row) -> Coding:
    codes = {str(k): int(v) for k, v in json.loads(row["codes"]).items()}
    return Coding(
        row["person_id"], row["dream_id"], row["rater"], codes, moment(row["written"]), moment_or_none(row["finished"])
    )
