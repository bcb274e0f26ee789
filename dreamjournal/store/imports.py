"""Imports: receipts, and the record of every row they touched, by which an import is undone exactly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dreamjournal.common.errors import UserError
from dreamjournal.store.columns import clean, dump, moment, moment_or_none, ms
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.originals import Originals
from dreamjournal.store.sound import sound

TABLES = frozenset(
    {"sessions", "dreams", "tags", "exposures", "coverages", "diaries", "mornings", "enhancers", "rules"}
)


@dataclass(frozen=True)
class ImportRecord:
    """One file read."""

    id: int
    person_id: int
    name: str
    format: str
    source: str
    sha256: str
    parser_version: int
    zone: str | None
    zone_confidence: str
    imported: datetime
    undone: datetime | None
    receipt: dict[str, Any]


class Imports:
    """The repository of imports."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._originals = Originals(db)

    def start(
        self, person_id: int, *, name: str, sha256: str, format: str, source: str, parser_version: int, zone: str | None,
        zone_confidence: str, now: datetime,
    ) -> int:  # fmt: skip
        """Begin an import inside the caller's transaction; returns its id."""
        row: Row = {
            "person_id": person_id, "name": clean(name), "sha256": sha256, "format": format, "source": source,
            "parser_version": parser_version, "zone": zone, "zone_confidence": zone_confidence, "imported": ms(now),
        }  # fmt: skip
        return self._db.insert("imports", row)

    def finish(self, import_id: int, receipt: dict[str, Any]) -> None:
        """Keep the receipt."""
        self._db.update("imports", import_id, {"receipt": clean(dump(receipt))})

    def inserted(self, import_id: int, table: str, row_id: int) -> None:
        """Note that this import made a row. Call after inserting it."""
        self._note(import_id, table, row_id, None)

    def changing(self, import_id: int, table: str, row_id: int) -> None:
        """Note a row as it is before this import changes or deletes it. Call before; a second call is nothing."""
        row = self._db.row(f"SELECT * FROM {_named(table)} WHERE id = ?", (row_id,))
        if row is not None:
            self._note(import_id, table, row_id, dump(row))

    def inserted_all(self, import_id: int, table: str, row_ids: Iterable[int]) -> None:
        """Note many rows that this import made."""
        self._db.execute_many(
            "INSERT OR IGNORE INTO import_rows (import_id, tbl, row_id, before) VALUES (?, ?, ?, NULL)",
            [(import_id, _named(table), row_id) for row_id in row_ids],
        )

    def _note(self, import_id: int, table: str, row_id: int, before: str | None) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO import_rows (import_id, tbl, row_id, before) VALUES (?, ?, ?, ?)",
            (import_id, _named(table), row_id, before),
        )

    def get(self, import_id: int) -> ImportRecord | None:
        row = self._db.row("SELECT * FROM imports WHERE id = ?", (import_id,))
        return None if row is None else _record(row)

    def all(self, person_id: int | None = None) -> list[ImportRecord]:
        """Imports, the newest first."""
        if person_id is None:
            return [_record(r) for r in self._db.rows("SELECT * FROM imports ORDER BY id DESC")]
        return [
            _record(r)
            for r in self._db.rows("SELECT * FROM imports WHERE person_id = ? ORDER BY id DESC", (person_id,))
        ]

    def touching(self, table: str, row_id: int) -> list[int]:
        """Ids of the imports that made or changed a row, in order."""
        sql = "SELECT import_id FROM import_rows WHERE tbl = ? AND row_id = ? ORDER BY import_id"
        return [int(r["import_id"]) for r in self._db.rows(sql, (_named(table), row_id))]

    @sound
    def undo(self, import_id: int, now: datetime, step: Callable[[int, int], None] | None = None) -> None:
        """Put every row back as it was before the import; `step` is told how far it is and may raise.

        Where a later import changed the same row, that import's note takes over what stood before this one, so that
        undoing in any order ends where it began. Raises UserError when unknown or already undone.
        """
        with self._db.atomic():
            record = self.get(import_id)
            if record is None:
                raise UserError("Nothing was undone", f"there is no import {import_id}", "see the list of imports")
            if record.undone is not None:
                raise UserError(
                    "Nothing was undone", f"import {import_id} was undone before", "see the list of imports"
                )
            self._db.execute("PRAGMA defer_foreign_keys = ON")
            # Enhancers last: exposures and mappings point at them.
            sql = "SELECT * FROM import_rows WHERE import_id = ? ORDER BY tbl = 'enhancers', id DESC"
            notes = self._db.rows(sql, (import_id,))
            for number, note in enumerate(notes):
                if step is not None:
                    step(number, len(notes))
                later = self._db.row(
                    "SELECT id FROM import_rows WHERE tbl = ? AND row_id = ? AND import_id > ? ORDER BY import_id LIMIT 1",
                    (note["tbl"], note["row_id"], import_id),
                )
                if later is not None:
                    self._db.update("import_rows", later["id"], {"before": note["before"]})
                elif note["before"] is None and not (note["tbl"] == "enhancers" and self._in_use(note["row_id"])):
                    self._db.delete(_named(note["tbl"]), note["row_id"])
                elif note["before"] is not None:
                    self._restore(_named(note["tbl"]), json.loads(note["before"]))
            self._db.execute("DELETE FROM import_rows WHERE import_id = ?", (import_id,))
            self._originals.forget(import_id)
            self._db.update("imports", import_id, {"undone": ms(now)})

    def _in_use(self, enhancer_id: int) -> bool:
        """Whether the person has come to use an enhancer that an import brought along: then it stays."""
        return any(
            self._db.row(f"SELECT 1 AS n FROM {table} WHERE enhancer_id = ? LIMIT 1", (enhancer_id,))
            for table in ("exposures", "rules", "only_periods")
        )

    def _restore(self, table: str, row: Row) -> None:
        if self._db.row(f"SELECT 1 AS n FROM {table} WHERE id = ?", (row["id"],)) is None:
            self._db.insert(table, row)
        else:
            self._db.update(table, row["id"], {k: v for k, v in row.items() if k != "id"})


def _named(table: str) -> str:
    if table not in TABLES:
        raise ValueError(f"imports do not write to {table}")
    return table


@sound
def _record(row: Row) -> ImportRecord:
    return ImportRecord(
        row["id"], row["person_id"], row["name"], row["format"], row["source"], row["sha256"], row["parser_version"], row["zone"],
        row["zone_confidence"], moment(row["imported"]), moment_or_none(row["undone"]), json.loads(row["receipt"]),
    )  # fmt: skip
