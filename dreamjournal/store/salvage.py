"""Reads what can be read of a damaged journal into a new one. The damaged one is only read.

Each table is walked by its row ids from both ends; around a page that cannot be read the walk looks for the next row that
can, by halving. What was lost is counted with the help of the table's indexes, which name rows even where the rows are gone.
Values are taken as they are, or not at all: nothing is guessed.
"""

from __future__ import annotations

import secrets
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dreamjournal.common.errors import DiskFull, JournalDamaged, StoreError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.person import JournalKind
from dreamjournal.store.columns import ms
from dreamjournal.store.connect import SCHEMA_VERSION, Db, Row, connect, dbapi2, load_sqlite_utils, mapped
from dreamjournal.store.dump import TABLES
from dreamjournal.store.fts import ensure_fts
from dreamjournal.store.integrity import DAYS, ENUMS, JSON_COLUMNS, Eye, is_day, is_json

FIRST = (
    "journal",
    "persons",
    "dreams",
    "diaries",
    "drafts",
    "mornings",
    "evenings",
    "exposures",
    "intakes",
    "tags",
    "bin",
)
"""Read before all others: what a person wrote by hand."""
_ALSO = ("original_parts",)
_PATIENCE = 2_000
"""Looks in a row that find nothing; each costs a millisecond or two in an encrypted journal."""
_BEYOND = 4_096
"""How far beyond the last row found a table is searched, where its end cannot be read."""
_BATCH = 200
_WORN = (JournalDamaged, StoreError)


@dataclass(frozen=True)
class Kept:
    """What became of a table. `lost` is exact, or a lower bound where `at_least`."""

    kept: int
    lost: int = 0
    at_least: bool = False


@dataclass
class Notes:
    """What else is to be said of a salvage."""

    parentless: dict[str, int]
    """{table: rows left out because what they belong to is gone}."""
    loosened: dict[str, int]
    """{table: rows kept, but without their link to something that is gone}."""
    made_up: int = 0
    """Persons whose own row is gone; they stand in the new journal under a made-up name, so that their nights have an owner."""


def order() -> tuple[str, ...]:
    """Every table that is read, in that order."""
    return (*FIRST, *(t for t in (*TABLES, *_ALSO) if t not in FIRST))


def read_into(
    source: Eye, target: Path, key: bytes | None, now: datetime, progress: Progress
) -> tuple[dict[str, Kept], Notes]:
    """Make a new journal at `target`, which must be an empty file, of what can be read in `source`.

    It has the schema of the source's version first, and is then brought up to ours as any other. Raises StoreError
    (DiskFull), and Cancelled through `progress`; the file at `target` is then of no use.
    """
    version = _version(source)
    new = connect(target, key)
    try:
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("PRAGMA synchronous = OFF")  # nobody knows of the file yet; it is synced as a whole at the end
        _schema(new, version)
        counts = _tables(source, new, progress)
        if not any(c.kept for c in counts.values()):
            raise JournalDamaged(
                "Nothing was saved",
                "the list of its tables is damaged, so that no row can be found",
                "restore a backup",
            )
        notes = Notes({}, {})
        with new.atomic():
            notes.made_up = _owners(new, ms(now))
            _references(new, notes)
        for table, n in notes.parentless.items():
            was = counts[table]
            counts[table] = Kept(was.kept - n, was.lost + n, was.at_least)
        _finish(new)
        return counts, notes
    finally:
        new.conn.close()


def _version(source: Eye) -> int:
    try:
        row = source.row("PRAGMA user_version")
    except JournalDamaged:
        source.renew()
        return SCHEMA_VERSION
    return min(max(int(row["user_version"]), 1), SCHEMA_VERSION) if row else SCHEMA_VERSION


def _schema(new: Db, version: int) -> None:
    load_sqlite_utils()
    from dreamjournal.store.migrations import steps

    later = [m.name for m in steps.pending(new.utils)][version:]
    with mapped():
        steps.apply(new.utils, stop_before=later[0] if later else None)


def _finish(new: Db) -> None:
    """Bring the new journal up to our version, make its search index, and look whether it is whole."""
    from dreamjournal.store.migrations import migrate

    new.execute("PRAGMA foreign_keys = ON")
    migrate(new)
    ensure_fts(new)
    new.execute("INSERT INTO dreams_fts(dreams_fts) VALUES ('rebuild')")
    row = new.row("PRAGMA integrity_check(1)")
    if row is None or row["integrity_check"] != "ok" or new.row("PRAGMA foreign_key_check") is not None:
        raise StoreError("Nothing was saved", "the new journal is not whole", "try again in another folder")
    new.execute("PRAGMA synchronous = FULL")
    new.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables(source: Eye, new: Db, progress: Progress) -> dict[str, Kept]:
    counts: dict[str, Kept] = {}
    tables = [t for t in order() if new.row(f"PRAGMA table_info({t})") is not None]
    for done, table in enumerate(tables):
        progress.step(done, len(tables), f"Reading {table.replace('_', ' ')}")
        counts[table] = _table(source, new, table, progress)
    return counts


def _table(source: Eye, new: Db, table: str, progress: Progress) -> Kept:
    try:
        theirs = {r["name"] for r in source.rows(f"PRAGMA table_info({table})")}
    except _WORN:
        source.renew()
        theirs = set[str]()
    columns = [r["name"] for r in new.rows(f"PRAGMA table_info({table})") if r["name"] in theirs]
    if "id" not in columns:
        return Kept(0, 1, at_least=True)  # not even known to the file any more
    put = _Putting(new, table, columns)
    walk = _Walk(source, table, columns, put, progress)
    walk.all()
    put.flush()
    if not walk.broken:
        return Kept(put.kept, put.refused)
    if walk.named is None:
        return Kept(put.kept, put.refused + walk.spots, at_least=True)
    return Kept(put.kept, max(len(walk.named - put.ids), put.refused))


def _named(source: Eye, table: str) -> set[int] | None:
    """Ids of all rows of a table as one of its indexes knows them; None where it has none that can be read whole."""
    try:
        indexes = [str(r["name"]) for r in source.rows(f"PRAGMA index_list({table})")]
    except _WORN:
        source.renew()
        return None
    for index in indexes:
        try:
            column = source.rows(f"PRAGMA index_info('{index}')")[0]["name"]
            # Ordered by the index's own column it is the index that is read, not the table.
            sql = f'SELECT rowid AS id FROM {table} INDEXED BY "{index}" ORDER BY {column}'
            return {int(r["id"]) for r in source.rows(sql)}
        except (*_WORN, dbapi2.OperationalError, IndexError):
            source.renew()
    return None


class _Putting:
    """Rows on their way into the new journal; one it refuses, since damage left no valid value, is counted."""

    def __init__(self, new: Db, table: str, columns: list[str]) -> None:
        self._new = new
        marks = ", ".join("?" for _ in columns)
        self._sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        self._batch: list[tuple[Any, ...]] = []
        self._checks = _checks(table, columns)
        self._place = columns.index("id")
        self.ids: set[int] = set()
        self.kept = self.refused = 0

    def put(self, row: tuple[Any, ...]) -> None:
        if row[self._place] in self.ids:
            return
        if any(isinstance(v, str) and "\0" in v for v in row) or not all(ok(row[i]) for i, ok in self._checks):
            self.refused += 1  # no journal ever held this: damage a plain file has no seal to tell of
            return
        self.ids.add(row[self._place])
        self._batch.append(row)
        if len(self._batch) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        batch, self._batch = self._batch, []
        try:
            with self._new.atomic():
                self._new.execute_many(self._sql, batch)
        except DiskFull:
            raise
        except (dbapi2.Error, ValueError, OverflowError):
            for row in batch:  # one of them does not fit; find it
                self._one(row)
        else:
            self.kept += len(batch)

    def _one(self, row: tuple[Any, ...]) -> None:
        try:
            self._new.execute(self._sql, row)
            self.kept += 1
        except (dbapi2.Error, ValueError, OverflowError):
            self.refused += 1
            self.ids.discard(row[self._place])


def _checks(table: str, columns: list[str]) -> list[tuple[int, Callable[[Any], bool]]]:
    """(place of a column, whether a value of it can be) for columns whose values are known words, days or JSON."""
    found: list[tuple[int, Callable[[Any], bool]]] = []
    for of, column, kinds in ENUMS:
        if of == table and column in columns:
            known = {None, *(k.value for k in kinds)}
            found.append((columns.index(column), known.__contains__))
    found += [(columns.index(c), is_day) for of, c in DAYS if of == table and c in columns]
    found += [(columns.index(c), is_json) for of, c in JSON_COLUMNS if of == table and c in columns]
    return found


class _Walk:
    """Finds every row of a table that can be read."""

    def __init__(self, source: Eye, table: str, columns: list[str], put: _Putting, progress: Progress) -> None:
        self._source, self._table, self._put, self._progress = source, table, put, progress
        self._columns = ", ".join(columns)
        self._place = columns.index("id")
        self.named: set[int] | None = None
        """Ids of all rows, where an index knows them; looked for only where something is damaged."""
        self.failures = 0
        self.spots = 1
        """Damaged places with readable rows between them, where any are; at least so many rows are gone."""

    @property
    def broken(self) -> bool:
        """Whether anything could not be read."""
        return self.failures > 0

    def all(self) -> None:
        """Walk from the front; where that ends early, from the back; then look into what is between."""
        last = self._run("1", (), "ASC")
        if not self.broken:
            return
        first = self._run("1", (), "DESC")
        self.named = _named(self._source, self._table)
        low = last if last is not None else (first or 1) - _BEYOND
        high = first if first is not None else low + _BEYOND
        self._between(
            sorted(i for i in self.named if low < i < high) if self.named is not None else range(low + 1, high)
        )

    def _run(self, where: str, values: tuple[int, ...], direction: str) -> int | None:
        """Read rows one way until the end or a damaged page; the id of the last one read."""
        last: int | None = None
        sql = f"SELECT {self._columns} FROM {self._table} WHERE {where} ORDER BY id {direction}"
        count = 0
        try:
            cursor = self._source.conn.execute(sql, values)
            while (row := cursor.fetchone()) is not None:
                last = int(row[self._place])
                self._put.put(row)
                count += 1
                if count % 1000 == 0:
                    self._progress.step(0, 0, f"Reading {self._table.replace('_', ' ')}")
        except (dbapi2.DatabaseError, UnicodeDecodeError, ValueError):
            self.failures += 1
            self._source.renew()
        return last

    def _between(self, ids: Sequence[int]) -> None:
        """Look for readable rows among ids, the middle first, until nothing more is found for long."""
        gaps = deque([(0, len(ids))])
        fruitless = 0
        while gaps and fruitless < (_PATIENCE if self.named is not None else _PATIENCE // 8):
            start, end = gaps.popleft()
            if start >= end:
                continue
            middle = (start + end) // 2
            self._progress.step(0, 0, f"Searching {self._table.replace('_', ' ')}")
            was = self.failures
            low, high = (ids[start - 1] if start else ids[0] - 1), (ids[end] if end < len(ids) else ids[-1] + 1)
            up = self._run("id >= ? AND id < ?", (ids[middle], high), "ASC")
            down = self._run("id < ? AND id > ?", (ids[middle], low), "DESC") if up or self.failures == was else None
            found = up is not None or down is not None
            self.spots += found
            fruitless = 0 if found else fruitless + 1
            gaps.append((bisect_right(ids, up) if up is not None else middle + 1, end))
            gaps.append((start, bisect_left(ids, down) if down is not None else middle))


def _owners(new: Db, now_ms: int) -> int:
    """See that there is a journal row, and a person for everything that names one; how many were made up."""
    named: set[int] = set()
    for table in order():
        if any(c["name"] == "person_id" for c in new.rows(f"PRAGMA table_info({table})")):
            named |= {int(r["p"]) for r in new.rows(f"SELECT DISTINCT person_id AS p FROM {table}")}
    there = {int(r["id"]): str(r["name"]) for r in new.rows("SELECT id, name FROM persons")}
    missing = sorted(named - set(there) - {0})
    kept = new.row("SELECT kind FROM journal")
    alone = len(named | set(there)) <= 1 if kept is None else kept["kind"] == JournalKind.OWN
    names = set(there.values())
    for person in missing or ([1] if alone and not there else []):
        name = "me" if alone and "me" not in names else f"person {person}"
        while name in names:
            name += "'"
        names.add(name)
        new.insert("persons", {"id": person, "name": name, "created": now_ms})
    if kept is None:
        row: Row = {"id": 1, "kind": (JournalKind.OWN if alone else JournalKind.NURSE).value, "made": now_ms}
        if any(c["name"] == "uid" for c in new.rows("PRAGMA table_info(journal)")):
            row["uid"] = secrets.token_hex(16)
        new.insert("journal", row)
    return len(missing)


def _references(new: Db, notes: Notes) -> None:
    """Cut links to rows that are gone where a row can stand without, and leave out rows that cannot."""
    for _ in range(len(TABLES)):  # a row left out may itself be what another belongs to
        broken = new.rows("PRAGMA foreign_key_check")
        if not broken:
            return
        links: dict[str, list[Row]] = {}
        for found in broken:
            table = str(found["table"])
            if table not in links:
                links[table] = new.rows(f"PRAGMA foreign_key_list({table})")
            column = next(k["from"] for k in links[table] if k["id"] == found["fkid"])
            needed = next(c["notnull"] for c in new.rows(f"PRAGMA table_info({table})") if c["name"] == column)
            if needed:
                changed = new.row(f"SELECT 1 AS n FROM {table} WHERE id = ?", (found["rowid"],)) is not None
                new.execute(f"DELETE FROM {table} WHERE id = ?", (found["rowid"],))
                notes.parentless[table] = notes.parentless.get(table, 0) + changed
            else:
                new.execute(f"UPDATE {table} SET {column} = NULL WHERE id = ?", (found["rowid"],))
                notes.loosened[table] = notes.loosened.get(table, 0) + 1
