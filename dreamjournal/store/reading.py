"""What the person said of how files are to be read: zones, stays elsewhere, and the meaning of columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from dreamjournal.domain.column_map import ColumnMap
from dreamjournal.domain.drafts import Travel
from dreamjournal.store.columns import clean, dump
from dreamjournal.store.connect import Db
from dreamjournal.store.sound import sound


@dataclass(frozen=True)
class KeptTravel:
    """A stay in another zone, as kept."""

    id: int
    travel: Travel


class Reading:
    """The repository of these words."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def zones(self, person_id: int) -> dict[str, str]:
        """{source: zone} of the zones once named for files without one."""
        rows = self._db.rows("SELECT source, zone FROM source_zones WHERE person_id = ?", (person_id,))
        return {r["source"]: r["zone"] for r in rows}

    def set_zone(self, person_id: int, source: str, zone: str) -> None:
        self._db.execute(
            "INSERT INTO source_zones (person_id, source, zone) VALUES (?, ?, ?) "
            "ON CONFLICT (person_id, source) DO UPDATE SET zone = excluded.zone",
            (person_id, source, zone),
        )

    @sound
    def travels(self, person_id: int) -> list[KeptTravel]:
        """Stays in other zones, the earliest first."""
        rows = self._db.rows("SELECT * FROM travels WHERE person_id = ? ORDER BY first, id", (person_id,))
        return [
            KeptTravel(r["id"], Travel(date.fromisoformat(r["first"]), date.fromisoformat(r["last"]), r["zone"]))
            for r in rows
        ]

    def add_travel(self, person_id: int, travel: Travel) -> int:
        row = {
            "person_id": person_id, "first": travel.first.isoformat(), "last": travel.last.isoformat(), "zone": travel.zone,
        }  # fmt: skip
        return self._db.insert("travels", row)

    def delete_travel(self, travel_id: int) -> None:
        self._db.delete("travels", travel_id)

    def column_maps(self, person_id: int) -> dict[str, ColumnMap]:
        """{header key: what the columns mean}."""
        rows = self._db.rows("SELECT header, map FROM column_maps WHERE person_id = ?", (person_id,))
        return {r["header"]: _map(r["map"]) for r in rows}

    def set_columns(self, person_id: int, header: str, columns: ColumnMap) -> None:
        text = dump([[list(c) for c in columns.columns], columns.unit, columns.day_first, columns.zone])
        self._db.execute(
            "INSERT INTO column_maps (person_id, header, map) VALUES (?, ?, ?) "
            "ON CONFLICT (person_id, header) DO UPDATE SET map = excluded.map",
            (person_id, header, clean(text)),
        )

    def forget_columns(self, person_id: int, header: str) -> None:
        self._db.execute("DELETE FROM column_maps WHERE person_id = ? AND header = ?", (person_id, header))


@sound
def _map(text: str) -> ColumnMap:
    columns, unit, day_first, zone = json.loads(text)
    return ColumnMap(tuple((c, r) for c, r in columns), unit, day_first, zone)
