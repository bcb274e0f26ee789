"""Which night a moment belongs to, and what is known of a night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dreamjournal.domain.day_states import recorded_day, told_day
from dreamjournal.domain.diary import is_late, measure
from dreamjournal.domain.instant import Instant, in_zone
from dreamjournal.domain.session import main_sleep
from dreamjournal.domain.word_count import word_count

if TYPE_CHECKING:
    from dreamjournal.domain.day_states import DayStates
    from dreamjournal.domain.diary import Diary, DiaryMeasures
    from dreamjournal.domain.dream import Dream, Recall
    from dreamjournal.domain.evening import Evening
    from dreamjournal.domain.exposure import Exposure
    from dreamjournal.domain.session import MainSleep, Session


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
    noon = datetime(night_date.year, night_date.month, night_date.day, 12, tzinfo=place)
    return noon.utcoffset() != (noon + timedelta(days=1)).utcoffset()  # a day by the wall clock


def weekend_evening(night_date: date) -> bool:
    """Friday and Saturday evenings: the fallback for "free next day" where the diary does not say."""
    return night_date.weekday() in (4, 5)


@dataclass(frozen=True)
class SourceNight:
    """One night seen through one source, as metrics read it.

    `sessions` are that source's sessions of the night that count (no copies, validity ok); for source `diary` they
    are empty and `diary`, `recall`, `dreams` and `evening` hold what the person wrote. What many metrics derive from
    the same night is worked out once and kept with it.
    """

    night_date: date
    source: str
    diary: Diary | None = None
    recall: Recall | None = None
    dreams: tuple[Dream, ...] = ()
    sessions: tuple[Session, ...] = ()
    perceived: Diary | None = None
    """For a device: the person's diary of the night, unless the device's numbers were opened before it."""
    evening: Evening | None = None
    exposures: tuple[Exposure, ...] = ()
    """What this source itself says was used."""
    free: bool | None = None
    """Whether the person marked the day after as free; None where they did not say."""

    @cached_property
    def derived(self) -> DiaryMeasures | None:
        """What follows from the night's diary; None without one."""
        return None if self.diary is None else measure(self.diary)

    @cached_property
    def main(self) -> MainSleep | None:
        """The main sleep the source recorded; None where it recorded none."""
        return main_sleep(self.sessions)

    @cached_property
    def perceived_tst(self) -> float | None:
        """Minutes of sleep by `perceived`; None without it, and where it came too late to be of this night."""
        return None if self.perceived is None or is_late(self.perceived) else measure(self.perceived).tst

    @cached_property
    def states(self) -> DayStates | None:
        """Asleep or awake from this noon to the next, minute by minute; None where the source does not say."""
        if self.source != "diary":
            return recorded_day(self.night_date, self.sessions)
        woke = None if self.diary is None else self.diary.final_wake
        return told_day(self.night_date, None if self.derived is None else self.derived.onset, woke)

    @cached_property
    def words(self) -> int:
        """Words told of the night's dreams, outside comments."""
        return sum(word_count(d.text) for d in self.dreams)


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
    study_sealed: bool = False
    """What the night was and what devices measured stay closed until a sealed study ends."""

    def seen_by(self, source: str) -> SourceNight:
        """This night through `source`."""
        found = self._seen.get(source)
        if found is None:
            found = self._seen[source] = self._see(source)
        return found

    @cached_property
    def _seen(self) -> dict[str, SourceNight]:
        return {}

    def _see(self, source: str) -> SourceNight:
        free = None if self.diary is None else self.diary.free_next_day
        if source == "diary":
            return SourceNight(
                self.night_date, source, self.diary, self.recall, self.dreams, evening=self.evening, free=free
            )
        return SourceNight(
            self.night_date,
            source,
            sessions=tuple(s for s in self.sessions if s.source == source and s.counts),
            perceived=None if self.passed_over else self.diary,
            exposures=tuple(e for e in self.exposures if e.source == source),
            free=free,
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
