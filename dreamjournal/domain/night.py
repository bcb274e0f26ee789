"""Which night a moment belongs to, and what is known of a night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dreamjournal.domain.instant import Instant, in_zone

if TYPE_CHECKING:
    from dreamjournal.domain.diary import Diary
    from dreamjournal.domain.dream import Dream, Recall
    from dreamjournal.domain.evening import Evening
    from dreamjournal.domain.exposure import Exposure
    from dreamjournal.domain.session import Session


class Condition(StrEnum):
    """What a night was."""

    NATURAL = "natural"
    ENHANCED = "enhanced"
    UNSURE = "unsure"
    UNRECORDED = "unrecorded"


class NightFlag(StrEnum):
    """What sets a night apart and keeps it out of a verdict or warns."""

    DST = "dst"
    ZONE_CHANGE = "zone_change"
    ILLNESS = "illness"
    TRAVEL = "travel"
    ON_CALL = "on_call"


def night_of(onset: Instant) -> date:
    """The night a sleep that began at `onset` belongs to: the local date twelve hours earlier.

    The zone in force at onset counts, so 23:00 and 01:30 both belong to the evening before (rule of the project).
    """
    return (onset.local - timedelta(hours=12)).date()


def tonight(now: datetime, zone: str) -> date:
    """The night now running, or the coming one from noon on."""
    return night_of(in_zone(now, zone))


def last_night(now: datetime, zone: str) -> date:
    """The night a morning page asks about: yesterday evening's."""
    return in_zone(now, zone).local.date() - timedelta(days=1)


def has_clock_change(night_date: date, zone: str) -> bool:
    """Whether the clocks change between noon of the evening and noon of the morning in `zone`."""
    place = ZoneInfo(zone)
    noon = datetime(night_date.year, night_date.month, night_date.day, 12)
    return noon.replace(tzinfo=place).utcoffset() != (noon + timedelta(days=1)).replace(tzinfo=place).utcoffset()


def weekend_evening(night_date: date) -> bool:
    """Friday and Saturday evenings: the fallback for "free next day" where the diary does not say."""
    return night_date.weekday() in (4, 5)


@dataclass(frozen=True)
class SourceNight:
    """One night seen through one source, as metrics read it.

    `sessions` are that source's sessions of the night that count (no copies, validity ok); for source `diary` they
    are empty and `diary`, `recall` and `dreams` hold what the person wrote.
    """

    night_date: date
    source: str
    diary: Diary | None = None
    recall: Recall | None = None
    dreams: tuple[Dream, ...] = ()
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True)
class Night:
    """All that is known of one person's night. Nothing is blended: each source keeps its own sessions."""

    person_id: int
    night_date: date
    condition: Condition
    answer: Condition | None = None
    """What the person said: natural, enhanced, unsure, or None."""
    exposures: tuple[Exposure, ...] = ()
    recall: Recall | None = None
    dreams: tuple[Dream, ...] = ()
    diary: Diary | None = None
    evening: Evening | None = None
    sessions: tuple[Session, ...] = ()
    flags: frozenset[NightFlag] = frozenset()
    covered_by: tuple[str, ...] = ()
    """Names of enhancers whose complete, empty log or answered-no question covers this night."""
    only_enhancer: str | None = None
    """The enhancer the person has said is the only one they use, on this night."""
    sealed: bool = False
    """Device numbers are closed until the diary is saved or passed over."""
    passed_over: bool = False
    """Device numbers were opened without a diary: the night leaves perceived minus measured."""
    zone: str | None = None
    tags: tuple[str, ...] = ()

    def seen_by(self, source: str) -> SourceNight:
        """This night through `source`."""
        if source == "diary":
            return SourceNight(self.night_date, source, self.diary, self.recall, self.dreams)
        return SourceNight(
            self.night_date, source, sessions=tuple(s for s in self.sessions if s.source == source and s.counts)
        )


def condition_of(
    answer: Condition | None, exposures: tuple[str, ...], *, only: str | None = None, covered_by: tuple[str, ...] = ()
) -> Condition:
    """The condition of a night.

    `answer` is what the person said, `exposures` the names of what enhanced it, `only` the enhancer the person uses
    alone, `covered_by` the enhancers whose empty log (noon to noon) or answer "no" covers the night.
    Silence is never natural: without an answer, an empty log makes a night natural only for the one enhancer used.
    """
    if answer == Condition.NATURAL:
        return Condition.UNSURE if exposures else Condition.NATURAL
    if answer is Condition.ENHANCED or answer is Condition.UNSURE:
        return answer
    if exposures:
        return Condition.ENHANCED
    if only is not None and only in covered_by:
        return Condition.NATURAL
    return Condition.UNRECORDED
