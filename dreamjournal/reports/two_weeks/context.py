"""What every section of the page "Two weeks for my doctor" may read: the diary, and nothing a device measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from statistics import fmean

from dreamjournal.domain.diary import Diary, DiaryMeasures, is_late, measure
from dreamjournal.domain.dream import Dream
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Night, has_clock_change
from dreamjournal.domain.night_bars import BarKind
from dreamjournal.domain.regularity import circular
from dreamjournal.domain.report import Paper

NIGHTS = 14
WEEK = 7
DAY_MIN = 1440
LINE = 200
"""Characters of a person's words that a page is given; the page itself cuts them at two lines."""
_BLANKS = re.compile(r"[^\S\u00a0]+")
IN_APP = "\u2026 (in the app)"


@dataclass(frozen=True)
class AskedFact:
    """What a rule found: the rule's name, the count with its base, and the nights behind it."""

    label: str
    text: str
    nights: tuple[date, ...] = ()


@dataclass(frozen=True)
class LookedAt:
    """What a rule looked for and did not find, and how far it could look."""

    label: str
    words: str


@dataclass(frozen=True)
class Own:
    """A night by the person's own words, with what follows from them. None is "not answered"."""

    night_date: date
    kind: BarKind
    free: bool
    night: Night | None
    zone: str

    @property
    def diary(self) -> Diary | None:
        """The morning's answers."""
        return None if self.night is None else self.night.diary

    @cached_property
    def measures(self) -> DiaryMeasures | None:
        """What follows from the answers; None without a diary, and where the times leave less than no sleep."""
        found = None if self.diary is None else measure(self.diary)
        return None if found is None or (found.tst is not None and found.tst < 0) else found

    @property
    def unclear(self) -> bool:
        """The times contradict each other, so nothing is worked out from them."""
        return self.diary is not None and self.measures is None

    @property
    def late(self) -> bool:
        """Entered more than a day late."""
        return self.diary is not None and is_late(self.diary)

    @property
    def clock_change(self) -> bool:
        """The clocks changed in this night."""
        return has_clock_change(self.night_date, self.zone)

    @property
    def known(self) -> bool:
        """Whether anything at all was said of this night."""
        n = self.night
        return n is not None and (
            n.diary is not None or n.evening is not None or n.recall is not None or bool(n.dreams) or bool(n.exposures)
        )

    @property
    def nightmares(self) -> tuple[Dream, ...]:
        """Dreams the person called nightmares."""
        return tuple(d for d in self.night.dreams if d.nightmare) if self.night is not None else ()

    @property
    def asked_dreams(self) -> bool:
        """Whether the morning says anything of dreams."""
        return self.night is not None and (self.night.recall is not None or bool(self.night.dreams))


@dataclass(frozen=True)
class Mean:
    """A mean with its n; `value` None where n is 0."""

    value: float | None
    n: int


@dataclass(frozen=True)
class TwoWeeks:
    """The nights of the page in order, and what else is printed."""

    nights: tuple[Own, ...]
    person: str
    printed: datetime
    zone: str
    version: str
    period_note: str = ""
    """Where the nights are not simply the last fourteen: which they are."""
    rise: str = ""
    """The usual rise time the person set, as 06:30."""
    works: str = ""
    """The work days, as "Mon – Fri"."""
    facts: tuple[AskedFact, ...] = ()
    looked: tuple[LookedAt, ...] = ()
    before: Mapping[date, tuple[str, ...]] = field(default_factory=dict[date, tuple[str, ...]])
    """Names taken on each of the last 90 nights with an entry, up to the last night of the page."""
    questions: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    paper: Paper = "a4"

    @property
    def first(self) -> date:
        """The first night."""
        return self.nights[0].night_date

    @property
    def last(self) -> date:
        """The last night."""
        return self.nights[-1].night_date

    @property
    def answered(self) -> tuple[Own, ...]:
        """The nights with a morning entry."""
        return tuple(n for n in self.nights if n.diary is not None)

    @property
    def known(self) -> tuple[Own, ...]:
        """The nights with any entry."""
        return tuple(n for n in self.nights if n.known)

    @property
    def weeks(self) -> tuple[tuple[Own, ...], tuple[Own, ...]]:
        """The first seven nights, and the rest."""
        return self.nights[:WEEK], self.nights[WEEK:]

    @property
    def by_trying(self) -> bool:
        """Whether the table shows SE of the time trying to sleep: most mornings answered what it needs."""
        told = [n.measures for n in self.answered]
        return 2 * sum(m is not None and m.se_dse is not None for m in told) > len(told)


def evening_minute(night_date: date, at: Instant) -> float:
    """Wall clock in whole minutes after noon of the evening, as it is written: seconds are not said."""
    wall = at.local
    return (wall.date() - night_date).days * DAY_MIN + wall.hour * 60 + wall.minute - DAY_MIN / 2


def mean_of(values: list[float]) -> Mean:
    """The mean of measured values."""
    return Mean(fmean(values) if values else None, len(values))


def clock_mean(minutes: list[float]) -> Mean:
    """The circular mean of clock times, in minutes after noon."""
    return Mean(circular([m % DAY_MIN for m in minutes])[0] if minutes else None, len(minutes))


def tidy(text: str) -> str:
    """A person's words in one line; no-break spaces stay."""
    return _BLANKS.sub(" ", text).strip()


def cut(text: str, most: int = LINE) -> str:
    """The words, or as many as fit with the remark that the rest is in the app."""
    line = tidy(text)
    return line if len(line) <= most else line[: most - len(IN_APP)].rstrip() + IN_APP
