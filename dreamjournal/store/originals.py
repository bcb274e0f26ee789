"""The files imports were read from: kept once by their SHA-256, compressed, in parts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from dreamjournal.store.columns import clean, ms
from dreamjournal.store.connect import Db

PART = 1024 * 1024
LEVEL = 6
TASTE = 16 * 1024


@dataclass(frozen=True)
class Original:
    """A kept file: `size` bytes, `packed` of them in the journal, under the name it had at an import."""

    id: int
    import_id: int
    name: str
    sha256: str
    size: int
    packed: int


class Originals:
    """The repository of kept files."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def has(self, sha256: str) -> bool:
        """Whether this file is kept already."""
        return self._db.row("SELECT 1 AS n FROM originals WHERE sha256 = ?", (sha256,)) is not None

    def keep(self, import_id: int, name: str, sha256: str, stream: IO[bytes] | None, size: int, now: datetime) -> bool:
        """Keep a file for an import; False when `stream` no longer holds what `sha256` says, and then nothing is kept.

        Without a stream the file must be here already. Call inside a transaction.
        """
        found = self._db.row("SELECT id FROM originals WHERE sha256 = ?", (sha256,))
        if found is None:
            if stream is None:
                return False
            with self._db.atomic():
                original = self._db.insert("originals", {"sha256": sha256, "size": size, "packed": 0, "kept": ms(now)})
                packed, digest = self._write(original, stream)
                if digest != sha256:
                    self._db.delete("originals", original)
                    return False
                self._db.update("originals", original, {"packed": packed})
        else:
            original = int(found["id"])
        self._db.execute(
            "INSERT OR IGNORE INTO import_originals (import_id, original_id, name) VALUES (?, ?, ?)",
            (import_id, original, clean(name)),
        )
        return True

    def packed(self) -> dict[int, int]:
        """{id: bytes it takes in the journal} of every kept file."""
        return {int(r["id"]): int(r["packed"]) for r in self._db.rows("SELECT id, packed FROM originals")}

    def fill(self, original_id: int, stream: IO[bytes]) -> str:
        """Keep the bytes of a file that is named here without them; returns their SHA-256. Call inside a transaction."""
        packed, digest = self._write(original_id, stream)
        self._db.update("originals", original_id, {"packed": packed})
        return digest

    def _write(self, original: int, stream: IO[bytes]) -> tuple[int, str]:
        digest, packed, part = hashlib.sha256(), 0, 0
        while chunk := stream.read(PART):
            digest.update(chunk)
            # The first byte says whether a part is compressed. What is packed already (a zip) does not shrink: a taste
            # tells, since compressing it all in vain took a tenth of the import of a 100 MB export.
            taste = chunk[:TASTE]
            shrinks = len(zlib.compress(taste, 1)) < 0.9 * len(taste)
            data = b"z" + zlib.compress(chunk, LEVEL) if shrinks else b"=" + chunk
            self._db.execute(
                "INSERT INTO original_parts (original_id, part, data) VALUES (?, ?, ?)", (original, part, data)
            )
            packed += len(data)
            part += 1
        return packed, digest.hexdigest()

    def parts(self, original_id: int) -> Iterator[bytes]:
        """The file's bytes, part by part."""
        part = 0
        while True:
            row = self._db.row(
                "SELECT data FROM original_parts WHERE original_id = ? AND part = ?", (original_id, part)
            )
            if row is None:
                return
            data = bytes(row["data"])
            yield zlib.decompress(data[1:]) if data[:1] == b"z" else data[1:]
            part += 1

    def of_person(self, person_id: int) -> list[Original]:
        """What is kept of the person's imports that stand, the oldest first."""
        sql = (
            "SELECT o.id, l.import_id, l.name, o.sha256, o.size, o.packed FROM import_originals l "
            "JOIN originals o ON o.id = l.original_id JOIN imports i ON i.id = l.import_id "
            "WHERE i.person_id = ? AND i.undone IS NULL ORDER BY l.import_id, l.id"
        )
        return [
            Original(r["id"], r["import_id"], r["name"], r["sha256"], r["size"], r["packed"])
            for r in self._db.rows(sql, (person_id,))
        ]

    def totals(self) -> tuple[int, int, int]:
        """(files, their bytes, bytes they take in the journal)."""
        row = self._db.row(
            "SELECT count(*) AS n, coalesce(sum(size), 0) AS a, coalesce(sum(packed), 0) AS b FROM originals"
        )
        return (int(row["n"]), int(row["a"]), int(row["b"])) if row else (0, 0, 0)

    def forget(self, import_id: int) -> None:
        """The import no longer needs its files; those that no other import needs are deleted."""
        self._db.execute("DELETE FROM import_originals WHERE import_id = ?", (import_id,))
        self._db.execute("DELETE FROM originals WHERE id NOT IN (SELECT original_id FROM import_originals)")
