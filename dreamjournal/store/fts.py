"""The search index over dreams."""

from __future__ import annotations

from typing import Any

from dreamjournal.store.connect import Db, mapped


def ensure_fts(db: Db) -> None:
    """The search index over dreams, with its three triggers; made again when a table rebuild dropped them.

    sqlite-utils' `transform()` silently drops triggers (measured: 3 before, 0 after), and search then goes stale.
    """
    triggers = db.row("SELECT count(*) AS n FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'dreams'")
    index = db.row("SELECT 1 AS n FROM sqlite_master WHERE name = 'dreams_fts'")
    if index and triggers and triggers["n"] == 3:
        return
    table: Any = db.utils["dreams"]
    table.enable_fts(["text", "tags"], create_triggers=True, replace=True, tokenize="unicode61 remove_diacritics 2")
    if index:
        table.rebuild_fts()


def forget_words(db: Db) -> None:
    """Take the words of deleted and changed dreams out of the index, which keeps them until it is merged (measured)."""
    db.execute("INSERT INTO dreams_fts (dreams_fts) VALUES ('optimize')")


def fold_log(db: Db) -> None:
    """Fold the write-ahead log into the file and empty it, so that no older page stands in it; not while others read."""
    if db.conn.in_transaction:
        return
    with mapped():
        db.conn.execute("PRAGMA busy_timeout = 0").fetchall()
        try:
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            db.conn.execute("PRAGMA busy_timeout = 5000").fetchall()
