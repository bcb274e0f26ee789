"""The bin: what was deleted, whole, so that it can be taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from dreamjournal.common.errors import UserError
from dreamjournal.store.columns import dump, moment, ms
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.fts import fold_log, forget_words
from dreamjournal.store.sound import sound

_NIGHT_TABLES = ("evenings", "intakes", "ticks", "mornings", "diaries", "dreams", "tags", "sessions", "exposures")

_KEYS = {
    "sessions": ("person_id", "source", "source_id"),
    "dreams": ("person_id", "source", "source_id"),
    "exposures": ("person_id", "source", "source_id"),
    "tags": ("person_id", "night_date", "source", "tag"),
    "ticks": ("step_id", "night_date"),
}
"""What makes a row the same row: a later import may have brought it again."""


@dataclass(frozen=True)
class BinItem:
    """Something deleted: `kind` is dream, exposure, evening, diary, intake or night. Holds no words to show."""

    id: int
    person_id: int
    kind: str
    night_date: date | None
    deleted: datetime


class Bin:
    """The repository of deleted things."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def all(self, person_id: int) -> list[BinItem]:
        """Deleted things, the newest first."""
        rows = self._db.rows("SELECT * FROM bin WHERE person_id = ? ORDER BY id DESC", (person_id,))
        return [_item(r) for r in rows]

    def discard_dream(self, dream_id: int, now: datetime) -> int:
        return self._discard_one("dreams", "dream", dream_id, now)

    def discard_exposure(self, exposure_id: int, now: datetime) -> int:
        return self._discard_one("exposures", "exposure", exposure_id, now)

    def discard_intake(self, intake_id: int, now: datetime) -> int:
        return self._discard_one("intakes", "intake", intake_id, now)

    def discard_evening(self, person_id: int, night: date, now: datetime) -> int:
        """All said of an evening, with what the person said enhanced it."""
        return self._discard_night(person_id, night, "evening", ("evenings", "intakes", "ticks", "exposures"), now)

    def discard_diary(self, person_id: int, night: date, now: datetime) -> int:
        return self._discard_night(person_id, night, "diary", ("diaries",), now)

    def discard_night(self, person_id: int, night: date, now: datetime) -> int:
        """Everything of a night: words, answers and recordings."""
        return self._discard_night(person_id, night, "night", _NIGHT_TABLES, now)

    def _discard_one(self, table: str, kind: str, row_id: int, now: datetime) -> int:
        with self._db.atomic():
            row = self._db.row(f"SELECT * FROM {table} WHERE id = ?", (row_id,))
            if row is None:
                raise UserError("Nothing was deleted", f"there is no {kind} {row_id}", "see the list")
            rows = self._with_codings([(table, row)])
            bin_id = self._put(row["person_id"], kind, row.get("night_date"), rows, now)
            self._db.delete(table, row_id)
        return bin_id

    def _discard_night(self, person_id: int, night: date, kind: str, tables: tuple[str, ...], now: datetime) -> int:
        with self._db.atomic():
            rows: list[tuple[str, Row]] = []
            for table in tables:
                said = " AND source = 'diary'" if table == "exposures" and kind == "evening" else ""
                sql = f"SELECT * FROM {table} WHERE person_id = ? AND night_date = ?{said} ORDER BY id"
                rows += [(table, r) for r in self._db.rows(sql, (person_id, night.isoformat()))]
            if not rows:
                raise UserError("Nothing was deleted", "nothing is written there", "choose another night")
            rows = self._with_codings(rows)
            bin_id = self._put(person_id, kind, night.isoformat(), rows, now)
            for table, row in reversed(rows):
                self._db.delete(table, row["id"])
        return bin_id

    def _with_codings(self, rows: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
        """The rows, and after them what was counted in the dreams among them: it goes with its dream."""
        found = list(rows)
        for table, row in rows:
            if table == "dreams":
                sql = "SELECT * FROM codings WHERE dream_id = ? ORDER BY id"
                found += [("codings", coding) for coding in self._db.rows(sql, (row["id"],))]
        return found

    def _put(self, person_id: int, kind: str, night: str | None, rows: list[tuple[str, Row]], now: datetime) -> int:
        return self._db.insert(
            "bin",
            {"person_id": person_id, "kind": kind, "night_date": night, "deleted": ms(now), "contents": dump(rows)},
        )

    @sound
    def restore(self, bin_id: int) -> BinItem:
        """Take something back. What was written in its place since stays; the older row goes beside or is kept out.

        Raises UserError when it is no longer in the bin, or when a newer entry stands where it was.
        """
        with self._db.atomic():
            item = self._db.row("SELECT * FROM bin WHERE id = ?", (bin_id,))
            if item is None:
                raise UserError(
                    "Nothing was taken back", "it is no longer in the bin", "see the list of deleted things"
                )
            dreams: dict[int, int] = {}
            for table, row in json.loads(item["contents"]):
                if table == "codings":
                    if row["dream_id"] not in dreams:
                        continue
                    row["dream_id"] = dreams[row["dream_id"]]
                old = row["id"]
                new = self._put_back(str(table), row)
                if table == "dreams" and new is not None:
                    dreams[old] = new
            self._db.delete("bin", bin_id)
        return _item(item)

    def _put_back(self, table: str, row: Row) -> int | None:
        """Insert the row; its id, which is another where the old one was given away. None where it is there again."""
        if (
            row.get("tag_id") is not None
            and self._db.row("SELECT 1 AS n FROM tags WHERE id = ?", (row["tag_id"],)) is None
        ):
            row["tag_id"] = None
        if table in ("evenings", "mornings", "diaries"):
            there = self._db.row(
                f"SELECT id FROM {table} WHERE person_id = ? AND night_date = ?",
                (row["person_id"], row["night_date"]),
            )
            if there is not None:
                raise UserError(
                    "Nothing was taken back", "that night was written anew since", "delete the new entry first"
                )
        if self._came_back(table, row):
            return None
        if self._db.row(f"SELECT 1 AS n FROM {table} WHERE id = ?", (row["id"],)) is not None:
            row = {k: v for k, v in row.items() if k != "id"}
        return self._db.insert(table, row)

    def _came_back(self, table: str, row: Row) -> bool:
        """Whether the row is in the journal again, brought by a later import or ticked anew: that one stays.

        A dream that was rewritten since is kept beside its later import, without the file's id.
        """
        names = _KEYS.get(table)
        if names is None or any(row.get(name) is None for name in names):
            return False
        where = " AND ".join(f"{name} = ?" for name in names)
        there = self._db.row(f"SELECT * FROM {table} WHERE {where}", tuple(row[name] for name in names))
        if there is not None and table == "dreams" and there["text"] != row["text"]:
            row["source_id"] = None
            return False
        return there is not None

    def has_older(self, before: datetime) -> bool:
        """Whether anything was deleted before."""
        return self._db.row("SELECT 1 AS one FROM bin WHERE deleted < ? LIMIT 1", (ms(before),)) is not None

    def purge(self, before: datetime) -> int:
        """Forget for good what was deleted before; returns how many."""
        rows = self._db.rows("SELECT id FROM bin WHERE deleted < ?", (ms(before),))
        if rows:  # most starts find nothing, and need not wait for the write lock
            with self._db.atomic():
                self._db.execute("DELETE FROM bin WHERE deleted < ?", (ms(before),))
                forget_words(self._db)
            fold_log(self._db)
        return len(rows)


@sound
def _item(row: Row) -> BinItem:
    night = date.fromisoformat(row["night_date"]) if row["night_date"] else None
    return BinItem(row["id"], row["person_id"], row["kind"], night, moment(row["deleted"]))
