"""Which nights there are: every date anything hangs on."""

from __future__ import annotations

from datetime import date

from dreamjournal.store.connect import Db
from dreamjournal.store.sound import sound

_SOURCES = (
    "SELECT night_date FROM sessions WHERE person_id = :p",
    "SELECT night_date FROM diaries WHERE person_id = :p",
    "SELECT night_date FROM dreams WHERE person_id = :p",
    "SELECT night_date FROM exposures WHERE person_id = :p",
    "SELECT night_date FROM tags WHERE person_id = :p",
    "SELECT night_date FROM intakes WHERE person_id = :p",
    "SELECT night_date FROM ticks WHERE person_id = :p",
    "SELECT night_date FROM mornings WHERE person_id = :p AND (recall IS NOT NULL OR passed_over IS NOT NULL)",
    "SELECT night_date FROM evenings WHERE person_id = :p AND (answer IS NOT NULL OR intention <> '' OR lights_out_ms IS NOT NULL)",
)
_ALL = " UNION ".join(_SOURCES)


class Nights:
    """The dates of nights."""

    def __init__(self, db: Db) -> None:
        self._db = db

    @sound
    def dates(self, person_id: int, first: date | None = None, last: date | None = None) -> list[date]:
        """Every night something is known of, in order."""
        span = {"p": person_id, "a": first.isoformat() if first else "", "b": last.isoformat() if last else "9999"}
        rows = self._db.rows(f"SELECT night_date FROM ({_ALL}) WHERE night_date BETWEEN :a AND :b ORDER BY 1", span)
        return [date.fromisoformat(r["night_date"]) for r in rows]

    @sound
    def first_last(self, person_id: int) -> tuple[date, date] | None:
        """The first and the last night, None when there is none."""
        row = self._db.row(f"SELECT min(night_date) AS a, max(night_date) AS b FROM ({_ALL})", {"p": person_id})
        if row is None or row["a"] is None:
            return None
        return date.fromisoformat(row["a"]), date.fromisoformat(row["b"])
