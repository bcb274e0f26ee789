"""Coverage: what became of every planned night."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Excluded, Words
from dreamjournal.domain.report import Block, Prose, Section
from dreamjournal.reports import figures
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

LISTED = 330
"""Characters of dates page one takes; more go to a page of their own."""


def build(ctx: Context) -> Section | None:
    """Bar to scale, counts, and every missing and excluded night by date and reason, as far as page one takes them."""
    r = ctx.result
    recorded = r.planned - len(r.missing)
    counted = 0 if r.verdict == "refused" else len(r.points)
    so_far = " so far" if ctx.to_come else ""
    last = "compared" if r.verdict == "refused" else "analysed"
    head = f"{r.planned} planned{so_far}, {recorded} recorded, {counted} {last}."
    blocks: list[Block] = [] if ctx.period is None else [figures.coverage_bar(ctx)]
    blocks.append(Prose((Words(head, True), Words(left_out_words(ctx, dates=fits(ctx)))), "note"))
    return Section("coverage", "", tuple(blocks))


def fits(ctx: Context) -> bool:
    """Whether every left-out night is named on page one."""
    return len(left_out_words(ctx, dates=True)) <= LISTED


def left_out_words(ctx: Context, *, dates: bool) -> str:
    """Missing and excluded nights in words, with a leading blank; dates where wanted, else counts."""
    text = ""
    for label, nights in (("Missing", ctx.result.missing), ("Excluded", ctx.result.excluded)):
        if nights:
            text += f" {label} {len(nights)}{_one_arm(ctx, nights)}: {_by_reason(nights, dates=dates)}."
    return text + ("" if dates or not text else " Each by its date on the next page.")


def _by_reason(nights: tuple[Excluded, ...], *, dates: bool) -> str:
    reasons: dict[str, list[Excluded]] = {}
    for x in nights:
        reasons.setdefault(x.reason, []).append(x)
    if dates:
        return "; ".join(f"{reason} {words.days([x.night_date for x in some])}" for reason, some in reasons.items())
    return "; ".join(f"{reason} on {words.count(len(some), 'night')}" for reason, some in reasons.items())


def _one_arm(ctx: Context, nights: tuple[Excluded, ...]) -> str:
    """Says so when the gaps sit in one arm: they may not be missing by chance."""
    arms = {ctx.arm(x.night_date) for x in nights}
    return f", all {next(iter(arms))}" if len(nights) >= 3 and len(arms) == 1 and None not in arms else ""


PLUGIN = SectionPlugin("coverage", "Coverage", 10, build)
