"""The files imports were read from, kept inside the journal up to a size the person sets."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from dreamjournal.services import settings
from dreamjournal.services.import_reading import ReadFile
from dreamjournal.store.journal import Journal

MIB = 1024 * 1024


def keep(
    journal: Journal, import_id: int, read: ReadFile, person_id: int, now: datetime
) -> Literal["kept", "too_large", "changed", ""]:
    """Keep what an import was read from, inside the caller's transaction.

    "too_large" where a file exceeds the person's limit, "changed" where it is no longer what was read.
    """
    limit = int(settings.get(journal, person_id, "originals_limit_mb")) * MIB
    outcome: Literal["kept", "too_large", "changed", ""] = ""
    for source in read.sources:
        if journal.originals.has(source.sha256):
            journal.originals.keep(import_id, source.name, source.sha256, None, source.size, now)
            outcome = outcome or "kept"
        elif source.size > limit:
            outcome = "too_large"
        else:
            try:
                with source.path.open("rb") as stream:
                    kept = journal.originals.keep(import_id, source.name, source.sha256, stream, source.size, now)
            except OSError:
                kept = False
            outcome = (outcome or "kept") if kept else "changed"
    return outcome
