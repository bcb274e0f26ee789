"""How this was done, in plain words. Cannot be left out.

The items are those of CENT 2015 (Vohra et al., doi 10.1136/bmj.h1738).
"""

from __future__ import annotations

from datetime import timedelta

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

NBSP = words.NBSP
_SIZES = {2: "two", 4: "four", 6: "six", 8: "eight"}


def build(ctx: Context) -> Section | None:
    """Allocation, what was compared with what, the interval, p (once), carry-over, run-in."""
    r = ctx.result
    if r.verdict == "refused":
        text = (
            "Source, device and the kind of each night are read from the journal and the exports as they are. Nothing was "
            "converted or blended. The nights stay in the journal; only the comparison is withheld."
        )
        return Section("method", "How this was checked", (Prose((Words(text),)),), "column")
    if ctx.sealed:
        text = (
            "The app drew the nights at random before the study. What was drawn, what was used and what devices measured stay "
            "closed until the study ends, so nothing is counted or estimated before."
        )
        return Section("method", "How this is done", (Prose((Words(text),)),), "column")
    parts = [_allocation(ctx)]
    if r.estimate.interval is not None:
        parts += [_estimate(ctx), _carry_over(ctx)]
    elif r.kind == "count":
        parts.append("Counts of the two kinds of night stand side by side; no difference is drawn from them.")
    else:
        parts.append(
            "Only the nights themselves are shown, with medians from 5 nights of each kind; a difference needs 7 of each."
        )
    if r.source == "diary":
        parts.append("The first 14 mornings answered and mornings written more than 24 h late are not counted.")
    parts.append("Nights with illness, travel, a clock change or a change of time zone are not counted.")
    return Section("method", "How this was done", (Prose((Words(" ".join(p for p in parts if p)),)),), "column")


def _allocation(ctx: Context) -> str:
    r, study = ctx.result, ctx.study
    if r.design == "R":
        if study is None:
            return "The nights were assigned at random within blocks before they began."
        size = _SIZES.get(study.block_size, str(study.block_size))
        drawn = {study.first_night + timedelta(days=i): mark for i, mark in enumerate(study.schedule)}
        kinds = {"E": "enhanced", "N": "natural"}
        known = [(d, n.condition) for d, n in ctx.nights.items() if d in drawn and n.condition in kinds.values()]
        apart = ", work and free days apart" if study.blocks else ""
        followed = sum(condition == kinds[drawn[d]] for d, condition in known)
        return (
            f"The app drew the nights at random before the study, in blocks of {size}{apart}, half of each enhanced (seed "
            f"{study.seed}); {followed} of {len(known)} nights were followed as drawn, and every night counts as drawn."
        )
    if r.design == "S":
        return (
            f"The person chose which nights were enhanced; the kind changed {words.count(r.switches, 'time')}. "
            "A night counts as the person said it was."
        )
    return "Natural nights came first and enhanced nights after, or the other way round; a night counts as the person said it was."


def _estimate(ctx: Context) -> str:
    r, e = ctx.result, ctx.result.estimate
    p = "" if e.p is None else f" (p{NBSP}<{NBSP}0.01)" if e.p < 0.01 else f" (p{NBSP}={NBSP}{min(e.p, 0.99):.2f})"
    exactly = f" In the words of the trade: {e.method}." if e.method else ""
    if r.kind in ("rate", "count"):
        text = (
            "Shares of the two kinds of night are compared as they are; the interval follows from the numbers of nights"
        )
        return f"{text}{p}.{exactly}"
    if r.design == "R":
        return (
            "The estimate compares like with like (work or free next day); the interval comes from dealing the kinds of night "
            f"again within their blocks and asking which differences would be no surprise{p}.{exactly}"
        )
    text = (
        "The estimate allows for free days, for a steady drift over the weeks and for neighbouring nights being alike"
    )
    alike = ""
    if e.phi is not None and e.n_eff is not None:
        alike = f" Neighbouring nights are alike by {words.number(e.phi, 2)}, so the nights count as {words.number(e.n_eff)}."
    return f"{text}{p}.{alike}{exactly}"


def _carry_over(ctx: Context) -> str:
    n = ctx.result.washout
    if n:
        return f"Natural nights within {words.count(n, 'night')} after an enhanced one are left out against carry-over."
    return "No washout: carry-over from one night to the next would make the difference look smaller."


PLUGIN = SectionPlugin("method", "Method", 60, build, help="always included")
