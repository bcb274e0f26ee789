"""Copies a journal that may be in use into one file, and reads such a copy through without writing to it.

No file of a journal is ever opened here but by SQLite: closing any other handle on it would drop the locks that this
process holds on it (POSIX).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamjournal.common.errors import Cancelled, JournalBusy, JournalDamaged, JournalTooNew
from dreamjournal.common.progress import Progress
from dreamjournal.store import heads
from dreamjournal.store.connect import SCHEMA_VERSION, Db, connect, dbapi2, mapped, read_only

STEPS = 4_000
"""Instructions of SQLite's machine between two looks at whether to go on: a fraction of a millisecond."""
TRIES = 20
OWN_TABLES = ("journal", "persons", "_sqlite_migrations", "sqlite_sequence")
"""Rows of these alone make no journal worth a backup."""
NIGHT_TABLES = ("dreams", "mornings", "diaries", "evenings", "exposures", "sessions")


@dataclass(frozen=True)
class Held:
    """What a journal file holds: rows by table with its `nights`, its name of its own, when it was made, its schema."""

    counts: dict[str, int]
    uid: str
    made_ms: int
    schema: int


def stamp(path: Path) -> str:
    """What the file system says of a journal's files: it differs after every write, and may differ without one.

    Inode, size and time of the file, its write-ahead log and its key slots: each commit writes into one of the first
    two. "" where there is no journal.
    """
    parts: list[str] = []
    for name in _written_names(path):
        try:
            found = path.with_name(name).stat()
        except OSError:
            parts.append("-")
            continue
        # An empty log says nothing: opening a journal makes one.
        parts.append(f"{found.st_ino}.{found.st_size}.{found.st_mtime_ns}" if found.st_size or not parts else "-")
    return "" if parts[0] == "-" else ":".join(parts)


def settled(path: Path, now_ns: int) -> bool:
    """Whether the files were last written so long before `now_ns`, a time of the same disk, that a write after it shows."""
    for name in _written_names(path):
        with contextlib.suppress(FileNotFoundError):
            written = path.with_name(name).stat().st_mtime_ns
            fine = written % 1_000_000_000 != 0  # some file systems keep whole seconds, or every second one
            if now_ns - written < (50_000_000 if fine else 2_500_000_000):
                return False
    return True


def _written_names(path: Path) -> tuple[str, ...]:
    return path.name, path.name + "-wal", path.name + ".keys"


def holds_anything(path: Path, key: bytes | None) -> bool:
    """Whether there is more in a journal than what every new one has. Raises StoreError."""
    db = connect(path, key)
    try:
        return any(
            db.row(f'SELECT 1 AS one FROM "{name}" LIMIT 1') is not None
            for name in _tables(db)
            if name not in OWN_TABLES and not name.startswith("dreams_fts")
        )
    finally:
        db.conn.close()


def held(path: Path, key: bytes | None) -> Held:
    """What the journal at `path` holds now. Raises StoreError."""
    db = connect(path, key)
    try:
        return _held(db)
    finally:
        db.conn.close()


def copy(path: Path, key: bytes | None, target: Path, progress: Progress) -> Held:
    """Write the journal as it is now to `target`, under the same key, while others may go on writing; what it holds.

    The counts are those of the very moment of the copy: where somebody wrote between the two, both are made anew.
    Raises StoreError, OSError, and Cancelled through `progress`.
    """
    size = path.stat().st_size
    for attempt in range(TRIES):
        # The last time nobody may write until the copy has begun, which is a moment of counting.
        found = _copied(path, key, target, size, progress, alone=attempt == TRIES - 1)
        if found is not None:
            sync(target)
            return found
    raise JournalBusy("No backup was made", "another program is writing to the journal", "try again in a moment")


def _copied(path: Path, key: bytes | None, target: Path, size: int, progress: Progress, *, alone: bool) -> Held | None:
    for old in (target, target.with_name(target.name + "-journal")):
        old.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    watcher = connect(path, key)
    try:
        if alone:
            with mapped():
                watcher.conn.execute("BEGIN IMMEDIATE")
        before = watcher.row("PRAGMA data_version")
        counted = _held(watcher)
        copier = connect(path, key)
        begun = False

        def begin() -> bool:
            """Once the copy reads its snapshot: whether that is the one that was counted."""
            nonlocal begun
            if begun:
                return True
            begun = True
            if alone:
                watcher.conn.execute("ROLLBACK")
                return True
            return watcher.row("PRAGMA data_version") == before

        moved = [False]

        def step() -> None:
            if not begin():
                moved[0] = True
                raise Cancelled
            progress.step(min(_size(target), size), size, "Copying")

        try:
            with watched(copier, step), mapped():
                copier.conn.execute("VACUUM INTO ?", (str(target),)).fetchall()
        except Cancelled:
            if moved[0]:
                return None
            raise
        finally:
            copier.conn.close()
        return counted if begin() else None
    finally:
        watcher.conn.close()


def read_through(path: Path, key: bytes | None, progress: Progress) -> Held:
    """Open a copy with its key, without writing to it, and read every page of it; what it holds.

    Raises JournalDamaged where the key does not open it or a page is not as it was written, JournalTooNew, and Cancelled.
    """
    db = opened(path, key)
    try:

        def step() -> None:
            progress.step(0, 0, "Reading it through")

        with watched(db, step), mapped():
            schema = int(db.conn.execute("PRAGMA user_version").fetchone()[0])
            if schema > SCHEMA_VERSION:
                raise JournalTooNew(
                    "This backup was made by a newer Dreamjournal", "it was not touched", "update the app to use it"
                )
            # Each page read is checked against its own seal where the file is encrypted, so this reads them all once. The
            # search index is looked at as the tables it is kept in: to compare it with the dreams costs as much again.
            for name in ("sqlite_schema", *_tables(db)):
                if db.conn.execute(f"PRAGMA quick_check('{name}')").fetchall() != [("ok",)]:
                    raise _damaged()
            return _held(db)
    except (dbapi2.DatabaseError, ValueError, TypeError, KeyError) as error:
        raise _damaged() from error
    finally:
        db.conn.close()


def opened(path: Path, key: bytes | None) -> Db:
    """A connection that never writes to `path` nor beside it, for a file that nobody else has open. Raises StoreError."""
    if not path.is_file():
        raise _damaged()
    conn = read_only(path, key, still=not heads.is_open(path))
    try:
        with mapped():
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        conn.close()
        raise
    return Db(conn, key is not None)


def opens(path: Path, key: bytes | None) -> bool:
    """Whether this key opens the file at all; nobody else may have it open."""
    try:
        opened(path, key).conn.close()
    except JournalDamaged:
        return False
    return True


def convert(source: Path, key: bytes | None, target: Path, new_key: bytes | None, progress: Progress) -> None:
    """Write what a file nobody has open holds to `target` under another key, None for a plain file.

    `new_key` may have the salt of the new file behind its 32 bytes. Raises StoreError, OSError and Cancelled.
    """
    db = opened(source, key)
    try:
        with written(db, target, new_key, lambda: progress.step(0, 0, "Copying"), uri=True):
            pass
    finally:
        db.conn.close()


@contextmanager
def written(db: Db, target: Path, key: bytes | None, step: Callable[[], None], *, uri: bool = False) -> Generator[None]:
    """Write what `db` holds to the new file `target`, which is attached as `made` within the block and on the disk after it.

    `step` is called now and then meanwhile; `uri` says whether the connection takes names as addresses, and can only read
    where it does. Raises StoreError, OSError, and what `step` raises.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    version = int(db.conn.execute("PRAGMA user_version").fetchone()[0])
    name = f"{target.absolute().as_uri()}?mode=rw" if uri else str(target)
    sealed = f"x'{key.hex()}'" if key is not None else ""
    with mapped():
        db.conn.execute("ATTACH DATABASE ? AS made KEY ?", (name, sealed))
        try:
            with watched(db, step):
                db.conn.execute("SELECT sqlcipher_export('made')").fetchall()
            db.conn.execute(f"PRAGMA made.user_version = {version}")
            yield
        finally:
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            db.conn.execute("DETACH DATABASE made")
    sync(target)


def fold(path: Path, key: bytes | None) -> None:
    """Put what the write-ahead log holds into the file, and let the log go. Nobody else may have it open. Raises StoreError."""
    db = connect(path, key)
    try:
        with mapped():
            busy = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise JournalBusy("Nothing was restored", "another program has the journal open", "close it and try again")
    finally:
        db.conn.close()


def sync(path: Path) -> None:
    """Make sure that a file nobody has open is on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _held(db: Db) -> Held:
    """Counts and names, all of one moment."""
    inside = bool(db.conn.in_transaction)
    if not inside:
        db.execute("BEGIN")
    try:
        names = _tables(db)
        counts = {name: _count(db, f'"{name}"') for name in names}
        with_nights = [n for n in NIGHT_TABLES if n in counts]
        if with_nights:
            union = " UNION ".join(f'SELECT person_id, night_date FROM "{n}"' for n in with_nights)
            counts["nights"] = _count(db, f"({union})")
        row = db.row("SELECT * FROM journal") if "journal" in counts else None
        version = db.row("PRAGMA user_version") or {}
        found = row or {}
        return Held(counts, str(found.get("uid", "")), int(found.get("made", 0)), int(version.get("user_version", 0)))
    finally:
        if not inside:
            db.execute("ROLLBACK")


def _count(db: Db, what: str) -> int:
    row: dict[str, Any] = db.row(f"SELECT count(*) AS n FROM {what}") or {}
    return int(row.get("n", 0))


def _tables(db: Db) -> list[str]:
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [str(row["name"]) for row in db.rows(sql)]


@contextmanager
def watched(db: Db, step: Callable[[], None]) -> Generator[None]:
    """Call `step` now and then while SQLite works; what it raises ends the work and comes out of the block."""
    raised: list[BaseException] = []

    def look() -> int:
        try:
            step()
        except BaseException as error:  # noqa: BLE001 - the driver would swallow it
            raised.append(error)
            return 1
        return 0

    db.conn.set_progress_handler(look, STEPS)
    try:
        yield
    except dbapi2.DatabaseError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        db.conn.set_progress_handler(None, STEPS)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _damaged() -> JournalDamaged:
    return JournalDamaged("This backup is not good", "it cannot be read through", "use an older one")
