"""What every section of a sleep profile may read: the nights of a period as one source tells them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Arm
from dreamjournal.domain.day_states import DayStates, told_day
from dreamjournal.domain.instant import Instant, in_zone
from dreamjournal.domain.night import Night, SourceNight, weekend_evening
from dreamjournal.domain.profile_figures import AsleepPlot, Kind
from dreamjournal.domain.report import Paper
from dreamjournal.domain.session import Session, SessionKind, StageCode

CURVE_FROM = 5
"""Nights of a kind from which its curve and its median are given."""
BAND_FROM = 7
ASLEEP = (StageCode.N1, StageCode.N2, StageCode.N3, StageCode.REM, StageCode.LIGHT, StageCode.ASLEEP)
State = Literal["used", "left_out", "missing"]


@dataclass(frozen=True)
class ProfileNight:
    """A night of the period and what became of it. `seen` is None where the source tells nothing that may be shown."""

    night_date: date
    state: State
    reason: str = ""
    night: Night | None = None
    seen: SourceNight | None = None
    arm: Arm | None = None

    @property
    def free(self) -> bool:
        """Whether the day after was free: as marked, else Fridays and Saturdays."""
        diary = None if self.night is None else self.night.diary
        if diary is not None and diary.free_next_day is not None:
            return diary.free_next_day
        return weekend_evening(self.night_date)

    @property
    def kind(self) -> Kind:
        """The group the night is in."""
        return self.arm or "other"

    @cached_property
    def lights_out(self) -> float | None:
        """Minutes after noon: tried to sleep by the diary, the start of a device's main sleep."""
        seen = self.seen
        if seen is None:
            return None
        if seen.source == "diary":
            return None if seen.diary is None else after_noon(self.night_date, seen.diary.try_sleep)
        return None if seen.main is None else after_noon(self.night_date, seen.main.start)

    @cached_property
    def got_up(self) -> float | None:
        """Minutes after noon of the clock: out of bed by the diary, the end of a device's main sleep."""
        seen = self.seen
        if seen is None:
            return None
        if seen.source == "diary":
            return None if seen.diary is None else after_noon(self.night_date, seen.diary.out_of_bed)
        return None if seen.main is None else after_noon(self.night_date, seen.main.end)

    @cached_property
    def final_wake(self) -> float | None:
        """Minutes after noon of the last waking; None where a device gives no stages."""
        seen = self.seen
        if seen is None:
            return None
        if seen.source == "diary":
            return None if seen.diary is None else after_noon(self.night_date, seen.diary.final_wake)
        if seen.main is None:
            return None
        ends: list[float] = []
        for session in seen.main.sessions:
            begun = after_noon(self.night_date, session.start)
            ends += [
                begun + (s.offset_s + s.dur_s) / 60 for s in session.stages if s.code in ASLEEP and begun is not None
            ]
        return max(ends, default=None)

    @cached_property
    def naps(self) -> tuple[Session, ...]:
        """What the source recorded of sleep outside the main sleep."""
        seen = self.seen
        if seen is None or seen.main is None:
            return ()
        inside = {s.id for s in seen.main.sessions}
        main = seen.main
        return tuple(
            s for s in seen.sessions
            if s.id not in inside and s.kind != SessionKind.REST and (s.end.utc <= main.start.utc or s.start.utc >= main.end.utc)
        )  # fmt: skip

    @property
    def staged(self) -> bool:
        """Whether the source says what went on within the night."""
        seen = self.seen
        return seen is not None and seen.main is not None and any(s.stages for s in seen.main.sessions)

    @cached_property
    def states(self) -> DayStates | None:
        """Asleep or awake minute by minute; without stages asleep from the recording's start, less falling asleep, to its end."""
        seen = self.seen
        if seen is None:
            return None
        if seen.states is not None or seen.source == "diary":
            return seen.states
        asleep = over = 0
        valid: int | None = None
        for session in seen.sessions:
            if session.kind == SessionKind.REST:
                continue
            onset = shifted(session.start, session.measures.sol_min or 0)
            told = told_day(self.night_date, onset, session.end)
            if told is not None:
                asleep, over = asleep | told.asleep, over | told.over
                valid = told.valid if valid is None else valid & told.valid
        return None if valid is None else DayStates(asleep, valid, over)


@dataclass(frozen=True)
class ProfileContext:
    """A period of one person's nights, one source, one enhancer."""

    person: str
    nights: tuple[ProfileNight, ...]
    source: str
    source_title: str
    enhancer: str | None
    printed: datetime
    zone: str
    version: str
    paper: Paper = "a4"
    parts: frozenset[str] = frozenset()
    asked: tuple[date | None, date | None] = (None, None)
    sealed: int = field(default=0)
    """Nights of a sealed study, whose kind and recordings stay closed."""

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last night; None without any."""
        return (self.nights[0].night_date, self.nights[-1].night_date) if self.nights else None

    @cached_property
    def used(self) -> tuple[ProfileNight, ...]:
        """The nights that count."""
        return tuple(n for n in self.nights if n.state == "used")

    def of(self, kind: Kind) -> tuple[ProfileNight, ...]:
        """The nights used of a kind."""
        return self._of_kinds.get(kind, ())

    @cached_property
    def _of_kinds(self) -> dict[Kind, tuple[ProfileNight, ...]]:
        found: dict[Kind, list[ProfileNight]] = {}
        for n in self.used:
            found.setdefault(n.kind, []).append(n)
        return {k: tuple(nights) for k, nights in found.items()}

    @cached_property
    def plot(self) -> AsleepPlot:
        """The share of nights asleep by clock time: worked out once for the page and for the files."""
        from dreamjournal.reports.profile.asleep import plot_of

        return plot_of(self)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The groups the page tells of: both arms, unless the nights of neither kind are all there is to describe."""
        both: tuple[Kind, ...] = ("natural", "enhanced")
        third: tuple[Kind, ...] = ("other",)
        if not self.of("other"):
            return both
        return both + third if any(self.of(k) for k in both) else third

    @property
    def described(self) -> tuple[Kind, ...]:
        """The groups the tables tell of: those with any night, the third alone where it is the one with enough."""
        there: tuple[Kind, ...] = tuple(k for k in self.kinds if self.of(k))
        if len(self.of("other")) >= CURVE_FROM:
            return ("other",)
        arms: tuple[Kind, ...] = tuple(k for k in there if k != "other")
        return arms or there

    @property
    def from_diary(self) -> bool:
        """Whether the diary is the one source."""
        return self.source == "diary"

    @cached_property
    def says_lights_out(self) -> bool:
        """Whether the source's start is lights out: it gives the time to fall asleep on most nights."""
        if self.from_diary:
            return True
        mains = [n.seen.main for n in self.used if n.seen is not None and n.seen.main is not None]
        return 2 * sum(m.measures.sol_min is not None for m in mains) > len(mains)

    @property
    def start_word(self) -> str:
        """What the source's first moment of a night is."""
        return "lights out" if self.says_lights_out else "recording starts"

    @property
    def end_word(self) -> str:
        """What the source's last moment of a night is."""
        return "got up" if self.says_lights_out else "recording ends"


def kind_label(kind: Kind, nights: int) -> str:
    """`natural, n 22`."""
    word = "kind not known" if kind == "other" else kind
    return f"{word}, n{words.NBSP}{nights}"


def counts_words(ctx: ProfileContext) -> str:
    """`2 natural and 4 enhanced`: the nights used of each kind."""
    return words.listed([f"{len(ctx.of(k))} {'of no known kind' if k == 'other' else k}" for k in ctx.kinds])


def values(nights: Sequence[ProfileNight], value: Callable[[ProfileNight], float | None]) -> list[float]:
    """What nights have of a value, in order of size."""
    return sorted(v for n in nights if (v := value(n)) is not None)


def after_noon(day: date, at: Instant | None) -> float | None:
    """Minutes of the wall clock after noon of the evening."""
    return None if at is None else (at.local - datetime.combine(day, time(12))).total_seconds() / 60


def shifted(at: Instant, minutes: float) -> Instant:
    """The instant so many minutes later."""
    utc = at.utc + timedelta(minutes=minutes)
    return in_zone(utc, at.zone) if at.zone else Instant(utc, at.offset_min, None)


def within(sentences: Sequence[str], most: int = 290) -> str:
    """As many of the sentences, in order, as an alternative text has room for; the first always."""
    text = sentences[0]
    for sentence in sentences[1:]:
        if len(text) + 1 + len(sentence) <= most:
            text += f" {sentence}"
    return text
