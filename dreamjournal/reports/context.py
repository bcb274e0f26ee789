"""What every section of a contrast report may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dreamjournal.domain.contrast import Arm, ContrastResult
from dreamjournal.domain.dream import Dream
from dreamjournal.domain.multiverse import Multiverse
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.report import Paper
from dreamjournal.domain.secondary import MeasureRow
from dreamjournal.domain.study import Study


@dataclass(frozen=True)
class Context:
    """A contrast, the nights behind it, and what the person ticked."""

    result: ContrastResult
    person: str
    nights: Mapping[date, Night]
    printed: datetime
    zone: str
    version: str
    study: Study | None = None
    parts: frozenset[str] = frozenset()
    paper: Paper = "a4"
    source_title: str = ""
    """The source in words: "the diary", "SleepSync"."""
    better: tuple[str, str] = ("more", "less")
    """The metric's direction words, of a positive and a negative difference."""
    values: Mapping[date, float] = field(default_factory=dict[date, float])
    """The metric's value of nights that were left out, where they have one."""
    dreams: tuple[Dream, ...] = ()
    """Dreams of the period; empty unless their texts were ticked."""
    others: tuple[MeasureRow, ...] = ()
    """Other measures to print; empty unless they were ticked."""
    otherwise: Multiverse | None = None
    """The same nights counted otherwise; None unless it was ticked."""

    def arm(self, night: date) -> Arm | None:
        """The arm of a night: as planned by the study, else as the person said; None where neither tells, or may not."""
        if self.sealed:
            return None
        study = self.study
        if study is not None:
            i = (night - study.first_night).days
            if 0 <= i < len(study.schedule):
                return "enhanced" if study.schedule[i] == "E" else "natural"
        for p in self.result.points:
            if p.night_date == night:
                return p.arm
        known = self.nights.get(night)
        if known is None or known.condition not in (Condition.ENHANCED, Condition.NATURAL):
            return None
        return "enhanced" if known.condition == Condition.ENHANCED else "natural"

    @property
    def sealed(self) -> bool:
        """Whether a study keeps these nights closed still."""
        return "sealed" in self.result.reasons

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last night that bear on the question; None without any."""
        r = self.result
        dates = [p.night_date for p in r.points] + [x.night_date for x in (*r.excluded, *r.missing)]
        return (min(dates), max(dates)) if dates else None

    @property
    def to_come(self) -> int:
        """Nights of a running study that lie ahead."""
        period = self.period
        if self.study is None or self.study.stopped is not None or period is None:
            return 0
        end = self.study.first_night + timedelta(days=len(self.study.schedule) - 1)
        return max(0, (end - period[1]).days)
