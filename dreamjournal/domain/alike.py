"""What may differ between two groups of nights beside the enhancer: read from a night, and laid side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from dreamjournal.domain.contrast import Fix
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.instant import minutes_between

if TYPE_CHECKING:
    from dreamjournal.domain.instant import Instant
    from dreamjournal.domain.night import Night

LATE_HOURS = 8
"""Caffeine later than this before lights out is late (rule of the project; Drake 2013, doi 10.5664/jcsm.3170, found 6 h to matter)."""
RowKind = Literal["share", "clock", "hours", "day"]


# What is known of one night: None is "not known", never "no".


def alcohol(night: Night, enhancer: str) -> float | None:  # noqa: ARG001 - all of `TAKEN` are asked alike
    """1 where alcohol was taken, 0 where the person said none was."""
    return _taken(night, IntakeKind.ALCOHOL)


def late_caffeine(night: Night, enhancer: str) -> float | None:  # noqa: ARG001
    """1 where caffeine was taken within 8 h of lights out, 0 where all of it was earlier or none was taken."""
    cups = [i for i in night.evening.intakes if i.kind == IntakeKind.CAFFEINE] if night.evening else []
    if not cups:
        return None
    taken = [i for i in cups if not i.none_taken]
    if not taken:
        return 0.0
    out = lights_out(night)
    if out is None:
        return None
    late = [None if i.happened is None else minutes_between(i.happened, out) < LATE_HOURS * 60 for i in taken]
    if any(late):
        return 1.0
    return None if None in late else 0.0


def nap(night: Night, enhancer: str) -> float | None:  # noqa: ARG001
    """1 where the person slept in the day before, 0 where they said not."""
    d = night.diary
    if d is None or (d.naps is None and d.nap_min is None):
        return None
    return float(bool(d.naps) or bool(d.nap_min))


def medicine(night: Night, enhancer: str) -> float | None:
    """1 where a medicine other than `enhancer` was taken, 0 where the person said none was."""
    own = enhancer.strip().casefold()
    rows = [i for i in night.evening.intakes if i.kind == IntakeKind.MEDICINE] if night.evening else []
    if not rows:
        return None
    return float(any(not i.none_taken and i.name.strip().casefold() != own for i in rows))


def ill(night: Night, enhancer: str) -> float | None:  # noqa: ARG001
    """1 where the person was ill, 0 where they said not."""
    return None if night.diary is None or night.diary.illness is None else float(night.diary.illness)


def _taken(night: Night, kind: IntakeKind) -> float | None:
    rows = [i for i in night.evening.intakes if i.kind == kind] if night.evening else []
    return float(any(not i.none_taken for i in rows)) if rows else None


def lights_out(night: Night) -> Instant | None:
    """When the person turned the lights out; else tried to sleep, or went to bed."""
    if night.evening is not None and night.evening.lights_out is not None:
        return night.evening.lights_out
    return None if night.diary is None else night.diary.try_sleep or night.diary.into_bed


def lights_out_min(night: Night) -> float | None:
    """Lights out in minutes of the local clock after noon of the evening, 0 to 1440."""
    out = lights_out(night)
    return None if out is None else float((out.local.hour * 60 + out.local.minute - 720) % 1440)


def diary_delay_h(night: Night) -> float | None:
    """Hours from rising (from the last waking where rising is missing) to the diary; an entry before it counts as 0."""
    d = night.diary
    rose = None if d is None else d.out_of_bed or d.final_wake
    if d is None or d.entered is None or rose is None:
        return None
    return max(0.0, (d.entered - rose.utc).total_seconds() / 3600)


TAKEN: dict[str, tuple[str, Callable[[Night, str], float | None]]] = {
    "alcohol": ("alcohol", alcohol),
    "late_caffeine": ("late caffeine", late_caffeine),
    "nap": ("a nap", nap),
    "medicine": ("another medicine", medicine),
}
"""What nights can be left out for: the words, and whether a night (of an enhancer) had it."""


# Two groups side by side.


@dataclass(frozen=True)
class Group:
    """One kind of night in a row: each of its nights with what is known of it (None where it is not)."""

    values: tuple[tuple[date, float | None], ...]
    middle: float | None
    """Share (0 to 1), circular mean in minutes after noon, median hours, or mean day; None without an answer."""

    @property
    def nights(self) -> int:
        """How many nights there are."""
        return len(self.values)

    @property
    def answered(self) -> int:
        """Of how many it is known."""
        return sum(v is not None for _, v in self.values)

    @property
    def yes(self) -> int:
        """On how many it was so; for shares."""
        return sum(v == 1 for _, v in self.values)


@dataclass(frozen=True)
class Row:
    """One thing that may differ. `difference` is in words; `said` is the sentence of a row that stands out."""

    key: str
    title: str
    kind: RowKind
    enhanced: Group
    natural: Group
    difference: str
    stands_out: bool = False
    said: str = ""


@dataclass(frozen=True)
class Caution:
    """What makes a difference hard to read: a code, the fact with its counts, why it matters, and what would help."""

    code: str
    fact: str
    why: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def sentence(self) -> str:
        """Fact and reason."""
        return f"{self.fact} {self.why}".strip()


@dataclass(frozen=True)
class Alike:
    """Whether two groups of nights were alike: what stands out first, then every row."""

    n_enhanced: int
    n_natural: int
    rows: tuple[Row, ...]
    sentence: str
    cautions: tuple[Caution, ...] = ()

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What would help, each once, in order."""
        return tuple(dict.fromkeys(f for c in self.cautions for f in c.fixes))


def to_json(alike: Alike) -> dict[str, Any]:
    """The table as JSON values; numbers are not rounded."""

    def group(g: Group, kind: RowKind) -> dict[str, Any]:
        own = {"yes": g.yes} if kind == "share" else {"middle": g.middle}
        return {"nights": g.nights, "answered": g.answered, **own}

    return {
        "sentence": alike.sentence,
        "n_enhanced": alike.n_enhanced,
        "n_natural": alike.n_natural,
        "rows": [
            {
                "key": r.key, "title": r.title, "kind": r.kind, "enhanced": group(r.enhanced, r.kind),
                "natural": group(r.natural, r.kind), "difference": r.difference, "stands_out": r.stands_out,
            }
            for r in alike.rows
        ],
        "cautions": [{"code": c.code, "sentence": c.sentence} for c in alike.cautions],
        "fixes": [{"act": f.act, "gives": f.gives, "kind": f.kind} for f in alike.fixes],
    }  # fmt: skip
