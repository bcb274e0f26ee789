"""What every page is given: the open journal, whose nights, the clock, and how to tell and to work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from dreamjournal.common.clock import Clock
from dreamjournal.domain.changes import Changes
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.ui.words import time_words

if TYPE_CHECKING:
    # services.journals pulls in the database layer: only its name is needed here.
    from dreamjournal.services.journals import Journal


_T = TypeVar("_T")


@dataclass(frozen=True)
class PageContext:
    """An open journal and the person whose nights are shown. `hours` is 24 or 12, `zone` an IANA name."""

    journal: Journal
    person_id: int
    clock: Clock
    bus: Bus
    tasks: Tasks
    hours: int = 24
    zone: str = "UTC"

    def publish(self, changes: Changes, initiator: object | None = None) -> None:
        """Tell the other views what changed."""
        self.bus.publish(changes, initiator)

    def kept(self, work: Callable[[], _T]) -> _T:
        """Do one unit of writing, and once more with the room kept back where the disk is full. Raises KnownError."""
        from dreamjournal.services import room

        return room.kept(self.journal, work)

    @property
    def hides_numbers(self) -> bool:
        """Whether the person chose "Hide numbers"."""
        from dreamjournal.services import settings

        return bool(settings.get(self.journal, self.person_id, "hide_numbers"))

    def local(self, moment: datetime) -> datetime:
        """An aware instant as the person's wall clock."""
        return moment.astimezone(ZoneInfo(self.zone))

    def now_words(self) -> str:
        """The clock time now, for "Saved 07:14"."""
        return time_words(self.local(self.clock.now()), hours=self.hours)
