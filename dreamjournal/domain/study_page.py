"""The plan of a study as plain data, for paper, HTML and Markdown alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dreamjournal.domain.contrast import Arm
from dreamjournal.domain.report import Paper


@dataclass(frozen=True)
class PlanEntry:
    """A heading and what stands under it."""

    title: str
    text: str


@dataclass(frozen=True)
class PlanNight:
    """A night of the calendar. `drawn` is None while it is sealed."""

    number: int
    night_date: date
    drawn: Arm | None
    free: bool
    """Before a day without work."""


@dataclass(frozen=True)
class StudyPlan:
    """One page about one study."""

    heading: str
    title: str
    person: str
    facts: tuple[PlanEntry, ...]
    entries: tuple[PlanEntry, ...]
    nights: tuple[PlanNight, ...]
    legend: str
    digest: str
    verifying: str
    """How to check the digest."""
    covered: str
    """The very text the digest is made of; empty while it is sealed."""
    closing: str
    """The page number's neighbour: version, print time, what the page is not."""
    printed: datetime
    paper: Paper = "a4"
