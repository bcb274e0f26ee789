"""Whose pages are shown: the person, zone and clock they work with, and the names that stand above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.common.clock import Clock
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.context import PageContext

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

NO_ONE = 0
"""The person of a context while a nurse has opened none."""


def is_there(journal: Journal, person_id: int) -> bool:
    """Whether this journal has the person; nobody is always there."""
    from dreamjournal.services import persons

    return person_id in (NO_ONE, *(p.id for p in persons.all_persons(journal)))


def whose(journal: Journal, wanted: str | None, person_id: int | None) -> int:
    """The one person of an own journal; in a nurse's `person_id`, else the one `wanted` by name, else nobody."""
    from dreamjournal.services import persons

    if journal.kind == JournalKind.OWN:
        return persons.the_person(journal, wanted).id
    if person_id is not None:
        return person_id
    return persons.the_person(journal, wanted).id if wanted else NO_ONE


def make(journal: Journal, person_id: int, clock: Clock, bus: Bus, tasks: Tasks) -> PageContext:
    """What the pages of a person share."""
    from dreamjournal.services import settings

    zone = settings.zone_of(journal, person_id or None, clock)
    clock_format = settings.get(journal, person_id or None, "clock_format")
    hours = 12 if clock_format == "12" or (clock_format == "auto" and _desktop_hours() == 12) else 24
    return PageContext(journal, person_id, clock, bus, tasks, hours, zone)


def look(journal: Journal, person_id: int) -> tuple[object, object]:
    """The theme and the text size in percent that were chosen."""
    from dreamjournal.services import settings

    return settings.get(journal, person_id or None, "theme"), settings.get(journal, person_id or None, "text_scale")


def open_name(journal: Journal, person_id: int) -> str:
    """The name of the person whose pages are shown, empty while there is none."""
    from dreamjournal.services import persons

    return next((p.name for p in persons.all_persons(journal) if p.id == person_id), "")


def journal_name(journal: Journal) -> str:
    """What stands above the pages."""
    from dreamjournal.services import settings

    chosen = settings.get(journal, None, "journal_name")
    if chosen:
        return str(chosen)
    if journal.path.parent.name == "sample":
        return "Sample journal"
    return "My caseload" if journal.kind == JournalKind.NURSE else "My journal"


def _desktop_hours() -> int:
    from PySide6.QtCore import QLocale

    return 12 if "AP" in QLocale.system().timeFormat(QLocale.FormatType.ShortFormat).upper() else 24
