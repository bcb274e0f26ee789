"""Puts the page "Two weeks for my doctor" together from its sections."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from dreamjournal.charts import words
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.report import Column, Report, Table
from dreamjournal.reports.registry import sections
from dreamjournal.reports.two_weeks import asking, taken, weekly
from dreamjournal.reports.two_weeks.context import NIGHTS, Own, TwoWeeks
from dreamjournal.reports.two_weeks.night_table import noted

KIND = "two-weeks"
NAME = 40


def assemble(ctx: TwoWeeks) -> Report:
    """The report of `ctx`."""
    built = [s.build(ctx) for s in sections(KIND) if not s.optional or s.key in ctx.parts]
    result, nights = summary(ctx), nights_table(ctx)
    return Report(
        kind=KIND,
        heading="Sleep diary, own answers each morning",
        person=words.cut(ctx.person, NAME),
        title=title(ctx),
        facts=(),
        sections=tuple(s for s in built if s is not None),
        nights=nights,
        result=result,
        fingerprint=fingerprint(result, nights),
        printed=ctx.printed,
        zone=ctx.zone,
        version=ctx.version,
        left_out="Dream texts are left out.",
        paper=ctx.paper,
        layout="two weeks, layout 1",
    )


def title(ctx: TwoWeeks) -> str:
    """`Two weeks for my doctor, 19 October – 1 November 2026`."""
    first, last = words.long_day(ctx.first), words.long_day(ctx.last)
    if ctx.first.year == ctx.last.year:
        first = first.removesuffix(f"{words.NBSP}{ctx.first.year}")
    span = words.long_day(ctx.last) if ctx.first == ctx.last else f"{first} \u2013 {last}"
    what = "Two weeks" if len(ctx.nights) == NIGHTS else words.count(len(ctx.nights), "night")
    return f"{what} for my doctor, {span}"


def fingerprint(result: dict[str, Any], nights: Table) -> str:
    """First 64 bits of the SHA-256 over the canonical JSON of everything counted, as 4 x 4 hexadecimal digits."""
    text = json.dumps([result, nights.rows], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16].upper()
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


_COLUMNS: tuple[tuple[str, bool], ...] = (
    ("night_date", False), ("kind", False), ("free_next_day", True), ("into_bed", False), ("try_sleep", False), ("sol_min", True),
    ("nawk", True), ("waso_min", True), ("final_wake", False), ("out_of_bed", False), ("tib_min", True), ("tst_min", True),
    ("se_dse_pct", True), ("se_tib_pct", True), ("quality", True), ("late_entry", True), ("noted", False),
)  # fmt: skip


def nights_table(ctx: TwoWeeks) -> Table:
    """A row a night with exact values: clock times with their offset, minutes and percent unrounded, an absent answer empty."""
    return Table(tuple(Column(name, number) for name, number in _COLUMNS), tuple(_row(n) for n in ctx.nights))


def _row(night: Own) -> tuple[str | None, ...]:
    d, m = night.diary, night.measures
    base = (night.night_date.isoformat(), night.kind, str(int(night.free)))
    if d is None:
        return (*base, *[None] * 13, "; ".join(noted(night)))
    derived = (None,) * 4 if m is None else (m.tib, m.tst, m.se_dse, m.se_tib)
    return (
        *base, _at(d.into_bed), _at(d.try_sleep), _exact(d.sol), _exact(d.nawk), _exact(d.waso), _at(d.final_wake), _at(d.out_of_bed),
        *(_exact(v) for v in derived), _exact(d.quality), str(int(night.late)), "; ".join(noted(night)),
    )  # fmt: skip


def _exact(value: float | None) -> str | None:
    return None if value is None else repr(value)


def _at(moment: Instant | None) -> str | None:
    if moment is None:
        return None
    sign = "-" if moment.offset_min < 0 else "+"
    hours, minutes = divmod(abs(moment.offset_min), 60)
    return f"{moment.local.isoformat(timespec='minutes')}{sign}{hours:02d}:{minutes:02d}"


def summary(ctx: TwoWeeks) -> dict[str, Any]:
    """What the page says, as JSON values; clock means are minutes after noon of the evening."""
    one, two = ctx.weeks
    spans = {"week_1": one, "week_2": two, "both": ctx.nights}
    return {
        "first": ctx.first.isoformat(),
        "last": ctx.last.isoformat(),
        "nights": len(ctx.nights),
        "answered": len(ctx.answered),
        "not_answered": [n.night_date.isoformat() for n in ctx.nights if n.diary is None],
        "late": [n.night_date.isoformat() for n in ctx.answered if n.late],
        "sealed": [n.night_date.isoformat() for n in ctx.nights if n.kind == "sealed"],
        "sleep_efficiency_of": "dse" if ctx.by_trying else "tib",
        "means": {
            row.key: {name: {"mean": (m := weekly.mean(row, nights)).value, "n": m.n} for name, nights in spans.items()}
            for row in weekly.ROWS
        },
        "taken": [
            {
                "name": t.name, "as_written": t.label, "nights": [d.isoformat() for d in t.nights], "of_nights": len(ctx.known),
                "usual_min_after_noon": t.usual, "timed_nights": t.timed,
            }
            for t in taken.taken(ctx)
        ],
        "worth_asking": [
            {"rule": f.label, "text": f.text, "nights": [d.isoformat() for d in f.nights]} for f in asking.facts(ctx)
        ],
        "not_found": [{"rule": x.label, "text": x.words} for x in asking.looked(ctx)],
        "questions": list(ctx.questions),
    }  # fmt: skip
