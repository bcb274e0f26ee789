"""The two groups of nights beside the plot: n, middle, spread, free days."""

from __future__ import annotations

from statistics import mean, median, quantiles

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Arm, ContrastResult
from dreamjournal.domain.report import Block, Caveat, Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


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
    free = {a: sum(p.weekend for p in r.points if p.arm == a) for a in arms}
    rows.append(("Free next day", *(f"{free[a]} of {len(arms[a])}" for a in arms)))
    columns = (Column("nights analysed"), *(Column(f"{a} n{words.NBSP}{len(v)}", True) for a, v in arms.items()))
    blocks: list[Block] = [Table(columns, tuple(rows))]
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


def _span(values: list[float], r: ContrastResult) -> str:
    a, b = (words.value_words(v, r.unit, r.kind) for v in values)
    return f"{a} \u2013 {b}"


PLUGIN = SectionPlugin("groups", "The two groups of nights", 40, build)
