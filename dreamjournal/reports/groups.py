"""The two groups of nights beside the plot: n, middle, spread, and whether they were alike in what else is known of them."""

from __future__ import annotations

from statistics import mean, median, quantiles

from dreamjournal.analysis import alike
from dreamjournal.charts import words
from dreamjournal.domain.alike import Group, RowKind
from dreamjournal.domain.contrast import Arm, ContrastResult
from dreamjournal.domain.report import Block, Caveat, Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

BALANCE = ("free", "alcohol", "late_caffeine", "nap", "lights_out", "day")
"""What else is set side by side on paper, by the keys of `analysis.alike`."""
_SHORT = {"free": "Free next day", "nap": "Nap that day", "day": "Day, mean"}
"""Titles that fit the narrow column."""


def build(ctx: Context) -> Section | None:
    """A row for what can be said at this n: ranges from 5 nights in each arm, means from 7."""
    r = ctx.result
    if r.verdict == "refused" or not r.points:
        return None
    arms: dict[Arm, list[float]] = {a: [p.value for p in r.points if p.arm == a] for a in ("natural", "enhanced")}
    rows: list[tuple[str | None, ...]] = []

    def said(values: list[float]) -> str:
        return words.value_words(values[0], r.unit, r.kind) if len(values) == 1 else _span(values, r)

    least = min(len(v) for v in arms.values())
    if r.kind == "rate":
        rows.append(("Mornings with yes", *(f"{sum(v):.0f} of {len(v)}" for v in arms.values())))
    elif r.kind == "count":
        rows.append(("Counted in all", *(f"{sum(v):.0f}" for v in arms.values())))
    elif least >= 5:
        if least >= 7 and r.kind != "ordinal":
            rows.append(("Mean", *(said([mean(v)]) for v in arms.values())))
        rows.append(("Median", *(said([median(v)]) for v in arms.values())))
        rows.append(("Middle half", *(said(list(quantiles(v, n=4, method="inclusive"))[::2]) for v in arms.values())))
        rows.append(("Lowest, highest", *(said([min(v), max(v)]) for v in arms.values())))
    beside = alike.Nights(r.points, {}, ctx.nights, r.enhancer or "")
    others = [alike.row(beside, key) for key in BALANCE]
    known = [o for o in others if o.enhanced.answered or o.natural.answered]
    rows += [(_SHORT.get(o.key, o.title), _group(o.natural, o.kind), _group(o.enhanced, o.kind)) for o in known]
    columns = (Column("nights analysed"), *(Column(f"{a} n{words.NBSP}{len(v)}", True) for a, v in arms.items()))
    blocks: list[Block] = [Table(columns, tuple(rows), nights_of=tuple(p.night_date for p in r.points))]
    uneven = " ".join(o.said for o in known if o.stands_out)
    if uneven:
        blocks.append(Caveat(f"Not alike: {uneven}"))
    silent = [o.title[:1].lower() + o.title[1:] for o in others if o not in known]
    if silent:
        blocks.append(Caveat(f"Not asked: {words.listed(silent)}."))
    low_high = r.hodges_lehmann_interval
    shifts = least >= 7 and r.kind in ("mean", "clock", "ordinal") and r.estimate.interval is not None
    if shifts and r.hodges_lehmann is not None and low_high is not None:
        d = words.decimals_of(r.unit, r.kind)
        blocks.append(Caveat(
            f"Middle of all pairs of nights: {words.difference_words(r.hodges_lehmann, r.unit, r.kind)} "
            f"{ctx.better[0] if r.hodges_lehmann >= 0 else ctx.better[1]} "
            f"(95{words.NBSP}% interval {words.signed(low_high[0], d)} to {words.signed(low_high[1], d)})."
        ))  # fmt: skip
    return Section("groups", "The two groups of nights", tuple(blocks), "beside")


def _group(g: Group, kind: RowKind) -> str:
    """What is known of one kind of night, short: 5 of the 12 asked, or the middle and of how many where not of all."""
    if not g.answered or g.middle is None:
        return "\u2013"
    if kind == "share":
        return f"{g.yes} of {g.answered}"
    middle = alike.clock(g.middle) if kind == "clock" else f"{g.middle:.0f}"
    return middle if g.answered == g.nights else f"{middle} ({g.answered})"


def _span(values: list[float], r: ContrastResult) -> str:
    a, b = (words.value_words(v, r.unit, r.kind) for v in values)
    return f"{a} \u2013 {b}"


PLUGIN = SectionPlugin("groups", "The two groups of nights", 40, build)
