"""Which measures of a night the profile tells, and how they spread over a group of nights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal

from dreamjournal.charts import words
from dreamjournal.domain.night import SourceNight
from dreamjournal.metrics.deep import PLUGIN as DEEP
from dreamjournal.metrics.light import PLUGIN as LIGHT
from dreamjournal.metrics.mid_sleep import PLUGIN as MID_SLEEP
from dreamjournal.metrics.rem import PLUGIN as REM
from dreamjournal.metrics.se_tib import PLUGIN as SE_TIB
from dreamjournal.metrics.sol import PLUGIN as SOL
from dreamjournal.metrics.tst import PLUGIN as TST
from dreamjournal.metrics.waso import PLUGIN as WASO
from dreamjournal.reports.profile.context import CURVE_FROM, ProfileContext, ProfileNight, values


@dataclass(frozen=True)
class Measured:
    """A row of the table: its key, its title and how its numbers are told."""

    key: str
    title: str
    form: Literal["duration", "minutes", "percent", "clock"]
    value: Callable[[ProfileNight], float | None]

    def words(self, number: float) -> str:
        """The number as printed, without the unit that stands in the title."""
        if self.form == "duration":
            return words.duration(number)
        return words.clock(number) if self.form == "clock" else words.number(number)


@dataclass(frozen=True)
class Spread:
    """A measure of n nights; the numbers are None below 5."""

    n: int
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    low: float | None = None
    high: float | None = None


def _seen(value: Callable[[SourceNight], float | None]) -> Callable[[ProfileNight], float | None]:
    return lambda n: None if n.seen is None else value(n.seen)


def measures(ctx: ProfileContext) -> tuple[Measured, ...]:
    """The measures in the order of the table, in the words of the source."""
    first, last = (w[0].upper() + w[1:] for w in (ctx.start_word, ctx.end_word))
    return (
        Measured("tst", "Total sleep time", "duration", _seen(TST.value)),
        Measured("sol", "Time to fall asleep, min", "minutes", _seen(SOL.value)),
        Measured("waso", "Awake after falling asleep, min", "minutes", _seen(WASO.value)),
        Measured("se_tib", "Efficiency, of time in bed, %", "percent", _seen(SE_TIB.value)),
        Measured("light", "Light sleep", "duration", _seen(LIGHT.value)),
        Measured("deep", "Deep sleep", "duration", _seen(DEEP.value)),
        Measured("rem", "REM sleep", "duration", _seen(REM.value)),
        Measured("lights_out", first, "clock", lambda n: n.lights_out),
        Measured("mid_sleep", "Mid-sleep", "clock", _seen(MID_SLEEP.value)),
        Measured("final_wake", "Final awakening", "clock", lambda n: n.final_wake),
        Measured("got_up", last, "clock", lambda n: n.got_up),
    )  # fmt: skip


def spread(measured: Measured, nights: Sequence[ProfileNight]) -> Spread:
    """Median, quartiles (inclusive) and range of the nights that have the measure; below 5 of them their number alone."""
    found = values(nights, measured.value)
    if len(found) < CURVE_FROM:
        return Spread(len(found))
    q1, _, q3 = quantiles(found, n=4, method="inclusive")
    return Spread(len(found), median(found), q1, q3, found[0], found[-1])
