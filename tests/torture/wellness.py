"""What "all is well" means after any fault: the one check that every torture ends with.

A journal is read as a stranger would find it: opened anew through the service layer, which replays the log, finishes a
migration and sees to the search index. Promises are items with the SHA-256 of what was acknowledged.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dreamjournal.common.errors import KnownError
from dreamjournal.services import backups, journals
from dreamjournal.store.connect import SCHEMA_VERSION, connect

UNSTEADY = {("journal", "uid"), ("_sqlite_migrations", "applied_at")}
"""Columns that are drawn by chance or come from the computer's own clock."""
GONE = ""
"""The digest of what was acknowledged as deleted."""


def digest(*parts: object) -> str:
    """The SHA-256 of some values."""
    return hashlib.sha256(json.dumps([str(p) for p in parts]).encode()).hexdigest()


def contents(db: Any) -> dict[str, str]:
    """A digest of every table's rows, those of the search index aside (it has a check of its own)."""
    found: dict[str, str] = {}
    for (table,) in db.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        if table.startswith(("dreams_fts", "sqlite_")):
            continue
        columns = [r[1] for r in db.conn.execute(f'PRAGMA table_info("{table}")').fetchall()]
        kept = ", ".join(f'"{c}"' for c in columns if (table, c) not in UNSTEADY)
        rows = sorted(repr(r) for r in db.conn.execute(f'SELECT {kept} FROM "{table}"').fetchall())
        found[table] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()[:16]}"
    return found


def structure(db: Any, version: int = SCHEMA_VERSION) -> list[str]:
    """What is wrong with the file itself: pages, references, search index, schema version, imports that are not whole."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return db.conn.execute(sql).fetchall()

    said: list[str] = []
    try:
        if (found := rows("PRAGMA integrity_check")) != [("ok",)]:
            said.append(f"integrity_check: {found[:3]}")
        if db.encrypted and (found := rows("PRAGMA cipher_integrity_check")):
            said.append(f"cipher_integrity_check: {found[:3]}")
        if found := rows("PRAGMA foreign_key_check"):
            said.append(f"foreign_key_check: {found[:3]}")
        if (found := rows("PRAGMA user_version")) != [(version,)]:
            said.append(f"the schema has version {found}")
        if len(rows("SELECT id FROM journal")) != 1:
            said.append("the journal does not say what it is")
        rows("INSERT INTO dreams_fts (dreams_fts, rank) VALUES ('integrity-check', 1)")
        if rows("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'dreams'") != [(3,)]:
            said.append("the search index has lost its triggers")
    except db.conn.Error as error:
        said.append(f"{type(error).__name__}: {error}")
        return said
    sql = (
        "SELECT i.id FROM imports i WHERE (i.undone IS NULL AND i.receipt = '{}') OR (i.undone IS NOT NULL AND "
        "EXISTS (SELECT 1 FROM sessions s WHERE s.import_id = i.id))"
    )
    said += [f"import {n} is there by half" for (n,) in rows(sql)]
    for table in ("sessions", "dreams", "exposures", "tags", "coverages"):
        sql = f"SELECT count(*) FROM {table} WHERE import_id IS NOT NULL AND import_id NOT IN (SELECT id FROM imports)"
        if (found := rows(sql)) != [(0,)]:
            said.append(f"{found[0][0]} {table} of an import that is not there")
    return said


def items(journal: Any, persons: Iterable[int] = (1,)) -> dict[str, str]:
    """Every thing a person was promised, by name, with its digest."""
    found: dict[str, str] = {}
    for person in persons:
        for d in journal.dreams.all(person):
            if d.import_id is None:
                found[f"dream {person} {d.id}"] = digest(d.text, d.night_date)
        for draft in journal.dreams.drafts(person):
            found[f"draft {person} {draft.slot}"] = digest(draft.text)
    for row in journal._db.rows("SELECT person_id, night_date, comments FROM diaries WHERE source = 'person'"):
        found[f"diary {row['person_id']} {row['night_date']}"] = digest(row["comments"])
    for row in journal._db.rows("SELECT person_id, night_date, intention FROM evenings WHERE intention <> ''"):
        found[f"evening {row['person_id']} {row['night_date']}"] = digest(row["intention"])
    for row in journal._db.rows("SELECT id, person_id, name FROM intakes"):
        found[f"intake {row['person_id']} {row['id']}"] = digest(row["name"])
    for row in journal._db.rows("SELECT id, person_id, undone, receipt FROM imports"):
        if row["undone"] is not None:
            found[f"import {row['person_id']} {row['id']}"] = digest("undone")
            continue
        there = journal._db.row("SELECT count(*) AS n FROM sessions WHERE import_id = ?", (row["id"],))
        found[f"import {row['person_id']} {row['id']}"] = digest(there["n"])
    for made in backups.listed(journal.path):
        found[f"backup 0 {made.id}"] = digest(made.id)
    return found


def lost(promised: dict[str, str], under_way: dict[str, tuple[str, ...]], found: dict[str, str]) -> list[str]:
    """What is not as promised. `under_way` names what was being done when the fault came, with all it may have become."""
    said: list[str] = []
    for name, what in promised.items():
        there = found.get(name, GONE)
        now = (*under_way.get(name, ()), *(under_way.get(f"{name.rsplit(' ', 1)[0]} new", ()) if what == GONE else ()))
        if there != what and there not in now:  # the number of what is gone is given to the next
            said.append(f"{name} is {'lost' if there == GONE else 'there again' if what == GONE else 'another'}")
    for name, what in found.items():
        kind = name.rsplit(" ", 1)[0]
        if kind == "backup 0":  # whatever is risky makes one first
            continue
        if (
            name not in promised
            and what not in under_way.get(name, ())
            and what not in under_way.get(f"{kind} new", ())
        ):
            said.append(f"{name} was never written")
    return said


def faults_of(
    path: Path,
    key: bytes | None,
    promised: dict[str, str] | None = None,
    under_way: dict[str, tuple[str, ...]] | None = None,
    persons: Iterable[int] = (1,),
) -> tuple[list[str], dict[str, str]]:
    """Open the journal anew; what is wrong with it, and the digests of its tables."""
    try:
        journal = journals.open_existing(path, key=key)
    except KnownError as error:
        return [f"it does not open: {type(error).__name__}: {error}"], {}
    try:
        said = structure(journal._db)
        found = contents(journal._db)
        if promised is not None:
            said += lost(promised, under_way or {}, items(journal, persons))
        said += backup_faults(path, key)
    finally:
        journal.close()
    return said, found


def backup_faults(path: Path, key: bytes | None) -> list[str]:
    """Whether the newest backup opens as it lies there; one that was not finished must not be listed."""
    newest = next(iter(backups.listed(path)), None)
    if newest is None:
        return []
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder, "copy.db")
        try:
            shutil.copyfile(newest.file, copy)
            db = connect(copy, key)
        except (KnownError, OSError) as error:
            return [f"the newest backup does not open: {type(error).__name__}: {error}"]
        try:
            return [f"the newest backup: {s}" for s in structure(db, newest.schema)]
        finally:
            db.conn.close()
