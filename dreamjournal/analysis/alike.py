"""Were the two groups of nights alike? What else differs between them, said first, with what would help.

No test of significance is made: whether groups differ by more than chance is not the question, but whether they differ
enough to matter (Imai, King & Stuart 2008, doi 10.1111/j.1467-985X.2007.00527.x). Something stands out when the groups lie
half a standard deviation apart (standardised difference, Austin 2009, doi 10.1002/sim.3697; the limit is a rule of the
project, wide because chance alone spreads groups of 14 nights by 0.4) and by a size that could matter in itself.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

from dreamjournal.domain import alike as known
from dreamjournal.domain.alike import TAKEN, Alike, Caution, Group, Row
from dreamjournal.domain.contrast import Fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from dreamjournal.domain.alike import RowKind
    from dreamjournal.domain.contrast import Arm, ContrastSpec, NightPoint
    from dreamjournal.domain.night import Night

STANDARDISED = 0.5
LEAST_ANSWERED = 5
"""Answers needed in each group before anything is said to differ."""
NEARLY = 0.9
"""From this share on it is nearly all, from 1 minus this share down nearly none."""
ESTIMATE_FROM = 7
_LEAST = {"share": 0.2, "clock": 20.0, "hours": 2.0, "day": 5.0}
_DAY_MIN = 1440
_TITLES: dict[str, tuple[str, RowKind]] = {
    "free": ("Before a free day", "share"),
    "alcohol": ("Alcohol", "share"),
    "late_caffeine": ("Late caffeine", "share"),
    "nap": ("Nap in the day before", "share"),
    "medicine": ("Another medicine", "share"),
    "ill": ("Illness", "share"),
    "lights_out": ("Lights out", "clock"),
    "delay": ("Diary after rising", "hours"),
    "day": ("Day of the period", "day"),
}
_CLAUSES = {
    "alcohol": "Alcohol was taken on {a} enhanced nights and {b} natural ones",
    "late_caffeine": f"Caffeine was taken within {known.LATE_HOURS} h of lights out on {{a}} enhanced nights and {{b}} natural ones",
    "nap": "There was a nap in the day before {a} enhanced nights and {b} natural ones",
    "medicine": "Another medicine was taken on {a} enhanced nights and {b} natural ones",
    "ill": "Illness was noted on {a} enhanced nights and {b} natural ones; those nights do not count",
}


@dataclass(frozen=True)
class Nights:
    """The nights laid side by side: those that count, every labelled night of the period, and what is known of each."""

    points: Sequence[NightPoint]
    labelled: Mapping[date, Arm]
    known: Mapping[date, Night]
    enhancer: str


def alike(nights: Nights, spec: ContrastSpec) -> Alike:
    """The two groups side by side. `spec` is the question as asked: fixes ask it again with other nights."""
    rows = tuple(row(nights, key) for key in _TITLES)
    arms = Counter(p.arm for p in nights.points)
    cautions = tuple(c for r in rows if (c := _caution(r, nights, spec)) is not None)
    return Alike(arms["enhanced"], arms["natural"], rows, _sentence(rows), cautions)


def serious(nights: Nights, spec: ContrastSpec) -> tuple[Caution, ...]:
    """Only what makes a difference unreadable: nearly all of one kind before free days, or alcohol in one kind alone."""
    found = (_caution(row(nights, key), nights, spec) for key in ("free", "alcohol"))
    return tuple(c for c in found if c is not None and not c.code.endswith("_uneven"))


def row(nights: Nights, key: str) -> Row:
    """One row of the table by its key."""
    title, kind = _TITLES[key]
    groups: dict[Arm, Group] = {}
    read = _reader(nights, key)
    arms = nights.labelled if key == "ill" else {p.night_date: p.arm for p in nights.points}
    for arm in ("enhanced", "natural"):
        values = tuple((day, read(day)) for day in sorted(d for d, a in arms.items() if a == arm))
        groups[arm] = Group(values, _middle([v for _, v in values if v is not None], kind))
    made = Row(key, title, kind, groups["enhanced"], groups["natural"], "")
    out = _stands_out(made)
    return replace(made, difference=_difference(made, out), stands_out=out, said=_said(made) if out else "")


def _reader(nights: Nights, key: str) -> Callable[[date], float | None]:
    if key == "free":
        weekend = {p.night_date: float(p.weekend) for p in nights.points}
        return weekend.get
    if key == "day":
        first = min((p.night_date for p in nights.points), default=None)
        return lambda day: None if first is None else float((day - first).days + 1)
    if key in TAKEN or key == "ill":
        of_night = known.ill if key == "ill" else TAKEN[key][1]
        return lambda day: of_night(nights.known[day], nights.enhancer) if day in nights.known else None
    plain = known.lights_out_min if key == "lights_out" else known.diary_delay_h
    return lambda day: plain(nights.known[day]) if day in nights.known else None


# ---- middles and distances


def circular_mean(minutes: Iterable[float]) -> float:
    """The mean of clock times in minutes, 0 to 1440 (Mardia & Jupp 2000, doi 10.1002/9780470316979, ch. 2)."""
    angles = [2 * math.pi * m / _DAY_MIN for m in minutes]
    turn = math.atan2(math.fsum(map(math.sin, angles)), math.fsum(map(math.cos, angles)))
    return turn * _DAY_MIN / (2 * math.pi) % _DAY_MIN


def around(a: float, b: float) -> float:
    """The shorter way from clock time `b` to `a`, in minutes, -720 to 720."""
    return (a - b + _DAY_MIN / 2) % _DAY_MIN - _DAY_MIN / 2


def _middle(values: list[float], kind: RowKind) -> float | None:
    if not values:
        return None
    return circular_mean(values) if kind == "clock" else median(values) if kind == "hours" else fmean(values)


def _gap(r: Row) -> float:
    a, b = r.enhanced.middle or 0.0, r.natural.middle or 0.0
    return around(a, b) if r.kind == "clock" else a - b


def _spread(g: Group, kind: RowKind) -> float:
    values = [v for _, v in g.values if v is not None]
    if kind == "clock":
        centre = circular_mean(values)
        values = [around(v, centre) for v in values]
    return pstdev(values)


def _stands_out(r: Row) -> bool:
    if min(r.enhanced.answered, r.natural.answered) < LEAST_ANSWERED:
        return False
    gap = abs(_gap(r))
    pooled = math.hypot(_spread(r.enhanced, r.kind), _spread(r.natural, r.kind)) / math.sqrt(2)
    return gap >= _LEAST[r.kind] and gap >= STANDARDISED * pooled


# ---- words


def group_words(g: Group, kind: RowKind) -> str:
    """A cell of the table: "14 of 24", "5 of 12, asked on 12 of 24", "23:41, 24 nights"."""
    if not g.answered or g.middle is None:
        return "not known"
    if kind == "share":
        asked = "" if g.answered == g.nights else f", asked on {g.answered} of {g.nights}"
        return f"{g.yes} of {g.answered}{asked}"
    asked = _nights(g.nights) if g.answered == g.nights else f"known of {g.answered} of {g.nights}"
    average = " on average" if kind == "day" else ""
    return f"{_one(g.middle, kind)}{average}, {asked}"


def value_words(value: float | None, kind: RowKind) -> str:
    """What is known of one night, in words."""
    if value is None:
        return "not known"
    if kind == "share":
        return "yes" if value else "no"
    return _one(value, kind)


def _one(value: float, kind: RowKind) -> str:
    return clock(value) if kind == "clock" else _hours(value) if kind == "hours" else f"day {value:.0f}"


def clock(minutes_after_noon: float) -> str:
    """A wall clock from minutes after noon."""
    whole = (round(minutes_after_noon) + 720) % _DAY_MIN
    return f"{whole // 60:02d}:{whole % 60:02d}"


def _hours(value: float) -> str:
    if value < 0.95:
        return f"{60 * value:.0f} min"
    return f"{value:.0f} h" if value >= 9.5 else f"{value:.1f} h"


def _nights(n: int) -> str:
    return f"{n} {'night' if n == 1 else 'nights'}"


def _difference(r: Row, out: bool) -> str:
    if min(r.enhanced.answered, r.natural.answered) < LEAST_ANSWERED:
        asked = r.enhanced.answered + r.natural.answered
        return "too few answers to say" if asked else "not asked or not known"
    gap = _gap(r)
    if r.kind == "share":
        if abs(gap) < 0.05:
            return "about as often"
        if not (r.enhanced.yes and r.natural.yes):
            return f"only on {'enhanced' if r.enhanced.yes else 'natural'} nights"
        return f"{'much' if out else 'somewhat'} {'more' if gap > 0 else 'less'} often"
    if r.kind == "clock":
        return "within 5 min" if abs(gap) < 5 else f"{abs(gap):.0f} min {'later' if gap > 0 else 'earlier'}"
    if r.kind == "hours":
        return "about as soon" if abs(gap) < 0.5 else f"{_hours(abs(gap))} {'later' if gap > 0 else 'sooner'}"
    days = round(abs(gap))
    return "spread alike" if days < 2 else f"{days} days {'later' if gap > 0 else 'earlier'} on average"


def _said(r: Row) -> str:
    e, n = r.enhanced, r.natural
    if r.key == "free":
        return f"Enhanced nights came before a free day on {e.yes} of {e.nights} and natural ones on {n.yes} of {n.nights}."
    if r.kind == "share":
        text = _CLAUSES[r.key].format(a=f"{e.yes} of {e.answered}", b=f"{n.yes} of {n.answered}")
        if (e.answered, n.answered) != (e.nights, n.nights):
            text += f"; it is known of {e.answered} of {e.nights} and {n.answered} of {n.nights}"
        return text + "."
    gap, a, b = _gap(r), e.middle or 0.0, n.middle or 0.0
    ns = f"({e.answered} and {_nights(n.answered)})"
    if r.kind == "clock":
        way = "later" if gap > 0 else "earlier"
        return f"Lights out came {abs(gap):.0f} min {way} on enhanced nights: {clock(a)} against {clock(b)} {ns}."
    if r.kind == "hours":
        return (
            f"The diary was written {_hours(a)} after rising on enhanced mornings and {_hours(b)} on natural ones {ns}."
        )
    return f"Enhanced nights came {'later' if gap > 0 else 'earlier'}: on average on day {a:.0f}, natural ones on day {b:.0f} {ns}."


def _sentence(rows: Sequence[Row]) -> str:
    out = [r.said for r in rows if r.stands_out]
    if out:
        return " ".join(out)
    if not any(r.enhanced.nights and r.natural.nights for r in rows):
        return "There are no two groups of nights yet."
    told = [r for r in rows if min(r.enhanced.answered, r.natural.answered) >= LEAST_ANSWERED]
    if not told:
        return "Too little is known of these nights to say whether the two groups were alike."
    silent = [r.title[0].lower() + r.title[1:] for r in rows if r not in told]
    text = f"Nothing stands out in what is known of {len(told)} of {len(rows)} things."
    return f"{text} Too little is known of: {', '.join(silent)}." if silent else text


# ---- what would help


def _caution(r: Row, nights: Nights, spec: ContrastSpec) -> Caution | None:
    if r.key == "free":
        return _weekend(r, nights, spec)
    if not r.stands_out:
        return None
    if r.key in TAKEN:
        return _taken(r, nights, spec)
    if r.key == "day":
        fix = Fix(
            "Plan nights of both kinds in between", "Then a drift over the weeks touches both kinds alike.", "plan"
        )
        return Caution("day_uneven", r.said, "What changes over the weeks anyway falls on one kind more.", (fix,))
    if r.key == "delay":
        fix = Fix(
            "Write the diary soon after rising on both kinds of morning", "Minutes are remembered worse by the hour."
        )
        return Caution("delay_uneven", r.said, fixes=(fix,))
    if r.key == "lights_out":
        fix = Fix(
            "Turn the lights out at about the same time on both kinds of night", "Then the hour is no other difference."
        )
        return Caution("lights_out_uneven", r.said, "Part of any difference may be the hour of lights out.", (fix,))
    return Caution(f"{r.key}_uneven", r.said)


def _weekend(r: Row, nights: Nights, spec: ContrastSpec) -> Caution | None:
    e, n = r.enhanced, r.natural
    high, low = max(e.middle or 0.0, n.middle or 0.0), min(e.middle or 0.0, n.middle or 0.0)
    nearly = min(e.nights, n.nights) >= ESTIMATE_FROM and high >= NEARLY and low <= 1 - NEARLY
    if not (r.stands_out or nearly) or spec.days != "all":
        return None
    fixes = [
        Fix("Plan nights drawn at random, work and free days apart", "Then it is chance alone what comes before a free day.", "plan")
    ]  # fmt: skip
    for days, words in (("work", "before work"), ("free", "before a free day")):
        left = Counter(p.arm for p in nights.points if p.weekend == (days == "free"))
        if min(left["enhanced"], left["natural"]) >= ESTIMATE_FROM:
            gives = f"{left['enhanced']} enhanced and {left['natural']} natural nights remain."
            fixes.append(Fix(f"Compare only nights {words}", gives, "ask", replace(spec, days=days)))
    if not nearly:
        return Caution("weekend_uneven", r.said, "Weekends are allowed for in the estimate.", tuple(fixes))
    return Caution("weekend_nearly_collinear", r.said, "Weekend and enhancer can hardly be told apart.", tuple(fixes))


def _taken(r: Row, nights: Nights, spec: ContrastSpec) -> Caution:
    words = TAKEN[r.key][0]
    lost = {d for g in (r.enhanced, r.natural) for d, v in g.values if v == 1}
    left = Counter(p.arm for p in nights.points if p.night_date not in lost)
    fixes: list[Fix] = []
    if min(left["enhanced"], left["natural"]) >= ESTIMATE_FROM and r.key not in spec.without:
        gives = f"{left['enhanced']} enhanced and {left['natural']} natural nights remain."
        fixes.append(
            Fix(f"Leave out the nights with {words}", gives, "ask", replace(spec, without=(*spec.without, r.key)))
        )
    fixes.append(Fix(f"Have nights of both kinds with {words} and without", "Then it is no other difference.", "plan"))
    if r.enhanced.answered + r.natural.answered < r.enhanced.nights + r.natural.nights:
        fixes.append(Fix(f"Say every evening whether there was {words}", "No answer is not taken for a no.", "tonight"))
    if r.enhanced.yes and r.natural.yes:
        return Caution(f"{r.key}_uneven", r.said, fixes=tuple(fixes))
    only = "enhanced" if r.enhanced.yes else "natural"
    why = f"Nights with {words} were {only} nights alone: part of any difference may be that."
    return Caution(f"{r.key}_one_arm", r.said, why, tuple(fixes))
