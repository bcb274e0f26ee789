"""Medicines, aids and drinks as they were written down: the usual time, and on how many nights."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import Exposure
from dreamjournal.domain.instant import Instant, minutes_between
from dreamjournal.domain.report import Column, Prose, Section, Table
from dreamjournal.reports.registry import SectionPlugin
from dreamjournal.reports.two_weeks.context import TwoWeeks, clock_mean, cut, evening_minute, tidy

MOST = 7
"""Rows printed: those of most nights."""
NAME = 70


@dataclass(frozen=True)
class Taken:
    """One thing over the nights: its name with what was said of it, its nights, and its usual time after noon (circular mean)."""

    name: str
    label: str
    nights: tuple[date, ...]
    usual: float | None
    timed: int
    """On how many nights a time is known."""


def taken(ctx: TwoWeeks) -> list[Taken]:
    """Everything used or taken, aids and medicines before drinks, the commonest first."""
    when: dict[tuple[int, str], dict[date, list[float]]] = defaultdict(lambda: defaultdict(list))
    names: dict[tuple[int, str], str] = {}
    said: dict[tuple[int, str], list[tuple[float, str]]] = defaultdict(list)
    used: dict[tuple[int, str], list[Exposure]] = defaultdict(list)

    def note(rank: int, name: str, night: date, at: Instant | None) -> tuple[int, str]:
        key = (rank, tidy(name).casefold())
        names.setdefault(key, tidy(name))
        times = when[key][night]
        if at is not None:
            times.append(evening_minute(night, at))
        return key

    for own in ctx.nights:
        if own.night is None:
            continue
        for exposure in own.night.exposures:
            used[note(0, exposure.name, own.night_date, exposure.start)].append(exposure)
        for intake in own.night.evening.intakes if own.night.evening is not None else ():
            if intake.none_taken:
                continue
            drink = intake.kind != IntakeKind.MEDICINE
            key = note(
                int(drink),
                str(intake.kind).capitalize() if drink else intake.name or "Medicine",
                own.night_date,
                intake.happened,
            )
            if intake.amount is not None:
                said[key].append((intake.amount, tidy(intake.unit)))
    found: list[Taken] = []
    for key, nights in when.items():
        # The first time of a night stands for it: a second cup is no later usual time.
        times = [min(t) for t in nights.values() if t]
        label = words.cut(names[key], NAME) + "".join(f", {s}" for s in _setting(used[key])) + _amounts(said[key])
        found.append(Taken(names[key], cut(label, 140), tuple(sorted(nights)), clock_mean(times).value, len(times)))
    ranks = {t.name: key[0] for key, t in zip(when, found, strict=True)}
    return sorted(found, key=lambda t: (ranks[t.name], -len(t.nights), t.name.casefold()))


def build(ctx: TwoWeeks) -> Section | None:
    """One line each; None where nothing was written down and no night is known."""
    if not ctx.known:
        return None
    rows = taken(ctx)
    of = words.count(len(ctx.known), "night")
    if not rows:
        text = f"Nothing was written down on {of} with an entry{_none(ctx)}; what was not written down is not known."
        return Section("taken", "Medicines, aids, drinks", (Prose((Words(text),)),))
    columns = (Column("as written down by the person"), Column("usual time", True), Column(f"of {of}", True))
    cells = tuple((t.label, None if t.usual is None else words.clock(t.usual), str(len(t.nights))) for t in rows[:MOST])
    nights_of = tuple(sorted({day for t in rows[:MOST] for day in t.nights}))
    more = f"{len(rows) - MOST} more (in the app). " if len(rows) > MOST else ""
    note = f"{more}Nights with any entry{_none(ctx)}; what was not written down is not known."
    return Section("taken", "Medicines, aids, drinks", (Table(columns, cells, note, nights_of),))


def _setting(used: list[Exposure]) -> list[str]:
    """Dose, mode, programme, intensity and length where all uses share them, and whether an import said so."""
    if not used:
        return []
    said: list[str] = []
    for shared in (
        {tidy(e.dose) for e in used}, {e.mode for e in used}, {tidy(e.programme) for e in used},
        {"" if e.intensity is None else f"intensity {e.intensity:g}" for e in used},
    ):  # fmt: skip
        said += [words.cut(s, 30) for s in shared if s and len(shared) == 1]
    lengths = [minutes_between(e.start, e.end) for e in used if e.start is not None and e.end is not None]
    if lengths and len(lengths) == len(used):
        low, high = words.duration(min(lengths)), words.duration(max(lengths))
        said.append(low if low == high else f"{low} to {high}")
    if all(e.source != "diary" for e in used):
        said.append("from an import")
    return said


def _amounts(said: list[tuple[float, str]]) -> str:
    """` (1 to 3 drinks)`, each unit by itself."""
    units: dict[str, list[float]] = {}
    for amount, unit in said:
        units.setdefault(unit, []).append(amount)
    shown: list[str] = []
    for unit, amounts in units.items():
        low, high = min(amounts), max(amounts)
        span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        shown.append(f"{span}{words.NBSP}{words.cut(unit, 20)}".strip())
    more = ", \u2026" if len(shown) > 3 else ""
    return f" ({', '.join(shown[:3])}{more})" if shown else ""


def _none(ctx: TwoWeeks) -> str:
    """Answers of "none", with their nights: "; answered none: alcohol on 8"."""
    counts: list[str] = []
    for kind in IntakeKind:
        n = sum(
            any(i.kind == kind and i.none_taken for i in own.night.evening.intakes)
            for own in ctx.nights
            if own.night is not None and own.night.evening is not None
        )
        counts += [f"{kind} on {n}"] if n else []
    return f"; answered none: {', '.join(counts)}" if counts else ""


PLUGIN = SectionPlugin("taken", "Medicines, aids, drinks", 40, build)
