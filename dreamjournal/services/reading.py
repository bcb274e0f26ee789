"""What the person says of how files are to be read: the zone of a source, and stays in other zones."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.column_map import ColumnMap
from dreamjournal.domain.drafts import Travel
from dreamjournal.services.settings import known_zone

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.reading import KeptTravel


def zones(journal: Journal, person_id: int) -> dict[str, str]:
    """{source: zone} of files without a zone, as once said."""
    return journal.reading.zones(person_id)


def set_zone(journal: Journal, person_id: int, source: str, zone: str) -> Changes:
    """Read the source's files in another zone from now on; what is imported changes when it is read again."""
    journal.reading.set_zone(person_id, source, _zone(zone))
    return Changes.SETTINGS


def travels(journal: Journal, person_id: int) -> list[KeptTravel]:
    """Stays in other zones, the earliest first."""
    return journal.reading.travels(person_id)


def add_travel(journal: Journal, person_id: int, first: date, last: date, zone: str) -> Changes:
    """Say that the person was in `zone` from `first` to `last`, both included. Raises UserError where stays overlap."""
    if last < first:
        raise UserError("The stay was not kept", "it ends before it begins", "check the dates", field="to")
    for kept in travels(journal, person_id):
        if kept.travel.first <= last and first <= kept.travel.last:
            t = kept.travel
            raise UserError(
                "The stay was not kept", f"there is one from {t.first} to {t.last} already", "take that one away first",
                field="from",
            )  # fmt: skip
    journal.reading.add_travel(person_id, Travel(first, last, _zone(zone)))
    return Changes.SETTINGS


def delete_travel(journal: Journal, travel_id: int) -> Changes:
    """Take a stay away."""
    journal.reading.delete_travel(travel_id)
    return Changes.SETTINGS


def column_maps(journal: Journal, person_id: int) -> dict[str, ColumnMap]:
    """What the person said the columns of tables mean, by the key of their header."""
    return journal.reading.column_maps(person_id)


def set_columns(journal: Journal, person_id: int, key: str, columns: ColumnMap) -> Changes:
    """Keep what the columns of a table mean."""
    journal.reading.set_columns(person_id, key, columns)
    return Changes.SETTINGS


def forget_columns(journal: Journal, person_id: int, key: str) -> Changes:
    """Ask again when a table of these columns is imported; what it brought stays."""
    journal.reading.forget_columns(person_id, key)
    return Changes.SETTINGS


def _zone(zone: str) -> str:
    if not known_zone(zone):
        raise UserError(
            "Nothing was kept", f"there is no time zone {zone[:60]!r}", "name one like Europe/London", field="zone"
        )
    return zone
