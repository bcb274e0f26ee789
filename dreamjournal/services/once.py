"""What is said once when a journal is opened: how it was opened, and that it is kept in a place that is not good for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from dreamjournal.common.errors import KnownError
from dreamjournal.common.places import place_of

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

_TOLD = "place_told"


def to_tell(journal: Journal) -> str:
    """The sentences to be shown now, or nothing. A place is told of once, and again when the journal comes to another."""
    parts = list(journal.notices)
    place = place_of(journal.path)
    if any(place.warning) and journal.settings.get(_TOLD) != place.name:
        parts.extend(place.warning)
        with suppress(KnownError):  # a journal that cannot be written now is told of it again
            journal.settings.set(_TOLD, place.name)
    return " ".join(parts)
